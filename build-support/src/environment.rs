//! The variables that cargo and the world around it set, taken once, so that everything below is a function of values.

pub(crate) mod directive;
pub(crate) mod git;
pub(crate) mod mode;
pub(crate) mod patience;
pub(crate) mod rerun_if;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::error::BuildError;

/// The variables of a build script, as they stood when it began.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Takes the variables of this process; those that are no Unicode are left out.
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self { variables: std::env::vars_os().filter_map(text).collect() }
    }

    /// Returns a variable, where it is set.
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

    /// Returns the folder into which findings go.
    ///
    /// # Errors
    /// [`BuildError::NoVariable`] outside a build script.
    pub fn out_dir(&self) -> Result<PathBuf, BuildError> {
        self.required("OUT_DIR").map(PathBuf::from)
    }

    /// Returns the files in which the dependencies tell of their models, in the order of their `links` keys.
    pub(crate) fn told_by_dependencies(&self) -> Vec<PathBuf> {
        let ours = |name: &str| {
            let links = name.strip_prefix("DEP_").and_then(|rest| rest.strip_suffix("_MODELSHIFT"));
            links.is_some_and(|links| !links.is_empty())
        };
        let told = self.variables.iter().filter(|(name, _)| ours(name));
        told.map(|(_, file)| PathBuf::from(file)).collect()
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

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let text = |(name, value): (N, V)| (name.into(), value.into());
        Self { variables: variables.into_iter().map(text).collect() }
    }
}
