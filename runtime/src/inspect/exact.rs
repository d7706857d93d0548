//! What a new database made of the models differs in, so that the next round spells it as the live one does.

use std::collections::BTreeSet;

use modelshift_schema::field::FieldKind;
use modelshift_syntax::SourceItem;

use super::described::Described;
use crate::dialect::Dialect;
use crate::run::drift::table_drift;
use crate::session::live_schema::{LiveColumn, LiveSchema};

/// A column of a table.
type Place = (String, String);

/// What is spelled as the database does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Exact {
    is_all: bool,
    types: BTreeSet<Place>,
    defaults: BTreeSet<Place>,
    /// Join tables that need a struct.
    through: BTreeSet<String>,
}

impl Exact {
    /// Returns whether the type of a column is spelled.
    pub(super) fn has_type(&self, table: &str, column: &str) -> bool {
        self.is_all || self.types.contains(&(table.to_owned(), column.to_owned()))
    }

    /// Returns whether the default of a column is SQL.
    pub(super) fn has_default(&self, table: &str, column: &str) -> bool {
        self.is_all || self.defaults.contains(&(table.to_owned(), column.to_owned()))
    }

    /// Returns whether a join table needs a struct.
    pub(super) fn has_struct(&self, table: &str) -> bool {
        self.is_all || self.through.contains(table)
    }

    /// Spells everything; returns whether that is new.
    pub(super) fn spell_all(&mut self) -> bool {
        !std::mem::replace(&mut self.is_all, true)
    }

    /// Notes what differs; returns whether something is new.
    pub(super) fn learn(
        &mut self,
        described: &[Described],
        dialect: Dialect,
        fresh: &LiveSchema,
        live: &LiveSchema,
    ) -> bool {
        let before = self.clone();
        for it in described {
            let SourceItem::Struct(item) = &it.item else { continue };
            for field in &item.model.fields {
                let column = field.column_name();
                let column = column.as_str();
                let found = |schema: &LiveSchema| schema.tables.get(&it.table)?.columns.get(column).cloned();
                if let Some(join) = it.joins.get(&field.name) {
                    let is_same = match (fresh.tables.get(join), live.tables.get(join)) {
                        (Some(fresh), Some(live)) => table_drift(join, fresh, live).is_empty(),
                        (None, _) | (_, None) => false,
                    };
                    if !is_same {
                        self.through.insert(join.clone());
                    }
                }
                let (Some(fresh), Some(live)) = (found(fresh), found(live)) else { continue };
                if type_part(dialect, &fresh) != type_part(dialect, &live) {
                    let own = (it.table.clone(), column.to_owned());
                    self.types.insert(match field.kind {
                        FieldKind::ForeignKey(_) => it.holders.get(&field.name).cloned().unwrap_or(own),
                        FieldKind::Column(_) | FieldKind::ManyToMany(_) => own,
                    });
                    // A default may be written with the type.
                    continue;
                }
                if default_part(dialect, &fresh) != default_part(dialect, &live) {
                    self.defaults.insert((it.table.clone(), column.to_owned()));
                }
            }
        }
        *self != before
    }
}

/// Returns the type of a column without what else its declaration says.
fn type_part(dialect: Dialect, column: &LiveColumn) -> &str {
    let declared = column.declared.as_str();
    match dialect {
        Dialect::Sqlite => declared,
        Dialect::Postgres => {
            let end = [" generated ", " collate "].iter().filter_map(|word| declared.find(word)).min();
            &declared[..end.unwrap_or(declared.len())]
        }
        Dialect::Mysql => mysql_type(declared),
    }
}

fn default_part(dialect: Dialect, column: &LiveColumn) -> Option<&str> {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => column.default.as_deref(),
        Dialect::Mysql => {
            let rest = mysql_rest(&column.declared);
            let (_, behind) = rest.split_once("DEFAULT ")?;
            Some(behind.split(" COMMENT ").next().unwrap_or(behind))
        }
    }
}

/// Returns the type at the beginning of a column as SHOW CREATE TABLE has it, such as `int(10) unsigned`.
pub(super) fn mysql_type(declared: &str) -> &str {
    declared[..declared.len() - mysql_rest(declared).len()].trim_end()
}

fn mysql_rest(declared: &str) -> &str {
    let mut quoted = false;
    let mut depth = 0_usize;
    let mut end = declared.len();
    for (position, character) in declared.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ' ' if !quoted && depth == 0 => {
                let rest = &declared[position + 1..];
                let is_of_type = ["unsigned", "zerofill", "precision", "varying"];
                if !is_of_type.iter().any(|word| rest.starts_with(word)) {
                    end = position + 1;
                    break;
                }
            }
            _ => {}
        }
    }
    &declared[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_is_the_beginning_of_a_declaration() {
        for (declared, expected) in [
            ("int(10) unsigned DEFAULT 0", "int(10) unsigned"),
            ("enum('a b','c)''d') CHARACTER SET utf8mb4 DEFAULT 'a b'", "enum('a b','c)''d')"),
            ("datetime(6)", "datetime(6)"),
            ("bigint NOT NULL", "bigint"),
        ] {
            assert_eq!(mysql_type(declared), expected);
        }
        let column = |declared: &str| LiveColumn {
            declared: declared.to_owned(),
            null: false,
            default: None,
            generated: None,
        };
        let of_mysql = column("varchar(20) DEFAULT 'a' COMMENT 'b'");
        assert_eq!(default_part(Dialect::Mysql, &of_mysql), Some("'a'"));
        let of_postgres = column("integer generated by default as identity");
        assert_eq!(type_part(Dialect::Postgres, &of_postgres), "integer");
    }
}
