//! Temporary crates for tests: outside the repository, built by a real cargo, each in its own git repository.
//!
//! Nothing is downloaded: the lock file of the workspace is copied, and cargo runs offline.

#![forbid(unsafe_code)]
#![expect(clippy::panic, reason = "a test that cannot go on fails")]

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Variables of CI systems, of git and of modelshift; a project starts without them.
const CLEARED: [&str; 14] = [
    "CI",
    "MODELSHIFT",
    "DATABASE_URL",
    "TF_BUILD",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
    "JENKINS_URL",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
];

/// The number of projects of this process.
static MADE: AtomicU32 = AtomicU32::new(0);
/// Runs once, before the first project.
static CLEAN: Once = Once::new();

/// A temporary crate `library` with `build.rs`, `src/lib.rs` and `src/migrations.rs`.
#[derive(Debug)]
pub struct Project {
    outside: tempfile::TempDir,
    target: PathBuf,
    environment: Vec<(OsString, OsString)>,
}

/// The output and the success of a command.
#[derive(Debug, Clone)]
pub struct Run {
    /// True if it succeeded.
    pub success: bool,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Run {
    /// Returns the run, or fails the test with the whole output.
    ///
    /// # Panics
    /// If the command failed.
    #[track_caller]
    #[must_use]
    pub fn ok(self) -> Self {
        assert!(self.success, "the command failed:\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Returns standard error, or fails the test if the command succeeded.
    ///
    /// # Panics
    /// If the command succeeded.
    #[track_caller]
    #[must_use]
    pub fn failure(self) -> String {
        assert!(!self.success, "the command should have failed:\n{}\n{}", self.stdout, self.stderr);
        self.stderr
    }

    /// Returns whether a verbose cargo ran the project's build script.
    pub fn script_ran(&self) -> bool {
        let ours = |line: &&str| line.contains("Running") && line.contains("build-script-build");
        self.stderr.lines().filter(ours).any(|line| line.contains("library-"))
    }

    /// Returns whether a verbose cargo compiled the project's library.
    pub fn compiled(&self) -> bool {
        let mut commands = self.stderr.lines().filter(|line| line.contains("Running"));
        commands.any(|line| line.contains("--crate-name library "))
    }
}

impl Project {
    /// Creates the crate in its own git repository; `target` is the target folder of cargo (shared between projects, so that
    /// dependencies are built once), `features` are those of `modelshift`.
    ///
    /// # Panics
    /// If the folder cannot be written, or git is missing.
    #[must_use]
    pub fn new(target: &str, features: &[&str]) -> Self {
        let project = Self::without_git(target, features);
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project.commit("start");
        project
    }

    /// Creates the crate in a folder without version control.
    ///
    /// # Panics
    /// If the folder cannot be written.
    #[must_use]
    pub fn without_git(target: &str, features: &[&str]) -> Self {
        let outside = tempfile::Builder::new().prefix("modelshift-").tempdir().expect("a folder outside");
        let target = PathBuf::from(target).join("project");
        CLEAN.call_once(|| remove_leftovers(&target));
        let project = Self { outside, target, environment: Vec::new() };
        let root = root();
        // In a shared target folder, cargo distinguishes the projects by their versions, not by their paths.
        let (run, number) = (std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let features: Vec<String> = features.iter().map(|feature| format!("{feature:?}")).collect();
        project.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"library\"\nversion = \"0.{run}.{number}\"\nedition = \"2024\"\n\n\
                 [dependencies]\nmodelshift = {{ path = \"{}\", features = [{}] }}\n\n\
                 [build-dependencies]\nmodelshift-build = {{ path = \"{}\" }}\n\n\
                 [profile.dev]\ndebug = false\n\n[workspace]\n",
                root.join("runtime").display(),
                features.join(", "),
                root.join("build-support").display(),
            ),
        );
        project.write("build.rs", "fn main() {\n    modelshift_build::run();\n}\n");
        project.write("src/lib.rs", "pub mod migrations;\npub mod models;\n");
        project.write("src/migrations.rs", "modelshift::migrations!();\n");
        project.write("src/models.rs", "");
        project.write(".gitignore", "/target\n*.sqlite3\nCargo.lock\n");
        std::fs::copy(root.join("Cargo.lock"), project.path("Cargo.lock")).expect("the lock file is there");
        project
    }

    /// Adds a crate with its own models in the folder of its name, as a dependency of the first one; `package` are further
    /// lines for the `[package]` of its manifest, such as `links`.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn add_crate(&self, name: &str, package: &str) {
        let manifest = self.read("Cargo.toml");
        let version = manifest.lines().find(|line| line.starts_with("version")).unwrap_or_default();
        let rest = manifest.split_once("[dependencies]").map_or("", |(_, rest)| rest);
        let rest = rest.split("[profile.dev]").next().unwrap_or_default();
        let member = format!(
            "[package]\nname = \"{name}\"\n{version}\nedition = \"2024\"\n{package}\n\n[dependencies]{rest}"
        );
        self.write(format!("{name}/Cargo.toml"), &member);
        self.write(format!("{name}/build.rs"), "fn main() {\n    modelshift_build::run();\n}\n");
        self.write(format!("{name}/src/lib.rs"), "pub mod migrations;\npub mod models;\n");
        self.write(format!("{name}/src/migrations.rs"), "modelshift::migrations!();\n");
        self.write(format!("{name}/src/models.rs"), "");
        let dependency = format!("[dependencies]\n{name} = {{ path = \"{name}\" }}\n");
        self.write("Cargo.toml", &manifest.replace("[dependencies]\n", &dependency));
    }

    /// Returns a path in the crate.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.outside.path().join(path)
    }

