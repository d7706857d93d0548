//! It never guesses: what is ambiguous is asked on the field it concerns, and nothing is written until it is answered.

use super::{AUTHOR, author_with, begun, errors, fails_with, project};

#[test]
fn a_field_that_may_be_renamed_is_asked_about_at_its_line() {
    let project = begun();
    project.models(&AUTHOR.replace("name: String", "full_name: String"));
    let said = fails_with(
        project.check(),
        &[
            "`Author.full_name` is new and `name` is gone",
            "#[field(renamed_from = \"name\")]",
            "#[field(new, default = \"\")]",
            "src/models.rs:7:9",
        ],
    );
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    let answer = "#[field(renamed_from = \"name\")]\n    pub full_name: String";
    project.models(&AUTHOR.replace("pub name: String", answer));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_rename_name_author_full_name.rs"]);
    project.commit("full name");
    // The answer is inert once it is recorded, whether it stays or goes.
    project.models(&AUTHOR.replace("name: String", "full_name: String"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 2);
}

#[test]
fn a_new_field_that_forbids_null_is_asked_for_a_value() {
    let project = begun();
    project.models(&author_with("pub age: i32,"));
    let texts = [
        "`Author.age` is a new NOT NULL field",
        "#[field(default = 0)]",
        "#[field(backfill = 0)]",
        "Option<",
    ];
    fails_with(project.check(), &texts);
    assert_eq!(project.migrations().len(), 1);
    project.models(&author_with("#[field(backfill = 0)]\n    pub age: i32,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs"]);
}

#[test]
fn a_value_is_taken_from_a_field_that_goes() {
    let project = begun();
    let from = |value: &str| {
        AUTHOR
            .replace("name: String", "full_name: String")
            .replace("pub full_name", &format!("#[field(new, backfill = {value})]\n    pub full_name"))
    };
    project.models(&from("nmae"));
    let said = fails_with(
        project.check(),
        &["`Author.full_name` takes its `backfill` from `nmae`", "`name` in its place", "src/models.rs:8:9"],
    );
    assert_eq!(errors(&said), 1, "{said}");
    for value in ["lower(name)", "sql(\"upper(name)\")"] {
        project.models(&from(value));
        let _ = project.check().ok();
        let newest = project.newest();
        let places = ["AddField", "RemoveField"].map(|it| newest.find(it).unwrap());
        assert!(places.is_sorted() && newest.contains(value), "{newest}");
    }
}

#[test]
fn a_unique_field_becomes_not_null_once_its_rows_are_filled() {
    let project = begun();
    project.models(&author_with("#[field(unique)]\n    pub slug: Option<String>,"));
    let _ = project.check().ok();
    project.commit("slug");
    project.models(&author_with("#[field(unique)]\n    pub slug: String,"));
    let texts = [
        "`Author.slug` is NOT NULL from now on",
        "#[field(filled)]",
        "#[field(backfill = sql(\"…\"))]",
        "for more, run `cargo modelshift explain MS0101`",
    ];
    fails_with(project.check(), &texts);
    for answer in ["filled", "backfill = sql(\"name || id\")"] {
        project.models(&author_with(&format!("#[field(unique, {answer})]\n    pub slug: String,")));
        let _ = project.check().ok();
        assert!(project.newest().contains("AlterField(Author)"), "{}", project.newest());
    }
}

#[test]
fn a_reference_by_another_field_says_what_it_holds() {
    let project = project();
    let author = "#[derive(Model)]\npub struct Author {\n    pub id: i64,\n    #[field(unique)]\n    pub name: String,\n}\n";
    let book = |held: &str| {
        format!(
            "{author}\n#[derive(Model)]\npub struct Book {{\n    pub id: i64,\n    #[field(to_field = \"name\")]\n    \
             pub author: modelshift::ForeignKey<Author{held}>,\n}}\n"
        )
    };
    project.models(&book(""));
    let said = fails_with(
        project.check(),
        &["`Book.author` refers to `Author.name`, which is a `String`", "`ForeignKey<Author, String>`"],
    );
    assert_eq!(errors(&said), 1, "{said}");
    project.models(&book(", String"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    // What it refers to is no longer unique.
    project.models(&book(", String").replace("#[field(unique)]", ""));
    fails_with(
        project.check(),
        &[
            "`author` of `library.Book` refers to `library.Author` by `name`, which is not unique",
            "say `unique` at the field",
        ],
    );
}

#[test]
fn a_question_leaves_the_draft_as_it_was() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    let draft = project.newest();
    project.models(&author_with("pub age: i32,"));
    fails_with(project.check(), &["`Author.age`"]);
    assert_eq!(project.newest(), draft);
    project.models(AUTHOR);
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_model_that_may_be_renamed_is_asked_about_at_its_struct() {
    let project = begun();
    project.models(&AUTHOR.replace("Author", "Writer"));
    let texts =
        ["`Writer` is new", "#[model(renamed_from = \"Author\")]", "#[model(new)]", "src/models.rs:5:12"];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    project.models(
        &format!("#[model(renamed_from = \"Author\")]\n{}", AUTHOR.replace("Author", "Writer")).replace(
            "#[model(renamed_from = \"Author\")]\n#[derive(Model)]",
            "#[derive(Model)]\n#[model(renamed_from = \"Author\")]",
        ),
    );
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_rename_author_writer.rs"]);
}
