//! Rust values <-> what a statement writes, and what a row has.

use modelshift_schema::canonical;
use modelshift_schema::expr::Literal;

use super::types::{Date, DateTime, Decimal, Native, Time, Timestamp, Uuid};

/// A type that a column can hold.
pub trait Stored: Clone + Send + Sync + Sized + 'static {
    /// Returns the value for a statement; none for NULL.
    fn to_literal(&self) -> Option<Literal>;

    /// Reads the text of a value; none is NULL.
    ///
    /// # Errors
    /// What is wrong with the text.
    fn from_text(text: Option<&str>) -> Result<Self, String>;
}

/// Returns the text of a value that must be there.
fn present(text: Option<&str>) -> Result<&str, String> {
    text.ok_or_else(|| "it is NULL, and the field is not an `Option`".to_owned())
}

macro_rules! integers {
    ($($name:ident)*) => {
        $(impl Stored for $name {
            fn to_literal(&self) -> Option<Literal> {
                Some(Literal::Int(i128::from(*self)))
            }

            fn from_text(text: Option<&str>) -> Result<Self, String> {
                let text = present(text)?;
                text.parse().map_err(|_| format!("`{text}` is not a `{}`", stringify!($name)))
            }
        })*
    };
}

integers!(i8 i16 i32 i64 u8 u16 u32 u64);

macro_rules! floats {
    ($($name:ident)*) => {
        $(impl Stored for $name {
            fn to_literal(&self) -> Option<Literal> {
                Some(Literal::Float(format!("{self:?}")))
            }

            // What a database writes for 32 bits may be the digits of 64.
            #[allow(clippy::cast_possible_truncation, trivial_numeric_casts, reason = "the value was one of the type")]
            fn from_text(text: Option<&str>) -> Result<Self, String> {
                let text = present(text)?;
                text.parse::<f64>().map(|value| value as $name).map_err(|_| format!("`{text}` is not a number"))
            }
        })*
    };
}

floats!(f32 f64);

macro_rules! texts {
    ($($name:ident)*) => {
        $(impl Stored for $name {
            fn to_literal(&self) -> Option<Literal> {
                Some(Literal::Text(self.as_str().to_owned()))
            }

            fn from_text(text: Option<&str>) -> Result<Self, String> {
                let text = present(text)?;
                Self::read(text).map_err(|error| format!("`{text}`: {error}"))
            }
        })*
    };
}

texts!(Date Time DateTime Decimal Uuid Native);

impl Stored for Timestamp {
    fn to_literal(&self) -> Option<Literal> {
        Some(Literal::Text(self.as_str().to_owned()))
    }

    /// A text without a zone is UTC: MySQL names none.
    fn from_text(text: Option<&str>) -> Result<Self, String> {
        let text = present(text)?;
        let read = Self::read(text).or_else(|error| Self::read(&format!("{text}Z")).map_err(|_| error));
        read.map_err(|error| format!("`{text}`: {error}"))
    }
}

impl Stored for bool {
    fn to_literal(&self) -> Option<Literal> {
        Some(Literal::Bool(*self))
    }

    fn from_text(text: Option<&str>) -> Result<Self, String> {
        match present(text)? {
            "1" | "t" | "true" => Ok(true),
            "0" | "f" | "false" => Ok(false),
            other => Err(format!("`{other}` is neither true nor false")),
        }
    }
}

impl Stored for String {
    fn to_literal(&self) -> Option<Literal> {
        Some(Literal::Text(self.clone()))
    }

    fn from_text(text: Option<&str>) -> Result<Self, String> {
        present(text).map(str::to_owned)
    }
}

impl Stored for Vec<u8> {
    fn to_literal(&self) -> Option<Literal> {
        Some(Literal::Bytes(self.clone()))
    }

    /// Reads hexadecimal digits.
    fn from_text(text: Option<&str>) -> Result<Self, String> {
        canonical::from_hex(present(text)?).ok_or_else(|| "its bytes cannot be read".to_owned())
    }
}

impl Stored for serde_json::Value {
    fn to_literal(&self) -> Option<Literal> {
        Some(Literal::Text(self.to_string()))
    }

    fn from_text(text: Option<&str>) -> Result<Self, String> {
        serde_json::from_str(present(text)?).map_err(|error| format!("it is not JSON: {error}"))
    }
}

impl<T: Stored> Stored for Option<T> {
    fn to_literal(&self) -> Option<Literal> {
        self.as_ref().and_then(T::to_literal)
    }

    fn from_text(text: Option<&str>) -> Result<Self, String> {
        text.map(|text| T::from_text(Some(text))).transpose()
    }
}
