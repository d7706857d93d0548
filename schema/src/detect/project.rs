//! All apps at once: what each lacks, cut into as many migrations as references between apps demand.
//!
//! The way of cutting is Django's. An app's operations become one migration where all that they need of other apps is
//! there, or is in a migration that was made before. Where no app gets on, the first one that can do something does
//! that in a migration of its own, and the rest later.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::models::object_names;
use super::order::{Fact, PlannedOperation};
use super::{Context, Plan};
use crate::detect::question::Question;
use crate::error::{DetectError, FirstEdit};
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
    /// The questions that are open; an app that asks has no pieces.
    pub questions: BTreeMap<AppLabel, Vec<Question>>,
    /// Apps that must wait for the answers of others, since a model of theirs may be asked about there.
    pub waiting: BTreeSet<AppLabel>,
    /// What is wrong with an app's models, or with the way to them; such an app has no pieces.
    pub errors: BTreeMap<AppLabel, DetectError>,
}

/// One migration that is missing. It comes after the app's recorded ones, and after the app's pieces before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationDraft {
    /// The app.
    pub app: AppLabel,
    /// What is done, in order.
    pub operations: Vec<Operation>,
    /// What of other apps must have been done before.
    pub depends_on: BTreeSet<Dependency>,
}

/// Something of another app that must have been done before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// All that is recorded of the app.
    Recorded(AppLabel),
    /// The piece at this position.
    MigrationDraft(usize),
}

