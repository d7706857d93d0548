//! What the build step costs a person who waits for it, in generated packages of 100, 1,000 and 4,000 models.
//!
//! The step runs in a program without optimization, as build scripts do. Every figure is the CPU time of that program and of
//! all that it starts, such as git; the median of several rounds counts. Each is compared with a floor of the same round,
//! measured with the same program:
//!
//! ```text
//! read    reads all sources and migrations, and hashes them
//! syn     reads them, and parses each with syn
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

mod sources;

use self::sources::Size;
use crate::compile_cost::{inner, median};

/// How often everything is measured.
const ROUNDS: usize = 5;

/// The variable that names a program of an earlier version, which is measured beside that of this one.
const BESIDE: &str = "BUILD_COST_BESIDE";

/// The packages.
const SIZES: [Size; 3] = [
    Size { models: 100, files: 10, migrations: 101 },
    Size { models: 1000, files: 100, migrations: 1001 },
    Size { models: 4000, files: 100, migrations: 1001 },
];

/// The runs that are measured, each with its floor.
const RUNS: [(&str, &str); 5] = [
    ("an edit that touches no model", "read"),
    ("one model edited", "read"),
    ("a migration was added", "read"),
    ("the first migration", "syn"),
    ("no old OUT_DIR, nothing to do", "syn"),
];

/// Measures the packages of these numbers of models (all if none is given); returns the lines of a report.
///
/// # Errors
/// If a file cannot be written, or the program cannot be compiled or fails.
pub fn run(root: &Path, models: &[usize]) -> io::Result<Vec<String>> {
    let mut programs = vec![("now", compile(root)?)];
    programs.extend(std::env::var_os(BESIDE).map(|program| ("before", PathBuf::from(program))));
    let mut report = vec![format!("the build step, unoptimized: CPU milliseconds, median of {ROUNDS}")];
    for size in SIZES.iter().filter(|size| models.is_empty() || models.contains(&size.models)) {
        report.extend(Package::new(root, &programs, *size)?.measure()?);
    }
    Ok(report)
}

/// Compiles the program that runs the build step and the floors.
fn compile(root: &Path) -> io::Result<PathBuf> {
    let folder = root.join("target/build-cost/program");
    write(&folder.join("Cargo.toml"), &sources::manifest(root))?;
    write(&folder.join("src/main.rs"), sources::PROGRAM)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let output = inner(Command::new("cargo").args(["build", "-q", "--offline"]), &folder)?;
    if output.status.success() {
        Ok(folder.join("target/debug/step"))
    } else {
        Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

/// The figures of one package.
#[derive(Default)]
struct Figures {
    read: Vec<f64>,
    syn: Vec<f64>,
    runs: [Vec<f64>; RUNS.len()],
}

/// A generated package with its history.
struct Package<'a> {
    folder: PathBuf,
    /// The programs with their names.
    programs: &'a [(&'static str, PathBuf)],
    /// The position of the program that is measured.
    current: usize,
    size: Size,
}

