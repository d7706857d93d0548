//! `makemigrations`: writes the missing migrations, asks questions, or only reports.

use std::io::{BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use modelshift_build::request::{Command, File, Response};
use modelshift_schema::answers::Answers;
use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::name::AppLabel;
use modelshift_syntax::answers::{print_answers, read_answers};

use crate::Place;
use crate::package::Package;
use crate::prompt::{Cancelled, Prompt};
use crate::screen::{complain, failure, say, say_aside, say_done, warn};
use crate::script::{ScriptError, ask};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Options {
    /// The selected apps; all if none is named.
    apps: Vec<String>,
    /// The name of the new migrations, after their number.
    #[arg(short, long)]
    name: Option<String>,
    /// Write an empty migration, to be completed by hand.
    #[arg(long, conflicts_with_all = ["merge", "check", "dry_run", "answers"])]
    empty: bool,
    /// Write a migration that joins the newest ones of an app.
    #[arg(long, conflicts_with_all = ["check", "dry_run", "answers", "name"])]
    merge: bool,
    /// Put a branch after the other one, with the next numbers: the branch that ends in this migration, or the one that git
    /// does not record yet.
    #[arg(
        long, num_args = 0..=1, require_equals = true, value_name = "MIGRATION",
        conflicts_with_all = ["merge", "empty", "check", "dry_run", "answers", "name"]
    )]
    #[expect(clippy::option_option, reason = "the option may stand without a value")]
    rebase: Option<Option<String>>,
    /// Write nothing, and fail if a migration is missing.
    #[arg(long)]
    check: bool,
    /// Write nothing, and print the migrations that would be written.
    #[arg(long)]
    dry_run: bool,
    /// A file of answers, with lines such as `blog.Post.title: renamed_from = "name"`.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Do not ask questions.
    #[arg(long, alias = "noinput")]
    no_input: bool,
    /// Ask questions on standard input even if it is not a terminal.
    #[arg(long, conflicts_with = "no_input")]
    ask: bool,
}

impl Options {
    fn may_ask(&self) -> bool {
        let is_terminal = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        self.ask || (is_terminal && !self.no_input)
    }

    fn apps(&self) -> Vec<AppLabel> {
        self.apps.iter().map(AppLabel::new).collect()
    }

    /// Reads the file of answers, and prints the errors in it.
    fn read_answers(&self) -> Result<Answers, ExitCode> {
        let Some(file) = &self.answers else { return Ok(Answers::default()) };
        let text = std::fs::read_to_string(file).map_err(|error| {
            complain(ErrorCode::FileAccess, format_args!("cannot read `{}`: {error}", file.display()));
            ExitCode::from(2)
        })?;
        read_answers(&text).map_err(|errors| {
            for error in errors {
                let message = format_args!("{}:{}: {}", file.display(), error.line, error.message);
                complain(ErrorCode::AnswersFile, message);
            }
            ExitCode::from(2)
        })
    }
}

pub(crate) fn run(package: &Package, place: &Place, options: &Options) -> ExitCode {
    let done = if options.empty {
        let name = options.name.clone().unwrap_or_else(|| "custom".to_owned());
        ask(package, place, Command::Empty { app: options.apps().into_iter().next(), name })
    } else if options.merge {
        if !may_merge(options) {
            return ExitCode::FAILURE;
        }
        ask(package, place, Command::Merge { app: options.apps().into_iter().next() })
    } else if let Some(local) = &options.rebase {
        let (app, local) = (options.apps().into_iter().next(), local.clone());
        ask(package, place, Command::Rebase { app, local })
    } else {
        return make(package, place, options);
    };
    match done {
        Ok(response) => print_response(&response, options),
        Err(error) => failure(&error),
    }
}

fn may_merge(options: &Options) -> bool {
    let mut prompt = prompt();
    let question =
        "The merge migration joins the newest migrations; it does not define their order. Write it?";
    !options.may_ask() || prompt.confirm(question, Some(false)).unwrap_or(false)
}

