//! What differs on purpose: each rule brings both sides into one form in one respect. `INTENDED.md` says what users gain.

use std::collections::BTreeSet;

use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName, ObjectName};
use modelshift_schema::operation::{AlterModelTable, DeleteModel, Operation};
use modelshift_schema::optimize::optimize;
use modelshift_schema::state::ProjectState;

use crate::comparison::{Made, Object, SETTING, Sides, canonical, object};
use crate::models::order_column;

/// A difference on purpose: brings both sides into one form as far as they differ in this respect, and no further.
pub(crate) struct Rule {
    /// The name in `INTENDED.md`.
    pub(crate) name: &'static str,
    pub(crate) level: fn(&mut Sides<'_>),
}

/// Every rule, in an order in which they can be applied. What each is for, and what users gain, is in `INTENDED.md`.
pub(crate) const RULES: [Rule; 17] = [
    Rule { name: "settled-dependencies", level: settled_dependencies },
    Rule { name: "swappable", level: swappable },
    Rule { name: "case", level: case },
    Rule { name: "unmanaged-is-told", level: unmanaged_is_told },
    Rule { name: "models-go-whole", level: models_go_whole },
    Rule { name: "tables-first", level: tables_first },
    Rule { name: "objects-follow-fields", level: objects_follow_fields },
    Rule { name: "constraints-are-renamed", level: constraints_are_renamed },
    Rule { name: "orders-are-columns", level: orders_are_columns },
    Rule { name: "rules-are-constraints", level: rules_are_constraints },
    Rule { name: "keys-first", level: keys_first },
    Rule { name: "replaced-fields-go-first", level: replaced_fields_go_first },
    Rule { name: "bases-are-tables", level: bases_are_tables },
    Rule { name: "struct-order", level: struct_order },
    Rule { name: "new-models-take-renames", level: new_models_take_renames },
    Rule { name: "references-are-seen", level: references_are_seen },
    Rule { name: "looks-closer", level: looks_closer },
];

/// Gives the operations of an app, all of its migrations together, one after the other.
fn of_app<'a>(list: &'a [Made], app: &AppLabel) -> impl Iterator<Item = &'a Operation> {
    list.iter().filter(move |made| made.app == *app).flat_map(|made| &made.operations)
}

/// Gives what operations of an app lead to; what does not fit is left out.
fn after<'a>(
    before: &ProjectState,
    app: &AppLabel,
    operations: impl IntoIterator<Item = &'a Operation>,
) -> ProjectState {
    let mut state = before.clone();
    for operation in operations {
        let mut next = state.clone();
        if operation.behaviour().apply(app, &mut next).is_ok() {
            state = next;
        }
    }
    state
}

/// Tells whether the state has the very index or constraint that an operation adds.
fn has_object(state: &ProjectState, app: &AppLabel, add: &Operation) -> bool {
    let model = |name: &ModelName| state.model(&ModelKey::new(app, name)).ok();
    match add {
        Operation::AddIndex(it) => model(&it.model).is_some_and(|model| model.indexes.contains(&it.index)),
        Operation::AddConstraint(it) => {
            model(&it.model).is_some_and(|model| model.constraints.contains(&it.constraint))
        }
        _ => false,
    }
}

/// A migration depends on what it newly refers to, and on what refers to a model that it renames or deletes; theirs
/// depend on everything that their models ever referred to.
fn settled_dependencies(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter_mut().zip(&sides.ours) {
        let Made { app, operations, .. } = &*theirs;
        let is_settled = |after: &str| {
            let Some((other, _)) = after.split_once('/').filter(|(other, _)| app != *other) else {
                return false;
            };
            let refers = |it: &Operation| {
                let of_fields =
                    it.behaviour().fields().iter().flat_map(Field::targets).any(|to| to.app == *other);
                let referred = |model: &ModelName| {
                    let key = ModelKey::new(app, model);
                    sides.before.referrers(&key).into_iter().any(|(by, _)| by.app == *other)
                };
                let (before, after) = it.behaviour().models();
                of_fields || (before != after && before.is_some_and(referred))
            };
            !operations.iter().any(refers)
        };
        let settled: Vec<String> =
            theirs.after.iter().filter(|it| !ours.after.contains(*it) && is_settled(it)).cloned().collect();
        for it in settled {
            theirs.after.remove(&it);
        }
    }
}

