//! Rendering that the dialects share.

pub(crate) mod built;
pub(crate) mod client_script;
pub(crate) mod conversion;
pub(crate) mod enums;
pub(crate) mod expression;
pub(crate) mod kept_values;
pub(crate) mod layout;
pub(crate) mod literal;
pub(crate) mod not_null_checks;
#[cfg(feature = "database")]
pub(crate) mod rows;
pub(crate) mod script;
pub(crate) mod spelled_types;
pub(crate) mod statements;
pub(crate) mod table_parts;
pub(crate) mod translation;
