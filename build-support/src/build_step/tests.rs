//! The step over folders on disk, with everything but cargo; what needs cargo is in `tests/builds`.

use modelshift_syntax::findings::{self, AppFindings, CrateFindings, Mode, ModelFindings};

use super::*;

struct Package {
    folder: tempfile::TempDir,
}

impl Package {
    fn new() -> Self {
        let package = Self { folder: tempfile::tempdir().unwrap() };
        package.write("Cargo.toml", "[package]\nname = \"my-blog\"\n");
        package.write("src/lib.rs", "mod migrations;\nmod models;\n");
        package.write("src/migrations.rs", "modelshift::migrations!();\n");
        package.write("src/models.rs", "#[derive(Model)]\nstruct Author {\n    id: i64,\n}\n");
        package
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Runs the step as a build script would, and gives what it tells cargo.
    fn step(&self, build: &Build, mode: &str) -> Vec<String> {
        let out_dir = self.out_dir();
        let environment = Environment::from_iter([
            ("CARGO_MANIFEST_DIR", self.folder.path().to_str().unwrap()),
            ("CARGO_PKG_NAME", "my-blog"),
            ("OUT_DIR", out_dir.to_str().unwrap()),
            ("PROFILE", "debug"),
            ("MODELSHIFT", mode),
        ]);
        build.step(&environment).unwrap()
    }

    /// Returns the folder of the findings of this checkout.
    fn findings(&self) -> std::path::PathBuf {
        findings::folder_of(&self.out_dir(), self.folder.path().to_str().unwrap())
    }

    fn out_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("target/out")
    }

    fn model(&self, name: &str) -> Option<ModelFindings> {
        findings::read(&findings::model_file(&self.findings(), name)).unwrap()
    }

    fn app(&self) -> AppFindings {
        findings::read(&findings::app_file(&self.findings(), "my_blog")).unwrap().unwrap()
    }
}

#[test]
fn findings_tell_what_was_seen_and_forget_what_is_gone() {
    let package = Package::new();
    package.step(&Build::new(), "write");
    let krate: CrateFindings = findings::read(&findings::crate_file(&package.out_dir())).unwrap().unwrap();
    assert_eq!(
        krate,
        CrateFindings {
            crate_name: "my_blog".to_owned(),
            package: package.folder.path().display().to_string(),
            mode: Mode::Write
        }
    );
    let app = AppFindings { folder: "src/migrations".to_owned(), ..AppFindings::default() };
    assert_eq!(package.app(), app);
    let seen = package.model("Author").unwrap().seen;
    assert_eq!(
        (seen.len(), seen[0].table.as_str(), seen[0].file.as_str()),
        (1, "my_blog_author", "src/models.rs")
    );
    package.write("src/models.rs", "#[derive(Model)]\nstruct Book {\n    id: i64,\n}\n");
    package.step(&Build::new(), "check");
    assert_eq!(package.model("Author"), None);
    assert_eq!(package.model("Book").unwrap().seen[0].questions.len(), 1);
    assert_eq!(package.app().errors, Vec::<String>::new());
}

#[test]
fn new_models_are_written_in_the_order_of_references_and_of_the_source() {
    let package = Package::new();
    let structs = "#[derive(Model)]\nstruct Zone {\n    id: i64,\n}\n#[derive(Model)]\nstruct Book {\n    id: i64,\n    \
                   author: ForeignKey<Author>,\n    title: String,\n}\n#[derive(Model)]\nstruct Author {\n    id: i64,\n    \
                   agent: ForeignKey<Writer>,\n    name: String,\n}\n#[derive(Model)]\nstruct Writer {\n    id: i64,\n}\n";
    package.write("src/models.rs", structs);
    package.step(&Build::new(), "write");
    let path = package.folder.path().join("src/migrations/m0001_initial.rs");
    let text = std::fs::read_to_string(path).unwrap();
    let places = ["struct Zone", "struct Writer", "struct Author", "struct Book", "author: ", "title: "]
        .map(|it| text.find(it).unwrap_or_else(|| panic!("{it}\n{text}")));
    assert!(places.is_sorted() && !text.contains("AddField"), "{text}");
}