/// What changes of a model whose table something else makes is told; theirs say nothing of it.
fn unmanaged_is_told(sides: &mut Sides<'_>) {
    for made in &mut sides.ours {
        let is_managed = |model: &ModelName| {
            sides.before.model(&ModelKey::new(&made.app, model)).is_ok_and(|model| model.managed)
        };
        let is_told = |it: &Operation| match it {
            Operation::AddField(_) | Operation::RemoveField(_) | Operation::AlterField(_) => {
                it.behaviour().model().is_some_and(|model| !is_managed(model))
            }
            _ => false,
        };
        let is_new = |it: &Operation| matches!(it, Operation::CreateModel(_));
        if !made.operations.iter().any(is_new) {
            made.operations.retain(|it| !is_told(it));
        }
    }
    sides.ours.retain(|made| !made.operations.is_empty());
}

/// A table gets its name before its model changes, so that what comes has its last name at once; theirs gets it last.
fn tables_first(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, before, sets } = sides;
    for (is_theirs, list) in [(true, theirs), (false, ours)] {
        for position in 0..list.len() {
            let app = list[position].app.clone();
            let earlier: Vec<Operation> = of_app(&list[..position], &app).cloned().collect();
            let mut state = after(before, &app, &earlier);
            let operations = std::mem::take(&mut list[position].operations);
            let (mut tables, mut rest): (Vec<(ModelName, AlterModelTable)>, Vec<Operation>) =
                (vec![], vec![]);
            for operation in operations {
                let Operation::AlterModelTable(mut it) = operation else {
                    state = after(&state, &app, [&operation]);
                    rest.push(operation);
                    continue;
                };
                let key = ModelKey::new(&app, &it.model);
                let old = state.model(&key).map(|model| model.table_name(&app));
                state = after(&state, &app, [&Operation::AlterModelTable(it.clone())]);
                let new = state.model(&key).map(|model| model.table_name(&app));
                if let (true, Ok(old), Ok(new)) = (is_theirs, old, new) {
                    for done in rest.iter_mut().filter(|done| done.behaviour().model() == Some(&it.model)) {
                        follow_table(done, old.as_str(), new.as_str(), sets);
                    }
                }
                // Before its model was renamed it had another name.
                for done in rest.iter().rev() {
                    match done {
                        Operation::RenameModel(rename) if rename.after == it.model => {
                            it.model.clone_from(&rename.before);
                        }
                        _ => {}
                    }
                }
                tables.push((it.model.clone(), it));
            }
            tables.sort_by(|one, other| one.0.cmp(&other.0));
            let tables = tables.into_iter().map(|(_, it)| Operation::AlterModelTable(it));
            list[position].operations = tables.chain(rest).collect();
        }
    }
}

/// Gives what a set is called once its table has another name.
fn follow_table(operation: &mut Operation, old: &str, new: &str, sets: &mut BTreeSet<ObjectName>) {
    let renamed = |name: &ObjectName| -> Option<ObjectName> {
        let rest = name.as_str().strip_prefix(old).filter(|rest| rest.starts_with('_'))?;
        sets.contains(name).then(|| ObjectName::new(format!("{new}{rest}")))
    };
    let Some(after) = object(operation).and_then(|it| renamed(&it.name)) else { return };
    sets.insert(after.clone());
    match operation {
        Operation::AddConstraint(it) => it.constraint.set_name(after),
        Operation::AddIndex(it) => it.index.name = Some(after),
        Operation::RemoveConstraint(it) => it.name = after,
        Operation::RemoveIndex(it) => it.name = after,
        _ => {}
    }
}

/// An index or a constraint follows a field that is renamed; theirs goes, and comes again as it is.
fn objects_follow_fields(sides: &mut Sides<'_>) {
    let renames = |it: &Operation, model: &ModelName| match it {
        Operation::RenameField(it) => it.model == *model,
        _ => false,
    };
    for position in 0..sides.theirs.len() {
        let made = sides.theirs[position].clone();
        for (gone, come) in pairs(&made.operations, |gone, come| gone.name == come.name) {
            let (Some(gone), Some(come)) = (gone, come) else { continue };
            let Some(model) = come.behaviour().model() else { continue };
            let rest = sides.theirs[position].operations.clone();
            let rest: Vec<Operation> = rest.into_iter().filter(|it| *it != gone && *it != come).collect();
            let all = of_app(&sides.theirs[..position], &made.app).chain(&rest);
            let is_same = has_object(&after(sides.before, &made.app, all), &made.app, &come);
            if is_same && rest.iter().any(|it| renames(it, model)) {
                sides.theirs[position].operations = rest;
            }
        }
    }
}

