//! One run of the build step: sources and history -> comparison -> files, findings and a report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::question::Question;
use modelshift_syntax::findings::{CrateFindings, Mode};
use modelshift_syntax::ident;

use crate::config::Build;
use crate::crates::Crates;
use crate::crates::exports::Exports;
use crate::crates::imports::Foreign;
use crate::crates::manifest::Manifest;
use crate::environment::Environment;
use crate::environment::mode;
use crate::environment::mode::{Permission, Why};
use crate::environment::rerun_if::Watched;
use crate::error::{BuildError, Fault};
use crate::files::{newest, slashed};
use crate::findings::Findings;
use crate::historical;
use crate::kept::Inputs;
use crate::migrations::applied;
use crate::migrations::history::MigrationFile;
use crate::migrations::options::RunOptions;
use crate::migrations::reconcile::{Reconciled, reconcile};
use crate::migrations::records;
use crate::migrations::workspace::Workspace;
use crate::models::elsewhere::Elsewhere;
use crate::models::reference_types;
use crate::models::{self, Models};
use crate::report::{AppReport, ModelQuestion, Outcome, Report};
use crate::scan::apps::{App, apps};
use crate::scan::crate_tree::Tree;
use crate::scan::roots::roots;

/// The results of a run.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) report: Report,
    pub(crate) findings: Findings,
    pub(crate) watched: Watched,
    /// What the crate exports to its dependents; none if that is unchanged.
    pub(crate) exports: Option<Exports>,
    /// What must be corrected before the crate can be compiled at all.
    pub(crate) errors: Vec<String>,
    /// The inputs of the run, if nothing is to be written, corrected or answered.
    pub(crate) settled: Option<Inputs>,
}

/// Scans, compares and writes, as far as the permission allows.
///
/// # Errors
/// If the environment is not that of a build script, or `Cargo.toml` cannot be read.
pub(crate) fn step(
    build: &Build,
    environment: &Environment,
    permission: &Permission,
) -> Result<Done, BuildError> {
    run_with(build, environment, permission, &mut RunOptions::default())
}

