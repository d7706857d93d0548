//! Values that Rust has no type for without a crate: the one text of each, which crates such as chrono read and write.

use std::fmt;
use std::str::FromStr;

use modelshift_schema::canonical;

use super::error::Error;

/// Creates types that are the canonical text of a value.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident by $read:expr;)*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(String);

            impl $name {
                /// Reads a value.
                ///
                /// # Errors
                /// What is wrong with the text.
                pub fn new(text: &str) -> Result<Self, Error> {
                    Self::read(text).map_err(Error::new)
                }

                pub(super) fn read(text: &str) -> Result<Self, String> {
                    let read: fn(&str) -> Result<String, String> = $read;
                    read(text).map(Self)
                }

                /// Returns the text.
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl FromStr for $name {
                type Err = InvalidText;

                fn from_str(text: &str) -> Result<Self, InvalidText> {
                    Self::read(text).map_err(InvalidText)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(&self.0)
                }
            }
        )*
    };
}

/// A text that is not a value of the type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidText(String);

texts! {
    /// A date, as `2020-01-31`.
    Date by canonical::date;
    /// A time of day, as `12:30:00` or `12:30:00.500`.
    Time by canonical::time;
    /// A date and a time without a zone, as `2020-01-31 12:30:00`.
    DateTime by canonical::date_time;
    /// A timestamp in UTC, as `2020-01-31 12:30:00+00:00`; it is read with any zone.
    Timestamp by |text| canonical::timestamp(text).map(|text| format!("{text}+00:00"));
    /// An exact decimal number, as `12.50`.
    Decimal by decimal;
    /// A UUID, as `67e55044-10b1-426f-9247-bb680e5fe0c8`.
    Uuid by |text| canonical::uuid(text).map(canonical::hyphenated);
    /// A value of a type that PostgreSQL alone has, as PostgreSQL writes it.
    Native by |text| Ok(text.to_owned());
}

fn decimal(text: &str) -> Result<String, String> {
    let is_plain =
        text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'+' | b'-' | b'e' | b'E'));
    match text.parse::<f64>() {
        Ok(_) if is_plain => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err(format!("`{text}` is not a decimal number, such as `12.50`")),
    }
}
