//! What a step blocks and rewrites, as a test has measured it on real databases (`tests/tests/statements`, which writes the
//! table of this module and `docs/statements.md`).

use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use crate::dialect::Dialect;

/// The measurements: a line for each kind of step.
const MEASURED: &str = include_str!("impact.tsv");

/// What other connections cannot do with the table until the migration is committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blocks {
    /// They read and write.
    Nothing,
    /// They read.
    Writes,
    /// They wait.
    Everything,
}

/// Whether the rows of the table are written again, which takes as long as there are rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rewrite {
    /// They stay where they are.
    Never,
    /// It depends on the types or values.
    Sometimes,
    /// The table is rewritten.
    Always,
}

/// What a step does to others who use its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Impact {
    /// What it blocks; `None` where that is not measured: SQLite has one writer at a time, and MySQL decides by itself.
    pub blocks: Option<Blocks>,
    /// Whether it rewrites the table.
    pub rewrite: Rewrite,
}

impl Impact {
    /// Returns the stronger of both, part by part.
    fn and(self, other: Self) -> Self {
        Self { blocks: self.blocks.max(other.blocks), rewrite: self.rewrite.max(other.rewrite) }
    }
}

/// Returns the impact of a step; `None` if it is not measured, or if the database has no such step.
pub fn impact(step: &Step, dialect: Dialect) -> Option<Impact> {
    let kind = kind(step);
    if let Some(found) = measured(&kind, dialect) {
        return Some(found);
    }
    // Several changes of one column do what each of them does.
    let (name, details) = kind.split_once(": ")?;
    let details = details.replace("NOT NULL, values for NULL", "NOT NULL");
    let details = details.split(", ").map(|detail| match detail {
        "NOT NULL" => format!("{name}: NOT NULL, values for NULL"),
        other => format!("{name}: {other}"),
    });
    let each = details.map(|detail| measured(&detail, dialect)).collect::<Option<Vec<_>>>()?;
    each.into_iter().reduce(Impact::and)
}

/// Returns the measurement of a kind; `None` if there is none, or if the database has no such step.
fn measured(kind: &str, dialect: Dialect) -> Option<Impact> {
    let line = MEASURED.lines().skip(1).find(|line| line.split('\t').next() == Some(kind))?;
    let [_, sqlite, blocks, postgres, mysql] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let (blocks, rows) = match dialect {
        Dialect::Sqlite => (None, sqlite),
        Dialect::Postgres => (blocks_of(blocks), postgres),
        Dialect::Mysql => (None, mysql),
    };
    rewrite_of(rows).map(|rewrite| Impact { blocks, rewrite })
}

fn blocks_of(word: &str) -> Option<Blocks> {
    Some(match word {
        "nothing" => Blocks::Nothing,
        "writes" => Blocks::Writes,
        "reads and writes" => Blocks::Everything,
        _ => return None,
    })
}

fn rewrite_of(word: &str) -> Option<Rewrite> {
    Some(match word {
        "stay" => Rewrite::Never,
        "some" => Rewrite::Sometimes,
        "rewritten" => Rewrite::Always,
        _ => return None,
    })
}

/// Returns the kind of a step, with what of a column changes, such as `AlterColumn: type, default`.
pub fn kind(step: &Step) -> String {
    let Step::AlterTable { before, after, change } = step else { return variant(step) };
    let detail = detail(before, after, change);
    if detail.is_empty() { variant(change) } else { format!("{}: {detail}", variant(change)) }
}

fn detail(before: &Table, after: &Table, change: &Change) -> String {
    if let Change::AlterColumn { column, fill } = change {
        let (Some(old), Some(new)) = (before.column(column), after.column(column)) else {
            return String::new();
        };
        let mut details = differences(old, new);
        details.extend(fill.is_some().then_some("values for NULL"));
        return details.join(", ");
    }
    if let Change::AddColumn { column, fill } = change {
        let generated = after.column(column).and_then(|added| added.generated.as_ref());
        let generated = generated.map(|it| format!("generated, {:?}", it.storage).to_lowercase());
        return generated
            .or(fill.is_some().then(|| "values for existing rows".to_owned()))
            .unwrap_or_default();
    }
    String::new()
}

/// Returns what differs between a column before and after.
fn differences(before: &Column, after: &Column) -> Vec<&'static str> {
    let all = [
        (before.column_type != after.column_type || before.sql_type != after.sql_type, "type"),
        (before.null && !after.null, "NOT NULL"),
        (!before.null && after.null, "NULL"),
        (before.default != after.default, "default"),
        (before.automatic != after.automatic || before.identity != after.identity, "identity"),
        (before.comment != after.comment, "comment"),
        (before.collation != after.collation, "collation"),
        (before.generated != after.generated, "generated"),
    ];
    all.into_iter().filter(|(is_different, _)| *is_different).map(|(_, what)| what).collect()
}

/// Returns the name of the variant of an enum.
fn variant(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.chars().take_while(|it| it.is_alphanumeric()).collect()
}
