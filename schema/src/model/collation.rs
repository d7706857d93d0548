//! How text is compared and sorted.

use crate::model::per_database::PerDatabase;

/// The collation of a text column, by the name that each database has for it; where none is given it uses its own.
pub type Collation = PerDatabase;