impl<'a> Package<'a> {
    /// Writes the package, lets the step write the first migration, adds the others, and commits all.
    fn new(root: &Path, programs: &'a [(&'static str, PathBuf)], size: Size) -> io::Result<Self> {
        let folder = root.join("target/build-cost").join(size.models.to_string());
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        write(&folder.join("Cargo.toml"), "[package]\nname = \"shop\"\nedition = \"2024\"\n")?;
        write(&folder.join(".gitignore"), "target\n")?;
        for (name, text) in sources::files(size) {
            write(&folder.join("src").join(name), &text)?;
        }
        let package = Self { folder, programs, current: 0, size };
        package.git(&["init", "-q"])?;
        package.milliseconds("step")?;
        for (number, text) in sources::later_migrations(size) {
            write(&package.history().join(format!("m{number:04}_sample.rs")), &text)?;
        }
        package.git(&["add", "."])?;
        package.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"])?;
        Ok(package)
    }

    fn history(&self) -> PathBuf {
        self.folder.join("src/migrations")
    }

    fn count(&self) -> io::Result<usize> {
        Ok(fs::read_dir(self.history())?.count())
    }

    fn out_dir(&self) -> PathBuf {
        self.folder.join("target/out")
    }

    /// Measures all programs in each round, so that a busy time affects all alike.
    fn measure(&mut self) -> io::Result<Vec<String>> {
        let mut figures: Vec<Figures> = self.programs.iter().map(|_| Figures::default()).collect();
        for round in 0..ROUNDS {
            for (position, figures) in figures.iter_mut().enumerate() {
                self.current = position;
                figures.read.push(self.milliseconds("read")?);
                figures.syn.push(self.milliseconds("syn")?);
                // Each round begins without the results of the other programs.
                let fresh = self.fresh()?;
                let runs = [self.other_edit(round)?, self.edit(round)?, self.added()?, self.first()?, fresh];
                for (figures, taken) in figures.runs.iter_mut().zip(runs) {
                    figures.push(taken);
                }
            }
        }
        let Size { models, files, migrations } = self.size;
        let mut report = vec![format!("{models} models in {files} files, {migrations} migrations")];
        for ((name, _), figures) in self.programs.iter().zip(figures) {
            let (read, syn) = (median(figures.read), median(figures.syn));
            report.push(format!("  {name}"));
            report.push(format!("  {read:>8.1}  read: all files read and hashed"));
            report.push(format!("  {syn:>8.1}  syn: all files read and parsed"));
            for ((name, floor), taken) in RUNS.into_iter().zip(figures.runs) {
                let (taken, of_floor) = (median(taken), if floor == "read" { read } else { syn });
                report.push(format!("  {taken:>8.1}  {:>6.2} x {floor:<5} {name}", taken / of_floor));
            }
        }
        Ok(report)
    }

    /// An edit in the body of a function.
    fn other_edit(&self, round: usize) -> io::Result<f64> {
        let part = self.folder.join("src/part0.rs");
        let text = fs::read_to_string(&part)?;
        // The first run after others does the whole work.
        self.milliseconds("step")?;
        let edited = text.replacen("let sum = ", &format!("let more = {round};\n    let sum = "), 1);
        write(&part, &edited)?;
        let taken = self.milliseconds("step");
        write(&part, &text)?;
        self.milliseconds("step")?;
        self.expect(self.size.migrations)?;
        taken
    }

    /// A field is added to a model, so that a draft is written.
    fn edit(&self, round: usize) -> io::Result<f64> {
        let part = self.folder.join("src/part0.rs");
        let text = fs::read_to_string(&part)?;
        let edited =
            text.replacen("pub body:", &format!("pub extra{round}: Option<String>,\n    pub body:"), 1);
        write(&part, &edited)?;
        let taken = self.milliseconds("step");
        self.expect(self.size.migrations + 1)?;
        write(&part, &text)?;
        self.milliseconds("step")?;
        self.expect(self.size.migrations)?;
        taken
    }

    /// A migration after the newest one, which says what a model says now.
    fn added(&self) -> io::Result<f64> {
        let part = self.folder.join("src/part0.rs");
        let text = fs::read_to_string(&part)?;
        let before = format!("{:04}_sample", self.size.migrations);
        let number = self.size.migrations + 1;
        let migration = self.history().join(format!("m{number:04}_by_hand.rs"));
        let operation = "AddField(Model0) {\n        by_hand: Option<String>\n    }";
        write(&part, &text.replacen("pub body:", "pub by_hand: Option<String>,\n    pub body:", 1))?;
        write(&migration, &sources::migration_after(number, &before, operation))?;
        let taken = self.milliseconds("step");
        self.expect(number)?;
        write(&part, &text)?;
        fs::remove_file(&migration)?;
        self.milliseconds("step")?;
        self.expect(self.size.migrations)?;
        taken
    }

    /// All models are new.
    fn first(&self) -> io::Result<f64> {
        let aside = self.folder.join("target/history");
        fs::rename(self.history(), &aside)?;
        let taken = self.milliseconds("step");
        self.expect(1)?;
        fs::remove_dir_all(self.history())?;
        fs::rename(aside, self.history())?;
        taken
    }

    /// The findings of earlier runs are gone.
    fn fresh(&self) -> io::Result<f64> {
        fs::remove_dir_all(self.out_dir())?;
        let taken = self.milliseconds("step");
        self.expect(self.size.migrations)?;
        taken
    }

    /// Fails if there is another number of migrations: the run did something else than what is measured.
    fn expect(&self, migrations: usize) -> io::Result<()> {
        let count = self.count()?;
        if count == migrations {
            return Ok(());
        }
        Err(io::Error::other(format!("there are {count} migrations in place of {migrations}")))
    }

    /// Runs the program, and returns the CPU time; the clock of the shell counts all that it starts.
    fn milliseconds(&self, job: &str) -> io::Result<f64> {
        fs::create_dir_all(self.out_dir())?;
        let script = "TIMEFORMAT='%3U %3S'; time \"$PROGRAM\" \"$JOB\" > \"$OUT_DIR/../said\"";
        let mut command = Command::new("bash");
        command.args(["-c", script]).env_clear();
        for name in ["PATH", "HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.env("PROGRAM", &self.programs[self.current].1).env("JOB", job).env("OUT_DIR", self.out_dir());
        command.env("CARGO_MANIFEST_DIR", &self.folder).current_dir(&self.folder);
        command.envs([("CARGO_PKG_NAME", "shop"), ("PROFILE", "debug"), ("CARGO_CFG_UNIX", "")]);
        let output = command.output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let times: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let said = fs::read_to_string(self.out_dir().with_file_name("said"))?;
        let is_clean =
            output.status.success() && !said.contains("cargo::warning") && !said.contains("::error");
        match times.as_slice() {
            [user, system] if is_clean => Ok((user + system) * 1000.0),
            _ => Err(io::Error::other(format!("{said}{text}"))),
        }
    }

    fn git(&self, arguments: &[&str]) -> io::Result<()> {
        let status = Command::new("git").args(arguments).current_dir(&self.folder).status()?;
        if status.success() { Ok(()) } else { Err(io::Error::other("git failed")) }
    }
}