/// Gives the operations by which an index or a constraint goes, and one of the model comes, where both fit together.
fn pairs(
    operations: &[Operation],
    fits: impl Fn(&Object, &Object) -> bool,
) -> Vec<(Option<Operation>, Option<Operation>)> {
    let mut found = Vec::new();
    for gone in operations {
        for come in operations {
            let (Some(one), Some(other)) = (object(gone), object(come)) else { continue };
            if !one.comes && other.comes && one.model == other.model && fits(&one, &other) {
                found.push((Some(gone.clone()), Some(come.clone())));
            }
        }
    }
    found
}

/// A constraint under another name is renamed; theirs goes, and comes again.
fn constraints_are_renamed(sides: &mut Sides<'_>) {
    for position in 0..sides.theirs.len().min(sides.ours.len()) {
        let renames = sides.ours[position].operations.clone();
        let renames = renames.iter().filter(|it| matches!(it, Operation::RenameConstraint(_)));
        for rename in renames {
            let Operation::RenameConstraint(it) = rename else { continue };
            let made = sides.theirs[position].clone();
            let fits = |gone: &Object, come: &Object| {
                gone.model == it.model && gone.name == it.before && come.name == it.after
            };
            let found = pairs(&made.operations, fits).into_iter().next();
            let Some((Some(gone), Some(come))) = found else { continue };
            let rest: Vec<Operation> =
                made.operations.iter().filter(|it| **it != gone && **it != come).cloned().collect();
            let all = of_app(&sides.theirs[..position], &made.app).chain(&rest).chain([rename]);
            if has_object(&after(sides.before, &made.app, all), &made.app, &come) {
                sides.theirs[position].operations = rest;
                sides.ours[position].operations.retain(|it| it != rename);
            }
        }
    }
}

/// The order of rows is a column that comes and goes with others; theirs comes and goes when they are done.
fn orders_are_columns(sides: &mut Sides<'_>) {
    let is_order = |it: &Operation| match it {
        Operation::AddField(it) => it.field.name == order_column().name,
        Operation::RemoveField(it) => it.field == order_column().name,
        _ => false,
    };
    for (theirs, ours) in sides.theirs.iter_mut().zip(&mut sides.ours) {
        let both: Vec<Operation> = theirs
            .operations
            .iter()
            .filter(|it| is_order(it) && ours.operations.contains(it))
            .cloned()
            .collect();
        for made in [theirs, ours] {
            made.operations.retain(|it| !both.contains(it));
            fields_first(made, &both);
            made.operations.extend(both.iter().cloned());
        }
    }
}

/// Puts the fields that go first, of models that these are about: in theirs they wait for sets and orders.
fn fields_first(made: &mut Made, about: &[Operation]) {
    let models: Vec<&ModelName> = about.iter().filter_map(|it| it.behaviour().model()).collect();
    let waits = |it: &Operation| match it {
        Operation::RemoveField(it) => models.contains(&&it.model),
        _ => false,
    };
    made.operations.sort_by_key(|it| !waits(it));
}

/// A set of `unique_together` is a constraint among others, and one of `index_together` an index: it goes before the
/// fields of its model change, and comes after; theirs stands apart. Nothing else changes its place, but for fields that
/// go: in theirs they wait for the sets of their model.
fn rules_are_constraints(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, sets, .. } = sides;
    for (theirs, ours) in theirs.iter_mut().zip(ours) {
        let is_set = |it: &&Operation| object(it).is_some_and(|it| sets.contains(&it.name));
        let in_place = |it: &&Operation| {
            let place = ours.operations.iter().position(|other| other == *it);
            place.is_some_and(|place| is_in_place(&ours.operations, place))
        };
        let mut both: Vec<Operation> =
            theirs.operations.iter().filter(is_set).filter(in_place).cloned().collect();
        both.sort_by_key(object);
        for made in [&mut *theirs, &mut *ours] {
            made.operations.retain(|it| !both.contains(it));
            fields_first(made, &both);
            made.operations.extend(both.iter().cloned());
        }
    }
}

