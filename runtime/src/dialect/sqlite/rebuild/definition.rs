//! The text of a CREATE TABLE -> its columns and constraints, each with its own text.
//!
//! SQLite stores the text that created a table, and edits it when columns are added or renamed. Only this text describes
//! the whole table: no pragma reports checks, conflict clauses, or the expressions of generated columns.

mod item;

use modelshift_schema::sqlite_options::SqliteOptions;

use self::item::{ItemReader, closing, items};
use crate::dialect::sqlite::lexer::{Token, located, tokens};

/// The definition of a table.
#[derive(Clone, Debug)]
pub(super) struct Definition<'a> {
    pub(super) columns: Vec<ColumnText<'a>>,
    /// The constraints of the table, which are not part of a column.
    pub(super) rules: Vec<Clause<'a>>,
    /// The text after the parentheses, such as `STRICT`.
    tail: &'a str,
}

/// A column of a definition.
#[derive(Clone, Debug)]
pub(super) struct ColumnText<'a> {
    /// The name without quotes.
    pub(super) name: String,
    /// The name as it is written.
    pub(super) written: &'a str,
    /// The declared type; empty if there is none.
    pub(super) declared: &'a str,
    pub(super) clauses: Vec<Clause<'a>>,
    /// The whole definition of the column.
    pub(super) text: &'a str,
}

/// A clause of a column, or a constraint of a table.
#[derive(Clone, Debug)]
pub(super) struct Clause<'a> {
    pub(super) kind: Kind,
    /// The name of the constraint.
    pub(super) name: Option<String>,
    pub(super) text: &'a str,
    /// The clause without its name, in a normalized form.
    pub(super) spelled: String,
    /// The words of the clause that can be names of columns.
    pub(super) words: Vec<String>,
}

/// The kind of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The primary key, over these columns.
    PrimaryKey(Vec<String>),
    Unique(Vec<String>),
    Check,
    References(Reference),
    /// Allows NULL, which is the default.
    Null,
    NotNull,
    Default,
    Collate,
    Generated,
}

/// A reference to another table; names are in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) columns: Vec<String>,
    pub(super) target: String,
    /// Empty for the primary key of the target.
    pub(super) target_columns: Vec<String>,
    /// The actions, and whether the check is deferrable.
    pub(super) rest: String,
}

impl Reference {
    /// Returns whether both refer from the same columns to the same columns.
    pub(super) fn leads_as(&self, other: &Self) -> bool {
        let to_key = self.target_columns.is_empty() || other.target_columns.is_empty();
        self.columns == other.columns
            && self.target == other.target
            && (to_key || self.target_columns == other.target_columns)
    }
}

impl<'a> Definition<'a> {
    /// Reads a CREATE TABLE; `None` if it is not understood.
    pub(super) fn read(sql: &'a str) -> Option<Self> {
        let tokens = located(sql);
        let open = tokens.iter().position(|it| it.token == Token::Sign('('))?;
        let head: Vec<Token> = tokens[..open].iter().map(|it| it.token.clone()).collect();
        if !head.first()?.is("CREATE") || head.iter().any(|token| token.is("VIRTUAL")) {
            return None;
        }
        let close = open + closing(&tokens[open..])?;
        let mut definition = Self { columns: Vec::new(), rules: Vec::new(), tail: "" };
        for item in items(&tokens[open + 1..close]) {
            let mut reader = ItemReader::new(sql, item);
            if reader.begins_clause() {
                while !reader.is_done() {
                    definition.rules.push(reader.clause(None)?);
                }
                continue;
            }
            // A constraint can follow another one without a comma. A column ends at the end of its item.
            definition.columns.push(reader.column()?);
        }
        if let (Some(first), Some(last)) = (tokens.get(close + 1), tokens.last()) {
            definition.tail = &sql[first.place.start..last.place.end];
        }
        Some(definition)
    }

    /// Finds a column, as SQLite compares names.
    pub(super) fn column(&self, name: &str) -> Option<&ColumnText<'a>> {
        self.columns.iter().find(|column| column.is(name))
    }

    /// Returns all constraints, each with the column that contains it.
    pub(super) fn all_rules(&self) -> impl Iterator<Item = (Option<&ColumnText<'a>>, &Clause<'a>)> {
        let of_columns =
            self.columns.iter().flat_map(|column| column.rules().map(move |rule| (Some(column), rule)));
        of_columns.chain(self.rules.iter().map(|rule| (None, rule)))
    }

    /// Returns the columns of the primary key, in lower case.
    pub(super) fn key(&self) -> Vec<String> {
        let key = self.all_rules().find_map(|(_, rule)| match &rule.kind {
            Kind::PrimaryKey(columns) => Some(columns.clone()),
            Kind::Unique(_)
            | Kind::Check
            | Kind::References(_)
            | Kind::Null
            | Kind::NotNull
            | Kind::Default
            | Kind::Collate
            | Kind::Generated => None,
        });
        key.unwrap_or_default()
    }

    /// Returns the options of the table.
    pub(super) fn options(&self) -> SqliteOptions {
        let words = tokens(self.tail);
        SqliteOptions {
            strict: words.iter().any(|token| token.is("STRICT")),
            without_rowid: words.iter().any(|token| token.is("ROWID")),
        }
    }

    /// Returns whether the database never generates a key twice.
    pub(super) fn is_automatic(&self) -> bool {
        self.all_rules().any(|(_, rule)| rule.is_automatic())
    }
}

