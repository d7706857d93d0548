//! What must hold of every build, and of the history that all builds make.

mod history;
mod steps;

use std::collections::BTreeMap;
use std::fmt;

use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, TableName};
use modelshift_schema::operation::Operation;
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::Table;
use modelshift_syntax::print_module;

use crate::builds::{Build, Fault};
use crate::source;
use crate::sources::Models;
use crate::write::Answer;

/// A law, by the invariant that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Law {
    /// Invariant 2: what is printed reads back as the same.
    Text,
    /// Invariant 3: detecting again finds nothing, and questions end.
    Again,
    /// Invariant 4: the detector understands its findings.
    NotConverged,
    /// Invariant 4: replaying gives the models' state, and their tables.
    Replay,
    /// Invariant 4: optimizing keeps the state, and never lengthens.
    Optimize,
    /// Invariant 4: every order that the dependencies allow gives the same state.
    Order,
    /// Invariant 4: squashing keeps the state, and never lengthens.
    Squash,
    /// Invariant 5: an operation and its inverse restore the state.
    Invert,
    /// The steps of an operation, and of its inverse, lead from the tables before to those after.
    Steps,
    /// Invariant 12: the same input gives the same bytes.
    Bytes,
    /// Nothing panics.
    Panic,
    /// A story that is kept asks nothing any more, and nothing of it is refused.
    Told,
}

impl Law {
    /// Returns the number of its invariant; none for what has no number of its own.
    pub fn invariant(self) -> Option<u8> {
        match self {
            Self::Text => Some(2),
            Self::Again => Some(3),
            Self::NotConverged | Self::Replay | Self::Optimize | Self::Order | Self::Squash => Some(4),
            Self::Invert => Some(5),
            Self::Bytes => Some(12),
            Self::Steps | Self::Panic | Self::Told => None,
        }
    }
}

/// What a law found where it does not hold.
pub type Broken = (Law, String);

/// Holds what was written at one build to the laws.
///
/// # Errors
/// The first law that does not hold, and what was found.
pub fn of_build(build: &Build) -> Result<(), Broken> {
    printed_again(build).map_err(|what| (Law::Text, what))?;
    detected_again(build)?;
    replayed(build).map_err(|what| (Law::Replay, what))?;
    optimized(build).map_err(|what| (Law::Optimize, what))?;
    let mut state = build.history.state.clone();
    let mut images = tables(&state).map_err(|what| (Law::Steps, what))?;
    for (migration, _) in &build.written {
        for operation in &migration.operations {
            (state, images) = there_and_back(&migration.id.app, operation, &state, &images)?;
        }
    }
    Ok(())
}

/// Holds a whole history to the laws.
///
/// # Errors
/// The first law that does not hold.
pub fn of_history(history: &crate::write::History) -> Result<(), Fault> {
    history::check(history).map_err(|(law, what)| {
        let texts = history.migrations.iter().map(|it| format!("{}:\n{}", it.id, print_module(it)));
        Fault { law, what, written: texts.collect::<Vec<_>>().join("\n") }
    })
}

/// Spells operations for a person.
pub(crate) fn spelled(app: &AppLabel, operations: &[Operation]) -> String {
    let id = modelshift_schema::name::MigrationId::new(app, "0002_operations");
    print_module(&modelshift_schema::migration::Migration::new(id, Vec::new(), operations.to_vec()))
}

/// A state that is kept as text reads back as the same, with all that it remembers.
fn kept(state: &ProjectState) -> Result<(), String> {
    let text = state.to_text().map_err(|error| error.to_string())?;
    let read = ProjectState::from_text(&text).map_err(|error| format!("{error} in {text}"))?;
    same("read again", &format!("{read:?}"), &format!("{state:?}"))
}

fn printed_again(build: &Build) -> Result<(), String> {
    kept(&build.history.state)?;
    // The migrations were read back as they were when they were written.
    build
        .written
        .iter()
        .try_for_each(|(migration, text)| same("printed again", &print_module(migration), text))
}

fn same<T: PartialEq + fmt::Display>(what: &str, one: &T, other: &T) -> Result<(), String> {
    if one == other { Ok(()) } else { Err(format!("{what}:\n{one}\ninstead of\n{other}")) }
}

fn detected_again(build: &Build) -> Result<(), Broken> {
    let mut history = build.history.clone();
    let detected = history.compare(&build.sources, &build.apps);
    let first: Vec<_> = build.written.iter().map(|(migration, _)| migration.clone()).collect();
    if detected != Answer::Missing(first) {
        return Err((Law::Bytes, format!("detected once more from the same: {detected:#?}")));
    }
    for (migration, _) in &build.written {
        let pushed = history.push(migration.clone());
        pushed.map_err(|error| (Law::Replay, error.to_string()))?;
    }
    let nothing = Answer::Missing(Vec::new());
    let again = history.compare(&build.sources, &build.apps);
    if again != nothing {
        return Err((Law::Again, format!("detecting again gives {}", told(&again))));
    }
    let mut turned = build.sources.clone();
    for source in turned.values_mut() {
        source.model.fields.reverse();
        source.model.indexes.reverse();
        source.model.constraints.reverse();
    }
    let again = history.compare(&turned, &build.apps);
    if again != nothing {
        return Err((Law::Again, format!("with another order of fields, detecting gives {}", told(&again))));
    }
    Ok(())
}

fn told(answer: &Answer) -> String {
    match answer {
        Answer::Missing(migrations) => migrations.iter().map(print_module).collect(),
        Answer::Asks(questions) => questions.iter().map(|question| question.message() + "\n").collect(),
        Answer::Refuses(why) | Answer::NotConverged(why) => why.clone(),
    }
}

