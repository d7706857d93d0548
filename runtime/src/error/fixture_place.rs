//! Where something stands in a fixture.

use std::fmt;

/// Where something stands in a fixture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixturePlace {
    /// The file, as it was named; `-` for standard input.
    pub file: String,
    /// The number of the object, from 1; 0 for the file as a whole.
    pub object: u64,
    /// The line, from 1; 0 where it is not known.
    pub line: u64,
    /// The column, from 1; 0 where it is not known.
    pub column: u64,
}

impl fmt::Display for FixturePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.file)?;
        if self.object > 0 {
            write!(f, ", object {}", self.object)?;
        }
        if self.line > 0 {
            write!(f, ", line {}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ", column {}", self.column)?;
        }
        Ok(())
    }
}
