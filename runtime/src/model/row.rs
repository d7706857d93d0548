//! Models that are made of rows: what `#[model(from_row)]` adds to a struct.

#[cfg(feature = "database")]
mod sqlx;

use std::error::Error;
use std::fmt;
use std::time::Duration;

#[cfg(feature = "database")]
pub use self::sqlx::{Address, Exact, FromRowUnder, Narrow};

/// A struct with `#[model(abstract, from_row)]`, which is made of the columns of the model that flattens it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not made of rows",
    label = "flattened into a struct with `from_row`",
    note = "write `#[model(abstract, from_row)]` at `{Self}`, too"
)]
pub trait Embedded {}

/// What must compile where a struct is made of rows, whatever the database is.
pub trait Checks {
    /// Names the types of the fields that sqlx does not read.
    fn checks();
}

/// Compiles for a struct that can be flattened into one with `from_row`.
pub const fn embedded<T: Embedded>() {}

/// Compiles for a type that has a value where no column holds one.
pub const fn without_column<T: Default>() {}

/// A span of time that a column holds as a number of microseconds.
///
/// The types of chrono and of time have a function of this name and need no implementation.
pub trait Microseconds: Sized {
    /// Creates the span.
    ///
    /// # Errors
    /// [`NegativeDuration`] if the type has no negative spans.
    fn microseconds(number: i64) -> Result<Self, NegativeDuration>;
}

impl Microseconds for Duration {
    fn microseconds(number: i64) -> Result<Self, NegativeDuration> {
        u64::try_from(number).map(Self::from_micros).map_err(|_| NegativeDuration { microseconds: number })
    }
}

/// A span of time that is negative, where its type has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a `std::time::Duration` cannot be negative, and the column holds {microseconds} microseconds; use the `Duration` of chrono or time"
)]
pub struct NegativeDuration {
    /// What the column holds.
    pub microseconds: i64,
}

/// A value, or why there is none.
pub trait Checked<T> {
    /// Returns the value.
    ///
    /// # Errors
    /// If there is none.
    fn checked(self) -> Result<T, Box<dyn Error + Send + Sync>>;
}

impl<T> Checked<T> for T {
    fn checked(self) -> Result<T, Box<dyn Error + Send + Sync>> {
        Ok(self)
    }
}

impl Checked<Duration> for Result<Duration, NegativeDuration> {
    fn checked(self) -> Result<Duration, Box<dyn Error + Send + Sync>> {
        self.map_err(Into::into)
    }
}

/// The error of a struct with mistakes, which the compiler reports elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotMade;

impl fmt::Display for NotMade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the struct has mistakes, which the compiler reports")
    }
}

impl Error for NotMade {}

/// Keeps the items, since a database is enabled.
#[cfg(feature = "database")]
#[doc(hidden)]
#[macro_export]
macro_rules! __from_row {
    ($($item:item)*) => { $($item)* };
}

/// Drops the items, since no database is enabled.
#[cfg(not(feature = "database"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __from_row {
    ($($item:item)*) => {};
}
