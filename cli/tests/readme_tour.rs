//! The README's tour, word for word: every file it shows is written, every command it shows is run.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One thing that a reader of the tour does.
#[derive(Debug, PartialEq)]
enum Deed {
    /// Writes a file.
    Write { path: String, text: String },
    /// Runs a command, and sees these lines (if the tour shows any).
    Run { command: String, shows: Vec<String> },
}

/// Reads the section between its heading and the next one.
fn deeds(readme: &str, heading: &str) -> Vec<Deed> {
    let section = readme.split(heading).nth(1).expect("the tour is in the README");
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut deeds = Vec::new();
    let mut lines = section.lines();
    let mut file = None;
    while let Some(line) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            // A file is announced by its name before a colon, at the end of a line.
            file =
                line.strip_suffix("`:").and_then(|line| line.rsplit('`').next()).map(str::to_owned).or(file);
            continue;
        };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        if language == "console" {
            for line in block {
                if let Some(command) = line.strip_prefix("$ ") {
                    deeds.push(Deed::Run { command: command.to_owned(), shows: Vec::new() });
                } else if let Some(Deed::Run { shows, .. }) = deeds.last_mut() {
                    shows.push(line.to_owned());
                }
            }
        } else {
            let path = file.take().expect("a block of source has a file");
            deeds.push(Deed::Write { path, text: block.join("\n") + "\n" });
        }
    }
    deeds
}

/// Returns a `PATH` on which `cargo modelshift` is found.
fn path_with_command() -> OsString {
    let programs = Path::new(env!("CARGO_BIN_EXE_cargo-modelshift")).parent().expect("it lies in a folder");
    let others = std::env::var_os("PATH").unwrap_or_default();
    let all = [programs.to_path_buf()].into_iter().chain(std::env::split_paths(&others));
    std::env::join_paths(all).expect("the paths are plain")
}

fn run(command: &str, folder: &Path, root: &Path, target: &Path) -> String {
    let output = Command::new("sh")
        .args(["-c", command])
        .env("PATH", path_with_command())
        .current_dir(folder)
        .env("CLONE", root)
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_NET_OFFLINE", "true")
        .env("GIT_AUTHOR_NAME", "reader")
        .env("GIT_AUTHOR_EMAIL", "reader@example.org")
        .env("GIT_COMMITTER_NAME", "reader")
        .env("GIT_COMMITTER_EMAIL", "reader@example.org")
        // A reader sits at a machine of their own.
        .env_remove("CI")
        .env_remove("MODELSHIFT")
        .env_remove("DATABASE_URL")
        .output()
        .expect("there is a shell");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "`{command}` fails:\n{stdout}\n{stderr}");
    stdout.into_owned()
}

/// Does what a section of a page says, and compares what commands print.
fn follow(page: &str, heading: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let text = std::fs::read_to_string(root.join(page)).expect("there is such a page");
    let deeds = deeds(&text, heading);
    assert!(deeds.len() > 12, "the tour was not read: {deeds:#?}");

    let outside = tempfile::tempdir().expect("a folder outside the repository");
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tour");
    let mut folder = outside.path().to_path_buf();
    for deed in deeds {
        match deed {
            Deed::Write { path, text } => {
                std::fs::write(folder.join(path), text).expect("the file can be written");
            }
            Deed::Run { command, shows } => {
                if let Some(inner) = command.strip_prefix("cd ") {
                    folder.push(inner);
                    // The versions that the workspace was tested with; nothing is downloaded.
                    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))
                        .expect("the lock file is there");
                    continue;
                }
                if command.starts_with("cargo install ") {
                    // What it would install was built for this test.
                    continue;
                }
                let stdout = run(&command, &folder, root, &target);
                let lines: Vec<&str> = stdout.lines().map(str::trim_end).collect();
                if !shows.is_empty() {
                    assert_eq!(lines, shows, "`{command}` shows something else");
                }
            }
        }
    }
}

