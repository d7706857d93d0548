//! How many files a folder of source holds.

use std::collections::BTreeMap;

use crate::source::{CRATES, Source};

/// The most files that a folder may hold.
const MAX_FILES: usize = 20;
/// Folders that hold one file for each member of a list, and so may be larger.
const REGISTRIES: [&str; 1] = ["schema/src/operation"];

/// Returns one line for each folder that holds too many files.
pub(super) fn faults(sources: &[Source]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources {
        let Some((folder, _)) = source.name.rsplit_once('/') else { continue };
        let is_ours = CRATES.iter().any(|krate| source.name.starts_with(&format!("{krate}/src/")));
        if is_ours && !REGISTRIES.contains(&folder) {
            *counts.entry(folder).or_default() += 1;
        }
    }
    let too_large = counts.into_iter().filter(|(_, count)| *count > MAX_FILES);
    too_large
        .map(|(folder, count)| {
            format!("{folder}: {count} files, more than {MAX_FILES}; find the rooms in it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn a_folder_with_too_many_files_is_found() {
        let names: Vec<String> = (0..21).map(|number| format!("cli/src/flat/part{number}.rs")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(faults_of(&files), ["cli/src/flat: 21 files, more than 20; find the rooms in it"]);
    }
}
