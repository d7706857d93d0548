//! Abstract structs, whose fields models embed, and the names of their columns.

use std::marker::PhantomData;

/// A struct whose fields models embed by `#[field(flatten)]`; `#[derive(Model)]` with `#[model(abstract)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    note = "a struct that others flatten has `#[derive(Model)]` and `#[model(abstract)]`"
)]
pub trait Abstract {
    /// The type of its part of the primary key; `()` if it has none.
    type Key;

    /// The struct of its columns.
    type Columns;

    /// The struct as written in its source, in JSON.
    const SCHEMA: &'static str;
}

/// A prefix of the names of columns.
pub trait Prefix {
    /// The text, which is usually empty.
    const TEXT: &'static str;
}

/// The columns of a struct that is flattened under a prefix.
pub trait ColumnsUnder<P: Prefix>: Abstract {
    /// The columns, each by its name in the table.
    const COLUMNS: Self::Columns;
}

/// No prefix.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPrefix;

impl Prefix for NoPrefix {
    const TEXT: &'static str = "";
}

/// Two prefixes, for nested flattened structs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Both<P, Q>(PhantomData<(P, Q)>);

impl<P: Prefix, Q: Prefix> Prefix for Both<P, Q> {
    const TEXT: &'static str = const { &Name::new(P::TEXT, Q::TEXT) }.text();
}

/// The most bytes of a name; the limits of databases are lower.
const ROOM: usize = 256;

/// A name that is built at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    bytes: [u8; ROOM],
    length: usize,
}

impl Name {
    /// Creates a name from a prefix and a name.
    ///
    /// # Panics
    /// At compile time, if the two have more than 256 bytes.
    pub const fn new(prefix: &str, name: &str) -> Self {
        let parts = [prefix.as_bytes(), name.as_bytes()];
        let mut bytes = [0; ROOM];
        let (mut length, mut part) = (0, 0);
        while part < 2 {
            let mut place = 0;
            while place < parts[part].len() {
                bytes[length] = parts[part][place];
                length += 1;
                place += 1;
            }
            part += 1;
        }
        Self { bytes, length }
    }

    /// Returns the whole name.
    pub const fn text(&self) -> &str {
        // The concatenation of two texts is valid UTF-8.
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
