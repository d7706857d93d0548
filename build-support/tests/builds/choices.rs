//! Enums as fields: found wherever they are declared, asked about where rows may hold what is gone.

use modelshift_project::Project;

use super::{errors, fails_with};

const POST: &str = "use crate::kinds::{Level, Status as State};\n\
    #[derive(Model)]\n#[model(check(state != State::Archived || level.is_some()))]\npub struct Post {\n    pub id: i64,\n    \
    #[field(default = State::Draft)]\n    pub state: State,\n    pub level: Option<Level>,\n    pub mood: self::own::Mood,\n}\n\
    pub mod own {\n    #[derive(modelshift::Choices)]\n    #[choices(native)]\n    pub enum Mood { Happy, Sad }\n}\n";

const KINDS: &str = "use modelshift::Choices;\n\
    #[derive(Clone, Copy, Debug, PartialEq, Choices)]\npub enum Status { Draft, Published, #[choice(value = \"gone\")] Archived }\n\
    #[derive(Clone, Copy, Debug, Choices)]\n#[choices(integer)]\npub enum Level { Low = 1, High = 40000 }\n";

fn project() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.write("src/lib.rs", "pub mod kinds;\npub mod migrations;\npub mod models;\n");
    project.write("src/kinds.rs", KINDS);
    project.models(POST);
    project
}

fn begun() -> Project {
    let project = project();
    let _ = project.check().ok();
    project.commit("posts");
    project
}

#[test]
fn enums_are_found_through_modules_and_recorded_with_their_values() {
    let project = begun();
    let first = project.newest();
    for text in [
        "                choices(Draft = \"draft\", Published = \"published\", Archived = \"gone\"),\n                default = \"draft\",\n            )]\n            state: Status,",
        "#[field(choices(i32, Low = 1, High = 40000))]\n            level: Option<Level>,",
        "#[field(choices(native, Happy = \"happy\", Sad = \"sad\"))]\n            mood: Mood,",
        "state != \"gone\" || level.is_some()",
    ] {
        assert!(first.contains(text), "{text}\n{first}");
    }
    // What the order of variants is, text does not tell.
    project.write("src/kinds.rs", &KINDS.replace("{ Draft, Published,", "{ Published, Draft,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
    project.write("src/kinds.rs", &KINDS.replace("Draft, Published,", "Draft, Review, Published,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_alter_post_state.rs"]);
    assert!(project.newest().contains("Review = \"review\""), "{}", project.newest());
}

#[test]
fn a_variant_that_is_gone_is_asked_about_at_the_enum_and_once() {
    let project = begun();
    project.models(&format!("{POST}#[derive(Model)]\npub struct Page {{ pub id: i64, pub state: State }}\n"));
    let _ = project.check().ok();
    project.commit("pages");
    let without = KINDS.replace("Published, #[choice", "Public, #[choice");
    project.write("src/kinds.rs", &without);
    let said = fails_with(
        project.check(),
        &[
            "`Status::Published` is gone, and rows may hold it in `Page.state`",
            "#[choice(renamed_from = \"Published\")] on `Status::Public`",
            "#[choices(removed(Published -> Draft))] on `Status`",
            "#[choices(removed(Published))] on `Status`",
            "src/kinds.rs:3:10",
        ],
    );
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations().len(), 2);
    let renamed = without.replace("Public,", "#[choice(renamed_from = \"Published\")] Public,");
    project.write("src/kinds.rs", &renamed);
    let _ = project.check().ok();
    let written = project.newest();
    assert!(written.contains("renamed(Published -> Public)"), "{written}");
    project.commit("renamed");
    // The answer is inert once it is recorded, whether it stays or goes.
    let _ = project.check().ok();
    project.write("src/kinds.rs", &without);
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 3);
    let removed = without
        .replace("Public, ", "")
        .replace("pub enum Status", "#[choices(removed(Public -> Draft))]\npub enum Status");
    project.write("src/kinds.rs", &removed);
    let _ = project.check().ok();
    let written = project.newest();
    assert_eq!(written.matches("removed(Public -> Draft)").count(), 2, "{written}");
}

#[test]
fn what_is_no_enum_in_sight_is_told_on_its_field() {
    let project = begun();
    project.models(
        &POST
            .replace("mood: self::own::Mood", "mood: self::own::Feeling")
            .replace("pub enum Mood", "pub struct Other;\n    pub type Feeling = Other;\n    pub enum Mood")
            .replace("#[derive(modelshift::Choices)]\n    #[choices(native)]\n", ""),
    );
    let said = fails_with(
        project.check(),
        &[
            "unknown type `self::own::Feeling`",
            "derive `Choices`",
            "#[field(as = \"i64\")]",
            "src/models.rs:12:9",
        ],
    );
    assert_eq!(errors(&said), 1, "{said}");
    project.models(&POST.replace("State::Draft)]", "State::Drft)]").replace("State::Archived", "Level::Low"));
    let texts = [
        "`Status` has no variant `Drft`; expected one of `Draft`, `Published`, `Archived`",
        "`state` is `Status`, which is never `Level::Low`",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 2, "{said}");
    // A mistake in the enum is told there alone, and the last good answer stands.
    project.models(POST);
    project.write("src/kinds.rs", &KINDS.replace("value = ", "valu = "));
    let said = fails_with(project.check(), &["unknown choice attribute `valu`"]);
    assert_eq!(errors(&said), 1, "{said}");
    assert_eq!(project.migrations().len(), 1);
}

/// Invariant 13, for enums.
#[test]
fn invariant_13_an_enum_that_the_compiler_sees_differently_is_an_error() {
    let project = begun();
    let made = KINDS
        .replace("Draft, Published,", "Draft, Hidden, Published,")
        .replace("pub enum Level", "pub enum Unused");
    project.write("src/made.rs", &made);
    project.write(
        "src/kinds.rs",
        &format!("mod seen {{\n{KINDS}}}\npub use self::seen::*;\ninclude!(\"made.rs\");\n"),
    );
    fails_with(project.check(), &["the build script saw the enum of this field differently"]);
    let mut off = project;
    off.set("MODELSHIFT", "off");
    let _ = off.check().ok();
    off.unset("MODELSHIFT");
    fails_with(off.check(), &["the build script saw the enum of this field differently"]);
}

#[test]
fn wr_022_a_newtype_says_what_is_in_its_column() {
    let project = begun();
    let user = "#[derive(Clone, Copy)]\npub struct UserId(pub i64);\npub struct Slug(pub String);\n\
        #[derive(Model)]\npub struct User {\n    #[field(primary_key, as = \"i64\")]\n    pub id: UserId,\n    \
        #[field(as = \"String\", max_length = 20, unique)]\n    pub slug: Slug,\n    #[field(as = \"i64\")]\n    \
        pub invited_by: Option<UserId>,\n    pub best_friend: Option<ForeignKey<User>>,\n}\n\
        pub fn key(user: &User) -> Option<UserId> { user.best_friend.as_ref().map(|it| *it.key()) }\n";
    project.models(&format!("{POST}{user}"));
    let _ = project.check().ok();
    let written = project.newest();
    for text in [
        "            id: i64,",
        "max_length = 20)]\n            slug: String,",
        "invited_by: Option<i64>,",
        "best_friend: Option<ForeignKey<User>>,",
    ] {
        assert!(written.contains(text), "{text}\n{written}");
    }
}
