//! Text of a value in source -> the canonical text of the value, or what is wrong with it.
//!
//! One value has one text, and it is the text that sqlx writes: databases that keep a value as text compare the text.
//! A value that no database stores unchanged (30 February, a seventh digit of a second) has none.

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
    // A sign before a digit is part of a number, so the first character that is not a digit is searched for separately.
    if digits.len() != 32 || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    u128::from_str_radix(&digits, 16).map(u128::to_be_bytes).map_err(|_| wrong())
}

/// Writes a UUID with its dashes.
pub fn hyphenated(uuid: [u8; 16]) -> String {
    let digits = uuid.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| digits.get(range).unwrap_or_default());
    parts.join("-")
}

/// Reads bytes that are written as hexadecimal digits; none where the text is something else.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}
