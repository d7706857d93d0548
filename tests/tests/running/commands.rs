//! `manage` of programs with different migrations, as processes of their own.

mod adopted;
mod branches;
mod colours;
mod django;
mod graph;
mod signals;
mod together;

use std::process::{Command, ExitCode, Output, Stdio};

use modelshift::Migrations;
use modelshift_tests::place::Place;

use crate::faults::conflicts::concurrently;
use crate::list::{
    Entry, FIRST, add_number, add_text, after_the_first, blog, create_plain, migrations, one_way, sql,
};
use crate::rows::{parts, squashed, three_apps};

/// The variables by which a child is told what to do.
const WORDS: &str = "MODELSHIFT_TEST_WORDS";
const PROGRAM: &str = "MODELSHIFT_TEST_PROGRAM";

/// A program by the migrations that it has.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Program {
    /// The migrations of the blog.
    Blog,
    /// A branch with two migrations.
    Nicks,
    /// Another branch, from the same migration on.
    Ratings,
    /// The other branch, with its migration edited.
    EditedRatings,
    /// A branch whose migration cannot be done to its end.
    Broken,
    /// A migration that takes its time.
    Slow,
    /// Two migrations.
    Parts,
    /// The same two, and one that replaces both.
    Squashed,
    /// The one that replaces both, alone.
    SquashedAlone,
    /// The same, and one that depends on the second of both.
    SquashedAndMore,
    /// Two newest migrations of one app.
    Forked,
    /// Three apps that depend on each other.
    Apps,
    /// A migration that says before which other it runs.
    Earlier,
    /// SQL with and without a way back.
    Sql,
    /// A migration that is not one transaction.
    Stages,
    /// A second migration that no database takes.
    Refused,
    /// An app without migrations.
    Empty,
    /// Ten tables in three migrations.
    TenTables,
    /// An index that is built while others use the table.
    Concurrently,
    /// Apps of different databases.
    Routed,
}

const ALL: [Program; 20] = [
    Program::Blog,
    Program::Nicks,
    Program::Ratings,
    Program::EditedRatings,
    Program::Broken,
    Program::Slow,
    Program::Parts,
    Program::Squashed,
    Program::SquashedAlone,
    Program::SquashedAndMore,
    Program::Forked,
    Program::Apps,
    Program::Earlier,
    Program::Sql,
    Program::Stages,
    Program::Refused,
    Program::Empty,
    Program::TenTables,
    Program::Concurrently,
    Program::Routed,
];

/// The first migration of programs of two.
const INITIAL: &[&str] = &["blog.0001_initial"];

impl Program {
    pub(crate) fn migrations(self) -> Migrations {
        let ratings = |default| -> Vec<Entry> {
            vec![("0002_rating", FIRST, vec![add_number("Author", "rating", default)])]
        };
        match self {
            Self::Blog => blog(),
            Self::Nicks => after_the_first(vec![
                ("0002_nick", FIRST, vec![add_text("Author", "nick"), create_plain("Tag")]),
                ("0003_word", &["blog.0002_nick"], vec![add_text("Tag", "word")]),
            ]),
            Self::Ratings => after_the_first(ratings(3)),
            Self::EditedRatings => after_the_first(ratings(4)),
            Self::Broken => after_the_first(vec![(
                "0002_broken",
                FIRST,
                vec![add_text("Author", "left"), sql("INSERT INTO nowhere (id) VALUES (1)")],
            )]),
            Self::Slow => {
                let wait = std::env::var("MODELSHIFT_TEST_WAIT").unwrap_or_default();
                after_the_first(vec![
                    ("0002_quick", FIRST, vec![add_text("Author", "quick")]),
                    (
                        "0003_slow",
                        &["blog.0002_quick"],
                        vec![add_text("Author", "slow"), sql(&wait), add_text("Author", "late")],
                    ),
                    ("0004_next", &["blog.0003_slow"], vec![add_text("Author", "next")]),
                ])
            }
            Self::Parts => parts(),
            Self::Squashed => squashed(true),
            Self::SquashedAlone => squashed(false),
            Self::SquashedAndMore => squashed(true).and(migrations(
                "shop",
                vec![("0001_initial", &["blog.0002_second"], vec![create_plain("Cart")])],
            )),
            Self::Forked => migrations(
                "blog",
                vec![
                    ("0001_initial", &[], vec![create_plain("Author")]),
                    ("0002_left", INITIAL, vec![add_text("Author", "left")]),
                    ("0002_right", INITIAL, vec![add_text("Author", "right")]),
                ],
            ),
            Self::Apps => three_apps().into_iter().fold(Migrations::default(), Migrations::and),
            Self::Earlier => django::earlier(),
            Self::Sql => migrations(
                "blog",
                vec![
                    ("0001_initial", &[], vec![create_plain("Author")]),
                    ("0002_rows", INITIAL, vec![sql("INSERT INTO blog_author (label) VALUES ('Ann')")]),
                    ("0003_one_way", &["blog.0002_rows"], vec![one_way("DELETE FROM blog_author")]),
                ],
            ),
            Self::Stages => django::stages(),
            Self::Refused => migrations(
                "blog",
                vec![
                    ("0001_initial", &[], vec![create_plain("Author")]),
                    ("0002_refused", INITIAL, vec![sql("COMMIT")]),
                ],
            ),
            Self::Empty => migrations("blog", Vec::new()),
            Self::Concurrently => concurrently(),
            Self::Routed => django::routed(),
            Self::TenTables => {
                let of = |models: std::ops::Range<usize>, operation: &dyn Fn(&str) -> _| {
                    models.map(|number| operation(&format!("Model{number}"))).collect()
                };
                let column = |model: &str| add_number(model, "rating", 3);
                migrations(
                    "blog",
                    vec![
                        ("0001_initial", &[], of(0..5, &create_plain)),
                        ("0002_more", INITIAL, of(5..10, &create_plain)),
                        ("0003_rating", &["blog.0002_more"], of(0..10, &column)),
                    ],
                )
            }
        }
    }
}

/// Returns the command that runs `manage` of a program.
pub(crate) fn command(place: &Place, program: Program, words: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "commands::child", "--nocapture"]);
    command.env(WORDS, words).env(PROGRAM, format!("{program:?}")).env("DATABASE_URL", place.address());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the exit code, and all that is said.
pub(crate) fn said(output: &Output) -> (Option<i32>, String) {
    let [out, errors] =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    // What the test harness says before it lets the child speak.
    let out = out.split_once("running 1 test\n").map_or(out.as_str(), |(_, said)| said);
    (output.status.code(), format!("{out}{errors}"))
}

/// Runs `manage` of a program.
pub(crate) fn manage(place: &Place, program: Program, words: &str) -> (Option<i32>, String) {
    said(&command(place, program, words).output().unwrap())
}

/// What the other process does; without words in the environment there is nothing to do.
#[test]
fn child() {
    let Ok(words) = std::env::var(WORDS) else {
        assert!(std::env::var(PROGRAM).is_err(), "a program needs words");
        return;
    };
    let name = std::env::var(PROGRAM).unwrap();
    let program = ALL.into_iter().find(|program| format!("{program:?}") == name).unwrap();
    let words = std::iter::once("manage").chain(words.split_whitespace()).map(Into::into);
    let code = modelshift::manage::main_from(words, program.migrations());
    let number = (0..=u8::MAX).find(|number| ExitCode::from(*number) == code).unwrap();
    std::process::exit(number.into());
}
