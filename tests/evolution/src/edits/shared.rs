//! Structs with `#[model(abstract)]`: made, flattened, changed, and given up; and types of the crate's own.

use modelshift_schema::field::Field;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, ModelKey};

use super::put;
use crate::fields::{ATTRIBUTES, KINDS, Site};
use crate::project::{Project, drop_field, drop_shared_field};
use crate::random::Random;
use crate::sources::{Place, may_be_newtype, prefixed, with};
use crate::{names, objects};

fn any_shared(random: &mut Random, project: &Project) -> Option<ModelKey> {
    random.pick(&project.sources.shared.keys().cloned().collect::<Vec<_>>()).cloned()
}

fn any_place(random: &mut Random, project: &Project) -> Option<(ModelKey, FieldName)> {
    random.pick(&project.sources.places.keys().cloned().collect::<Vec<_>>()).cloned()
}

/// Chooses a field that an abstract struct has itself.
fn any_field(random: &mut Random, project: &Project) -> Option<(ModelKey, FieldName)> {
    let shared = any_shared(random, project)?;
    let written = project.sources.written(&shared)?;
    let field = random.pick(&written.own.model.fields)?.name.clone();
    Some((shared, field))
}

/// Some fields of a model become those of a struct that it flattens; nothing changes in the database.
pub(super) fn share(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let apps: Vec<_> = project.apps.iter().cloned().collect();
    let app = if random.one_in(4) { random.pick(&apps)? } else { &key.app };
    let shared = ModelKey::new(app, names::shared(random));
    let place = (key.clone(), names::place(random).into());
    if project.sources.any(&shared).is_some() || project.sources.places.contains_key(&place) {
        return None;
    }
    let own = project.sources.written(&key)?.own.model;
    let prefix = ["x_", "old_"]
        .into_iter()
        .find(|it| own.fields.iter().any(|field| field.name.as_str().starts_with(it)));
    let prefix = prefix.filter(|_| random.one_in(2)).unwrap_or_default();
    // A key that is shared leaves no model that could have it too.
    let with_key = random.one_in(6);
    let mut fields: Vec<Field> = own.fields.clone();
    fields.retain(|it| {
        it.name.as_str().starts_with(prefix) && !it.refers_to(&key) && (with_key || !it.primary_key)
    });
    let (start, count) = (random.below(fields.len()), 1 + random.below(3));
    let mut model = Model::new(shared.name.clone(), fields.into_iter().skip(start).take(count).collect());
    let names: Vec<FieldName> = model.fields.iter().map(|field| field.name.clone()).collect();
    let is_within =
        |used: Vec<&str>| !used.is_empty() && used.iter().all(|it| names.iter().any(|name| *name == **it));
    model.indexes =
        own.indexes.into_iter().filter(|it| it.name.is_none() && is_within(it.field_names())).collect();
    let unnamed = own.constraints.into_iter().filter(|it| it.name().is_none());
    model.constraints = unnamed.filter(|it| is_within(it.field_names())).collect();
    let model = bare(&model, prefix)?;
    project.sources.shared.insert(shared.clone(), SourceModel { model, hints: ModelHints::default() });
    project.sources.places.insert(place, Place { shared, prefix: prefix.to_owned(), renamed_from: None });
    Some(())
}

/// Takes a prefix away from the names of all fields.
fn bare(model: &Model, prefix: &str) -> Option<Model> {
    let mut bare = model.clone();
    for field in &model.fields {
        let name = FieldName::new(field.name.as_str().strip_prefix(prefix)?);
        bare.indexes.iter_mut().for_each(|it| it.rename_field(&field.name, &name));
        bare.constraints.iter_mut().for_each(|it| it.rename_field(&field.name, &name));
    }
    for field in &mut bare.fields {
        if field.generated.is_some() {
            return if prefix.is_empty() { Some(model.clone()) } else { None };
        }
        field.name = FieldName::new(field.name.as_str().strip_prefix(prefix)?);
        let column = field.column.take();
        field.column = match column {
            Some(column) => Some(column.as_str().strip_prefix(prefix)?.into()),
            None => None,
        };
    }
    // What does not come back as it was is left to the model.
    (prefixed(&bare, prefix) == *model).then_some(bare)
}

