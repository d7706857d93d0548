//! Models and fields that bear another name: those that say so, and questions about those that may.

use std::collections::BTreeSet;

use super::models::{join_table, object_names, tables};
use super::moves::{given_up_elsewhere, strays};
use super::order::{Fact, Planned};
use super::origins::{self, Doubt, Origins};
use super::{Found, Pair, Sight};
use crate::column_type::ColumnType;
use crate::error::{DetectError, StateError};
use crate::field::{Field, FieldKind};
use crate::model::Model;
use crate::name::{FieldName, ModelKey, ModelName, ObjectName, TableName};
use crate::naming;
use crate::native_type::NativeType;
use crate::operation::{
    AlterField, AlterModelTable, Operation, RenameConstraint, RenameField, RenameIndex, RenameModel,
};
use crate::question::QuestionKind;
use crate::references::Link;
use crate::state::ProjectState;

/// Renames models in the state as their hints say, and asks about those that may have been renamed.
pub(super) fn models(
    sight: &Sight<'_>,
    state: &mut ProjectState,
    found: &mut Found,
) -> Result<(), DetectError> {
    let Origins { renames, doubts } = origins::of_models(state, sight.wanted, sight.app);
    for (before, after) in renames {
        let (old, new) = (ModelKey::new(sight.app, &before), ModelKey::new(sight.app, &after));
        let before_rename = state.model(&old).cloned();
        let named = name_model(state, &sight.target, &old, &new);
        let (model, table) = before_rename
            .and_then(|model| Ok((model, named?)))
            .map_err(|source| DetectError::Model { model: new.clone(), source })?;
        found.planned.extend(table.map(|it| Planned::new(Operation::AlterModelTable(it))));
        let operation = Operation::RenameModel(RenameModel { before, after });
        let had: Vec<TableName> = tables(&old, &model).collect();
        let renamed =
            state.model(&new).map_err(|source| DetectError::Model { model: new.clone(), source })?;
        let has: Vec<TableName> = tables(&new, renamed).collect();
        let planned = Planned::new(operation)
            .gives(Fact::ModelGone(old.clone()))
            .gives(Fact::ModelMade(new.clone()))
            .needs(referrers_of_other_apps(sight, &old))
            .frees_tables(sight, &had, &has)
            .takes_tables_of_others(sight, &had, &has);
        found.planned.push(planned);
    }
    let gone: Vec<(&ModelName, &Model)> = state
        .models()
        .filter(|(key, _)| key.app == *sight.app && !sight.target.contains(key))
        .map(|(key, model)| (&key.name, model.as_ref()))
        .collect();
    for (name, doubt) in &doubts {
        let known = gone.iter().map(|(name, _)| name.to_string()).collect();
        found.ask(&ModelKey::new(sight.app, name), None, question(doubt, known));
    }
    for (key, model) in sight.models().filter(|(key, _)| !state.contains(key)) {
        let is_new = sight.hints(key).is_some_and(|hints| hints.new);
        if is_new || found.has_asked_about(key) || doubts.iter().any(|(name, _)| *name == key.name) {
            continue;
        }
        // What a reference leads to may itself be renamed, and not be told yet.
        let is_same = |before: &ModelKey, after: &ModelKey| {
            before == after || (!sight.target.contains(before) && !state.contains(after))
        };
        let similar = gone.iter().filter(|(_, before)| may_be_renamed(before, model, &is_same));
        let mut candidates: Vec<ModelName> = similar.map(|(name, _)| (*name).clone()).collect();
        candidates.extend(strays(sight, key).into_iter().map(ModelName::new));
        if !candidates.is_empty() {
            found.ask(key, None, QuestionKind::RenamedModel { candidates });
        }
    }
    Ok(())
}

/// Renames a model in a state; where its table keeps a name that nobody chose, this is written down first, so that the
/// rename leaves it alone.
pub(super) fn name_model(
    state: &mut ProjectState,
    target: &ProjectState,
    before: &ModelKey,
    after: &ModelKey,
) -> Result<Option<AlterModelTable>, StateError> {
    let model = state.model(before)?;
    let table = model.table_name(&before.app);
    let stays = target.model(after)?.table_name(&after.app) == table;
    let is_kept = model.table.is_none() && stays && naming::table_name(&after.app, &after.name) != table;
    let kept = is_kept.then(|| AlterModelTable { model: before.name.clone(), table: Some(table) });
    if let Some(kept) = &kept {
        state.set_table(before, kept.table.clone())?;
    }
    state.rename_model(before, &after.name)?;
    Ok(kept)
}

