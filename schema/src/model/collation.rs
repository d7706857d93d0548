//! How text is compared and sorted.

use serde::{Deserialize, Serialize};

use crate::model::per_database::PerDatabase;

/// The collation of a text column, by its name in each database; a database without one uses its default.
pub type Collation = PerDatabase;

/// Who compares and sorts for a collation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CollationProvider {
    /// The library of the system.
    #[default]
    Libc,
    /// ICU.
    Icu,
}

impl CollationProvider {
    /// Every provider, in the order of the enum.
    pub const ALL: [Self; 2] = [Self::Libc, Self::Icu];

    /// Returns the name, such as `icu`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Libc => "libc",
            Self::Icu => "icu",
        }
    }
}

/// A collation as it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCollation {
    /// The name by which fields know it.
    pub name: String,
    /// What the provider calls the rules, such as `de-u-ks-level2`.
    pub locale: String,
    /// Who compares and sorts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub provider: CollationProvider,
    /// False where texts that differ in their bytes may be equal.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub deterministic: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_default(provider: &CollationProvider) -> bool {
    *provider == CollationProvider::default()
}

fn yes() -> bool {
    true
}
