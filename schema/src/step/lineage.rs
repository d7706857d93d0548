//! How names change between two states.

use crate::model::choices::ChoiceMoves;
use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey};

/// How an operation changes names and values from one state to the next; all else keeps its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The model whose name changed: its key before and after.
    pub model: Option<(ModelKey, ModelKey)>,
    /// The field whose name changed: its model's key after, its name before and after.
    pub field: Option<(ModelKey, FieldName, FieldName)>,
    /// The value for existing rows: the model's key after, the field's name after.
    pub fill: Option<(ModelKey, FieldName, Expr)>,
    /// How variants of a field's enum are replaced: the model's key after, the field's name after.
    pub moves: Option<(ModelKey, FieldName, ChoiceMoves)>,
}
