//! What a person does to models between two builds; a new kind of edit is an entry in [`EDITS`].
//!
//! What uses a thing that goes or changes is edited too, as a person would.

mod additions;
mod handed;
mod keys;
mod meaning;
mod shared;

use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::index::IndexPart;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ObjectName};
use modelshift_schema::sqlite_options::SqliteOptions;

use self::additions::{add_circle, add_field, add_model, add_reference, add_way, start_app};
use self::keys::{change_key_type, choose_natural_key, move_key, order_key};
use crate::fields::{ATTRIBUTES, Site};
use crate::project::{Project, drop_field, drop_users};
use crate::random::Random;
use crate::sources::Sources;
use crate::{names, objects};

/// Something that a person does.
#[derive(Debug)]
pub struct Edit {
    /// What it is called.
    pub name: &'static str,
    /// How often it comes, beside the others.
    pub weight: usize,
    /// Does it; none where the project has nothing to do it to, and then the project may be half changed.
    pub make: fn(&mut Random, &mut Project) -> Option<()>,
}

/// Every edit.
pub const EDITS: &[Edit] = &[
    Edit { name: "start an app", weight: 4, make: start_app },
    Edit { name: "add a model", weight: 6, make: add_model },
    Edit { name: "add a model that joins two", weight: 2, make: add_way },
    Edit { name: "let two models refer to each other", weight: 2, make: add_circle },
    Edit {
        name: "remove a model",
        weight: 3,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            project.remove_model(&key);
            Some(())
        },
    },
    Edit {
        name: "remove an app",
        weight: 1,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let gone: Vec<ModelKey> = project.keys().into_iter().filter(|it| it.app == key.app).collect();
            for key in &gone {
                project.remove_model(key);
            }
            Some(())
        },
    },
    Edit {
        name: "rename a model",
        weight: 4,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let name = names::model(random);
            project.rename_model(&key, &name, !random.one_in(4))
        },
    },
    Edit {
        name: "give a model the name of another",
        weight: 1,
        make: |random, project| {
            let last = random.pick(&project.keys())?.clone();
            let others: Vec<ModelKey> =
                project.keys().into_iter().filter(|it| it.app == last.app && *it != last).collect();
            let first = random.pick(&others)?.clone();
            project.rename_model(&last, &names::model(random), !random.one_in(4))?;
            project.rename_model(&first, &last.name, !random.one_in(4))
        },
    },
    Edit {
        name: "name a table, or put it into a schema",
        weight: 3,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let table = (!random.one_in(3)).then(|| names::table(random, &key.app).into());
            let model = project.model_mut(&key)?;
            if random.one_in(4) {
                model.schema = (!random.one_in(3)).then(|| names::schema(random).into());
            } else {
                model.table = table;
            }
            Some(())
        },
    },
    Edit {
        name: "tell of a table",
        weight: 1,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let comment = (!random.one_in(3)).then(|| names::text(random));
            project.model_mut(&key)?.comment = comment;
            Some(())
        },
    },
    Edit { name: "choose a natural key", weight: 1, make: choose_natural_key },
    Edit {
        name: "choose the options of a table in SQLite",
        weight: 1,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let model = project.model_mut(&key)?;
            let without_rowid = random.one_in(2) && model.automatic_key().is_none();
            model.sqlite = SqliteOptions { strict: random.one_in(2), without_rowid };
            Some(())
        },
    },
    Edit {
        name: "let something else make a table",
        weight: 1,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let model = project.model_mut(&key)?;
            model.managed = !model.managed;
            Some(())
        },
    },
    Edit { name: "add a field", weight: 10, make: add_field },
    Edit {
        name: "remove a field",
        weight: 4,
        make: |random, project| {
            let (key, field) = any_field(random, project)?;
            let source = project.sources.get_mut(&key)?;
            drop_field(source, &field);
            source.model.primary_key().next().map(|_| ())
        },
    },
    Edit {
        name: "rename a field",
        weight: 5,
        make: |random, project| {
            let (key, before) = any_field(random, project)?;
            project.rename_field(&key, &before, &names::field(random).into(), !random.one_in(4))
        },
    },
    Edit {
        name: "give a field the name of another",
        weight: 1,
        make: |random, project| {
            let (key, last) = any_field(random, project)?;
            let fields = &project.model(&key)?.fields;
            let others: Vec<FieldName> =
                fields.iter().map(|it| it.name.clone()).filter(|it| *it != last).collect();
            let first = random.pick(&others)?.clone();
            project.rename_field(&key, &last, &names::field(random).into(), !random.one_in(4))?;
            project.rename_field(&key, &first, &last, !random.one_in(4))
        },
    },
    Edit { name: "change a field", weight: 16, make: change_field },
    Edit {
        name: "order fields and keys otherwise",
        weight: 1,
        make: |random, project| {
            let mut fork = random.clone();
            let key = random.pick(&project.keys())?.clone();
            project.model_mut(&key)?.fields.rotate_left(1);
            // There are few keys that have an order.
            let _ = order_key(&mut fork, project);
            Some(())
        },
    },
    Edit { name: "change the type of a key", weight: 3, make: change_key_type },
    Edit { name: "make another field the key", weight: 2, make: move_key },
    Edit {
        name: "add an index or a constraint",
        weight: 10,
        make: |random, project| {
            let key = random.pick(&project.keys())?.clone();
            let name = random.one_in(3).then(|| names::object(random, &key.app));
            let form = objects::add(random, project.model_mut(&key)?, name.as_deref())?;
            project.count(form);
            Some(())
        },
    },
    Edit { name: "refer by several fields", weight: 2, make: add_reference },
    Edit {
        name: "remove an index or a constraint",
        weight: 3,
        make: |random, project| {
            let (_, model, object) = any_object(random, project)?;
            object.take_out(model);
            Some(())
        },
    },
    Edit {
        name: "name an index or a constraint",
        weight: 3,
        make: |random, project| {
            let mut fork = random.clone();
            let (app, model, object) = any_object(random, project)?;
            let name = (!fork.one_in(3)).then(|| names::object(&mut fork, &app).into());
            match (object, name) {
                (Place::Index(position), name) => model.indexes[position].name = name,
                (Place::Constraint(position), Some(name)) => model.constraints[position].set_name(name),
                (Place::Constraint(position), None) => model.constraints[position].clear_name(),
            }
            Some(())
        },
    },
    Edit {
        name: "say something else under the name of an index or a constraint",
        weight: 2,
        make: |random, project| {
            let mut fork = random.clone();
            let (_, model, object) = any_object(random, project)?;
            let name = match object {
                Place::Index(position) => model.indexes.remove(position).name,
                Place::Constraint(position) => model.constraints.remove(position).name().cloned(),
            };
            objects::add(&mut fork, model, name.as_ref().map(ObjectName::as_str)).map(|_| ())
        },
    },
    Edit { name: "move a model to another app", weight: 3, make: handed::move_model },
    Edit { name: "move a model to the place of another", weight: 1, make: handed::move_into_place },
    Edit { name: "let a reference lead to another model", weight: 2, make: meaning::lead_elsewhere },
    Edit { name: "let a reference go by another field", weight: 3, make: meaning::refer_by_another_field },
    Edit { name: "move a field to another model", weight: 2, make: meaning::move_field },
    Edit { name: "take the name of a renamed field again", weight: 2, make: meaning::take_name_again },
    Edit { name: "make a model anew under its name", weight: 2, make: meaning::make_anew },
    Edit { name: "take the name of a renamed model again", weight: 1, make: meaning::take_model_name_again },
    Edit { name: "rename a field where it is", weight: 2, make: handed::rename_field_in_place },
    Edit { name: "rename a model where it is", weight: 1, make: handed::rename_model_in_place },
    Edit { name: "swap the names of two models", weight: 1, make: handed::swap_models },
    Edit { name: "swap the names of two fields", weight: 1, make: handed::swap_fields },
    Edit { name: "swap the columns of two fields", weight: 1, make: handed::swap_columns },
    Edit { name: "let a field take the column of one that goes", weight: 1, make: handed::take_column },
    Edit { name: "swap the tables of two models", weight: 1, make: handed::swap_tables },
    Edit { name: "let a model take the table of one that goes", weight: 1, make: handed::take_table },
    Edit {
        name: "let one take the name of an index or a constraint that goes",
        weight: 1,
        make: handed::take_object,
    },
    Edit { name: "let a model flatten some of its fields", weight: 5, make: shared::share },
    Edit { name: "flatten a struct once more", weight: 10, make: shared::flatten },
    Edit { name: "flatten a struct no longer", weight: 2, make: shared::flatten_no_longer },
    Edit { name: "change the prefix of flattened fields", weight: 4, make: shared::change_prefix },
    Edit { name: "add a field to a flattened struct", weight: 6, make: shared::add_field },
    Edit { name: "remove a field of a flattened struct", weight: 3, make: shared::remove_field },
    Edit { name: "rename a field of a flattened struct", weight: 4, make: shared::rename_field },
    Edit { name: "change a field of a flattened struct", weight: 8, make: shared::change_field },
    Edit { name: "add an index or a constraint to a flattened struct", weight: 4, make: shared::add_object },
    Edit { name: "give a field a type of its own", weight: 2, make: shared::name_type },
    Edit { name: "take a type of its own away", weight: 2, make: shared::name_type_no_longer },
    Edit { name: "change the type beneath one of its own", weight: 2, make: shared::change_type_beneath },
    Edit {
        name: "go back to an earlier build",
        weight: 3,
        make: |random, project| {
            let recent = project.builds.len().saturating_sub(4);
            project.sources = Sources::clone(random.pick(&project.builds[recent..])?);
            Some(())
        },
    },
    Edit {
        name: "clean up what was answered",
        weight: 2,
        make: |_, project| {
            project.sources.forget_hints();
            Some(())
        },
    },
];

