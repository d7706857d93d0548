//! The codes of errors, refusals and questions: the one list of them. `docs/errors.md` explains each.
//!
//! A code never changes its meaning, and the number of a removed code is not used again.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($($(#[doc = $title:literal])+ $name:ident = $number:literal,)*) => {
        /// The code of a kind of error, refusal or question, such as `MS0012`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum ErrorCode {
            $($(#[doc = $title])+ $name = $number,)*
        }

        impl ErrorCode {
            /// All codes, by their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the title of the code: what is wrong, in a few words.
            pub fn title(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($title),+).trim_ascii(),)*
                }
            }
        }
    };
}

codes! {
    // The command line, and the way to the database.
    /// The address of the database cannot be read
    DatabaseAddress = 1,
    /// The program was built without support for the database
    NoDriver = 2,
    /// The file `.env` cannot be read
    EnvironmentFile = 3,
    /// The address of the database cannot be found
    AddressFile = 4,
    /// The databases of a fleet are not what they have to be
    Fleet = 5,
    /// The database cannot be opened
    CannotOpen = 6,
    /// The file of the database was replaced
    FileReplaced = 7,
    /// The database is read-only
    ReadOnly = 8,
    /// Another process locked the database
    Locked = 9,
    /// The database reported an error outside of a migration
    DatabaseReported = 10,
    /// The command line is invalid
    CommandLine = 11,
    /// There is no migration of this name
    UnknownMigration = 12,
    /// There is no app of this name, or no app was named
    UnknownApp = 13,
    /// Several migrations match the name
    AmbiguousMigration = 14,
    /// A file cannot be read or written
    FileAccess = 15,
    /// The database has no schemas inside of it
    NoSchemas = 16,
    /// Something in a fixture is wrong
    Fixture = 17,
    /// A request to dump or load fixtures cannot be fulfilled
    FixtureRequest = 18,

    // The history that a database keeps.
    /// The table of the history cannot be read
    HistoryUnreadable = 20,
    /// Operations cannot be written into the history
    HistoryUnwritable = 21,
    /// A migration was edited after it was applied
    EditedMigration = 22,
    /// The program is older than its sources
    OldProgram = 23,
    /// The database is ahead of the program
    DatabaseAhead = 24,
    /// A migration is applied without one that it depends on
    InconsistentHistory = 25,
    /// Rows of the history were changed
    HistoryDamaged = 26,
    /// A row of the history is missing
    HistoryRowMissing = 27,
    /// Another process changed the history during the run
    HistoryChanged = 28,
    /// A migration is applied in part
    PartiallyApplied = 29,
    /// A migration that the program does not know is applied in part
    UnknownPartial = 30,
    /// The tables are there, and are not as the migration creates them
    NotAdoptable = 31,
    /// There is nothing to record up to the migration
    NotBaseline = 32,

    // Migrations, plans and runs.
    /// The migrations do not fit together
    InconsistentMigrations = 40,
    /// A migration was compiled by another version
    OtherVersion = 41,
    /// A migration was written for an app with another label
    OtherLabel = 42,
    /// An operation does not fit the history before it
    OperationMisfit = 43,
    /// The database cannot do what an operation asks
    Unsupported = 44,
    /// An app has more than one newest migration
    Branches = 45,
    /// The run cannot be one transaction
    NotOneTransaction = 46,
    /// The program stopped the run
    Hook = 47,
    /// A statement of a migration failed
    StatementFailed = 48,
    /// A function of a migration failed
    FunctionFailed = 49,
    /// A file of a migration could not be loaded
    LoadFailed = 50,
    /// A migration would leave the database broken
    Refused = 51,

    // The build step.
    /// A variable of build scripts is not set
    NoBuildVariable = 60,
    /// The label of an app is invalid
    InvalidLabel = 61,
    /// The value of `MODELSHIFT` is unknown
    UnknownMode = 62,
    /// There are models in more than one binary
    TwoBinaries = 63,
    /// The migrations of an app have no place
    NoPlace = 64,
    /// The migrations of an app are declared twice
    TwoPlaces = 65,
    /// A `migrations!` declares another app than the one that it is in
    WrongPlace = 66,
    /// The exports of a dependency cannot be read
    UnreadableExports = 67,
    /// Two dependencies export different types under one name
    SameExport = 68,
    /// Two apps have the same label
    SameLabel = 69,
    /// A condition cannot be decided by the build script
    UndecidedCondition = 70,
    /// A source file cannot be read as Rust
    NotRust = 71,
    /// A migration file cannot be read
    UnreadableMigration = 72,
    /// The name of a migration is invalid
    MigrationName = 73,
    /// Something that is not a file has the name of a migration
    MigrationNotFile = 74,
    /// A draft cannot be removed
    StaleDraft = 75,
    /// Models and migrations cannot be compared
    Incomparable = 76,
    /// The build script does not see a model that is in the sources
    ModelNotSeen = 77,
    /// A migration is missing
    MigrationMissing = 78,
    /// Something in the source must be corrected before a migration is written
    SourceMistake = 79,

    // Models that are invalid, or that no migration leads to.
    /// A model is invalid
    InvalidModel = 80,
    /// A field refers to something that is not a model
    NoTarget = 81,
    /// Two models have the same table
    SameTable = 82,
    /// Two fields have the same column
    SameColumn = 83,
    /// Two indexes or constraints have the same name
    SameObject = 84,
    /// A table, an index or a constraint has a name that modelshift needs
    OwnTable = 85,
    /// An index or a constraint has the name of a table
    NameOfTable = 86,
    /// The primary key moves while references to it exist
    KeyMoved = 87,
    /// A new name is still in use
    NameInUse = 88,
    /// The changes need each other in a circle
    Circle = 89,
    /// The changes were not understood
    NotConverged = 90,

    // Questions.
    /// Existing rows have no value for a new field
    NewNotNull = 100,
    /// Existing rows may hold NULL where it is forbidden from now on
    NullToNotNull = 101,
    /// A backfill reads a field that does not exist
    UnknownSource = 102,
    /// A backfill reads a field that may hold NULL
    NullSource = 103,
    /// A backfill does not fit the column
    Misfit = 104,
    /// Raw SQL names a removed column
    RawColumn = 105,
    /// A field may have been renamed
    RenamedField = 106,
    /// A field is stored in another way
    ReplacedField = 107,
    /// A model may have been renamed
    RenamedModel = 108,
    /// A `renamed_from` names something that is not in the history
    UnknownOrigin = 109,
    /// A `renamed_from` names something that still exists
    OriginStillThere = 110,
    /// Two `renamed_from` name the same
    SharedOrigin = 111,
    /// A reference now refers to another model
    OtherTarget = 112,
    /// A name may now belong to another model or field
    TakenName = 113,
    /// A field may have moved to another model
    MovedField = 114,
    /// A variant of an enum was removed, and rows may hold it
    RemovedChoice = 115,

    // Commands over the sources.
    /// A squash needs more than one migration
    OneMigration = 120,
    /// There is nothing to merge
    NothingToMerge = 121,
    /// It is not clear which branch to put after the other
    WhichBranch = 122,
    /// A migration file has no list of dependencies
    NoDependencies = 123,
    /// A migration replaces no existing one
    ReplacesNone = 124,
    /// The migrations cannot become one
    CannotSquash = 125,
    /// The branches cannot be joined
    CannotMerge = 126,
    /// The package cannot be found
    NoPackage = 130,
    /// Cargo cannot be started
    NoCargo = 131,
    /// The build script did not answer
    NoAnswer = 132,
    /// The package has no program `manage`
    NoManage = 133,
    /// The package cannot be set up automatically
    CannotSetUp = 134,
    /// A file of answers cannot be read
    AnswersFile = 135,
}