/// Scans, compares and writes with the options of a command.
///
/// # Errors
/// As [`step`].
pub(crate) fn run_with(
    build: &Build,
    environment: &Environment,
    permission: &Permission,
    options: &mut RunOptions,
) -> Result<Done, BuildError> {
    let package = environment.manifest_dir()?;
    let name = environment.package()?;
    let (manifest, source) = (package.join("Cargo.toml"), package.join("src"));
    let mode = permission.mode();
    let mut watched = Watched::default();
    watched.add([manifest.as_path()]);
    let read = newest([manifest.as_path()]);
    let mut report =
        Report { mode, is_whole: true, apps: vec![], questions: vec![], open: vec![], warnings: vec![] };

    let text = std::fs::read_to_string(&manifest).map_err(BuildError::io("read", &manifest))?;
    let said = Manifest::parse(&text);
    let label = ident::package_label(name);
    let roots = roots(&package, &said, name);
    let mut foreign = Foreign::gather(environment, &package, &said);
    watched.add(foreign.files.iter().map(PathBuf::as_path));
    watched.add(foreign.apps().map(|(_, folder)| folder));
    // Without a library, a binary can be added at any time.
    watched.add((!roots.is_library).then_some(source.as_path()).filter(|source| source.is_dir()));
    let faults_of_others = std::mem::take(&mut foreign.faults);
    let read = read.max(foreign.newest);
    let crates = Crates::scan((&package, name), &said, &roots.roots, build, &foreign, (environment, options));
    watched.add(crates.all().flat_map(|tree| tree.files.iter().map(PathBuf::as_path)));
    watched.add(permission.mark());
    let (tree, two_binaries) = crates.chosen(&package);
    let mut apps = examined_apps(tree, build, &label, two_binaries.as_ref());
    watched.add(folders(&apps));
    // While a source file cannot be read, the earlier exports stay.
    let is_readable = roots.is_library && tree.broken.is_empty();
    let exports = is_readable.then(|| Exports::gather(name, tree, &models::declarations(tree), &apps));

    let errors = crates.renamed(tree).into_iter().collect();
    let krate = CrateFindings {
        crate_name: tree.crate_name.clone(),
        package: environment.manifest_dir()?.display().to_string(),
        mode,
    };
    if matches!(permission, Permission::Off) {
        let none = Models { is_whole: true, ..Models::default() };
        let historical = historical::models(&package, &apps, tree);
        let mut findings = Findings::gather(krate, &package, &none, &without_faults(apps));
        findings.historical = historical.map(|it| it.modules);
        watched.depends_on_mode = mode::is_set_to_off(environment);
        return Ok(Done { report, findings, watched, exports, errors, settled: None });
    }
    if let Some(app) = apps.values_mut().next() {
        app.faults.extend(faults_of_others);
    }
    for (label, app) in &mut apps {
        app.faults.extend(foreign.same_label(label, app.folder.as_deref()));
    }
    report_what_is_not_rust(tree, &package, &mut report, &mut apps);
    let mut models = models::read(tree, build);
    reference_types::ask(&mut models);
    if !models.has_questions() {
        for (label, fault) in models.lost() {
            apps.entry(label).or_default().faults.push(fault);
        }
    }
    report.is_whole = models.is_whole;
    let read = crates.all().map(|tree| tree.newest).fold(read, Ord::max);
    let inputs = &watched.paths;
    let comparison = Comparison { package: &package, permission, build, tree, inputs, read };
    let mut outcomes = BTreeMap::new();
    let mut inputs = None;
    if models.is_whole && !models.has_questions() && is_sound(&apps) {
        let mut reconciled = comparison.reconcile(&mut models, &mut apps, &mut report, options);
        outcomes = std::mem::take(&mut reconciled.outcomes);
        inputs = compared_files(reconciled, &apps, roots.is_library);
    } else {
        comparison.examine_records(&mut apps, options);
    }
    if let (Permission::Check(Why::UnknownMode(value)), Some(app)) = (permission, apps.values_mut().next()) {
        app.faults.insert(0, Fault::UnknownMode { value: value.clone() });
    }
    // The first migration creates its folder.
    watched.add(folders(&apps));
    watched.is_unsettled = !is_sound(&apps) || models.has_questions();
    watched.depends_on_mode = !report.warnings.is_empty();
    if let Some(work_tree) = mode::checkout(&package, environment, permission) {
        applied::set_checkouts(&mut apps, &work_tree);
    }
    let mut findings = Findings::gather(krate, &package, &models, &apps);
    let historical = historical::models(&package, &apps, tree);
    // Without them, those of an earlier build stay, which the inputs do not have.
    let foreign = historical.as_ref().map(|it| it.foreign.clone());
    findings.historical = historical.map(|it| it.modules);
    inputs = inputs.zip(foreign).map(|(inputs, more)| inputs.with_foreign(more));
    report.warnings.extend(findings.unsaid.iter().cloned());
    report.questions = questions(&models);
    let are_drafts_known = inputs.as_mut().is_some_and(|inputs| set_drafts(inputs, &apps));
    report.apps = app_reports(apps, &outcomes);
    drop(models);
    let is_settled = are_drafts_known && !watched.is_unsettled && errors.is_empty() && report.is_settled();
    let settled =
        inputs.filter(|_| is_settled).and_then(|inputs| Some(inputs.with_sources(crates.sources()?)));
    Ok(Done { report, findings, watched, exports, errors, settled })
}

/// The input of the comparison of a package.
struct Comparison<'a> {
    package: &'a Path,
    permission: &'a Permission,
    build: &'a Build,
    tree: &'a Tree,
    inputs: &'a BTreeSet<PathBuf>,
    /// The modification time of the newest of the sources, taken before it was read.
    read: Option<SystemTime>,
}

