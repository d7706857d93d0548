//! What all readers and printers of this crate share: names, types, expressions, texts, limits, and how paths are resolved.

pub(crate) mod ctxt;
pub(crate) mod expr;
pub mod ident;
pub(crate) mod native_type;
pub mod nesting;
pub mod resolver;
pub(crate) mod rust_type;
pub mod text;
