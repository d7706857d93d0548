//! Where models and migrations may lie.

use super::{AUTHOR, errors, fails_with, project};
use modelshift_project::Project;

fn empty() -> Project {
    Project::new(env!("CARGO_TARGET_TMPDIR"), &[])
}

const PEOPLE: &str = "pub mod migrations;\nuse modelshift::{ForeignKey, Model};\n";

/// Makes a project with the apps `people` and `blog`, each in a folder of its own.
fn two_apps() -> Project {
    let project = empty();
    for unwanted in ["src/migrations.rs", "src/models.rs"] {
        std::fs::remove_file(project.path(unwanted)).expect("the file was made with the project");
    }
    let build = "modelshift_build::new().app(\"people\", \"src/people\").app(\"blog\", \"src/blog\").run();";
    project.write("build.rs", &format!("fn main() {{ {build} }}\n"));
    project.write("src/lib.rs", "pub mod blog;\npub mod people;\npub fn all() -> modelshift::Migrations { blog::migrations::all().and(people::migrations::all()) }\n");
    project.write("src/people/migrations/mod.rs", "modelshift::migrations!(people);\n");
    project.write("src/blog/migrations.rs", "modelshift::migrations!(blog);\n");
    project
}

#[test]
fn models_without_a_place_for_migrations_are_told_where() {
    let project = project();
    std::fs::remove_file(project.path("src/migrations.rs")).unwrap();
    project.write("src/lib.rs", "pub mod models;\n");
    let texts = [
        "`src/migrations.rs`",
        "`modelshift::migrations!();`",
        "`pub mod migrations;`",
        "src/models.rs:5:12",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    assert!(project.migrations().is_empty());
}

#[test]
fn wr_016_two_apps_lie_in_folders_of_their_own_and_refer_to_each_other() {
    let project = two_apps();
    project.write("src/people.rs", &format!("pub mod migrations;\nuse modelshift::Model;\n{AUTHOR}"));
    let post = "#[derive(Model)]\npub struct Post {\n    pub id: i64,\n    pub author: ForeignKey<crate::people::Author>,\n}\n";
    project.write(
        "src/blog/mod.rs",
        &format!("pub mod migrations;\nuse modelshift::{{ForeignKey, Model}};\n{post}"),
    );
    let _ = project.check().ok();
    let blog = project.read("src/blog/migrations/m0001_initial.rs");
    assert!(blog.contains("depends_on = [\"people.0001_initial\"]"), "{blog}");
    assert!(project.read("src/people/migrations/m0001_initial.rs").contains("struct Author"));
    // An edit of one app touches that app alone, and each has a draft of its own, whatever its number.
    let people = project.read("src/people/migrations/m0001_initial.rs");
    project.git(&["add", "src/blog"]);
    project.git(&["commit", "--quiet", "--message", "blog alone"]);
    let again = post.replace("pub id: i64,", "pub id: i64,\n    pub title: String,");
    let again = again.replace("pub title", "#[field(default = \"\")]\n    pub title");
    project.write(
        "src/blog/mod.rs",
        &format!("pub mod migrations;\nuse modelshift::{{ForeignKey, Model}};\n{again}"),
    );
    let _ = project.check().ok();
    assert!(project.read("src/blog/migrations/m0002_post_title.rs").contains("AddField(Post)"));
    assert_eq!(project.read("src/people/migrations/m0001_initial.rs"), people);
    let people_with = |fields: &str| {
        let author = AUTHOR.replace("name: String,", &format!("name: String,\n    {fields}"));
        project.write("src/people.rs", &format!("pub mod migrations;\nuse modelshift::Model;\n{author}"));
        let _ = project.check().ok();
    };
    people_with("pub age: Option<i64>,");
    project.git(&["add", "src/people"]);
    project.git(&["commit", "--quiet", "--message", "people alone"]);
    people_with("pub age: Option<i64>,\n    pub size: Option<i64>,");
    assert!(project.path("src/people/migrations/m0003_author_size.rs").exists());
    let text = project.read("src/blog/mod.rs").replace("pub title", "pub lead");
    project.write("src/blog/mod.rs", &text);
    let _ = project.check().ok();
    assert!(project.path("src/blog/migrations/m0002_post_lead.rs").exists());
    assert!(!project.path("src/blog/migrations/m0002_post_title.rs").exists());
    project.write("src/blog/migrations.rs", "modelshift::migrations!();\n");
    fails_with(project.check(), &["write `modelshift::migrations!(blog);`"]);
}

#[test]
fn a_circle_of_apps_is_three_files_that_are_one_draft() {
    let project = two_apps();
    let people = |fields: &str| {
        let author = AUTHOR.replace("name: String,", &format!("name: String,\n    {fields}"));
        project.write("src/people.rs", &format!("{PEOPLE}{author}"));
    };
    let blog = |fields: &str| {
        let post = format!("#[derive(Model)]\npub struct Post {{\n    pub id: i64,\n    {fields}\n}}\n");
        let uses = "pub mod migrations;\nuse modelshift::{ForeignKey, Model};\n";
        project.write("src/blog/mod.rs", &format!("{uses}{post}"));
    };
    let files = |app: &str| -> Vec<String> {
        let folder = project.path(format!("src/{app}/migrations"));
        let entries = folder.read_dir().unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|name| name.starts_with("m0")).collect();
        names.sort();
        names
    };
    people("pub best: ForeignKey<crate::blog::Post>,");
    blog("pub author: ForeignKey<crate::people::Author>,\n    pub title: String,");
    let _ = project.check().ok();
    assert_eq!(files("blog"), ["m0001_initial.rs", "m0002_initial.rs"]);
    assert_eq!(files("people"), ["m0001_initial.rs"]);
    let second = project.read("src/blog/migrations/m0002_initial.rs");
    assert!(second.contains("AddField(Post)") && second.contains("people.0001_initial"), "{second}");
    assert!(second.trim_end().ends_with(" continues 0001_initial"), "{second}");
    assert!(!project.check().ok().script_ran(), "it settles");
    // Both files are rewritten in place, and go when they are needed no longer.
    blog("pub author: ForeignKey<crate::people::Author>,\n    pub headline: String,");
    let _ = project.check().ok();
    assert_eq!(files("blog"), ["m0001_initial.rs", "m0002_initial.rs"]);
    assert!(project.read("src/blog/migrations/m0001_initial.rs").contains("headline"));
    blog("pub headline: String,");
    let _ = project.check().ok();
    assert_eq!(files("blog"), ["m0001_initial.rs"]);
    blog("pub author: ForeignKey<crate::people::Author>,\n    pub headline: String,");
    let _ = project.check().ok();
    // Where git has them, they are history, and nothing is missing.
    project.commit("both");
    blog(
        "pub author: ForeignKey<crate::people::Author>,\n    pub headline: String,\n    pub body: Option<String>,",
    );
    let _ = project.check().ok();
    assert_eq!(files("blog"), ["m0001_initial.rs", "m0002_initial.rs", "m0003_post_body.rs"]);
    assert_eq!(files("people"), ["m0001_initial.rs"]);
}

