//! The text of a CREATE TABLE -> its columns and rules, each with its own words.
//!
//! SQLite keeps the text by which a table was made, and edits it when columns are added or renamed. Only this text has
//! all of a table: no pragma tells its checks, its conflict clauses or how a column is generated.

use std::ops::Range;

use crate::dialect::sqlite::lexer::{Located, Token, located, spelled, tokens};

/// The definition of a table.
#[derive(Clone, Debug)]
pub(super) struct Definition<'a> {
    pub(super) columns: Vec<ColumnText<'a>>,
    /// The rules that stand beside the columns.
    pub(super) rules: Vec<Clause<'a>>,
    /// What follows the parentheses, such as `STRICT`.
    pub(super) options: &'a str,
}

/// A column of a definition.
#[derive(Clone, Debug)]
pub(super) struct ColumnText<'a> {
    /// The name without quotes.
    pub(super) name: String,
    /// The name as it is written.
    pub(super) written: &'a str,
    /// The declared type; empty where there is none.
    pub(super) declared: &'a str,
    pub(super) clauses: Vec<Clause<'a>>,
    /// The whole definition of the column.
    pub(super) text: &'a str,
}

/// A clause of a column, or a rule of a table.
#[derive(Clone, Debug)]
pub(super) struct Clause<'a> {
    pub(super) kind: Kind,
    /// The name of the constraint.
    pub(super) name: Option<String>,
    pub(super) text: &'a str,
    /// The clause without its name, spelled in one way.
    pub(super) spelled: String,
    /// The words of the clause that can be names of columns.
    pub(super) words: Vec<String>,
}

/// What a clause is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The key, over these columns.
    PrimaryKey(Vec<String>),
    Unique(Vec<String>),
    Check,
    References(Reference),
    /// Says that NULL is allowed, which is so without it.
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
    /// Empty where the key of the target is meant.
    pub(super) target_columns: Vec<String>,
    /// The actions, and when it is checked.
    pub(super) rest: String,
}

impl Reference {
    /// Returns whether both lead from the same columns to the same ones.
    pub(super) fn leads_as(&self, other: &Self) -> bool {
        let to_key = self.target_columns.is_empty() || other.target_columns.is_empty();
        self.columns == other.columns
            && self.target == other.target
            && (to_key || self.target_columns == other.target_columns)
    }
}

impl<'a> Definition<'a> {
    /// Reads a CREATE TABLE; none where it is none that we understand.
    pub(super) fn read(sql: &'a str) -> Option<Self> {
        let tokens = located(sql);
        let open = tokens.iter().position(|it| it.token == Token::Sign('('))?;
        let head: Vec<Token> = tokens[..open].iter().map(|it| it.token.clone()).collect();
        if !head.first()?.is("CREATE") || head.iter().any(|token| token.is("VIRTUAL")) {
            return None;
        }
        let close = open + closing(&tokens[open..])?;
        let mut definition = Self { columns: Vec::new(), rules: Vec::new(), options: "" };
        for item in items(&tokens[open + 1..close]) {
            let mut reader = Reader { sql, tokens: item, at: 0 };
            if reader.begins_clause() {
                while !reader.is_done() {
                    definition.rules.push(reader.clause(None)?);
                }
                continue;
            }
            // A table rule may stand behind another without a comma; a column ends at the end of its item.
            definition.columns.push(reader.column()?);
        }
        if let (Some(first), Some(last)) = (tokens.get(close + 1), tokens.last()) {
            definition.options = &sql[first.place.start..last.place.end];
        }
        Some(definition)
    }

    /// Finds a column, as SQLite compares names.
    pub(super) fn column(&self, name: &str) -> Option<&ColumnText<'a>> {
        self.columns.iter().find(|column| column.is(name))
    }

    /// Returns every rule, with the column that it stands in.
    pub(super) fn all_rules(&self) -> impl Iterator<Item = (Option<&ColumnText<'a>>, &Clause<'a>)> {
        let inside = |column| ColumnText::rules(column).map(move |rule| (Some(column), rule));
        self.columns.iter().flat_map(inside).chain(self.rules.iter().map(|rule| (None, rule)))
    }

    /// Returns the columns of the key, in lower case.
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

    /// Returns whether the table is `STRICT`.
    pub(super) fn is_strict(&self) -> bool {
        tokens(self.options).iter().any(|token| token.is("STRICT"))
    }

    /// Returns whether keys are never given out twice.
    pub(super) fn is_automatic(&self) -> bool {
        self.all_rules().any(|(_, rule)| rule.is_automatic())
    }
}

