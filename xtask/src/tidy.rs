//! The habits of the house that a program can see: sizes of files and functions, forbidden names, control characters,
//! stale snapshots.

use std::io;
use std::path::{Path, PathBuf};

use syn::spanned::Spanned;
use syn::visit::Visit;

/// A file may have so many lines at the most, tests included.
const MAX_FILE_LINES: usize = 600;
/// A function may have so many lines at the most.
const MAX_FUNCTION_LINES: usize = 100;
/// Names that say nothing of what is inside.
const FORBIDDEN: [&str; 6] = ["utils", "util", "helpers", "common", "misc", "manager"];
/// Folders that hold no source of ours.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// Gives one line for each fault below the folder.
///
/// # Errors
/// Where a file cannot be read.
pub fn check(root: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    let mut faults = Vec::new();
    for path in &files {
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if FORBIDDEN.contains(&stem.as_str()) {
            faults.push(format!("{name}: `{stem}` says nothing of what is inside; name it after its job"));
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("rs") => check_source(&name, &std::fs::read_to_string(path)?, &mut faults),
            Some("snap") if !snapshot_is_used(path, &files)? => {
                faults.push(format!("{name}: no test source names this snapshot; delete it"));
            }
            Some("new") => faults.push(format!("{name}: a snapshot that nobody accepted; look at it")),
            Some(_) | None => {}
        }
    }
    Ok(faults)
}

pub(crate) fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                walk(&entry.path(), files)?;
            }
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn check_source(name: &str, text: &str, faults: &mut Vec<String>) {
    let lines = text.lines().count();
    if lines > MAX_FILE_LINES {
        faults.push(format!("{name}: {lines} lines, more than {MAX_FILE_LINES}; find the seam"));
    }
    if let Some(line) = text.lines().position(|line| line.contains(|it: char| it.is_control() && it != '\t'))
    {
        faults.push(format!(
            "{name}:{}: a control character, for which tools take it for no text; escape it",
            line + 1
        ));
    }
    // Cases of bad input do not parse, on purpose.
    let Ok(file) = syn::parse_file(text) else { return };
    let mut functions = Functions { name, faults };
    functions.visit_file(&file);
}

struct Functions<'a> {
    name: &'a str,
    faults: &'a mut Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, function: &syn::Ident, body: &syn::Block) {
        let lines = body.span().end().line - body.span().start().line + 1;
        if lines > MAX_FUNCTION_LINES {
            let fault = format!(
                "{}:{}: `{function}` has {lines} lines, more than {MAX_FUNCTION_LINES}; split it",
                self.name,
                function.span().start().line
            );
            self.faults.push(fault);
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.measure(&item.sig.ident, &item.block);
        syn::visit::visit_impl_item_fn(self, item);
    }
}

/// A snapshot's header names the source that made it; the source must be there.
fn snapshot_is_used(path: &Path, files: &[PathBuf]) -> io::Result<bool> {
    let text = std::fs::read_to_string(path)?;
    let source = text.lines().find_map(|line| line.strip_prefix("source: "));
    Ok(source.is_none_or(|source| {
        let source = source.trim().trim_matches('"');
        files.iter().any(|file| file.ends_with(source))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_is_untidy_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let long = format!("fn long() {{\n{}}}\n// \0\n", "    step();\n".repeat(MAX_FILE_LINES));
        std::fs::write(folder.path().join("utils.rs"), long).unwrap();
        std::fs::write(folder.path().join("old.snap"), "---\nsource: gone.rs\n---\n").unwrap();
        let faults = check(folder.path()).unwrap();
        assert_eq!(faults.len(), 5, "{faults:#?}");
    }
}