/// An index or a constraint, by its position.
enum Place {
    Index(usize),
    Constraint(usize),
}

impl Place {
    fn take_out(&self, model: &mut Model) {
        match self {
            Self::Index(position) => drop(model.indexes.remove(*position)),
            Self::Constraint(position) => drop(model.constraints.remove(*position)),
        }
    }
}

fn any_field(random: &mut Random, project: &Project) -> Option<(ModelKey, FieldName)> {
    let key = random.pick(&project.keys())?.clone();
    let field = random.pick(&project.model(&key)?.fields)?.name.clone();
    Some((key, field))
}

fn any_object<'a>(random: &mut Random, project: &'a mut Project) -> Option<(AppLabel, &'a mut Model, Place)> {
    let has_objects = |it: &SourceModel| !it.model.indexes.is_empty() || !it.model.constraints.is_empty();
    let keys: Vec<ModelKey> =
        project.sources.iter().filter(|(_, it)| has_objects(it)).map(|(key, _)| key.clone()).collect();
    let key = random.pick(&keys)?;
    let model = project.model_mut(key)?;
    let indexes = model.indexes.len();
    let position = random.below(indexes + model.constraints.len());
    let place =
        if position < indexes { Place::Index(position) } else { Place::Constraint(position - indexes) };
    Some((key.app.clone(), model, place))
}

