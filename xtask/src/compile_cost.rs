//! What modelshift costs a build: the derive, the migrations, and the build step, in crates made for the purpose.
//!
//! ```text
//! plain            100 structs of 10 fields with `Debug, Clone`, in a crate that uses modelshift for something else
//! models           the same with `Model`
//! migrations       the same with 100 migrations
//! forge            the example, with two crates, four apps and their whole history
//! ```
//!
//! Each is checked again and again after a touch of its root, in turns, so that a busy moment hits all alike; the
//! figures are CPU seconds of cargo and all that it starts, and the median counts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

pub mod forge;
mod sources;

/// How often each crate is checked.
const ROUNDS: usize = 15;

/// The crates that are compared, plain first.
const VARIANTS: [&str; 3] = ["plain", "models", "migrations"];

/// The numbers of models for which the build step is timed.
const SIZES: [usize; 2] = [100, 1000];

/// Measures everything, for the thin crate and with a database; gives the lines of a report.
///
/// # Errors
/// Where a file cannot be written, or one of the crates does not compile.
pub fn run(root: &Path) -> io::Result<Vec<String>> {
    let mut report = Vec::new();
    for features in ["", "\"sqlite\""] {
        let bench = Bench::new(root, features)?;
        let medians = bench.check_in_turns()?;
        let name = if features.is_empty() { "no feature" } else { features };
        report.push(format!("cargo check after a touch, {name}: CPU seconds, median of {ROUNDS}"));
        for (variant, seconds) in VARIANTS.iter().zip(&medians) {
            report.push(format!("  {variant:<12}{seconds:>7.3}{:>7.2} x plain", seconds / medians[0]));
        }
        report.push(format!(
            "  100 migrations add {:.1} % to the models",
            (medians[2] / medians[1] - 1.0) * 100.0
        ));
    }
    let bench = Bench::new(root, "")?;
    for size in SIZES {
        let (first, edited) = bench.step(size)?;
        report.push(format!("build step, {size} models: first {first:.1} ms, one edited {edited:.1} ms"));
    }
    report.extend(forge::run(root)?);
    Ok(report)
}

/// A workspace of generated crates.
struct Bench {
    folder: PathBuf,
}

impl Bench {
    fn new(root: &Path, features: &str) -> io::Result<Self> {
        let kind = if features.is_empty() { "thin" } else { "sqlite" };
        let folder = root.join("target/compile-cost").join(kind);
        let bench = Self { folder };
        let members = VARIANTS.map(str::to_owned).into_iter().chain(SIZES.map(|size| format!("step{size}")));
        let members: Vec<String> = members.map(|member| format!("{member:?}")).collect();
        let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
        bench.write("Cargo.toml", &workspace)?;
        fs::copy(root.join("Cargo.lock"), bench.folder.join("Cargo.lock"))?;
        for variant in VARIANTS {
            bench.write(&format!("{variant}/Cargo.toml"), &sources::manifest(variant, root, features))?;
        }
        bench.write("plain/src/lib.rs", &sources::plain(100))?;
        bench.write("models/src/lib.rs", &sources::models(0..100))?;
        let with_migrations = format!("pub mod migrations;\n{}", sources::models(0..100));
        bench.write("migrations/src/lib.rs", &with_migrations)?;
        bench.write("migrations/src/migrations.rs", "modelshift::migrations!();\n")?;
        for (number, text) in sources::migrations(100) {
            bench.write(&format!("migrations/src/migrations/m{number:04}_sample.rs"), &text)?;
        }
        for size in SIZES {
            bench.write_step(root, size)?;
        }
        Ok(bench)
    }

