//! Finds the package whose build script is asked.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use modelshift_syntax::closest;
use serde_json::Value;

/// The crate that a build script needs to answer.
const BUILD: &str = "modelshift-build";

/// A package of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// Its name.
    pub(crate) name: String,
    /// Its `Cargo.toml`.
    pub(crate) manifest: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
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
    /// Cargo's answer is of another form.
    #[error(
        "cargo's answer about the project cannot be read; use the version of cargo-modelshift for your cargo"
    )]
    Unreadable(#[source] serde_json::Error),
    /// There is no package of the name.
    #[error("there is no package `{asked}`; there is {}", closest(asked, .known.iter().map(String::as_str), 3).iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))]
    NoPackage {
        /// What was asked for.
        asked: String,
        /// The packages that there are.
        known: Vec<String>,
    },
    /// No package, or more than one, is meant.
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

/// Returns the cargo that started this command.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Package {
    /// Finds the package of that name, else that of the manifest or of this folder.
    ///
    /// # Errors
    /// Where there is no project, or the package is not clear.
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

/// Chooses among the packages of the project: the one of the name, else the nearest one around the folder, else the only
/// one that has a build step of ours.
fn choose(metadata: &Value, here: &Path, name: Option<&str>) -> Result<Package, PackageError> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let target = PathBuf::from(text(&metadata["target_directory"]));
    let listed = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ours = |package: &Value| {
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        dependencies.iter().any(|it| it["name"] == BUILD && it["kind"] == "build")
    };
    let packages: Vec<(Package, bool)> = listed
        .iter()
        .map(|it| {
            let (name, manifest) = (text(&it["name"]), PathBuf::from(text(&it["manifest_path"])));
            (Package { name, manifest, target: target.clone() }, ours(it))
        })
        .collect();
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let around = |package: &&Package| real(here).starts_with(real(package.folder()));
    let mut all = packages.iter().map(|(package, _)| package);
    let found = if let Some(name) = name {
        all.find(|package| package.name == name)
    } else {
        all.filter(around).max_by_key(|package| package.folder().components().count())
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
        assert!(error.starts_with("there is no package `shpo`; there is `shop`"), "{error}");
    }
}