#[test]
fn while_sources_are_broken_what_is_known_without_them_is_told() {
    let package = Package::new();
    package.write("src/migrations/m0001_initial.rs", "fn main() {}");
    package.step(&Build::new(), "write");
    let good = (package.model("Author"), package.app());
    assert_eq!(good.1.errors.len(), 1, "{:?}", good.1);
    package.write("src/lib.rs", "mod migrations;\nmod models;\nmod broken;\n");
    package.write("src/broken.rs", "struct {");
    package.step(&Build::new(), "write");
    assert_eq!((package.model("Author"), package.app()), good);
    package.write("src/models.rs", "struct {");
    let lines = package.step(&Build::new(), "write");
    assert_eq!((package.model("Author"), package.app()), good);
    // A mistake of the project that is corrected meanwhile is told no longer.
    std::fs::remove_file(package.folder.path().join("src/migrations/m0001_initial.rs")).unwrap();
    package.step(&Build::new(), "write");
    assert_eq!((package.model("Author"), package.app().errors), (good.0, vec![]));
    let broken = "cargo::warning=modelshift: `src/models.rs` cannot be read as Rust (line 1, column 8: ";
    assert!(lines.iter().any(|line| line.starts_with(broken)), "{lines:#?}");
    // Where nobody types, what cannot be compared does not pass.
    package.step(&Build::new(), "check");
    assert_eq!(package.app().errors.len(), 2);
}

#[test]
fn what_was_asked_is_forgotten_while_another_struct_is_wrong() {
    let package = Package::new();
    package.step(&Build::new(), "write");
    let book = "#[derive(Model)]\nstruct Book {\n    id: i64,\n}\n";
    package.write("src/models.rs", book);
    package.step(&Build::new(), "check");
    assert_eq!(package.model("Book").unwrap().seen[0].questions.len(), 1);
    // The answer, and a mistake beside it.
    let answered = book.replace("#[derive(Model)]", "#[derive(Model)]\n#[model(renamed_from = \"Author\")]");
    package.write(
        "src/models.rs",
        &format!(
            "{answered}#[derive(Model)]\nstruct Wrong {{\n    id: i64,\n    #[field(oops)]\n    a: i64,\n}}\n"
        ),
    );
    package.step(&Build::new(), "check");
    assert_eq!(package.model("Book").unwrap().seen[0].questions, vec![]);
}

#[test]
fn checkouts_with_one_target_folder_keep_their_findings_apart() {
    let (one, other) = (Package::new(), Package::new());
    one.step(&Build::new(), "check");
    let seen = one.model("Author");
    other.write("src/models.rs", "#[derive(Model)]\nstruct Author {\n    id: i32,\n}\n");
    let environment = Environment::from_iter([
        ("CARGO_MANIFEST_DIR", other.folder.path().to_str().unwrap()),
        ("CARGO_PKG_NAME", "my-blog"),
        ("OUT_DIR", one.out_dir().to_str().unwrap()),
        ("MODELSHIFT", "check"),
    ]);
    Build::new().step(&environment).unwrap();
    assert_eq!(one.model("Author"), seen);
    let krate: CrateFindings = findings::read(&findings::crate_file(&one.out_dir())).unwrap().unwrap();
    assert_eq!(krate.package, other.folder.path().display().to_string());
}

#[test]
fn ld_011_q_001_off_tells_where_migrations_lie_and_neither_compares_nor_asks() {
    let package = Package::new();
    package.step(&Build::new(), "check");
    package.step(&Build::new(), "off");
    let krate: CrateFindings = findings::read(&findings::crate_file(&package.out_dir())).unwrap().unwrap();
    assert_eq!(krate.mode, Mode::Off);
    assert_eq!((package.app().errors, package.model("Author")), (vec![], None));
}

#[test]
fn cargo_is_told_what_was_read() {
    let package = Package::new();
    let lines = package.step(&Build::new(), "write");
    for path in ["Cargo.toml", "src/lib.rs", "src/migrations", "src/migrations.rs", "src/models.rs"] {
        assert!(lines.contains(&format!("cargo::rerun-if-changed={path}")), "{path}: {lines:#?}");
    }
    let count = |prefix: &str| lines.iter().filter(|line| line.starts_with(prefix)).count();
    assert!(lines.iter().any(|line| line.ends_with("target/out/modelshift/again")), "{lines:#?}");
    assert_eq!(count("cargo::rerun-if-changed="), 6);
    // What another mode would answer too needs no other build.
    assert!(lines.contains(&"cargo::rerun-if-env-changed=MODELSHIFT_REQUEST".to_owned()));
    assert_eq!(count("cargo::rerun-if-env-changed="), 1);
    let lines = package.step(&Build::new(), "off");
    assert!(lines.contains(&"cargo::rerun-if-env-changed=MODELSHIFT".to_owned()));
    assert_eq!(count("cargo::warning"), 0);
}

