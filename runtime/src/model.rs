//! What the derive says of a struct.

pub mod abstract_struct;
pub mod choices;
pub(crate) mod embedded;
pub(crate) mod many_to_many;
pub(crate) mod relation;

/// A struct that modelshift knows; `#[derive(Model)]` implements it.
#[diagnostic::on_unimplemented(message = "`{Self}` is no model", note = "models have `#[derive(Model)]`")]
pub trait Model {
    /// The type of the primary key; a tuple where the key has several fields.
    type Key;

    /// The name of the table.
    const TABLE: &'static str;

    /// The model as its source has it, in JSON (see `modelshift_schema::hints::SourceModel`).
    const SCHEMA: &'static str;
}
