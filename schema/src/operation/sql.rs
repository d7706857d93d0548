//! SQL that a migration brings along: texts in order, values for their `?`, perhaps another text for each database.
//!
//! In JSON a plain text is a string, as it was before there was anything else.

use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::model::expr::Literal;
use crate::model::per_database::PerDatabase;

/// SQL for one way of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Sql {
    /// The same for every database.
    Everywhere(Script),
    /// Another for each database.
    ByDatabase(SqlByDatabase),
}

/// SQL by database; a migration cannot be planned for a database without it.
pub type SqlByDatabase = PerDatabase<Script>;

/// Texts that are sent one after the other; none where there is nothing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    statements: Vec<SqlStatement>,
}

/// A text that is sent at once; without parameters it may hold several statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlStatement {
    /// The text.
    pub text: String,
    /// A value for each `?` in it, none for NULL; where there is no value at all, a `?` is a character like others.
    pub parameters: Vec<Option<Literal>>,
}

impl Sql {
    /// Returns the SQL that does nothing, anywhere.
    pub fn nothing() -> Self {
        Self::Everywhere(Script::default())
    }
}

impl Script {
    /// Creates a script; texts that are empty are nothing to send, and left out.
    pub fn new(statements: impl IntoIterator<Item = SqlStatement>) -> Self {
        Self { statements: statements.into_iter().filter(|statement| !statement.text.is_empty()).collect() }
    }

    /// Returns the texts, in order.
    pub fn statements(&self) -> &[SqlStatement] {
        &self.statements
    }
}

impl SqlStatement {
    /// Creates a text that is sent as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), parameters: Vec::new() }
    }
}

impl From<&str> for Script {
    fn from(text: &str) -> Self {
        Self::new([SqlStatement::new(text)])
    }
}

impl From<Script> for Sql {
    fn from(script: Script) -> Self {
        Self::Everywhere(script)
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Self {
        Self::Everywhere(text.into())
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl Serialize for Script {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.statements.as_slice() {
            [] => serializer.serialize_str(""),
            [one] if one.parameters.is_empty() => serializer.serialize_str(&one.text),
            statements => serializer.collect_seq(statements),
        }
    }
}

impl Serialize for SqlStatement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.parameters.is_empty() {
            return serializer.serialize_str(&self.text);
        }
        (&self.text, &self.parameters).serialize(serializer)
    }
}

// By hand, since what serde keeps aside to try one form after the other holds no integer of 128 bits.

impl<'de> Deserialize<'de> for Sql {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Sql;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("SQL, or SQL by database")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Sql, E> {
                Ok(text.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Sql, A::Error> {
                script(list).map(Sql::Everywhere)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Sql, A::Error> {
                SqlByDatabase::deserialize(MapAccessDeserializer::new(map)).map(Sql::ByDatabase)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = Script;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of texts")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Script, E> {
                Ok(text.into())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Script, A::Error> {
                script(list)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

fn script<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Script, A::Error> {
    let mut statements = Vec::new();
    while let Some(statement) = list.next_element::<SqlStatement>()? {
        statements.push(statement);
    }
    Ok(Script::new(statements))
}

impl<'de> Deserialize<'de> for SqlStatement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> Visitor<'de> for Form {
            type Value = SqlStatement;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a text with its parameters")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SqlStatement, E> {
                Ok(SqlStatement::new(text))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<SqlStatement, A::Error> {
                let text = pair.next_element()?.ok_or_else(|| A::Error::invalid_length(0, &self))?;
                let parameters = pair.next_element()?.ok_or_else(|| A::Error::invalid_length(1, &self))?;
                Ok(SqlStatement { text, parameters })
            }
        }
        deserializer.deserialize_any(Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &Sql, json: &str) {
        assert_eq!(serde_json::to_string(sql).unwrap(), json);
        assert_eq!(&serde_json::from_str::<Sql>(json).unwrap(), sql);
    }

    #[test]
    fn what_was_a_string_is_still_one() {
        check(&"UPDATE a SET b = 1".into(), r#""UPDATE a SET b = 1""#);
        check(&Sql::nothing(), r#""""#);
        let script = Script::new(["", "DELETE FROM a"].map(SqlStatement::new));
        check(&script.into(), r#""DELETE FROM a""#);
    }

    #[test]
    fn op_125_lists_and_parameters_are_kept() {
        let int = |value| Some(Literal::Int(value));
        let bound = SqlStatement {
            text: "UPDATE a SET b = ?".to_owned(),
            parameters: vec![int(i128::from(u64::MAX)), Some(Literal::Text("é'".to_owned())), None],
        };
        let script = Script::new([SqlStatement::new("SELECT 1"), bound.clone()]);
        let json = r#"["SELECT 1",["UPDATE a SET b = ?",[{"Int":18446744073709551615},{"Text":"é'"},null]]]"#;
        check(&script.into(), json);
        check(
            &Script::new([bound]).into(),
            r#"[["UPDATE a SET b = ?",[{"Int":18446744073709551615},{"Text":"é'"},null]]]"#,
        );
    }

    #[test]
    fn each_database_may_have_its_own() {
        let own = SqlByDatabase::from([Some("SELECT 1".into()), None, Some(Script::default())]);
        check(&Sql::ByDatabase(own), r#"{"sqlite":"SELECT 1","mysql":""}"#);
        assert!(serde_json::from_str::<Sql>(r#"{"oracle":"SELECT 1"}"#).is_err());
    }
}
