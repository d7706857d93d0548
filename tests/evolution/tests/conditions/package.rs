//! A crate on disk in a git of its own, and its builds without cargo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use modelshift_build::{Build, Environment};
use modelshift_schema::applied::Applied;
use modelshift_schema::checksum::{canonical, checksum};
use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{read_module, trailer};

use crate::source;

/// The migrations, each by the name of its file.
pub(crate) type Files = BTreeMap<String, String>;

/// A crate `blog`.
pub(crate) struct Package {
    folder: tempfile::TempDir,
    staged: BTreeSet<String>,
    applied: Files,
}

impl Package {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder outside");
        let package = Self { folder, staged: BTreeSet::new(), applied: Files::new() };
        let features = source::FEATURES.map(|name| format!("{name} = []\n")).concat();
        let manifest = format!("[package]\nname = \"blog\"\nedition = \"2024\"\n\n[features]\n{features}");
        package.write("Cargo.toml", &manifest);
        package.write("src/lib.rs", "pub mod migrations;\npub mod models;\n");
        package.write("src/migrations.rs", "modelshift::migrations!();\n");
        package.git(&["init", "--quiet", "--template="]);
        package
    }

    fn git(&self, arguments: &[&str]) {
        let mut command = Command::new("git");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(variable);
        }
        let status = command.args(arguments).current_dir(self.folder.path()).status();
        assert!(status.expect("git runs").success(), "git {arguments:?}");
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder is made");
        std::fs::write(path, text).expect("the file is written");
    }

    pub(crate) fn models(&self, text: &str) {
        self.write("src/models.rs", text);
    }

    /// Builds, and returns what stands in the way; nothing where all is well.
    pub(crate) fn build(&self, build: source::Build) -> Vec<String> {
        let folder = self.folder.path().to_str().expect("a path that is text").to_owned();
        let features = source::FEATURES.iter().zip(build).filter(|(_, is_on)| *is_on);
        let features =
            features.map(|(name, _)| (format!("CARGO_FEATURE_{}", name.to_uppercase()), "1".to_owned()));
        let package =
            [("CARGO_MANIFEST_DIR".to_owned(), folder), ("CARGO_PKG_NAME".to_owned(), "blog".to_owned())];
        let environment: Environment = package.into_iter().chain(features).collect();
        let report = Build::new().make_migrations(&environment).expect("the package can be read");
        let faults = report.apps.iter().flat_map(|app| &app.faults).map(ToString::to_string);
        let questions = report.questions.iter().map(|it| it.question.message.clone());
        let unread = (!report.is_whole).then(|| "the compiler has something to say".to_owned());
        faults.chain(questions).chain(report.warnings.iter().cloned()).chain(unread).collect()
    }

    fn folder_of_migrations(&self) -> PathBuf {
        self.folder.path().join("src/migrations")
    }

    pub(crate) fn files(&self) -> Files {
        let entries = self.folder_of_migrations().read_dir().into_iter().flatten().flatten();
        let read = |path: &Path| std::fs::read_to_string(path).expect("a migration can be read");
        entries.map(|it| (it.file_name().to_string_lossy().into_owned(), read(&it.path()))).collect()
    }

    /// Has git record everything.
    pub(crate) fn commit(&mut self) {
        if !self.files().is_empty() {
            self.git(&["add", "src/migrations"]);
            self.staged.extend(self.files().into_keys());
        }
    }

    /// Notes everything as applied, as `migrate` does.
    pub(crate) fn apply(&mut self) {
        self.applied = self.files();
        let checksum = |it: &Migration| checksum(&canonical(&it.operations).expect("operations are text"));
        let migrations = migrations(&self.applied).expect("migrations can be read");
        let held = migrations.iter().map(|it| (it.id.clone(), checksum(it))).collect();
        let text = Applied::new(None, held).to_text().expect("a note is text");
        let name = Applied::file_name(&AppLabel::new("blog"), "database");
        self.write(&format!(".git/modelshift/applied/{name}"), &text);
    }

    /// Forgets what is applied, as where the database is gone.
    pub(crate) fn forget(&mut self) {
        let _ = std::fs::remove_dir_all(self.folder.path().join(".git/modelshift"));
        self.applied.clear();
    }

    /// Writes a line of a person into the newest migration that is a draft.
    pub(crate) fn edit_draft(&self) {
        let recorded = self.recorded();
        if let Some((name, text)) = self.files().into_iter().rfind(|(name, _)| !recorded.contains_key(name)) {
            self.write(&format!("src/migrations/{name}"), &format!("//! By hand.\n{text}"));
        }
    }

    /// Returns the migrations that no build may touch: what git has, what is applied, what a person edited, and all but the
    /// newest.
    pub(crate) fn recorded(&self) -> Files {
        let files = self.files();
        let is_held = |name: &str, text: &str| {
            self.staged.contains(name)
                || self.applied.get(name).is_some_and(|it| it == text)
                || !trailer::is_intact(text)
        };
        // What comes before another one is needed by it.
        let draft =
            files.last_key_value().filter(|(name, text)| !is_held(name, text)).map(|(name, _)| name.clone());
        files.into_iter().filter(|(name, _)| Some(name) != draft.as_ref()).collect()
    }
}

fn migrations(files: &Files) -> Result<Vec<Migration>, String> {
    let read = |(name, text): (&String, &String)| {
        let name = name.trim_start_matches('m').trim_end_matches(".rs");
        read_module(&MigrationId::new("blog", name), text)
            .map_err(|error| format!("{name}: {}", error.message))
    };
    files.iter().map(read).collect()
}

/// Returns the state after migrations.
pub(crate) fn state(files: &Files) -> Result<ProjectState, String> {
    let graph = Graph::new(migrations(files)?).map_err(|errors| format!("{errors:?}"))?;
    graph.state().map_err(|error| format!("{error}: {}", error.source))
}