/// Another struct flattens it as well.
pub(super) fn flatten(random: &mut Random, project: &mut Project) -> Option<()> {
    let shared = any_shared(random, project)?;
    let mut holders = project.keys();
    // A struct that others flatten may flatten one that flattens none itself.
    let flattens = |project: &Project, key: &ModelKey| !project.sources.places_in(key).is_empty();
    let is_flattened = |key: &ModelKey| {
        project.sources.reach(key).iter().any(|(holder, _)| project.sources.shared.contains_key(holder))
    };
    if !flattens(project, &shared) {
        let others = project.sources.shared.keys().filter(|it| **it != shared && !is_flattened(it));
        holders.extend(others.cloned());
    }
    let holder = random.pick(&holders)?.clone();
    let place = (holder.clone(), FieldName::new(names::place(random)));
    let prefix = names::prefix(random).to_owned();
    if project.sources.places.contains_key(&place) {
        return None;
    }
    let here = Place { shared, prefix, renamed_from: None };
    let image = project.sources.image(&here)?;
    let mut reach = vec![(holder.clone(), String::new())];
    reach.extend(project.sources.reach(&holder));
    for (holder, prefix) in reach {
        let image = prefixed(&image, &prefix);
        let model = &mut project.sources.any_mut(&holder)?.model;
        if image.fields.iter().any(|field| model.field(&field.name).is_some()) {
            return None;
        }
        if image.primary_key().next().is_some() && model.primary_key().next().is_some() {
            return None;
        }
        model.fields.extend(image.fields);
        model.indexes.extend(image.indexes);
        model.constraints.extend(image.constraints);
    }
    project.sources.places.insert(place, here);
    Some(())
}

/// The fields become the struct's own, or go.
pub(super) fn flatten_no_longer(random: &mut Random, project: &mut Project) -> Option<()> {
    let place = any_place(random, project)?;
    let gone = project.sources.places.remove(&place)?;
    if random.one_in(2) {
        return Some(());
    }
    let image = project.sources.image(&gone)?;
    let mut reach = vec![(place.0.clone(), String::new())];
    reach.extend(project.sources.reach(&place.0));
    for (holder, prefix) in reach {
        for field in &image.fields {
            drop_field(project.sources.any_mut(&holder)?, &with(&prefix, &field.name));
        }
    }
    Some(())
}

/// The names of all flattened fields begin with something else.
pub(super) fn change_prefix(random: &mut Random, project: &mut Project) -> Option<()> {
    let (holder, field) = any_place(random, project)?;
    let prefix = names::prefix(random);
    let place = project.sources.places.get(&(holder.clone(), field.clone()))?.clone();
    let says = !random.one_in(4);
    let (before, after) =
        (project.sources.image(&place)?, Place { prefix: prefix.to_owned(), ..place.clone() });
    let mut reach = vec![(holder.clone(), String::new())];
    reach.extend(project.sources.reach(&holder));
    let after_image = project.sources.image(&after)?;
    for (holder, outer) in reach {
        for (old, new) in before.fields.iter().zip(&after_image.fields) {
            project.rename_field(&holder, &with(&outer, &old.name), &with(&outer, &new.name), false)?;
        }
        let image = prefixed(&after_image, &outer);
        let model = &mut project.sources.any_mut(&holder)?.model;
        for new in image.fields {
            model.fields.iter_mut().filter(|it| it.name == new.name).for_each(|it| it.clone_from(&new));
        }
    }
    let renamed_from = says.then_some(place.renamed_from.unwrap_or(place.prefix));
    project.sources.places.insert((holder, field), Place { renamed_from, ..after });
    Some(())
}

/// Every model that flattens the struct gets another field.
pub(super) fn add_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let shared = any_shared(random, project)?;
    let name = names::field(random);
    let kind = random.pick_weighted(KINDS, |kind| kind.weight)?;
    let field = (kind.make)(random, &Site { project, key: &shared }, name)?;
    if field.targets().any(|to| *to == shared)
        || project.sources.any(&shared)?.model.field(&field.name).is_some()
    {
        return None;
    }
    project.sources.any_mut(&shared)?.model.fields.push(field);
    let whole = project.sources.any(&shared)?.model.clone();
    for (holder, prefix) in project.sources.reach(&shared) {
        let field = prefixed(&whole, &prefix).fields.pop()?;
        let model = &mut project.sources.any_mut(&holder)?.model;
        if model.field(&field.name).is_some() {
            return None;
        }
        model.fields.push(field);
    }
    Some(())
}