impl Comparison<'_> {
    /// Compares models with migrations, and writes what is missing; returns the outcome of each app.
    fn reconcile(
        &self,
        models: &mut Models<'_>,
        apps: &mut BTreeMap<AppLabel, App>,
        report: &mut Report,
        options: &mut RunOptions,
    ) -> Reconciled {
        let elsewhere = Elsewhere::read(self.tree, self.build);
        let mut wanted = models.wanted();
        let mut reconciled = loop {
            let reconciled = reconcile(&self.workspace(apps, &elsewhere, options), &wanted);
            if !options.answer(&reconciled.questions, &mut wanted, models) {
                break reconciled;
            }
        };
        report.warnings.append(&mut reconciled.warnings);
        add_faults(apps, std::mem::take(&mut reconciled.faults));
        report.open = ask(models, apps, std::mem::take(&mut reconciled.questions));
        reconciled
    }

    /// Checks the migrations alone, for models that cannot be compared.
    fn examine_records(&self, apps: &mut BTreeMap<AppLabel, App>, options: &RunOptions) {
        let elsewhere = Elsewhere::default();
        let workspace = Workspace { read: None, ..self.workspace(apps, &elsewhere, options) };
        let faults = records::faults(&workspace, self.tree.broken.is_empty());
        add_faults(apps, faults);
    }

    fn workspace<'s>(
        &'s self,
        apps: &'s BTreeMap<AppLabel, App>,
        elsewhere: &'s Elsewhere,
        options: &'s RunOptions,
    ) -> Workspace<'s> {
        let Self { package, permission, tree, inputs, read, .. } = *self;
        Workspace { package, permission, apps, tree, elsewhere, inputs, read, options }
    }
}

fn add_faults(apps: &mut BTreeMap<AppLabel, App>, faults: Vec<(AppLabel, Fault)>) {
    for (app, fault) in faults {
        apps.entry(app).or_default().faults.push(fault);
    }
}

/// Attaches each question to its struct, and returns all questions with their places.
fn ask(
    models: &mut Models<'_>,
    apps: &mut BTreeMap<AppLabel, App>,
    questions: Vec<(AppLabel, Question)>,
) -> Vec<(String, Question)> {
    let (mut open, mut asked) = (Vec::new(), Vec::new());
    for (app, question) in questions {
        models.ask(&app, &question, apps);
        // An enum asks once for all fields that hold it.
        let variant = models.variant(&question);
        if variant.as_ref().is_none_or(|it| !asked.contains(it)) {
            asked.extend(variant);
            open.push((models.place(&question), question));
        }
    }
    open
}

/// Returns the apps of a package with the places of their migrations; nothing is compared.
///
/// # Errors
/// As [`step`].
pub(crate) fn apps_of_package(
    build: &Build,
    environment: &Environment,
) -> Result<BTreeMap<AppLabel, App>, BuildError> {
    let package = environment.manifest_dir()?;
    let name = environment.package()?;
    let manifest = package.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).map_err(BuildError::io("read", &manifest))?;
    let said = Manifest::parse(&text);
    let roots = roots(&package, &said, name).roots;
    let crates = Crates::scan(
        (&package, name),
        &said,
        &roots,
        build,
        &Foreign::default(),
        (environment, &RunOptions::default()),
    );
    let (tree, _) = crates.chosen(&package);
    Ok(apps(tree, build, &ident::package_label(name)))
}

/// Returns the apps of a crate, each with the faults that are found before the comparison.
fn examined_apps(
    tree: &Tree,
    build: &Build,
    label: &AppLabel,
    two_binaries: Option<&Fault>,
) -> BTreeMap<AppLabel, App> {
    let mut apps = apps(tree, build, label);
    for app in apps.values_mut() {
        app.faults.extend(two_binaries.cloned());
    }
    for (found, fault) in models::undecided(tree) {
        apps.entry(found.app.clone()).or_default().faults.push(fault);
    }
    apps
}

/// Returns the apps with the places of their migrations alone.
fn without_faults(apps: BTreeMap<AppLabel, App>) -> BTreeMap<AppLabel, App> {
    apps.into_iter().map(|(label, app)| (label, App { faults: Vec::new(), ..app })).collect()
}

/// Returns the existing migration folders.
fn folders(apps: &BTreeMap<AppLabel, App>) -> impl Iterator<Item = &Path> {
    apps.values().filter_map(|app| app.folder.as_deref()).filter(|folder| folder.is_dir())
}

