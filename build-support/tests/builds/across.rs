//! Enums and structs with `#[model(abstract)]` of one crate in the models of another.

use modelshift_project::Project;

use super::{AUTHOR, errors, fails_with};

const LINKS: &str = "links = \"modelshift_accounts\"";

const KINDS: &str = "use modelshift::{Choices, ForeignKey, Model};\n\
    #[derive(Clone, Copy, Debug, PartialEq, Choices)]\npub enum Status { Draft, Published, #[choice(value = \"gone\")] Archived }\n\
    #[derive(Clone, Copy, Debug, Choices)]\n#[choices(integer)]\npub enum Level { Low = 1, High = 40000 }\n\
    mod inner {\n    use modelshift::Model;\n    #[derive(Model)]\n    #[model(abstract)]\n    pub struct Place { pub country: String }\n}\n\
    #[derive(Model)]\n#[model(abstract, index(fields(made_at)), check(state != State::Archived || level.is_some()))]\n\
    pub struct Traces {\n    pub made_at: i64,\n    #[field(default = State::Draft)]\n    pub state: State,\n    \
    pub level: Option<Level>,\n    pub by: Option<ForeignKey<crate::models::Author>>,\n    \
    #[field(flatten, prefix = \"from_\")]\n    pub place: inner::Place,\n}\n\
    pub use self::Status as State;\n";

const POST: &str = "use accounts::prelude::*;\n\
    #[derive(Model)]\n#[model(check(mood != accounts::kinds::Status::Archived || level.is_some()))]\npub struct Post {\n    pub id: i64,\n    \
    #[field(default = Mood::Published)]\n    pub mood: Mood,\n    #[field(flatten)]\n    pub traces: accounts::kinds::Traces,\n}\n\
    pub const COLUMNS: [&str; 2] = [Post::COLUMNS.traces.place.country, Post::COLUMNS.traces.level];\n";

/// Makes a crate `library` whose models are made of what a crate `accounts` has; nothing is built yet.
fn two_crates(package: &str) -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.add_crate("accounts", package);
    project.write(
        "accounts/src/lib.rs",
        "pub mod kinds;\npub mod migrations;\npub mod models;\npub mod prelude {\n    pub use crate::kinds::Status as Mood;\n    pub use crate::models::*;\n}\n",
    );
    project.write("accounts/src/kinds.rs", KINDS);
    project.models_of("accounts", AUTHOR);
    project.models(POST);
    project
}

fn begun() -> Project {
    let project = two_crates(LINKS);
    let _ = project.check().ok();
    project.commit("posts");
    project
}

#[test]
fn fields_and_enums_of_another_crate_are_recorded_where_the_model_is() {
    let project = two_crates(LINKS);
    let _ = project.check().ok();
    let first = project.newest();
    for text in [
        "depends_on = [\"accounts.0001_initial\"]",
        "choices(Draft = \"draft\", Published = \"published\", Archived = \"gone\"),\n                default = \"published\",\n            )]\n            mood: Status,",
        "default = \"draft\",\n            )]\n            state: Status,",
        "#[field(choices(i32, Low = 1, High = 40000))]\n            level: Option<Level>,",
        "by: Option<ForeignKey<accounts::Author>>,",
        "from_country: String,",
        "state != \"gone\" || level.is_some()",
        "mood != \"gone\" || level.is_some()",
        "index(name = \"library_post_made_at",
    ] {
        assert!(first.contains(text), "`{text}` is not in:\n{first}");
    }
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    project.commit("posts");
    let there = project.migrations_of("accounts");

    // An edit there is noticed here, and written here alone, where alone there are columns of it.
    let kinds = KINDS
        .replace("Draft, Published,", "Draft, Review, Published,")
        .replace("pub made_at: i64,", "pub made_at: i64,\n    pub seen_at: Option<i64>,");
    project.write("accounts/src/kinds.rs", &kinds);
    let _ = project.check().ok();
    assert_eq!(project.migrations_of("accounts"), there);
    let second = project.newest();
    for text in ["AlterField(Post)", "Review = \"review\"", "seen_at: Option<i64>"] {
        assert!(second.contains(text), "`{text}` is not in:\n{second}");
    }
    assert_eq!(second.matches("AlterField(Post)").count(), 2, "{second}");
    project.commit("reviews");
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    assert_eq!(project.migrations().len(), 2);
}

