use super::*;

struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    fn new() -> Self {
        let package = Self { folder: tempfile::tempdir().unwrap() };
        package.write("Cargo.toml", "[package]\nname = \"blog\"\n");
        package.write("src/lib.rs", "mod migrations;\nmod models;\n");
        package.write("src/migrations.rs", "modelshift::migrations!();\n");
        package.write("src/models.rs", "");
        package.migration("0001_initial", "app = \"blog\"; CreateModel { struct Post { id: i64 } }");
        let title = "depends_on = [\"blog.0001_initial\"]; AddField(Post) { title: Option<String> }";
        package.migration("0002_post_title", title);
        package
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn migration(&self, name: &str, body: &str) {
        self.write(&format!("src/migrations/m{name}.rs"), &format!("modelshift::migration! {{ {body} }}\n"));
    }

    fn environment(&self) -> Environment {
        let folder = self.folder.path().to_str().unwrap().to_owned();
        Environment::from_iter([("CARGO_MANIFEST_DIR", folder), ("CARGO_PKG_NAME", "blog".to_owned())])
    }

    /// Returns the name and the text of what was written.
    fn written(result: Result<PathBuf, CommandError>) -> (String, String) {
        let file = result.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!modelshift_syntax::trailer::is_intact(&text), "no build takes it for a draft");
        (file.file_name().unwrap().to_str().unwrap().to_owned(), text)
    }
}

fn only(mut squashed: SquashFiles) -> PathBuf {
    assert_eq!((squashed.files.len(), squashed.between.as_slice()), (1, [].as_slice()));
    squashed.files.remove(0)
}

#[test]
fn a_squash_is_written_beside_what_it_stands_for_and_never_twice() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let squashed = build.squash_migrations(&environment, "blog", None, "0002", None);
    let (name, text) = Package::written(squashed.map(only));
    assert_eq!(name, "m0001_squashed_0002_post_title.rs");
    assert_eq!(
        text,
        "//! Creates model `Post`.\n\nmodelshift::migration! {\n    app = \"blog\";\n    replaces = [\"blog.0001_initial\", \
         \"blog.0002_post_title\"];\n\n    CreateModel {\n        struct Post {\n            id: i64,\n            \
         title: Option<String>,\n        }\n    }\n}\n"
    );
    let error = build.squash_migrations(&environment, "blog", None, "0002", None).unwrap_err();
    assert!(error.to_string().contains("the app `blog` has no migration `0002`"), "{error}");
    let error = build.squash_migrations(&environment, "shop", None, "0002", None).unwrap_err();
    assert!(
        error.to_string().contains("unknown app `shop`") && error.to_string().contains("`blog`"),
        "{error}"
    );
}

#[test]
fn two_newest_migrations_are_merged() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let body = "depends_on = [\"blog.0001_initial\"]; AddField(Post) { text: Option<String> }";
    package.migration("0002_post_text", body);
    let error = build.empty_migration(&environment, "blog", "data").unwrap_err();
    assert!(error.to_string().contains("`blog.0002_post_text` and `blog.0002_post_title`"), "{error}");
    let (name, text) = Package::written(build.merge_migrations(&environment, "blog"));
    assert_eq!(name, "m0003_merge_0002_post_text_0002_post_title.rs");
    assert!(text.contains("depends_on = [\"blog.0002_post_text\", \"blog.0002_post_title\"];"), "{text}");
    let error = build.merge_migrations(&environment, "blog").unwrap_err();
    assert!(error.to_string().contains("nothing to merge"), "{error}");
}

#[test]
fn an_empty_migration_waits_for_a_person() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let (name, text) = Package::written(build.empty_migration(&environment, "blog", "fill_titles"));
    assert_eq!(name, "m0003_fill_titles.rs");
    assert!(text.contains("// async fn fill(db: &mut modelshift::data::Db<'_>)"), "{text}");
    assert!(text.contains("depends_on = [\"blog.0002_post_title\"];"), "{text}");
    let error = build.empty_migration(&environment, "blog", "../x").unwrap_err();
    assert!(error.to_string().contains("invalid name of a migration"), "{error}");
}

