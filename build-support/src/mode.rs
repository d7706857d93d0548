//! Whether a build may write into its sources, only compares, or keeps its hands off.

use std::fmt;
use std::path::{Path, PathBuf};

use modelshift_syntax::findings::Mode;

use crate::environment::Environment;
use crate::git::{UnderWay, WorkTree};

/// The variable that overrides what is found out here.
const OVERRIDE: &str = "MODELSHIFT";

/// Variables of CI systems, besides `CI`, that do not all set `CI`.
const CI_SYSTEMS: [&str; 6] =
    ["TF_BUILD", "TEAMCITY_VERSION", "CODEBUILD_BUILD_ID", "JENKINS_URL", "GITHUB_ACTIONS", "GITLAB_CI"];

/// What lies in the sources of a dependency that cargo fetched: packaged, vendored, from a git repository.
const FETCHED: [&str; 3] = ["Cargo.toml.orig", ".cargo-checksum.json", ".cargo-ok"];

/// The variables that are read here; a change of one means another answer.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    [OVERRIDE, "CI"].into_iter().chain(CI_SYSTEMS)
}

/// Why a build only compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// `MODELSHIFT=check`, or the caller wants no more.
    Asked,
    /// A release build.
    Release,
    /// A variable of a CI system is set.
    Ci(&'static str),
    /// Git does not answer.
    NoGit(String),
    /// A rebase, merge or bisect.
    UnderWay(UnderWay),
}

impl Why {
    /// Says what the reader can do so that the migration is written.
    pub(crate) fn remedy(&self) -> String {
        let ordinary = "run `cargo build` on your own machine, and commit the file";
        match self {
            Self::Asked => "set `MODELSHIFT=write`, or take `MODELSHIFT` away, and build again".to_owned(),
            Self::Release | Self::Ci(_) => ordinary.to_owned(),
            Self::NoGit(_) => {
                "build inside a git work tree (`git init`), or set `MODELSHIFT=write`, and build again"
                    .to_owned()
            }
            Self::UnderWay(under_way) => {
                format!("end the {0}, or set `MODELSHIFT=write`, and build again", under_way.what)
            }
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => f.write_str("it is not written, since only a check was asked for"),
            Self::Release => f.write_str("it is not written, since this is a release build"),
            Self::Ci(variable) => write!(f, "it is not written, since `{variable}` is set, as in CI"),
            Self::NoGit(said) => write!(f, "it is not written, since git does not answer here ({said})"),
            Self::UnderWay(under_way) => {
                write!(f, "it is not written, since a {} is under way", under_way.what)
            }
        }
    }
}

/// What a build may do.
#[derive(Clone, Debug)]
pub(crate) enum Permission {
    /// Nothing at all: the sources are not the user's own, or `MODELSHIFT=off`.
    Off,
    /// Compare and report.
    Check(Why),
    /// Write the next migration. Without a work tree (`MODELSHIFT=write`), no file counts as a draft.
    Write(Option<WorkTree>),
}

impl Permission {
    pub(crate) fn mode(&self) -> Mode {
        match self {
            Self::Off => Mode::Off,
            Self::Check(_) => Mode::Check,
            Self::Write(_) => Mode::Write,
        }
    }

    /// Gives the file whose going would change the answer.
    pub(crate) fn mark(&self) -> Option<&Path> {
        match self {
            Self::Check(Why::UnderWay(under_way)) => Some(&under_way.mark),
            Self::Check(Why::Asked | Why::Release | Why::Ci(_) | Why::NoGit(_))
            | Self::Off
            | Self::Write(_) => None,
        }
    }
}

