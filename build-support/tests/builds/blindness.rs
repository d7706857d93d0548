//! It is never silently blind: a model that the compiler sees and the build step did not, or saw differently, is a
//! compile error (invariant 13).

use super::{AUTHOR, author_with, begun, errors, fails_with, project};

#[test]
fn invariant_13_a_model_that_a_macro_makes() {
    let project = project();
    let made = "macro_rules! model { ($name:ident, $ty:ty) => {\n    #[derive(Model)]\n    pub struct $name { pub id: $ty }\n} }\nmodel!(Tag, i64);\n";
    project.models(&format!("{AUTHOR}{made}"));
    let said = fails_with(project.check(), &["`Tag`", "src/models.rs"]);
    assert_eq!(errors(&said), 1, "{said}");
}

#[test]
fn invariant_13_a_model_that_is_included() {
    let project = project();
    project.write("src/tag.in", "#[derive(Model)]\npub struct Tag { pub id: i64 }\n");
    project.models(&format!("{AUTHOR}include!(\"tag.in\");\n"));
    fails_with(project.check(), &["`Tag`", "src/tag.in:2"]);
}

#[test]
fn invariant_13_a_derive_that_another_crate_renames() {
    let project = project();
    project.write("tables/src/lib.rs", "pub use modelshift::Model as Table;\n");
    let runtime = project.read("Cargo.toml");
    let runtime = runtime.lines().find(|line| line.starts_with("modelshift =")).unwrap().to_owned();
    let member = format!(
        "[package]\nname = \"tables\"\nversion = \"0.0.1\"\nedition = \"2024\"\n\n[dependencies]\n{runtime}\n"
    );
    project.write("tables/Cargo.toml", &member);
    let manifest = project.read("Cargo.toml");
    let manifest = manifest.replace("[dependencies]\n", "[dependencies]\ntables = { path = \"tables\" }\n");
    project.write("Cargo.toml", &manifest);
    project.models(&format!("{AUTHOR}#[derive(tables::Table)]\npub struct Tag {{ pub id: i64 }}\n"));
    fails_with(project.check(), &["`Tag`", "src/models.rs:10:12"]);
}

