//! It settles: what a build writes, the next build finds to be as old as its reason.

use std::time::SystemTime;

use super::{AUTHOR, author_with, project};
use modelshift_project::Project;

/// A quick script settles by luck; this one does not.
const SLOW: &str = "fn main() {
    std::thread::sleep(std::time::Duration::from_millis(50));
    modelshift_build::run();
    std::thread::sleep(std::time::Duration::from_millis(50));
}
";

fn times(project: &Project) -> Vec<(String, SystemTime)> {
    let time =
        |name: &str| project.path(name).metadata().and_then(|about| about.modified()).expect("it is there");
    let files = project.migrations().into_iter().map(|name| format!("src/migrations/{name}"));
    files.chain(["src/migrations".to_owned()]).map(|name| (name.clone(), time(&name))).collect()
}

#[track_caller]
fn check_settled(project: &Project) {
    let (before, newest) = (times(project), project.migrations());
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    assert_eq!((times(project), project.migrations()), (before, newest));
}

#[test]
fn the_build_after_a_build_does_nothing() {
    let project = project();
    project.write("build.rs", SLOW);
    let first = project.check().ok();
    assert!(first.script_ran() && first.compiled());
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    check_settled(&project);
    // Rewritten in place.
    project.models(&author_with("pub age: i32,"));
    assert!(project.check().ok().compiled());
    assert!(project.newest().contains("age"));
    check_settled(&project);
    project.commit("authors");
    // A new file, one of another name, and none.
    project.models(&author_with("pub age: i32,\n    pub rank: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 2);
    check_settled(&project);
    project.models(&author_with("pub age: i32,\n    pub ranking: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_ranking.rs"]);
    check_settled(&project);
    project.models(&author_with("pub age: i32,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    check_settled(&project);
}

#[test]
fn a_file_that_no_module_leads_to_wakes_nobody() {
    let project = project();
    let _ = project.check().ok();
    project.write("src/notes.rs", "not even Rust");
    check_settled(&project);
}

#[test]
fn two_cargos_at_once_end_in_the_same_bytes() {
    let project = project();
    let other = format!("{}/second", env!("CARGO_TARGET_TMPDIR"));
    let _ = project.check().ok();
    let _ = project.run("cargo", &["check", "--target-dir", &other]).ok();
    project.commit("authors");
    let mut field = "pub a".to_owned();
    for letter in 'b'..='f' {
        field.push(letter);
        project.models(&author_with(&format!("{field}: Option<i32>,")));
        std::thread::scope(|scope| {
            let one = scope.spawn(|| project.check());
            let two = scope.spawn(|| project.run("cargo", &["check", "--target-dir", &other]));
            let _ = (one.join().unwrap().ok(), two.join().unwrap().ok());
        });
        let name = field.trim_start_matches("pub ");
        assert_eq!(project.migrations(), ["m0001_initial.rs".to_owned(), format!("m0002_author_{name}.rs")]);
        let bytes = project.newest();
        let _ = project.check().ok();
        assert_eq!(project.newest(), bytes);
    }
    project.models(AUTHOR);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}
