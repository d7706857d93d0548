//! The forms of indexes and constraints; a new one is an entry in [`FORMS`].

use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, UniqueRule};
use modelshift_schema::expr::{Expr, Function};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::{Index, IndexMethod, IndexPart, Nulls};
use modelshift_schema::model::Model;
use modelshift_schema::name::FieldName;
use modelshift_schema::relation::Deferrable;

use crate::random::Random;
use crate::values;

/// An index or a constraint that nobody has named.
#[derive(Debug)]
pub enum Object {
    /// An index.
    Index(Index),
    /// A constraint.
    Constraint(Constraint),
}

/// A form that an index or a constraint can have.
#[derive(Debug)]
pub struct Form {
    /// What it is called.
    pub name: &'static str,
    /// How often it comes, beside the others.
    pub weight: usize,
    /// Makes one for a model; none where the model has nothing to make it of.
    pub make: fn(&mut Random, &Model) -> Option<Object>,
}

/// Every form.
pub const FORMS: &[Form] = &[
    Form {
        name: "index",
        weight: 4,
        make: |random, model| {
            let fields = some(random, model)?;
            let part = |field: &FieldName| {
                let value = Expr::name(field.as_str());
                if random.one_in(3) { IndexPart::descending(value) } else { IndexPart::ascending(value) }
            };
            Some(Object::Index(Index::new(fields.iter().map(part).collect())))
        },
    },
    Form {
        name: "index with NULL first or last",
        weight: 1,
        make: |random, model| {
            let value = Expr::name(one(random, model)?.as_str());
            let (descending, nulls) = (random.one_in(2), random.pick(&Nulls::ALL).copied());
            Some(Object::Index(Index::new(vec![IndexPart {
                descending,
                nulls,
                ..IndexPart::ascending(value)
            }])))
        },
    },
    Form {
        name: "partial index",
        weight: 2,
        make: |random, model| {
            let parts = vec![IndexPart::ascending(Expr::name(one(random, model)?.as_str()))];
            let when = values::condition(random, model);
            Some(Object::Index(Index { when, ..Index::new(parts) }))
        },
    },
    Form {
        name: "index over expressions",
        weight: 2,
        make: |random, model| {
            let fields = texts(model);
            let field = random.pick(&fields)?.as_str();
            let function = *random.pick(&[Function::Lower, Function::Upper, Function::Length])?;
            let value = Expr::Call { function, arguments: vec![Expr::name(field)] };
            let mut parts = vec![IndexPart { descending: random.one_in(3), ..IndexPart::ascending(value) }];
            parts.extend(random.one_in(2).then(|| IndexPart::ascending(Expr::name(field))));
            Some(Object::Index(Index::new(parts)))
        },
    },
    Form {
        name: "index that includes fields",
        weight: 1,
        make: |random, model| {
            let (part, include) =
                some(random, model)?.split_first().map(|(it, rest)| (it.clone(), rest.to_vec()))?;
            let parts = vec![IndexPart::ascending(Expr::name(part.as_str()))];
            Some(Object::Index(Index { include, ..Index::new(parts) }))
        },
    },
    Form {
        name: "index of another method",
        weight: 1,
        make: |random, model| {
            let parts = vec![IndexPart::ascending(Expr::name(one(random, model)?.as_str()))];
            let method = random.pick(&IndexMethod::ALL).copied();
            Some(Object::Index(Index { method, ..Index::new(parts) }))
        },
    },
    Form {
        name: "index with an operator class",
        weight: 1,
        make: |random, model| {
            let value = Expr::name(random.pick(&texts(model))?.as_str());
            let operator_class = Some("text_pattern_ops".to_owned());
            Some(Object::Index(Index::new(vec![IndexPart { operator_class, ..IndexPart::ascending(value) }])))
        },
    },
    Form {
        name: "unique",
        weight: 4,
        make: |random, model| {
            let fields = some(random, model)?;
            Some(Object::Constraint(Constraint::Unique(UniqueRule::over(fields))))
        },
    },
    Form {
        name: "unique among some",
        weight: 2,
        make: |random, model| {
            let (fields, when) = (some(random, model)?, values::condition(random, model));
            Some(Object::Constraint(Constraint::Unique(UniqueRule { when, ..UniqueRule::over(fields) })))
        },
    },
    Form {
        name: "unique that may be put off",
        weight: 1,
        make: |random, model| {
            let deferrable = random.pick(&Deferrable::ALL).copied();
            let rule = UniqueRule { deferrable, ..UniqueRule::over(some(random, model)?) };
            Some(Object::Constraint(Constraint::Unique(rule)))
        },
    },
    Form {
        name: "unique of which NULL is one value",
        weight: 1,
        make: |random, model| {
            let rule = UniqueRule { nulls_not_distinct: true, ..UniqueRule::over(some(random, model)?) };
            Some(Object::Constraint(Constraint::Unique(rule)))
        },
    },
    Form {
        name: "unique that includes fields",
        weight: 1,
        make: |random, model| {
            let mut fields = some(random, model)?;
            let include = fields.split_off(1);
            Some(Object::Constraint(Constraint::Unique(UniqueRule { include, ..UniqueRule::over(fields) })))
        },
    },
    Form {
        name: "unique over expressions",
        weight: 1,
        make: |random, model| {
            let value = Expr::name(random.pick(&texts(model))?.as_str());
            let value = Expr::Call { function: Function::Lower, arguments: vec![value] };
            let parts = vec![IndexPart::ascending(value)];
            Some(Object::Constraint(Constraint::Unique(UniqueRule { parts, ..UniqueRule::over(Vec::new()) })))
        },
    },
    Form {
        name: "exclusion",
        weight: 1,
        make: |random, model| {
            let part = IndexPart::ascending(Expr::name(one(random, model)?.as_str()));
            let parts = vec![ExclusionPart { part, operator: "=".to_owned() }];
            let when = if random.one_in(2) { values::condition(random, model) } else { None };
            let deferrable = if random.one_in(3) { random.pick(&Deferrable::ALL).copied() } else { None };
            let method = *random.pick(&[IndexMethod::Gist, IndexMethod::Gist, IndexMethod::Hash])?;
            let rule = ExclusionRule { when, deferrable, method, ..ExclusionRule::new(parts) };
            Some(Object::Constraint(Constraint::Exclude(rule)))
        },
    },
    Form {
        name: "check",
        weight: 5,
        make: |random, model| {
            let condition = values::condition(random, model)?;
            Some(Object::Constraint(Constraint::Check { name: None, condition }))
        },
    },
];

