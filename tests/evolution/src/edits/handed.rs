//! Names that go from one thing to another in one edit, and models that go to another app.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{ColumnName, FieldName, ModelKey, ObjectName, TableName};
use modelshift_schema::relation::{ForeignKey, ManyToMany};

use super::{any_field, any_object};
use crate::project::{Project, drop_field};
use crate::random::Random;
use crate::{names, objects};

/// Chooses two models.
fn two(random: &mut Random, project: &Project) -> Option<(ModelKey, ModelKey)> {
    let one = random.pick(&project.keys())?.clone();
    let others: Vec<ModelKey> = project.keys().into_iter().filter(|key| *key != one).collect();
    random.pick(&others).map(|other| (one, other.clone()))
}

/// Chooses two fields of a model.
fn two_fields(random: &mut Random, project: &Project) -> Option<(ModelKey, FieldName, FieldName)> {
    let (key, one) = any_field(random, project)?;
    let fields = &project.model(&key)?.fields;
    let others: Vec<FieldName> = fields.iter().map(|it| it.name.clone()).filter(|it| *it != one).collect();
    random.pick(&others).map(|other| (key, one, other.clone()))
}

pub(super) fn move_model(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let others: Vec<_> = project.apps.iter().filter(|app| **app != key.app).cloned().collect();
    let app = random.pick(&others)?;
    project.move_model(&key, &ModelKey::new(app, &key.name), !random.one_in(3))
}

/// A relation that had a join table goes through a new model.
pub(super) fn hand_join_over(random: &mut Random, project: &mut Project) -> Option<()> {
    let of_model = |(key, source): (&ModelKey, &SourceModel)| {
        let joins = source.model.fields.iter().filter_map(|field| Some((&field.name, &field.join()?.to)));
        joins.map(|(field, to)| (key.clone(), field.clone(), to.clone())).collect::<Vec<_>>()
    };
    let joins: Vec<_> = project.sources.iter().flat_map(of_model).collect();
    let (key, name, to) = random.pick(&joins)?.clone();
    let through = ModelKey::new(&key.app, names::model(random));
    if project.sources.contains_key(&through) {
        return None;
    }
    let field = project.model_mut(&key)?.fields.iter_mut().find(|field| field.name == name)?;
    field.kind =
        FieldKind::ManyToMany(ManyToMany { through: Some(through.clone()), ..ManyToMany::new(to.clone()) });
    let end = |name: &str, to: ModelKey| Field::foreign_key(name, ForeignKey::new(to));
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let model = Model::new(through.name.clone(), vec![id, end("one", key), end("other", to)]);
    project.sources.insert(through, SourceModel { model, hints: ModelHints::default() });
    Some(())
}

/// A model goes to an app where one of its name is, which makes room.
pub(super) fn move_into_place(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, other) = two(random, project)?;
    if key.app == other.app {
        return None;
    }
    if random.one_in(2) {
        project.rename_model(&other, &names::model(random), !random.one_in(4))?;
    } else {
        project.remove_model(&other);
    }
    project.move_model(&key, &other, !random.one_in(4))
}

pub(super) fn swap_models(random: &mut Random, project: &mut Project) -> Option<()> {
    let (one, other) = two(random, project)?;
    let aside = "Aside".into();
    if one.app != other.app {
        let (to_one, to_other) = (ModelKey::new(&one.app, &other.name), ModelKey::new(&other.app, &one.name));
        project.move_model(&one, &to_other, true)?;
        return project.move_model(&other, &to_one, !random.one_in(4));
    }
    project.rename_model(&one, &aside, true)?;
    project.rename_model(&other, &one.name, !random.one_in(4))?;
    project.rename_model(&ModelKey::new(&one.app, &aside), &other.name, true)
}

pub(super) fn swap_fields(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, one, other) = two_fields(random, project)?;
    let aside = "aside".into();
    project.rename_field(&key, &one, &aside, true)?;
    project.rename_field(&key, &other, &one, !random.one_in(4))?;
    project.rename_field(&key, &aside, &other, true)
}

