//! Builds with and without a feature, over folders on disk; with cargo they are in `tests/builds`.

mod random;

use std::path::Path;

use crate::{Build, Environment};

struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    fn new(models: &str) -> Self {
        let package = Self { folder: tempfile::tempdir().unwrap() };
        package.write("Cargo.toml", "[package]\nname = \"blog\"\nedition = \"2024\"\n");
        package.write("src/lib.rs", "mod migrations;\nmod models;\n");
        package.write("src/migrations.rs", "modelshift::migrations!();\n");
        package.models(models);
        package
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn models(&self, text: &str) {
        self.write("src/models.rs", text);
    }

    /// Builds with a feature or without it, and returns what was said and the migrations.
    fn build(&self, feature: Option<&str>) -> (String, Vec<String>) {
        self.build_with(&feature.map(str::to_owned).into_iter().collect::<Vec<_>>())
    }

    /// Builds with some features, and returns what was said and the migrations.
    fn build_with(&self, features: &[String]) -> (String, Vec<String>) {
        let mut variables = vec![
            ("CARGO_MANIFEST_DIR".to_owned(), self.folder.path().to_str().unwrap().to_owned()),
            ("CARGO_PKG_NAME".to_owned(), "blog".to_owned()),
            ("PROFILE".to_owned(), "debug".to_owned()),
            ("MODELSHIFT".to_owned(), "write".to_owned()),
        ];
        variables.extend(features.iter().map(|name| (format!("CARGO_FEATURE_{name}"), "1".to_owned())));
        let environment: Environment = variables.into_iter().collect();
        let permission = crate::environment::mode::permission(self.folder.path(), &environment);
        let done = crate::build_step::step(&Build::new(), &environment, &permission).unwrap();
        let faults = done.report.apps.iter().flat_map(|app| &app.faults).map(ToString::to_string);
        let questions = done.report.questions.iter().map(|it| it.question.message.clone());
        let said = faults.chain(questions).collect::<Vec<_>>().join("\n");
        (said, migrations(&self.folder.path().join("src/migrations")))
    }

    /// Builds, and returns the migrations, the newest last.
    #[track_caller]
    fn built(&self, feature: Option<&str>) -> Vec<String> {
        let (said, migrations) = self.build(feature);
        assert_eq!(said, "");
        migrations
    }
}

