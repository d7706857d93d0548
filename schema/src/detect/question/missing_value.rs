//! A value that rows lack, and what provides it.

use serde::{Deserialize, Serialize};

use crate::model::column_type::ColumnType;
use crate::model::constant;
use crate::model::field::{Field, FieldKind};
use crate::name::ModelName;

/// A value that rows lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingValue {
    /// A value that the type has, as source spells it.
    pub sample: String,
    /// True where one value for all rows would break a rule that they differ.
    pub unique: bool,
    /// True for a primary key, which cannot be NULL for a while.
    pub key: bool,
    /// The model whose key the value is, for a reference.
    pub reference: Option<ModelName>,
}

impl MissingValue {
    /// Returns what rows lack for a field, whose column has this type.
    pub fn of(field: &Field, column_type: &ColumnType) -> Self {
        let reference = field.relation().map(|relation| relation.to.name.clone());
        let sample = match &field.kind {
            FieldKind::Column(own) => sample(own),
            FieldKind::ForeignKey(_) => key_sample(column_type),
            FieldKind::ManyToMany(_) => sample(column_type),
        };
        Self { sample, unique: field.unique || field.primary_key, key: field.primary_key, reference }
    }

    /// Returns a value that the type has as source spells it, and what comes of giving it to existing rows; none where
    /// nothing of the kind can be given.
    pub(crate) fn backfill(&self) -> Option<(String, String)> {
        self.attributes().into_iter().find_map(|(attribute, meaning)| {
            Some((attribute.strip_prefix("backfill = ")?.to_owned(), meaning))
        })
    }

    /// Returns the attributes that would provide the value, and what each means.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let Self { sample, unique, reference, key } = self;
        let way = |word: &str, meaning: &str| (format!("{word} = {sample}"), meaning.to_owned());
        let once = way("backfill", "a value for the rows that exist, used once");
        let by_row = (
            "backfill = sql(\"…\")".to_owned(),
            "SQL that comes to another value in each existing row".to_owned(),
        );
        match reference {
            // The grammar takes no `backfill` for a key.
            None if *key && sample == "random_uuid()" => {
                vec![way("default", "a default in the database, another one for each row")]
            }
            _ if *key => Vec::new(),
            Some(_) if *unique => vec![by_row],
            Some(model) => {
                vec![way("backfill", &format!("the key of the `{model}` that rows which exist refer to"))]
            }
            None if !unique => vec![way("default", "a default in the database, also for rows to come"), once],
            None if sample == "random_uuid()" => {
                vec![way("default", "a default in the database, another one for each row"), once]
            }
            None => vec![by_row],
        }
    }
}

/// Returns a key that a row may have, as source spells it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other type has the sample of its constants")]
fn key_sample(column_type: &ColumnType) -> String {
    match column_type {
        it if it.is_integer() => "1".to_owned(),
        ColumnType::Text | ColumnType::Varchar { .. } => "\"…\"".to_owned(),
        ColumnType::Uuid => "\"00000000-0000-0000-0000-000000000000\"".to_owned(),
        other => sample(other),
    }
}

/// Returns a value that says least, as source spells it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other type has the sample of its constants")]
fn sample(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Choices(choices) => {
            let first = choices.variants.first().map(|variant| variant.name.as_str());
            format!("{}::{}", choices.name, first.unwrap_or("…"))
        }
        ColumnType::F32 | ColumnType::F64 => "0.0".to_owned(),
        ColumnType::Decimal { .. } => "0".to_owned(),
        other => constant::sample(other),
    }
}