/// Warns of files that cannot be read as Rust; in mode `check`, they are faults.
///
/// While a person edits, the compiler reports the same with more detail.
fn report_what_is_not_rust(
    tree: &Tree,
    package: &Path,
    report: &mut Report,
    apps: &mut BTreeMap<AppLabel, App>,
) {
    for fault in not_rust(tree, package) {
        report.warnings.push(fault.to_string());
        if report.mode == Mode::Check {
            for app in apps.values_mut() {
                app.faults.push(fault.clone());
            }
        }
    }
}

fn not_rust(tree: &Tree, package: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (file, reason) in &tree.broken {
        let file = slashed(file.strip_prefix(package).unwrap_or(file));
        faults.push(Fault::NotRust { file, reason: reason.clone() });
    }
    faults
}

/// Returns the files of a comparison; none if it looked at more than they have.
fn compared_files(
    reconciled: Reconciled,
    apps: &BTreeMap<AppLabel, App>,
    is_library: bool,
) -> Option<Inputs> {
    let Reconciled { own, foreign, looked_around, .. } = reconciled;
    (!looked_around).then(|| Inputs { own: by_folder(apps, own), foreign, is_library, ..Inputs::default() })
}

/// Returns the migration files of each folder.
fn by_folder(
    apps: &BTreeMap<AppLabel, App>,
    files: Vec<MigrationFile>,
) -> Vec<(PathBuf, Vec<MigrationFile>)> {
    let mut folders: BTreeMap<&AppLabel, (PathBuf, Vec<MigrationFile>)> =
        apps.iter().filter_map(|(label, app)| Some((label, (app.folder.clone()?, Vec::new())))).collect();
    for file in files {
        if let Some((_, files)) = folders.get_mut(&file.id.app) {
            files.push(file);
        }
    }
    folders.into_values().collect()
}

/// Adds the migrations that git does not record; returns false if they are not among the compared files.
fn set_drafts(inputs: &mut Inputs, apps: &BTreeMap<AppLabel, App>) -> bool {
    let mut ids = BTreeSet::new();
    let mut unknown = 0;
    let with_folder = apps.iter().filter(|(_, app)| app.folder.is_some());
    for (label, app) in with_folder {
        match &app.checkout {
            Some(checkout) => ids.extend(checkout.drafts.keys().map(|name| MigrationId::new(label, name))),
            None => unknown += 1,
        }
    }
    let files = inputs.own.iter().flat_map(|(_, files)| files);
    let drafts = files.filter(|file| file.is_intact && ids.contains(&file.id));
    let drafts: BTreeSet<PathBuf> = drafts.map(|file| file.path.clone()).collect();
    let are_known = drafts.len() == ids.len() && (unknown == 0 || unknown == inputs.own.len());
    inputs.drafts = (unknown == 0).then_some(drafts);
    are_known
}

fn is_sound(apps: &BTreeMap<AppLabel, App>) -> bool {
    apps.values().all(|app| app.faults.is_empty())
}

fn questions(models: &Models<'_>) -> Vec<ModelQuestion> {
    let mut all = Vec::new();
    for scanned in &models.scanned {
        let place = scanned.found.place.to_string();
        all.extend(scanned.questions().map(|question| ModelQuestion { place: place.clone(), question }));
    }
    for scanned in &models.choices {
        let place = scanned.found.place.to_string();
        let questions = scanned.questions.iter().cloned();
        all.extend(questions.map(|question| ModelQuestion { place: place.clone(), question }));
    }
    all
}

fn app_reports(apps: BTreeMap<AppLabel, App>, outcomes: &BTreeMap<AppLabel, Outcome>) -> Vec<AppReport> {
    let reports = apps.into_iter().map(|(label, app)| {
        let outcome = outcomes.get(&label).cloned().unwrap_or(Outcome::Stopped);
        AppReport { app: label, folder: app.folder, outcome, faults: app.faults }
    });
    reports.collect()
}

#[cfg(test)]
mod tests;
