//! The examples below the help of each command, and what the exit codes mean.

/// The exit codes, for the help of all commands.
pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    it is done, or nothing is to do
  1    it failed, or `check` or `migrate --check` found something to do
  2    the command line is invalid
  130  SIGINT ended `migrate`
  143  SIGTERM ended `migrate`

NO_COLOR in the environment switches colours off.";

pub(super) const MIGRATE: &str = "\
Examples:
  manage migrate                        apply all
  manage migrate --plan                 show the statements, and run nothing
  manage migrate blog 0002              apply or revert the app `blog` up to its migration 0002
  manage migrate blog zero              revert the whole app
  manage migrate --check                fail if something is not applied, for CI
  manage migrate --fake-initial         adopt a database that has the tables already
  manage migrate --fleet tenants.txt --parallel 8";

pub(super) const SHOWMIGRATIONS: &str = "\
Examples:
  manage showmigrations                 by app
  manage showmigrations --plan blog     in the order of the plan, with the operations
  manage showmigrations --format json";

pub(super) const SQLMIGRATE: &str = "\
Examples:
  manage sqlmigrate 0002 --dialect postgres
  manage sqlmigrate blog 0002_rating --backwards";

pub(super) const GRAPH: &str = "\
Examples:
  manage graph                          both drawings as text
  manage graph migrations blog          the migrations of one app
  manage graph schema --format mermaid --output schema.mmd
  manage graph --output graph.html      one page for a browser
  manage graph migrations --applied     with marks for what the database has";

pub(super) const EXPORT: &str = "\
Examples:
  manage export diesel --output src/schema.rs
  manage export sea-orm blog --dialect sqlite      the entities of one app";

pub(super) const REVIEW: &str = "\
Examples:
  manage review                         what is new on this branch
  manage review --since v1.4 --output review.html
  manage review --format markdown       a comment for a pull request
  manage review blog.0007_tags --dialect postgres";

pub(super) const CHECK: &str = "\
Examples:
  manage check
  manage check --database postgres://app@host/shop --format json";

pub(super) const DBSHELL: &str = "\
Examples:
  manage dbshell
  manage dbshell -- -c 'SELECT 1'       what follows `--` is for the client";

pub(super) const FLUSH: &str = "\
Examples:
  manage flush                          asks first
  manage flush --noinput";

pub(super) const DUMPDATA: &str = "\
Examples:
  manage dumpdata blog --indent 2 --output blog.json
  manage dumpdata blog.post --pks 1,2
  manage dumpdata --exclude blog.log --format jsonl
  manage dumpdata --format sql --output rows.sql      a script for `sqlite3`, `psql` or `mysql`";

pub(super) const LOADDATA: &str = "\
Examples:
  manage loaddata blog.json
  manage loaddata posts --app blog      `posts.json`, … in the folder `fixtures` of the app";

#[cfg(feature = "inspect")]
pub(super) const INSPECTDB: &str = "\
Examples:
  manage inspectdb --database sqlite://old.sqlite3
  manage inspectdb --table album --table artist --output src/models.rs";

pub(super) const BASELINE: &str = "\
Examples:
  manage baseline --plan                compare, and show what would be recorded
  manage baseline blog 0003 --yes";

pub(super) const REPAIR: &str = "\
Examples:
  manage repair                         asks first
  manage repair --yes";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::super::Arguments;

    /// Splits a line as a shell does, as far as the examples need it; ends at a comment, which two spaces precede.
    fn words(line: &str) -> Vec<String> {
        let command = line.split("   ").next().unwrap_or_default();
        let pieces = command.split('\'').enumerate();
        let words = pieces.flat_map(|(position, piece)| match position % 2 {
            0 => piece.split_whitespace().map(str::to_owned).collect(),
            _ => vec![piece.to_owned()],
        });
        words.collect()
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_is_read() {
        for command in Arguments::command().get_subcommands().filter(|it| it.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> = help.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            assert!(!examples.is_empty(), "`{}` has no examples", command.get_name());
            for example in examples {
                let words = words(example);
                assert_eq!(words.get(1).map(String::as_str), Some(command.get_name()), "{example}");
                let read = Arguments::try_parse_from(&words);
                assert!(read.is_ok(), "{example}: {}", read.unwrap_err());
            }
        }
    }

    #[test]
    fn the_help_lists_the_exit_codes() {
        let help = Arguments::command().render_long_help().to_string();
        for code in ["0", "1", "2", "130", "143"] {
            let is_listed = |line: &str| line.trim_start().split(' ').next() == Some(code);
            assert!(help.lines().any(is_listed), "`{code}` is not in {help}");
        }
    }
}
