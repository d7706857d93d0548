//! The examples below the help of each command, and what the exit codes mean.

/// The commands of the project's program, and the exit codes, for the help of the whole.
pub(crate) const WHOLE: &str = "\
Commands of the project's own program `manage`, which is built and run:
  migrate, showmigrations, sqlmigrate, graph, export, review, check, repair, baseline, dumpdata, loaddata, flush, dbshell

`cargo modelshift migrate --help` lists the options of one of them.

Exit codes:
  0    it is done, or nothing is to do
  1    it failed, something is missing (`--check`), or a question must be answered
  2    the command line or a file of answers cannot be read
Commands of `manage` end with its code, which is also 130 or 143 if a signal ended `migrate`.

NO_COLOR in the environment switches colours off.";

pub(crate) const INIT: &str = "\
Examples:
  cargo modelshift init                                  a library, SQLite
  cargo modelshift init --database postgres,sqlite       two databases
  cargo modelshift init --app blog=src/blog --app news=src/news";

pub(crate) const MAKEMIGRATIONS: &str = "\
Examples:
  cargo modelshift makemigrations                        write what is missing, and ask
  cargo modelshift makemigrations --check                fail if something is missing, for CI
  cargo modelshift makemigrations blog --name ratings    one app, with a name
  cargo modelshift makemigrations --answers answers.txt --no-input
  cargo modelshift makemigrations blog --empty           a migration to be written by hand
  cargo modelshift makemigrations --merge                join two branches
  cargo modelshift makemigrations --rebase=0007_tags     put a branch behind the other";

#[cfg(feature = "inspectdb")]
pub(crate) const INSPECTDB: &str = "\
Examples:
  cargo modelshift inspectdb --database sqlite://old.sqlite3
  cargo modelshift inspectdb --table album --output src/models.rs";

pub(crate) const OPTIMIZEMIGRATION: &str = "\
Examples:
  cargo modelshift optimizemigration blog 0004
  cargo modelshift optimizemigration blog 0004 --check   fail if it can be shorter";

pub(crate) const SQUASHMIGRATIONS: &str = "\
Examples:
  cargo modelshift squashmigrations blog 0012            0001 to 0012
  cargo modelshift squashmigrations blog 0003 0012 --name before_launch
  cargo modelshift squashmigrations blog 0001_squashed --finish";

pub(crate) const EXPLAIN: &str = "\
Examples:
  cargo modelshift explain MS0012                        the cause, and what to do
  cargo modelshift explain                               all codes";

pub(crate) const COMPLETIONS: &str = "\
Examples:
  cargo modelshift completions bash                      `source <(…)` in ~/.bashrc
  cargo modelshift completions zsh                       a file `_cargo-modelshift` in a folder of $fpath
  cargo modelshift completions fish                      `… | source` in ~/.config/fish/config.fish";

pub(crate) const MAN: &str = "\
Examples:
  cargo modelshift man --output ~/.local/share/man/man1
  man cargo-modelshift-migrate";

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use crate::shell::whole;
    use crate::{Arguments, help};

    /// Returns the words of an example, without the comment that three spaces precede.
    fn words(line: &str) -> Vec<&str> {
        let command = line.trim_start().split("   ").next().unwrap_or_default();
        command.split_whitespace().collect()
    }

    #[test]
    fn every_command_has_examples_and_each_of_them_is_read() {
        for command in Arguments::command().get_subcommands().filter(|it| it.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<Vec<&str>> =
                help.lines().filter(|line| line.starts_with("  ")).map(words).collect();
            assert!(!examples.is_empty(), "`{}` has no examples", command.get_name());
            for words in examples.iter().filter(|words| words[0] == "cargo") {
                assert_eq!(words[..3], ["cargo", "modelshift", command.get_name()]);
                let read = Arguments::try_parse_from(&words[1..]);
                assert!(read.is_ok(), "{words:?}: {}", read.unwrap_err());
            }
        }
    }

    #[test]
    fn the_whole_command_line_has_every_command_that_the_help_lists() {
        let whole = whole();
        let listed = help::WHOLE.lines().nth(1).unwrap_or_default();
        for name in listed.split(',').map(str::trim) {
            assert!(whole.find_subcommand(name).is_some(), "`{name}`");
        }
        for name in crate::manage::COMMANDS {
            assert!(listed.contains(name), "`{name}`");
        }
        // Building it checks that no option of a command is there twice.
        whole.debug_assert();
    }
}