#[test]
fn the_tour_of_the_readme_works_word_for_word() {
    follow("README.md", "\n## Five minutes\n");
}

#[test]
fn the_database_of_another_tool_is_adopted_word_for_word() {
    let client = Command::new("sqlite3").arg("--version").output();
    if client.is_err() && std::env::var_os("MODELSHIFT_REQUIRE_SERVERS").is_none() {
        println!("skipped, since `sqlite3` is missing");
        return;
    }
    follow("docs/coming-from.md", "\n## Adopt a database\n");
}

const AUTHOR: &str = "use modelshift::Model;\n\n#[derive(Model)]\npub struct Author {\n    pub id: i64,\n}\n";
const BOOK: &str = "use modelshift::{ForeignKey, Model};\n\nuse crate::people::models::Author;\n\n#[derive(Model)]\n\
    pub struct Book {\n    pub id: i64,\n    pub author: ForeignKey<Author>,\n}\n";

/// Makes a package as `cargo new` does, runs `init`, writes models, and migrates. Packages of one name would share what
/// cargo keeps of their build scripts, since they share a target folder.
fn set_up(name: &str, init: &str, models: &[(&str, &str)]) -> (tempfile::TempDir, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let outside = tempfile::tempdir().expect("a folder outside the repository");
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tour");
    let _ = run(&format!("cargo new --bin --quiet {name}"), outside.path(), root, &target);
    let folder = outside.path().join(name);
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("the lock file is there");
    let _ = run(&format!("cargo modelshift init --path $CLONE --yes {init}"), &folder, root, &target);
    for (path, text) in models {
        std::fs::write(folder.join(path), text).expect("the file can be written");
    }
    let _ = run("cargo build --quiet", &folder, root, &target);
    let again = run(&format!("cargo modelshift init --path $CLONE {init}"), &folder, root, &target);
    assert_eq!(again, format!("`{name}` has all that modelshift needs\n"));
    (outside, run("cargo modelshift migrate", &folder, root, &target))
}

#[test]
fn init_sets_up_several_apps_in_a_package_with_a_program() {
    let apps = "--app people=src/people --app books=src/shop/books";
    let models = [("src/people/models.rs", AUTHOR), ("src/shop/books/models.rs", BOOK)];
    let (outside, applied) = set_up("bookshop", apps, &models);
    assert!(applied.contains("people.0001_initial") && applied.contains("books.0001_initial"), "{applied}");
    let manifest = std::fs::read_to_string(outside.path().join("bookshop/Cargo.toml")).expect("it is there");
    assert!(manifest.contains("default-run = \"bookshop\""), "{manifest}");
    fixtures_are_found_by_name(&outside.path().join("bookshop"));
}

/// Loads a fixture of an app by its name: with a program that CI built, and with one that names no path of this machine.
fn fixtures_are_found_by_name(package: &Path) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace");
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("tour");
    let folder = package.join("src/people/fixtures");
    std::fs::create_dir(&folder).expect("the folder can be made");
    let text = "[{\"model\": \"people.author\", \"pk\": 7, \"fields\": {}}]";
    std::fs::write(folder.join("start.json"), text).expect("the file can be written");
    let load = "loaddata start --app people --database ../../db.sqlite3";
    let without_paths = "--config 'profile.dev.package.bookshop.debug-assertions=false'";
    for command in [
        format!("touch ../*.rs; CI=true cargo run --quiet --bin manage -- {load}"),
        format!("touch ../*.rs; cargo run --quiet {without_paths} --bin manage -- {load}"),
    ] {
        let loaded = run(&command, &package.join("src/shop"), root, &target);
        assert!(loaded.contains("1 object"), "{loaded}");
    }
}

#[test]
fn init_sets_up_the_one_program_of_a_package() {
    let (outside, applied) = set_up("single", "--bin", &[("src/models.rs", AUTHOR)]);
    assert!(applied.contains("single.0001_initial"), "{applied}");
    assert!(!outside.path().join("single/src/lib.rs").exists());
}
