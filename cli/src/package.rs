//! Finds the package whose build script executes a command.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use modelshift_schema::error_code::ErrorCode;
use modelshift_syntax::closest;
use serde_json::Value;

use crate::screen::Coded;

/// The program that has the commands of the library.
pub(crate) const PROGRAM: &str = "manage";

/// The crate that a build script needs to answer.
const BUILD: &str = "modelshift-build";

/// A package of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// The target folder of cargo.
    pub(crate) target: PathBuf,
    /// The program that has the commands of the library: `manage`, or the only one if it calls them.
    pub(crate) manage: Option<String>,
}

/// A package that cannot be found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    /// Cargo cannot be started.
    #[error("cargo cannot be started")]
    Start(#[source] std::io::Error),
    /// Cargo finds no project.
    #[error("cargo finds no project here: {0}")]
    NoProject(String),
    /// The output of cargo has an unknown format.
    #[error(
        "the output of `cargo metadata` cannot be read; use a version of cargo-modelshift that supports your cargo"
    )]
    Unreadable(#[source] serde_json::Error),
    /// The package is unknown.
    #[error("unknown package `{asked}`; there is {}", closest(asked, .known.iter().map(String::as_str), 3).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    NoPackage {
        /// What was asked for.
        asked: String,
        /// The packages that there are.
        known: Vec<String>,
    },
    /// No package is selected, and there is none or more than one.
    #[error("name the package with `--package`; there is {}", if .known.is_empty() {
        format!("none with `{BUILD}` among its build-dependencies")
    } else {
        .known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    })]
    Which {
        /// The packages that there are.
        known: Vec<String>,
    },
}

impl Coded for PackageError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::Start(_) => ErrorCode::NoCargo,
            Self::NoProject(_) | Self::Unreadable(_) | Self::NoPackage { .. } | Self::Which { .. } => {
                ErrorCode::NoPackage
            }
        }
    }
}

/// Returns the cargo that started this command.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Package {
    /// Finds the package with the name, or else that of the manifest or of the current folder.
    ///
    /// # Errors
    /// If cargo finds no project, or it is not clear which package is selected.
    pub(crate) fn find(manifest: Option<&Path>, name: Option<&str>) -> Result<Self, PackageError> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--no-deps", "--format-version", "1"]);
        if let Some(manifest) = manifest {
            command.arg("--manifest-path").arg(manifest);
        }
        let output = command.output().map_err(PackageError::Start)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(PackageError::NoProject(said));
        }
        let metadata: Value = serde_json::from_slice(&output.stdout).map_err(PackageError::Unreadable)?;
        let here = manifest.and_then(Path::parent).map_or_else(std::env::current_dir, Path::canonicalize);
        choose(&metadata, &here.map_err(PackageError::Start)?, name)
    }

    /// Returns the folder of the package.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest.parent().unwrap_or(&self.manifest)
    }
}

/// Selects a package of the project: the one with the name, or else the nearest one around the folder, or else the only
/// one with a build step of modelshift.
fn choose(metadata: &Value, here: &Path, name: Option<&str>) -> Result<Package, PackageError> {
    let target = PathBuf::from(text(&metadata["target_directory"]));
    let listed = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let packages: Vec<(Package, bool)> = listed
        .iter()
        .map(|it| {
            let (name, manifest) = (text(&it["name"]), PathBuf::from(text(&it["manifest_path"])));
            let (target, manage) = (target.clone(), manage(it));
            (Package { name, manifest, target, manage }, has_build_step(it))
        })
        .collect();
    let here = real(here);
    let mut all = packages.iter().map(|(package, _)| package);
    let found = if let Some(name) = name {
        all.find(|package| package.name == name)
    } else {
        let around = all.filter(|package| here.starts_with(real(package.folder())));
        around.max_by_key(|package| package.folder().components().count())
    };
    if let Some(package) = found {
        return Ok(package.clone());
    }
    if let Some(asked) = name {
        let known = packages.iter().map(|(package, _)| package.name.clone()).collect();
        return Err(PackageError::NoPackage { asked: asked.to_owned(), known });
    }
    let with_step: Vec<&Package> = packages.iter().filter(|(_, ours)| *ours).map(|(it, _)| it).collect();
    match with_step.as_slice() {
        [only] => Ok((*only).clone()),
        _ => {
            Err(PackageError::Which { known: with_step.iter().map(|package| package.name.clone()).collect() })
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Returns the program of a package of `cargo metadata` that has the commands of the library.
fn manage(package: &Value) -> Option<String> {
    let targets = package["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let programs: Vec<&Value> = targets.iter().filter(|target| is_program(target)).collect();
    let named = programs.iter().find(|target| target["name"] == PROGRAM);
    let only = if let [only] = programs.as_slice() { Some(only) } else { None };
    let found = named.or_else(|| only.filter(|target| has_commands(target)));
    found.map(|target| text(&target["name"]))
}

/// Returns whether a program calls the commands of the library.
fn has_commands(target: &Value) -> bool {
    let source = std::fs::read_to_string(text(&target["src_path"])).unwrap_or_default();
    source.contains("manage::main")
}

fn is_program(target: &Value) -> bool {
    target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "bin"))
}

/// Returns whether a package of `cargo metadata` has the build step of modelshift.
fn has_build_step(package: &Value) -> bool {
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    dependencies.iter().any(|it| it["name"] == BUILD && it["kind"] == "build")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Value {
        let package = |name: &str, folder: &str, dependency: &str| {
            serde_json::json!({
                "name": name,
                "manifest_path": format!("{folder}/Cargo.toml"),
                "dependencies": [{ "name": dependency, "kind": "build" }],
            })
        };
        serde_json::json!({
            "target_directory": "/w/target",
            "packages": [package("shop", "/w/shop", BUILD), package("tool", "/w/tool", "cc"), package("all", "/w/shop/all", BUILD)],
        })
    }

    fn chosen(here: &str, name: Option<&str>) -> Result<String, String> {
        let found = choose(&metadata(), Path::new(here), name);
        found.map(|package| package.name).map_err(|error| error.to_string())
    }

    #[test]
    fn the_package_of_the_folder_is_meant_unless_one_is_named() {
        assert_eq!(chosen("/w/shop/src", None).as_deref(), Ok("shop"));
        assert_eq!(chosen("/w/shop/all", None).as_deref(), Ok("all"));
        assert_eq!(chosen("/w", Some("tool")).as_deref(), Ok("tool"));
        let error = chosen("/w", None).unwrap_err();
        assert!(error.ends_with("there is `shop`, `all`"), "{error}");
        let error = chosen("/w", Some("shpo")).unwrap_err();
        assert!(error.starts_with("unknown package `shpo`; there is `shop`"), "{error}");
    }
}
