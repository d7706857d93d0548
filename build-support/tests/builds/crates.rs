//! Models of one crate that refer to those of another.

use modelshift_project::Project;

use super::{AUTHOR, errors, fails_with};

const LINKS: &str = "links = \"modelshift_accounts\"";

const POST: &str = "#[derive(Model)]\npub struct Post {\n    pub id: i64,\n    pub author: ForeignKey<accounts::models::Author>,\n}\n";

/// Makes a crate `library` with posts, whose authors lie in a crate `accounts`; nothing is built yet.
fn two_crates_with(features: &[&str], package: &str) -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), features);
    project.add_crate("accounts", package);
    project.models_of("accounts", AUTHOR);
    project.models(POST);
    project
}

fn two_crates(package: &str) -> Project {
    two_crates_with(&[], package)
}

/// Makes the two crates with their first migrations committed.
fn begun() -> Project {
    let project = two_crates(LINKS);
    let _ = project.check().ok();
    project.commit("authors and posts");
    project
}

/// Writes a test of the first crate that prints the statements of all migrations, and gives what it prints.
fn sql(project: &Project) -> String {
    let test = "#[test]\nfn sql() {\n    let all = accounts::migrations::all().and(migrations::all());\n    \
                println!(\"{}\", modelshift::testing::sql(&all, modelshift::dialect::Dialect::Sqlite).unwrap());\n}\n";
    project.write(
        "src/lib.rs",
        &format!(
            "pub mod migrations;\npub mod models;\n#[cfg(test)]\nmod tests {{\nuse super::*;\n{test}}}\n"
        ),
    );
    project.run("cargo", &["test", "--lib", "--", "--nocapture"]).ok().stdout
}

#[test]
fn a_reference_leads_into_another_crate_and_the_next_build_finds_nothing_to_do() {
    let project = two_crates(LINKS);
    let _ = project.check().ok();
    assert_eq!(project.migrations_of("accounts"), ["m0001_initial.rs"]);
    let initial = project.newest();
    assert!(initial.contains("depends_on = [\"accounts.0001_initial\"]"), "{initial}");
    assert!(initial.contains("author: ForeignKey<accounts::Author>"), "{initial}");
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    project.commit("both");

    // What is new there is there for the next migration here; nothing is written for those who do not need it.
    let author = AUTHOR.replace("name: String,", "name: String,\n    pub age: Option<i64>,");
    project.models_of("accounts", &author);
    let _ = project.check().ok();
    assert_eq!(project.migrations_of("accounts").len(), 2);
    assert_eq!(project.migrations().len(), 1);
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    let book =
        "#[derive(Model)]\npub struct Book {\n    pub id: i64,\n    pub author: ForeignKey<Author>,\n}\n";
    project.models(&format!("use accounts::models::*;\n{POST}{book}"));
    let _ = project.check().ok();
    let newest = project.newest();
    assert!(
        newest.contains("depends_on = [\"library.0001_initial\", \"accounts.0002_author_age\"]"),
        "{newest}"
    );
    assert!(newest.contains("author: ForeignKey<accounts::Author>"), "{newest}");
}

#[test]
fn a_path_may_go_through_what_either_crate_passes_on() {
    let project = two_crates(LINKS);
    let manifest = project.read("Cargo.toml");
    let renamed = "[dependencies]\nfolk = { package = \"accounts\", path = \"accounts\" }\n";
    project.write(
        "Cargo.toml",
        &manifest.replace("[dependencies]\naccounts = { path = \"accounts\" }\n", renamed),
    );
    project.write("accounts/src/lib.rs", "pub mod migrations;\nmod models;\npub mod prelude {\n    pub use crate::models::*;\n    pub use crate::models::Author as Writer;\n}\npub use models::Author;\n");
    for (before, path) in [
        ("", "folk::Author"),
        ("", "::folk::prelude::Writer"),
        ("use folk::prelude::*;\n", "Writer"),
        ("pub mod all { pub use folk::prelude; }\n", "all::prelude::Author"),
        ("type Owner = folk::Author;\n", "Owner"),
    ] {
        project.models(&format!("{before}{}", POST.replace("accounts::models::Author", path)));
        let _ = project.check().ok();
        assert!(
            project.newest().contains("author: ForeignKey<accounts::Author>"),
            "{path}: {}",
            project.newest()
        );
    }
    project.models(&POST.replace("accounts::models::Author", "folk::prelude::Reader"));
    let said = fails_with(project.check(), &["`folk` does not export the model `prelude::Reader`"]);
    assert!(!said.contains("the build step sees no model"), "{said}");
    project.models(&POST.replace("accounts::models::Author", "folk::accounts::Author"));
    fails_with(project.check(), &["there is `folk::Author`"]);
}

