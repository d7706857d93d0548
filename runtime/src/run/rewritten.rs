//! Drafts that a build rewrote after they were applied -> the operations that migrate a database to the new form.
//!
//! The history contains the applied operations, so that the states of both forms are known. Only files that are not
//! committed, and that only builds wrote, are considered: the history of other databases is never rewritten.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::detect::detect;
use modelshift_schema::graph::Graph;
use modelshift_schema::hash::fingerprint;
use modelshift_schema::hints::{FieldHints, ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, FieldName, MigrationId, ModelKey};
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;

use crate::error::{Error, ErrorKind};
use crate::model::embedded::Checkout;
use crate::plan::Direction;
use crate::planner::data_loss::Loss;
use crate::planner::route::PendingMigration;
use crate::run::checksum::{canonical, checksum};
use crate::run::history::{History, Ledger, Progress, Record};

/// A draft that a build rewrote after it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RewrittenDraft {
    /// The migrations that the database holds, and which differ from those of the program.
    pub applied: Vec<MigrationId>,
    /// The migrations that the program has in their place.
    pub now: Vec<MigrationId>,
    /// What leads from the one to the other, such as "adds field `rating` to `Author`".
    pub operations: Vec<String>,
    /// The rows or values that would be lost on the way.
    pub losses: Vec<Loss>,
}

/// The way from a draft as it was applied to the draft as it is now.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The difference as a migration, and the state before it.
    pub(crate) pending: PendingMigration,
    /// What the history strikes and takes up in its place.
    pub(crate) records: Replacement,
}

/// What a history strikes, and what it takes up in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// What it strikes.
    pub(crate) removed: Vec<MigrationId>,
    /// What it takes up.
    pub(crate) added: Vec<Migration>,
}

/// Finds the difference of one app; none where no draft of it was rewritten, or where only a person can know what is to
/// become of the rows.
///
/// # Errors
/// Where the migrations do not fit together. [`ErrorKind::OldProgram`] where the program is older than the files.
pub(crate) fn difference(
    graph: &Graph,
    ledger: &Ledger,
    checkout: &Checkout,
    database: &str,
) -> Result<Option<Difference>, Error> {
    let history = &ledger.history;
    let Some(records) = replacement(graph, history, checkout)? else { return Ok(None) };
    check_current(checkout, &records.added)?;
    let removed: BTreeSet<&MigrationId> = records.removed.iter().collect();
    let kept = history.records().map(|record| &record.migration).filter(|it| !removed.contains(&it.id));
    let mut after: Vec<Migration> = kept.chain(&records.added).cloned().collect();
    let there: BTreeSet<MigrationId> = after.iter().map(|it| it.id.clone()).collect();
    for it in &mut after {
        it.run_before.retain(|id| there.contains(id));
    }
    let known = after.iter().map(|it| it.id.clone()).chain(after.iter().flat_map(|it| it.replaces.clone()));
    let known: BTreeSet<MigrationId> = known.collect();
    // The way over may have been begun, which the states of both ends know nothing of.
    let ends = Ledger { history: history.clone(), progress: Vec::new() };
    let (Ok(before), Ok(after)) = (ends.graph(database), Graph::for_database(after, &known)) else {
        return Ok(None);
    };
    let (Ok(before), Ok(after)) = (before.state(), after.state()) else { return Ok(None) };
    let added = &records.added;
    let applied: Vec<&Migration> =
        history.records().map(|record| &record.migration).filter(|it| removed.contains(&it.id)).collect();
    let names = Names::between(&checkout.app, &applied, added);
    let wanted = wanted(&checkout.app, &before, &after, added, &names);
    let Ok(found) = detect(&before, &wanted, &checkout.app) else { return Ok(None) };
    if !found.questions.is_empty() {
        return Ok(None);
    }
    let Some(last) = added.last() else { return Ok(None) };
    let migration = Migration::new(last.id.clone(), last.depends_on.clone(), found.operations);
    let own = checksum(&canonical(&migration.operations)?);
    let is_own =
        |it: &Progress| it.id == migration.id && it.direction == Direction::Forward && it.checksum == own;
    if !ledger.progress.iter().all(is_own) {
        return Ok(None);
    }
    let pending = PendingMigration {
        migration,
        direction: Direction::Forward,
        before,
        replaced: Vec::new(),
        partial: None,
    };
    Ok(Some(Difference { pending, records }))
}

/// Checks that the files of drafts are as they were when the program was built: an older program would take the database
/// back to a form that nobody wants any more.
fn check_current(checkout: &Checkout, drafts: &[Migration]) -> Result<(), Error> {
    let mut changed = Vec::new();
    for draft in drafts {
        let file = checkout.folder.join(format!("m{}.rs", draft.id.name));
        let now = std::fs::read(file).map(|text| fingerprint(&text)).ok();
        if now.as_ref() != checkout.drafts.get(&draft.id) {
            changed.push(draft.id.clone());
        }
    }
    if changed.is_empty() { Ok(()) } else { Err(ErrorKind::OldProgram { migrations: changed }.into()) }
}

