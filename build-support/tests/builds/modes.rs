//! It knows when to keep its hands off.

use super::{AUTHOR, author_with, begun, errors, fails_with, project};
use modelshift_project::Project;

const AHEAD: &str = "pub age: Option<i32>,";
const MISSING: [&str; 3] =
    ["adds field `age` to `Author`", "m0002_author_age.rs` is missing", "src/migrations.rs:1:1"];

/// Checks that nothing is written, and that the compiler names what is missing and why it is.
#[track_caller]
fn only_checks(project: &Project, why: &str) {
    project.models(&author_with(AHEAD));
    let said = fails_with(project.check(), &MISSING);
    assert!(said.contains(why), "`{why}` is not in:\n{said}");
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}

#[track_caller]
fn writes(project: &Project) {
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs"]);
}

#[test]
fn ci_only_checks_unless_it_says_that_it_is_none() {
    let mut project = begun();
    project.set("CI", "true");
    only_checks(&project, "`CI` is set");
    project.set("CI", "false");
    writes(&project);
    project.set("CI", "true");
    let _ = project.check().ok();
}

#[test]
fn a_release_build_only_checks() {
    let project = begun();
    project.models(&author_with(AHEAD));
    let said = fails_with(project.run("cargo", &["check", "--release"]), &MISSING);
    assert!(said.contains("this is a release build"), "{said}");
    writes(&project);
    let _ = project.run("cargo", &["check", "--release"]).ok();
}

