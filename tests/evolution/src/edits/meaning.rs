//! Names and values that come to mean something else: references that lead elsewhere, fields that move, names that are
//! taken again.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, ModelKey};

use super::any_field;
use crate::fields::{KINDS, Site};
use crate::names;
use crate::project::{Project, drop_field};
use crate::random::Random;

/// A reference leads to another model, and its name stays.
pub(super) fn lead_elsewhere(random: &mut Random, project: &mut Project) -> Option<()> {
    let keys = project.keys();
    let to = random.pick(&keys)?.clone();
    let (key, name) = any_reference(random, project, |_| true)?;
    let field = project.model_mut(&key)?.fields.iter_mut().find(|field| field.name == name)?;
    match &mut field.kind {
        FieldKind::ForeignKey(relation) => (relation.to, relation.to_field) = (to, None),
        FieldKind::ManyToMany(relation) => relation.to = to,
        FieldKind::Column(_) => return None,
    }
    field.default = None;
    Some(())
}

/// A reference goes by another field of the same model.
pub(super) fn refer_by_another_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, name) = any_reference(random, project, |field| field.relation().is_some())?;
    let relation = project.model(&key)?.field(&name)?.relation()?.clone();
    let target = project.model(&relation.to)?;
    let unique =
        target.fields.iter().filter(|field| field.unique && !field.primary_key && field.has_column());
    let ends: Vec<Option<FieldName>> = unique
        .map(|field| Some(field.name.clone()))
        .chain([None])
        .filter(|it| *it != relation.to_field)
        .collect();
    let end = random.pick(&ends)?.clone();
    let field = project.model_mut(&key)?.fields.iter_mut().find(|field| field.name == name)?;
    field.default = None;
    match &mut field.kind {
        FieldKind::ForeignKey(relation) => relation.to_field = end,
        FieldKind::ManyToMany(_) | FieldKind::Column(_) => return None,
    }
    Some(())
}

fn any_reference(
    random: &mut Random,
    project: &Project,
    suits: fn(&Field) -> bool,
) -> Option<(ModelKey, FieldName)> {
    let of_model = |(key, source): (&ModelKey, &SourceModel)| {
        let leads = |field: &&Field| (field.relation().is_some() || field.join().is_some()) && suits(field);
        let fields = source.model.fields.iter().filter(leads);
        fields.map(|field| (key.clone(), field.name.clone())).collect::<Vec<_>>()
    };
    let all: Vec<_> = project.sources.iter().flat_map(of_model).collect();
    random.pick(&all).cloned()
}

/// A field goes to another model, mostly one that a reference leads to or comes from.
pub(super) fn move_field(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, name) = any_field(random, project)?;
    let field = project.model(&key)?.field(&name)?.clone();
    let targets = |key: &ModelKey| -> Vec<ModelKey> {
        project.model(key).into_iter().flat_map(Model::targets).cloned().collect()
    };
    let is_near = |other: &ModelKey| targets(&key).contains(other) || targets(other).contains(&key);
    let others: Vec<ModelKey> = project.keys().into_iter().filter(|it| *it != key).collect();
    let near: Vec<ModelKey> = others.iter().filter(|it| is_near(it)).cloned().collect();
    let is_far = near.is_empty() || random.one_in(4);
    let to = random.pick(if is_far { &others } else { &near })?.clone();
    if field.primary_key || field.generated.is_some() || project.model(&to)?.field(&name).is_some() {
        return None;
    }
    drop_field(project.sources.get_mut(&key)?, &name);
    project.model_mut(&to)?.fields.push(field);
    Some(())
}

/// A field gets another name, and a new one takes the name that it had.
pub(super) fn take_name_again(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, name) = any_field(random, project)?;
    let says = !random.one_in(3);
    project.rename_field(&key, &name, &names::field(random).into(), says)?;
    let kind = random.pick_weighted(KINDS, |it| it.weight)?;
    let field = (kind.make)(random, &Site { project, key: &key }, name.as_str())?;
    let source = project.sources.get_mut(&key)?;
    source.model.fields.push(field);
    if says && random.one_in(2) {
        source.hints.fields.entry(name).or_default().new = true;
    }
    Some(())
}

/// A model is made anew under its own name, with another key.
pub(super) fn make_anew(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let column_type = random.pick(&[ColumnType::Uuid, ColumnType::Text, ColumnType::I64])?.clone();
    let name = names::field(random);
    let source = project.sources.get_mut(&key)?;
    let keys: Vec<FieldName> = source.model.primary_key().map(|field| field.name.clone()).collect();
    if random.one_in(2) {
        for field in &keys {
            drop_field(source, field);
        }
    }
    if source.model.field(&FieldName::new(name)).is_some() || source.model.primary_key().count() > 1 {
        return None;
    }
    match source.model.fields.iter_mut().find(|field| field.primary_key) {
        Some(field) => field.kind = FieldKind::Column(column_type),
        None => source.model.fields.insert(0, Field { primary_key: true, ..Field::new(name, column_type) }),
    }
    source.hints.new = random.one_in(2);
    Some(())
}

/// A model gets another name, and a new one takes the name that it had.
pub(super) fn take_model_name_again(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let mut taker = project.sources.get(&key)?.clone();
    let says = !random.one_in(3);
    project.rename_model(&key, &names::model(random), says)?;
    taker.model.indexes.clear();
    taker.model.constraints.clear();
    taker.hints = ModelHints { new: says && random.one_in(2), ..ModelHints::default() };
    project.sources.insert(key, taker);
    Some(())
}