pub(super) fn remove_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let (shared, field) = any_field(random, project)?;
    drop_shared_field(&mut project.sources, &shared, &field);
    Some(())
}

pub(super) fn rename_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let (shared, before) = any_field(random, project)?;
    let (after, says) = (FieldName::new(names::field(random)), !random.one_in(4));
    let source = project.sources.any(&shared)?;
    let said = source.hints.fields.get(&before).and_then(|hints| hints.renamed_from.clone());
    let mut is_known = false;
    for (holder, prefix) in project.sources.reach(&shared) {
        let name = with(&prefix, &before);
        is_known |= project.recorded.field(&holder, &name).is_ok();
        project.rename_field(&holder, &name, &with(&prefix, &after), false)?;
    }
    project.rename_field(&shared, &before, &after, false)?;
    let origin = if is_known { Some(before) } else { said };
    let hints = project.sources.any_mut(&shared)?.hints.fields.entry(after.clone()).or_default();
    hints.renamed_from = origin.filter(|origin| says && *origin != after);
    Some(())
}

pub(super) fn change_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let (shared, name) = any_field(random, project)?;
    let attribute = random.pick_weighted(ATTRIBUTES, |attribute| attribute.weight)?;
    let mut after = project.sources.any(&shared)?.model.field(&name).filter(|it| !it.primary_key)?.clone();
    (attribute.change)(random, &Site { project, key: &shared }, &mut after)?;
    if after.targets().any(|to| *to == shared) {
        return None;
    }
    project.count(attribute.name);
    put_everywhere(project, &shared, after)
}

/// Puts a field in the place of the one of its name, in the struct and in all that have its fields.
fn put_everywhere(project: &mut Project, key: &ModelKey, after: Field) -> Option<()> {
    let name = after.name.clone();
    put(&mut project.sources.any_mut(key)?.model, after)?;
    let whole = project.sources.any(key)?.model.clone();
    for (holder, prefix) in project.sources.reach(key) {
        let field = prefixed(&whole, &prefix).field(&with(&prefix, &name))?.clone();
        put(&mut project.sources.any_mut(&holder)?.model, field)?;
    }
    Some(())
}

/// Chooses a field, of a model or an abstract struct, that it has itself.
fn any_own_field(random: &mut Random, project: &Project) -> Option<(ModelKey, Field)> {
    let keys: Vec<ModelKey> = project.sources.keys().chain(project.sources.shared.keys()).cloned().collect();
    let key = random.pick(&keys)?.clone();
    let own = project.sources.written(&key)?.own.model;
    random.pick(&own.fields).map(|field| (key, field.clone()))
}

pub(super) fn name_type(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, field) = any_own_field(random, project)?;
    project.sources.newtypes.insert((key, field.name.clone()), names::newtype(random).to_owned());
    may_be_newtype(&field).then_some(())
}

pub(super) fn name_type_no_longer(random: &mut Random, project: &mut Project) -> Option<()> {
    let named: Vec<_> = project.sources.newtypes.keys().cloned().collect();
    project.sources.newtypes.remove(random.pick(&named)?).map(drop)
}

/// The type of the crate's own holds something else from now on.
pub(super) fn change_type_beneath(random: &mut Random, project: &mut Project) -> Option<()> {
    let named: Vec<_> = project.sources.newtypes.keys().cloned().collect();
    let (key, name) = random.pick(&named)?.clone();
    let mut field = project.sources.any(&key)?.model.field(&name)?.clone();
    let of_type = ATTRIBUTES.iter().find(|attribute| attribute.name == "type")?;
    (of_type.change)(random, &Site { project, key: &key }, &mut field)?;
    put_everywhere(project, &key, field)
}

/// Every model that flattens the struct gets another index or constraint.
pub(super) fn add_object(random: &mut Random, project: &mut Project) -> Option<()> {
    let shared = any_shared(random, project)?;
    let whole = &project.sources.any(&shared)?.model;
    let mut only = Model { indexes: Vec::new(), constraints: Vec::new(), ..whole.clone() };
    let form = objects::add(random, &mut only, None)?;
    let mut reach = vec![(shared.clone(), String::new())];
    reach.extend(project.sources.reach(&shared));
    for (holder, prefix) in reach {
        let image = prefixed(&only, &prefix);
        let model = &mut project.sources.any_mut(&holder)?.model;
        model.indexes.extend(image.indexes);
        model.constraints.extend(image.constraints);
    }
    project.count(form);
    Some(())
}
