//! Foreign keys -> references, and tables of two references -> `ManyToMany`.

use std::collections::BTreeMap;

use modelshift_schema::naming::snake_case;
use modelshift_schema::relation::{Deferrable, ReferentialAction};

use crate::dialect::Dialect;
use crate::session::details::{IndexDetails, Numbered, ReferenceDetails, TableDetails};

/// The tables that become structs, by name.
pub(super) type Tables<'a> = BTreeMap<&'a str, &'a TableDetails>;

/// A foreign key, and what a model makes of it.
#[derive(Clone, Debug)]
pub(super) enum Link<'a> {
    /// A field.
    Field {
        reference: &'a ReferenceDetails,
        column: &'a str,
        target: &'a TableDetails,
        /// The column of the target, if it is not the primary key.
        to_column: Option<&'a str>,
    },
    /// A rule over several fields.
    Rule { reference: &'a ReferenceDetails, target: &'a TableDetails, to_columns: Vec<&'a str> },
    /// Nothing.
    Unknown { reference: &'a ReferenceDetails, why: String },
}

/// Returns what becomes of the foreign keys of a table.
pub(super) fn links<'a>(table: &'a TableDetails, tables: &Tables<'a>, dialect: Dialect) -> Vec<Link<'a>> {
    let mut links: Vec<Link<'a>> = Vec::new();
    for reference in &table.references {
        let taken = links.iter().any(
            |link| matches!(link, Link::Field { column, .. } if reference.columns == [(*column).to_owned()]),
        );
        let link = if taken {
            Link::Unknown { reference, why: "the column is a reference already".to_owned() }
        } else {
            link(table, reference, tables, dialect)
        };
        links.push(link);
    }
    links
}

fn link<'a>(
    table: &'a TableDetails,
    reference: &'a ReferenceDetails,
    tables: &Tables<'a>,
    dialect: Dialect,
) -> Link<'a> {
    let is_target = |name: &str| {
        name == reference.target
            || (dialect == Dialect::Sqlite && name.eq_ignore_ascii_case(&reference.target))
    };
    let Some((_, target)) = tables.iter().find(|(name, _)| is_target(name)) else {
        return Link::Unknown { reference, why: "no struct here has that table".to_owned() };
    };
    let named =
        if reference.target_columns.is_empty() { &target.primary_key } else { &reference.target_columns };
    let columns: Option<Vec<&str>> = named.iter().map(|name| column_of(target, name, dialect)).collect();
    let own: Option<Vec<&str>> =
        reference.columns.iter().map(|name| column_of(table, name, dialect)).collect();
    let (Some(to), Some(own)) = (columns, own) else {
        return Link::Unknown { reference, why: "it names a column that is not there".to_owned() };
    };
    let is_key = same_columns(&target.primary_key, &to);
    if !is_key && !target.indexes.iter().any(|index| is_plain_unique(index, &to)) {
        let why = "neither the primary key nor a unique rule of that table has these columns".to_owned();
        return Link::Unknown { reference, why };
    }
    match (own.as_slice(), to.as_slice()) {
        ([column], [to_column]) => {
            Link::Field { reference, column, target, to_column: (!is_key).then_some(*to_column) }
        }
        _ => Link::Rule { reference, target, to_columns: to },
    }
}

fn column_of<'a>(table: &'a TableDetails, name: &str, dialect: Dialect) -> Option<&'a str> {
    let is_this = |it: &&str| *it == name || (dialect == Dialect::Sqlite && it.eq_ignore_ascii_case(name));
    table.columns.iter().map(|column| column.name.as_str()).find(is_this)
}

fn same_columns(key: &[String], columns: &[&str]) -> bool {
    key.len() == columns.len() && columns.iter().all(|column| key.iter().any(|it| it == column))
}

/// Returns whether an index makes columns unique, in all rows.
fn is_plain_unique(index: &IndexDetails, columns: &[&str]) -> bool {
    index.unique
        && index.when.is_none()
        && index.parts.len() == columns.len()
        && index.parts.iter().all(|part| part.is_column && columns.contains(&part.text.as_str()))
}

