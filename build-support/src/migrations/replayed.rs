//! The replayed history of an earlier run, kept in `OUT_DIR`.
//!
//! The state after migrations depends on their files and their order alone. So the file keeps the content of every migration
//! file, what each depends on, the order, and the state after all of them. A later run whose order begins with the kept one,
//! by the same contents, replays only what comes after. In every other case, and if the file is damaged or of another
//! program, all migrations are read and replayed.
//!
//! ```text
//! program <the program that wrote the file>
//! order <positions of the migrations, in the order of the replay>
//! state <length>
//! migration <length> <name>           for each migration file, with its lines `depends`, `precedes` and `replaces`
//! …
//! <the state, and the contents, one after the other>
//! ```

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::replay::advance;
use modelshift_schema::state::ProjectState;

use crate::error::Fault;
use crate::files;
use crate::migrations::draft;
use crate::migrations::history;
use crate::migrations::history::{History, MigrationFile, Order};
use crate::pages;

/// The name of the file, in the folder of the findings of a checkout.
pub(crate) const FILE: &str = "kept-history";

/// The beginning of a kept history; another format has another number.
const MAGIC: &str = "modelshift kept history 1";

/// A migration of this run.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// It was read.
    Read(Migration),
    /// An earlier run replayed it, with the same content.
    Replayed(Outline),
}

/// The place of a migration in the history, without its operations.
#[derive(Clone, Debug)]
pub(crate) struct Outline(Migration);

impl Outline {
    fn of(migration: &Migration) -> Self {
        let Migration { id, depends_on, run_before, replaces, atomic, operations: _ } = migration;
        Self(Migration {
            id: id.clone(),
            depends_on: depends_on.clone(),
            run_before: run_before.clone(),
            replaces: replaces.clone(),
            atomic: *atomic,
            operations: Vec::new(),
        })
    }
}

impl Known {
    /// Returns the name of the migration.
    pub(crate) fn id(&self) -> &MigrationId {
        &self.place().id
    }

    /// Returns the migrations that it depends on.
    pub(crate) fn depends_on(&self) -> &[MigrationId] {
        &self.place().depends_on
    }

    /// Returns every migration that it names.
    pub(crate) fn named(&self) -> impl Iterator<Item = &MigrationId> {
        draft::named(self.place())
    }

    /// Returns the migration with its operations, if it was read.
    pub(crate) fn read_now(&self) -> Option<&Migration> {
        match self {
            Self::Read(migration) => Some(migration),
            Self::Replayed(_) => None,
        }
    }

    /// Returns the migration, of which only the place in the history is certain to be known.
    fn place(&self) -> &Migration {
        match self {
            Self::Read(migration) | Self::Replayed(Outline(migration)) => migration,
        }
    }
}

/// A kept history.
#[derive(Debug)]
pub(crate) struct Replayed {
    /// The text of the file.
    text: String,
    /// The migrations, each with the place of its content in the text.
    migrations: BTreeMap<MigrationId, (Range<usize>, Outline)>,
    /// The migrations that were replayed, in their order.
    order: Vec<MigrationId>,
    /// The place of the state in the text.
    state: Range<usize>,
    /// The state, after the first use; none if it cannot be read.
    read: OnceCell<Option<ProjectState>>,
}

impl Replayed {
    /// Reads a kept history; none if it is damaged, or another program wrote it.
    pub(crate) fn read(file: &Path) -> Option<Self> {
        Self::parse(std::fs::read_to_string(file).ok()?, &files::program()?)
    }

    fn parse(text: String, program: &str) -> Option<Self> {
        let (head, body) = pages::parse(MAGIC, &text)?;
        let mut at = text.len() - body.len();
        let mut lines = head.split_terminator('\n');
        if lines.next()?.strip_prefix("program ")? != program {
            return None;
        }
        let order: Vec<&str> = lines.next()?.strip_prefix("order")?.split_ascii_whitespace().collect();
        let state = next(&text, &mut at, lines.next()?.strip_prefix("state ")?)?;
        let mut all: Vec<(Range<usize>, Migration)> = Vec::new();
        for line in lines {
            let (word, value) = line.split_once(' ')?;
            if word == "migration" {
                let (length, id) = value.split_once(' ')?;
                let content = next(&text, &mut at, length)?;
                all.push((content, Migration::new(id.parse().ok()?, Vec::new(), Vec::new())));
                continue;
            }
            let (_, migration) = all.last_mut()?;
            match word {
                "depends" => migration.depends_on.push(value.parse().ok()?),
                "precedes" => migration.run_before.push(value.parse().ok()?),
                "replaces" => migration.replaces.push(value.parse().ok()?),
                _ => return None,
            }
        }
        if at != text.len() {
            return None;
        }
        let order = order.into_iter().map(|position| {
            let (_, migration) = all.get(position.parse::<usize>().ok()?)?;
            Some(migration.id.clone())
        });
        let order = order.collect::<Option<_>>()?;
        let migrations = all.into_iter();
        let migrations = migrations.map(|(content, it)| (it.id.clone(), (content, Outline(it)))).collect();
        Some(Self { text, migrations, order, state, read: OnceCell::new() })
    }

