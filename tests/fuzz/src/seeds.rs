//! Real inputs of each reader, from the examples, the kept stories and the tests of the macros.

use std::path::{Path, PathBuf};

use modelshift_schema::name::MigrationId;
use modelshift_syntax::findings::{
    AppFindings, CrateFindings, FoundQuestion, Mode, ModelFindings, Seen, to_text,
};
use modelshift_syntax::read_module;

/// The word that marks a secret in the tests.
pub const SECRET: &str = "hunter2";

/// Structs and enums, one by one.
pub fn structs() -> Vec<String> {
    let files = source();
    let items = files.iter().filter_map(|text| syn::parse_file(text).ok()).flat_map(|file| file.items);
    let is_ours = |item: &syn::Item| matches!(item, syn::Item::Struct(_) | syn::Item::Enum(_));
    let places = items.filter(is_ours).map(|item| syn::spanned::Spanned::span(&item).source_text());
    places.flatten().collect()
}

/// Source files.
pub fn source() -> Vec<String> {
    let mut found = texts(&root().join("examples/forge/src"), "rs");
    found.extend(texts(&root().join("macros/tests/ui"), "rs"));
    found.retain(|text| text.contains("derive(") && !text.contains("migration!"));
    found
}

/// Migration files.
pub fn migrations() -> Vec<String> {
    let mut found = texts(&root().join("examples"), "rs");
    found.retain(|text| text.contains("modelshift::migration!"));
    found
}

/// Files of answers: those of the kept stories.
pub fn answers() -> Vec<String> {
    let stories = texts(&root().join("tests/evolution/found"), "txt");
    let answers = stories.iter().flat_map(|story| story.split("\n-- answers\n").skip(1));
    let ends = |text: &str| text.find("\n\n== ").or_else(|| text.find("\n== ")).unwrap_or(text.len());
    answers.map(|text| text[..ends(text)].to_owned()).collect()
}

/// Addresses, each with the secret in a different place.
pub fn addresses() -> Vec<String> {
    let forms = [
        "postgres://ann:SECRET@localhost:5432/blog?sslmode=require",
        "postgres://localhost/blog?user=ann&password=SECRET",
        "mysql://ann:SECRET@db.example.org/blog",
        "mariadb://ann:p%40SECRET@[::1]:3306/blog",
        "sqlite://data/blog.sqlite3?mode=rwc",
        "sqlite::memory:",
        "file:blog.db?key=SECRET",
        "host=localhost user=ann password=SECRET dbname=blog",
        "Server=db;Database=blog;Uid=ann;Pwd=SECRET;",
        "postgres:ann:SECRET@localhost",
        "ann:SECRET@localhost/blog",
        "jdbc:postgresql://localhost/blog?password=SECRET",
        "data/blog.sqlite3",
    ];
    forms.iter().map(|form| form.replace("SECRET", SECRET)).collect()
}

/// The operations of history rows.
pub fn history() -> Vec<String> {
    let id = MigrationId::new("blog", "0001_initial");
    let read = |text: String| read_module(&id, &text).ok();
    let operations = migrations().into_iter().filter_map(read).map(|migration| migration.operations);
    operations.filter_map(|operations| serde_json::to_string(&operations).ok()).collect()
}

/// Findings.
pub fn findings() -> Vec<String> {
    let question = FoundQuestion::new(Some("title".into()), "a `new` field");
    let seen = Seen { app: "blog".into(), questions: vec![question], ..Seen::default() };
    let krate = CrateFindings { crate_name: "blog".into(), package: "/blog".into(), mode: Mode::Write };
    let texts =
        [to_text(&ModelFindings { seen: vec![seen] }), to_text(&krate), to_text(&AppFindings::default())];
    texts.into_iter().flatten().collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the texts of all files below a folder with this ending, sorted by name.
fn texts(folder: &Path, extension: &str) -> Vec<String> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            found.extend(texts(&path, extension));
        } else if path.extension().is_some_and(|it| it == extension) {
            found.extend(std::fs::read_to_string(&path));
        }
    }
    found
}