fn migrations(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> =
        folder.read_dir().into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

const EXTRA: Option<&str> = Some("EXTRA");
const POST: &str = "#[derive(Model)] struct Post { id: i64, title: String, FIELD }";
const ON: &str = "#[cfg(feature = \"extra\")]";

/// Checks that what the feature brings is made with it, kept without it, and removed where it is gone from the source.
#[track_caller]
fn check(with: &str, without: &str, made: &str, removed: &str) {
    let package = Package::new(with);
    let first = package.built(EXTRA);
    assert_eq!(first.len(), 1, "{with}");
    assert!(first[0].contains(made), "{}", first[0]);
    assert_eq!(package.built(None), first, "{with}");
    assert_eq!(package.built(EXTRA), first, "{with}");
    package.models(without);
    let second = package.built(None);
    assert_eq!(second.len(), 2, "{with}");
    assert!(second[1].contains(removed), "{}", second[1]);
    assert_eq!(package.built(EXTRA).len(), 2, "{with}");
}

#[test]
fn models_behind_a_false_condition_stay() {
    let tag = "#[derive(Model)] struct Tag { id: i64, post: Option<ForeignKey<Post>> }";
    let post = POST.replace("FIELD", "");
    let removed = "DeleteModel(Tag)";
    for with in [
        format!("{ON} {tag}"),
        format!("{ON} mod extra {{ use super::*; {tag} }}"),
        format!("mod extra {{ #![cfg(feature = \"extra\")] use super::*; {tag} }}"),
        tag.replace("#[derive(Model)]", "#[cfg_attr(feature = \"extra\", derive(Model))]"),
        format!("{} {ON} {}", "#[cfg(any())] struct Other;", tag),
    ] {
        check(&format!("{post} {with}"), &post, "struct Tag", removed);
    }
}

#[test]
fn a_file_behind_a_false_condition_is_read() {
    let package = Package::new(&POST.replace("FIELD", ""));
    package.write("src/lib.rs", &format!("mod migrations; mod models; {ON} mod extra;"));
    package.write("src/extra.rs", "#[derive(Model)] struct Tag { id: i64 }");
    let first = package.built(EXTRA);
    assert!(first[0].contains("struct Tag"), "{}", first[0]);
    assert_eq!(package.built(None), first);
    // What cannot be read there may hold the model.
    package.write("src/extra.rs", "#[derive(Model)] struct Tag {");
    let (said, migrations) = package.build(None);
    assert!(said.contains("`blog.Tag` is not seen any more") && said.contains("src/extra.rs"), "{said}");
    assert_eq!(migrations, first);
    std::fs::remove_file(package.folder.path().join("src/extra.rs")).unwrap();
    assert!(package.built(None)[1].contains("DeleteModel(Tag)"));
}

#[test]
fn what_cannot_be_read_behind_a_false_condition_is_no_removal() {
    let tag = |said: &str| format!("{ON} #[derive(Model)] struct Tag {{ id: i64, {said} name: String }}");
    let package = Package::new(&tag(""));
    let first = package.built(EXTRA);
    package.models(&tag("#[field(novel)]"));
    let (said, migrations) = package.build(None);
    assert!(said.contains("`blog.Tag` is not seen any more") && migrations == first, "{said}");

    let post =
        |field: &str, said: &str| POST.replace("FIELD", &format!("{field} {ON} {said} rank: Option<i32>"));
    let package = Package::new(&post("age: i32,", ""));
    let first = package.built(EXTRA);
    package.models(&post("", "#[field(novel)]"));
    let (said, migrations) = package.build(None);
    assert!(said.contains("a form of `Post` behind a false condition") && migrations == first, "{said}");
}

#[test]
fn parts_of_a_model_behind_a_false_condition_stay() {
    let plain = POST.replace("FIELD", "");
    let field = |text: &str| POST.replace("FIELD", text);
    let attribute = |text: &str| format!("#[cfg_attr(feature = \"extra\", {text})] {plain}");
    for (with, made, removed) in [
        (field(&format!("{ON} rank: Option<i32>")), "rank: Option<i32>", "RemoveField(Post: rank)"),
        (
            field(&format!("{ON} by: Option<ForeignKey<Post>>")),
            "by: Option<ForeignKey<Post>>",
            "RemoveField(Post: by)",
        ),
        (field(&format!("{ON} others: ManyToMany<Post>")), "others: ManyToMany", "RemoveField(Post: others)"),
        (attribute("model(index(fields(title)))"), "index(", "RemoveIndex(Post"),
        (attribute("model(unique(fields(title)))"), "unique(", "RemoveConstraint(Post"),
        (attribute("model(table = \"posts\")"), "table = \"posts\"", "AlterModelTable(Post"),
        (
            plain.replace("title", "#[cfg_attr(feature = \"extra\", field(unique, default = \"x\"))] title"),
            "unique",
            "AlterField(Post)",
        ),
        (attribute("model(comment = \"ours\", check(id > 0))"), "check(", "RemoveConstraint(Post"),
    ] {
        check(&with, &plain, made, removed);
    }
}

#[test]
fn variants_behind_a_false_condition_stay() {
    let post = POST.replace("FIELD", "status: Status");
    let with = |variant: &str| format!("{post} #[derive(Choices)] enum Status {{ Draft, {variant} Live }}");
    let package = Package::new(&with(&format!("{ON} Hidden,")));
    let first = package.built(EXTRA);
    assert!(first[0].contains("Draft = \"draft\", Hidden = \"hidden\", Live = \"live\""), "{}", first[0]);
    assert_eq!(package.built(None), first);
    // A variant more, beside the one that is not seen.
    package.models(&with(&format!("{ON} Hidden, New,")));
    let second = package.built(None);
    assert!(
        second[1].contains("Hidden = \"hidden\"") && second[1].contains("New = \"new\""),
        "{}",
        second[1]
    );
    assert_eq!(package.built(EXTRA), second);
    package.models(&with("New,"));
    let (said, _) = package.build(None);
    assert!(said.contains("`Status::Hidden` is gone"), "{said}");

    let integer = with(&format!("{ON} Hidden,")).replace("enum", "#[choices(integer)] enum");
    let package = Package::new(&integer);
    let first = package.built(EXTRA);
    let (said, migrations) = package.build(None);
    assert!(
        said.contains("the value of `Status::Live` in `Post.status` is 1 here, and 2 in another build"),
        "{said}"
    );
    assert_eq!(migrations, first);
}

#[test]
fn fields_of_a_flattened_struct_behind_a_false_condition_stay() {
    let post = POST.replace("FIELD", "#[field(flatten)] times: Times");
    let times = |field: &str| {
        format!("{post} #[derive(Model)] #[model(abstract)] struct Times {{ made: i64, {field} }}")
    };
    check(
        &times(&format!("{ON} seen: Option<i64>")),
        &times(""),
        "seen: Option<i64>",
        "RemoveField(Post: seen)",
    );
    // Two forms of the struct: each build sees one.
    let two = format!(
        "{post} {ON} #[derive(Model)] #[model(abstract)] struct Times {{ made: i64 }} \
         #[cfg(not(feature = \"extra\"))] #[derive(Model)] #[model(abstract)] struct Times {{ seen: Option<i64> }}"
    );
    let package = Package::new(&two);
    let first = package.built(EXTRA);
    let second = package.built(None);
    assert!(first.len() == 1 && second.len() == 2 && !second[1].contains("Remove"), "{second:?}");
    assert_eq!(package.built(EXTRA), second);
}

#[test]
fn what_no_build_has_enabled_is_not_made() {
    let post = POST.replace("FIELD", &format!("{ON} rank: Option<i32>"));
    let package = Package::new(&format!("{post} {ON} #[derive(Model)] struct Tag {{ id: i64 }}"));
    let first = package.built(None);
    assert!(!first[0].contains("rank") && !first[0].contains("Tag"), "{}", first[0]);
    let second = package.built(EXTRA);
    assert!(second[1].contains("rank") && second[1].contains("struct Tag"), "{}", second[1]);
    assert_eq!(package.built(None), second);
}

#[test]
fn an_edit_behind_a_false_condition_waits_for_a_build_that_sees_it() {
    let tag = |field: &str| format!("{ON} #[derive(Model)] struct Tag {{ id: i64, {field} }}");
    let package = Package::new(&tag("name: String"));
    package.built(EXTRA);
    package.models(&tag("name: String, rank: Option<i32>"));
    assert_eq!(package.built(None).len(), 1);
    assert!(package.built(EXTRA)[1].contains("AddField(Tag)"));

    let post = |field: &str| POST.replace("FIELD", field);
    let package = Package::new(&post("a: Option<i32>"));
    package.built(None);
    // A new name that this build does not see.
    let renamed = format!("{ON} #[field(renamed_from = \"a\")] b: Option<i32>");
    package.models(&post(&renamed));
    assert_eq!(package.built(None).len(), 1);
    package.models(&post(&format!("{ON} b: Option<i32>")));
    let (said, migrations) = package.build(None);
    assert!(said.contains("the field `Post.a` is gone, and `Post.b`") && migrations.len() == 1, "{said}");
    package.models(&post(&renamed));
    let second = package.built(EXTRA);
    assert!(second[1].contains("RenameField(Post: a -> b)"), "{}", second[1]);
    assert_eq!(package.built(None), second);
}

#[test]
fn a_model_that_gets_another_name_behind_a_false_condition_waits() {
    let package = Package::new("#[derive(Model)] struct Tag { id: i64, name: String }");
    package.built(None);
    let mark = |said: &str| format!("{ON} #[derive(Model)] {said} struct Mark {{ id: i64, name: String }}");
    package.models(&mark("#[model(renamed_from = \"Tag\")]"));
    assert_eq!(package.built(None).len(), 1);
    package.models(&mark(""));
    let (said, migrations) = package.build(None);
    assert!(said.contains("the model `Tag` is gone, and `Mark`") && migrations.len() == 1, "{said}");
    package.models(&mark("#[model(new)]"));
    assert!(package.built(None)[1].contains("DeleteModel(Tag)"));
}

#[test]
fn a_removed_model_waits_while_something_unseen_refers_to_it() {
    let tag = "#[derive(Model)] struct Tag { id: i64 }";
    let hidden = |field: &str| format!("{ON} #[derive(Model)] struct Note {{ id: i64, {field} }}");
    let partly = |field: &str| POST.replace("FIELD", field);
    for (with, without) in
        [(hidden("tag: Option<ForeignKey<Tag>>"), hidden("")), (hidden("tags: ManyToMany<Tag>"), hidden(""))]
    {
        let package = Package::new(&format!("{tag} {with}"));
        let first = package.built(EXTRA);
        package.models(&without);
        assert_eq!(package.built(None), first, "{without}");
        assert!(package.built(EXTRA)[1].contains("DeleteModel(Tag)"), "{without}");
    }
    // What this build sees must not refer to a model that is gone.
    let package = Package::new(&format!("{tag} {}", partly("tag: Option<ForeignKey<Tag>>")));
    package.built(EXTRA);
    package.models(&partly("tag: Option<ForeignKey<Tag>>"));
    let (said, _) = package.build(None);
    assert!(said.contains("`Tag`"), "{said}");
}

#[test]
fn two_forms_of_one_model_have_one_table() {
    let two = |one: &str, other: &str| {
        format!(
            "{ON} #[derive(Model)] struct Post {{ id: i64, {one} }} \
             #[cfg(not(feature = \"extra\"))] #[derive(Model)] struct Post {{ id: i64, {other} }}"
        )
    };
    let package = Package::new(&two("a: Option<i32>", "b: Option<i32>"));
    assert!(package.built(EXTRA)[0].contains("a: Option<i32>"));
    let (said, _) = package.build(None);
    assert!(said.contains("may be a new name") || said.is_empty(), "{said}");
    let package = Package::new(&two("a: Option<i32>, x: i32", "#[field(new)] b: Option<i32>, x: i32"));
    let first = package.built(EXTRA);
    let second = package.built(None);
    assert!(second.len() == 2 && second[1].contains("AddField(Post)") && !second[1].contains("Remove"));
    assert_eq!((package.built(EXTRA), first.len()), (second, 1));

    let package = Package::new(&two("x: i32", "x: i64"));
    let first = package.built(EXTRA);
    let (said, migrations) = package.build(None);
    assert!(said.contains("`Post.x` is `i64` here, and `i32` in another build"), "{said}");
    assert_eq!(migrations, first);
}

#[test]
fn a_draft_keeps_what_this_build_does_not_see() {
    let post = |field: &str| POST.replace("FIELD", field);
    let package = Package::new(&post(""));
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        assert!(git.current_dir(package.folder.path()).status().unwrap().success());
    };
    git(&["init", "--quiet"]);
    package.built(None);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "posts"]);
    let hidden = format!("{ON} #[field(backfill = 1)] rank: i32,");
    package.models(&post(&hidden));
    let drafted = package.built(EXTRA);
    assert!(drafted[1].contains("backfill = 1"), "{}", drafted[1]);
    assert_eq!(package.built(None), drafted);
    // Another edit goes into the same draft.
    package.models(&post(&format!("{hidden} seen: Option<i64>")));
    let both = package.built(None);
    assert!(both.len() == 2 && both[1].contains("rank") && both[1].contains("seen"), "{}", both[1]);
    assert_eq!(package.built(EXTRA), both);
    package.models(&post(""));
    assert_eq!(package.built(None).len(), 1);
}