/// Returns the state that the sources are.
pub(crate) fn wanted(sources: &Models) -> Result<ProjectState, String> {
    let mut state = ProjectState::default();
    for (key, source) in sources {
        state.insert(key, source.model.clone()).map_err(|error| error.to_string())?;
    }
    Ok(state)
}

fn replayed(build: &Build) -> Result<(), String> {
    let wanted = wanted(&arranged(&build.sources, &build.after))?;
    agree(&build.after, &wanted)?;
    let (reached, fresh) = (tables(&build.after)?, tables(&wanted)?);
    if reached == fresh {
        return Ok(());
    }
    Err(source::difference("the tables are", &reached, &fresh))
}

/// Returns the sources with their fields in the order of the state: the order in a struct is never recorded again, and
/// that of a key says which indexes it makes needless.
fn arranged(sources: &Models, state: &ProjectState) -> Models {
    let mut arranged = sources.clone();
    for (key, source) in &mut arranged {
        if let Ok(recorded) = state.model(key) {
            let place = |field: &Field| recorded.fields.iter().position(|it| it.name == field.name);
            source.model.fields.sort_by_key(place);
        }
    }
    arranged
}

pub(crate) fn agree(reached: &ProjectState, wanted: &ProjectState) -> Result<(), String> {
    if reached.is_equivalent_to(wanted) {
        return Ok(());
    }
    Err(format!("it leads to\n{}\ninstead of\n{}", source::print_state(reached), source::print_state(wanted)))
}

/// The tables of a state, each with what has no order in a database sorted.
pub(crate) type Tables = BTreeMap<TableName, Table>;

/// Returns the tables of a state.
pub(crate) fn tables(state: &ProjectState) -> Result<Tables, String> {
    let mut tables = Tables::new();
    for (key, _) in state.models() {
        for table in state.tables(key).map_err(|error| error.to_string())? {
            tables.insert(table.name.clone(), sorted(table));
        }
    }
    Ok(tables)
}

/// How the columns of a key are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    /// In their order, as an index has it.
    InOrder,
    /// In any order.
    InAnyOrder,
}

impl Keys {
    /// Sorts what is not compared in its order.
    fn settled(self, mut tables: Tables) -> Tables {
        if self == Self::InAnyOrder {
            tables.values_mut().filter_map(|it| it.primary_key.as_mut()).for_each(|it| it.columns.sort());
        }
        tables
    }
}

pub(crate) fn sorted(mut table: Table) -> Table {
    for reference in &mut table.references {
        let mut pairs: Vec<_> = reference.columns.drain(..).zip(reference.target_columns.drain(..)).collect();
        pairs.sort();
        (reference.columns, reference.target_columns) = pairs.into_iter().unzip();
    }
    table.columns.sort_by(|one, other| one.name.cmp(&other.name));
    table.indexes.sort_by(|one, other| one.name.cmp(&other.name));
    table.uniques.sort_by(|one, other| one.name.cmp(&other.name));
    table.checks.sort_by(|one, other| one.name.cmp(&other.name));
    table.references.sort_by(|one, other| one.name.cmp(&other.name));
    table.exclusions.sort_by(|one, other| one.name.cmp(&other.name));
    table
}

fn optimized(build: &Build) -> Result<(), String> {
    let mut state = build.history.state.clone();
    for (migration, _) in &build.written {
        let fewer = optimize(&migration.id.app, migration.operations.clone());
        if fewer.len() > migration.operations.len() {
            return Err(format!("more than before: {}", spelled(&migration.id.app, &fewer)));
        }
        state = applied(&migration.id.app, &state, &fewer)?;
    }
    agree(&state, &build.after)
}

/// Applies operations.
pub(crate) fn applied(
    app: &AppLabel,
    state: &ProjectState,
    operations: &[Operation],
) -> Result<ProjectState, String> {
    let mut state = state.clone();
    for operation in operations {
        let applied = operation.behaviour().apply(app, &mut state);
        applied.map_err(|error| format!("{}: {error}", spelled(app, std::slice::from_ref(operation))))?;
    }
    Ok(state)
}

/// Applies an operation and takes it back; gives the state after it, with its tables.
fn there_and_back(
    app: &AppLabel,
    operation: &Operation,
    before: &ProjectState,
    tables_before: &Tables,
) -> Result<(ProjectState, Tables), Broken> {
    let one = std::slice::from_ref;
    let wrong = |law, what: String| (law, format!("{}{what}", spelled(app, one(operation))));
    let after = applied(app, before, one(operation)).map_err(|what| (Law::Replay, what))?;
    let tables_after = tables(&after).map_err(|what| wrong(Law::Steps, what))?;
    let there = steps::check(app, operation, (before, tables_before), (&after, &tables_after), Keys::InOrder);
    there.map_err(|what| wrong(Law::Steps, what))?;
    // What cannot be taken back says so before anything runs.
    let Ok(inverse) = operation.behaviour().invert(app, before) else { return Ok((after, tables_after)) };
    let back = applied(app, &after, one(&inverse)).map_err(|what| wrong(Law::Invert, what))?;
    let by = |what| format!("and back by {}{what}", spelled(app, one(&inverse)));
    agree(&back, before).map_err(|what| wrong(Law::Invert, by(what)))?;
    // A field that comes back to a key of several comes as its last; no operation says where it stood.
    let returned =
        steps::check(app, &inverse, (&after, &tables_after), (&back, tables_before), Keys::InAnyOrder);
    returned.map_err(|what| wrong(Law::Steps, by(what)))?;
    Ok((after, tables_after))
}