/// A text that is not the code of an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no error code `{text}`; write one such as `MS0012`, as errors show it")]
pub struct UnknownCode {
    /// The text.
    pub text: String,
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MS{:04}", *self as u16)
    }
}

impl FromStr for ErrorCode {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let known = Self::ALL.iter().find(|code| code.to_string().eq_ignore_ascii_case(text));
        known.copied().ok_or_else(|| UnknownCode { text: text.to_owned() })
    }
}

impl TryFrom<String> for ErrorCode {
    type Error = UnknownCode;

    fn try_from(text: String) -> Result<Self, UnknownCode> {
        text.parse()
    }
}

impl From<ErrorCode> for String {
    fn from(code: ErrorCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_sorted_and_read_as_they_are_written() {
        assert!(ErrorCode::ALL.is_sorted_by(|one, other| (*one as u16) < (*other as u16)));
        for code in ErrorCode::ALL {
            assert_eq!(code.to_string().parse(), Ok(*code));
            assert!(!code.title().is_empty() && !code.title().ends_with('.'), "{code}");
        }
        assert_eq!(ErrorCode::UnknownMigration.to_string(), "MS0012");
        assert_eq!("ms0012".parse(), Ok(ErrorCode::UnknownMigration));
        assert_eq!("MS9999".parse::<ErrorCode>(), Err(UnknownCode { text: "MS9999".to_owned() }));
    }
}