#[test]
fn a_key_of_another_type_and_a_model_of_another_name_are_followed() {
    let project = two_crates_with(&["render"], LINKS);
    let _ = project.check().ok();
    project.commit("authors and posts");
    project.models_of("accounts", &AUTHOR.replace("id: i64", "id: i32"));
    let _ = project.check().ok();
    assert!(project.migrations_of("accounts").len() == 2 && project.migrations().len() == 1);
    project.commit("smaller keys");
    let writer = AUTHOR.replace("#[derive(Model)]", "#[derive(Model)]\n#[model(renamed_from = \"Author\")]");
    let writer = writer.replace("id: i64", "id: i32").replace("struct Author", "struct Writer");
    project.models_of("accounts", &writer);
    project.models(&POST.replace("Author", "Writer"));
    let _ = project.check().ok();
    assert_eq!(project.migrations_of("accounts").last().unwrap(), "m0003_rename_author_writer.rs");
    assert_eq!(project.migrations().len(), 1, "the name is followed: {:?}", project.migrations());
    project.commit("writers");
    // A history that was begun before the rename is replayed after it, too: the crates know no order between the two.
    let sql = sql(&project);
    assert!(sql.contains("RENAME TO \"accounts_writer\""), "{sql}");
    assert!(sql.contains("REFERENCES \"accounts_writer\" (\"id\")"), "{sql}");
    project.models(&format!(
        "{}{}",
        POST.replace("Author", "Writer"),
        POST.replace("Author", "Writer").replace("Post", "Book")
    ));
    let _ = project.check().ok();
    assert!(project.newest().contains("\"accounts.0003_rename_author_writer\""), "{}", project.newest());
}

#[test]
fn a_model_that_goes_is_let_go_before() {
    let project = begun();
    let writer = AUTHOR.replace("Author", "Writer");
    project.models_of("accounts", &writer);
    let asked = fails_with(project.check(), &["#[model(renamed_from = \"Author\")]", "#[model(new)]"]);
    assert_eq!(errors(&asked), 1, "{asked}");
    project.models_of("accounts", &writer.replace("#[derive(Model)]", "#[derive(Model)]\n#[model(new)]"));
    let post = POST.replace(
        "author: ForeignKey<accounts::models::Author>",
        "writer: Option<ForeignKey<accounts::models::Writer>>",
    );
    project.models(&post);
    let _ = project.check().ok();
    let deletion = project.migrations_of("accounts").pop().unwrap();
    let deletion = format!("\"accounts.{}\"", deletion.trim_start_matches('m').trim_end_matches(".rs"));
    let made = project.migrations();
    assert_eq!(made, ["m0001_initial.rs", "m0002_remove_post_author.rs", "m0003_post_writer.rs"]);
    let first = project.read("src/migrations/m0002_remove_post_author.rs");
    assert!(first.contains(&format!("run_before = [{deletion}]")), "{first}");
    assert!(first.contains("RemoveField(Post: author)") && !first.contains("AddField"), "{first}");
    let second = project.newest();
    assert!(
        second.contains(&format!("depends_on = [\"library.0002_remove_post_author\", {deletion}]")),
        "{second}"
    );
    assert!(second.contains("AddField(Post)"), "{second}");
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);

    // Without anything in its place, it goes in one; a draft that is not needed goes, too.
    project.models("#[derive(Model)]\npub struct Post {\n    pub id: i64,\n}\n");
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_remove_post_author.rs"]);
    assert!(project.newest().contains(&format!("run_before = [{deletion}]")), "{}", project.newest());

    // The answer that it is the same field, and that keys of authors are those of writers, keeps what is in it.
    let answered = |hints: &str| post.replace("pub writer", &format!("#[field({hints})]\n    pub writer"));
    project.models(&answered("renamed_from = \"author\""));
    let was = "was = \"ForeignKey<accounts.Author>\"";
    let (new, kept) = (format!("#[field(new, {was})]"), format!("#[field(keep_values, {was})]"));
    fails_with(project.check(), &["`Post.writer`", &new, &kept]);
    project.models(&answered(&format!("renamed_from = \"author\", keep_values, {was}")));
    let _ = project.check().ok();
    let [_, first, second] = project.migrations().try_into().unwrap();
    let (first, second) =
        (project.read(format!("src/migrations/{first}")), project.read(format!("src/migrations/{second}")));
    assert!(
        first.contains("AlterField(Post)")
            && first.contains("#[field(index, column = \"author_id\")]\n        author: i64"),
        "{first}"
    );
    assert!(second.contains("RenameField(Post: author -> writer)"), "{second}");
    project.commit("writers");
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
    assert_eq!(project.migrations().len(), 3);
}

