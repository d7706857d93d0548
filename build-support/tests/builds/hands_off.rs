//! Files that are not ours to rewrite, and what is no file at all.

use std::time::{Duration, SystemTime};

use modelshift_project::Project;

use super::{AUTHOR, author_with, begun, fails_with, project};

const INITIAL: &str = "m0001_initial.rs";
const AGE: &str = "m0002_author_age.rs";

#[test]
fn what_is_committed_is_recorded_although_the_index_is_empty() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    project.commit("age");
    let committed = project.newest();
    project.git(&["read-tree", "--empty"]);
    project.models(&author_with("pub age: Option<i64>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, AGE, "m0003_alter_author_age.rs"]);
    assert_eq!(project.read(format!("src/migrations/{AGE}")), committed);
}

#[test]
fn what_git_ignores_is_no_draft() {
    let project = project();
    project.write(".gitignore", "/target\nCargo.lock\nsrc/migrations/\n");
    let _ = project.check().ok();
    let initial = project.newest();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, AGE]);
    assert_eq!(project.read(format!("src/migrations/{INITIAL}")), initial);
}

/// A build script beside which a person saves the draft, a moment after it began.
fn saving(delay: Duration) -> String {
    format!(
        "fn main() {{\n    std::thread::scope(|scope| {{\n        scope.spawn(|| {{\n            \
         std::thread::sleep(std::time::Duration::from_micros({}));\n            \
         std::fs::write(\"src/migrations/{AGE}\", std::fs::read_to_string(\"by_hand\").unwrap()).unwrap();\n        \
         }});\n        modelshift_build::run();\n    }});\n}}\n",
        delay.as_micros()
    )
}

#[test]
fn a_draft_that_a_person_saves_during_the_build_keeps_the_text_of_the_person() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    let plain = project.read("build.rs");
    let draft = project.newest();
    let by_hand = draft.replace("//!", "//! By hand.\n//!");
    project.write("by_hand", &by_hand);
    for delay in [0, 1, 3, 5, 8, 12, 20] {
        project.write("build.rs", &saving(Duration::from_millis(delay)));
        project.models(&author_with("pub age: Option<i16>,"));
        // Whether the person was quicker or the build, the text is there, and the models go on from it.
        let _ = project.check();
        assert_eq!(project.read(format!("src/migrations/{AGE}")), by_hand, "{delay} ms");
        project.write("build.rs", &plain);
        let _ = project.check().ok();
        assert_eq!(project.read(format!("src/migrations/{AGE}")), by_hand, "{delay} ms");
        assert_eq!(project.migrations().last().unwrap(), "m0003_alter_author_age.rs");
        std::fs::remove_file(project.path("src/migrations/m0003_alter_author_age.rs")).unwrap();
        project.write(format!("src/migrations/{AGE}"), &draft);
        project.models(&author_with("pub age: Option<i32>,"));
        let _ = project.check().ok();
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_and_a_git_that_does_not_answer_hang_no_build() {
    let mut project = begun();
    let pipe = "src/migrations/m0002_pipe.rs";
    let _ = project.run("mkfifo", &[pipe]).ok();
    project.models(&author_with("pub age: Option<i32>,"));
    fails_with(
        project.run("timeout", &["300", "cargo", "check"]),
        &["m0002_pipe.rs` has the name of a migration"],
    );
    std::fs::remove_file(project.path(pipe)).unwrap();
    // The compiler opens no module behind a false condition.
    let source = project.read("src/lib.rs");
    let hidden = "#[cfg(test)]\nmod pipe;\n#[cfg(target_os = \"none\")]\n#[path = \"pipe.rs\"]\nmod other;\n";
    project.write("src/lib.rs", &format!("{source}\n{hidden}"));
    let _ = project.run("mkfifo", &["src/pipe.rs"]).ok();
    let _ = project.run("timeout", &["300", "cargo", "check"]).ok();
    assert_eq!(project.migrations(), [INITIAL, AGE]);
    std::fs::remove_file(project.path("src/pipe.rs")).unwrap();
    std::fs::remove_file(project.path(format!("src/migrations/{AGE}"))).unwrap();
    project.write("src/lib.rs", &source);
    project.write("bin/git", "#!/bin/sh\nexec sleep 600\n");
    let _ = project.run("chmod", &["+x", "bin/git"]).ok();
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    project.set("PATH", &path);
    let said = fails_with(project.run("timeout", &["300", "cargo", "check"]), &[AGE, "is missing"]);
    assert!(said.contains("`git` did not answer within 10 seconds"), "{said}");
    project.unset("PATH");
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, AGE]);
}

fn modified(project: &Project, name: &str) -> SystemTime {
    project.path(name).metadata().and_then(|about| about.modified()).expect("it is there")
}

#[test]
fn a_time_in_the_future_is_not_passed_on() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let models = std::fs::File::options().write(true).open(project.path("src/models.rs")).unwrap();
    models.set_modified(SystemTime::now() + Duration::from_hours(2)).unwrap();
    let run = project.check().ok();
    assert!(run.stderr.contains("`src/models.rs` was modified in the future"), "{}", run.stderr);
    for name in ["src/migrations", &format!("src/migrations/{AGE}")] {
        assert!(modified(&project, name) <= SystemTime::now(), "{name}");
        // As an earlier version left it.
        let file = std::fs::File::open(project.path(name)).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_hours(2)).unwrap();
    }
    models.set_modified(SystemTime::now()).unwrap();
    let _ = project.check().ok();
    let _ = project.check().ok();
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    project.models(AUTHOR);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL]);
}

#[test]
fn a_line_break_in_the_name_of_a_folder_is_no_directive() {
    let project = project();
    let folder = "src/blog\ncargo::rustc-cfg=injected";
    project.write(
        "build.rs",
        &format!("fn main() {{\n    modelshift_build::new().app(\"blog\", {folder:?}).run();\n}}\n"),
    );
    project.write("src/lib.rs", &format!(
        "#[path = {:?}]\npub mod blog;\npub mod migrations;\npub mod models;\n#[cfg(injected)]\ncompile_error!(\"injected\");\n",
        folder.trim_start_matches("src/").to_owned() + "/mod.rs"
    ));
    project.write(format!("{folder}/mod.rs"), "pub mod migrations;\n");
    project.write(format!("{folder}/migrations.rs"), "modelshift::migrations!(blog);\n");
    let run = project.check();
    assert!(!run.stderr.contains("injected\""), "{}", run.stderr);
    assert!(!run.stderr.contains("--cfg injected"), "{}", run.stderr);
}