/// Finds what the history would strike and take up.
fn replacement(graph: &Graph, history: &History, checkout: &Checkout) -> Result<Option<Replacement>, Error> {
    let is_draft = |id: &MigrationId| checkout.drafts.contains_key(id);
    let added: Vec<Migration> = graph.order().into_iter().filter(|it| is_draft(&it.id)).cloned().collect();
    let is_known = |id: &MigrationId| graph.get(id).is_some() || graph.stand_in(id).is_some();
    let is_former = |record: &&Record| {
        let id = &record.migration.id;
        id.app == checkout.app && (is_draft(id) || !is_known(id))
    };
    let former: Vec<&Record> = history.records().filter(is_former).collect();
    let mut is_rewritten = false;
    for record in &former {
        let now = added.iter().find(|it| it.id == record.migration.id);
        is_rewritten |= match now {
            Some(now) => checksum(&canonical(&now.operations)?) != record.checksum,
            None => true,
        };
    }
    let removed: BTreeSet<&MigrationId> = former.iter().map(|record| &record.migration.id).collect();
    let added_ids: BTreeSet<&MigrationId> = added.iter().map(|it| &it.id).collect();
    let held = graph.held(&history.applied());
    // Nothing that stays may lean on what is removed, and what is added up may lean on what is there only.
    let rest = history.records().filter(|record| !removed.contains(&record.migration.id));
    let mut parents = rest.flat_map(|record| &record.migration.depends_on);
    let leans = parents.any(|id| removed.contains(id) && !added_ids.contains(id));
    let is_there = |id: &MigrationId| added_ids.contains(id) || (held.contains(id) && !removed.contains(id));
    let fits = added.iter().flat_map(|it| graph.parents(&it.id)).all(is_there);
    let is_plain = former
        .iter()
        .map(|record| &record.migration)
        .chain(&added)
        .all(|it| it.replaces.is_empty() && it.operations.iter().all(Operation::is_found_by_builds));
    if !is_rewritten || added.is_empty() || leans || !fits || !is_plain {
        return Ok(None);
    }
    let removed = former.into_iter().map(|record| record.migration.id.clone()).collect();
    Ok(Some(Replacement { removed, added }))
}

/// The names that models and fields have now, with those that they bear in the database.
#[derive(Debug, Default)]
struct Names {
    models: BTreeMap<ModelKey, ModelKey>,
    fields: BTreeMap<(ModelKey, FieldName), FieldName>,
}

impl Names {
    /// Follows the applied operations back to what both sides began with, and then the present ones.
    fn between(app: &AppLabel, applied: &[&Migration], now: &[Migration]) -> Self {
        let mut names = Self::default();
        let applied = applied.iter().flat_map(|it| &it.operations);
        let back: Vec<_> = applied.map(|it| it.behaviour().lineage(app)).collect();
        for lineage in back.into_iter().rev() {
            names.follow(
                lineage.model.map(|(old, new)| (new, old)),
                lineage.field.map(|(model, old, new)| (model, new, old)),
            );
        }
        for operation in now.iter().flat_map(|it| &it.operations) {
            let lineage = operation.behaviour().lineage(app);
            names.follow(lineage.model, lineage.field);
        }
        names
    }

    fn follow(
        &mut self,
        model: Option<(ModelKey, ModelKey)>,
        field: Option<(ModelKey, FieldName, FieldName)>,
    ) {
        if let Some((old, new)) = model {
            let first = self.models.remove(&old).unwrap_or_else(|| old.clone());
            self.models.insert(new.clone(), first);
            let moved: Vec<_> = self.fields.keys().filter(|(model, _)| *model == old).cloned().collect();
            for (_, field) in moved {
                if let Some(first) = self.fields.remove(&(old.clone(), field.clone())) {
                    self.fields.insert((new.clone(), field), first);
                }
            }
        }
        if let Some((model, old, new)) = field {
            let first = self.fields.remove(&(model.clone(), old.clone())).unwrap_or(old);
            self.fields.insert((model, new), first);
        }
    }
}

/// Returns the models as they are to be, with what the drafts say about new names and existing rows.
fn wanted(
    app: &AppLabel,
    before: &ProjectState,
    after: &ProjectState,
    added: &[Migration],
    names: &Names,
) -> BTreeMap<ModelKey, SourceModel> {
    let lineages = || added.iter().flat_map(|it| &it.operations).map(|it| it.behaviour().lineage(app));
    let mut wanted = BTreeMap::new();
    for (key, model) in after.models() {
        let model = (**model).clone();
        let mut hints = ModelHints::default();
        if key.app != *app {
            wanted.insert(key.clone(), SourceModel { model, hints });
            continue;
        }
        let first = names.models.get(key).filter(|first| *first != key && before.contains(first));
        let old = first.unwrap_or(key);
        hints.renamed_from = first.map(|first| first.name.clone());
        hints.new = !before.contains(old);
        for field in &model.fields {
            let known = |name: &FieldName| before.field(old, name).is_ok();
            let first = names.fields.get(&(key.clone(), field.name.clone()));
            let first = first.filter(|first| **first != field.name && known(first));
            let fill =
                lineages().filter_map(|it| it.fill).find(|(at, name, _)| at == key && *name == field.name);
            let field_hints = FieldHints {
                renamed_from: first.cloned(),
                new: !hints.new && first.is_none() && !known(&field.name),
                backfill: fill.map(|(_, _, value)| value),
                ..FieldHints::default()
            };
            if field_hints != FieldHints::default() {
                hints.fields.insert(field.name.clone(), field_hints);
            }
        }
        wanted.insert(key.clone(), SourceModel { model, hints });
    }
    wanted
}
