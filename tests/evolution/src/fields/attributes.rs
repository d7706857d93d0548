//! What of a field can change.

use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::dialect::Dialect;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Identity, Storage};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{Deferrable, ForeignKey, ReferentialAction};

use super::{KINDS, Site, choices, column, column_type, is_plain_word, reference, unique_fields, ways};
use crate::random::Random;
use crate::{names, values};

/// Something of a field that can change.
#[derive(Debug)]
pub struct Attribute {
    /// What it is called.
    pub name: &'static str,
    /// How often it changes, beside the others.
    pub weight: usize,
    /// Changes it; none where the field has no such thing. The field is no part of a primary key.
    pub change: fn(&mut Random, &Site<'_>, &mut Field) -> Option<()>,
}

/// Everything of a field that can change but its name and whether it is a key.
pub const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "kind",
        weight: 2,
        change: |random, site, field| {
            let kind = random.pick_weighted(KINDS, |kind| kind.weight)?;
            *field = (kind.make)(random, site, field.name.as_str())?;
            Some(())
        },
    },
    Attribute {
        name: "type",
        weight: 4,
        change: |random, _, field| {
            column(field)?;
            let column_type = column_type(random)?;
            *field = Field {
                identity: field.identity.filter(|_| column_type.is_integer()),
                kind: FieldKind::Column(column_type),
                default: None,
                collation: None,
                ..field.clone()
            };
            Some(())
        },
    },
    Attribute {
        name: "size",
        weight: 3,
        change: |random, _, field| {
            let column_type = column(field)?;
            if let ColumnType::Varchar { max_length } = column_type {
                *max_length = *random.pick(&[40, 80, 200])?;
                Some(())
            } else if let ColumnType::Decimal { precision, scale } = column_type {
                (*precision, *scale) = *random.pick(&[(10, 2), (20, 4), (20, 1)])?;
                Some(())
            } else {
                None
            }
        },
    },
    Attribute {
        name: "variants",
        weight: 2,
        change: |random, _, field| {
            let column_type = column(field)?;
            column_type.choices()?;
            *column_type = choices(random)?;
            field.default = None;
            Some(())
        },
    },
    Attribute {
        name: "null",
        weight: 4,
        change: |_, _, field| {
            field.null = field.has_column() && !field.null;
            forget_set_null(field);
            field.has_column().then_some(())
        },
    },
    Attribute {
        name: "unique",
        weight: 2,
        change: |_, _, field| {
            field.unique = field.has_column() && !field.unique;
            field.index = field.relation().is_some() && !field.unique;
            field.has_column().then_some(())
        },
    },
    Attribute {
        name: "index",
        weight: 2,
        change: |_, _, field| {
            field.index = !field.index;
            (field.has_column() && !field.unique).then_some(())
        },
    },
    Attribute {
        name: "default",
        weight: 4,
        change: |random, _, field| {
            let value = values::value(random, field)?;
            field.default = if random.one_in(3) { None } else { Some(value) };
            forget_set_default(field);
            Some(())
        },
    },
    Attribute {
        name: "column",
        weight: 3,
        change: |random, _, field| {
            field.column = if random.one_in(3) { None } else { Some(names::column(random).into()) };
            field.has_column().then_some(())
        },
    },
    Attribute {
        name: "comment",
        weight: 1,
        change: |random, _, field| {
            field.comment = if random.one_in(3) { None } else { Some(names::text(random)) };
            field.has_column().then_some(())
        },
    },
    Attribute {
        name: "collation",
        weight: 6,
        change: |random, _, field| {
            if !values::is_text(column(field)?) {
                return None;
            }
            let collations = [
                None,
                Some(Collation::only(Dialect::Postgres, "C")),
                Some(Collation::only(Dialect::Sqlite, "NOCASE")),
            ];
            field.collation.clone_from(random.pick(&collations)?);
            Some(())
        },
    },
    Attribute {
        name: "computed by the database",
        weight: 5,
        change: |random, site, field| {
            column(field)?;
            if field.generated.take().is_none() {
                let model = site.project.model(site.key)?;
                let suits =
                    |it: &&Field| it.name != field.name && it.kind == field.kind && it.generated.is_none();
                let sources: Vec<&Field> = model.fields.iter().filter(suits).collect();
                let expression = Expr::name(random.pick(&sources)?.name.as_str());
                (field.default, field.identity) = (None, None);
                field.generated = Some(Generated { expression, storage: *random.pick(&Storage::ALL)? });
            }
            Some(())
        },
    },
    Attribute {
        name: "computed by raw text",
        weight: 10,
        change: |random, site, field| {
            column(field)?;
            let model = site.project.model(site.key)?;
            let suits = |it: &&Field| {
                let has_values = !it.null || field.null;
                it.name != field.name
                    && it.kind == field.kind
                    && it.generated.is_none()
                    && is_plain_word(it)
                    && has_values
            };
            let sources: Vec<&Field> = model.fields.iter().filter(suits).collect();
            let expression = Expr::Raw(random.pick(&sources)?.name.as_str().to_owned());
            (field.default, field.identity) = (None, None);
            field.generated = Some(Generated { expression, storage: *random.pick(&Storage::ALL)? });
            Some(())
        },
    },
    Attribute {
        name: "counted by the database",
        weight: 1,
        change: |random, _, field| {
            if !column(field)?.is_integer() || field.null || field.generated.is_some() {
                return None;
            }
            field.default = None;
            let ways: Vec<Identity> =
                Identity::ALL.into_iter().filter(|way| way.counts() || field.primary_key).collect();
            field.identity = if field.identity.is_some() { None } else { random.pick(&ways).copied() };
            Some(())
        },
    },
    Attribute {
        name: "type by the author",
        weight: 1,
        change: |random, _, field| {
            column(field)?;
            let postgres = PerDatabase::only(Dialect::Postgres, "numeric");
            let types = [None, Some(PerDatabase::everywhere("numeric")), Some(postgres)];
            field.sql_type.clone_from(random.pick(&types)?);
            Some(())
        },
    },
    Attribute {
        name: "target",
        weight: 2,
        change: |random, site, field| {
            let to = random.pick(&site.project.keys())?.clone();
            match &mut field.kind {
                FieldKind::Column(_) => return None,
                FieldKind::ForeignKey(relation) => (relation.to, relation.to_field) = (to, None),
                FieldKind::ManyToMany(relation) => (relation.to, relation.through) = (to, None),
            }
            Some(())
        },
    },
    Attribute {
        name: "field referred to",
        weight: 2,
        change: |random, site, field| {
            let relation = reference(field)?;
            if relation.to_field.take().is_none() {
                let (to, field) = random.pick(&unique_fields(site.project))?.clone();
                (relation.to, relation.to_field) = (to, Some(field));
            }
            Some(())
        },
    },
    Attribute {
        name: "actions",
        weight: 2,
        change: |random, _, field| {
            let relation = reference(field)?;
            relation.db_constraint = true;
            relation.on_delete = *random.pick(&ReferentialAction::ALL)?;
            relation.on_update = *random.pick(&ReferentialAction::ALL)?;
            forget_set_null(field);
            forget_set_default(field);
            Some(())
        },
    },
    Attribute {
        name: "held by the database",
        weight: 1,
        change: |_, _, field| {
            let relation = reference(field)?;
            *relation = ForeignKey {
                db_constraint: !relation.db_constraint,
                related_name: relation.related_name.take(),
                to_field: relation.to_field.take(),
                ..ForeignKey::new(relation.to.clone())
            };
            Some(())
        },
    },
    Attribute {
        name: "deferrable",
        weight: 1,
        change: |random, _, field| {
            let relation = reference(field).filter(|it| it.db_constraint)?;
            relation.deferrable = if random.one_in(3) { None } else { Some(*random.pick(&Deferrable::ALL)?) };
            Some(())
        },
    },
    Attribute {
        name: "related name",
        weight: 1,
        change: |random, _, field| {
            let name = (!random.one_in(3)).then(|| format!("their_{}", names::field(random)));
            match &mut field.kind {
                FieldKind::Column(_) => return None,
                FieldKind::ForeignKey(relation) => relation.related_name = name,
                FieldKind::ManyToMany(relation) => relation.related_name = name,
            }
            Some(())
        },
    },
    Attribute {
        name: "join table",
        weight: 4,
        change: |random, site, field| {
            let FieldKind::ManyToMany(relation) = &mut field.kind else { return None };
            let table = names::table(random, &site.key.app);
            relation.table = (!random.one_in(3)).then(|| table.into());
            relation.through.is_none().then_some(())
        },
    },
    Attribute {
        name: "way",
        weight: 3,
        change: |random, site, field| {
            let (to, through) = random.pick(&ways(site))?.clone();
            let FieldKind::ManyToMany(relation) = &mut field.kind else { return None };
            if relation.through.take().is_none() {
                (relation.to, relation.through, relation.table) = (to, Some(through), None);
            }
            Some(())
        },
    },
];

/// A field that takes no NULL is never set to it.
fn forget_set_null(field: &mut Field) {
    let null = field.null;
    forget(field, |action| action == ReferentialAction::SetNull && !null);
}

/// A field without a default is never set to it.
fn forget_set_default(field: &mut Field) {
    let has_default = field.default.is_some();
    forget(field, |action| action == ReferentialAction::SetDefault && !has_default);
}

fn forget(field: &mut Field, is_wrong: impl Fn(ReferentialAction) -> bool) {
    let Some(relation) = reference(field) else { return };
    for action in [&mut relation.on_delete, &mut relation.on_update] {
        if is_wrong(*action) {
            *action = ReferentialAction::NoAction;
        }
    }
}