impl<'a> ColumnText<'a> {
    /// Returns whether the column has this name, as SQLite compares names.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns the clause of a kind that a column has at most once.
    pub(super) fn clause(&self, kind: &Kind) -> Option<&Clause<'a>> {
        self.clauses.iter().find(|clause| clause.kind == *kind)
    }

    /// Returns the clauses that could also be constraints of the table.
    pub(super) fn rules(&self) -> impl Iterator<Item = &Clause<'a>> {
        self.clauses.iter().filter(|clause| match clause.kind {
            Kind::PrimaryKey(_) | Kind::Unique(_) | Kind::Check | Kind::References(_) => true,
            Kind::Null | Kind::NotNull | Kind::Default | Kind::Collate | Kind::Generated => false,
        })
    }

    /// Returns whether the database computes the value.
    pub(super) fn is_generated(&self) -> bool {
        self.clause(&Kind::Generated).is_some()
    }
}

impl Clause<'_> {
    /// Returns whether this is a key that the database never generates twice.
    pub(super) fn is_automatic(&self) -> bool {
        matches!(self.kind, Kind::PrimaryKey(_)) && self.spelled.ends_with(" autoincrement")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY ON CONFLICT ABORT AUTOINCREMENT,
        n varchar (10, 2) COLLATE NOCASE NOT NULL ON CONFLICT IGNORE DEFAULT -1e-5 CHECK (n <> ')'),
        b DEFAULT x'00' NULL, \"a\"\"b\" unsigned bigint GENERATED ALWAYS AS (id + 1) STORED, -- a comment
        author REFERENCES [author] ON UPDATE NO ACTION ON DELETE SET NULL NOT DEFERRABLE UNIQUE,
        CONSTRAINT c CHECK (length(n) > 1) UNIQUE (n, b) ON CONFLICT REPLACE,
        FOREIGN KEY (b) REFERENCES author (id) DEFERRABLE INITIALLY DEFERRED) STRICT, WITHOUT ROWID";

    #[test]
    fn a_definition_is_read_whole() {
        let definition = Definition::read(TABLE).unwrap();
        let columns: Vec<_> = definition.columns.iter().map(|it| (it.name.as_str(), it.declared)).collect();
        let expected = [
            ("id", "INTEGER"),
            ("n", "varchar (10, 2)"),
            ("b", ""),
            ("a\"b", "unsigned bigint"),
            ("author", ""),
        ];
        assert_eq!(columns, expected);
        let texts: Vec<_> = definition.columns[1].clauses.iter().map(|it| it.text).collect();
        let expected = ["COLLATE NOCASE", "NOT NULL ON CONFLICT IGNORE", "DEFAULT -1e-5", "CHECK (n <> ')')"];
        assert_eq!(texts, expected);
        assert!(definition.is_automatic() && definition.columns[3].is_generated());
        assert_eq!(definition.columns[2].clauses[0].text, "DEFAULT x'00'");
        let rules: Vec<_> = definition.rules.iter().map(|it| it.text).collect();
        assert_eq!(rules[0], "CONSTRAINT c CHECK (length(n) > 1)");
        assert_eq!(rules[1], "UNIQUE (n, b) ON CONFLICT REPLACE");
        assert_eq!(definition.rules[0].words, ["n", "1"]);
        assert_eq!(definition.options(), SqliteOptions { strict: true, without_rowid: true });
        let inline = Reference {
            columns: vec!["author".to_owned()],
            target: "author".to_owned(),
            target_columns: Vec::new(),
            rest: "not deferrable on delete set null".to_owned(),
        };
        assert_eq!(definition.columns[4].clauses[0].kind, Kind::References(inline));
        assert_eq!(definition.key(), ["id"]);
    }

    #[test]
    fn other_definitions_are_not_read() {
        for sql in [
            "CREATE VIRTUAL TABLE t USING fts5(a)",
            "CREATE TABLE t (a int, CONSTRAINT)",
            "CREATE TABLE t (a",
        ] {
            assert!(Definition::read(sql).is_none(), "{sql}");
        }
    }
}