#[test]
fn what_is_asked_about_them_is_asked_where_a_model_holds_them() {
    let project = begun();
    let models = format!("{POST}{}", POST.replace("Post", "Page").replace("use accounts::prelude::*;\n", ""));
    let models = models.replacen("pub const COLUMNS", "pub const OTHERS", 1);
    project.models(&models);
    let _ = project.check().ok();
    project.commit("pages");
    let kinds = KINDS.replace("pub made_at: i64,", "pub made_at: i64,\n    pub seen: i32,");
    project.write("accounts/src/kinds.rs", &kinds);
    let texts = [
        "`Traces.seen` is a new NOT NULL field",
        "the models `Page`, `Post`; the crate `accounts` has it",
        "#[field(backfill = 0)]",
        "src/models.rs:22:9",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    project
        .write("accounts/src/kinds.rs", &kinds.replace("pub seen", "#[field(backfill = 0)]\n    pub seen"));
    let _ = project.check().ok();
    assert_eq!(project.newest().matches("backfill = 0").count(), 2, "{}", project.newest());
    project.commit("seen");

    // A variant that went, and what became of it.
    let without = kinds.replace("Published, #[choice", "Public, #[choice");
    project.write("accounts/src/kinds.rs", &without);
    project.models(&models.replace("Mood::Published", "Mood::Draft"));
    let texts = [
        "`Status::Published` is gone, and rows may hold it in ",
        "the crate `accounts` has the enum",
        "#[choice(renamed_from = \"Published\")] on `Status::Public`",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    let renamed = without.replace("Public,", "#[choice(renamed_from = \"Published\")] Public,");
    project.write("accounts/src/kinds.rs", &renamed);
    let _ = project.check().ok();
    assert_eq!(project.newest().matches("renamed(Published -> Public)").count(), 4, "{}", project.newest());
}

#[test]
fn what_a_crate_does_not_tell_of_is_one_error() {
    let project = two_crates(LINKS);
    let check = |models: &str, texts: &[&str]| {
        project.models(models);
        let said = fails_with(project.check(), texts);
        assert_eq!(errors(&said), 1, "{said}");
    };
    let plain = "#[derive(Model)]\npub struct Page { pub id: i64, pub state: accounts::Status }\n";
    let hidden =
        "mod hidden {\n    pub enum Status { Draft }\n    pub struct Traces;\n}\npub use hidden::*;\n";
    project.write("accounts/src/lib.rs", &format!("{}{hidden}", project.read("accounts/src/lib.rs")));
    check(
        plain,
        &[
            "unknown type `accounts::Status`",
            "the crate `accounts` does not export the enum `Status`; there is `accounts::kinds::Status`",
        ],
    );
    let flattening =
        "#[derive(Model)]\npub struct Page { pub id: i64, #[field(flatten)] pub traces: accounts::Traces }\n";
    check(
        flattening,
        &[
            "`Page.traces` flattens `Traces`, and the crate `accounts` does not export the struct with `#[model(abstract)]` `Traces`",
            "there is `accounts::kinds::Traces`",
        ],
    );
    check(
        &flattening.replace("accounts::Traces", "accounts::models::Author"),
        &["`Page.traces` flattens `Author`, which is a model with a table of its own"],
    );
    // A crate whose build script exported models only.
    let told = "fn main() {\n    let file = std::path::Path::new(&std::env::var(\"OUT_DIR\").unwrap()).join(\"told.json\");\n    \
         std::fs::write(&file, r#\"{\"package\":\"accounts\",\"crate_name\":\"accounts\",\"apps\":{},\"models\":{\"models::Author\":\"accounts.Author\"}}\"#).unwrap();\n    \
         println!(\"cargo::metadata=modelshift={}\", file.display());\n}\n";
    let build = project.read("accounts/build.rs");
    project.write("accounts/build.rs", told);
    project.write("accounts/src/lib.rs", "pub mod kinds;\npub mod models;\n");
    check(
        &plain.replace("accounts::Status", "accounts::kinds::Status"),
        &["the crate `accounts` was built by a version of `modelshift-build` that exported models only"],
    );
    project.write("accounts/build.rs", &told.replace("{\"package\"", "{\"format\":99,\"package\""));
    project.models(AUTHOR);
    fails_with(project.check(), &["the exports of a dependency cannot be read (it is of a newer version"]);
    project.write("accounts/build.rs", &build);
    let manifest = project.read("accounts/Cargo.toml").replace(LINKS, "");
    project.write("accounts/Cargo.toml", &manifest);
    project.write("accounts/src/lib.rs", "pub mod kinds;\npub mod migrations;\npub mod models;\n");
    check(
        &plain.replace("accounts::Status", "accounts::kinds::Status"),
        &["a crate that does not export its enums", "`links = \"modelshift_accounts\"`"],
    );
}

#[test]
fn a_chain_of_crates_passes_them_on() {
    let project = begun();
    let manifest = project.read("Cargo.toml");
    project.add_crate("middle", "links = \"modelshift_middle\"");
    let middle = project.read("middle/Cargo.toml").replace("path = \"accounts\"", "path = \"../accounts\"");
    project.write("middle/Cargo.toml", &middle);
    project.write(
        "Cargo.toml",
        &manifest.replace("accounts = { path = \"accounts\" }", "middle = { path = \"middle\" }"),
    );
    // It has neither models nor migrations of its own.
    project.write(
        "middle/src/lib.rs",
        "use modelshift::Model;\npub use accounts::{kinds, prelude};\npub use accounts::kinds::*;\n\
         #[derive(Model)]\n#[model(abstract)]\npub struct More {\n    #[field(flatten)]\n    pub traces: accounts::kinds::Traces,\n    pub note: Option<Level>,\n}\n",
    );
    project
        .models(&POST.replace("accounts::kinds::Traces", "middle::Traces").replace("accounts::", "middle::"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1, "{}", project.newest());
    project.models(&format!(
        "{}#[derive(Model)]\npub struct Page {{ pub id: i64, #[field(flatten)] pub more: middle::More }}\n",
        project.read("src/models.rs").split_once("\n\n").unwrap().1
    ));
    let _ = project.check().ok();
    let newest = project.newest();
    for text in ["from_country: String", "note: Option<Level>", "by: Option<ForeignKey<accounts::Author>>"] {
        assert!(newest.contains(text), "`{text}` is not in:\n{newest}");
    }
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
}

#[test]
fn one_name_in_two_crates_is_told() {
    let project = two_crates(LINKS);
    project.add_crate("others", "links = \"modelshift_others\"");
    let others = project.read("others/Cargo.toml").replace("accounts = { path = \"accounts\" }\n", "");
    project.write("others/Cargo.toml", &format!("{others}[lib]\nname = \"accounts\"\n"));
    project.write(
        "others/src/lib.rs",
        "pub mod kinds {\n    #[derive(modelshift::Choices)]\n    pub enum Status { Other }\n}\n",
    );
    let manifest = project.read("Cargo.toml");
    project.write(
        "Cargo.toml",
        &manifest.replace(
            "others = { path = \"others\" }",
            "elsewhere = { package = \"others\", path = \"others\" }",
        ),
    );
    fails_with(project.check(), &["two dependencies export different types `accounts::kinds::Status`"]);
    // Under names of their own they are two.
    project.write("others/Cargo.toml", &format!("{others}[lib]\nname = \"others\"\n"));
    let page = "#[derive(Model)]\npub struct Page { pub id: i64, pub state: elsewhere::kinds::Status }\n";
    project.models(&format!("{POST}{page}"));
    let _ = project.check().ok();
    assert!(project.newest().contains("choices(Other = \"other\")"), "{}", project.newest());
}

#[test]
fn a_struct_that_this_version_cannot_read_is_no_removal() {
    let project = begun();
    let newer = "fn main() {\n    modelshift_build::run();\n    \
        let file = std::path::Path::new(&std::env::var_os(\"OUT_DIR\").unwrap()).join(\"modelshift-exports.json\");\n    \
        let text = std::fs::read_to_string(&file).unwrap();\n    \
        std::fs::write(&file, text.replace(\"pub made_at\", \"# [field (novel)] pub made_at\")).unwrap();\n}\n";
    project.write("accounts/build.rs", newer);
    let texts = [
        "`Post.traces` flattens `Traces`",
        "cannot read the export of that struct: unknown field attribute `novel`",
        "use one version of `modelshift-build` in both crates",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn what_a_crate_no_longer_tells_is_no_removal() {
    let project = begun();
    let check = |texts: &[&str]| {
        fails_with(project.check(), texts);
        assert_eq!(project.migrations().len(), 1);
    };
    // A file that cannot be read.
    let build = project.read("accounts/build.rs");
    let broken = build.replace(
        "run();",
        "run();\n    let file = std::path::Path::new(&std::env::var_os(\"OUT_DIR\").unwrap()).join(\"modelshift-exports.json\");\n    \
         std::fs::write(&file, \"{\").unwrap();",
    );
    project.write("accounts/build.rs", &broken);
    check(&["the exports of a dependency cannot be read"]);
    project.write("accounts/build.rs", &build);
    // A manifest without `links`.
    let manifest = project.read("accounts/Cargo.toml");
    project.write("accounts/Cargo.toml", &manifest.replace(LINKS, ""));
    check(&["its Cargo.toml needs a `links` key", "`Post.traces` flattens `Traces`"]);
    project.write("accounts/Cargo.toml", &manifest);
    // A struct that is not there any more.
    let kinds = project.read("accounts/src/kinds.rs");
    project.write("accounts/src/kinds.rs", &kinds.replace("pub struct Traces", "pub struct Marks"));
    check(&["`Post.traces` flattens `Traces`"]);
    project.write("accounts/src/kinds.rs", &kinds);
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
}
