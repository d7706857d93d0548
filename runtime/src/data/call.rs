//! The functions that `migration!` hands to the program.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use super::db::Db;
use super::error::Result;

/// A call of an async function of a migration.
pub type Call = for<'a, 'b> fn(&'a mut Db<'b>) -> Pin<Box<dyn Future<Output = Result> + Send + 'a>>;

/// A function of a migration, with its name.
#[derive(Clone, Copy)]
pub struct DataFunction {
    /// The name.
    pub name: &'static str,
    /// The function.
    pub call: Call,
}

/// By name: the same function may have several addresses.
impl PartialEq for DataFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for DataFunction {}

impl fmt::Debug for DataFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DataFunction").field(&self.name).finish()
    }
}
