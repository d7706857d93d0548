//! The dependencies in `Cargo.toml`, whose comments and order stay.

use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, Value};

use super::files::Files;
use super::{InitError, Options};

const PATH: &str = "Cargo.toml";

/// The version of the crates that this command belongs to.
const VERSION: &str = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// Adds the dependencies.
///
/// # Errors
/// If `Cargo.toml` cannot be read.
pub(super) fn change(files: &mut Files<'_>, options: &Options) -> Result<(), InitError> {
    let mut document = document(files)?;
    let features: Vec<&str> =
        options.database.iter().map(|database| database.feature()).chain(["manage"]).collect();
    let runtime = dependency(options, "runtime")?;
    depend(&mut document, "dependencies", "modelshift", runtime, &features)?;
    let build = dependency(options, "build-support")?;
    depend(&mut document, "build-dependencies", "modelshift-build", build, &[])?;
    if !options.bin {
        select_program(files.text("src/main.rs")?.is_some(), &mut document);
    }
    files.set(PATH, document.to_string())
}

/// Returns the name of the library of the package, as Rust spells it.
///
/// # Errors
/// If `Cargo.toml` cannot be read.
pub(super) fn library(files: &Files<'_>, package: &str) -> Result<String, InitError> {
    let document = document(files)?;
    let name = document.get("lib").and_then(|lib| lib.get("name")).and_then(Item::as_str);
    Ok(name.unwrap_or(package).replace('-', "_"))
}

fn document(files: &Files<'_>) -> Result<DocumentMut, InitError> {
    files.text(PATH)?.unwrap_or_default().parse().map_err(InitError::Manifest)
}

/// Returns where a crate comes from.
fn dependency(options: &Options, krate: &str) -> Result<InlineTable, InitError> {
    let mut table = InlineTable::new();
    let Some(clone) = &options.path else {
        table.insert("version", VERSION.into());
        return Ok(table);
    };
    let found = clone.join(krate).canonicalize();
    let found = found.map_err(|_| InitError::NoClone(clone.display().to_string()))?;
    table.insert("path", found.display().to_string().into());
    Ok(table)
}

/// Adds a dependency, or the features that it lacks.
fn depend(
    document: &mut DocumentMut,
    section: &'static str,
    name: &str,
    mut new: InlineTable,
    features: &[&str],
) -> Result<(), InitError> {
    let dependencies = document.entry(section).or_insert_with(|| Item::Table(Table::new()));
    let dependencies = dependencies.as_table_like_mut().ok_or(InitError::NoTable(section))?;
    let Some(existing) = dependencies.get_mut(name) else {
        if !features.is_empty() {
            new.insert("features", Value::Array(features.iter().copied().collect()));
        }
        new.fmt();
        // What is a version alone is written as one.
        let plain = new.get("version").filter(|_| new.len() == 1).cloned();
        dependencies.insert(name, Item::Value(plain.unwrap_or(Value::InlineTable(new))));
        return Ok(());
    };
    if let Some(version) = existing.as_str().map(str::to_owned)
        && !features.is_empty()
    {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        *existing = Item::Value(Value::InlineTable(table));
    }
    let Some(existing) = existing.as_table_like_mut() else { return Ok(()) };
    let listed = existing.get("features").and_then(Item::as_array).cloned().unwrap_or_default();
    let missing: Vec<&str> = features
        .iter()
        .copied()
        .filter(|it| !listed.iter().any(|known| known.as_str() == Some(it)))
        .collect();
    if !missing.is_empty() {
        let mut all: Array = listed;
        all.extend(missing);
        existing.insert("features", Item::Value(Value::Array(all)));
    }
    Ok(())
}

/// Keeps `cargo run` the program that it is, beside the new program `manage`.
fn select_program(has_main: bool, document: &mut DocumentMut) {
    let Some(package) = document.get_mut("package").and_then(Item::as_table_like_mut) else { return };
    let Some(name) = package.get("name").and_then(Item::as_str).map(str::to_owned) else { return };
    if has_main && !package.contains_key("default-run") {
        package.insert("default-run", Item::Value(name.into()));
    }
    let finds_programs = package.get("autobins").and_then(Item::as_bool) != Some(false);
    if finds_programs {
        return;
    }
    let programs =
        document.entry("bin").or_insert_with(|| Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    let Some(programs) = programs.as_array_of_tables_mut() else { return };
    if programs.iter().any(|it| it.get("name").and_then(Item::as_str) == Some("manage")) {
        return;
    }
    let mut program = Table::new();
    program.insert("name", Item::Value("manage".into()));
    program.insert("path", Item::Value("src/bin/manage.rs".into()));
    programs.push(program);
}

#[cfg(test)]
mod tests {
    use super::super::Database;
    use super::*;

    fn changed(before: &str, features: &[Database]) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), before).unwrap();
        let options = Options {
            bin: false,
            app: Vec::new(),
            database: features.to_vec(),
            path: None,
            yes: false,
            dry_run: false,
        };
        let mut files = Files::of(folder.path());
        change(&mut files, &options).unwrap();
        files.text(PATH).unwrap().unwrap()
    }

    #[test]
    fn dependencies_are_added_and_comments_stay() {
        let before = "[package]\nname = \"shop\" # ours\n\n[dependencies]\nserde = \"1\"\n";
        let after = changed(before, &[Database::Sqlite]);
        let expected = "[package]\nname = \"shop\" # ours\n\n[dependencies]\nserde = \"1\"\n\
            modelshift = { version = \"0.1\", features = [\"sqlite\", \"manage\"] }\n\n\
            [build-dependencies]\nmodelshift-build = \"0.1\"\n";
        assert_eq!(after, expected);
        assert_eq!(changed(&after, &[Database::Sqlite]), after);
    }

    #[test]
    fn a_dependency_gets_the_features_that_it_lacks() {
        let before = "[dependencies]\nmodelshift = \"0.1\"\n";
        let after = changed(before, &[Database::Postgres]);
        assert!(
            after.starts_with(
                "[dependencies]\nmodelshift = { version = \"0.1\", features = [\"postgres\", \"manage\"] }"
            ),
            "{after}"
        );
        let more = changed(&after, &[Database::Sqlite]);
        assert!(more.contains("features = [\"postgres\", \"manage\", \"sqlite\"]"), "{more}");
    }
}
