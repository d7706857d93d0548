//! The README's tour, word for word: every file it shows is written, every command it shows is run.

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

fn run(command: &str, folder: &Path, root: &Path, target: &Path) -> String {
    let output = Command::new("sh")
        .args(["-c", command])
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

#[test]
fn the_tour_of_the_readme_works_word_for_word() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie in the workspace");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("there is a README");
    let deeds = deeds(&readme, "\n## Five minutes\n");
    assert!(deeds.len() > 15, "the tour was not read: {deeds:#?}");

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
                let stdout = run(&command, &folder, root, &target);
                let lines: Vec<&str> = stdout.lines().map(str::trim_end).collect();
                if !shows.is_empty() {
                    assert_eq!(lines, shows, "`{command}` shows something else");
                }
            }
        }
    }
}