#[test]
fn invariant_13_a_condition_that_nobody_can_decide() {
    let project = begun();
    project.models(&author_with("#[cfg(debug_assertions)]\n    pub age: Option<i32>,"));
    let said = fails_with(project.check(), &["src/models.rs:5:12", "`#[cfg(debug_assertions)]`", "`Author`"]);
    assert_eq!(errors(&said), 1, "{said}");
    project.models(&format!(
        "#[cfg(not(overflow_checks))]\nmod inner {{\n    use modelshift::Model;\n{}}}\n",
        AUTHOR.replace("Author", "Tag")
    ));
    fails_with(project.check(), &["`#[cfg(not(overflow_checks))]`", "`Tag`"]);
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn what_features_and_targets_decide_is_seen_as_the_compiler_sees_it() {
    let project = begun();
    let manifest =
        project.read("Cargo.toml").replace("[dependencies]", "[features]\nextra = []\n\n[dependencies]");
    project.write("Cargo.toml", &manifest);
    project.models(&author_with("#[cfg(feature = \"extra\")]\n    pub age: Option<i32>,\n    #[cfg(not(target_os = \"none\"))]\n    pub rank: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_rank.rs"]);
}

#[test]
fn models_for_tests_are_no_models_of_the_app() {
    let project = begun();
    let tests = "#[cfg(test)]\nmod tests {\n    use modelshift::Model;\n    #[derive(Model)]\n    struct Sample { id: i64 }\n    #[test]\n    fn sample() {\n        #[derive(Model)]\n        struct Local { id: i64 }\n        assert_eq!(Sample { id: 1 }.id, Local { id: 1 }.id);\n    }\n}\n";
    project.models(&format!("{AUTHOR}{tests}"));
    let _ = project.run("cargo", &["check", "--tests"]).ok();
    project.write("tests/outside.rs", "use modelshift::Model;\n#[derive(Model)]\nstruct Sample { id: i64 }\n#[test]\nfn sample() { assert_eq!(Sample { id: 1 }.id, 1); }\n");
    let _ = project.run("cargo", &["check", "--tests"]).ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_known_name_that_means_something_else_asks_for_the_type() {
    let project = begun();
    let own = "#[derive(Clone)]\npub struct Uuid;\n";
    project.models(&format!("{own}{}", author_with("pub key: Option<Uuid>,")));
    fails_with(project.check(), &["`crate::models::Uuid`", "#[field(as = ", "src/models.rs:10:9"]);
    project.models(&format!("{own}{}", author_with("#[field(as = \"Uuid\")]\n    pub key: Option<Uuid>,")));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_key.rs"]);
}

#[test]
fn a_reference_to_nothing_in_sight_is_told_on_its_field() {
    let project = begun();
    let made = "macro_rules! model { ($name:ident) => { pub struct $name { pub id: i64 }\nimpl Model for $name { const TABLE: &'static str = \"tag\"; const SCHEMA: &'static str = \"\"; type Key = i64; } } }\nmodel!(Tag);\n";
    project.models(&format!("{made}{}", author_with("pub tag: Option<ForeignKey<Tag>>,")));
    fails_with(project.check(), &["`Author.tag` refers to `Tag`"]);
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn source_that_does_not_parse_is_left_to_the_compiler() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    let draft = project.newest();
    project.models(&author_with("pub age: Option<i32>,\n    pub rank Option<i32>,"));
    let said = fails_with(project.check(), &["expected"]);
    assert!(!said.contains("the build script"), "{said}");
    assert!(said.contains("warning: library@0."), "{said}");
    assert!(said.contains("`src/models.rs` cannot be read as Rust (line 9, column 14: "), "{said}");
    assert_eq!(project.newest(), draft);
    // A mistake in an attribute is the derive's to tell.
    project.models(&author_with("#[field(frobnicate)]\n    pub age: Option<i32>,"));
    let said = fails_with(project.check(), &["frobnicate"]);
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.newest(), draft);
    project.models(AUTHOR);
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_model_that_goes_where_the_scan_does_not_look_is_no_removal() {
    let project = begun();
    let inner = AUTHOR.replace("#[derive", "    #[derive").replace("pub struct", "struct");
    let made = "macro_rules! model { ($name:ident) => {\n    #[derive(Model)]\n    pub struct $name { pub id: i64 }\n} }\nmodel!(Author);\n";
    let moved: [(String, &str); 4] = [
        (made.to_owned(), "src/models.rs:6:1"),
        (format!("pub fn hidden() {{\n{inner}    let _: Option<Author> = None;\n}}\n"), "src/models.rs:4:12"),
        (
            format!("macro_rules! same {{ ($($it:tt)*) => {{ $($it)* }} }}\nsame! {{ {AUTHOR} }}\n"),
            "src/models.rs:4:12",
        ),
        ("\n".to_owned(), "src/lost.rs:3:12"),
    ];
    project.write("src/lost.rs", &format!("use modelshift::Model;\n{AUTHOR}"));
    for (models, place) in &moved {
        if !place.contains("lost") {
            project.models(models);
            let said = fails_with(project.check(), &["`Author`"]);
            assert!(said.contains("its table is kept"), "{said}");
            assert_eq!(project.migrations().len(), 1, "{models}");
        }
    }
    project.models("");
    fails_with(
        project.check(),
        &["does not see the model `Author` any more", moved[3].1, "its table is kept"],
    );
    assert_eq!(project.migrations().len(), 1);
    project.write("src/lost.rs", "");
    let _ = project.check().ok();
    assert!(project.newest().contains("DeleteModel(Author)"), "{}", project.newest());
}

#[test]
fn a_binary_that_cannot_be_read_is_no_removal() {
    let project = begun();
    project.write("src/other.rs", "fn main() {}\n");
    std::fs::remove_file(project.path("src/lib.rs")).unwrap();
    project.write("src/main.rs", "mod migrations;\nmod models;\nfn main() { let _ = (migrations::all(), models::Author::COLUMNS.name); }\n");
    let bins = "[[bin]]\nname = \"other\"\npath = \"src/other.rs\"\n\n[[bin]]\nname = \"library\"\npath = \"src/main.rs\"\n\n[dependencies]";
    project.write("Cargo.toml", &project.read("Cargo.toml").replace("[dependencies]", bins));
    let _ = project.check().ok();
    project.models(&AUTHOR.replace("pub name: String", "pub name String"));
    fails_with(project.check(), &["expected"]);
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_name_that_is_nearly_that_of_a_model_is_corrected() {
    let project = begun();
    project.models(&format!(
        "{AUTHOR}#[derive(Model)]\npub struct Book {{ pub id: i64, pub by: ForeignKey<Autor> }}\n"
    ));
    fails_with(project.check(), &["`Book.by` refers to `Autor`", "did you mean `Author`?"]);
}