#[test]
fn a_crate_that_tells_nothing_is_named_with_the_line_that_it_lacks() {
    let project = two_crates("");
    let texts = [
        "`Post.author` refers to `accounts::models::Author`",
        "`links = \"modelshift_accounts\"`",
        "src/models.rs:7:9",
    ];
    let said = fails_with(project.check(), &texts);
    assert_eq!(errors(&said), 1, "{said}");
    let manifest =
        project.read("accounts/Cargo.toml").replace("[package]\n", &format!("[package]\n{LINKS}\n"));
    project.write("accounts/Cargo.toml", &manifest);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}

#[test]
fn two_apps_of_one_label_are_told() {
    let project = two_crates(LINKS);
    project
        .write("build.rs", "fn main() {\n    modelshift_build::new().app(\"accounts\", \"src\").run();\n}\n");
    project.write("src/migrations.rs", "modelshift::migrations!(accounts);\n");
    fails_with(project.check(), &["two apps have the label `accounts`", "accounts/src/migrations"]);
}

/// Packages the crate `accounts` as its author would to publish it, and has the first crate depend on the package.
///
/// What a registry would find for the package's own dependencies, a patch does.
fn release(project: &Project, version: &str) -> String {
    let manifest = project.read("accounts/Cargo.toml");
    let known = manifest.lines().find(|line| line.starts_with("version")).unwrap_or_default().to_owned();
    let more =
        if manifest.contains("license") { "" } else { "\ndescription = \"People\"\nlicense = \"MIT\"" };
    let manifest = manifest.replace(&known, &format!("version = \"{version}\"{more}"));
    let manifest = manifest.replace("{ path = ", "{ version = \"0.1.0\", path = ");
    // What is packaged a second time is no longer of the first crate's workspace.
    let own = if manifest.contains("[workspace]") { "" } else { "\n[workspace]\n" };
    project.write("accounts/Cargo.toml", &format!("{manifest}{own}"));
    let arguments = [
        "package",
        "--no-verify",
        "--exclude-lockfile",
        "--allow-dirty",
        "--manifest-path",
        "accounts/Cargo.toml",
    ];
    let _ = project.run("cargo", &arguments).ok();
    let archive = project.target().join(format!("package/accounts-{version}.crate"));
    let _ = project.run("mkdir", &["-p", "vendor"]).ok();
    let _ = project.run("tar", &["-xzf", &archive.display().to_string(), "-C", "vendor"]).ok();
    let folder = format!("vendor/accounts-{version}");
    assert!(project.path(&folder).join("Cargo.toml.orig").is_file());
    assert!(!project.read(format!("{folder}/Cargo.toml")).contains("path = \"/"));

    let manifest = project.read("Cargo.toml");
    let at = |name: &str| {
        manifest.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap_or_default().to_owned()
    };
    let dependency = format!("accounts = {{ path = \"{folder}\" }}");
    let patch = format!("[patch.crates-io]\n{}\n{}\n\n[workspace]", at("modelshift"), at("modelshift-build"));
    let patched = manifest.replace(&at("accounts"), &dependency);
    let is_first = !manifest.contains("[patch");
    project.write("Cargo.toml", &if is_first { patched.replace("[workspace]", &patch) } else { patched });
    folder
}