/// Tells whether a constraint goes before fields of its model are others, or comes after.
fn is_in_place(operations: &[Operation], place: usize) -> bool {
    let Some(it) = object(&operations[place]) else { return false };
    let changes = |other: &Operation| match other {
        Operation::AddField(other) => it.comes && other.model == it.model,
        Operation::AlterField(other) => other.model == it.model,
        Operation::RemoveField(other) => !it.comes && other.model == it.model,
        _ => false,
    };
    let others = if it.comes { &operations[place..] } else { &operations[..place] };
    !others.iter().any(changes)
}

/// No model is ever without a key: a new one comes before the old one goes.
fn keys_first(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter_mut().zip(&mut sides.ours) {
        let app = theirs.app.clone();
        let is_key = |model: &ModelName, field: &FieldName| {
            let before = sides.before.model(&ModelKey::new(&app, model));
            before.is_ok_and(|model| model.field(field).is_some_and(|field| field.primary_key))
        };
        let is_old_key = |it: &Operation| match it {
            Operation::RemoveField(it) => is_key(&it.model, &it.field),
            _ => false,
        };
        let comes = |it: &Operation| it.behaviour().fields().iter().any(|field| field.primary_key);
        let both: Vec<Operation> = theirs
            .operations
            .iter()
            .filter(|it| is_old_key(it) && ours.operations.contains(it))
            .filter(|it| {
                let place = ours.operations.iter().position(|other| other == *it).unwrap();
                let model = it.behaviour().model();
                ours.operations[..place].iter().any(|it| comes(it) && it.behaviour().model() == model)
            })
            .cloned()
            .collect();
        for made in [theirs, ours] {
            made.operations.retain(|it| !both.contains(it));
            made.operations.extend(both.iter().cloned());
        }
    }
}

/// A field that is kept elsewhere from now on goes before models come, which may have the name of its table; theirs goes
/// when the new one comes.
fn replaced_fields_go_first(sides: &mut Sides<'_>) {
    for made in sides.theirs.iter_mut().chain(&mut sides.ours) {
        let added: Vec<(ModelName, FieldName)> = made
            .operations
            .iter()
            .filter_map(|it| match it {
                Operation::AddField(it) => Some((it.model.clone(), it.field.name.clone())),
                _ => None,
            })
            .collect();
        let is_replaced = |it: &Operation| match it {
            Operation::RemoveField(it) => added.contains(&(it.model.clone(), it.field.clone())),
            _ => false,
        };
        made.operations.sort_by_key(|it| !is_replaced(it));
    }
}

/// A new model that others refer to is renamed after them, and they follow; theirs has its last name from the beginning,
/// and they refer to what is not there.
fn references_are_seen(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter().zip(&mut sides.ours) {
        let renames: Vec<Operation> =
            ours.operations.iter().filter(|it| !theirs.operations.contains(it)).cloned().collect();
        for rename in &renames {
            let Operation::RenameModel(it) = rename else { continue };
            let created = ours.operations.iter_mut().find_map(|other| match other {
                Operation::CreateModel(create) if create.model.name == it.before => Some(create),
                _ => None,
            });
            if let Some(created) = created {
                created.model.name.clone_from(&it.after);
                ours.operations.retain(|other| other != rename);
            }
        }
    }
}

/// An operation is asked what it touches; theirs take many for what nothing may pass. So ours come to fewer, and what
/// may change places stands elsewhere.
fn looks_closer(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter_mut().zip(&mut sides.ours) {
        if ours.operations.len() >= theirs.operations.len() {
            continue;
        }
        let closer = optimize(&theirs.app, theirs.operations.clone());
        let closer: Vec<Operation> = closer.iter().map(|it| canonical(&theirs.app, it)).collect();
        if closer.len() == ours.operations.len() {
            theirs.operations = settled(&theirs.app, closer);
            ours.operations = settled(&ours.app, std::mem::take(&mut ours.operations));
        }
    }
}

/// Gives the operations in the first of the orders in which they can be done, by what they say of themselves.
fn settled(app: &AppLabel, mut open: Vec<Operation>) -> Vec<Operation> {
    let mut done = Vec::new();
    while !open.is_empty() {
        let is_free = |place: &usize| {
            let touches = open[*place].behaviour().touches(app);
            open[..*place].iter().all(|it| !it.behaviour().touches(app).conflict_with(&touches))
        };
        let free = (0..open.len()).filter(is_free);
        let first = free.min_by_key(|place| open[*place].behaviour().describe()).unwrap_or(0);
        done.push(open.remove(first));
    }
    done
}