    /// Returns the target folder of cargo.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Sets a variable for all following commands.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.into(), value.into()));
    }

    /// Removes a variable.
    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// Writes a file and its folders, with a later modification time than any file before.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        // Modification times must differ for cargo to see an edit that follows a build at once.
        std::thread::sleep(Duration::from_millis(20));
        std::fs::write(path, text).expect("the file can be written");
    }

    /// Writes `src/models.rs`, with the imports that models need.
    pub fn models(&self, text: &str) {
        self.models_of("", text);
    }

    /// Writes `src/models.rs` of another crate, as [`Self::models`] does.
    pub fn models_of(&self, krate: &str, text: &str) {
        self.write(
            Path::new(krate).join("src/models.rs"),
            &format!("#[allow(unused_imports)]\nuse modelshift::{{ForeignKey, Model}};\n\n{text}"),
        );
    }

    /// Reads a file.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(&self, path: impl AsRef<Path>) -> String {
        let path = self.path(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Returns the names of the files in the migration folder, sorted; none without a folder.
    pub fn migrations(&self) -> Vec<String> {
        self.migrations_of("")
    }

    /// Returns the names of the files in the migration folder of another crate, as [`Self::migrations`] does.
    pub fn migrations_of(&self, krate: &str) -> Vec<String> {
        let folder = self.path(krate).join("src/migrations");
        let Ok(folder) = std::fs::read_dir(folder) else { return Vec::new() };
        let mut names: Vec<String> =
            folder.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Reads the newest migration.
    ///
    /// # Panics
    /// If there is none.
    pub fn newest(&self) -> String {
        let name = self.migrations().pop().expect("there is a migration");
        self.read(Path::new("src/migrations").join(name))
    }

    /// Runs a program in the crate's folder.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Run {
        self.run_with_input(program, arguments, "")
    }

    /// Runs a program in the crate's folder, with a text on its standard input.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn run_with_input(&self, program: &str, arguments: &[&str], input: &str) -> Run {
        let mut command = Command::new(program);
        for name in CLEARED {
            command.env_remove(name);
        }
        let mut child = command
            .args(arguments)
            .current_dir(self.outside.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("CARGO_TERM_COLOR", "never")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_NAME"), "test")))
            .envs(["AUTHOR", "COMMITTER"].map(|who| (format!("GIT_{who}_EMAIL"), "test@example.org")))
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("`{program}` cannot be started: {error}"));
        if let Some(mut stdin) = child.stdin.take() {
            // A command that reads no input may end before the text is written.
            let _ = stdin.write_all(input.as_bytes());
        }
        let output =
            child.wait_with_output().unwrap_or_else(|error| panic!("`{program}` does not end: {error}"));
        Run {
            success: output.status.success(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs git, which must succeed.
    ///
    /// # Panics
    /// If git fails.
    pub fn git(&self, arguments: &[&str]) -> String {
        self.run("git", arguments).ok().stdout
    }

    /// Commits all files.
    pub fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
    }

    /// Runs `cargo build` verbosely, which writes the migration.
    pub fn build(&self) -> Run {
        self.run("cargo", &["build", "-v"])
    }

    /// Runs `cargo check` verbosely.
    pub fn check(&self) -> Run {
        self.run("cargo", &["check", "-v"])
    }
}

fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).expect("this crate lies two folders deep").to_path_buf()
}

/// Removes the build output of projects of earlier processes; that of dependencies stays.
fn remove_leftovers(target: &Path) {
    for kind in ["build", "deps", "incremental", ".fingerprint"] {
        let Ok(entries) = target.join("debug").join(kind).read_dir() else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("library-") || name.starts_with("liblibrary-") {
                let path = entry.path();
                let _ =
                    if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
            }
        }
    }
}
