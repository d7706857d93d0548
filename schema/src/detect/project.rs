//! All apps at once: the missing migrations of each app, cut into as many as references between apps require.
//!
//! The operations are cut as in Django. An app's operations become one migration if everything that they require of other
//! apps exists, or is part of a migration that was made before. If no app can continue, the first one that can do anything
//! does that in a migration of its own, and the rest later.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::error::{DetectError, FirstEdit};
use super::names::object_names;
use super::order::{Fact, PlannedOperation};
use super::{Context, Plan};
use crate::detect::question::Question;
use crate::migration::optimize::may_change_places;
use crate::model::hints::SourceModel;
use crate::model::naming;
use crate::name::{AppLabel, ModelKey, TableName};
use crate::operation::Operation;
use crate::state::ProjectState;

/// What the detector found for a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectDetection {
    /// The migrations that are missing, in an order in which they can be applied.
    pub pieces: Vec<MigrationDraft>,
    /// The open questions. An app with questions has no migrations here.
    pub questions: BTreeMap<AppLabel, Vec<Question>>,
    /// Apps that must wait for the answers of others, since a question there may be about one of their models.
    pub waiting: BTreeSet<AppLabel>,
    /// The errors in an app's models, or on the way to them. Such an app has no migrations here.
    pub errors: BTreeMap<AppLabel, DetectError>,
}

/// One missing migration. It comes after the app's recorded migrations, and after its earlier drafts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationDraft {
    /// The app.
    pub app: AppLabel,
    /// The operations, in order.
    pub operations: Vec<Operation>,
    /// The migrations of other apps that must be applied before.
    pub depends_on: BTreeSet<Dependency>,
}

/// Migrations of another app that must be applied before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// All recorded migrations of the app.
    Recorded(AppLabel),
    /// The draft at this position.
    MigrationDraft(usize),
}

/// Returns the migrations that lead the apps from their recorded state to the models of the source.
///
/// `wanted` holds the models of every app in context, `recorded` the state after every migration in context.
pub fn detect_project(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> ProjectDetection {
    let mut found = ProjectDetection::default();
    let all = wanted.keys().map(|key| &key.app).chain(apps).cloned().collect();
    let mut contexts = BTreeMap::new();
    let mut lists = Lists::new();
    for app in apps {
        let planned =
            Context::new(recorded, wanted, &all, app).and_then(|context| Ok((context.plan()?, context)));
        match planned {
            Ok((Plan::Operations(planned, is_circular), context)) => {
                lists.insert(app, planned.into());
                contexts.insert(app, (context, is_circular));
            }
            Ok((Plan::Questions(questions), _)) => {
                found.questions.insert(app.clone(), questions);
            }
            Err(error) => {
                found.errors.insert(app.clone(), error);
            }
        }
    }
    // A model that may move to another app is not removed while the question about it is open.
    let asked = found.questions.values().flatten().flat_map(Question::origins_in_other_apps);
    found.waiting = asked.filter(|app| !found.questions.contains_key(app)).collect();
    lists.retain(|app, _| !found.waiting.contains(*app));
    let (cuts, left) = cut(lists);
    let mut state = recorded.clone();
    for cut in cuts {
        let Some((context, _)) = contexts.get(cut.app) else { continue };
        let draft = draft(&mut state, &found.pieces, context, cut);
        found.pieces.push(draft);
    }
    for (app, (context, is_circular)) in contexts.iter().filter(|(app, _)| !found.waiting.contains(**app)) {
        let of_app = found.pieces.iter().filter(|draft| draft.app == **app);
        let operations: Vec<Operation> = of_app.flat_map(|draft| &draft.operations).cloned().collect();
        if let Err(error) = context.verify(&operations, *is_circular) {
            found.errors.insert((*app).clone(), error);
        }
    }
    let first = first_edit(recorded, &left);
    for app in left.keys() {
        let apps = left.keys().map(|app| (*app).clone()).collect();
        let error = DetectError::Circle { app: (*app).clone(), apps, first: first.clone() };
        found.errors.insert((*app).clone(), error);
    }
    found
}

/// Returns a migration after the earlier drafts, with all that it depends on, and applies it to the state.
fn draft(
    state: &mut ProjectState,
    earlier: &[MigrationDraft],
    context: &Context<'_>,
    cut: Cut<'_>,
) -> MigrationDraft {
    let operations = context.finish(cut.planned);
    let mut draft = MigrationDraft { app: cut.app.clone(), operations, depends_on: cut.depends_on };
    let (mut others, once_had) = apply(state, &draft);
    for dependency in &draft.depends_on {
        if let Dependency::MigrationDraft(position) = dependency
            && let Some(draft) = earlier.get(*position)
        {
            others.remove(&draft.app);
        }
    }
    draft.depends_on.extend(others.into_iter().map(Dependency::Recorded));
    draft.depends_on.extend(once_had.into_iter().map(|app| {
        let latest = earlier.iter().rposition(|draft| draft.app == app);
        latest.map_or(Dependency::Recorded(app), Dependency::MigrationDraft)
    }));
    draft
}

/// Applies a draft to the state. Returns the apps that refer, or once referred, to what the draft removes or renames, and the
/// apps that once had a name which it takes.
fn apply(state: &mut ProjectState, draft: &MigrationDraft) -> (BTreeSet<AppLabel>, BTreeSet<AppLabel>) {
    let (mut others, mut once_had) = (BTreeSet::new(), BTreeSet::new());
    for operation in &draft.operations {
        others.extend(state.referred_from(&draft.app, operation));
        // An operation that does not fit is reported by the verification.
        let Ok(had) = state.move_on(&draft.app, operation) else { break };
        once_had.extend(had);
    }
    (others, once_had)
}

/// A draft before its operations have their final form.
struct Cut<'a> {
    app: &'a AppLabel,
    planned: Vec<PlannedOperation>,
    depends_on: BTreeSet<Dependency>,
}

