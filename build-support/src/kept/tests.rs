//! A kept run and the whole work have the same results, whatever was edited in between.

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, SystemTime};

use modelshift_schema::applied::Applied;
use modelshift_schema::checksum;
use modelshift_schema::name::MigrationId;

use super::*;
use crate::migrations::replayed;
use crate::scan::kept_sources;

const ROOT: &str = "mod migrations;\nmod models;\nmod plain;\n#[cfg(feature = \"more\")]\nmod more;\n";

const MODELS: &str = "use modelshift::{ForeignKey, Model};

/// Who writes.
#[derive(Debug, Model)]
pub struct Author {
    pub id: i64,
    pub name: String,
}

pub fn greeting() -> &'static str {
    \"hello\"
}

#[derive(Model)]
pub struct Book {
    pub id: i64,
    pub author: ForeignKey<Author>,
    #[cfg(feature = \"more\")]
    pub title: String,
}
";

const PLAIN: &str = "#[derive(Debug, Clone)]\npub struct Point {\n    pub x: i64,\n}\n\nimpl Point {\n    pub fn sum(&self) -> i64 {\n        self.x\n    }\n}\n";

const MORE: &str = "use modelshift::Model;\n\n#[derive(Model)]\npub struct Tag {\n    pub id: i64,\n}\n";

/// A package in a work tree of git, with one folder for the results of runs that may be kept, and one for whole runs.
struct Package {
    folder: tempfile::TempDir,
    variables: BTreeMap<&'static str, String>,
    build: Build,
    /// How many runs did the whole work, but for the replay of the history.
    reused: usize,
}