#[test]
fn every_app_with_branches_is_merged() {
    let package = Package::new();
    let build = Build::new().app("shop", "src/shop");
    package.write("src/lib.rs", "mod migrations;\nmod models;\nmod shop;\n");
    package.write("src/shop.rs", "mod migrations;\n");
    package.write("src/shop/migrations.rs", "modelshift::migrations!(shop);\n");
    package.write("src/shop/migrations/m0001_initial.rs", "modelshift::migration! { app = \"shop\"; }\n");
    let error = build.merge_all_migrations(&package.environment()).unwrap_err();
    assert!(error.to_string().contains("nothing to merge; there is `blog`, `shop`"), "{error}");
    for (app, folder) in [("blog", "src/migrations"), ("shop", "src/shop/migrations")] {
        let text = format!("modelshift::migration! {{ depends_on = [\"{app}.0001_initial\"]; }}\n");
        package.write(&format!("{folder}/m0002_one.rs"), &text);
        package.write(&format!("{folder}/m0002_other.rs"), &text);
    }
    let joined = build.merge_all_migrations(&package.environment()).unwrap();
    let joined: Vec<&Path> =
        joined.iter().map(|it| it.strip_prefix(package.folder.path()).unwrap()).collect();
    assert_eq!(
        joined,
        [
            Path::new("src/migrations/m0003_merge_0002_one_0002_other_0002_post_title.rs"),
            Path::new("src/shop/migrations/m0003_merge_0002_one_0002_other.rs"),
        ]
    );
}

#[test]
fn a_branch_is_put_behind_the_other_and_keeps_its_text() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let text = |number: u32, depends_on: &str, field: &str| {
        format!(
            "//! By hand.\n\nmodelshift::migration! {{\n    depends_on = [\"blog.{depends_on}\"]; // {number}\n    \
             AddField(Post) {{ {field}: Option<String> }}\n}}\n"
        )
    };
    package.write("src/migrations/m0002_auto.rs", &text(2, "0001_initial", "a"));
    package.write("src/migrations/m0003_auto.rs", &text(3, "0002_auto", "b"));
    let error = build.rebase_migrations(&environment, "blog", None).unwrap_err();
    assert!(error.to_string().contains("`--rebase=0002_post_title` or `--rebase=0003_auto`"), "{error}");
    let error = build.rebase_migrations(&environment, "blog", Some("0002_auto")).unwrap_err();
    assert!(error.to_string().contains("name the last migration of your branch"), "{error}");
    let renamed = build.rebase_migrations(&environment, "blog", Some("0003")).unwrap();
    let names: Vec<(&str, &str)> = renamed
        .iter()
        .map(|(from, to)| {
            (from.file_name().unwrap().to_str().unwrap(), to.file_name().unwrap().to_str().unwrap())
        })
        .collect();
    // The second takes the name that the first had.
    assert_eq!(names, [("m0002_auto.rs", "m0003_auto.rs"), ("m0003_auto.rs", "m0004_auto.rs")]);
    let read = |name: &str| std::fs::read_to_string(package.folder.path().join("src/migrations").join(name));
    assert_eq!(read("m0003_auto.rs").unwrap(), text(2, "0002_post_title", "a"));
    assert_eq!(read("m0004_auto.rs").unwrap(), text(3, "0003_auto", "b"));
    assert!(read("m0002_auto.rs").is_err());
    let files = package.folder.path().join("src/migrations").read_dir().unwrap().count();
    assert_eq!(files, 4);
    let error = build.rebase_migrations(&environment, "blog", None).unwrap_err();
    assert!(error.to_string().contains("nothing to merge"), "{error}");
}

#[test]
fn branches_that_change_the_same_are_not_rebased_and_keep_their_files() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    for (name, table) in [("0002_other", "entries"), ("0002_post_title", "posts")] {
        let body = format!("depends_on = [\"blog.0001_initial\"]; AlterModelTable(Post: \"{table}\");");
        package.migration(name, &body);
    }
    let error = build.rebase_migrations(&environment, "blog", Some("0002_other")).unwrap_err();
    assert!(error.to_string().contains("conflict about `Post`"), "{error}");
    assert!(package.folder.path().join("src/migrations/m0002_other.rs").exists());
    assert!(!package.folder.path().join("src/migrations/m0003_other.rs").exists());
}