pub(super) fn swap_columns(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, one, other) = two_fields(random, project)?;
    let model = project.model_mut(&key)?;
    let column = |model: &Model, name: &FieldName| {
        model.field(name).filter(|field| field.has_column()).map(Field::column_name)
    };
    let (first, second) = (column(model, &one)?, column(model, &other)?);
    give_column(model, &one, second);
    give_column(model, &other, first);
    Some(())
}

/// Returns a field a column, which is not said where it goes without saying.
fn give_column(model: &mut Model, name: &FieldName, column: ColumnName) {
    let Some(field) = model.fields.iter_mut().find(|field| field.name == *name) else { return };
    field.column = None;
    field.column = (field.column_name() != column).then_some(column);
}

/// A field gets another name, and its column or its join table stays.
pub(super) fn rename_field_in_place(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, before) = any_field(random, project)?;
    let model = project.model(&key)?;
    let (column, is_join) = (model.field(&before)?.column_name(), model.field(&before)?.join().is_some());
    let table = model.join_table_names(&key).find(|(field, _)| field.name == before).map(|(_, table)| table);
    let after: FieldName = names::field(random).into();
    project.rename_field(&key, &before, &after, !random.one_in(4))?;
    let model = project.model_mut(&key)?;
    if !is_join {
        give_column(model, &after, column);
        return Some(());
    }
    match &mut model.fields.iter_mut().find(|field| field.name == after)?.kind {
        FieldKind::ManyToMany(relation) => relation.table = table.map(|it| it.within(None)),
        FieldKind::Column(_) | FieldKind::ForeignKey(_) => return None,
    }
    Some(())
}

/// Says that the rows of a model are in a table.
fn hold_in(model: &mut Model, table: TableName) {
    model.schema = table.schema().cloned();
    model.table = Some(table.within(None));
}

/// A model gets another name, and its table stays.
pub(super) fn rename_model_in_place(random: &mut Random, project: &mut Project) -> Option<()> {
    let key = random.pick(&project.keys())?.clone();
    let table = project.model(&key)?.table_name(&key.app);
    let name = names::model(random);
    project.rename_model(&key, &name, !random.one_in(4))?;
    hold_in(project.model_mut(&ModelKey::new(&key.app, name))?, table);
    Some(())
}

/// A field goes, and another one has its column from now on.
pub(super) fn take_column(random: &mut Random, project: &mut Project) -> Option<()> {
    let (key, gone, heir) = two_fields(random, project)?;
    let column = project.model(&key)?.field(&gone).filter(|field| field.has_column())?.column_name();
    let source = project.sources.get_mut(&key)?;
    drop_field(source, &gone);
    source.model.primary_key().next()?;
    source.model.field(&heir).filter(|field| field.has_column())?;
    give_column(&mut source.model, &heir, column);
    Some(())
}

pub(super) fn swap_tables(random: &mut Random, project: &mut Project) -> Option<()> {
    let (one, other) = two(random, project)?;
    let first = project.model(&one)?.table_name(&one.app);
    let second = project.model(&other)?.table_name(&other.app);
    hold_in(project.model_mut(&one)?, second);
    hold_in(project.model_mut(&other)?, first);
    Some(())
}

/// A model goes, and another one has its table's name from now on.
pub(super) fn take_table(random: &mut Random, project: &mut Project) -> Option<()> {
    let (gone, heir) = two(random, project)?;
    let table = project.model(&gone)?.table_name(&gone.app);
    project.remove_model(&gone);
    hold_in(project.model_mut(&heir)?, table);
    Some(())
}

/// An index or a constraint goes, and one of another model has its name from now on.
pub(super) fn take_object(random: &mut Random, project: &mut Project) -> Option<()> {
    let mut fork = random.clone();
    let (_, model, object) = any_object(random, project)?;
    let named = match &object {
        super::Place::Index(position) => model.indexes.get(*position)?.name.clone(),
        super::Place::Constraint(position) => model.constraints.get(*position)?.name().cloned(),
    };
    named.as_ref()?;
    object.take_out(model);
    let heir = fork.pick(&project.keys())?.clone();
    objects::add(&mut fork, project.model_mut(&heir)?, named.as_ref().map(ObjectName::as_str)).map(|_| ())
}