/// Renames a field in a state; where its column keeps a name that nobody chose, this is written down first, so that the
/// rename leaves it alone.
pub(super) fn name_field(
    state: &mut ProjectState,
    target: &ProjectState,
    key: &ModelKey,
    before: &FieldName,
    after: &FieldName,
) -> Result<Option<AlterField>, StateError> {
    let field = state.field(key, before)?;
    let column = field.column_name();
    let keeps_column = target.field(key, after)?.column_name() == column;
    let mut kept = None;
    if keeps_column && field.has_column() && field.column.is_none() {
        let field = Field { column: Some(column), ..field.clone() };
        state.alter_field(key, field.clone())?;
        kept = Some(AlterField::new(key.name.clone(), field));
    }
    state.rename_field(key, before, after)?;
    Ok(kept)
}

/// Says that the models of other apps which refer to a model are as its own app knows them.
fn referrers_of_other_apps(sight: &Sight<'_>, key: &ModelKey) -> Vec<Fact> {
    let referrers = sight.recorded.referrers(key).into_iter().filter(|(by, _)| by.app != key.app);
    referrers.map(|(by, _)| Fact::ModelMade(by.clone())).collect()
}

/// Gives tables in the state the names that are wanted.
pub(super) fn of_tables(sight: &Sight<'_>, state: &mut ProjectState) -> Result<Vec<Planned>, DetectError> {
    let renamed = |pair: &Pair<'_>| pair.before.table_name(sight.app) != pair.after.table_name(sight.app);
    let renamed: Vec<_> =
        sight.pairs(state).filter(renamed).map(|pair| (pair.key.clone(), pair.after.table.clone())).collect();
    let mut planned = Vec::new();
    for (key, table) in renamed {
        let wrong = |source| DetectError::Model { model: key.clone(), source };
        let before: Vec<TableName> = tables(&key, state.model(&key).map_err(wrong)?).collect();
        state.set_table(&key, table.clone()).map_err(wrong)?;
        let after: Vec<TableName> = tables(&key, state.model(&key).map_err(wrong)?).collect();
        let named = AlterModelTable { model: key.name.clone(), table };
        let named = Planned::new(Operation::AlterModelTable(named)).frees_tables(sight, &before, &after);
        planned.push(named.takes_tables(sight, &key, &before, &after));
    }
    Ok(planned)
}

/// Lets what takes the name of an index or a constraint wait for what has that name, of whichever app.
pub(super) fn wait_for_names(sight: &Sight<'_>, planned: &mut [Planned]) {
    for it in planned {
        let free = |fact: &Fact| if let Fact::NameFree(_, name) = fact { Some(name.clone()) } else { None };
        let mut names: BTreeSet<ObjectName> = it.needs.iter().filter_map(free).collect();
        if let Operation::RenameIndex(RenameIndex { after, .. })
        | Operation::RenameConstraint(RenameConstraint { after, .. }) = &it.operation
        {
            names.insert(after.clone());
        }
        let names_of = |_: &ModelKey, model: &Model| object_names(model).cloned().collect();
        it.needs.extend(given_up_elsewhere(sight, &names, names_of, Fact::NameFree));
        it.needs.extend(names.into_iter().map(|name| Fact::NameFree(sight.app.clone(), name)));
    }
}

/// Where the name of a table must become free first, what else becomes of the model comes after the table has its name,
/// which the names of indexes and constraints follow.
pub(super) fn let_names_wait(sight: &Sight<'_>, planned: &mut [Planned]) {
    let given: BTreeSet<Fact> = planned.iter().flat_map(|it| &it.gives).cloned().collect();
    let mut late = BTreeSet::new();
    for it in &mut *planned {
        let waits = it.needs.iter().any(|fact| fact.app() != sight.app || given.contains(fact));
        if let Operation::AlterModelTable(alter) = &it.operation
            && waits
            // A table that goes is named last, for what is taken out of its model goes by the name that it has before.
            && sight.target.contains(&ModelKey::new(sight.app, &alter.model))
        {
            late.insert(alter.model.clone());
            it.gives.push(Fact::TableNamed(ModelKey::new(sight.app, &alter.model)));
        }
    }
    for it in planned {
        let is_named = matches!(it.operation, Operation::AlterModelTable(_));
        let (Some(model), Some(after)) = it.operation.behaviour().models() else { continue };
        let model = model.clone();
        if !is_named && model == *after && late.contains(&model) {
            it.needs.push(Fact::TableNamed(ModelKey::new(sight.app, model)));
        }
    }
}