/// Returns what leads the apps from what is recorded to what is wanted.
///
/// `wanted` holds the models of every app in context, `recorded` the state after every migration in context.
pub fn detect_project(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> ProjectDetection {
    let mut found = ProjectDetection::default();
    let all = wanted.keys().map(|key| &key.app).chain(apps).cloned().collect();
    let mut sights = BTreeMap::new();
    let mut lists = Lists::new();
    for app in apps {
        let planned =
            Context::new(recorded, wanted, &all, app).and_then(|context| Ok((context.plan()?, context)));
        match planned {
            Ok((Plan::Operations(planned, is_circular), context)) => {
                lists.insert(app, planned.into());
                sights.insert(app, (context, is_circular));
            }
            Ok((Plan::Questions(questions), _)) => {
                found.questions.insert(app.clone(), questions);
            }
            Err(error) => {
                found.errors.insert(app.clone(), error);
            }
        }
    }
    // What may go to another app is not removed while that is asked.
    let asked = found.questions.values().flatten().flat_map(Question::origins_in_other_apps);
    found.waiting = asked.filter(|app| !found.questions.contains_key(app)).collect();
    lists.retain(|app, _| !found.waiting.contains(*app));
    let (cuts, left) = cut(lists);
    let mut state = recorded.clone();
    for cut in cuts {
        let Some((context, _)) = sights.get(cut.app) else { continue };
        let operations = context.finish(cut.planned);
        let mut piece = MigrationDraft { app: cut.app.clone(), operations, depends_on: cut.depends_on };
        let (others, once_had) = follow(&mut state, &piece);
        let is_later = |app: &AppLabel| {
            let mut pieces = piece.depends_on.iter().filter_map(|it| match it {
                Dependency::MigrationDraft(position) => found.pieces.get(*position),
                Dependency::Recorded(_) => None,
            });
            pieces.any(|piece| piece.app == *app)
        };
        let others: Vec<AppLabel> = others.into_iter().filter(|app| !is_later(app)).collect();
        piece.depends_on.extend(others.into_iter().map(Dependency::Recorded));
        piece.depends_on.extend(once_had.into_iter().map(|app| {
            let latest = found.pieces.iter().rposition(|piece| piece.app == app);
            latest.map_or(Dependency::Recorded(app), Dependency::MigrationDraft)
        }));
        found.pieces.push(piece);
    }
    for (app, (context, is_circular)) in sights.iter().filter(|(app, _)| !found.waiting.contains(**app)) {
        let of_app = found.pieces.iter().filter(|piece| piece.app == **app);
        let operations: Vec<Operation> = of_app.flat_map(|piece| &piece.operations).cloned().collect();
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

/// Moves the state on by a piece; gives the apps that refer, or once referred, to what the piece takes away or names
/// otherwise, and those that once had a name that it takes.
fn follow(state: &mut ProjectState, piece: &MigrationDraft) -> (BTreeSet<AppLabel>, BTreeSet<AppLabel>) {
    let (mut others, mut once_had) = (BTreeSet::new(), BTreeSet::new());
    for operation in &piece.operations {
        others.extend(state.referred_from(&piece.app, operation));
        // What does not fit is found where the migration is made.
        let Ok(had) = state.move_on(&piece.app, operation) else { break };
        once_had.extend(had);
    }
    (others, once_had)
}

/// A piece before its operations have their final form.
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
    /// Any that need not come after those which have to wait.
    Any,
}

impl Take {
    /// Returns what is tried where no app gets on this way.
    fn next(self) -> Option<Self> {
        match self {
            Self::All => Some(Self::First),
            Self::First => Some(Self::Any),
            Self::Any => None,
        }
    }
}

/// Cuts the operations of all apps into pieces; gives also those that need each other in a circle.
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

/// Returns the positions of an app's operations that have all that they need of other apps, and what they depend on for
/// that.
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
            && let Some(of_operation) = met(app, planned, lists, cuts, take)
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

/// Returns whether an operation may come before one that stands before it and has to wait.
fn passes(app: &AppLabel, planned: &PlannedOperation, waiting: &PlannedOperation) -> bool {
    planned.needs.iter().all(|fact| !waiting.gives.contains(fact))
        && may_change_places(app, &waiting.operation, &planned.operation)
}

/// Returns what an operation depends on where all is there that it needs of other apps; none where something is not.
fn met(
    app: &AppLabel,
    planned: &PlannedOperation,
    lists: &Lists<'_>,
    cuts: &[Cut<'_>],
    take: Take,
) -> Option<BTreeSet<Dependency>> {
    let mut depends_on = BTreeSet::new();
    for fact in planned.needs.iter().filter(|fact| fact.app() != app) {
        let is_open = |list: &VecDeque<PlannedOperation>| list.iter().any(|it| it.gives.contains(fact));
        if lists.get(fact.app()).is_some_and(is_open) {
            return None;
        }
        match latest(fact, cuts) {
            Some(piece) => depends_on.insert(Dependency::MigrationDraft(piece)),
            // What is recorded may have what is needed; but a migration that is about to be made may have more.
            None if take != Take::All => depends_on.insert(Dependency::Recorded(fact.app().clone())),
            None => return None,
        };
    }
    Some(depends_on)
}

/// Finds a name that need only be free for no operations to need each other any longer.
fn first_edit(recorded: &ProjectState, left: &Lists<'_>) -> Option<FirstEdit> {
    let is_open = |fact: &Fact| left.values().flatten().any(|it| it.gives.contains(fact));
    let needs: BTreeSet<&Fact> = left.values().flatten().flat_map(|it| &it.needs).collect();
    needs.into_iter().filter(|fact| is_open(fact)).find_map(|fact| {
        let edit = given_up(recorded, fact)?;
        let mut lists = left.clone();
        for it in lists.values_mut().flatten() {
            it.needs.retain(|need| need != fact);
        }
        cut(lists).1.is_empty().then_some(edit)
    })
}

/// Returns the edit by which what has a name gives it up; none where the fact is not about a name.
fn given_up(recorded: &ProjectState, fact: &Fact) -> Option<FirstEdit> {
    match fact {
        Fact::TableFree(_, name) => table_given_up(recorded, name),
        Fact::NameFree(_, name) => recorded.models().find_map(|(key, model)| {
            let has = object_names(model).any(|it| it == name);
            has.then(|| FirstEdit::Object { model: key.clone(), name: name.clone() })
        }),
        Fact::ModelMade(_)
        | Fact::ModelGone(_)
        | Fact::FieldMade(..)
        | Fact::FieldRenamed(..)
        | Fact::FieldAltered(..)
        | Fact::FieldGone(..)
        | Fact::ConstraintMade(..)
        | Fact::ConstraintGone(..)
        | Fact::TableNamed(_)
        | Fact::TextRead(_) => None,
    }
}

/// Returns the edit by which a table gives up its name.
pub(super) fn table_given_up(recorded: &ProjectState, name: &TableName) -> Option<FirstEdit> {
    recorded.models().find_map(|(key, model)| {
        let (model_key, table) = (key.clone(), naming::table_aside(name));
        if model.table_name(&key.app) == *name {
            return Some(FirstEdit::Table { model: model_key, table });
        }
        let (field, _) = model.join_table_names(key).find(|(_, table)| table == name)?;
        Some(FirstEdit::JoinTable { model: model_key, field: field.name.clone(), table })
    })
}

/// Returns the last piece of the fact's app.
fn latest(fact: &Fact, cuts: &[Cut<'_>]) -> Option<usize> {
    cuts.iter().rposition(|cut| cut.app == fact.app())
}

#[cfg(test)]
mod tests;