impl Package {
    fn new() -> Self {
        let (folder, variables) = (tempfile::tempdir().unwrap(), BTreeMap::new());
        let package = Self { folder, variables, build: Build::new(), reused: 0 };
        for (name, text) in [
            ("Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\"\n"),
            (".gitignore", "target\n"),
            ("src/lib.rs", ROOT),
            ("src/migrations.rs", "modelshift::migrations!();\n"),
            ("src/models.rs", MODELS),
            ("src/plain.rs", PLAIN),
            ("src/more.rs", MORE),
        ] {
            package.write(name, text);
        }
        package.git(&["init", "-q"]);
        package
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Puts one text in the place of another, or back if it is there already.
    fn toggle(&self, name: &str, one: &str, other: &str) {
        let text = self.read(name);
        let toggled =
            if text.contains(other) { text.replace(other, one) } else { text.replacen(one, other, 1) };
        self.write(name, &toggled);
    }

    fn git(&self, arguments: &[&str]) {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@b"];
        let mut git = Command::new("git");
        let output = git.args(identity).args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn environment(&self, results: &str) -> Environment {
        let folder = self.folder.path().to_str().unwrap();
        let out_dir = self.path("target").join(results);
        std::fs::create_dir_all(&out_dir).unwrap();
        let fixed = [
            ("CARGO_MANIFEST_DIR", folder),
            ("CARGO_PKG_NAME", "shop"),
            ("PROFILE", "debug"),
            ("CARGO_CFG_UNIX", ""),
            ("OUT_DIR", out_dir.to_str().unwrap()),
        ];
        let set = self.variables.iter().map(|(name, value)| (*name, value.as_str()));
        fixed.into_iter().chain(set).collect()
    }

    /// Returns all files below a folder, with their content.
    fn files(&self, folder: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut open = vec![self.path(folder)];
        while let Some(folder) = open.pop() {
            for entry in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
                let name = entry.strip_prefix(self.path("")).unwrap().display().to_string();
                if entry.is_dir() {
                    open.push(entry);
                } else if ![FILE, replayed::FILE, kept_sources::FILE].iter().any(|kept| name.ends_with(kept))
                {
                    found.insert(
                        name.replace("target/whole", "target/kept"),
                        std::fs::read_to_string(entry).unwrap(),
                    );
                }
            }
        }
        found
    }

    /// Runs a build, does the whole work beside it, and compares; returns whether a kept run was used.
    fn run(&mut self, edits: &[usize]) -> bool {
        let environment = self.environment("kept");
        let permission = mode::permission(self.folder.path(), &environment);
        let beginning = Beginning::read(&self.build, &environment, &permission);
        let is_kept = beginning.is_some_and(|it| it.recall().is_some());
        let sources = self.files("src");
        let history = self.kept_history();
        let lines = self.build.step(&environment).unwrap();
        self.reused += usize::from(!is_kept && history.is_some() && history == self.kept_history());
        if is_kept {
            assert_eq!(self.files("src"), sources, "{edits:?}");
        }
        let (findings, sources) = (self.files("target/kept"), self.files("src"));
        let environment = self.environment("whole");
        let (whole, _) = self.build.whole_step(&environment, &permission, None).unwrap();
        let whole: Vec<String> = whole.iter().map(|it| it.replace("target/whole", "target/kept")).collect();
        assert_eq!(lines, whole, "{edits:?}");
        assert_eq!(self.files("src"), sources, "{edits:?}");
        assert_eq!(findings, self.files("target/whole"), "{edits:?}");
        is_kept
    }

    /// Returns the kept history, if it can be used.
    fn kept_history(&self) -> Option<String> {
        let file = self.record().with_file_name(replayed::FILE);
        replayed::Replayed::read(&file)?;
        std::fs::read_to_string(file).ok()
    }

    /// Returns the newest migration.
    fn newest(&self) -> Option<String> {
        let entries = self.path("src/migrations").read_dir().into_iter().flatten().flatten();
        entries.map(|entry| format!("src/migrations/{}", entry.file_name().to_str().unwrap())).max()
    }

    fn record(&self) -> PathBuf {
        findings::folder_of(&self.path("target/kept"), self.folder.path().to_str().unwrap()).join(FILE)
    }

    /// Writes or removes the note of `migrate` about the newest migration.
    fn toggle_applied(&self) {
        let note = self.path(".git/modelshift/applied/one.json");
        let Some(newest) = self.newest() else { return };
        if note.is_file() {
            return std::fs::remove_file(note).unwrap();
        }
        let name = newest.rsplit('/').next().unwrap().trim_start_matches('m').trim_end_matches(".rs");
        let id = MigrationId::new("shop", name);
        let Ok(migration) = modelshift_syntax::read_module(&id, &self.read(&newest)) else { return };
        let text = checksum::canonical(&migration.operations).unwrap();
        let migrations = BTreeMap::from([(id, checksum::checksum(&text))]);
        let applied = Applied::new(None, migrations);
        std::fs::create_dir_all(note.parent().unwrap()).unwrap();
        std::fs::write(note, serde_json::to_string(&applied).unwrap()).unwrap();
    }

    /// Damages a kept file: half of it, another version, another byte.
    fn damage(&self, name: &str, number: usize) {
        let file = self.record().with_file_name(name);
        let Ok(text) = std::fs::read_to_string(&file) else { return };
        let damaged = match number % 6 {
            0 => text[..text.len() / 2].to_owned(),
            1 => text.replacen(" 1 ", " 2 ", 1),
            2 => text.replacen("line cargo::", "line cargo:;", 1).replacen("\norder 0", "\norder 1", 1),
            3 => {
                text.replacen("\"Varchar\"", "\"Text\"", 1).replacen("\"name\":\"id\"", "\"name\":\"ix\"", 1)
            }
            4 => text.replacen("migration!", "migration?", 1),
            _ => text.replacen("pub struct", "pub  struct", 1),
        };
        std::fs::write(file, damaged).unwrap();
    }

    /// Writes a migration as a person would, after the newest one.
    fn add_migration(&self, number: usize) {
        let Some(newest) = self.newest() else { return };
        let before = newest.rsplit('/').next().unwrap().trim_start_matches('m').trim_end_matches(".rs");
        let name = before.split('_').next().unwrap().parse::<u32>().unwrap() + 1;
        let operation = match number % 4 {
            0 => "AddField(Author) { age: Option<i32> }",
            1 => "RenameField(Author: name -> title);",
            2 => "AddIndex(Book) { index(name = \"books\", fields(author)) }",
            _ => "AddField(Gone) { age: Option<i32> }",
        };
        let text = format!(
            "modelshift::migration! {{\n    depends_on = [\"shop.{before}\"];\n\n    {operation}\n}}\n"
        );
        self.write(&format!("src/migrations/m{name:04}_by_hand.rs"), &text);
    }

    /// Returns the first migration.
    fn first(&self) -> String {
        let entries = self.path("src/migrations").read_dir().unwrap().flatten();
        let names = entries.map(|entry| format!("src/migrations/{}", entry.file_name().to_str().unwrap()));
        names.min().unwrap()
    }

    /// Replaces a folder by the files of another.
    fn copy_sources(&self, from: &str, to: &str) {
        let files = self.files(from);
        let _ = std::fs::remove_dir_all(self.path(to));
        for (name, text) in files {
            self.write(&name.replacen(from, to, 1), &text);
        }
    }

    /// Makes one of many edits.
    fn edit(&mut self, which: usize, number: usize) {
        match which {
            0 => self.toggle("src/models.rs", "\"hello\"", "\"good day\""),
            1 => self.toggle("src/models.rs", "pub fn greeting", "// A comment.\npub fn greeting"),
            2 => self.toggle(
                "src/models.rs",
                "pub name: String,",
                "pub name: String,\n    pub age: Option<i32>,",
            ),
            3 => self.toggle("src/plain.rs", "pub x: i64,", "pub x: i64,\n    pub y: i64,"),
            4 => self.toggle("src/plain.rs", "self.x\n", "self.x + 1\n"),
            5 => self.toggle("src/plain.rs", "Debug, Clone)]", "Debug, Clone, modelshift::Model)]"),
            6 => match self.variables.remove("CARGO_FEATURE_MORE") {
                Some(_) => {}
                None => _ = self.variables.insert("CARGO_FEATURE_MORE", "1".to_owned()),
            },
            7 => {
                self.git(&["add", "."]);
                self.git(&["commit", "-q", "--allow-empty", "-m", "x"]);
            }
            8 => self.git(&["rm", "-rq", "--cached", "--ignore-unmatch", "src/migrations"]),
            9 => self.toggle_applied(),
            10 => {
                if let Some(newest) = self.newest() {
                    self.toggle(&newest, "//! ", "//!  ");
                }
            }
            11 => self.toggle("src/lib.rs", "mod plain;", "mod plain;\n#[cfg(test)]\nmod absent;"),
            12 => self.damage(FILE, number),
            13 => {
                let findings = self.record().with_file_name("models");
                if let Some(Ok(entry)) = findings.read_dir().ok().and_then(|mut all| all.next()) {
                    std::fs::remove_file(entry.path()).unwrap();
                }
            }
            14 => {
                if self.record().parent().is_some_and(Path::exists) {
                    findings::request_run(&self.path("target/kept")).unwrap();
                }
            }
            15 => {
                let mode = ["write", "check", "off", "", "unknown"][number % 5];
                self.variables.insert("MODELSHIFT", mode.to_owned());
            }
            16 => {
                let mark = self.path(".git/MERGE_HEAD");
                if mark.exists() { std::fs::remove_file(mark) } else { std::fs::write(mark, "") }.unwrap();
            }
            17 => {
                let file = std::fs::File::options().append(true).open(self.path("src/plain.rs")).unwrap();
                file.set_modified(SystemTime::now() + Duration::from_mins(number as u64 % 2)).unwrap();
            }
            18 => self.toggle(".gitignore", "target\n", "target\nsrc/migrations\n"),
            19 => {
                let file = self.path("src/absent.rs");
                if file.exists() { std::fs::remove_file(file) } else { std::fs::write(file, MORE) }.unwrap();
            }
            20 => self.toggle("Cargo.toml", "edition = \"2024\"", "edition = \"2021\""),
            21 => self.toggle("src/more.rs", "pub id: i64,", "pub id: i64,\n    pub text: Option<String>,"),
            22 => {
                let newest = self.newest().map(|newest| self.path(&newest));
                let _ = newest.map(std::fs::remove_file);
            }
            23 => {
                self.build =
                    if number.is_multiple_of(2) { Build::new() } else { Build::new().table_prefix("x_") }
            }
            24 => self.toggle("src/models.rs", "#[derive(Model)]", "#[derive(Table)]"),
            25 => self.toggle("src/models.rs", "{ForeignKey, Model}", "{ForeignKey, Model, Model as Table}"),
            26 => self.toggle("src/models.rs", "\n\n#[derive", "\n\n\n#[derive"),
            27 => self.add_migration(number),
            28 => self.damage([replayed::FILE, kept_sources::FILE][number % 2], number),
            29 => self.toggle(
                "src/models.rs",
                "pub id: i64,\n    pub author",
                "pub id: i64,\n    #[field(index)]\n    pub pages: i32,\n    pub author",
            ),
            // Another branch begins here.
            30 => self.copy_sources("src", "target/aside"),
            // The branch is changed, and changed back.
            31 => {
                if self.path("target/aside").exists() {
                    self.copy_sources("src", "target/between");
                    self.copy_sources("target/aside", "src");
                    self.copy_sources("target/between", "target/aside");
                }
            }
            32 => {
                let first = self.newest().map(|_| self.first());
                if let Some(first) = first {
                    self.toggle(&first, "pub name: String", "pub name: Option<String>");
                }
            }
            _ => self.toggle(
                "src/models.rs",
                "pub struct Author {",
                "pub struct Author {\n    #[cfg(unix)]\n    pub rank: Option<i64>,",
            ),
        }
    }
}

#[test]
fn after_any_edit_a_kept_run_and_the_whole_work_have_the_same_results() {
    let (mut kept, mut reused) = (0, 0);
    for seed in 1..=14_u64 {
        let mut package = Package::new();
        let (mut random, mut edits) = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), Vec::new());
        for number in 0..20 {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // Edits that touch no model are the most frequent ones.
            let which = usize::try_from(random >> 33).unwrap() % 48;
            let which = if which > 33 { which % 5 } else { which };
            edits.push(which);
            package.edit(which, number);
            // A build without an edit in between, too.
            kept += usize::from(package.run(&edits)) + usize::from(package.run(&edits));
        }
        reused += package.reused;
    }
    assert!((150..400).contains(&kept), "{kept} of 560 runs were kept ones");
    assert!(reused > 100, "{reused} of 560 runs used the kept history");
}

#[test]
fn edits_that_touch_no_model_use_the_kept_run() {
    let mut package = Package::new();
    assert!(!package.run(&[]) && !package.run(&[]) && package.run(&[]));
    package.edit(7, 0);
    // The migration is no draft any more.
    assert!(!package.run(&[]) && package.run(&[]));
    // What is applied matters for drafts only.
    for edit in [0, 1, 3, 4, 26, 9] {
        package.edit(edit, 0);
        assert!(package.run(&[]), "{edit}");
    }
    for edit in [2, 6, 9, 11, 12, 13, 14, 20] {
        package.edit(edit, 0);
        assert!(!package.run(&[]), "{edit}");
        let _ = (package.run(&[]), package.run(&[]));
    }
}