    /// Returns the migration of a file, if its content is the kept one.
    fn known(&self, file: &MigrationFile) -> Option<Known> {
        let (content, outline) = self.migrations.get(&file.id)?;
        (self.text.get(content.clone())? == file.text).then(|| Known::Replayed(outline.clone()))
    }

    /// Returns whether these are the kept migrations, and no others.
    pub(crate) fn is_of(&self, migrations: &[Known]) -> bool {
        migrations.len() == self.migrations.len()
            && migrations.iter().all(|it| matches!(it, Known::Replayed(_)))
    }

    /// Replays what comes after the kept history; none if the migrations do not begin with that, or do not fit.
    pub(crate) fn replay(&self, migrations: &[Known]) -> Option<History> {
        let outlines = migrations.iter().map(|it| Outline::of(it.place()).0);
        let graph = Graph::new(outlines.collect()).ok()?;
        let by_name: BTreeMap<&MigrationId, &Known> = migrations.iter().map(|it| (it.id(), it)).collect();
        let order: Vec<&Known> =
            graph.order().into_iter().map(|it| by_name.get(&it.id).copied()).collect::<Option<_>>()?;
        let (before, after) = order.split_at_checked(self.order.len())?;
        let is_kept = |(now, kept): (&&Known, &MigrationId)| matches!(now, Known::Replayed(Outline(it)) if it.id == *kept);
        if !before.iter().zip(&self.order).all(is_kept) {
            return None;
        }
        let read = self.read.get_or_init(|| ProjectState::from_text(self.text.get(self.state.clone())?).ok());
        let mut state = read.clone()?;
        for migration in after {
            match migration {
                Known::Read(migration) => advance(&mut state, migration).ok()?,
                // It was no part of the kept replay, so that its operations are needed now.
                Known::Replayed(_) => return None,
            }
        }
        Some(History { order: Order::of(graph), state })
    }
}

/// Reads the migration in a file, unless an earlier run replayed it.
///
/// # Errors
/// As [`history::read`].
pub(crate) fn read(file: &MigrationFile, folder: &Path, kept: Option<&Replayed>) -> Result<Known, Fault> {
    match kept.and_then(|kept| kept.known(file)) {
        Some(known) => Ok(known),
        None => history::read(file, folder).map(Known::Read),
    }
}

/// Keeps a history for later runs; one that cannot be written is not kept.
///
/// `files` has the file of every migration.
pub(crate) fn keep(
    file: &Path,
    history: &History,
    migrations: &[Known],
    files: &BTreeMap<&MigrationId, &MigrationFile>,
) -> Option<()> {
    let text = print(&files::program()?, history, migrations, files)?;
    files::write(file, &text).ok()
}

/// Returns the text of a kept history; none if a value has none.
fn print(
    program: &str,
    history: &History,
    migrations: &[Known],
    files: &BTreeMap<&MigrationId, &MigrationFile>,
) -> Option<String> {
    let state = history.state.to_text().ok()?;
    let positions: BTreeMap<&MigrationId, usize> =
        migrations.iter().enumerate().map(|(position, it)| (it.id(), position)).collect();
    let mut head = format!("program {program}\norder");
    for id in history.order.ids() {
        write!(head, " {}", positions.get(id)?).ok()?;
    }
    writeln!(head, "\nstate {}", state.len()).ok()?;
    let mut body = state;
    for migration in migrations {
        let Migration { id, depends_on, run_before, replaces, .. } = migration.place();
        let text = &files.get(id)?.text;
        writeln!(head, "migration {} {id}", text.len()).ok()?;
        for (word, ids) in [("depends", depends_on), ("precedes", run_before), ("replaces", replaces)] {
            for id in ids {
                writeln!(head, "{word} {id}").ok()?;
            }
        }
        body.push_str(text);
    }
    Some(pages::print(MAGIC, &head, &body))
}

/// Returns the place of the next part, which has this length.
fn next(text: &str, at: &mut usize, length: &str) -> Option<Range<usize>> {
    let part = *at..at.checked_add(length.parse().ok()?)?;
    text.get(part.clone())?;
    *at = part.end;
    Some(part)
}

#[cfg(test)]
mod tests;
