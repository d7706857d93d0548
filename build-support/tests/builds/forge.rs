//! The example `forge`, built again from its sources: the models and their long history agree.

use std::path::Path;

use modelshift_project::Project;

use super::{errors, fails_with};

/// Makes a project of the two crates of the example, with their history committed.
fn forge() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.add_crate("accounts", "links = \"modelshift_accounts\"");
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/forge");
    for (from, to) in [("accounts/src", "accounts/"), ("src", "."), ("build.rs", "build.rs")] {
        let (from, to) = (example.join(from).display().to_string(), project.path(to).display().to_string());
        let _ = project.run("cp", &["-R", &from, &to]).ok();
    }
    for file in ["src/main.rs", "src/migrations.rs", "src/models.rs", "accounts/src/models.rs"] {
        let _ = project.run("rm", &["-rf", file]).ok();
    }
    let _ = project.run("rm", &["-rf", "src/bin", "src/service.rs"]).ok();
    // The service needs drivers of databases, and no model.
    let root = project.read("src/lib.rs");
    project.write(
        "src/lib.rs",
        &root.replace("mod service;\n", "").replace("pub use self::service::run;\n", ""),
    );
    for manifest in ["Cargo.toml", "accounts/Cargo.toml"] {
        let more = "[dependencies]\nchrono = \"0.4\"\nrust_decimal = { version = \"1\", default-features = false }\nserde_json = \"1\"\nuuid = \"1\"\n";
        project.write(manifest, &project.read(manifest).replace("[dependencies]\n", more));
    }
    project.commit("the example");
    project
}

#[test]
fn invariant_3_a_long_history_is_that_of_its_models() {
    let mut project = forge();
    project.set("MODELSHIFT", "check");
    let _ = project.check().ok();
    // An edit of a model in one crate, whose table those of the other refer to, is missing in the first alone.
    let people = project.read("accounts/src/people.rs");
    project.write(
        "accounts/src/people.rs",
        &people.replace("pub password: String", "pub password: Option<String>"),
    );
    let said =
        fails_with(project.check(), &["alters field `password` on `User`", "accounts/src/migrations.rs:3:1"]);
    assert_eq!(errors(&said), 1, "{said}");
    project.write("accounts/src/people.rs", &people);
    project.unset("MODELSHIFT");
    let _ = project.check().ok();
    assert_eq!(project.git(&["status", "--short", "--", "src", "accounts"]), "");
}