#[test]
fn without_git_it_only_checks_until_it_is_told_to_write() {
    let mut project = Project::without_git(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(AUTHOR);
    fails_with(project.check(), &["m0001_initial.rs` is missing", "git does not answer", "MODELSHIFT=write"]);
    assert!(project.migrations().is_empty());
    project.set("MODELSHIFT", "write");
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    project.unset("MODELSHIFT");
    only_checks(&project, "git does not answer");
    // The remedy is taken without an edit of the sources.
    project.git(&["init", "-q"]);
    project.git(&["add", "src/migrations"]);
    writes(&project);
}

#[test]
fn what_moves_from_commit_to_commit_is_not_disturbed() {
    let project = begun();
    project.git(&["bisect", "start"]);
    only_checks(&project, "a bisect is under way");
    project.git(&["bisect", "reset"]);
    writes(&project);
    let _ = project.run("rm", &["src/migrations/m0002_author_age.rs"]).ok();
    project.models(AUTHOR);
    for command in ["merge", "rebase"] {
        project.git(&["checkout", "-q", "-b", command, "main"]);
        project.write("notes", command);
        project.commit("ours");
        project.git(&["checkout", "-q", "main"]);
        project.write("notes", &format!("not {command}"));
        project.commit("theirs");
        project.git(&["checkout", "-q", command]);
        let _ = project.run("git", &[command, "main"]).failure();
        only_checks(&project, &format!("a {command} is under way"));
        project.git(&["checkout", "-q", "HEAD", "--", "src/models.rs"]);
        project.git(&[command, "--abort"]);
    }
}

#[test]
fn the_git_of_somebody_else_is_not_asked() {
    let mut project = begun();
    let initial = project.newest();
    project.git(&["init", "-q", "other"]);
    let other = project.path("other/.git");
    project.set("GIT_DIR", other.to_str().unwrap());
    project.models(&author_with(AHEAD));
    writes(&project);
    assert_eq!(project.read("src/migrations/m0001_initial.rs"), initial);
}

#[test]
fn a_packaged_copy_is_left_alone() {
    let project = begun();
    let manifest = project.read("Cargo.toml").replace("path =", "version = \"0.1.0\", path =");
    project.write("Cargo.toml", &manifest);
    project.models(&author_with(AHEAD));
    project.git(&["add", "--all"]);
    let package = ["package", "--no-verify", "--allow-dirty", "--offline", "--exclude-lockfile"];
    let _ = project.run("cargo", &[&package[..], &["--target-dir", "packaged"]].concat()).ok();
    let unpack = "mkdir copy && tar -xzf packaged/package/library-*.crate -C copy --strip-components 1";
    let _ = project.run("sh", &["-c", unpack]).ok();
    let copy = project.path("copy");
    assert!(copy.join("Cargo.toml.orig").exists());
    project.write("copy/Cargo.toml", &format!("{}\n[workspace]\n", project.read("copy/Cargo.toml")));
    std::fs::copy(project.path("Cargo.lock"), copy.join("Cargo.lock")).unwrap();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let patch =
        |name: &str, folder: &str| format!("patch.crates-io.{name}.path=\"{}\"", root.join(folder).display());
    let manifest = copy.join("Cargo.toml");
    let patches = [
        patch("modelshift", "runtime"),
        patch("modelshift-build", "build-support"),
        patch("modelshift-schema", "schema"),
        patch("modelshift-syntax", "syntax"),
        patch("modelshift-macros", "macros"),
    ];
    let mut arguments = vec!["check", "--offline", "--manifest-path", manifest.to_str().unwrap()];
    arguments.extend(patches.iter().flat_map(|patch| ["--config", patch]));
    let _ = project.run("cargo", &arguments).ok();
    assert_eq!(copy.join("src/migrations").read_dir().unwrap().count(), 1);
}

#[test]
fn off_passes_whatever_is_missing() {
    let mut project = begun();
    project.set("MODELSHIFT", "off");
    project.models(&author_with("pub age: i32,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
    project.set("MODELSHIFT", "check");
    fails_with(project.check(), &["`Author.age` is a new NOT NULL field"]);
    project.set("MODELSHIFT", "sideways");
    let said = fails_with(project.check(), &["`Author.age` is a new NOT NULL field"]);
    assert!(said.contains("`MODELSHIFT=sideways` is unknown"), "{said}");
    // Nothing is written, although the models could be compared.
    project.models(&author_with(AHEAD));
    let said = fails_with(
        project.check(),
        &["`MODELSHIFT=sideways` is unknown, so nothing is written", "m0002_author_age.rs` is missing"],
    );
    assert_eq!((errors(&said), project.migrations().len()), (2, 1), "{said}");
    project.unset("MODELSHIFT");
    writes(&project);
}

#[test]
fn an_editor_that_only_checks_and_a_terminal_build_nothing_twice() {
    let mut project = begun();
    project.models(&author_with(AHEAD));
    writes(&project);
    for (name, value) in [("MODELSHIFT", "check"), ("CI", "true"), ("MODELSHIFT", "write")] {
        for sets in [true, false] {
            if sets {
                project.set(name, value);
            } else {
                project.unset(name);
            }
            let again = project.check().ok();
            assert!(!again.script_ran() && !again.compiled(), "{name} {sets}: {}", again.stderr);
        }
    }
    // The editor sees the edit first, and the terminal writes what it found to be missing.
    project.models(&author_with("pub age: Option<i64>,"));
    project.set("MODELSHIFT", "check");
    fails_with(project.check(), &["alters field `age` on `Author`"]);
    project.unset("MODELSHIFT");
    writes(&project);
    project.set("MODELSHIFT", "check");
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
}

#[test]
fn a_draft_counts_where_it_may_not_be_rewritten() {
    let mut project = project();
    let _ = project.check().ok();
    project.set("MODELSHIFT", "check");
    project.write("src/lib.rs", "pub mod migrations;\npub mod models;\n\n");
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}

/// The system owner may write whatever the permissions say, so for him the folder is mounted read-only.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let project = begun();
    project.models(&author_with(AHEAD));
    let is_owner = project.run("id", &["-u"]).ok().stdout.trim() == "0";
    let run = if is_owner {
        let script = "mount --bind src src && mount -o remount,ro,bind src && cargo check -v";
        project.run("unshare", &["-m", "sh", "-c", script])
    } else {
        let _ = project.run("chmod", &["-R", "a-w", "src"]).ok();
        let run = project.check();
        let _ = project.run("chmod", &["-R", "u+w", "src"]).ok();
        run
    };
    fails_with(run, &[&MISSING[..], &["it cannot be written", "make `src/migrations` writable"]].concat());
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    // The remedy is taken without an edit of the sources.
    writes(&project);
}
