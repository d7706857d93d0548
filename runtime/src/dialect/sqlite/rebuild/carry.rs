//! Carries manual changes of a table through its rebuild.
//!
//! Three definitions are merged: the live table ("found"), the table that the migrations created ("known"), and the table
//! after the rebuild ("wanted"). Parts that only the live table has are kept word for word. Parts that differ from the
//! known table are kept as well, unless the rebuild changes them. If both change the same part, or a column is missing,
//! the rebuild is refused.

use super::definition::{Clause, ColumnText, Definition, Kind};
use modelshift_schema::sqlite_options::SqliteOptions;

use crate::dialect::Spelling;
use crate::dialect::sqlite::Sqlite;
use crate::dialect::sqlite::ddl::options;
use crate::dialect::sqlite::lexer::{spelled, tokens};
use crate::dialect::sqlite::spelled::affinity::{affinity, strict_type};
use crate::plan::TableCopy;
use crate::plan::statement::{RawReason, Statement, Written};

/// A manual change that a rebuild cannot keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The change.
    pub(crate) what: String,
    /// What to do.
    pub(crate) remedy: String,
}

impl Conflict {
    fn new(what: String, remedy: &str) -> Self {
        Self { what, remedy: remedy.to_owned() }
    }
}

const BY_HAND: &str = "bring the table in line first, in a `RunSql` before this operation, or write this change of the \
    table by hand (`RunSql` in a `SeparateDatabaseAndState`)";

/// Returns the statements of a copy for the live table, whose `CREATE TABLE` text is `found`.
///
/// # Errors
/// If a manual change conflicts with the rebuild.
pub(crate) fn carried(found: &str, copy: &TableCopy) -> Result<Vec<Statement>, Conflict> {
    if spelled(&tokens(found)) == spelled(&tokens(&copy.standing)) {
        return Ok(copy.statements().cloned().collect());
    }
    let (found, known) = (read(found, copy)?, read(&copy.standing, copy)?);
    let wanted = read(&copy.create.sql, copy)?;
    let merge = Merge { copy, found: &found, known: &known, wanted: &wanted };
    merge.check_columns()?;
    merge.check_key()?;
    merge.statements()
}

fn read<'a>(text: &'a str, copy: &TableCopy) -> Result<Definition<'a>, Conflict> {
    Definition::read(text).ok_or_else(|| {
        let what =
            format!("the definition of table `{}` cannot be read, and would be lost: {text}", copy.table);
        Conflict::new(what, BY_HAND)
    })
}

/// Three definitions of one table.
struct Merge<'a> {
    copy: &'a TableCopy,
    found: &'a Definition<'a>,
    known: &'a Definition<'a>,
    wanted: &'a Definition<'a>,
}

