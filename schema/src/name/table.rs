//! The name of a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::SchemaName;

/// The name of a table in the database, and the schema that it is in, if one is chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct TableName {
    schema: Option<SchemaName>,
    name: String,
}

/// A text where no schema is chosen: a name may have a dot.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Plain(String),
    Inside { schema: SchemaName, name: String },
}

impl TableName {
    /// Wraps the text as it is; the grammar and the dialects check what they accept.
    pub fn new(text: impl Into<String>) -> Self {
        Self { schema: None, name: text.into() }
    }

    /// Returns the name without its schema.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the schema, if one is chosen.
    pub fn schema(&self) -> Option<&SchemaName> {
        self.schema.as_ref()
    }

    /// Returns the same name in a schema, or in the default one.
    #[must_use]
    pub fn within(self, schema: Option<&SchemaName>) -> Self {
        Self { schema: schema.cloned(), name: self.name }
    }
}

impl From<Stored> for TableName {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Plain(name) => Self { schema: None, name },
            Stored::Inside { schema, name } => Self { schema: Some(schema), name },
        }
    }
}

impl From<TableName> for Stored {
    fn from(TableName { schema, name }: TableName) -> Self {
        match schema {
            None => Self::Plain(name),
            Some(schema) => Self::Inside { schema, name },
        }
    }
}

/// Writes `orders`, or `audit.orders`.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

impl From<&str> for TableName {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for TableName {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl PartialEq<str> for TableName {
    fn eq(&self, other: &str) -> bool {
        self.schema.is_none() && self.name == other
    }
}

impl PartialEq<&str> for TableName {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_dot_is_no_name_in_a_schema() {
        let (dotted, inside) =
            (TableName::new("audit.entry"), TableName::new("entry").within(Some(&"audit".into())));
        assert_eq!(dotted.to_string(), inside.to_string());
        for name in [dotted, inside] {
            let text = serde_json::to_string(&name).unwrap();
            assert_eq!(serde_json::from_str::<TableName>(&text).unwrap(), name, "{text}");
        }
    }
}
