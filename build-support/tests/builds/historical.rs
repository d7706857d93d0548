//! The models of a function in a migration: as they stood there, for the compiler.

use modelshift_project::Project;

use super::{author_with, begun, errors, fails_with};

const FILE: &str = "src/migrations/m0002_fill.rs";

fn function(project: &Project, body: &str) {
    let text = format!(
        "modelshift::migration! {{\n    depends_on = [\"library.0001_initial\"];\n\n    RunRust {{ forward = fill, reverse = () }}\n}}\n\n\
         async fn fill(db: &mut modelshift::data::Db<'_>) -> modelshift::data::Result {{\n    {body}\n    Ok(())\n}}\n"
    );
    project.write(FILE, &text);
}

#[test]
fn misuse_of_a_historical_model_is_an_error_of_the_compiler() {
    let project = begun();
    let fine = "let mut rows = db.find(models::Author::COLUMNS.name.eq(\"a\"));\n    \
                while let Some(mut row) = rows.next(db).await? { row.name.push('!'); db.update(&row).await?; }";
    function(&project, fine);
    let _ = project.check().ok();
    // A later field is not there yet, and the file stays as it is.
    project.models(&author_with("pub age: Option<i32>,"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_fill.rs", "m0003_author_age.rs"]);
    for (body, texts) in [
        ("let row: models::Author = todo!(); row.age;", &["no field `age` on type", "m0002_fill.rs"][..]),
        ("db.find(models::Author::COLUMNS.age.is_null());", &["no field `age`", "m0002_fill.rs"]),
        ("db.find(models::Author::COLUMNS.name.eq(1));", &["is not satisfied", "m0002_fill.rs"]),
        (
            "db.all::<crate::models::Author>();",
            &["`Author` is not a model of this migration", "name models in `models::…`"],
        ),
        (
            "db.all::<models::Book>();",
            &[
                "`models::Book` is not a model of app `library` at this migration; there is `Author`",
                "m0002_fill.rs",
            ],
        ),
        (
            "db.all::<models::shop::Order>();",
            &[
                "`models::shop::Order` is not a model of app `shop` at this migration; there is none",
                "m0002_fill.rs",
            ],
        ),
    ] {
        function(&project, body);
        let said = fails_with(project.check(), texts);
        assert!(errors(&said) <= 2, "{said}");
    }
    function(&project, fine);
    let _ = project.check().ok();
}

#[test]
fn a_model_of_another_app_needs_a_dependency_that_reaches_it() {
    let project = begun();
    project.add_crate("shop", "links = \"modelshift_shop\"");
    project.write(
        "shop/src/models.rs",
        "use modelshift::Model;\n\n#[derive(Model)]\npub struct Order {\n    pub id: i64,\n}\n",
    );
    function(&project, "db.all::<models::shop::Order>();");
    let text = project.read(FILE);
    let remedy =
        "`models::shop::Order` is not reached by this migration; add `shop.0001_initial` to its `depends_on`";
    let said = fails_with(project.check(), &[remedy, "--> src/migrations/m0002_fill.rs:8:"]);
    assert_eq!(errors(&said), 1, "{said}");
    let reaching = "\"library.0001_initial\", \"shop.0001_initial\"";
    project.write(FILE, &text.replace("\"library.0001_initial\"", reaching));
    let _ = project.check().ok();
}

#[test]
fn without_the_build_script_the_message_names_it() {
    let project = begun();
    function(&project, "db.all::<models::Author>();");
    project.write("build.rs", "fn main() {}\n");
    fails_with(project.check(), &["the build script has not written them", "modelshift_build::run()"]);
}
