//! Text that a person writes for a value -> the one text that the value has, or what is wrong with it.
//!
//! One value has one text, and it is the text that sqlx writes: databases that keep a value as text compare the text.
//! What no database holds without a change (a 30 February, a seventh digit of a second) has none.

mod json;
mod list;
mod network;
mod number;
mod temporal;

pub use self::json::json;
pub use self::list::list;
pub use self::network::{mac_address, network};
pub use self::number::{decimal, float};
pub use self::temporal::{date, date_time, time, timestamp};

/// Reads a UUID: 32 hexadecimal digits, with or without dashes between them.
///
/// # Errors
/// What is wrong with the text.
pub fn uuid(text: &str) -> Result<[u8; 16], String> {
    let wrong = || "a UUID has 32 hexadecimal digits".to_owned();
    let digits: String = text.chars().filter(|it| *it != '-').collect();
    // A sign before a digit reads as a number, so that what is not a digit is looked for by itself.
    if digits.len() != 32 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u128::from_str_radix(&digits, 16).map(u128::to_be_bytes).map_err(|_| wrong())
}
