//! What shells and `man` know of the commands, and colours: the program itself, in real shells.

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cargo-modelshift");

fn run(words: &[&str]) -> Output {
    Command::new(PROGRAM).args(words).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Completes a line in bash, as the person's shell does, and returns the words that it offers.
fn completed(folder: &Path, line: &str) -> String {
    let script = format!(
        "_cargo() {{ COMPREPLY=(of cargo itself); }}\ncomplete -F _cargo cargo\nsource ./completions\nsource ./completions\n\
         COMP_WORDS=({line}); COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); COMPREPLY=()\n\
         called=$(complete -p \"${{COMP_WORDS[0]}}\" | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')\n\
         \"$called\" \"${{COMP_WORDS[0]}}\" \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
         echo \"${{COMPREPLY[*]}}\""
    );
    let run = Command::new("bash").args(["-c", &script]).current_dir(folder).output().expect("bash starts");
    assert!(run.status.success(), "{}", text(&run.stderr));
    text(&run.stdout).trim().to_owned()
}

#[test]
fn bash_completes_the_commands_of_both_programs_under_both_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let printed = run(&["completions", "bash"]);
    std::fs::write(folder.path().join("completions"), &printed.stdout).expect("a file");
    for (line, expected) in [
        ("cargo-modelshift makem", "makemigrations"),
        ("cargo modelshift makem", "makemigrations"),
        ("cargo modelshift makemigrations --dry", "--dry-run"),
        ("cargo-modelshift migrate --fake-", "--fake-initial"),
        ("cargo modelshift migrate --fake-", "--fake-initial"),
        ("cargo modelshift graph sch", "schema"),
        ("cargo build", "of cargo itself"),
    ] {
        assert_eq!(completed(folder.path(), line), expected, "{line}");
    }
}

#[test]
fn every_shell_has_completions() {
    for (shell, begins) in [
        ("zsh", "#compdef cargo-modelshift"),
        ("fish", "# Print an optspec"),
        ("powershell", "\nusing namespace"),
        ("elvish", "\nuse builtin;"),
    ] {
        let printed = text(&run(&["completions", shell]).stdout);
        assert!(printed.starts_with(begins), "{shell}: {printed}");
        for word in ["makemigrations", "migrate", "fake-initial", "dumpdata"] {
            assert!(printed.contains(word), "{shell}: `{word}`");
        }
    }
    assert_eq!(run(&["completions", "tcsh"]).status.code(), Some(2));
}

#[test]
fn every_command_has_a_manual_page_with_its_examples() {
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man1");
    let written = run(&["man", "--output", &pages.display().to_string()]);
    assert!(written.status.success(), "{}", text(&written.stderr));
    let help = text(&run(&["--help"]).stdout);
    assert!(help.contains("Exit codes:") && help.contains("NO_COLOR"), "{help}");
    for name in ["init", "makemigrations", "squashmigrations", "inspectdb", "completions", "migrate", "graph"]
    {
        let page = std::fs::read_to_string(pages.join(format!("cargo-modelshift-{name}.1"))).expect("a page");
        assert!(page.contains("Examples:"), "{name}: {page}");
    }
    std::fs::write(folder.path().join("file"), "").expect("a file");
    let refused = run(&["man", "--output", &folder.path().join("file").display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("cannot write manual pages"), "{}", text(&refused.stderr));
}

#[test]
fn explain_prints_the_section_of_a_code() {
    let explained = run(&["explain", "MS0012"]);
    let said = text(&explained.stdout);
    assert!(said.starts_with("MS0012: There is no migration of this name\n\n**Cause.** "), "{said}");
    assert!(said.contains("\n**Remedy.** ") && !said.contains("MS0013"), "{said}");
    assert!(text(&run(&["explain"]).stdout).contains("\nMS0106  A field may have been renamed\n"));
    let unknown = run(&["explain", "MS9999"]);
    let said = text(&unknown.stderr);
    assert!(unknown.status.code() == Some(2) && said.contains("there is no error code `MS9999`"), "{said}");
}

#[test]
fn colours_are_for_a_terminal_without_no_color() {
    let in_terminal = |no_color: &str| {
        let mut command = Command::new("script");
        command.args(["-qec", &format!("{PROGRAM} migrat"), "/dev/null"]).env_remove("NO_COLOR");
        if !no_color.is_empty() {
            command.env("NO_COLOR", no_color);
        }
        text(&command.env("TERM", "xterm").output().expect("script of util-linux starts").stdout)
    };
    let coloured = in_terminal("");
    assert!(coloured.contains("\u{1b}[") && coloured.contains("there is no command `migrat`"), "{coloured}");
    let plain = in_terminal("1");
    assert!(
        !plain.contains("\u{1b}[") && plain.contains("error[MS0011]: there is no command `migrat`"),
        "{plain}"
    );
    assert!(!text(&run(&["migrat"]).stderr).contains("\u{1b}["), "a pipe has no colours");
}