/// Starts with a recorded model, and drafts another form of it.
fn drafted(recorded: &str, draft: &str, feature: Option<&str>) -> Package {
    let package = Package::new(recorded);
    let first = package.built(EXTRA);
    // A file without a trailer is a person's own.
    let text = first[0].split("// modelshift").next().unwrap_or_default();
    package.write("src/migrations/m0001_initial.rs", text);
    let git = std::process::Command::new("git").args(["init", "-q"]).current_dir(&package.folder).status();
    assert!(git.unwrap().success());
    package.models(draft);
    assert_eq!(package.built(feature).len(), 2);
    package
}

#[test]
fn what_only_a_draft_removes_stays_where_it_is_back_behind_a_false_condition() {
    let (with, without) = (POST.replace("FIELD", "note: Option<String>"), POST.replace("FIELD", ""));
    let package = drafted(&with, &without, None);
    package.models(&POST.replace("FIELD", &format!("{ON} note: Option<String>")));
    assert_eq!(package.built(None).len(), 1, "the draft goes");
    assert_eq!(package.built(EXTRA).len(), 1);

    let tag = "#[derive(Model)] struct Tag { id: i64 }";
    let package = drafted(&format!("{without} {tag}"), &without, None);
    package.models(&format!("{without} {ON} {tag}"));
    assert_eq!(package.built(None).len(), 1, "the draft goes");

    let unique = POST.replace("FIELD", "#[field(unique)] note: Option<String>");
    let package = drafted(&unique, &with, None);
    package.models(
        &POST.replace("FIELD", "#[cfg_attr(feature = \"extra\", field(unique))] note: Option<String>"),
    );
    assert_eq!(package.built(None).len(), 1, "the draft goes");
}

#[test]
fn a_draft_of_another_new_name_removes_nothing_behind_a_false_condition() {
    let hidden = POST.replace("FIELD", &format!("{ON} note: Option<String>"));
    let renamed = |name: &str| {
        hidden.replace("struct Post", &format!("#[model(renamed_from = \"Post\")] struct {name}"))
    };
    let package = drafted(&hidden, &renamed("Page"), None);
    package.models(&renamed("Entry"));
    let migrations = package.built(None);
    assert!(migrations[1].contains("RenameModel(Post -> Entry)"), "{}", migrations[1]);
    assert!(!migrations[1].contains("RemoveField"), "{}", migrations[1]);
}