/// Renames fields in the state as their hints say, and asks about those that may have been renamed.
pub(super) fn fields(
    sight: &Sight<'_>,
    state: &mut ProjectState,
    found: &mut Found,
) -> Result<Vec<Planned>, DetectError> {
    let mut planned = Vec::new();
    let mut follow: Vec<(ModelKey, Vec<(FieldName, FieldName)>)> = Vec::new();
    for pair in sight.pairs(state).filter(|pair| pair.added().next().is_some()) {
        let recorded = pair.before.fields.iter().map(|field| &field.name).collect();
        let hint = |name| {
            let hints = sight.field_hints(pair.key, name)?;
            // What a struct says that several models embed is about those that it fits.
            let fits = |from: &&FieldName| {
                !hints.is_shared || (pair.before.field(from).is_some() && pair.after.field(from).is_none())
            };
            hints.renamed_from.as_ref().filter(fits)
        };
        let wanted = pair.after.fields.iter().map(|field| (&field.name, hint(&field.name))).collect();
        let Origins { renames, doubts } = origins::origins(&recorded, &wanted);
        ask_about_fields(sight, &pair, &renames, &doubts, found);
        if !renames.is_empty() {
            follow.push((pair.key.clone(), renames));
        }
    }
    for (key, renames) in follow {
        for (before, after) in renames {
            let rename = rename_field(sight, state, &key, before, after);
            planned.extend(rename.map_err(|source| DetectError::Model { model: key.clone(), source })?);
        }
    }
    Ok(planned)
}

fn rename_field(
    sight: &Sight<'_>,
    state: &mut ProjectState,
    key: &ModelKey,
    before: FieldName,
    after: FieldName,
) -> Result<Vec<Planned>, StateError> {
    let had = join_table(key, state.model(key)?, &before);
    let kept = name_field(state, &sight.target, key, &before, &after)?;
    let has = join_table(key, state.model(key)?, &after);
    let mut planned: Vec<Planned> =
        kept.map(|it| Planned::new(Operation::AlterField(it))).into_iter().collect();
    let renamed = Fact::FieldRenamed(key.clone(), after.clone());
    let leaning = sight.recorded.leaning_on(key, &before).filter(|(by, _)| by.app != key.app);
    let needs: Vec<Fact> = leaning.map(|(by, _)| Fact::ModelMade(by.clone())).collect();
    let rename = RenameField { model: key.name.clone(), before, after };
    let rename = Planned::new(Operation::RenameField(rename)).gives(renamed).needs(needs);
    planned.push(rename.frees_tables(sight, &had, &has).takes_tables_of_others(sight, &had, &has));
    Ok(planned)
}

/// Gives the references of other apps that name a field, those included that these let go of.
pub(super) fn leaning_from_other_apps<'a>(
    sight: &'a Sight<'_>,
    key: &'a ModelKey,
    field: &'a FieldName,
) -> Vec<(&'a ModelKey, Link<'a>)> {
    sight.named.leaning_on(key, field).filter(|(by, _)| by.app != key.app).collect()
}

fn ask_about_fields(
    sight: &Sight<'_>,
    pair: &Pair<'_>,
    renames: &[(FieldName, FieldName)],
    doubts: &[(FieldName, Doubt<FieldName>)],
    found: &mut Found,
) {
    let taken: BTreeSet<&FieldName> = renames.iter().flat_map(|(before, after)| [before, after]).collect();
    let gone: Vec<&Field> = pair.removed().filter(|field| !taken.contains(&field.name)).collect();
    for (name, doubt) in doubts {
        let known = gone.iter().map(|field| field.name.to_string()).collect();
        found.ask(pair.key, Some(name), question(doubt, known));
    }
    // Of a table that something else makes, no value can be lost.
    let lasting = if pair.before.managed { pair.added().collect() } else { Vec::new() };
    for field in lasting.into_iter().filter(|field| !taken.contains(&field.name)) {
        let hints = sight.field_hints(pair.key, &field.name);
        if hints.is_some_and(|hints| hints.new) || doubts.iter().any(|(name, _)| *name == field.name) {
            continue;
        }
        let is_same = |one: &ModelKey, other: &ModelKey| one == other || found.asks_whether(one, other);
        let similar = gone.iter().filter(|before| may_be_renamed_field(before, field, &is_same));
        let candidates: Vec<FieldName> = similar.map(|before| before.name.clone()).collect();
        if !candidates.is_empty() {
            let has_value = field.null
                || !field.has_column()
                || field.makes_values()
                || field.default.is_some()
                || hints.is_some_and(|hints| hints.backfill.is_some());
            let missing = (!has_value).then(|| sight.missing_value(pair.key, field));
            found.ask(pair.key, Some(&field.name), QuestionKind::RenamedField { candidates, missing });
        }
    }
}

