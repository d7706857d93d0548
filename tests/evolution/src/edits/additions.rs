//! The edits that add apps, models and fields.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ReferenceRule};
use modelshift_schema::field::Field;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey};
use modelshift_schema::relation::{Deferrable, ForeignKey, ManyToMany, ReferentialAction};

use super::handed;
use super::keys::{key_fields, key_of_type};
use crate::fields::{KINDS, Site};
use crate::project::Project;
use crate::random::Random;
use crate::{names, objects};

/// Adds some models to an app that has none.
pub(super) fn start_app(random: &mut Random, project: &mut Project) -> Option<()> {
    let is_empty = |app: &&AppLabel| !project.sources.keys().any(|key| key.app == **app);
    let app = (*random.pick(&project.apps.iter().filter(is_empty).collect::<Vec<_>>())?).clone();
    for _ in 0..2 + random.below(3) {
        // A name that is there already is another time's.
        let _ = add_model_to(random, project, &app);
    }
    Some(())
}

pub(super) fn add_model(random: &mut Random, project: &mut Project) -> Option<()> {
    let apps: Vec<_> = project.apps.iter().cloned().collect();
    let app = random.pick(&apps)?;
    add_model_to(random, project, app)
}

pub(super) fn add_model_to(random: &mut Random, project: &mut Project, app: &AppLabel) -> Option<()> {
    let key = ModelKey::new(app, names::model(random));
    if project.sources.contains_key(&key) {
        return None;
    }
    let mut model = Model::new(key.name.clone(), key_fields(random, project)?);
    for _ in 0..random.below(5) {
        let name = names::field(random);
        if model.field(&name.into()).is_none() {
            let kind = random.pick_weighted(KINDS, |kind| kind.weight)?;
            model.fields.extend((kind.make)(random, &Site { project, key: &key }, name));
        }
    }
    if random.one_in(3) {
        objects::add(random, &mut model, None);
    }
    project.sources.insert(key, SourceModel { model, hints: ModelHints::default() });
    Some(())
}

pub(super) fn add_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let name = names::field(random);
    let kind = random.pick_weighted(KINDS, |kind| kind.weight)?;
    let field = (kind.make)(random, &Site { project, key: &key }, name)?;
    let model = project.model_mut(&key)?;
    if model.field(&field.name).is_some() {
        return None;
    }
    project.count(kind.name);
    let model = project.model_mut(&key)?;
    let position = random.below(model.fields.len() + 1);
    model.fields.insert(position, field);
    Some(())
}

/// Adds a model with a reference to each of two others, and a field that joins one to the other through it; or a field
/// that had a join table.
pub(super) fn add_way(random: &mut Random, project: &mut Project) -> Option<()> {
    if random.clone().one_in(2) && handed::hand_join_over(&mut random.clone(), project).is_some() {
        return Some(());
    }
    let (from, to) = (random.pick(&project.keys())?.clone(), random.pick(&project.keys())?.clone());
    let apps: Vec<_> = project.apps.iter().collect();
    let through = ModelKey::new(*random.pick(&apps)?, names::model(random));
    let name = names::field(random);
    if project.sources.contains_key(&through) || project.model(&from)?.field(&name.into()).is_some() {
        return None;
    }
    let end = |name: &str, to: &ModelKey| Field::foreign_key(name, ForeignKey::new(to.clone()));
    let fields = vec![key_of_type("id", ColumnType::I64), end("one", &from), end("other", &to)];
    let model = Model::new(through.name.clone(), fields);
    project.sources.insert(through.clone(), SourceModel { model, hints: ModelHints::default() });
    let relation = ManyToMany { through: Some(through), ..ManyToMany::new(to) };
    project.model_mut(&from)?.fields.push(Field::many_to_many(name, relation));
    Some(())
}

/// Refers to the key of a model, or to fields that are unique together, by fields of the same types.
pub(super) fn add_reference(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, to) = (random.pick(&project.keys())?.clone(), random.pick(&project.keys())?.clone());
    let target = project.model(&to)?;
    let mut ways: Vec<Vec<FieldName>> = vec![target.primary_key().map(|field| field.name.clone()).collect()];
    ways.extend(target.constraints.iter().map(|rule| rule.unique_fields().to_vec()));
    ways.retain(|fields| !fields.is_empty());
    let to_fields = random.pick(&ways)?.clone();
    let held: Vec<Field> = to_fields.iter().filter_map(|name| target.field(name)).cloned().collect();
    let model = project.model_mut(&key)?;
    let mut fields: Vec<FieldName> = Vec::new();
    for held in held {
        let is_alike = |it: &&Field| {
            it.kind == held.kind && it.collation == held.collation && !fields.contains(&it.name)
        };
        let own = model.fields.iter().find(is_alike).map(|field| field.name.clone());
        let name = own.unwrap_or_else(|| names::field(random).into());
        if model.field(&name).is_none() {
            let kind = Field { name: name.clone(), ..held };
            let bare = Field { primary_key: false, unique: false, index: false, default: None, ..kind };
            model.fields.push(Field { null: true, column: None, generated: None, identity: None, ..bare });
        }
        fields.push(name);
    }
    let on_delete = *random.pick(&ReferentialAction::ALL)?;
    let on_update =
        if random.one_in(3) { *random.pick(&ReferentialAction::ALL)? } else { ReferentialAction::NoAction };
    let deferrable = if random.one_in(3) { random.pick(&Deferrable::ALL).copied() } else { None };
    let index = !random.one_in(4);
    let rule = ReferenceRule {
        on_delete,
        on_update,
        deferrable,
        index,
        ..ReferenceRule::new(fields, to, to_fields)
    };
    model.constraints.push(Constraint::Reference(rule));
    Some(())
}

pub(super) fn add_circle(random: &mut Random, project: &mut Project) -> Option<()> {
    if random.one_in(2) {
        add_model(random, project)?;
    }
    let (one, other) = (random.pick(&project.keys())?.clone(), random.pick(&project.keys())?.clone());
    for (from, to) in [(&one, &other), (&other, &one)] {
        let name = names::field(random);
        let field = match random.below(3) {
            0 => Field::many_to_many(name, ManyToMany::new(to.clone())),
            1 => Field::foreign_key(name, ForeignKey::new(to.clone())),
            _ => Field { null: true, ..Field::foreign_key(name, ForeignKey::new(to.clone())) },
        };
        let model = project.model_mut(from)?;
        if model.field(&field.name).is_none() {
            model.fields.push(field);
        }
    }
    Some(())
}
