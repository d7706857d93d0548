//! `cargo modelshift init`, as far as nothing is compiled.

use std::path::Path;
use std::process::{Command, Output, Stdio};

fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let manifest =
        ("Cargo.toml", "[package]\nname = \"web-shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    for (path, text) in [manifest].iter().chain(files) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
    folder
}

fn init(folder: &Path, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-modelshift"))
        .args(["modelshift", "init"])
        .args(words)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap_or_default()
}

#[test]
fn in_a_pipe_files_that_exist_are_changed_only_with_yes() {
    let package = package(&[("src/lib.rs", "//! A shop.\n\npub fn sell() {}\n")]);
    let folder = package.path();
    let refused = init(folder, &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("add `--yes`"), "{}", text(&refused.stderr));
    for shown in
        ["changes Cargo.toml", "+modelshift-build = \"0.1\"", "creates src/bin/manage.rs", "+pub mod models;"]
    {
        assert!(text(&refused.stdout).contains(shown), "`{shown}` is not in:\n{}", text(&refused.stdout));
    }
    assert!(!folder.join("build.rs").exists());
    assert!(init(folder, &["--dry-run"]).status.success());
    assert!(!folder.join("build.rs").exists());

    let done = init(folder, &["--yes", "--database", "postgres,mysql"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(
        read(folder, "src/lib.rs"),
        "//! A shop.\n\npub mod migrations;\npub mod models;\n\npub fn sell() {}\n"
    );
    assert!(read(folder, "Cargo.toml").contains("features = [\"postgres\", \"mysql\", \"manage\"]"));
    assert!(read(folder, "src/bin/manage.rs").contains("manage::main(web_shop::migrations::all())"));
    // No database file, so that nothing is to be ignored.
    assert!(!folder.join(".gitignore").exists());
    assert!(text(&done.stdout).contains("DATABASE_URL=postgres://"), "{}", text(&done.stdout));
}

#[test]
fn what_a_person_wrote_stays() {
    let build = "fn main() {\n    println!(\"cargo:rerun-if-changed=proto\");\n}\n";
    let models = "use modelshift::Model;\n";
    let package = package(&[
        ("src/lib.rs", "mod models;\n"),
        ("src/models.rs", models),
        ("build.rs", build),
        (".gitignore", "/target"),
    ]);
    let folder = package.path();
    assert!(init(folder, &["--yes"]).status.success());
    assert_eq!(read(folder, "src/models.rs"), models);
    assert_eq!(read(folder, "build.rs"), build.replace("{\n ", "{\n    modelshift_build::run();\n "));
    assert_eq!(read(folder, "src/lib.rs"), "pub mod migrations;\nmod models;\n");
    assert_eq!(read(folder, ".gitignore"), "/target\n/db.sqlite3*\n");
}

#[test]
fn a_file_without_a_known_place_is_left_to_the_person_and_nothing_is_written() {
    let program = "fn main() {\n    serve();\n}\n";
    let package = package(&[("src/main.rs", program)]);
    let folder = package.path();
    let refused = init(folder, &["--bin", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    let message = text(&refused.stderr);
    assert!(message.contains("`src/main.rs` has contents of its own"), "{message}");
    assert!(message.contains("modelshift::manage::main(migrations::all())"), "{message}");
    assert!(!folder.join("build.rs").exists());

    std::fs::write(folder.join("src/main.rs"), "fn main() {").unwrap();
    std::fs::write(folder.join("src/lib.rs"), "pub mod").unwrap();
    let refused = text(&init(folder, &["--yes"]).stderr);
    assert!(refused.contains("`src/lib.rs` is not Rust that can be read"), "{refused}");
}

#[test]
fn a_wrong_command_line_is_told() {
    let package = package(&[("src/lib.rs", "")]);
    let wrong = init(package.path(), &["--app", "blog"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("such as `blog=src/blog`"), "{}", text(&wrong.stderr));
    let wrong = init(package.path(), &["--path", "nowhere", "--yes"]);
    assert!(text(&wrong.stderr).contains("`nowhere` is not a clone"), "{}", text(&wrong.stderr));
}