/// The operations of apps, in their order.
type Lists<'a> = BTreeMap<&'a AppLabel, VecDeque<PlannedOperation>>;

/// Which of an app's operations may become a migration of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Take {
    /// All of them or none.
    All,
    /// The first ones.
    First,
    /// Any that need not come after operations that must wait.
    Any,
}

impl Take {
    /// Returns what is tried if no app can continue in this way.
    fn next(self) -> Option<Self> {
        match self {
            Self::All => Some(Self::First),
            Self::First => Some(Self::Any),
            Self::Any => None,
        }
    }
}

/// Cuts the operations of all apps into migrations. Also returns the operations that require each other in a circle.
fn cut(mut lists: Lists<'_>) -> (Vec<Cut<'_>>, Lists<'_>) {
    let apps: Vec<&AppLabel> = lists.keys().copied().collect();
    let mut cuts: Vec<Cut<'_>> = Vec::new();
    let mut take = Take::All;
    loop {
        let mut is_moving = false;
        for app in &apps {
            let (ready, depends_on) = ready(app, &lists, &cuts, take);
            let Some(list) = lists.get_mut(app).filter(|_| !ready.is_empty()) else { continue };
            if ready.len() == list.len() || take != Take::All {
                let (taken, left): (Vec<_>, Vec<_>) =
                    list.drain(..).enumerate().partition(|(position, _)| ready.contains(position));
                list.extend(left.into_iter().map(|(_, planned)| planned));
                let taken = taken.into_iter().map(|(_, planned)| planned);
                match cuts.last_mut().filter(|last| take == Take::Any && last.app == *app) {
                    Some(cut) => {
                        cut.planned.extend(taken);
                        cut.depends_on.extend(depends_on);
                    }
                    None => cuts.push(Cut { app, planned: taken.collect(), depends_on }),
                }
                is_moving = true;
                take = Take::All;
            }
        }
        if lists.values().all(VecDeque::is_empty) {
            return (cuts, Lists::new());
        }
        if is_moving {
            continue;
        }
        let Some(next) = take.next() else {
            lists.retain(|_, list| !list.is_empty());
            return (cuts, lists);
        };
        take = next;
    }
}

