//! Rust expressions <-> [`Expr`](modelshift_schema::expr::Expr): checks, conditions of indexes, defaults.

mod print;
mod read;

pub(crate) use self::print::print;
pub(crate) use self::read::{Spelled, read};

#[cfg(test)]
mod tests;
