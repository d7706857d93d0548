//! Equal names of files in the folders of all dialects.

use crate::source::Source;

/// The folder with a folder for each dialect.
const FOLDER: &str = "runtime/src/dialect";
/// The folders of the dialects.
const DIALECTS: [&str; 3] = ["mysql", "postgres", "sqlite"];
/// The files that each dialect has. Others may stand beside them.
const FILES: [&str; 8] = ["column_type", "ddl", "expr", "fits", "mod", "names", "settings", "capabilities"];

/// Returns one line for each file that a dialect lacks.
pub(super) fn faults(sources: &[Source]) -> Vec<String> {
    let is_here = |name: &str| sources.iter().any(|source| source.name == name);
    let mut faults = Vec::new();
    if !is_here(&format!("{FOLDER}.rs")) {
        return faults;
    }
    for dialect in DIALECTS {
        let missing = FILES.iter().filter(|file| !is_here(&format!("{FOLDER}/{dialect}/{file}.rs")));
        faults.extend(missing.map(|file| {
            format!("{FOLDER}/{dialect}: no `{file}.rs`; the same part has the same name in each dialect")
        }));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;
    use super::*;

    #[test]
    fn a_file_that_one_dialect_lacks_is_found() {
        let mut names = vec![format!("{FOLDER}.rs")];
        for dialect in DIALECTS {
            names.extend(FILES.iter().map(|file| format!("{FOLDER}/{dialect}/{file}.rs")));
        }
        names.retain(|name| !name.ends_with("mysql/ddl.rs"));
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(
            faults_of(&files),
            ["runtime/src/dialect/mysql: no `ddl.rs`; the same part has the same name in each dialect"]
        );
    }
}
