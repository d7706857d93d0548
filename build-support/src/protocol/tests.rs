use modelshift_schema::answers::Answer;

use super::*;

/// A package whose first migration is recorded, and which has no git.
struct Package {
    folder: tempfile::TempDir,
}

const POST: &str = "#[derive(Model)] struct Post { id: i64, title: String }";

impl Package {
    fn new(models: &str) -> Self {
        let package = Self { folder: tempfile::tempdir().unwrap() };
        package.write("Cargo.toml", "[package]\nname = \"blog\"\n");
        package.write("src/lib.rs", "mod migrations;\nmod models;\n");
        package.write("src/migrations.rs", "modelshift::migrations!();\n");
        package.write("src/models.rs", POST);
        assert_eq!(package.make(&Answers::default(), true).errors, []);
        package.write("src/models.rs", models);
        package
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Asks as the command does, through files and a variable.
    fn ask(&self, command: Command) -> Response {
        let (request, response) = (self.folder.path().join("request"), self.folder.path().join("response"));
        let package = self.folder.path().to_owned();
        let asked = Request { package, response: response.clone(), command };
        std::fs::write(&request, serde_json::to_string(&asked).unwrap()).unwrap();
        let variables = [
            ("CARGO_MANIFEST_DIR", self.folder.path().display().to_string()),
            ("CARGO_PKG_NAME", "blog".to_owned()),
            (VARIABLE, request.display().to_string()),
        ];
        let environment: Environment = variables.into_iter().collect();
        Build::new().table_prefix("").serve(&environment).unwrap().unwrap();
        serde_json::from_str(&std::fs::read_to_string(response).unwrap()).unwrap()
    }

    fn make(&self, answers: &Answers, write: bool) -> Response {
        self.ask(Command::Make { apps: vec![], name: None, answers: answers.clone(), write })
    }

    fn migrations(&self) -> Vec<String> {
        let entries = self.folder.path().join("src/migrations").read_dir().unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("src/migrations").join(name)).unwrap()
    }
}

fn answers(list: &[(&str, Answer)]) -> Answers {
    let mut answers = Answers::default();
    for (subject, answer) in list {
        answers.add(subject.parse().unwrap(), answer.clone());
    }
    answers
}

const RENAMED: &str = "#[derive(Model)] struct Post { id: i64, name: String }";

#[test]
fn an_answer_gives_the_file_that_its_attribute_gives_and_no_draft() {
    let name = "m0002_rename_title_post_name.rs";
    let said = Package::new(
        "#[derive(Model)] struct Post { id: i64, #[field(renamed_from = \"title\")] name: String }",
    );
    assert_eq!(said.make(&Answers::default(), true).questions, []);
    let answered = Package::new(RENAMED);
    let open = answered.make(&Answers::default(), true);
    assert_eq!((open.questions.len(), open.files.len(), open.errors.len()), (1, 0, 0), "{open:?}");
    assert_eq!(open.questions[0].0, "src/models.rs:1:41");
    let list = [("blog.Post.name", Answer::renamed_from("title")), ("blog.Gone", Answer::new())];
    let done = answered.make(&answers(&list), true);
    assert_eq!(done.files.len(), 1, "{done:?}");
    assert_eq!(done.unused, ["blog.Gone".parse().unwrap()]);
    let (draft, text) = (said.read(name), answered.read(name));
    assert!(modelshift_syntax::trailer::is_intact(&draft) && !modelshift_syntax::trailer::is_intact(&text));
    assert_eq!(draft.rsplit_once("// modelshift").unwrap().0.trim_end(), text.trim_end());
}

#[test]
fn what_is_only_shown_is_not_written() {
    let package =
        Package::new("#[derive(Model)] struct Post { id: i64, title: String, body: Option<String> }");
    let shown = package.make(&Answers::default(), false);
    assert_eq!(shown.files[0].path, "src/migrations/m0002_post_body.rs");
    assert_eq!(shown.files[0].operations, ["adds field `body` to `Post`"]);
    assert_eq!(package.migrations(), ["m0001_initial.rs"]);
    let written = package.make(&Answers::default(), true);
    assert_eq!(written.files[0].text, shown.files[0].text);
    assert_eq!(package.make(&Answers::default(), true).files, []);
    assert!(package.read("m0001_initial.rs").contains("table = \"post\""), "build.rs is honoured");
}

#[test]
fn a_name_is_for_the_file() {
    let package =
        Package::new("#[derive(Model)] struct Post { id: i64, title: String, body: Option<String> }");
    let make = |name: &str, apps: Vec<AppLabel>| Command::Make {
        apps,
        name: Some(name.to_owned()),
        answers: Answers::default(),
        write: true,
    };
    let refused = package.ask(make("../x", vec![]));
    assert!(refused.errors[0].message.contains("invalid name of a migration"), "{refused:?}");
    let refused = package.ask(make("texts", vec!["shop".into()]));
    assert!(refused.errors[0].message.contains("unknown app `shop`"), "{refused:?}");
    let done = package.ask(make("texts", vec!["blog".into()]));
    assert_eq!(done.files[0].path, "src/migrations/m0002_texts.rs");
    assert!(!modelshift_syntax::trailer::is_intact(&done.files[0].text));
}

#[test]
fn upkeep_is_asked_for_in_the_same_way() {
    let package = Package::new(POST);
    let empty = package.ask(Command::Empty { app: None, name: "fill".to_owned() });
    assert_eq!(empty.files[0].path, "src/migrations/m0002_fill.rs");
    let merge = package.ask(Command::Merge { app: None });
    assert!(merge.errors[0].message.contains("nothing to merge"), "{merge:?}");
    let squash = Command::Squash { app: "blog".into(), first: None, last: "0002".to_owned(), name: None };
    assert_eq!(package.ask(squash).files[0].path, "src/migrations/m0001_squashed_0002_fill.rs");
}

#[test]
fn scripts_of_other_packages_go_about_their_own_business() {
    let package = Package::new(POST);
    let other = tempfile::tempdir().unwrap();
    let variables = [
        ("CARGO_MANIFEST_DIR", other.path().display().to_string()),
        (VARIABLE, package.folder.path().join("request").display().to_string()),
    ];
    assert!(Build::new().serve(&variables.into_iter().collect()).is_none());
    let none = [("CARGO_MANIFEST_DIR", other.path().display().to_string()), (VARIABLE, String::new())];
    assert!(Build::new().serve(&none.into_iter().collect()).is_none());
}

#[test]
fn q_001_an_app_without_a_place_for_migrations_gets_none() {
    let package = Package::new(POST);
    package.write("src/lib.rs", "mod migrations;\nmod models;\nmod shop;\n");
    package.write("src/shop.rs", "#[derive(Model)] struct Item { id: i64 }");
    let build = Build::new().app("shop", "src/shop");
    let variables = [
        ("CARGO_MANIFEST_DIR", package.folder.path().display().to_string()),
        ("CARGO_PKG_NAME", "blog".to_owned()),
    ];
    let make = Command::Make { apps: vec![], name: None, answers: Answers::default(), write: true };
    let response = build.answer(&variables.into_iter().collect(), make).unwrap();
    assert!(
        response.errors[0].message.contains("the migrations of `shop` have no place yet"),
        "{response:?}"
    );
    assert_eq!((response.files, response.questions), (vec![], vec![]));
}
