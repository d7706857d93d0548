//! It does not litter: one right draft, never two, and nothing that a person or git holds is touched.

use super::{AUTHOR, author_with, begun, project};

const INITIAL: &str = "m0001_initial.rs";

#[test]
fn edits_one_after_another_leave_one_right_draft() {
    let project = project();
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL]);
    let book =
        "#[derive(Model)]\npub struct Book {\n    pub id: i64,\n    pub author: ForeignKey<Author>,\n}\n";
    for (models, expect) in [
        (author_with("pub age: i32,"), "age: i32"),
        (author_with("pub age: i64,"), "age: i64"),
        (author_with("pub years: i64,"), "years: i64"),
        (format!("{AUTHOR}{book}"), "struct Book"),
        (format!("{AUTHOR}{book}").replace("Author", "Writer"), "author: ForeignKey<Writer>"),
        (book.replace("pub author: ForeignKey<Author>,", ""), "struct Book"),
    ] {
        project.models(&models);
        let _ = project.check().ok();
        assert_eq!(project.migrations(), [INITIAL]);
        assert!(project.newest().contains(expect), "{expect}:\n{}", project.newest());
    }
    assert!(!project.newest().contains("Writer"));
}

#[test]
fn after_a_commit_the_next_edit_starts_a_new_number() {
    let project = begun();
    let initial = project.newest();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs"]);
    assert_eq!(project.read("src/migrations/m0001_initial.rs"), initial);
    project.commit("age");
    project.models(
        &AUTHOR.replace("pub name: String", "#[field(renamed_from = \"name\")]\n    pub full_name: String"),
    );
    let _ = project.check().ok();
    assert_eq!(
        project.migrations(),
        [INITIAL, "m0002_author_age.rs", "m0003_rename_name_author_full_name_remove_author_age.rs"]
    );
    assert!(project.newest().contains("depends_on = [\"library.0002_author_age\"]"));
}

#[test]
fn undoing_the_change_removes_the_draft() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 2);
    project.models(AUTHOR);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL]);
    assert_eq!(project.git(&["status", "--porcelain"]), "");
}

#[test]
fn another_branch_beside_a_draft_is_no_conflict() {
    let project = begun();
    project.git(&["checkout", "-q", "-b", "other"]);
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    project.commit("age");
    project.git(&["checkout", "-q", "main"]);
    project.models(&author_with("pub rank: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_rank.rs"]);
    project.git(&["stash", "-q", "--", "src/models.rs"]);
    project.git(&["merge", "-q", "other"]);
    project.models(&author_with("pub age: Option<i32>,\n    pub rank: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs", "m0003_author_rank.rs"]);
    assert!(project.newest().contains("library.0002_author_age"));
}

#[test]
fn a_file_that_a_person_edited_is_never_rewritten() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    let file = "src/migrations/m0002_author_age.rs";
    let edited = project.read(file).replace("//!", "//! By hand.\n//!");
    project.write(file, &edited);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs"]);
    project.models(&author_with("pub age: Option<i64>,"));
    let _ = project.check().ok();
    assert_eq!(project.read(file), edited);
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs", "m0003_alter_author_age.rs"]);
}

#[test]
fn staged_is_recorded_and_intended_is_not() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    project.git(&["add", "--intent-to-add", "src/migrations"]);
    project.models(&author_with("pub age: Option<i16>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs"]);
    assert!(project.newest().contains("Option<i16>"));
    project.git(&["add", "src/migrations"]);
    project.models(&author_with("pub age: Option<i64>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs", "m0003_alter_author_age.rs"]);
    assert!(project.read("src/migrations/m0002_author_age.rs").contains("Option<i16>"));
}

#[test]
fn a_draft_that_history_builds_on_is_history() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    let draft = project.newest();
    project.git(&["add", "src/migrations"]);
    project.models(&author_with("pub age: Option<i32>,\n    pub rank: Option<i32>,"));
    let _ = project.check().ok();
    project.git(&["rm", "-q", "--cached", "src/migrations/m0002_author_age.rs"]);
    project.git(&["add", "src/migrations/m0003_author_rank.rs"]);
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.read("src/migrations/m0002_author_age.rs"), draft);
    assert_eq!(project.migrations().last().unwrap(), "m0004_remove_author_rank.rs");
}

#[test]
fn only_the_newest_is_a_draft_where_git_forgot_the_history() {
    let project = begun();
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    project.git(&["rm", "-r", "-q", "--cached", "src/migrations"]);
    project.models(&author_with("pub age: Option<i64>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs"]);
    assert!(project.newest().contains("Option<i64>"));
}

#[test]
fn line_ends_of_a_checkout_change_nothing() {
    let project = begun();
    project.git(&["config", "core.autocrlf", "true"]);
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    project.commit("age");
    for name in ["m0001_initial.rs", "m0002_author_age.rs"] {
        std::fs::remove_file(project.path("src/migrations").join(name)).unwrap();
    }
    project.git(&["checkout", "--", "src/migrations"]);
    assert!(project.newest().contains("\r\n"));
    let _ = project.check().ok();
    assert_eq!(project.git(&["status", "--porcelain"]), "");
    // Also a draft may come with other line ends, and is a draft all the same.
    project.models(&author_with("pub age: Option<i32>,\n    pub rank: Option<i32>,"));
    let _ = project.check().ok();
    let draft = project.newest().replace('\n', "\r\n");
    project.write("src/migrations/m0003_author_rank.rs", &draft);
    let _ = project.check().ok();
    assert_eq!(project.newest(), draft);
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), [INITIAL, "m0002_author_age.rs"]);
}