    /// A crate with a build script, its models in files of ten.
    fn write_step(&self, root: &Path, size: usize) -> io::Result<()> {
        let name = format!("step{size}");
        self.write(&format!("{name}/Cargo.toml"), &sources::manifest(&name, root, ""))?;
        self.write(&format!("{name}/build.rs"), sources::BUILD_SCRIPT)?;
        let mut lib = String::from("pub mod migrations;\n");
        for file in 0..size / 10 {
            lib.extend([format!("mod part{file};\npub use part{file}::*;\n")]);
            let text = format!("use super::*;\n{}", sources::models(file * 10..file * 10 + 10));
            self.write(&format!("{name}/src/part{file}.rs"), &text)?;
        }
        self.write(&format!("{name}/src/lib.rs"), &lib)?;
        self.write(&format!("{name}/src/migrations.rs"), "modelshift::migrations!();\n")
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)
    }

    /// Checks each variant in turn, and gives the median of each.
    fn check_in_turns(&self) -> io::Result<Vec<f64>> {
        let mut seconds = vec![Vec::new(); VARIANTS.len()];
        for round in 0..=ROUNDS {
            for (variant, seconds) in VARIANTS.iter().zip(&mut seconds) {
                touch(&self.folder.join(variant).join("src/lib.rs"))?;
                let taken = self.check(variant)?;
                // The first round compiles what the crates depend on.
                if round > 0 {
                    seconds.push(taken);
                }
            }
        }
        Ok(seconds.into_iter().map(median).collect())
    }

    fn check(&self, package: &str) -> io::Result<f64> {
        check(&self.folder, package, &self.folder.join("errors"), &[])
    }

    /// Times the build step in milliseconds: the first run, and the median after the edit of one model.
    fn step(&self, size: usize) -> io::Result<(f64, f64)> {
        let name = format!("step{size}");
        let part = format!("{name}/src/part0.rs");
        let text = fs::read_to_string(self.folder.join(&part))?;
        let mut first = Vec::new();
        let mut edited = Vec::new();
        for round in 0..5 {
            let migrations = self.folder.join(&name).join("src/migrations");
            if migrations.exists() {
                fs::remove_dir_all(migrations)?;
            }
            self.write(&part, &format!("// {round}\n{text}"))?;
            first.push(self.timed_step(&name)?);
            self.write(&part, &text.replacen("pub note: Option<String>", "pub remark: Option<String>", 1))?;
            edited.push(self.timed_step(&name)?);
        }
        Ok((median(first), median(edited)))
    }

    fn timed_step(&self, package: &str) -> io::Result<f64> {
        let arguments = ["check", "--offline", "-p", package];
        let output = inner(
            Command::new("cargo").args(arguments).env("MODELSHIFT", "write").env_remove("CI"),
            &self.folder,
        )?;
        let text = String::from_utf8_lossy(&output.stderr);
        let micros = text.split("step took ").nth(1).and_then(|rest| rest.split_whitespace().next());
        let micros = micros.and_then(|micros| micros.parse::<f64>().ok());
        micros.map(|micros| micros / 1000.0).ok_or_else(|| io::Error::other(text.into_owned()))
    }
}

/// Checks a crate, and gives the CPU seconds; the shell's own clock counts everything that cargo starts.
fn check(folder: &Path, package: &str, errors: &Path, variables: &[(&str, &Path)]) -> io::Result<f64> {
    let script = format!(
        "TIMEFORMAT='%3U %3S'; time cargo check -q --offline -p {package} 2>\"$ERRORS\" || cat \"$ERRORS\""
    );
    let mut command = Command::new("bash");
    let output =
        inner(command.args(["-c", &script]).env("ERRORS", errors).envs(variables.iter().copied()), folder)?;
    let text = String::from_utf8_lossy(&output.stderr);
    let times: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    match times.as_slice() {
        [user, system] if output.stdout.is_empty() => Ok(user + system),
        _ => Err(io::Error::other(format!("{}{text}", String::from_utf8_lossy(&output.stdout)))),
    }
}

/// Runs an inner cargo, which none of an outer cargo's variables may reach.
pub(crate) fn inner(command: &mut Command, folder: &Path) -> io::Result<Output> {
    let said: Vec<_> = command.get_envs().map(|(name, _)| name.to_owned()).collect();
    let outer = std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("CARGO_"));
    for name in outer.filter(|name| name != "CARGO_HOME" && name != "CARGO_BUILD_JOBS") {
        if !said.iter().any(|it| *it == *name) {
            command.env_remove(name);
        }
    }
    command.current_dir(folder).output()
}

/// Makes a file as new as can be.
fn touch(file: &Path) -> io::Result<()> {
    fs::File::options().append(true).open(file)?.set_modified(SystemTime::now())
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_one() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
    }
}
