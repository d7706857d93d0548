//! Rust expressions <-> [`Expr`]: checks, conditions of indexes, defaults.

mod print;
mod read;

pub(crate) use self::print::{is_hidden, print, quoted};
pub(crate) use self::read::{Spelled, read};

#[cfg(test)]
mod tests;