/// New columns come in the order of the struct; theirs come in the order of the alphabet.
fn struct_order(sides: &mut Sides<'_>) {
    for made in sides.theirs.iter_mut().chain(&mut sides.ours) {
        let added = |it: &Operation| match it {
            Operation::AddField(it) => Some((it.model.clone(), it.field.name.clone())),
            _ => None,
        };
        let same = |one: &Operation, other: &Operation| match (added(one), added(other)) {
            (Some(one), Some(other)) => one.0 == other.0,
            _ => false,
        };
        for run in made.operations.chunk_by_mut(same) {
            run.sort_by_key(|it| added(it).map(|(_, field)| field));
        }
    }
}

/// Structs whose names differ by case are renamed; theirs are the same.
fn case(sides: &mut Sides<'_>) {
    let is_case = |it: &Operation| match it {
        Operation::RenameModel(it) => it.before.as_str().eq_ignore_ascii_case(it.after.as_str()),
        _ => false,
    };
    for made in &mut sides.ours {
        made.operations.retain(|it| !is_case(it));
    }
    sides.ours.retain(|made| !made.operations.is_empty());
}

/// A model goes with all its fields at once, after the models that refer to it; theirs are stripped first.
fn models_go_whole(sides: &mut Sides<'_>) {
    for made in sides.theirs.iter_mut().chain(&mut sides.ours) {
        let gone: BTreeSet<ModelName> = made.operations.iter().filter_map(deleted).cloned().collect();
        made.operations.retain(|it| match it {
            Operation::RemoveField(it) => !gone.contains(&it.model),
            Operation::RemoveConstraint(it) => !gone.contains(&it.model),
            Operation::RemoveIndex(it) => !gone.contains(&it.model),
            _ => true,
        });
        let both = |one: &Operation, other: &Operation| deleted(one).is_some() && deleted(other).is_some();
        for run in made.operations.chunk_by_mut(both) {
            run.sort_by(|one, other| deleted(one).cmp(&deleted(other)));
        }
    }
}

fn deleted(operation: &Operation) -> Option<&ModelName> {
    match operation {
        Operation::DeleteModel(DeleteModel { model }) => Some(model),
        _ => None,
    }
}

/// A model is referred to by its name; theirs may be told by a setting which one it is, and depend on that.
fn swappable(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter_mut().zip(&mut sides.ours) {
        if theirs.after.remove(SETTING) {
            ours.after.retain(|it| theirs.after.contains(it));
        }
    }
}

/// A base is a table of its own, so that a new model may have a field of the same name; theirs goes first there.
fn bases_are_tables(sides: &mut Sides<'_>) {
    let is_base = |create: &Operation, remove: &Operation| match (create, remove) {
        (Operation::CreateModel(create), Operation::RemoveField(remove)) => {
            let leads = |field: &Field| {
                (field.unique || field.primary_key) && field.targets().any(|to| to.name == remove.model)
            };
            create.model.field(&remove.field).is_some() && create.model.fields.iter().any(leads)
        }
        _ => false,
    };
    for made in &mut sides.theirs {
        for position in 1..made.operations.len() {
            if is_base(&made.operations[position], &made.operations[position - 1]) {
                made.operations.swap(position - 1, position);
            }
        }
    }
}

/// An index of a new model that is renamed has its last name from the beginning; theirs is made and renamed.
fn new_models_take_renames(sides: &mut Sides<'_>) {
    for made in &mut sides.theirs {
        let mut position = 1;
        while position < made.operations.len() {
            let (before, next) = (&made.operations[position - 1], &made.operations[position]);
            let merged = match next {
                Operation::RenameIndex(_) if matches!(before, Operation::CreateModel(_)) => {
                    before.behaviour().merge(&made.app, next)
                }
                _ => None,
            };
            match merged {
                Some(merged) => {
                    let merged = merged.iter().map(|it| canonical(&made.app, it)).collect::<Vec<_>>();
                    made.operations.splice(position - 1..=position, merged);
                }
                None => position += 1,
            }
        }
    }
}