#[test]
fn a_binary_keeps_its_own_models_and_two_do_not() {
    let project = empty();
    std::fs::remove_file(project.path("src/lib.rs")).unwrap();
    std::fs::remove_file(project.path("src/models.rs")).unwrap();
    let main = |name: &str| {
        format!(
            "#![allow(dead_code)]\nmod migrations {{ modelshift::migrations!(); }}\nuse modelshift::Model;\n{}\nfn main() {{ let _ = migrations::all(); }}\n",
            AUTHOR.replace("Author", name)
        )
    };
    project.write("src/main.rs", &main("Author"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    project.write("src/bin/two.rs", &main("Book"));
    fails_with(project.check(), &["more than one binary (`src/main.rs` and `src/bin/two.rs`)"]);
}

#[test]
fn names_of_tables_may_come_without_the_app() {
    let project = project();
    project.write("build.rs", "fn main() { modelshift_build::new().table_prefix(\"\").run(); }\n");
    let test =
        "#[test]\nfn table() { assert_eq!(<models::Author as modelshift::Model>::TABLE, \"author\"); }\n";
    project.write("src/lib.rs", &format!("pub mod migrations;\npub mod models;\n{test}"));
    let _ = project.check().ok();
    assert!(project.newest().contains("#[model(table = \"author\")]"), "{}", project.newest());
    let _ = project.run("cargo", &["test", "--lib"]).ok();
}