/// Returns the action by its words.
pub(super) fn action(words: &str) -> ReferentialAction {
    match words {
        "RESTRICT" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => ReferentialAction::NoAction,
    }
}

/// Returns when a rule is checked that a transaction may defer.
pub(super) fn deferrable(is_deferred: Option<bool>) -> Option<Deferrable> {
    is_deferred.map(|is_deferred| if is_deferred { Deferrable::Deferred } else { Deferrable::Immediate })
}

/// A table that joins two others.
#[derive(Clone, Debug)]
pub(super) struct Join<'a> {
    pub(super) table: &'a TableDetails,
    /// The table with the field.
    pub(super) owner: &'a str,
    pub(super) target: &'a str,
    /// True if the table can be one that a field makes for itself.
    pub(super) is_plain: bool,
}

/// Returns the tables that hold two references, unique together, and nothing else but a key.
pub(super) fn joins<'a>(
    tables: &Tables<'a>,
    dialect: Dialect,
    model: impl Fn(&str) -> Option<String>,
) -> Vec<Join<'a>> {
    let mut joins = Vec::new();
    for table in tables.values() {
        let links = links(table, tables, dialect);
        let [
            Link::Field { column: one, target: first, to_column: None, .. },
            Link::Field { column: other, target: second, to_column: None, .. },
        ] = links.as_slice()
        else {
            continue;
        };
        let ends = [*one, *other];
        let is_end = |name: &str| ends.contains(&name);
        let has_own_key = |name: &str| table.primary_key == [name.to_owned()];
        let is_bare = table.columns.iter().all(|column| is_end(&column.name) || has_own_key(&column.name));
        let is_unique = same_columns(&table.primary_key, &ends)
            || table.indexes.iter().any(|index| is_plain_unique(index, &ends));
        if !is_bare || !is_unique || ends[0] == ends[1] {
            continue;
        }
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let mut pair = [(*one, *first), (*other, *second)];
        pair.sort_by_key(|(column, _)| place(column));
        let turned = [pair[1], pair[0]];
        let plain = [pair, turned].into_iter().find(|pair| is_own_making(table, *pair, &model));
        let [(_, owner), (_, target)] = plain.unwrap_or(pair);
        if plain.is_none() && owner.name == target.name {
            // Which end is which, the model of the table says alone.
            continue;
        }
        joins.push(Join { table, owner: &owner.name, target: &target.name, is_plain: plain.is_some() });
    }
    joins
}

/// Returns whether the columns are named as those of a table that a `ManyToMany` makes for itself.
fn is_own_making(
    table: &TableDetails,
    [(from, owner), (to, target)]: [(&str, &TableDetails); 2],
    model: &impl Fn(&str) -> Option<String>,
) -> bool {
    // A field makes its table beside that of its own model.
    if table.schema != owner.schema {
        return false;
    }
    let (Some(owner), Some(target)) = (model(&owner.name), model(&target.name)) else { return false };
    let (owner, target) = (snake_case(&owner), snake_case(&target));
    let expected = if owner == target {
        [format!("from_{owner}_id"), format!("to_{target}_id")]
    } else {
        [format!("{owner}_id"), format!("{target}_id")]
    };
    let is_counted = |name: &str| {
        table.columns.iter().any(|it| it.name == name && it.numbered == Some(Numbered::ByDefault))
    };
    table.primary_key == ["id".to_owned()] && is_counted("id") && [from, to] == expected
}

impl Join<'_> {
    /// Returns the name of the field: what the table's name says beside that of its owner, else the name of the other end.
    pub(super) fn field(&self, target_model: &str) -> String {
        let rest = self.table.name.strip_prefix(self.owner).and_then(|rest| rest.strip_prefix('_'));
        rest.filter(|rest| !rest.is_empty()).map_or_else(|| snake_case(target_model), str::to_owned)
    }
}