impl<'a> Merge<'a> {
    fn is_kept(&self, name: &str) -> bool {
        self.copy.kept.iter().any(|kept| kept.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns whether a column of the live table was added manually.
    fn is_extra(&self, column: &ColumnText<'_>) -> bool {
        self.known.column(&column.name).is_none()
    }

    /// Returns whether a column of the live table is kept, with its values.
    fn survives(&self, column: &ColumnText<'_>) -> bool {
        self.is_extra(column) || self.is_kept(&column.name)
    }

    fn check_columns(&self) -> Result<(), Conflict> {
        let table = &self.copy.table;
        let mut kept = self.known.columns.iter().filter(|it| self.is_kept(&it.name));
        if let Some(column) = kept.find(|it| self.found.column(&it.name).is_none()) {
            let what =
                format!("table `{table}` has no column `{}`, which the migrations have made", column.name);
            return Err(Conflict::new(what, "add the column again, with its values, and migrate then"));
        }
        let mut extra = self.found.columns.iter().filter(|it| self.is_extra(it));
        if let Some(column) = extra.find(|it| self.wanted.column(&it.name).is_some()) {
            let what = format!(
                "table `{table}` has a column `{}` already, which no migration made and this one adds: {}",
                column.name, column.text
            );
            let remedy = "rename or drop it first, in a `RunSql` before this operation, or take it as it is: put the \
                          operation that adds it into a `SeparateDatabaseAndState`, as `state`";
            return Err(Conflict::new(what, remedy));
        }
        Ok(())
    }

    fn check_key(&self) -> Result<(), Conflict> {
        let (found, known) = (self.found.key(), self.known.key());
        if found == known {
            return Ok(());
        }
        let what = format!(
            "the primary key of table `{}` is {}, where the migrations have made {}",
            self.copy.table,
            shown_key(&found),
            shown_key(&known)
        );
        Err(Conflict::new(what, BY_HAND))
    }

    fn statements(&self) -> Result<Vec<Statement>, Conflict> {
        let rules = self.rules()?;
        let mut lines = Vec::new();
        let mut values: Vec<(String, String)> = Vec::new();
        for column in &self.wanted.columns {
            lines.push((column.name.clone(), self.column(column, &rules)?));
            values.extend(self.value(column)?);
        }
        for (position, column) in self.found.columns.iter().enumerate().filter(|(_, it)| self.is_extra(it)) {
            self.check_words(column.clauses.iter())?;
            let mut before = self.found.columns[..position].iter().rev();
            let behind = before.find_map(|it| lines.iter().position(|(name, _)| it.is(name)));
            lines.insert(behind.map_or(0, |at| at + 1), (column.name.clone(), column.text.to_owned()));
            if !column.is_generated() {
                values.push((column.name.clone(), self.qualified(&column.name)?));
            }
        }
        let beside_columns = rules.iter().filter(|rule| rule.column.is_none());
        let lines: Vec<String> = lines
            .into_iter()
            .map(|(_, line)| line)
            .chain(beside_columns.map(|rule| rule.text.to_owned()))
            .collect();
        let is_automatic = self.found.is_automatic() && rules.iter().any(|rule| rule.is_automatic);
        self.written(&lines, &values, is_automatic)
    }

    fn written(
        &self,
        lines: &[String],
        values: &[(String, String)],
        is_automatic: bool,
    ) -> Result<Vec<Statement>, Conflict> {
        let (table, why) = (&self.copy.table, &self.copy.create.why);
        let beside = super::beside(table);
        let options = options(self.options());
        let options = if options.is_empty() { String::new() } else { format!(" {options}") };
        let create = format!(
            "CREATE TABLE {} (\n    {}\n){options}",
            self.quoted(beside.as_str())?,
            lines.join(",\n    ")
        );
        let pairs = values.iter().map(|(column, value)| (column.as_str(), value.as_str()));
        let copy = super::copied(&beside, table, pairs).map_err(|error| self.unwritable(&error.what))?;
        let mut texts = vec![Written::raw(RawReason::CarriedTable, create), copy];
        if is_automatic {
            texts.extend(super::keep_counter(table).map_err(|error| self.unwritable(&error.what))?);
        }
        Ok(texts.into_iter().map(|text| text.because(why)).collect())
    }

    /// Returns the options of the table after the rebuild: those of the live table, but for those that the migration changes.
    fn options(&self) -> SqliteOptions {
        let [found, known, wanted] = [self.found, self.known, self.wanted].map(Definition::options);
        SqliteOptions {
            strict: if known.strict == wanted.strict { found.strict } else { wanted.strict },
            without_rowid: if known.without_rowid == wanted.without_rowid {
                found.without_rowid
            } else {
                wanted.without_rowid
            },
        }
    }

    /// Writes a column of the table after the rebuild.
    fn column(&self, wanted: &ColumnText<'_>, rules: &[Rule<'_>]) -> Result<String, Conflict> {
        let three = self.three(wanted);
        let mut words = vec![wanted.written.to_owned()];
        let declared = match three {
            Some((found, known)) => self.declared(found, known, wanted)?,
            None => wanted.declared.to_owned(),
        };
        words.push(if self.options().strict { strict_type(&declared) } else { declared });
        for kind in [Kind::Collate, Kind::NotNull, Kind::Generated, Kind::Default] {
            words.extend(self.clause(wanted, three, &kind)?.map(str::to_owned));
        }
        let own = rules.iter().filter(|rule| rule.column.is_some_and(|name| wanted.is(name)));
        words.extend(own.map(|rule| rule.text.to_owned()));
        words.retain(|word| !word.is_empty());
        Ok(words.join(" "))
    }

    /// Returns the found and the known definition of a column that the rebuild keeps.
    fn three(&self, wanted: &ColumnText<'_>) -> Option<(&'a ColumnText<'a>, &'a ColumnText<'a>)> {
        if !self.is_kept(&wanted.name) {
            return None;
        }
        Some((self.found.column(&wanted.name)?, self.known.column(&wanted.name)?))
    }

    fn declared(
        &self,
        found: &ColumnText<'_>,
        known: &ColumnText<'_>,
        wanted: &ColumnText<'_>,
    ) -> Result<String, Conflict> {
        let [was_found, was_known, is_wanted] =
            [found, known, wanted].map(|column| spelled(&tokens(column.declared)));
        if was_found == was_known {
            return Ok(wanted.declared.to_owned());
        }
        if was_known == is_wanted {
            return Ok(found.declared.to_owned());
        }
        if affinity(found.declared) == affinity(known.declared) {
            return Ok(wanted.declared.to_owned());
        }
        let what = format!(
            "column `{}` of table `{}` is declared `{}`, where the migrations have made it `{}`, and this one makes \
             it `{}`",
            found.name, self.copy.table, found.declared, known.declared, wanted.declared
        );
        Err(Conflict::new(what, BY_HAND))
    }

    /// Returns the clause of a kind that a column has at most once.
    fn clause<'b>(
        &self,
        wanted: &'b ColumnText<'_>,
        three: Option<(&'b ColumnText<'_>, &'b ColumnText<'_>)>,
        kind: &Kind,
    ) -> Result<Option<&'b str>, Conflict> {
        let new_clause = wanted.clause(kind).map(|it| it.text);
        let Some((found, known)) = three else { return Ok(new_clause) };
        let [was_found, was_known, is_wanted] =
            [found, known, wanted].map(|column| column.clause(kind).map(|it| it.spelled.as_str()));
        if was_found == was_known {
            return Ok(new_clause);
        }
        if was_known == is_wanted {
            self.check_words(found.clause(kind).into_iter())?;
            return Ok(found.clause(kind).map(|it| it.text));
        }
        if *kind == Kind::Generated {
            let what = format!(
                "column `{}` of table `{}` is computed in another way than the migrations have made it: {}",
                found.name, self.copy.table, found.text
            );
            return Err(Conflict::new(what, BY_HAND));
        }
        Ok(new_clause)
    }

    /// Returns the value that the copy writes into a wanted column.
    fn value(&self, wanted: &ColumnText<'_>) -> Result<Option<(String, String)>, Conflict> {
        let three = self.three(wanted);
        if self.clause(wanted, three, &Kind::Generated)?.is_some() {
            return Ok(None);
        }
        let planned = self.copy.values.iter().find(|it| wanted.is(it.column.as_str()));
        if let Some(planned) = planned {
            return Ok(Some((wanted.name.clone(), planned.value.clone())));
        }
        // The models compute it, and a person made it an ordinary column.
        if three.is_some() && wanted.is_generated() {
            return Ok(Some((wanted.name.clone(), self.qualified(&wanted.name)?)));
        }
        Ok(None)
    }

    /// Returns the constraints of the table after the rebuild, each with the column that contains it.
    fn rules(&self) -> Result<Vec<Rule<'a>>, Conflict> {
        let mut rules = Vec::new();
        let mut replaced: Vec<&Clause<'_>> = Vec::new();
        let mut by_hand = Vec::new();
        for (column, clause) in
            self.found.all_rules().filter(|(it, _)| it.is_none_or(|it| !self.is_extra(it)))
        {
            let known = self.known.all_rules().map(|(_, known)| known).find(|known| is_same(clause, known));
            let Some(known) = known else {
                by_hand.extend(self.by_hand(column, clause)?);
                continue;
            };
            if is_equivalent(clause, known) {
                continue;
            }
            let unchanged = self.wanted.all_rules().map(|(_, it)| it).find(|it| is_equivalent(it, known));
            if let Some(unchanged) = unchanged {
                self.check_words(std::iter::once(clause))?;
                replaced.push(unchanged);
                by_hand.push(Rule::of(column, clause));
            }
        }
        for (column, clause) in self.wanted.all_rules() {
            if !replaced.iter().any(|it| std::ptr::eq(*it, clause)) {
                rules.push(Rule::of(column, clause));
            }
        }
        rules.extend(by_hand);
        Ok(rules)
    }

    /// Returns a constraint that was added manually; `None` if it is part of a dropped column and names no other column.
    fn by_hand(
        &self,
        column: Option<&'a ColumnText<'a>>,
        clause: &'a Clause<'a>,
    ) -> Result<Option<Rule<'a>>, Conflict> {
        let stays = column.is_none_or(|column| self.survives(column));
        let mut others = self.found.columns.iter().filter(|it| self.survives(it));
        let outlives =
            clause.kind == Kind::Check && others.any(|it| clause.words.iter().any(|word| it.is(word)));
        if !(stays || outlives) {
            return Ok(None);
        }
        self.check_words(std::iter::once(clause))?;
        Ok(Some(Rule::of(column.filter(|_| stays), clause)))
    }

    /// Refuses manual changes that name a dropped column.
    fn check_words<'b>(&self, clauses: impl Iterator<Item = &'b Clause<'b>>) -> Result<(), Conflict> {
        for clause in clauses {
            let own = match &clause.kind {
                Kind::References(reference) => &reference.columns,
                Kind::PrimaryKey(_)
                | Kind::Unique(_)
                | Kind::Check
                | Kind::Null
                | Kind::NotNull
                | Kind::Default
                | Kind::Collate
                | Kind::Generated => &clause.words,
            };
            let mut dropped = self.found.columns.iter().filter(|it| !self.survives(it));
            if let Some(column) = dropped.find(|it| own.iter().any(|word| it.is(word))) {
                let what = format!(
                    "table `{}` has a rule that no migration made, and that names column `{}`, which is dropped: {}",
                    self.copy.table, column.name, clause.text
                );
                return Err(Conflict::new(what, BY_HAND));
            }
        }
        Ok(())
    }

    fn quoted(&self, name: &str) -> Result<String, Conflict> {
        Sqlite.identifier(name).map_err(|error| self.unwritable(&error.what))
    }

    fn qualified(&self, name: &str) -> Result<String, Conflict> {
        Ok(format!("{}.{}", self.quoted(self.copy.table.as_str())?, self.quoted(name)?))
    }

    fn unwritable(&self, what: &str) -> Conflict {
        Conflict::new(format!("table `{}` cannot be written again: {what}", self.copy.table), BY_HAND)
    }
}