#[test]
fn a_migration_gets_a_shorter_one_beside_it() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let optimize = |write| build.optimize_migration(&environment, "blog", "0002", write).unwrap();
    assert_eq!(optimize(true), Optimized::ShortEnough);
    let body = "depends_on = [\"blog.0001_initial\"]; AddField(Post) { title: Option<String> } \
                RenameField(Post: title -> headline);";
    package.migration("0002_post_title", body);
    assert_eq!(optimize(false), Optimized::CanBeShorter);
    let Optimized::Written(file) = optimize(true) else { panic!("it can be shorter") };
    let (name, text) = Package::written(Ok(file));
    assert_eq!(name, "m0002_post_title_optimized.rs");
    assert_eq!(
        text,
        "//! Adds field `headline` to `Post`.\n\nmodelshift::migration! {\n    depends_on = [\"blog.0001_initial\"];\n    \
         replaces = [\"blog.0002_post_title\"];\n\n    AddField(Post) {\n        headline: Option<String>\n    }\n}\n"
    );
    assert_eq!(build.finish_squash(&environment, "blog", "0002_post_title_opt").unwrap().len(), 1);
}

#[test]
fn a_squash_is_finished_in_one_step_even_where_it_stands_for_squashes() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    Package::written(build.squash_migrations(&environment, "blog", None, "0002", None).map(only));
    let third = "depends_on = [\"blog.0002_post_title\"]; AddField(Post) { body: Option<String> }";
    package.migration("0003_post_body", third);
    let fourth = "depends_on = [\"blog.0003_post_body\"]; AddField(Post) { lead: Option<String> }";
    package.migration("0004_post_lead", fourth);
    Package::written(build.squash_migrations(&environment, "blog", None, "0003", Some("all")).map(only));
    let names = || -> Vec<String> {
        let entries = package.folder.path().join("src/migrations").read_dir().unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names().len(), 6);
    let removed = build.finish_squash(&environment, "blog", "0001_all").unwrap();
    assert_eq!(removed.len(), 4);
    // What depended on one of them depends on the one that stands for it, and that is where a new one begins.
    assert_eq!(names(), ["m0001_all.rs", "m0004_post_lead.rs"]);
    let (name, text) = Package::written(build.empty_migration(&environment, "blog", "next"));
    assert_eq!(name, "m0005_next.rs");
    assert!(text.contains("blog.0004_post_lead"), "{text}");
    let error = build.finish_squash(&environment, "blog", "0004").unwrap_err();
    assert!(error.to_string().contains("replaces no existing migration"), "{error}");
}

#[test]
fn one_migration_is_not_squashed_and_the_shorter_one_is_named() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    for (first, last) in [(None, "0001"), (Some("0002"), "0002"), (Some("0001"), "0001_initial")] {
        let error = build.squash_migrations(&environment, "blog", first, last, Some("all")).unwrap_err();
        let CommandError::OneMigration { id } = &error else { panic!("{error}") };
        let shorter = format!("`cargo modelshift optimizemigration blog {}`", id.name);
        assert!(id.name.starts_with(last) && error.to_string().contains(&shorter), "{error}");
    }
    assert_eq!(package.folder.path().join("src/migrations").read_dir().unwrap().count(), 2);
}

#[test]
fn a_squash_is_found_by_the_name_that_the_readme_uses() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    // `0001_squashed` is no beginning of the name, and `0001` is that of two.
    package.migration("0001_all_squashed_0002", "app = \"blog\"; replaces = [\"blog.0001_initial\", \"blog.0002_post_title\"]; CreateModel { struct Post { id: i64, title: Option<String> } }");
    for asked in ["0002_squashed", "0001_squashed_0003", "0003", "squashed"] {
        let error = build.finish_squash(&environment, "blog", asked).unwrap_err();
        let asked = format!("`{asked}`");
        assert!(matches!(error, CommandError::NoMigration { .. }), "{asked}: {error}");
        assert!(error.to_string().contains(&asked), "{error}");
    }
    // What is found by its beginning but replaces nothing says so, rather than that it is not there.
    package.migration(
        "0003_post_body",
        "depends_on = [\"blog.0002_post_title\"]; AddField(Post) { body: Option<String> }",
    );
    let error = build.finish_squash(&environment, "blog", "0003_post").unwrap_err();
    assert!(matches!(&error, CommandError::ReplacesNone { id } if id.name == "0003_post_body"), "{error}");
    let removed = build.finish_squash(&environment, "blog", "0001_squashed").unwrap();
    assert_eq!(removed.len(), 2);
    assert!(package.folder.path().join("src/migrations/m0001_all_squashed_0002.rs").exists());
}

