//! What the derive says of a struct whose fields others embed, and how its columns are called there.

use std::marker::PhantomData;

/// A struct whose fields models embed by `#[field(flatten)]`; `#[derive(Model)]` with `#[model(abstract)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be flattened",
    note = "a struct that others flatten has `#[derive(Model)]` and `#[model(abstract)]`"
)]
pub trait Abstract {
    /// The type of its part of the primary key; `()` where it has none.
    type Key;

    /// The struct of its columns.
    type Columns;

    /// The struct as its source has it, in JSON.
    const SCHEMA: &'static str;
}

/// What the names of columns begin with.
pub trait Prefix {
    /// The text, mostly empty.
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

/// One prefix behind another, for a struct that is flattened inside one that is flattened.
#[derive(Clone, Copy, Debug, Default)]
pub struct Both<P, Q>(PhantomData<(P, Q)>);

impl<P: Prefix, Q: Prefix> Prefix for Both<P, Q> {
    const TEXT: &'static str = const { &Name::new(P::TEXT, Q::TEXT) }.text();
}

/// The most bytes of a name; databases have less.
const ROOM: usize = 256;

/// A name put together while the service is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    bytes: [u8; ROOM],
    length: usize,
}

impl Name {
    /// Puts a prefix and a name together.
    ///
    /// # Panics
    /// While compiling, where the two have more than 256 bytes.
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
        // Two texts, one behind the other, are text.
        match str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}