/// Finds out what a build of the package in this folder may do.
pub(crate) fn permission(folder: &Path, environment: &Environment) -> Permission {
    if is_fetched(folder) {
        return Permission::Off;
    }
    match environment.get(OVERRIDE) {
        Some("off") => return Permission::Off,
        Some("check") => return Permission::Check(Why::Asked),
        Some("write") => return Permission::Write(WorkTree::around(folder).ok()),
        Some(_) | None => {}
    }
    if environment.get("PROFILE") != Some("debug") {
        return Permission::Check(Why::Release);
    }
    if let Some(variable) = ci(environment) {
        return Permission::Check(Why::Ci(variable));
    }
    match WorkTree::around(folder) {
        Err(said) => Permission::Check(Why::NoGit(said)),
        Ok(tree) => match tree.under_way() {
            Some(under_way) => Permission::Check(Why::UnderWay(under_way)),
            None => Permission::Write(Some(tree)),
        },
    }
}

/// Gives what `MODELSHIFT` says where that is nothing we know.
pub(crate) fn unknown_override(environment: &Environment) -> Option<&str> {
    environment.get(OVERRIDE).filter(|value| !["", "off", "check", "write"].contains(value))
}

/// Names the variable by which a CI system tells of itself; `CI=false` is a plain no.
fn ci(environment: &Environment) -> Option<&'static str> {
    match environment.get("CI") {
        Some(value) if value.eq_ignore_ascii_case("false") => None,
        Some(value) if !value.is_empty() => Some("CI"),
        Some(_) | None => {
            CI_SYSTEMS.into_iter().find(|name| environment.get(name).is_some_and(|value| !value.is_empty()))
        }
    }
}

/// Tells whether cargo fetched these sources. A git source has its mark at the root of the repository.
fn is_fetched(folder: &Path) -> bool {
    let here = FETCHED.iter().any(|name| folder.join(name).is_file());
    here || folder.ancestors().map(|above| above.join(".cargo-ok")).any(|mark: PathBuf| mark.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(folder: &Path, variables: &[(&str, &str)]) -> String {
        let environment: Environment =
            [("PROFILE", "debug")].into_iter().chain(variables.iter().copied()).collect();
        match permission(folder, &environment) {
            Permission::Off => "off".to_owned(),
            Permission::Write(tree) => format!("write, git {}", tree.is_some()),
            Permission::Check(why) => format!("check: {why}"),
        }
    }

    #[test]
    fn variables_decide_where_git_answers() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let init = std::process::Command::new("git").args(["init", "-q"]).current_dir(here).status();
        assert!(init.unwrap().success());
        let write = "write, git true";
        for (variables, expect) in [
            (&[][..], write),
            (&[("CI", "")], write),
            (&[("CI", "false"), ("TF_BUILD", "True")], write),
            (&[("CI", "1")], "check: it is not written, since `CI` is set, as in CI"),
            (&[("JENKINS_URL", "x")], "check: it is not written, since `JENKINS_URL` is set, as in CI"),
            (&[("PROFILE", "release")], "check: it is not written, since this is a release build"),
            (&[("MODELSHIFT", "off"), ("CI", "1")], "off"),
            (&[("MODELSHIFT", "write"), ("CI", "1")], write),
            (&[("MODELSHIFT", "check")], "check: it is not written, since only a check was asked for"),
            (&[("MODELSHIFT", "what")], write),
        ] {
            assert_eq!(mode(here, variables), expect, "{variables:?}");
        }
    }

    #[test]
    fn what_cargo_fetched_is_left_alone_whatever_is_asked() {
        for name in FETCHED {
            let folder = tempfile::tempdir().unwrap();
            let member = folder.path().join("member");
            std::fs::create_dir(&member).unwrap();
            assert!(mode(folder.path(), &[]).starts_with("check: it is not written, since git does not"));
            assert_eq!(mode(&member, &[("MODELSHIFT", "write")]), "write, git false");
            std::fs::write(folder.path().join(name), "").unwrap();
            assert_eq!(mode(folder.path(), &[("MODELSHIFT", "write")]), "off");
            let whole = mode(&member, &[("MODELSHIFT", "write")]) == "off";
            assert_eq!(whole, name == ".cargo-ok");
        }
    }
}