#[test]
fn two_squashes_of_one_number_are_told_apart_by_more_of_the_name() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let one = "replaces = [\"blog.0001_initial\"]; app = \"blog\"; CreateModel { struct Post { id: i64 } }";
    package.migration("0001_a_squashed_x", one);
    let two = "replaces = [\"blog.0002_post_title\"]; depends_on = [\"blog.0001_initial\"]; AddField(Post) { title: Option<String> }";
    package.migration("0001_b_squashed_y", two);
    let error = build.finish_squash(&environment, "blog", "0001_squashed").unwrap_err();
    assert!(matches!(&error, CommandError::SeveralMigrations { .. }), "{error}");
    let error = error.to_string();
    assert!(error.contains("`0001_a_squashed_x`") && error.contains("`0001_b_squashed_y`"), "{error}");
    assert_eq!(build.finish_squash(&environment, "blog", "0001_squashed_y").unwrap().len(), 1);
    assert_eq!(build.finish_squash(&environment, "blog", "0001_a").unwrap().len(), 1);
}

#[test]
fn a_squash_carries_a_function_along_and_is_cut_between_two() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let filled = |number: u32, before: &str, elidable: &str| {
        let text = format!(
            "//! Fills.\n\nmodelshift::migration! {{\n    depends_on = [\"blog.{before}\"];\n\n    \
             RunRust {{ forward = fill{elidable} }}\n}}\n\nuse models::Post;\n\n/// Number {number}.\nasync fn fill() {{}}\n"
        );
        package.write(&format!("src/migrations/m000{number}_fill.rs"), &text);
    };
    filled(3, "0002_post_title", "");
    filled(4, "0003_fill", "");
    let squashed = build.squash_migrations(&environment, "blog", Some("0003"), "0004", Some("both"));
    let error = squashed.unwrap_err().to_string();
    assert!(error.contains("`blog.0003_fill` and `blog.0004_fill` have functions"), "{error}");
    let squashed = build.squash_migrations(&environment, "blog", None, "0004", Some("all")).unwrap();
    let names: Vec<String> = squashed.functions.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["blog.0003_fill", "blog.0004_fill"]);
    assert_eq!(squashed.carried.iter().map(ToString::to_string).collect::<Vec<_>>(), ["blog.0003_fill"]);
    let (_, text) = Package::written(Ok(only(SquashFiles { functions: Vec::new(), ..squashed })));
    let end = "    RunRust { forward = fill }\n}\n\nuse models::Post;\n\n/// Number 3.\nasync fn fill() {}\n";
    assert!(text.ends_with(end) && !text.contains("Number 4"), "{text}");
}

#[test]
fn a_squash_leaves_a_function_out_that_is_elidable() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let text = "modelshift::migration! { depends_on = [\"blog.0002_post_title\"]; RunRust { forward = fill, \
                elidable = true } }\n\nasync fn fill() {}\n";
    package.write("src/migrations/m0003_fill.rs", text);
    let squashed = build.squash_migrations(&environment, "blog", None, "0003", None).unwrap();
    assert!(squashed.carried.is_empty(), "{squashed:?}");
    let (_, text) = Package::written(Ok(only(squashed)));
    assert!(!text.contains("fill()") && !text.contains("RunRust"), "{text}");
}

#[test]
fn a_squash_keeps_every_file_that_is_loaded_unless_it_is_elidable() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let loads = |before: &str, file: &str| format!("depends_on = [\"blog.{before}\"]; LoadData {{ {file} }}");
    package.migration("0003_a", &loads("0002_post_title", "file = \"a.json\""));
    package.migration("0004_b", &loads("0003_a", "file = \"b.json\", elidable = true"));
    package.migration("0005_c", &loads("0004_b", "file = \"c.json\""));
    let squashed = build.squash_migrations(&environment, "blog", None, "0005", None).unwrap();
    let (_, text) = Package::written(Ok(only(squashed)));
    let end = "    LoadData { file = \"a.json\" }\n    LoadData { file = \"c.json\" }\n}\n";
    assert!(text.ends_with(end), "{text}");
}
