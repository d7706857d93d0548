//! Whatever a command writes, the next build of any kind sees, without an edit of the sources.

mod random;

use modelshift_project::{Project, Run};

const AUTHOR: &str = "#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    pub name: String,\n}\n";

/// Every way in which a project is built.
const BUILDS: [&[&str]; 4] =
    [&["build", "-v"], &["check", "-v"], &["test", "--no-run", "-v"], &["check", "--release", "-v"]];

const ANSWER: &str = "library.Author.full_name: renamed_from = \"name\"\n";

fn modelshift(project: &Project, words: &str) -> Run {
    let words: Vec<&str> = ["modelshift"].into_iter().chain(words.split(' ')).collect();
    project.run(env!("CARGO_BIN_EXE_cargo-modelshift"), &words).ok()
}

/// Makes a project whose first migration is committed, and which was built in every way.
fn new_project() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(AUTHOR);
    let _ = project.check().ok();
    project.commit("authors");
    pass(&project);
    project
}

/// Builds in every way; the second build of a kind finds nothing to do.
#[track_caller]
fn pass(project: &Project) {
    for build in BUILDS {
        let _ = project.run("cargo", build).ok();
        let again = project.run("cargo", build).ok();
        assert!(!again.script_ran() && !again.compiled(), "{build:?}: {}", again.stderr);
    }
}

#[test]
fn after_makemigrations_no_build_asks_again() {
    let project = new_project();
    project.write("answers", ANSWER);
    project.models(&AUTHOR.replace("name: String", "full_name: String"));
    for build in BUILDS {
        let said = project.run("cargo", build).failure();
        assert!(said.contains("`Author.full_name` is new and `name` is gone"), "{build:?}: {said}");
    }
    let _ = modelshift(&project, "makemigrations --answers answers");
    project.commit("names");
    pass(&project);
    // What was written by a build already gets another name, and what was undone goes.
    project.models(&AUTHOR.replace("name: String", "full_name: String,\n    pub age: Option<i32>"));
    let _ = project.build().ok();
    let _ = modelshift(&project, "makemigrations --name years");
    assert_eq!(project.migrations().last().map(String::as_str), Some("m0003_years.rs"));
    pass(&project);
}

#[test]
fn after_every_other_command_all_builds_pass() {
    let project = new_project();
    let branch = "modelshift::migration! {\n    depends_on = [\"library.0001_initial\"];\n    \
                  AddField(Author) { age: Option<i32> }\n    RemoveField(Author: age);\n}\n";
    for (name, text) in [("0002_one", branch), ("0002_two", &branch.replace("age", "rank"))] {
        project.write(format!("src/migrations/m{name}.rs"), text);
    }
    let _ = project.build().ok();
    let _ = modelshift(&project, "makemigrations library --rebase=0002_two");
    pass(&project);
    for words in [
        "optimizemigration library 0002_one",
        "squashmigrations library 0003",
        "squashmigrations library 0001_squashed --finish",
        "makemigrations --empty --name by_hand",
    ] {
        let _ = modelshift(&project, words);
        pass(&project);
    }
    assert_eq!(project.git(&["diff", "--name-only", "--", "src/models.rs"]), "");
}