fn prompt() -> Prompt<BufReader<std::io::Stdin>, std::io::Stderr> {
    Prompt::new(BufReader::new(std::io::stdin()), std::io::stderr())
}

fn make(package: &Package, place: &Place, options: &Options) -> ExitCode {
    let from_file = match options.read_answers() {
        Ok(answers) => answers,
        Err(code) => return code,
    };
    let mut given = Answers::default();
    match ask_until_answered(package, place, options, &from_file, &mut given) {
        Ok(Ok(response)) => {
            let code = print_response(&response, options);
            if !given.is_empty() && response.errors.is_empty() {
                say("the same answers as a file for `--answers`, to run without questions:");
                say(print_answers(&given).trim_end());
            }
            code
        }
        Ok(Err(Cancelled)) => ExitCode::FAILURE,
        Err(error) => failure(&error),
    }
}

/// Sends requests to the script, and asks the person, until all questions are answered or questions are not allowed.
fn ask_until_answered(
    package: &Package,
    place: &Place,
    options: &Options,
    from_file: &Answers,
    given: &mut Answers,
) -> Result<Result<Response, Cancelled>, ScriptError> {
    let mut prompt = prompt();
    loop {
        let mut answers = from_file.clone();
        answers.extend(given);
        let (apps, name) = (options.apps(), options.name.clone());
        let write = !options.check && !options.dry_run;
        let response = ask(package, place, Command::Make { apps, name, answers, write })?;
        // One question at a time, since its answer may also answer the next one.
        match response.questions.first() {
            Some((at, question)) if options.may_ask() => match prompt.question(at, question) {
                Ok((subject, answer)) => given.add(subject, answer),
                Err(Cancelled) => return Ok(Err(Cancelled)),
            },
            Some(_) | None => return Ok(Ok(response)),
        }
    }
}

/// Prints the warnings, errors and files of a response; returns true without errors.
pub(crate) fn print_files(response: &Response, only_shows: bool) -> bool {
    for warning in &response.warnings {
        warn(warning);
    }
    for error in &response.errors {
        complain(error.code, &error.message);
    }
    for subject in &response.unused {
        warn(format_args!("no question is about `{subject}`, so its answer is not used"));
    }
    for file in response.files.iter().filter(|file| file.changed) {
        let verb = if only_shows { "would write" } else { "wrote" };
        say_done(verb, format_args!("{}: {}", file.path, summary(file)));
    }
    for (from, to) in &response.renamed {
        say_done("renamed", format_args!("{from} to {to}"));
    }
    if !response.renamed.is_empty() {
        say(
            "a database to which they are applied under their old names must revert them first: `migrate` reports how",
        );
    }
    response.errors.is_empty()
}

/// Returns the description in the first line of a file.
fn summary(file: &File) -> &str {
    let first = file.text.lines().next().unwrap_or_default();
    first.strip_prefix("//!").unwrap_or(first).trim()
}

fn print_response(response: &Response, options: &Options) -> ExitCode {
    let only_shows = options.check || options.dry_run;
    let mut is_well = print_files(response, only_shows);
    let missing: Vec<&File> = response.files.iter().filter(|file| file.changed).collect();
    if options.dry_run {
        for file in &missing {
            say(format_args!("\n{}", file.text.trim_end()));
        }
    }
    for (place, question) in &response.questions {
        complain(question.code(), format_args!("{place}: {}", question.message()));
    }
    if !response.questions.is_empty() {
        say_aside(
            "no migration is written until this is answered: in the struct, on a terminal, or by `--answers FILE`",
        );
    }
    is_well &= response.questions.is_empty();
    if is_well && missing.is_empty() && response.renamed.is_empty() {
        say("no migration is missing");
    }
    is_well &= !options.check || missing.is_empty();
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
