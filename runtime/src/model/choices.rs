//! Enums whose variants a column holds.

#[cfg(feature = "database")]
mod sqlx;

use std::fmt;

/// An enum that a column holds; `#[derive(Choices)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a column holds",
    label = "neither a type of a column nor an enum with `#[derive(Choices)]`",
    note = "derive `Choices` where it is an enum, or say what is in the column with `#[field(as = \"i64\")]`, or that the field has none with `#[field(skip)]`"
)]
pub trait Choices: Sized + 'static {
    /// The type of a stored value: text or an integer.
    type Value<'a>: Copy + fmt::Display;

    /// All variants, in the order of the enum.
    const ALL: &'static [Self];

    /// The name of the enum.
    const NAME: &'static str;

    /// Identifies the definition of the enum; only for the derives.
    #[doc(hidden)]
    const HASH: u64;

    /// Returns the stored value of this variant.
    fn value(&self) -> Self::Value<'static>;

    /// Returns the variant with a stored value; `None` if no variant has it.
    fn from_value(value: Self::Value<'_>) -> Option<Self>;
}

/// A value that no variant of an enum has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{value}` is not a value of `{choices}`; expected one of {known}")]
pub struct UnknownChoice {
    /// The value.
    pub value: String,
    /// The enum.
    pub choices: &'static str,
    /// The values of the enum.
    pub known: String,
}

/// Returns the variant with a stored value.
///
/// # Errors
/// [`UnknownChoice`] if no variant has the value.
pub fn parse<C: Choices>(value: C::Value<'_>) -> Result<C, UnknownChoice> {
    C::from_value(value).ok_or_else(|| {
        let known: Vec<String> = C::ALL.iter().map(|choice| format!("`{}`", choice.value())).collect();
        UnknownChoice { value: value.to_string(), choices: C::NAME, known: known.join(", ") }
    })
}

/// Fails to compile if the enum differs from the enum that the build script saw. `0` means that the enum was not seen, or
/// has errors.
#[doc(hidden)]
pub const fn agree<C: Choices>(seen: u64) {
    assert!(
        seen == 0 || C::HASH == 0 || seen == C::HASH,
        "the build script saw the enum of this field differently, so its migrations would make another column; write the enum out in a file that `mod` leads to, as it is to be; for a build without this check set `MODELSHIFT=off`"
    );
}

#[doc(hidden)]
#[macro_export]
macro_rules! __choices_of_text {
    ($name:ident) => {
        impl ::core::str::FromStr for $name {
            type Err = $crate::choices::UnknownChoice;

            fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
                $crate::choices::parse(text)
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __choices_of_integer {
    ($name:ident, $integer:ty) => {
        impl ::core::convert::TryFrom<$integer> for $name {
            type Error = $crate::choices::UnknownChoice;

            fn try_from(value: $integer) -> ::core::result::Result<Self, Self::Error> {
                $crate::choices::parse(value)
            }
        }

        impl ::core::convert::From<$name> for $integer {
            fn from(choice: $name) -> Self {
                $crate::choices::Choices::value(&choice)
            }
        }
    };
}

#[cfg(feature = "database")]
pub use self::sqlx::ListsValues;

/// Implements nothing, since no database is enabled.
#[cfg(not(feature = "database"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __choices_of_sqlx {
    ($($kind:tt)*) => {};
}
