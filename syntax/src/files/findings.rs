//! What the build script writes for the macros: files under `OUT_DIR/modelshift/`.
//!
//! ```text
//! crate.json                      CrateFindings   which crate was scanned last, where, and in which mode
//! again                                           a change of it runs the build script again
//! <checkout>/models/<Struct>.json ModelFindings   what was seen of every struct of that name
//! <checkout>/choices/<Enum>.json  ModelFindings   what was seen of every enum with `#[derive(Choices)]` of that name
//! <checkout>/apps/<label>.json    AppFindings     where an app's migrations lie, and what is wrong with them
//! ```
//!
//! Checkouts of one package that build into one target folder share `OUT_DIR`, since cargo does not tell them apart. So
//! each has a folder of its own here.
//!
//! The build script writes them (by write and rename), the derive and `migrations!` read them. Both sides use the
//! types of this module, so that a file cannot mean one thing to the writer and another to the reader.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::fingerprint::fingerprint;
use modelshift_schema::json;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The folder of the findings inside `OUT_DIR`.
pub const FOLDER: &str = "modelshift";

/// What the build script is allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Compare, ask, and write the next migration.
    Write,
    /// Compare and report.
    Check,
    /// Keep the hands off: nothing is compared, and nothing fails.
    Off,
}

/// The findings about the crate as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrateFindings {
    /// `CARGO_CRATE_NAME` of the crate whose root was scanned.
    pub crate_name: String,
    /// `CARGO_MANIFEST_DIR` of the build script that ran last.
    #[serde(default)]
    pub package: String,
    /// What the build script was allowed to do.
    pub mode: Mode,
}

/// The findings about one app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppFindings {
    /// The folder of the migrations, relative to `CARGO_MANIFEST_DIR`, with `/`.
    pub folder: String,
    /// The errors of the app that belong to no struct: two leaves, an invalid file, missing operations in check mode.
    #[serde(default)]
    pub errors: Vec<String>,
    /// What `migrate` must know about the checkout; `None` in a build that may run elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<Checkout>,
}

/// What `migrate` must know about the checkout that it was built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// The folder for the records of what it applied.
    pub applied: String,
    /// The folder of the migrations of the app.
    pub folder: String,
    /// The migrations (`0002_author_age`) of the app that builds wrote, nobody edited and git does not record, with the
    /// fingerprints of their files.
    pub drafts: BTreeMap<String, String>,
}

/// What the scan saw of all structs with one name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFindings {
    /// The structs, in the order of their files.
    pub seen: Vec<Seen>,
}

/// What the scan saw of one struct that derives `Model`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The label of the app.
    pub app: String,
    /// The name of the model's table, as app and struct settle it.
    pub table: String,
    /// The file, relative to `CARGO_MANIFEST_DIR`, with `/`.
    pub file: String,
    /// What `schema_hash` returns for the struct.
    pub hash: String,
    /// Why the struct is not a model of the app although it derives `Model`, such as "it is in a `#[cfg(test)]` module".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// The questions that must be answered before a migration can be written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<FoundQuestion>,
    /// The enums of fields, each as `choices_hash` returns it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, String>,
}

/// A question that the derive raises as an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundQuestion {
    /// The field that the question is about; none where it is about the struct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The line and the column (from 1) in the struct's file, where it is about neither but a place in the struct.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<(usize, usize)>,
    /// True where the field's type cannot stand there at all, so that the compiler would say it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_about_type: bool,
    /// The whole text, with every way out.
    pub message: String,
    /// The code of the question.
    #[serde(default = "mistake")]
    pub code: ErrorCode,
}

/// Returns the code of what must be corrected in the source.
fn mistake() -> ErrorCode {
    ErrorCode::SourceMistake
}

impl FoundQuestion {
    /// Creates a mistake in a field, or in the struct as a whole.
    pub fn new(field: Option<String>, message: impl Into<String>) -> Self {
        Self { field, at: None, is_about_type: false, message: message.into(), code: mistake() }
    }

    /// Returns the text for the compiler: the message, and the command that explains it.
    pub fn text(&self) -> String {
        format!("{}\nfor more, run `cargo modelshift explain {}`", self.message, self.code)
    }

    /// Returns it with another code.
    #[must_use]
    pub fn coded(self, code: ErrorCode) -> Self {
        Self { code, ..self }
    }
}

/// Returns the file that holds the [`CrateFindings`].
pub fn crate_file(out_dir: &Path) -> PathBuf {
    out_dir.join(FOLDER).join("crate.json")
}

/// Returns the folder of all other findings of one checkout, which its `CARGO_MANIFEST_DIR` distinguishes from others.
pub fn folder_of(out_dir: &Path, package: &str) -> PathBuf {
    out_dir.join(FOLDER).join(&fingerprint(package.as_bytes())[..16])
}

/// Returns the file that cargo watches so that the macros can have the build script run again.
pub fn again_file(out_dir: &Path) -> PathBuf {
    out_dir.join(FOLDER).join("again")
}

/// Creates the file that is watched, older than any build.
///
/// # Errors
/// Where it cannot be written.
pub fn clear_request(out_dir: &Path) -> io::Result<()> {
    let file = again_file(out_dir);
    let old = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
    if file.metadata().and_then(|about| about.modified()).is_ok_and(|time| time == old) {
        return Ok(());
    }
    std::fs::File::create(file)?.set_modified(old)
}

/// Returns whether the build script was asked to run again, or has never run.
pub fn is_run_requested(out_dir: &Path) -> bool {
    !std::fs::read(again_file(out_dir)).is_ok_and(|text| text.is_empty())
}

/// Has the next build run the build script again.
///
/// # Errors
/// Where the file cannot be written.
pub fn request_run(out_dir: &Path) -> io::Result<()> {
    std::fs::write(again_file(out_dir), "again\n")
}

/// Returns the file that holds the [`ModelFindings`] of all structs of a name; `folder` is that of the checkout.
pub fn model_file(folder: &Path, name: &str) -> PathBuf {
    folder.join("models").join(format!("{name}.json"))
}

/// Returns the file that holds the [`ModelFindings`] of all enums of a name.
pub fn choices_file(folder: &Path, name: &str) -> PathBuf {
    folder.join("choices").join(format!("{name}.json"))
}

/// Returns the file that holds the [`AppFindings`] of an app.
pub fn app_file(folder: &Path, label: &str) -> PathBuf {
    folder.join("apps").join(format!("{label}.json"))
}

/// Returns the text of a findings file.
///
/// # Errors
/// Where serde fails, which our own types give no reason for.
pub fn to_text<T: Serialize>(findings: &T) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(findings)?;
    text.push('\n');
    Ok(text)
}

/// Reads a findings file; none where there is no such file.
///
/// # Errors
/// Where the file is there but cannot be read, or is of another version of modelshift.
pub fn read<T: DeserializeOwned>(file: &Path) -> io::Result<Option<T>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(json::read(&text)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_missing_is_none() {
        let folder = std::env::temp_dir().join(format!("modelshift-findings-{}", std::process::id()));
        let file = model_file(&folder, "Post");
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        let question = FoundQuestion::new(Some("title".into()), "a `new` field");
        let seen = Seen { app: "blog".into(), questions: vec![question], ..Seen::default() };
        let findings = ModelFindings { seen: vec![seen] };
        std::fs::write(&file, to_text(&findings).unwrap()).unwrap();
        assert_eq!(read::<ModelFindings>(&file).unwrap(), Some(findings));
        assert_eq!(read::<CrateFindings>(&crate_file(&folder)).unwrap(), None);
        assert_ne!(folder_of(&folder, "/one"), folder_of(&folder, "/two"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
