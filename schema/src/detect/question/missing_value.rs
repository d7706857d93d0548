//! A value that rows lack, and the attributes that provide it.

use serde::{Deserialize, Serialize};

use crate::model::column_type::ColumnType;
use crate::model::constant;
use crate::model::field::{Field, FieldKind};
use crate::name::ModelName;

/// A value that rows lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingValue {
    /// A value of the type, as it is written in the source.
    pub sample: String,
    /// True if the values must be unique, so that one value for all rows is invalid.
    pub unique: bool,
    /// True for a primary key, which cannot be NULL temporarily.
    pub key: bool,
    /// The model to which the value refers, for a reference.
    pub reference: Option<ModelName>,
    /// True for a primary key if the model may be another one than the recorded one of its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_another_model: bool,
}

impl MissingValue {
    /// Returns the value that rows lack for a field whose column has this type.
    pub fn of(field: &Field, column_type: &ColumnType) -> Self {
        let reference = field.relation().map(|relation| relation.to.name.clone());
        let sample = match &field.kind {
            FieldKind::Column(own) => sample(own),
            FieldKind::ForeignKey(_) => key_sample(column_type),
            FieldKind::ManyToMany(_) => sample(column_type),
        };
        let (unique, key) = (field.unique || field.primary_key, field.primary_key);
        Self { sample, unique, key, reference, may_be_another_model: false }
    }

    /// Returns the attributes that provide the value, and the meaning of each.
    pub(super) fn attributes(&self) -> Vec<(String, String)> {
        let Self { sample, unique, reference, key, .. } = self;
        let once = (format!("backfill = {sample}"), "a value for existing rows, used once".to_owned());
        let by_row = (
            "backfill = sql(\"…\")".to_owned(),
            "SQL that computes another value for each existing row".to_owned(),
        );
        let by_default =
            (format!("default = {sample}"), "a default in the database, another one for each row".to_owned());
        match reference {
            // The grammar takes no `backfill` for a key.
            None if *key && sample == "random_uuid()" => vec![by_default],
            _ if *key => Vec::new(),
            Some(_) if *unique => vec![by_row],
            Some(model) => {
                let meaning = format!("the key of the `{model}` to which existing rows refer");
                vec![(once.0, meaning)]
            }
            None if !unique => {
                let meaning = "a default in the database, also for new rows".to_owned();
                vec![(by_default.0, meaning), once]
            }
            None if sample == "random_uuid()" => vec![by_default, once],
            None => vec![by_row],
        }
    }
}

/// Returns a possible key of a row, as it is written in the source.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other type has the sample of its constants")]
fn key_sample(column_type: &ColumnType) -> String {
    match column_type {
        it if it.is_integer() => "1".to_owned(),
        ColumnType::Text | ColumnType::Varchar { .. } => "\"…\"".to_owned(),
        ColumnType::Uuid => "\"00000000-0000-0000-0000-000000000000\"".to_owned(),
        other => sample(other),
    }
}

/// Returns a neutral value, as it is written in the source.
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
