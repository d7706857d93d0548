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

    /// Gives the name and the text of what was written.
    fn written(result: Result<PathBuf, UpkeepError>) -> (String, String) {
        let file = result.unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(!modelshift_syntax::trailer::is_intact(&text), "no build takes it for a draft");
        (file.file_name().unwrap().to_str().unwrap().to_owned(), text)
    }
}

#[test]
fn a_squash_is_written_beside_what_it_stands_for_and_never_twice() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    let squashed = build.squash_migrations(&environment, "blog", None, "0002", None);
    let (name, text) = Package::written(squashed);
    assert_eq!(name, "m0001_squashed_0002_post_title.rs");
    assert_eq!(
        text,
        "//! Starts `Post`.\n\nmodelshift::migration! {\n    app = \"blog\";\n    replaces = [\"blog.0001_initial\", \
         \"blog.0002_post_title\"];\n\n    CreateModel {\n        struct Post {\n            id: i64,\n            \
         title: Option<String>,\n        }\n    }\n}\n"
    );
    let error = build.squash_migrations(&environment, "blog", None, "0002", None).unwrap_err();
    assert!(error.to_string().contains("`0002` means no migration of the app `blog`"), "{error}");
    let error = build.squash_migrations(&environment, "shop", None, "0002", None).unwrap_err();
    assert!(error.to_string().contains("no app `shop`") && error.to_string().contains("`blog`"), "{error}");
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
    assert!(text.contains("depends_on = [\"blog.0002_post_title\"];"), "{text}");
    let error = build.empty_migration(&environment, "blog", "../x").unwrap_err();
    assert!(error.to_string().contains("cannot be the name of a migration"), "{error}");
}

#[test]
fn a_squash_is_finished_in_one_step_even_where_it_stands_for_squashes() {
    let package = Package::new();
    let (build, environment) = (Build::new(), package.environment());
    Package::written(build.squash_migrations(&environment, "blog", None, "0002", None));
    let third = "depends_on = [\"blog.0002_post_title\"]; AddField(Post) { body: Option<String> }";
    package.migration("0003_post_body", third);
    let fourth = "depends_on = [\"blog.0003_post_body\"]; AddField(Post) { lead: Option<String> }";
    package.migration("0004_post_lead", fourth);
    Package::written(build.squash_migrations(&environment, "blog", None, "0003", Some("all")));
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
    assert!(error.to_string().contains("stands for no migration that is still there"), "{error}");
}
