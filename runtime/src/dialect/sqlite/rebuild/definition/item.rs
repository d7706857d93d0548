//! The tokens between two commas of a CREATE TABLE -> a column, or a constraint of the table.

use std::ops::Range;

use super::{Clause, ColumnText, Kind, Reference};
use crate::dialect::sqlite::lexer::{Located, Token, spelled};

/// The words that begin a clause.
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
pub(super) struct ItemReader<'a, 't> {
    sql: &'a str,
    tokens: &'t [Located],
    at: usize,
}

impl<'a, 't> ItemReader<'a, 't> {
    /// Creates a reader for the tokens of an item of this text.
    pub(super) fn new(sql: &'a str, tokens: &'t [Located]) -> Self {
        Self { sql, tokens, at: 0 }
    }

    /// Returns whether all tokens are read.
    pub(super) fn is_done(&self) -> bool {
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
        let mut names = Vec::new();
        for item in items(&self.tokens[inside]) {
            names.push(item.first()?.token.name()?.to_ascii_lowercase());
        }
        Some(names)
    }

    fn text(&self, start: usize) -> &'a str {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        match (self.tokens.get(start), last) {
            (Some(first), Some(last)) if first.place.start < last.place.end => {
                &self.sql[first.place.start..last.place.end]
            }
            _ => "",
        }
    }

    fn spelled(&self, start: usize) -> String {
        let tokens: Vec<Token> = self.tokens[start..self.at].iter().map(|it| it.token.clone()).collect();
        spelled(&tokens)
    }

    /// Returns whether a constraint of the table begins here, and not a column.
    pub(super) fn begins_clause(&self) -> bool {
        let next = self.tokens.get(self.at + 1).map(|it| &it.token);
        self.is("CONSTRAINT")
            || ((self.is("PRIMARY") || self.is("FOREIGN")) && next.is_some_and(|it| it.is("KEY")))
            || ((self.is("UNIQUE") || self.is("CHECK")) && next == Some(&Token::Sign('(')))
    }

    /// Reads a column; `None` if it is not understood.
    pub(super) fn column(&mut self) -> Option<ColumnText<'a>> {
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

    /// Reads a clause of a column, or a constraint of the table; `None` if it is not understood.
    pub(super) fn clause(&mut self, column: Option<&str>) -> Option<Clause<'a>> {
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
            // NO ACTION is the default.
            if !text.ends_with("no action") {
                rest.push(text);
            }
        }
        rest.sort();
        Some(Kind::References(Reference { columns, target, target_columns, rest: rest.join(" ") }))
    }

    /// Returns the words from a position on that can be names of columns. Functions and text are not.
    fn words(&self, start: usize) -> Vec<String> {
        let mut words = Vec::new();
        for (position, it) in self.tokens.iter().enumerate().take(self.at).skip(start) {
            let next = self.tokens.get(position + 1).map(|it| &it.token);
            match &it.token {
                Token::Name(name) => words.push(name.clone()),
                Token::Word(word) if next != Some(&Token::Sign('(')) => words.push(word.clone()),
                Token::Word(_) | Token::Text(_) | Token::Sign(_) => {}
            }
        }
        words
    }
}

/// Returns the position of the parenthesis that closes the first token.
pub(super) fn closing(tokens: &[Located]) -> Option<usize> {
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

/// Splits at the commas outside of parentheses.
pub(super) fn items(tokens: &[Located]) -> Vec<&[Located]> {
    let mut depth = 0_usize;
    tokens
        .split(|it| {
            match it.token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
            }
            depth == 0 && it.token == Token::Sign(',')
        })
        .collect()
}
