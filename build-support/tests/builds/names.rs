//! What a name means where globs, re-exports and other names lead to it, and what our own crate may be called.

use std::fmt::Write as _;

use super::{AUTHOR, errors, fails_with, project};
use modelshift_project::Project;

fn empty() -> Project {
    Project::new(env!("CARGO_TARGET_TMPDIR"), &[])
}

#[test]
fn many_files_see_each_other_through_globs() {
    let project = empty();
    let mut models = String::new();
    for part in 0..10 {
        let _ = write!(models, "mod part{part};\npub use part{part}::*;\n");
        let mut text =
            "use std::collections::*;\nuse modelshift::*;\nuse super::*;\nuse crate::models::*;\n".to_owned();
        for number in (part * 10)..(part * 10 + 10) {
            let next = (number + 37) % 100;
            let _ = write!(
                text,
                "#[derive(Model)]\npub struct M{number} {{\n    pub id: i64,\n    pub next: Option<ForeignKey<M{next}>>,\n    \
                 pub mood: Mood{part},\n    #[field(flatten)]\n    pub times: Times{part},\n}}\n"
            );
        }
        let other = (part + 3) % 10;
        let _ = write!(
            text,
            "#[derive(Clone, Copy, Debug, Choices)]\npub enum Mood{other} {{ Good, Bad }}\n#[derive(Model)]\n#[model(abstract)]\n\
             pub struct Times{other} {{ pub made: i64 }}\npub type Unused{part} = BTreeMap<i32, i32>;\n"
        );
        project.write(format!("src/models/part{part}.rs"), &text);
    }
    project.write("src/models.rs", &models);
    let _ = project.check().ok();
    let first = project.newest();
    assert_eq!(first.matches("struct M").count(), 100, "{first}");
    assert_eq!(first.matches("mood: Mood").count(), 100, "{first}");
}

#[test]
fn two_structs_of_one_name_say_what_their_models_are_called() {
    let project = empty();
    project.write("src/models.rs", "pub mod author;\npub mod book;\n");
    let author = "#[derive(modelshift::Model)]\n#[model(name = \"Author\")]\npub struct Model {\n    pub id: i64,\n    pub name: String,\n    pub boss: Option<modelshift::ForeignKey<Self>>,\n}\n";
    let book = "use super::author;\n#[derive(modelshift::Model)]\n#[model(name = \"Book\")]\npub struct Model {\n    pub id: i64,\n    pub by: modelshift::ForeignKey<author::Model>,\n    pub before: Option<modelshift::ForeignKey<Model>>,\n}\n";
    project.write("src/models/author.rs", author);
    project.write(
        "src/models/book.rs",
        &book.replace("#[model(name = \"Book\")]\n", "").replace("Model> ", "Model>"),
    );
    project.write("src/models/author.rs", &author.replace("#[model(name = \"Author\")]\n", ""));
    fails_with(project.check(), &["more than one model `Model`", "#[model(name = \"…\")]"]);
    project.write("src/models/author.rs", author);
    project.write("src/models/book.rs", book);
    let _ = project.check().ok();
    let first = project.newest();
    for text in [
        "struct Author {",
        "struct Book {",
        "by: ForeignKey<Author>",
        "before: Option<ForeignKey<Book>>",
        "boss: Option<ForeignKey<Author>>",
    ] {
        assert!(first.contains(text), "`{text}` is not in:\n{first}");
    }
    project.commit("books");
    // The struct gets another name, and the model keeps its own.
    project.write("src/models/author.rs", &author.replace("struct Model", "struct Row"));
    project.write("src/models/book.rs", &book.replace("author::Model", "author::Row"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn the_crate_may_have_another_name() {
    let project = project();
    let manifest =
        project.read("Cargo.toml").replace("modelshift = { path", "db = { package = \"modelshift\", path");
    project.write("Cargo.toml", &manifest);
    project.write(
        "src/models.rs",
        "use db::{Choices as Variants, ForeignKey, Model as Table};\n#[derive(Clone, Copy, Debug, Variants)]\npub enum Mood { Good }\n\
         #[derive(Table)]\npub struct Author {\n    pub id: i64,\n    pub mood: Mood,\n    pub of: Option<ForeignKey<Author>>,\n    \
         pub by: Option<db::ForeignKey<Author>>,\n}\n",
    );
    let said = fails_with(
        project.check(),
        &["calls the package `modelshift` `db`", "extern crate db as modelshift;"],
    );
    assert!(!said.contains("error[E"), "{said}");
    project.write("src/lib.rs", "extern crate db as modelshift;\npub mod migrations;\npub mod models;\n");
    let _ = project.check().ok();
    assert!(project.newest().contains("struct Author"), "{}", project.newest());
}

#[test]
fn derives_and_modules_of_ours_may_have_another_name() {
    let project = empty();
    project.write("src/models.rs", "use modelshift as ms;\nuse modelshift::Model as Table;\n#[derive(ms::Model)]\npub struct Author {\n    pub id: i64,\n}\n#[derive(Debug, Table)]\npub struct Book {\n    pub id: i64,\n    pub by: ms::ForeignKey<Author>,\n}\n");
    let _ = project.check().ok();
    let first = project.newest();
    assert!(first.contains("struct Author") && first.contains("by: ForeignKey<Author>"), "{first}");
    // A relation goes by its name, since the derive sees no imports.
    project.write("src/models.rs", "use modelshift::{ForeignKey as Fk, Model};\n#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    pub of: Option<Fk<Author>>,\n}\n");
    let said = fails_with(project.check(), &["unknown type `Fk<Author>`", "write `ForeignKey<…>`"]);
    assert_eq!(errors(&said), 1, "{said}");
}

#[test]
fn edition_2015_is_read_as_the_compiler_reads_it() {
    let project = project();
    project
        .write("Cargo.toml", &project.read("Cargo.toml").replace("edition = \"2024\"", "edition = \"2015\""));
    project.write(
        "src/lib.rs",
        "extern crate modelshift;\npub mod migrations;\npub mod models;\npub mod blog;\n",
    );
    project.write(
        "src/blog.rs",
        "use models::*;\nuse modelshift::{ForeignKey, Model};\n#[derive(Model)]\npub struct Post {\n    pub id: i64,\n    pub by: ForeignKey<Author>,\n    pub editor: Option<ForeignKey<::models::Author>>,\n}\n",
    );
    let _ = project.check().ok();
    let first = project.newest();
    assert!(
        first.contains("by: ForeignKey<Author>") && first.contains("editor: Option<ForeignKey<Author>>"),
        "{first}"
    );
}

#[test]
fn a_documentation_test_may_derive_models() {
    let project = project();
    // Since edition 2024 many tests are one crate.
    project.models(&format!("{AUTHOR}/// ```\n/// use modelshift::{{ForeignKey, Model}};\n/// #[derive(Model)]\n/// struct Sample {{ id: i64, of: Option<ForeignKey<Sample>> }}\n/// assert_eq!(Sample::COLUMNS.of, \"of_id\");\n/// ```\npub fn sampled() {{}}\n"));
    let _ = project.run("cargo", &["test", "--doc"]).ok();
    let manifest = project.read("Cargo.toml").replace("edition = \"2024\"", "edition = \"2021\"");
    project.write("Cargo.toml", &manifest);
    let _ = project.run("cargo", &["test", "--doc"]).ok();
    assert_eq!(project.migrations().len(), 1);
}
