//! A crate looks only down: which crate may depend on which, and who alone may see a driver or a syntax tree.

use std::io;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The crates of the house and what of the house each may use.
const FLOORS: [(&str, &[&str]); 6] = [
    ("modelshift-schema", &[]),
    ("modelshift-syntax", &["modelshift-schema"]),
    ("modelshift-macros", &["modelshift-schema", "modelshift-syntax"]),
    ("modelshift-build", &["modelshift-schema", "modelshift-syntax"]),
    ("modelshift", &["modelshift-schema", "modelshift-syntax", "modelshift-macros"]),
    ("cargo-modelshift", &["modelshift-schema", "modelshift-syntax", "modelshift-build", "modelshift"]),
];

/// Libraries that only some floors may name: the library, and those who may.
const RESERVED: [(&str, &[&str]); 6] = [
    ("sqlx", &["modelshift"]),
    ("sea-query", &["modelshift"]),
    ("sea-schema", &["modelshift"]),
    ("tokio", &["modelshift"]),
    ("syn", &["modelshift-syntax", "modelshift-macros", "modelshift-build"]),
    ("quote", &["modelshift-syntax", "modelshift-macros", "modelshift-build"]),
];

/// Returns one line for each dependency that looks up or across.
///
/// # Errors
/// Where cargo does not answer.
pub fn check(root: &Path) -> io::Result<Vec<String>> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(faults(packages))
}

fn faults(packages: &[Value]) -> Vec<String> {
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, below)) = FLOORS.iter().find(|(floor, _)| *floor == name) else { continue };
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        // What tests use does not ship.
        for dependency in dependencies.iter().filter(|dependency| dependency["kind"] != "dev") {
            let dependency = dependency["name"].as_str().unwrap_or_default();
            let in_house = FLOORS.iter().any(|(floor, _)| *floor == dependency);
            if in_house && !below.contains(&dependency) {
                faults.push(format!("`{name}` may not use `{dependency}`: a crate looks only down"));
            }
            if let Some((_, allowed)) = RESERVED.iter().find(|(library, _)| *library == dependency)
                && !allowed.contains(&name)
            {
                faults.push(format!("`{name}` may not use `{dependency}`; only {allowed:?} may"));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_looks_only_down() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_look_upwards_is_found() {
        let schema = serde_json::json!({
            "name": "modelshift-schema",
            "dependencies": [{"name": "modelshift", "kind": null}, {"name": "sqlx", "kind": null}, {"name": "sqlx", "kind": "dev"}],
        });
        assert_eq!(faults(&[schema]).len(), 2);
    }
}
