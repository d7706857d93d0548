//! Histories that do not fit together: said by `migrations!`, in the user's words, and nothing is written.

use super::{AUTHOR, author_with, begun, errors, fails_with};

#[test]
fn a_syntax_error_in_a_migration_is_told_with_its_place() {
    let project = begun();
    let file = "src/migrations/m0002_author_age.rs";
    project.write(file, "modelshift::migration! {\n    AddFeld(Author) { age: i32 }\n}\n");
    project.models(&author_with("pub age: Option<i32>,"));
    let said = fails_with(project.check(), &["src/migrations/m0002_author_age.rs:2:5", "AddFeld"]);
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs"]);
}

#[test]
fn a_missing_dependency_and_a_wrong_name_are_told() {
    let project = begun();
    let file = "src/migrations/m0002_x.rs";
    project.write(file, "modelshift::migration! {\n    depends_on = [\"library.0001_gone\"];\n}\n");
    let texts = ["`library.0002_x`", "`library.0001_gone`", "does not exist", "src/migrations.rs:1:1"];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    std::fs::rename(project.path(file), project.path("src/migrations/m2_x.rs")).unwrap();
    fails_with(project.check(), &["invalid name of a migration"]);
    assert!(project.path("src/migrations/m2_x.rs").exists());
}

#[test]
fn an_operation_that_does_not_fit_is_told_with_its_number() {
    let project = begun();
    let text =
        "modelshift::migration! {\n    depends_on = [\"library.0001_initial\"];\n    DeleteModel(Book);\n}\n";
    project.write("src/migrations/m0002_x.rs", text);
    fails_with(
        project.check(),
        &["migration `library.0002_x`, operation 1", "model `library.Book` does not exist"],
    );
}

#[test]
fn two_leaves_stop_a_new_migration_and_are_named() {
    let mut project = begun();
    for (branch, field) in [("one", "age"), ("two", "rank")] {
        project.git(&["checkout", "-q", "-b", branch, "main"]);
        project.models(&author_with(&format!("pub {field}: Option<i32>,")));
        let _ = project.check().ok();
        project.commit(field);
    }
    project.git(&["merge", "-q", "-X", "ours", "one"]);
    let both = "pub age: Option<i32>,\n    pub rank: Option<i32>,";
    project.models(&author_with(both));
    project.commit("both");
    // Nothing is missing: a build of one's own only warns, a check does not let it pass.
    let built = project.check().ok();
    assert!(
        built.stderr.contains("`library.0002_author_age` and `library.0002_author_rank`"),
        "{}",
        built.stderr
    );
    project.set("MODELSHIFT", "check");
    fails_with(project.check(), &["`library.0002_author_age` and `library.0002_author_rank`"]);
    project.unset("MODELSHIFT");
    project.models(&author_with(&format!("{both}\n    pub bio: Option<String>,")));
    fails_with(
        project.check(),
        &["`library.0002_author_age` and `library.0002_author_rank`", "`depends_on`"],
    );
    assert_eq!(project.migrations().len(), 3);
    let file = "src/migrations/m0002_author_rank.rs";
    let text = project.read(file).replace("0001_initial", "0002_author_age");
    std::fs::remove_file(project.path(file)).unwrap();
    project.write("src/migrations/m0003_author_rank.rs", &text);
    let _ = project.check().ok();
    assert_eq!(project.migrations().last().unwrap(), "m0004_author_bio.rs");
}

#[test]
fn a_circle_is_told_with_its_members() {
    let project = begun();
    let file = |number: u32, depends: &str| {
        let text = format!("modelshift::migration! {{\n    depends_on = [\"library.{depends}\"];\n}}\n");
        project.write(format!("src/migrations/m{number:04}_x.rs"), &text);
    };
    file(2, "0003_x");
    file(3, "0002_x");
    fails_with(project.check(), &["circle", "`library.0002_x`", "`library.0003_x`"]);
    project.models(AUTHOR);
    assert_eq!(project.migrations().len(), 3);
}
