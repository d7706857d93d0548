//! What a field can be, and what of a field can change.
//!
//! A new kind of field is an entry in [`KINDS`], a new attribute one in [`ATTRIBUTES`]; a new column type comes of
//! itself, by its sample.

mod attributes;

use modelshift_schema::choices::Choices;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::relation::{ForeignKey, ManyToMany};

pub use self::attributes::{ATTRIBUTES, Attribute};
use crate::project::Project;
use crate::random::Random;

/// Where a field is, or is to be.
#[derive(Debug)]
pub struct Site<'a> {
    /// The project.
    pub project: &'a Project,
    /// The model.
    pub key: &'a ModelKey,
}

/// Something that a field can be.
#[derive(Debug)]
pub struct Kind {
    /// What it is called.
    pub name: &'static str,
    /// How often it comes, beside the others.
    pub weight: usize,
    /// Makes it; none where the project has nothing to make it of.
    pub make: fn(&mut Random, &Site<'_>, &str) -> Option<Field>,
}

/// Everything that a field can be.
pub const KINDS: &[Kind] = &[
    Kind { name: "column", weight: 6, make: |random, _, name| Some(Field::new(name, column_type(random)?)) },
    Kind {
        name: "column or null",
        weight: 4,
        make: |random, _, name| Some(Field { null: true, ..Field::new(name, column_type(random)?) }),
    },
    Kind {
        name: "foreign key",
        weight: 4,
        make: |random, site, name| {
            let to = random.pick(&site.project.keys())?.clone();
            Some(Field { null: random.one_in(2), ..Field::foreign_key(name, ForeignKey::new(to)) })
        },
    },
    Kind {
        name: "foreign key to itself",
        weight: 1,
        make: |_, site, name| {
            Some(Field { null: true, ..Field::foreign_key(name, ForeignKey::new(site.key.clone())) })
        },
    },
    Kind {
        name: "foreign key to another app",
        weight: 2,
        make: |random, site, name| {
            let to = random.pick(&elsewhere(site))?.clone();
            Some(Field { null: random.one_in(2), ..Field::foreign_key(name, ForeignKey::new(to)) })
        },
    },
    Kind {
        name: "foreign key to a unique field",
        weight: 2,
        make: |random, site, name| {
            let (to, field) = random.pick(&unique_fields(site.project))?.clone();
            let relation = ForeignKey { to_field: Some(field), ..ForeignKey::new(to) };
            Some(Field { null: random.one_in(2), ..Field::foreign_key(name, relation) })
        },
    },
    Kind {
        name: "one to one",
        weight: 1,
        make: |random, site, name| {
            let to = random.pick(&site.project.keys())?.clone();
            let field = Field::foreign_key(name, ForeignKey::new(to));
            Some(Field { null: true, unique: true, index: false, ..field })
        },
    },
    Kind {
        name: "many to many",
        weight: 2,
        make: |random, site, name| {
            let to = random.pick(&site.project.keys())?.clone();
            Some(Field::many_to_many(name, ManyToMany::new(to)))
        },
    },
    Kind {
        name: "many to many of itself",
        weight: 1,
        make: |_, site, name| Some(Field::many_to_many(name, ManyToMany::new(site.key.clone()))),
    },
    Kind {
        name: "many to many through a model",
        weight: 2,
        make: |random, site, name| {
            let (to, through) = random.pick(&ways(site))?.clone();
            Some(Field::many_to_many(name, ManyToMany { through: Some(through), ..ManyToMany::new(to) }))
        },
    },
];

/// Returns whether every database takes the name of a field for its column in raw text.
pub(crate) fn is_plain_word(field: &Field) -> bool {
    let reserved = ["order", "index"];
    field.column.is_none() && field.relation().is_none() && !reserved.contains(&field.name.as_str())
}

/// Chooses a column type.
pub fn column_type(random: &mut Random) -> Option<ColumnType> {
    if random.one_in(6) {
        choices(random)
    } else {
        random.pick(&[ColumnType::samples(), ColumnType::native_samples()].concat()).cloned()
    }
}

/// Chooses an enum of any storage, with some of its variants in some order.
fn choices(random: &mut Random) -> Option<ColumnType> {
    let mut choices = random.pick(&Choices::samples())?.clone();
    let count = choices.variants.len();
    choices.variants.rotate_left(random.below(count));
    choices.variants.truncate(1 + random.below(count));
    Some(ColumnType::Choices(choices))
}

fn column(field: &mut Field) -> Option<&mut ColumnType> {
    match &mut field.kind {
        FieldKind::Column(column_type) => Some(column_type),
        FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
    }
}

fn reference(field: &mut Field) -> Option<&mut ForeignKey> {
    match &mut field.kind {
        FieldKind::ForeignKey(relation) => Some(relation),
        FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
    }
}

/// Returns the models of other apps.
fn elsewhere(site: &Site<'_>) -> Vec<ModelKey> {
    site.project.keys().into_iter().filter(|key| key.app != site.key.app).collect()
}

/// Returns the fields that others can refer to though they are no keys.
fn unique_fields(project: &Project) -> Vec<(ModelKey, FieldName)> {
    let mut found = Vec::new();
    for (key, source) in project.sources.iter() {
        let unique = source.model.fields.iter().filter(|field| field.unique && field.has_column());
        found.extend(unique.map(|field| (key.clone(), field.name.clone())));
        let held = source.model.constraints.iter().map(Constraint::unique_fields);
        found.extend(held.filter_map(|fields| match fields {
            [field] => Some((key.clone(), field.clone())),
            _ => None,
        }));
    }
    found
}

/// Returns what the model can be joined to, and through which model.
fn ways(site: &Site<'_>) -> Vec<(ModelKey, ModelKey)> {
    let mut ways = Vec::new();
    for (through, source) in site.project.sources.iter() {
        let ends: Vec<&ModelKey> =
            source.model.fields.iter().filter_map(|field| field.relation().map(|it| &it.to)).collect();
        if let Some(own) = ends.iter().position(|end| *end == site.key) {
            let others = ends.iter().enumerate().filter(|(position, _)| *position != own);
            ways.extend(others.map(|(_, to)| ((*to).clone(), through.clone())));
        }
    }
    ways
}
