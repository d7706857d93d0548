//! Writes the results of a run into `OUT_DIR`, where the derives and `migrations!` read their own entries.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use modelshift_schema::name::AppLabel;
use modelshift_syntax::findings::{self, AppFindings, CrateFindings, FoundQuestion, ModelFindings, Seen};
use modelshift_syntax::historical::models_file;

use crate::error::{BuildError, Fault};
use crate::files::{slashed, write};
use crate::historical::HistoricalModels;
use crate::models::{Models, ScannedModel};
use crate::scan::apps::App;

/// All findings of one build.
#[derive(Debug)]
pub(crate) struct Findings {
    krate: CrateFindings,
    models: BTreeMap<String, ModelFindings>,
    choices: BTreeMap<String, ModelFindings>,
    apps: BTreeMap<String, AppFindings>,
    /// The modules of models for the functions of migrations; none where those of an earlier build stay.
    pub(crate) historical: Option<HistoricalModels>,
    /// Errors of apps with neither a `migrations!` nor a model that could report them.
    pub(crate) unsaid: Vec<String>,
    /// False if a source file cannot be read, so that some structs may be missing here.
    is_whole: bool,
}

impl Findings {
    /// Collects the findings of all models and apps.
    pub(crate) fn gather(
        krate: CrateFindings,
        package: &Path,
        models: &Models<'_>,
        apps: &BTreeMap<AppLabel, App>,
    ) -> Self {
        let mut findings = Self {
            krate,
            models: BTreeMap::new(),
            choices: BTreeMap::new(),
            apps: BTreeMap::new(),
            historical: None,
            unsaid: Vec::new(),
            is_whole: models.is_whole,
        };
        let mut homeless: BTreeMap<&AppLabel, Vec<FoundQuestion>> = BTreeMap::new();
        for (label, app) in apps {
            // One mistake makes one message: what the compiler reports at the place itself is not repeated.
            let faults = app.faults.iter();
            let faults = faults.filter(|it| !matches!(it, Fault::Unreadable { is_compile_error: true, .. }));
            let errors: Vec<FoundQuestion> =
                faults.map(|it| FoundQuestion::new(None, it.to_string()).coded(it.code())).collect();
            if let Some(folder) = &app.folder {
                let folder = slashed(folder.strip_prefix(package).unwrap_or(folder));
                let errors = errors.iter().map(FoundQuestion::text).collect();
                findings.apps.insert(
                    label.to_string(),
                    AppFindings { folder, errors, checkout: app.checkout.clone() },
                );
            } else {
                homeless.insert(label, errors);
            }
        }
        for scanned in &models.scanned {
            // Without `migrations!`, the first model of the app reports its errors.
            let errors = if scanned.found.presence.skipped.is_none() {
                homeless.remove(&scanned.key.app).unwrap_or_default()
            } else {
                Vec::new()
            };
            let all = findings.models.entry(scanned.found.name()).or_default();
            all.seen.extend(seen(scanned, &errors));
        }
        for scanned in &models.choices {
            let all = findings.choices.entry(scanned.found.name()).or_default();
            all.seen.extend(scanned.seen());
        }
        // Otherwise any declared app reports them.
        let unsaid = homeless.into_values().flatten().map(|error| error.text());
        match findings.apps.values_mut().next() {
            Some(app) => app.errors.extend(unsaid),
            None => findings.unsaid = unsaid.collect(),
        }
        findings
    }

    /// Writes all findings of this checkout, and removes those that do not apply any more.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub(crate) fn write(self, out_dir: &Path) -> Result<(), BuildError> {
        let folder = findings::folder_of(out_dir, &self.krate.package);
        let mut files = BTreeMap::new();
        files.insert(findings::crate_file(out_dir), text(findings::to_text(&self.krate))?);
        for (name, findings) in &self.models {
            files.insert(findings::model_file(&folder, name), text(findings::to_text(findings))?);
        }
        for (name, findings) in &self.choices {
            files.insert(findings::choices_file(&folder, name), text(findings::to_text(findings))?);
        }
        for (label, findings) in &self.apps {
            files.insert(findings::app_file(&folder, label), text(findings::to_text(findings))?);
        }
        for (module, code) in self.historical.iter().flatten() {
            files.insert(models_file(&folder, module), code.clone());
        }
        for (file, text) in &files {
            write(file, text)?;
        }
        let current: BTreeSet<&PathBuf> = files.keys().collect();
        if self.historical.is_some() {
            let modules = models_file(&folder, Path::new(""));
            for file in others(&modules, &current) {
                remove(&file)?;
            }
        }
        let stale = ["models", "choices", "apps"].map(|name| folder.join(name));
        for file in stale.iter().flat_map(|folder| others(folder, &current)) {
            // A struct in a file that cannot be read now is seen again when the file is corrected.
            if self.is_whole { remove(&file)? } else { forget(&file)? }
        }
        findings::clear_request(out_dir).map_err(BuildError::io("write", findings::again_file(out_dir)))
    }
}

/// Removes questions and errors from the findings of an earlier build: they may be answered by now.
fn forget(file: &Path) -> Result<(), BuildError> {
    if let Ok(Some(mut old)) = findings::read::<ModelFindings>(file) {
        old.seen.iter_mut().for_each(|seen| seen.questions.clear());
        return write(file, &text(findings::to_text(&old))?);
    }
    match findings::read::<AppFindings>(file) {
        Ok(Some(old)) => write(file, &text(findings::to_text(&AppFindings { errors: Vec::new(), ..old }))?),
        Ok(None) | Err(_) => remove(file),
    }
}

/// Returns the findings of one struct: one entry for each form in which the derive may see it.
fn seen(scanned: &ScannedModel<'_>, errors: &[FoundQuestion]) -> Vec<Seen> {
    let found = scanned.found;
    let questions: Vec<FoundQuestion> = errors.iter().cloned().chain(scanned.questions()).collect();
    let all = scanned.hashes.iter().map(|hash| Seen {
        app: scanned.key.app.to_string(),
        table: scanned.table.to_string(),
        file: found.place.file.clone(),
        hash: hash.clone(),
        skipped: found.presence.skipped.as_ref().map(|condition| format!("it stands under `{condition}`")),
        questions: questions.clone(),
        choices: scanned.choices.clone(),
    });
    all.collect()
}

fn text(result: serde_json::Result<String>) -> Result<String, BuildError> {
    result.map_err(|error| BuildError::io("write", findings::FOLDER)(error.into()))
}

/// Returns the files of a folder that are not in the list.
fn others(folder: &Path, current: &BTreeSet<&PathBuf>) -> Vec<PathBuf> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| !current.contains(path)).collect()
}

fn remove(file: &Path) -> Result<(), BuildError> {
    fs::remove_file(file).map_err(BuildError::io("remove", file))
}