#[test]
fn an_error_that_a_build_may_cure_runs_the_script_again() {
    let package = Package::new();
    let lines = package.step(&Build::new(), "check");
    assert!(lines.contains(&"cargo::rerun-if-changed=.modelshift-unsettled".to_owned()), "{lines:#?}");
}

#[test]
fn what_nobody_can_say_is_a_warning() {
    let package = Package::new();
    let build = Build::new().app("../blog", "src/blog");
    package.step(&build, "write");
    assert!(package.app().errors[0].contains("invalid label of an app `../blog`"));
    package.write("src/lib.rs", "");
    let lines = package.step(&build, "write");
    let warnings: Vec<&String> = lines.iter().filter(|line| line.starts_with("cargo::warning")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(warnings[0].contains("invalid label of an app `../blog`"));
}

#[test]
fn a_label_that_changed_is_an_error_that_says_how_to_keep_it() {
    let package = Package::new();
    let file =
        "modelshift::migration! {\n    app = \"blog\";\n    CreateModel { struct Author { id: i64 } }\n}\n";
    package.write("src/migrations/m0001_initial.rs", file);
    for mode in ["write", "check"] {
        package.step(&Build::new(), mode);
        let errors = package.app().errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        for text in [
            "`src/migrations/m0001_initial.rs` was written for the app `blog`",
            "calls the app `my_blog`",
            "`modelshift_build::new().app(\"blog\", \"src\").run()`",
            "`modelshift::migrations!(blog)`",
        ] {
            assert!(errors[0].contains(text), "`{text}` is not in {errors:?}");
        }
    }
    // What it says to do is enough.
    package.write("src/migrations.rs", "modelshift::migrations!(blog);\n");
    let said = package.step(&Build::new().app("blog", "src"), "check");
    assert!(said.iter().all(|line| !line.contains("warning")), "{said:?}");
    let app: AppFindings = findings::read(&findings::app_file(&package.findings(), "blog")).unwrap().unwrap();
    assert_eq!(app.errors, Vec::<String>::new());
}

#[test]
fn a_squash_stands_for_its_parts_and_the_next_number_follows_its_last() {
    let package = Package::new();
    let create = "CreateModel { struct Author { id: i64, name: i64 } }";
    let whole = format!(
        "modelshift::migration! {{ replaces = [\"my_blog.0001_initial\", \"my_blog.0002_name\"]; {create} }}"
    );
    package.write("src/migrations/m0001_squashed_0002.rs", &whole);
    let one = "modelshift::migration! { app = \"my_blog\"; CreateModel { struct Author { id: i64 } } }";
    package.write("src/migrations/m0001_initial.rs", one);
    let two =
        "modelshift::migration! { depends_on = [\"my_blog.0001_initial\"]; AddField(Author) { name: i64 } }";
    package.write("src/migrations/m0002_name.rs", two);
    package.write("src/models.rs", "#[derive(Model)]\nstruct Author {\n    id: i64,\n    name: i64,\n    #[field(default = 0)]\n    age: i64,\n}\n");
    package.step(&Build::new(), "write");
    assert_eq!(package.app().errors, Vec::<String>::new());
    let written = std::fs::read_to_string(package.folder.path().join("src/migrations/m0003_author_age.rs"));
    assert!(written.unwrap().contains("depends_on = [\"my_blog.0001_squashed_0002\"];"));
}

#[test]
fn what_a_field_under_a_prefix_may_have_been_is_offered_by_its_name_in_the_struct() {
    let package = Package::new();
    let models = |field: &str, other: &str| {
        format!(
            "#[derive(Model)]\n#[model(abstract)]\nstruct Part {{\n    {field}: Option<i32>,\n}}\n#[derive(Model)]\nstruct Person {{\n    \
             id: i64,\n    #[field(flatten, prefix = \"x_\")]\n    part: Part,\n}}\n#[derive(Model)]\nstruct Other {{\n    id: i64,\n{other}}}\n"
        )
    };
    package.write("src/models.rs", &models("old", "    x_born: Option<i32>,\n"));
    package.step(&Build::new(), "write");
    // It may have moved from the other model, or be the one that is gone.
    package.write("src/models.rs", &models("born", ""));
    package.step(&Build::new(), "check");
    let asked = &package.model("Part").unwrap().seen[0].questions[0];
    assert_eq!(asked.field.as_deref(), Some("born"));
    assert!(asked.message.contains("`Other.x_born`"), "{}", asked.message);
    assert!(asked.message.contains("renamed_from = \"old\""), "{}", asked.message);
    assert!(!asked.message.contains("x_old"), "{}", asked.message);
}