fn shown_key(key: &[String]) -> String {
    if key.is_empty() { "no key".to_owned() } else { format!("({})", key.join(", ")) }
}

/// A constraint of the table after the rebuild.
struct Rule<'a> {
    column: Option<&'a str>,
    text: &'a str,
    is_automatic: bool,
}

impl<'a> Rule<'a> {
    fn of(column: Option<&'a ColumnText<'a>>, clause: &'a Clause<'a>) -> Self {
        Self {
            column: column.map(|column| column.name.as_str()),
            text: clause.text,
            is_automatic: clause.is_automatic(),
        }
    }
}

/// Returns whether a found constraint is a known one, which may be written differently.
fn is_same(found: &Clause<'_>, known: &Clause<'_>) -> bool {
    match (&found.kind, &known.kind) {
        (Kind::PrimaryKey(_), Kind::PrimaryKey(_)) => true,
        (Kind::References(found), Kind::References(known)) => found.leads_as(known),
        (Kind::Check, Kind::Check) => match (&found.name, &known.name) {
            (Some(found), Some(known)) => found.eq_ignore_ascii_case(known),
            _ => found.spelled == known.spelled,
        },
        (Kind::Unique(found), Kind::Unique(known)) => found == known,
        _ => false,
    }
}

/// Returns whether two constraints have the same meaning. The name of a foreign key is ignored.
fn is_equivalent(one: &Clause<'_>, other: &Clause<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::References(one), Kind::References(other)) => one.leads_as(other) && one.rest == other.rest,
        (Kind::Check, Kind::Check) => {
            let [one_name, other_name] =
                [one, other].map(|check| check.name.as_ref().map(|name| name.to_ascii_lowercase()));
            one_name == other_name && one.spelled == other.spelled
        }
        _ => one.kind == other.kind && one.spelled == other.spelled,
    }
}