/// Returns every file of a folder with what is in it.
fn whole(project: &Project, folder: &str) -> String {
    project.run("grep", &["-r", "", folder]).ok().stdout
}

#[test]
fn a_packaged_dependency_is_read_and_never_written() {
    let project = begun();
    let number = std::process::id();
    // A release whose author forgot the migration of the last edit: no build of a stranger may fail, nor write.
    project
        .models_of("accounts", &AUTHOR.replace("name: String,", "name: String,\n    pub age: Option<i64>,"));
    let folder = release(&project, &format!("1.{number}.0"));
    let shipped = whole(&project, &folder);
    assert!(shipped.contains("m0001_initial.rs") && shipped.contains("modelshift 1 "), "{shipped}");
    project.models(
        &POST.replace("    pub author", "    #[field(default = 0)]\n    pub rating: i64,\n    pub author"),
    );
    let _ = project.check().ok();
    assert_eq!(whole(&project, &folder), shipped);
    assert!(project.newest().contains("depends_on = [\"library.0001_initial\"]"), "{}", project.newest());
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_post_rating.rs"]);
    // A newer release brings migrations, which the next build sees without an edit here.
    project.commit("rating");
    let second = "modelshift::migration! {\n    depends_on = [\"accounts.0001_initial\"];\n\n    RenameModel(Author -> Writer);\n}\n";
    project.write("accounts/src/migrations/m0002_writer.rs", second);
    project.models_of("accounts", &AUTHOR.replace("Author", "Writer"));
    let folder = release(&project, &format!("1.{number}.1"));
    let shipped = whole(&project, &folder);
    fails_with(project.check(), &["does not export the model `models::Author`"]);
    let said = project.read("src/models.rs").replace("Author", "Writer");
    project.write("src/models.rs", &said);
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_post_rating.rs"]);
    assert_eq!(whole(&project, &folder), shipped);
}

#[test]
fn a_reference_over_several_fields_leads_into_another_crate() {
    let project = two_crates(LINKS);
    let seat = "#[derive(Model)]\npub struct Seat {\n    #[field(primary_key)]\n    pub row: i32,\n    #[field(primary_key)]\n    pub number: i32,\n}\n";
    project.models_of("accounts", seat);
    let ticket = "#[derive(Model)]\n#[model(foreign_key(fields(row, number), references = accounts::models::Seat(row, number)))]\n\
                  pub struct Ticket {\n    pub id: i64,\n    pub row: i32,\n    pub number: i32,\n}\n";
    project.models(&ticket.replace("Seat", "Chair"));
    let said = fails_with(
        project.check(),
        &["refers to `accounts::models::Chair`", "does not export the model `models::Chair`"],
    );
    assert_eq!(errors(&said), 1, "{said}");
    project.models(ticket);
    let _ = project.check().ok();
    let newest = project.newest();
    assert!(newest.contains("depends_on = [\"accounts.0001_initial\"]"), "{newest}");
    assert!(newest.contains("references = accounts::Seat(row, number)"), "{newest}");
    // The fields bear other names there, which are followed here, in whatever order the histories are taken.
    project.commit("tickets");
    let renamed = seat
        .replace("pub number", "#[field(renamed_from = \"number\")]\n    pub place")
        .replace("#[field(primary_key)]\n    #[field(renamed", "#[field(primary_key, renamed");
    project.models_of("accounts", &renamed);
    project.models(&ticket.replace("Seat(row, number)", "Seat(row, place)"));
    let _ = project.check().ok();
    assert_eq!((project.migrations_of("accounts").len(), project.migrations().len()), (2, 1));
    project.commit("places");
    let more = ticket.replace("Seat(row, number)", "Seat(row, place)").replace("Ticket", "Voucher");
    project.models(&format!("{}{more}", ticket.replace("Seat(row, number)", "Seat(row, place)")));
    let _ = project.check().ok();
    assert!(project.newest().contains("references = accounts::Seat(row, place)"), "{}", project.newest());
    let again = project.check().ok();
    assert!(!again.script_ran() && !again.compiled(), "{}", again.stderr);
}