impl<'a> ColumnText<'a> {
    /// Returns whether the column has this name, as SQLite compares names.
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns the clause of a kind that a column has once.
    pub(super) fn clause(&self, kind: &Kind) -> Option<&Clause<'a>> {
        self.clauses.iter().find(|clause| clause.kind == *kind)
    }

    /// Returns the clauses that could stand beside the column as well.
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
    /// Returns whether it is a key that is never given out twice.
    pub(super) fn is_automatic(&self) -> bool {
        matches!(self.kind, Kind::PrimaryKey(_)) && self.spelled.ends_with(" autoincrement")
    }
}

/// Words with which a clause begins.
const BEGINNINGS: [&str; 11] = [
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
];

/// Reads the tokens of one item between two commas.
struct Reader<'a, 't> {
    sql: &'a str,
    tokens: &'t [Located],
    at: usize,
}

impl<'a> Reader<'a, '_> {
    fn is_done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn is(&self, keyword: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|it| it.token.is(keyword))
    }

    fn take(&mut self, keyword: &str) -> bool {
        let found = self.is(keyword);
        self.at += usize::from(found);
        found
    }

    fn take_all(&mut self, keywords: &[&str]) -> bool {
        let start = self.at;
        if keywords.iter().all(|keyword| self.take(keyword)) {
            return true;
        }
        self.at = start;
        false
    }

    fn name(&mut self) -> Option<String> {
        let name = self.tokens.get(self.at)?.token.name()?.to_owned();
        self.at += 1;
        Some(name)
    }

    /// Reads from an opening parenthesis to the one that closes it, and returns what is between.
    fn group(&mut self) -> Option<Range<usize>> {
        if self.tokens.get(self.at)?.token != Token::Sign('(') {
            return None;
        }
        let close = self.at + closing(&self.tokens[self.at..])?;
        let inside = self.at + 1..close;
        self.at = close + 1;
        Some(inside)
    }

    /// Reads a list of columns between parentheses, and returns them in lower case.
    fn columns(&mut self) -> Option<Vec<String>> {
        let inside = self.group()?;
        let first = |item: &[Located]| item.first()?.token.name().map(str::to_ascii_lowercase);
        items(&self.tokens[inside]).into_iter().map(first).collect()
    }

    fn text(&self, start: usize) -> &'a str {
        let place = |at: usize| self.tokens.get(at).map(|it| it.place.clone());
        match (place(start), self.at.checked_sub(1).and_then(place)) {
            (Some(first), Some(last)) if first.start < last.end => &self.sql[first.start..last.end],
            _ => "",
        }
    }

    fn spelled(&self, start: usize) -> String {
        let tokens: Vec<Token> = self.tokens[start..self.at].iter().map(|it| it.token.clone()).collect();
        spelled(&tokens)
    }

    /// Returns whether a rule of the table begins here, and not a column.
    fn begins_clause(&self) -> bool {
        let next = |token: &Token| self.tokens.get(self.at + 1).is_some_and(|it| it.token == *token);
        let next_is = |word: &str| self.tokens.get(self.at + 1).is_some_and(|it| it.token.is(word));
        self.is("CONSTRAINT")
            || (self.is("PRIMARY") && next_is("KEY"))
            || (self.is("FOREIGN") && next_is("KEY"))
            || ((self.is("UNIQUE") || self.is("CHECK")) && next(&Token::Sign('(')))
    }

    fn column(&mut self) -> Option<ColumnText<'a>> {
        let name = self.name()?;
        let written = self.text(0);
        let start = self.at;
        while !self.is_done() && !BEGINNINGS.iter().any(|word| self.is(word)) {
            if self.group().is_none() {
                self.name()?;
            }
        }
        let declared = if self.at > start { self.text(start) } else { "" };
        let mut clauses = Vec::new();
        while !self.is_done() {
            clauses.push(self.clause(Some(&name))?);
        }
        Some(ColumnText { name, written, declared, clauses, text: self.text(0) })
    }

    fn clause(&mut self, column: Option<&str>) -> Option<Clause<'a>> {
        let begin = self.at;
        let name = if self.take("CONSTRAINT") { Some(self.name()?) } else { None };
        let start = self.at;
        let own: Vec<String> = column.map(str::to_ascii_lowercase).into_iter().collect();
        let kind = if self.take_all(&["PRIMARY", "KEY"]) {
            self.primary_key(own)?
        } else if self.take_all(&["NOT", "NULL"]) {
            Kind::NotNull
        } else if self.take("NULL") {
            Kind::Null
        } else if self.take("UNIQUE") {
            Kind::Unique(if column.is_some() { own } else { self.columns()? })
        } else if self.take("CHECK") {
            self.group()?;
            Kind::Check
        } else if self.take("DEFAULT") {
            self.default()?;
            Kind::Default
        } else if self.take("COLLATE") {
            self.name()?;
            Kind::Collate
        } else if self.take_all(&["FOREIGN", "KEY"]) {
            let columns = self.columns()?;
            self.references(columns)?
        } else if self.is("REFERENCES") {
            self.references(own)?
        } else if self.take_all(&["GENERATED", "ALWAYS", "AS"]) || self.take("AS") {
            self.group()?;
            let _ = self.take("STORED") || self.take("VIRTUAL");
            Kind::Generated
        } else {
            return None;
        };
        if self.take_all(&["ON", "CONFLICT"]) {
            self.name()?;
        }
        let _ = matches!(kind, Kind::PrimaryKey(_)) && self.take("AUTOINCREMENT");
        let (text, spelled) = (self.text(begin), self.spelled(start));
        Some(Clause { kind, name, text, spelled, words: self.words(start) })
    }

    fn primary_key(&mut self, own: Vec<String>) -> Option<Kind> {
        let columns = if own.is_empty() { self.columns()? } else { own };
        let _ = self.take("ASC") || self.take("DESC");
        Some(Kind::PrimaryKey(columns))
    }

    /// Reads a value: an expression between parentheses, or a constant with its sign.
    fn default(&mut self) -> Option<()> {
        if self.group().is_some() {
            return Some(());
        }
        if matches!(self.tokens.get(self.at)?.token, Token::Sign('+' | '-')) {
            self.at += 1;
        }
        self.name()?;
        // Such as `x'00'` and `1e-5`, which are several tokens here.
        while let [last, next] = self.tokens.get(self.at - 1..=self.at).unwrap_or_default()
            && last.place.end == next.place.start
        {
            self.at += 1;
        }
        Some(())
    }

    fn references(&mut self, columns: Vec<String>) -> Option<Kind> {
        if !self.take("REFERENCES") {
            return None;
        }
        let target = self.name()?.to_ascii_lowercase();
        let has_columns = self.tokens.get(self.at).is_some_and(|it| it.token == Token::Sign('('));
        let target_columns = if has_columns { self.columns()? } else { Vec::new() };
        let mut rest = Vec::new();
        loop {
            let start = self.at;
            let is_action = self.take_all(&["ON", "DELETE"]) || self.take_all(&["ON", "UPDATE"]);
            if is_action {
                let found = self.take_all(&["SET", "NULL"])
                    || self.take_all(&["SET", "DEFAULT"])
                    || self.take_all(&["NO", "ACTION"])
                    || self.take("CASCADE")
                    || self.take("RESTRICT");
                if !found {
                    return None;
                }
            } else if self.take("MATCH") {
                self.name()?;
            } else if self.take_all(&["NOT", "DEFERRABLE"]) || self.take("DEFERRABLE") {
                if self.take("INITIALLY") {
                    self.name()?;
                }
            } else {
                break;
            }
            let text = self.spelled(start);
            // What is not said is NO ACTION.
            if !text.ends_with("no action") {
                rest.push(text);
            }
        }
        rest.sort();
        Some(Kind::References(Reference { columns, target, target_columns, rest: rest.join(" ") }))
    }

    /// Returns the words behind a position that can be columns: no function is one, and no text.
    fn words(&self, start: usize) -> Vec<String> {
        let is_call = |at: usize| self.tokens.get(at + 1).is_some_and(|it| it.token == Token::Sign('('));
        let word = |at: usize| match &self.tokens.get(at)?.token {
            Token::Name(name) => Some(name.clone()),
            Token::Word(word) if !is_call(at) => Some(word.clone()),
            Token::Word(_) | Token::Text(_) | Token::Sign(_) => None,
        };
        (start..self.at).filter_map(word).collect()
    }
}

/// Returns the position of the parenthesis that closes the first token.
fn closing(tokens: &[Located]) -> Option<usize> {
    let mut depth = 0_usize;
    tokens.iter().position(|it| {
        match it.token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
        depth == 0
    })
}

/// Splits at the commas that stand in no parentheses.
fn items(tokens: &[Located]) -> Vec<&[Located]> {
    let mut depth = 0_usize;
    let is_end = |it: &Located| {
        match it.token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
        depth == 0 && it.token == Token::Sign(',')
    };
    tokens.split(is_end).collect()
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
        assert_eq!(definition.options, "STRICT, WITHOUT ROWID");
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
    fn what_is_no_table_of_ours_is_not_read() {
        for sql in [
            "CREATE VIRTUAL TABLE t USING fts5(a)",
            "CREATE TABLE t (a int, CONSTRAINT)",
            "CREATE TABLE t (a",
        ] {
            assert!(Definition::read(sql).is_none(), "{sql}");
        }
    }
}
