//! Models, as the derives describe them.

pub mod abstract_struct;
pub mod choices;
pub(crate) mod embedded;
pub(crate) mod many_to_many;
pub(crate) mod relation;
pub mod row;

/// A struct whose table modelshift manages; `#[derive(Model)]` implements it.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a model", note = "models have `#[derive(Model)]`")]
pub trait Model {
    /// The type of the primary key; a tuple if the key has several fields.
    type Key;

    /// The name of the table.
    const TABLE: &'static str;

    /// The model as written in its source, in JSON (see `modelshift_schema::hints::SourceModel`).
    const SCHEMA: &'static str;
}
