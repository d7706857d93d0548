//! `completions` and `man`: what shells and `man` know of the whole command line, with the commands of `manage`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, Args, Command, CommandFactory};
use clap_complete::Shell;
use modelshift_schema::error_code::ErrorCode;

use crate::Arguments;
use crate::screen::{complain, say_done};

/// The name of the program, under which `cargo` finds it.
const PROGRAM: &str = "cargo-modelshift";

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell.
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder for the pages, which is made; pages that are there are replaced.
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
}

/// Prints the completions for a shell.
pub(crate) fn completions(options: &Completions) -> ExitCode {
    let mut text = Vec::new();
    // In a name with a hyphen, the script of `clap_complete` for bash does not find the options of subcommands.
    let name = if options.shell == Shell::Bash { "cargo_modelshift" } else { PROGRAM };
    clap_complete::generate(options.shell, &mut whole(), name, &mut text);
    text.extend(of_cargo(options.shell).bytes());
    // A closed pipe is not an error.
    let _ = std::io::stdout().write_all(&text);
    ExitCode::SUCCESS
}

/// Writes the manual pages into a folder.
pub(crate) fn man(options: &Man) -> ExitCode {
    let folder = options.output.as_path();
    if let Err(error) = write_pages(folder) {
        let message = format_args!("cannot write manual pages into `{}`: {error}", folder.display());
        complain(ErrorCode::FileAccess, message);
        return ExitCode::FAILURE;
    }
    say_done("wrote", format_args!("manual pages into {}", folder.display()));
    ExitCode::SUCCESS
}

fn write_pages(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(whole(), folder)
}

/// Returns the whole command line: the commands of this program, and those of `manage`.
pub(crate) fn whole() -> Command {
    let own = Arguments::command().name(PROGRAM).bin_name(PROGRAM);
    let globals: Vec<Arg> = own.get_arguments().filter(|arg| arg.is_global_set()).cloned().collect();
    // The options of the package stand before a command of `manage`, since it has options of the same names.
    let mut whole = own.mut_args(|arg| arg.global(false));
    let names: Vec<String> = whole.get_subcommands().map(|it| it.get_name().to_owned()).collect();
    let plain: Vec<Arg> = globals.into_iter().map(|arg| arg.global(false)).collect();
    for name in names.iter().filter(|name| *name != "inspectdb") {
        whole = whole.mut_subcommand(name, |command| command.args(plain.clone()));
    }
    for command in of_manage() {
        let name = command.get_name().to_owned();
        whole = if names.contains(&name) {
            whole.mut_subcommand(name, |_| command)
        } else {
            whole.subcommand(command)
        };
    }
    whole
}

/// Returns the commands of `manage`, each with the options that all of them have.
#[cfg(feature = "inspectdb")]
fn of_manage() -> Vec<Command> {
    let manage = modelshift::manage::command_line();
    let globals = manage.get_arguments().filter(|arg| arg.is_global_set());
    let globals: Vec<Arg> = globals.map(|arg| arg.clone().global(false)).collect();
    manage.get_subcommands().map(|command| command.clone().args(globals.clone())).collect()
}

/// Returns the commands of `manage` by their names only, since this program was built without the library.
#[cfg(not(feature = "inspectdb"))]
fn of_manage() -> Vec<Command> {
    crate::manage::COMMANDS
        .map(|name| Command::new(name).about("A command of the project's program `manage`"))
        .into()
}

/// Returns what a shell needs besides, so that `cargo modelshift` is completed as `cargo-modelshift` is. The completion that
/// zsh has for cargo calls that of the program by itself.
fn of_cargo(shell: Shell) -> &'static str {
    if shell == Shell::Bash {
        BASH
    } else if shell == Shell::Fish {
        FISH
    } else {
        ""
    }
}

/// Keeps the completion of cargo for all other commands.
const BASH: &str = r#"
_cargo_modelshift_known=$(complete -p cargo 2>/dev/null | sed -n 's/.* -F \([^ ]*\) .*/\1/p')
if [[ "$_cargo_modelshift_known" != "_cargo_with_modelshift" ]]; then
    _cargo_before_modelshift=$_cargo_modelshift_known
fi
_cargo_with_modelshift() {
    if [[ "${COMP_WORDS[1]}" == "modelshift" && "$COMP_CWORD" -gt 1 ]]; then
        COMP_WORDS=("cargo-modelshift" "${COMP_WORDS[@]:2}")
        COMP_CWORD=$((COMP_CWORD - 1))
        _cargo_modelshift cargo-modelshift "$2" "$3"
    elif [[ -n "$_cargo_before_modelshift" ]]; then
        "$_cargo_before_modelshift" "$@"
    elif declare -F _cargo >/dev/null; then
        _cargo "$@"
    fi
}
complete -F _cargo_modelshift -o bashdefault -o default cargo-modelshift
complete -F _cargo_with_modelshift -o bashdefault -o default cargo
"#;

const FISH: &str = r#"
complete -c cargo -f -n "__fish_seen_subcommand_from modelshift" -a "(complete -C (string replace -r '^.*?\bcargo\s+modelshift' 'cargo-modelshift' -- (commandline -cp)))"
"#;
