//! The models that the functions of migrations name, as they stand there: structs for the compiler.

mod reach;
mod structs;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::AppLabel;
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::historical::{NamedModel, named_models};

use crate::migrations::draft;
use crate::migrations::history;
use crate::migrations::history::MigrationFile;
use crate::scan::apps::App;
use crate::scan::crate_tree::Tree;

/// The source of a module `models` for each migration file, by the path of that from the folder of the package.
pub(crate) type HistoricalModels = BTreeMap<PathBuf, String>;

/// The modules for the functions of migrations, and what was read for them.
#[derive(Debug, Default)]
pub(crate) struct Historical {
    pub(crate) modules: HistoricalModels,
    /// The migration folders of other packages, with their files.
    pub(crate) foreign: Vec<(PathBuf, Vec<MigrationFile>)>,
}

/// Returns the modules of all migration files with a function that names models; none where the history cannot be replayed,
/// which is reported elsewhere.
pub(crate) fn models(package: &Path, apps: &BTreeMap<AppLabel, App>, tree: &Tree) -> Option<Historical> {
    let files: Vec<MigrationFile> = apps
        .iter()
        .filter_map(|(label, app)| history::load(app.folder.as_deref()?, label).ok())
        .flat_map(|(files, _)| files)
        .collect();
    let named: Vec<(&MigrationFile, BTreeSet<NamedModel>)> = files
        .iter()
        .filter(|file| file.text.contains("RunRust"))
        .map(|file| (file, named_models(&file.text)))
        .filter(|(_, named)| !named.is_empty())
        .collect();
    if named.is_empty() {
        return Some(Historical::default());
    }
    let mut migrations: Vec<Migration> = Vec::new();
    for file in &files {
        migrations.push(history::read(file, package).ok()?);
    }
    let in_models = named.iter().flat_map(|(_, named)| named).filter_map(NamedModel::app).map(AppLabel::new);
    let others = migrations.iter().flat_map(draft::named).map(|id| id.app.clone());
    let others = others.chain(in_models).filter(|app| !apps.contains_key(app)).collect();
    let foreign = tree.foreign.migrations(others);
    migrations.extend(foreign.migrations);
    if !foreign.faults.is_empty() {
        return None;
    }
    let mut modules = HistoricalModels::new();
    for (file, named) in named {
        let module = file.path.strip_prefix(package).unwrap_or(&file.path).to_owned();
        let place = Place::of(&migrations, file)?;
        modules.insert(module, structs::module(&place, &named));
    }
    Some(Historical { modules, foreign: foreign.folders })
}

/// The place of a function in the history.
pub(crate) struct Place {
    /// The app of the migration.
    pub(crate) app: AppLabel,
    /// The models as they stand there.
    pub(crate) state: ProjectState,
    /// All migrations.
    pub(crate) graph: Graph,
}

impl Place {
    fn of(migrations: &[Migration], file: &MigrationFile) -> Option<Self> {
        // A migration that another one replaces has a place only where that does not stand for it.
        let applied = BTreeSet::from([file.id.clone()]);
        let graph = Graph::new(migrations.to_vec()).ok().filter(|graph| graph.get(&file.id).is_some());
        let graph = graph.or_else(|| Graph::for_database(migrations.to_vec(), &applied).ok())?;
        let migration = graph.get(&file.id)?;
        let before = graph.ancestors(&file.id).into_iter().filter(|id| **id != file.id);
        let mut state = modelshift_schema::replay::replay(before.filter_map(|id| graph.get(id))).ok()?;
        for operation in &migration.operations {
            if matches!(operation, Operation::RunRust(_)) {
                break;
            }
            operation.behaviour().apply(&file.id.app, &mut state).ok()?;
        }
        Some(Self { app: file.id.app.clone(), state, graph })
    }
}
