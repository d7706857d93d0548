//! Errors about a history or about models.

pub use crate::detect::error::{DetectError, FirstEdit};
pub use crate::state::error::StateError;