fn question<N: ToString>(doubt: &Doubt<N>, candidates: Vec<String>) -> QuestionKind {
    match doubt {
        Doubt::Unknown { from } => QuestionKind::UnknownOrigin { from: from.to_string(), candidates },
        Doubt::StillThere { from } => QuestionKind::OriginStillThere { from: from.to_string() },
        Doubt::Shared { from, other } => {
            QuestionKind::SharedOrigin { from: from.to_string(), other: other.to_string() }
        }
    }
}

/// Tells whether a model may be the other under a new name: Django's rule (the same fields under whatever names), or
/// at least half of the fields alike in name and type.
fn may_be_renamed(before: &Model, after: &Model, is_same: &dyn Fn(&ModelKey, &ModelKey) -> bool) -> bool {
    if !(before.managed && after.managed) {
        return false;
    }
    let telling = |model: &Model| -> Vec<Field> {
        let automatic = model.automatic_key().map(|key| key.name.clone());
        model.fields.iter().filter(|field| Some(&field.name) != automatic.as_ref()).cloned().collect()
    };
    let (before, mut after) = (telling(before), telling(after));
    let larger = before.len().max(after.len());
    let alike = before.iter().filter(|field| {
        after.iter().any(|it| it.name == field.name && may_be_renamed_field(field, it, is_same))
    });
    if alike.count() * 2 >= larger {
        return true;
    }
    before.len() == after.len()
        && before.iter().all(|field| {
            let is_alike = |it: &Field| may_be_renamed_field(field, it, is_same) && it.null == field.null;
            let same = after.iter().position(is_alike);
            same.map(|position| after.swap_remove(position)).is_some()
        })
}

/// Tells whether a field may be the other under a new name, where `is_same` tells that two references lead to one model.
fn may_be_renamed_field(
    before: &Field,
    after: &Field,
    is_same: &dyn Fn(&ModelKey, &ModelKey) -> bool,
) -> bool {
    // Nothing is lost with values that are reckoned anew.
    if before.generated.is_some() || after.generated.is_some() {
        return before.generated == after.generated && before.name == after.name;
    }
    match (&before.kind, &after.kind) {
        (FieldKind::Column(before), FieldKind::Column(after)) => family(before) == family(after),
        (FieldKind::ForeignKey(before), FieldKind::ForeignKey(after)) => is_same(&before.to, &after.to),
        (FieldKind::ManyToMany(one), FieldKind::ManyToMany(other)) => {
            is_same(&one.to, &other.to) && before.is_stored_like(after)
        }
        (FieldKind::Column(_), FieldKind::ForeignKey(_))
        | (FieldKind::ForeignKey(_), FieldKind::Column(_)) => before.column_name() == after.column_name(),
        (FieldKind::ManyToMany(_), FieldKind::Column(_) | FieldKind::ForeignKey(_))
        | (FieldKind::Column(_) | FieldKind::ForeignKey(_), FieldKind::ManyToMany(_)) => false,
    }
}

/// Types between which a person would see no other field.
#[derive(PartialEq, Eq)]
enum Family {
    Bool,
    Integer,
    Fraction,
    Text,
    Bytes,
    Moment,
    TimeOfDay,
    Uuid,
    Json,
    Array(Box<Family>),
    Native(NativeType),
}

fn family(column_type: &ColumnType) -> Family {
    match column_type {
        ColumnType::Bool => Family::Bool,
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64 => Family::Integer,
        ColumnType::F32 | ColumnType::F64 | ColumnType::Decimal { .. } => Family::Fraction,
        ColumnType::Bytes | ColumnType::Varbinary { .. } => Family::Bytes,
        ColumnType::Date | ColumnType::DateTime | ColumnType::DateTimeTz => Family::Moment,
        ColumnType::Time => Family::TimeOfDay,
        ColumnType::Uuid => Family::Uuid,
        ColumnType::Json => Family::Json,
        ColumnType::Choices(choices) if choices.storage.is_integer() => Family::Integer,
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Choices(_) => Family::Text,
        ColumnType::Array(item) => Family::Array(Box::new(family(item))),
        ColumnType::Native(native) => Family::Native(*native),
    }
}
