//! What stands behind a false condition is no removal, as cargo builds it.

use super::{AUTHOR, author_with, fails_with, project};
use modelshift_project::{Project, Run};

/// Makes a project with a feature `extra`.
fn featured() -> Project {
    let project = project();
    let manifest =
        project.read("Cargo.toml").replace("[dependencies]", "[features]\nextra = []\n\n[dependencies]");
    project.write("Cargo.toml", &manifest);
    project
}

fn with_extra(project: &Project) -> Run {
    project.run("cargo", &["check", "-v", "--features", "extra"])
}

#[test]
fn builds_with_and_without_a_feature_share_one_history() {
    let project = featured();
    let on = "#[cfg(feature = \"extra\")]\n    ";
    let field = format!("{on}#[field(default = 0)]\n    pub rank: i32,");
    let tag = "#[cfg(feature = \"extra\")]\n#[derive(Model)]\npub struct Tag {\n    pub id: i64,\n    pub of: ForeignKey<Author>,\n}\n";
    let status = "#[derive(Clone, Copy, Debug, PartialEq, modelshift::Choices)]\npub enum Status { Draft, #[cfg(feature = \"extra\")] Hidden, Live }\n";
    let models = format!("{status}{}{tag}", author_with(&format!("pub status: Status,\n    {field}")));
    let models = models.replacen(
        "#[derive(Model)]",
        "#[derive(Model)]\n#[cfg_attr(feature = \"extra\", model(index(fields(name))))]",
        1,
    );
    project.models(&models);
    let _ = with_extra(&project).ok();
    let first = project.newest();
    for text in ["struct Tag", "rank: i32", "index(", "Hidden"] {
        assert!(first.contains(text), "`{text}` is not in:\n{first}");
    }
    // The draft keeps what this build does not see, and so does the history.
    let _ = project.check().ok();
    assert_eq!((project.migrations().len(), project.newest()), (1, first.clone()));
    project.commit("everything");
    let _ = project.check().ok();
    let _ = with_extra(&project).ok();
    assert_eq!(project.migrations().len(), 1);
    // An edit of what this build sees leaves the rest alone.
    project.models(&models.replace("pub name: String,", "pub name: String,\n    pub age: Option<i32>,"));
    let _ = project.check().ok();
    let second = project.newest();
    assert!(
        second.contains("AddField(Author)") && !second.contains("Remove") && !second.contains("Delete"),
        "{second}"
    );
    let _ = with_extra(&project).ok();
    assert_eq!(project.newest(), second);
    project.commit("ages");
    // What is gone from the source is gone.
    project.models(&format!("{status}{}", author_with("pub age: Option<i32>,\n    pub status: Status,")));
    let _ = project.check().ok();
    let third = project.newest();
    for text in ["DeleteModel(Tag)", "RemoveField(Author: rank)", "RemoveIndex(Author"] {
        assert!(third.contains(text), "`{text}` is not in:\n{third}");
    }
}

#[test]
fn a_release_build_without_a_feature_lacks_nothing() {
    let project = featured();
    project.models(&author_with("#[cfg(feature = \"extra\")]\n    pub rank: Option<i32>,"));
    let _ = with_extra(&project).ok();
    project.commit("ranks");
    let _ = project.run("cargo", &["check", "--release"]).ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn what_another_crate_has_behind_a_false_condition_stays() {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.add_crate("accounts", "links = \"modelshift_accounts\"\n\n[features]\nextra = []");
    project.models_of(
        "accounts",
        &format!(
            "{AUTHOR}#[derive(Clone, Copy, Debug, modelshift::Choices)]\npub enum Status {{ Draft, #[cfg(feature = \"extra\")] Hidden }}\n\
             #[derive(Model)]\n#[model(abstract)]\npub struct Times {{\n    pub made: i64,\n    #[cfg(feature = \"extra\")]\n    pub seen: Option<i64>,\n    pub state: Status,\n}}\n"
        ),
    );
    project.models("#[derive(Model)]\npub struct Post {\n    pub id: i64,\n    pub status: accounts::models::Status,\n    #[field(flatten)]\n    pub times: accounts::models::Times,\n}\n");
    let _ = project.run("cargo", &["check", "--features", "accounts/extra"]).ok();
    let first = project.newest();
    assert!(first.contains("seen: Option<i64>") && first.matches("Hidden").count() == 2, "{first}");
    project.commit("posts");
    // Whether the features of the packages are those of one of them, or of both.
    for arguments in [&["check"][..], &["check", "-p", "library"], &["check", "--workspace"]] {
        let _ = project.run("cargo", arguments).ok();
        assert_eq!((project.migrations().len(), project.newest()), (1, first.clone()), "{arguments:?}");
    }
    let kinds = project.read("accounts/src/models.rs");
    project.write(
        "accounts/src/models.rs",
        &kinds.replace("    #[cfg(feature = \"extra\")]\n    pub seen: Option<i64>,\n", ""),
    );
    let _ = project.check().ok();
    assert!(project.newest().contains("RemoveField(Post: seen)"), "{}", project.newest());
}

#[test]
fn a_field_that_is_gone_while_another_is_hidden_is_asked_about() {
    let project = featured();
    project.models(&author_with("pub rank: Option<i32>,"));
    let _ = project.check().ok();
    project.commit("ranks");
    project.models(&author_with("#[cfg(feature = \"extra\")]\n    pub level: Option<i32>,"));
    fails_with(
        project.check(),
        &["the field `Author.rank` is gone", "`Author.level`", "renamed_from = \"rank\""],
    );
    assert_eq!(project.migrations().len(), 1);
    project.models(&author_with(
        "#[cfg(feature = \"extra\")]\n    #[field(renamed_from = \"rank\")]\n    pub level: Option<i32>,",
    ));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
    let _ = with_extra(&project).ok();
    assert!(project.newest().contains("RenameField(Author: rank -> level)"), "{}", project.newest());
}