/// Adds one to a model, under a name or without; gives what its form is called.
pub fn add(random: &mut Random, model: &mut Model, name: Option<&str>) -> Option<&'static str> {
    let form = random.pick_weighted(FORMS, |form| form.weight)?;
    match (form.make)(random, model)? {
        Object::Index(index) => model.indexes.push(Index { name: name.map(Into::into), ..index }),
        Object::Constraint(mut constraint) => {
            if let Some(name) = name {
                constraint.set_name(name.into());
            }
            model.constraints.push(constraint);
        }
    }
    Some(form.name)
}

fn with_columns(model: &Model) -> Vec<FieldName> {
    model.fields.iter().filter(|field| field.has_column()).map(|field| field.name.clone()).collect()
}

fn one(random: &mut Random, model: &Model) -> Option<FieldName> {
    random.pick(&with_columns(model)).cloned()
}

/// Chooses one to three fields with columns, each once.
fn some(random: &mut Random, model: &Model) -> Option<Vec<FieldName>> {
    let mut rest = with_columns(model);
    let mut some = Vec::new();
    for _ in 0..=random.below(3).min(rest.len().checked_sub(1)?) {
        some.push(rest.swap_remove(random.below(rest.len())));
    }
    Some(some)
}

fn texts(model: &Model) -> Vec<FieldName> {
    let is_text = |field: &&Field| matches!(&field.kind, FieldKind::Column(it) if values::is_text(it));
    model.fields.iter().filter(is_text).map(|field| field.name.clone()).collect()
}
