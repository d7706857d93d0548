//! Structs with `#[model(abstract)]`: their fields in the models that flatten them, wherever either stands.

use super::{AUTHOR, begun, errors, fails_with, project};

const TIMES: &str = "\
#[derive(Model)]
#[model(abstract, index(fields(-created_at)), check(created_at >= 0))]
pub struct Times {
    pub created_at: i64,
    #[field(default = 0)]
    pub changed_at: i64,
}
";

/// Returns a model that flattens the times under this path.
fn flattening(name: &str, path: &str) -> String {
    format!(
        "#[derive(Model)]\n#[model(check(changed_at >= created_at))]\npub struct {name} {{\n    pub id: i64,\n    \
         #[field(flatten)]\n    pub times: {path},\n    pub name: String,\n}}\n"
    )
}

#[test]
fn fields_indexes_and_rules_come_along_in_place() {
    let project = project();
    project.write("src/shared.rs", &format!("use modelshift::Model;\n{TIMES}"));
    project.write("src/lib.rs", &format!("pub mod shared;\n{}", project.read("src/lib.rs")));
    let models = flattening("Post", "crate::shared::Times");
    project.models(&format!(
        "{AUTHOR}use crate::shared as parts;\n{models}{}",
        flattening("Tag", "parts::Times")
    ));
    let _ = project.check().ok();
    let written = project.newest();
    for text in [
        "            id: i64,\n            created_at: i64,\n            #[field(default = 0)]\n            changed_at: i64,\n            name: String,",
        "index(name = \"library_post_created_at",
        "index(name = \"library_tag_created_at",
        "check(name = \"library_post_created_at",
        "changed_at >= created_at",
    ] {
        assert!(written.contains(text), "`{text}` is not in:\n{written}");
    }
    project.commit("posts");
    let _ = project.check().ok();
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn a_prefix_tells_two_of_one_struct_apart() {
    let project = project();
    let address = "#[derive(Model)]\n#[model(abstract, check(zip != \"\"))]\npub struct Address {\n    pub street: String,\n    #[field(column = \"code\")]\n    pub zip: String,\n    #[field(flatten)]\n    pub country: Country,\n}\n#[derive(Model)]\n#[model(abstract)]\npub struct Country {\n    pub country: String,\n}\n";
    project.models(&format!(
        "{address}#[derive(Model)]\n#[model(index(fields(work_street)))]\npub struct Person {{\n    pub id: i64,\n    #[field(flatten)]\n    pub home: Address,\n    #[field(flatten, prefix = \"work_\")]\n    pub work: Address,\n}}\npub const NAMES: [&str; 4] = [Person::COLUMNS.home.zip, Person::COLUMNS.work.zip, Person::COLUMNS.work.street, Person::COLUMNS.work.country.country];\nconst _: () = assert!(NAMES[1].len() == 9);\n"
    ));
    let _ = project.check().ok();
    let written = project.newest();
    for text in ["work_street: String", "column = \"work_code\"", "work_zip != \"\"", "work_country: String"]
    {
        assert!(written.contains(text), "`{text}` is not in:\n{written}");
    }
}

#[test]
fn what_is_asked_about_a_shared_field_is_asked_there_and_once() {
    let project = begun();
    let models = format!("{TIMES}{}{}", flattening("Post", "Times"), flattening("Tag", "Times"));
    project.models(&format!("{models}{AUTHOR}"));
    let _ = project.check().ok();
    project.commit("times");
    let more = models.replace("pub changed_at: i64,", "pub changed_at: i64,\n    pub seen: i32,");
    project.models(&format!("{more}{AUTHOR}"));
    let texts = [
        "`Times.seen` is a new NOT NULL field",
        "the models `Post`, `Tag`",
        "#[field(default = 0)]",
        "src/models.rs:10:9",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    let more = more.replace("pub seen", "#[field(backfill = 0)]\n    pub seen");
    project.models(&format!("{more}{AUTHOR}"));
    let _ = project.check().ok();
    let written = project.newest();
    assert_eq!(written.matches("backfill = 0").count(), 2, "{written}");
    project.commit("seen");
    // A rename is said once for both, and a model that had another field under that name is left alone.
    let renamed = more
        .replace("#[field(backfill = 0)]\n    pub seen", "#[field(renamed_from = \"seen\")]\n    pub looked");
    let fresh = "#[derive(Model)]\npub struct Late {\n    pub id: i64,\n    #[field(flatten)]\n    pub times: Times,\n}\n";
    project.models(&format!("{renamed}{AUTHOR}{fresh}"));
    let _ = project.check().ok();
    let written = project.newest();
    assert_eq!(written.matches("seen -> looked").count(), 2, "{written}");
}

#[test]
fn fields_come_under_a_prefix_with_their_values() {
    let project = project();
    let address = "#[derive(Model)]\n#[model(abstract)]\npub struct Address {\n    pub street: String,\n    pub zip: Option<String>,\n}\n";
    let person =
        |fields: &str| format!("#[derive(Model)]\npub struct Person {{\n    pub id: i64,\n{fields}}}\n");
    project.models(&person("    pub street: String,\n    pub zip: Option<String>,\n"));
    let _ = project.check().ok();
    project.commit("plain");
    let flattened = |more: &str| {
        format!(
            "{address}{}",
            person(&format!("    #[field(flatten, prefix = \"home_\"{more})]\n    pub home: Address,\n"))
        )
    };
    project.models(&flattened(""));
    let texts = [
        "`Address.street` is new and `street`, `zip` are gone",
        "`Address.zip` is new",
        "#[field(flatten, prefix = \"home_\", renamed_from = \"\")] where it is flattened",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 2, "{said}");
    project.models(&flattened(", renamed_from = \"\""));
    let _ = project.check().ok();
    let written = project.newest();
    for text in ["RenameField(Person: street -> home_street)", "RenameField(Person: zip -> home_zip)"] {
        assert!(written.contains(text), "`{text}` is not in:\n{written}");
    }
    project.commit("at home");

    // From one prefix to another, with a name that changed beside.
    let other = address.replace("pub zip", "#[field(renamed_from = \"zip\")]\n    pub code");
    let models =
        flattened("").replace(address, &other).replace("\"home_\"", "\"work_\", renamed_from = \"home_\"");
    project.models(&models);
    let _ = project.check().ok();
    let written = project.newest();
    for text in ["home_street -> work_street", "home_zip -> work_code"] {
        assert!(written.contains(text), "`{text}` is not in:\n{written}");
    }
    project.models(&flattened(", renamed_from = \"home_\""));
    let said = fails_with(project.check(), &["`renamed_from` names the prefix itself"]);
    assert_eq!(errors(&said), 1, "{said}");
    project.models(&person("    #[field(renamed_from = \"\")]\n    pub road: String,\n"));
    fails_with(project.check(), &["expected a Rust name, such as `renamed_from = \"name\"`"]);
}

#[test]
fn what_does_not_go_together_is_told_at_its_place() {
    let project = begun();
    let twice = flattening("Post", "Times").replace("pub name", "pub created_at");
    project.models(&format!("{AUTHOR}{TIMES}{twice}"));
    fails_with(project.check(), &["duplicate field `created_at`", "src/models.rs:21:9"]);
    let unknown = flattening("Post", "Times").replace("changed_at >=", "change_at >=");
    project.models(&format!("{AUTHOR}{TIMES}{unknown}"));
    let said = fails_with(
        project.check(),
        &["unknown field `change_at`; did you mean `changed_at`?", "src/models.rs:17:15"],
    );
    assert_eq!(errors(&said), 1, "{said}");
    let circle = "#[derive(Model)]\n#[model(abstract)]\npub struct One {\n    #[field(flatten)]\n    pub two: Two,\n}\n#[derive(Model)]\n#[model(abstract)]\npub struct Two {\n    #[field(flatten)]\n    pub one: One,\n}\n";
    project.models(&format!("{AUTHOR}{circle}"));
    fails_with(project.check(), &["`One.two` flattens `Two`, which leads back to `One`"]);
    project.models(&format!("{AUTHOR}{}", flattening("Post", "Author")));
    fails_with(
        project.check(),
        &["`Post.times` flattens `Author`, which is a model with a table of its own"],
    );
    for other in ["String", "std::time::Duration", "Plain"] {
        let plain = "pub struct Plain;\n";
        let models = flattening("Post", other).replace("#[model(check(changed_at >= created_at))]\n", "");
        project.models(&format!("{AUTHOR}{plain}{models}"));
        let said = fails_with(project.check(), &["`Post.times` flattens `", "src/models.rs:14:9"]);
        assert_eq!(errors(&said), 1, "{said}");
    }
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn invariant_13_a_shared_struct_that_a_macro_makes() {
    let project = begun();
    let made = "macro_rules! times { () => {\n    #[derive(Model)]\n    #[model(abstract)]\n    pub struct Times { pub created_at: i64, pub changed_at: i64 }\n} }\ntimes!();\n";
    project.models(&format!("{AUTHOR}{made}{}", flattening("Post", "Times")));
    fails_with(
        project.check(),
        &[
            "`Post.times` flattens `Times`, and the build step sees no struct of that name",
            "did not see the model `Times`",
        ],
    );
    let differs = TIMES.replace("pub changed_at", "#[cfg(debug_assertions)]\n    pub changed_at");
    project.models(&format!("{AUTHOR}{differs}{}", flattening("Post", "Times")));
    fails_with(project.check(), &["`#[cfg(debug_assertions)]`", "`Times`"]);
    assert_eq!(project.migrations().len(), 1);
}

#[test]
fn enums_references_and_computed_fields_of_a_shared_struct_mean_what_they_mean_there() {
    let project = project();
    let shared = "use modelshift::{Choices, ForeignKey, Model};\nuse crate::models::Author;\n#[derive(Choices)]\npub enum Status {\n    Draft,\n    Live,\n}\n#[derive(Model)]\n#[model(abstract, index(fields(status)))]\npub struct Base {\n    #[field(default = Status::Draft)]\n    pub status: Status,\n    pub author: ForeignKey<Author>,\n    pub origin: Option<ForeignKey<Self>>,\n    pub price: i32,\n    #[field(generated = price * 2)]\n    pub double: i32,\n}\n";
    let shared = shared.replace("    pub origin: Option<ForeignKey<Self>>,\n", "");
    project.write("src/shared.rs", &shared);
    project.write("src/lib.rs", &format!("pub mod shared;\n{}", project.read("src/lib.rs")));
    project.models(&format!(
        "{AUTHOR}use crate::shared::Base;\n#[derive(Model)]\npub struct Post {{\n    pub id: i64,\n    #[field(flatten, prefix = \"own_\")]\n    pub base: Base,\n}}\n"
    ));
    let _ = project.check().ok();
    let written = project.newest();
    for text in [
        "own_status: Status",
        "Draft",
        "own_author: ForeignKey<Author>",
        "generated = own_price * 2",
        "own_double: i32",
    ] {
        assert!(written.contains(text), "`{text}` is not in:\n{written}");
    }
}