fn change_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let attribute = random.pick_weighted(ATTRIBUTES, |attribute| attribute.weight)?;
    let of_model = |(key, source): (&ModelKey, &SourceModel)| {
        let fields = source.model.fields.iter().filter(|field| !field.primary_key);
        fields.map(|field| (key.clone(), field.clone())).collect::<Vec<_>>()
    };
    let fields: Vec<(ModelKey, Field)> = project.sources.iter().flat_map(of_model).collect();
    let start = random.below(fields.len());
    // The first field that has such a thing, from a random one on.
    let (key, after) = fields.iter().cycle().skip(start).take(fields.len()).find_map(|(key, before)| {
        let mut after = before.clone();
        (attribute.change)(random, &Site { project, key }, &mut after)?;
        (after != *before).then(|| (key.clone(), after))
    })?;
    project.count(attribute.name);
    put(project.model_mut(&key)?, after)
}

/// Puts a field in the place of the one of its name, and takes out what says something of it that no longer suits.
fn put(model: &mut Model, after: Field) -> Option<()> {
    let before = model.fields.iter_mut().find(|field| field.name == after.name)?;
    let (is_other, has_column, name) =
        (before.kind != after.kind || before.null != after.null, after.has_column(), after.name.clone());
    *before = after;
    if !has_column {
        drop_users(model, &name);
    } else if is_other {
        let name = name.as_str();
        let asks = |when: &Option<Expr>| when.as_ref().is_some_and(|when| when.names().contains(&name));
        // What only lists the field says nothing of its type.
        let suits = |part: &IndexPart| part.is_plain() || !part.value.names().contains(&name);
        model.indexes.retain(|index| !asks(&index.when) && index.parts.iter().all(suits));
        model.constraints.retain(|constraint| match constraint {
            Constraint::Unique(rule) => !asks(&rule.when) && rule.parts.iter().all(suits),
            Constraint::Check { condition, .. } => !condition.names().contains(&name),
            Constraint::Reference(rule) => !rule.fields.iter().any(|field| field.as_str() == name),
            Constraint::Exclude(_) => !constraint.field_names().contains(&name),
        });
        for field in &mut model.fields {
            field.generated = field.generated.take().filter(|generated| !generated.names(name));
        }
    }
    Some(())
}
