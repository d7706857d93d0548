//! The lines that a build script prints for cargo: each is one line, even if a value contains line breaks.

use std::path::Path;

/// Returns the line that has cargo show a warning.
pub(crate) fn warning(text: &str) -> String {
    format!("cargo::warning=modelshift: {}", on_one_line(text))
}

/// Returns the line that fails the build.
pub(crate) fn error(text: &str) -> String {
    format!("cargo::error=modelshift: {}", on_one_line(text))
}

/// Returns the line that has cargo watch a file or folder, by its path from the folder of the package.
///
/// A path with a line break cannot be written in such a line; then cargo watches the folder around it.
pub(crate) fn rerun_if_changed(path: &Path) -> String {
    let watched = path.ancestors().find(|path| has_spelling(path)).unwrap_or(path);
    let watched = if watched.as_os_str().is_empty() { Path::new(".") } else { watched };
    format!("cargo::rerun-if-changed={}", watched.display())
}

/// Returns the line that has cargo watch a variable.
pub(crate) fn rerun_if_env_changed(name: &str) -> String {
    format!("cargo::rerun-if-env-changed={}", on_one_line(name))
}

/// Returns the line that passes a path to the build scripts of dependents; none if the path has a line break.
pub(crate) fn metadata(key: &str, path: &Path) -> Option<String> {
    has_spelling(path).then(|| format!("cargo::metadata={key}={}", path.display()))
}

/// Returns a text with spaces in place of its line breaks.
pub(crate) fn on_one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(is_break, " ")
}

fn has_spelling(path: &Path) -> bool {
    !path.to_string_lossy().contains(is_break)
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_a_value_starts_no_directive() {
        let lines = [
            warning("a\ncargo::rustc-cfg=x\r\nb\rc"),
            error("a\ncargo::rustc-cfg=x"),
            rerun_if_changed(Path::new("src/a\ncargo::rustc-cfg=x/models.rs")),
            rerun_if_changed(Path::new("a\ncargo::rustc-cfg=x")),
            rerun_if_changed(Path::new("src/models.rs")),
        ];
        assert_eq!(
            lines,
            [
                "cargo::warning=modelshift: a cargo::rustc-cfg=x b c",
                "cargo::error=modelshift: a cargo::rustc-cfg=x",
                "cargo::rerun-if-changed=src",
                "cargo::rerun-if-changed=.",
                "cargo::rerun-if-changed=src/models.rs",
            ]
        );
        assert_eq!(metadata("modelshift", Path::new("/a\nb")), None);
        assert_eq!(metadata("modelshift", Path::new("/a")).as_deref(), Some("cargo::metadata=modelshift=/a"));
    }
}
