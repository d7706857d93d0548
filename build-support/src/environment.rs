//! The environment variables of a build script, read once, so that all other modules depend on values alone.

pub(crate) mod directive;
pub(crate) mod git;
pub(crate) mod mode;
pub(crate) mod patience;
pub(crate) mod rerun_if;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::BuildError;

/// The variable that names the file of a request of `cargo modelshift`.
pub(crate) const REQUEST_FILE: &str = "MODELSHIFT_REQUEST";

/// The variables of a build script, as they were when it started.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Reads the variables of this process that a build step uses, without those that are not Unicode.
    ///
    /// A run with the same variables, files and answers of git has the same result, so there are no others here.
    pub fn of_process() -> Self {
        let variables = std::env::vars_os();
        let texts =
            variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { variables: texts.filter(|(name, _)| is_used(name)).collect() }
    }

    /// Returns the value of a variable, if it is set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str)
    }

    /// Returns the folder of the package that is built.
    ///
    /// # Errors
    /// [`BuildError::NoVariable`] outside a build script.
    pub fn manifest_dir(&self) -> Result<PathBuf, BuildError> {
        self.required("CARGO_MANIFEST_DIR").map(PathBuf::from)
    }

    /// Returns the folder for the findings.
    ///
    /// # Errors
    /// [`BuildError::NoVariable`] outside a build script.
    pub fn out_dir(&self) -> Result<PathBuf, BuildError> {
        self.required("OUT_DIR").map(PathBuf::from)
    }

    /// Returns the files with the exports of the dependencies, in the order of their `links` keys.
    pub(crate) fn exports_of_dependencies(&self) -> Vec<PathBuf> {
        let ours = self.variables.iter().filter(|(name, _)| {
            let links = name.strip_prefix("DEP_").and_then(|rest| rest.strip_suffix("_MODELSHIFT"));
            links.is_some_and(|links| !links.is_empty())
        });
        ours.map(|(_, file)| PathBuf::from(file)).collect()
    }

    /// Returns the name of the package that is built.
    ///
    /// # Errors
    /// [`BuildError::NoVariable`] outside a build script.
    pub fn package(&self) -> Result<&str, BuildError> {
        self.required("CARGO_PKG_NAME")
    }

    fn required(&self, name: &'static str) -> Result<&str, BuildError> {
        self.get(name).ok_or(BuildError::NoVariable { name })
    }
}

/// Returns whether a build step uses a variable.
fn is_used(name: &str) -> bool {
    let prefixes = ["CARGO_CFG_", "CARGO_FEATURE_", "DEP_"];
    let names = ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "OUT_DIR", "PROFILE", REQUEST_FILE];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || names.contains(&name)
        || mode::variables().any(|of_mode| of_mode == name)
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self { variables: variables.collect() }
    }
}