/// Returns the positions of an app's operations that have all that they require of other apps, with the migrations on which
/// they depend for that.
fn ready(
    app: &AppLabel,
    lists: &Lists<'_>,
    cuts: &[Cut<'_>],
    take: Take,
) -> (BTreeSet<usize>, BTreeSet<Dependency>) {
    let (mut ready, mut depends_on) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting: Vec<&PlannedOperation> = Vec::new();
    for (position, planned) in lists.get(app).into_iter().flatten().enumerate() {
        if waiting.iter().all(|it| passes(app, planned, it))
            && let Some(of_operation) = dependencies(app, planned, lists, cuts, take)
        {
            ready.insert(position);
            depends_on.extend(of_operation);
        } else if take == Take::Any {
            waiting.push(planned);
        } else {
            break;
        }
    }
    (ready, depends_on)
}

/// Returns whether an operation may come before an earlier one that must wait.
fn passes(app: &AppLabel, planned: &PlannedOperation, waiting: &PlannedOperation) -> bool {
    planned.requires.iter().all(|fact| !waiting.provides.contains(fact))
        && may_change_places(app, &waiting.operation, &planned.operation)
}

/// Returns the migrations on which an operation depends, if all that it requires of other apps exists; otherwise none.
fn dependencies(
    app: &AppLabel,
    planned: &PlannedOperation,
    lists: &Lists<'_>,
    cuts: &[Cut<'_>],
    take: Take,
) -> Option<BTreeSet<Dependency>> {
    let mut depends_on = BTreeSet::new();
    for fact in planned.requires.iter().filter(|fact| fact.app() != app) {
        let mut own = lists.get(fact.app()).into_iter().flatten();
        if own.any(|it| it.provides.contains(fact)) {
            return None;
        }
        match latest(fact, cuts) {
            Some(draft) => depends_on.insert(Dependency::MigrationDraft(draft)),
            // The recorded migrations may provide the fact; but a migration that is made soon may provide more.
            None if take != Take::All => depends_on.insert(Dependency::Recorded(fact.app().clone())),
            None => return None,
        };
    }
    Some(depends_on)
}

/// Returns the edit that releases one name, if no operations require each other in a circle after it.
fn first_edit(recorded: &ProjectState, left: &Lists<'_>) -> Option<FirstEdit> {
    let requires: BTreeSet<&Fact> = left.values().flatten().flat_map(|it| &it.requires).collect();
    let provided: BTreeSet<&Fact> = left.values().flatten().flat_map(|it| &it.provides).collect();
    requires.intersection(&provided).find_map(|fact| {
        let edit = edit_for_name(recorded, fact)?;
        let mut lists = left.clone();
        for it in lists.values_mut().flatten() {
            it.requires.retain(|it| it != *fact);
        }
        cut(lists).1.is_empty().then_some(edit)
    })
}

/// Returns the edit that releases a name; none if the fact is not about a name.
fn edit_for_name(recorded: &ProjectState, fact: &Fact) -> Option<FirstEdit> {
    match fact {
        Fact::TableFree(_, name) => edit_for_table(recorded, name),
        Fact::NameFree(_, name) => recorded.models().find_map(|(key, model)| {
            let has = object_names(model).any(|it| it == name);
            has.then(|| FirstEdit::Object { model: key.clone(), name: name.clone() })
        }),
        Fact::ModelExists(_)
        | Fact::ModelRemoved(_)
        | Fact::FieldExists(..)
        | Fact::FieldRenamed(..)
        | Fact::FieldAltered(..)
        | Fact::FieldRemoved(..)
        | Fact::ConstraintExists(..)
        | Fact::ConstraintRemoved(..)
        | Fact::IndexRemoved(..)
        | Fact::NaturalKeyReleased(_)
        | Fact::TableNamed(_)
        | Fact::TextRead(_) => None,
    }
}

/// Returns the edit that releases the name of a table.
pub(super) fn edit_for_table(recorded: &ProjectState, name: &TableName) -> Option<FirstEdit> {
    recorded.models().find_map(|(key, model)| {
        let (model_key, table) = (key.clone(), naming::table_aside(name));
        if model.table_name(&key.app) == *name {
            return Some(FirstEdit::Table { model: model_key, table });
        }
        let (field, _) = model.join_table_names(key).find(|(_, table)| table == name)?;
        Some(FirstEdit::JoinTable { model: model_key, field: field.name.clone(), table })
    })
}

/// Returns the last draft of the fact's app.
fn latest(fact: &Fact, cuts: &[Cut<'_>]) -> Option<usize> {
    cuts.iter().rposition(|cut| cut.app == fact.app())
}

#[cfg(test)]
mod tests;
