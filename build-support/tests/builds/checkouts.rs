//! Two checkouts of one package that build into one target folder, which cargo does not tell apart.

use super::{AUTHOR, author_with, begun, fails_with};

#[test]
fn checkouts_do_not_get_each_others_findings() {
    let project = begun();
    let copy = "mkdir $0 && cp -a Cargo.toml Cargo.lock build.rs src $0";
    for name in ["other", "third"] {
        let _ = project.run("sh", &["-c", copy, name]).ok();
    }
    let cargo = |command: &[&str], name: &str| {
        let manifest = project.path(name).join("Cargo.toml");
        project.run("cargo", &[command, &["--manifest-path", manifest.to_str().unwrap()]].concat())
    };
    let models = author_with("pub age: Option<i32>,");
    project.write("other/src/models.rs", &format!("use modelshift::Model;\n{models}"));
    let _ = cargo(&["check"], "other").ok();
    // Cargo takes the build script's run there for one here, and compiles what it has not compiled yet.
    let _ = cargo(&["test", "--no-run", "--lib"], "").ok();
    // A checkout for which the build script never ran is told so, and the next build is right.
    fails_with(cargo(&["build"], "third"), &["ran last for another checkout of this package", "build again"]);
    let _ = cargo(&["build"], "third").ok();
    project.models(AUTHOR);
    let _ = project.check().ok();
}
