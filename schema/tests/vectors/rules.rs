//! What differs on purpose: each rule brings both sides into one form in one respect. `INTENDED.md` says what users gain.

use std::collections::BTreeSet;

use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName, ObjectName};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::rename_field::Place;
use modelshift_schema::operation::{AlterModelTable, DeleteModel, Operation, RenameField};
use modelshift_schema::state::ProjectState;

use crate::comparison::{Made, Sides, leads_to, object, stations};
use crate::models::order_column;

/// A difference on purpose: brings both sides into one form as far as they differ in this respect, and no further.
pub(crate) struct Rule {
    /// The name in `INTENDED.md`.
    pub(crate) name: &'static str,
    pub(crate) level: fn(&mut Sides<'_>),
}

/// Every rule, in an order in which they can be applied. What each is for, and what users gain, is in `INTENDED.md`.
pub(crate) const RULES: [Rule; 15] = [
    Rule { name: "settled-dependencies", level: settled_dependencies },
    Rule { name: "case", level: case },
    Rule { name: "renames-in-place", level: renames_in_place },
    Rule { name: "unmanaged-is-told", level: unmanaged_is_told },
    Rule { name: "models-go-whole", level: models_go_whole },
    Rule { name: "tables-first", level: tables_first },
    Rule { name: "options-are-parts", level: options_are_parts },
    Rule { name: "keys-first", level: keys_first },
    Rule { name: "replaced-fields-go-first", level: replaced_fields_go_first },
    Rule { name: "bases-are-tables", level: bases_are_tables },
    Rule { name: "struct-order", level: struct_order },
    Rule { name: "targets-first", level: targets_first },
    Rule { name: "names-wait", level: names_wait },
    Rule { name: "leads-there", level: leads_there },
    Rule { name: "shorter", level: shorter },
];

/// Returns the operations of an app, all of its migrations together, one after the other.
fn of_app<'a>(list: &'a [Made], app: &AppLabel) -> impl Iterator<Item = &'a Operation> {
    list.iter().filter(move |made| made.app == *app).flat_map(|made| &made.operations)
}

/// Returns what operations of an app lead to; what does not fit is left out.
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

/// A rename says that the column stays; theirs writes the column down in an operation before.
fn renames_in_place(sides: &mut Sides<'_>) {
    for made in &mut sides.theirs {
        let mut operations: Vec<Operation> = Vec::new();
        for operation in std::mem::take(&mut made.operations) {
            let in_place =
                operations.last().and_then(|before| in_place(sides.before, &made.app, before, &operation));
            if in_place.is_some() {
                operations.pop();
            }
            operations.push(in_place.unwrap_or(operation));
        }
        made.operations = operations;
    }
}

/// Returns the one rename that equals two operations, the first of which only writes the name of a column down.
fn in_place(
    state: &ProjectState,
    app: &AppLabel,
    first: &Operation,
    rename: &Operation,
) -> Option<Operation> {
    let (Operation::AlterField(alter), Operation::RenameField(rename)) = (first, rename) else { return None };
    let before = state.field(&ModelKey::new(app, &alter.model), &alter.field.name).ok()?;
    // A name that goes without saying is left out on both sides.
    let is_written_down = before.column.is_none() && before.is_equivalent_to(&alter.field);
    let is_own = rename.model == alter.model && rename.before == alter.field.name && rename.place.is_none();
    let place = (is_written_down && is_own).then(|| Place::Column(alter.field.column_name()))?;
    Some(Operation::RenameField(RenameField { place: Some(place), ..rename.clone() }))
}

/// What changes of a model whose table something else makes is told; theirs say nothing of it.
fn unmanaged_is_told(sides: &mut Sides<'_>) {
    for made in &mut sides.ours {
        let left: Vec<ModelName> = made.operations.iter().filter_map(left).cloned().collect();
        let is_unmanaged = |model: &ModelName| {
            let before = sides.before.model(&ModelKey::new(&made.app, model));
            left.contains(model) || before.is_ok_and(|model| !model.managed)
        };
        let is_told = |it: &Operation| match it {
            Operation::AlterModelOptions(_) | Operation::AlterModelTable(_) | Operation::DeleteModel(_) => {
                false
            }
            it => it.behaviour().model().is_some_and(is_unmanaged),
        };
        made.operations.retain(|it| !is_told(it));
    }
    sides.ours.retain(|made| !made.operations.is_empty());
}

/// Returns the model whose table is detached.
fn left(operation: &Operation) -> Option<&ModelName> {
    match operation {
        Operation::AlterModelOptions(it) if it.managed == Management::Left => Some(&it.model),
        _ => None,
    }
}

/// A table gets its name before its model changes, so that what comes has its last name at once; theirs gets it last.
fn tables_first(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, before, sets, .. } = sides;
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

/// Returns what a set is called once its table has another name.
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

/// What theirs tell as options of a model, and change when all else is done, are constraints and columns among others.
fn options_are_parts(sides: &mut Sides<'_>) {
    orders_are_columns(sides);
    rules_are_constraints(sides);
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

/// Returns whether a constraint goes before fields of its model are others, or comes after.
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

/// A new model comes after those that it refers to, with its references; theirs may come before, and gets them later. Of
/// a circle another reference may be the late one.
fn targets_first(sides: &mut Sides<'_>) {
    let are_alike = without_references(&sides.theirs) == without_references(&sides.ours);
    let led = [&sides.theirs, &sides.ours].map(|list| stations(sides.before, list));
    if let (true, [Ok(theirs), Ok(ours)]) = (are_alike, led)
        && theirs.len() == ours.len()
        && theirs.iter().zip(&ours).all(|(one, other)| one.is_equivalent_to(other))
    {
        for (theirs, ours) in sides.theirs.iter_mut().zip(&sides.ours) {
            theirs.operations.clone_from(&ours.operations);
        }
    }
}

/// Returns the migrations with new models in the order of their names, and without the references of these.
fn without_references(list: &[Made]) -> Vec<Made> {
    let mut list = list.to_vec();
    let made: BTreeSet<(AppLabel, ModelName)> = list
        .iter()
        .flat_map(|it| it.operations.iter().filter_map(|made| Some((it.app.clone(), created(made)?.clone()))))
        .collect();
    let is_reference = |field: &Field| field.targets().next().is_some() && !field.primary_key;
    for it in &mut list {
        let is_late = |operation: &Operation| match operation {
            Operation::AddField(add) => {
                is_reference(&add.field) && made.contains(&(it.app.clone(), add.model.clone()))
            }
            _ => false,
        };
        it.operations.retain(|operation| !is_late(operation));
        for operation in &mut it.operations {
            if let Operation::CreateModel(create) = operation {
                create.model.fields.retain(|field| !is_reference(field));
            }
        }
        let both = |one: &Operation, other: &Operation| created(one).is_some() && created(other).is_some();
        for run in it.operations.chunk_by_mut(both) {
            run.sort_by(|one, other| created(one).cmp(&created(other)));
        }
        it.name = None;
    }
    list
}

fn created(operation: &Operation) -> Option<&ModelName> {
    match operation {
        Operation::CreateModel(create) => Some(&create.model.name),
        _ => None,
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

/// Ours are fewer and lead to the same; what both do comes in the same order, and no more goes than in theirs.
fn shorter(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, before, goal: Some(goal), .. } = sides else { return };
    for (position, ours) in ours.iter().enumerate().take(theirs.len()) {
        let (one, other) = (&theirs[position].operations, &ours.operations);
        let both = |list: &[Operation], rest: &[Operation]| -> Vec<Operation> {
            list.iter().filter(|it| rest.contains(it)).cloned().collect()
        };
        let lost = |list: &[Operation]| list.iter().filter(|it| it.behaviour().is_destructive()).count();
        let is_shorter = other.len() < one.len() && both(one, other) == both(other, one);
        let mut shorter = theirs.clone();
        shorter[position].operations.clone_from(other);
        if is_shorter && lost(other) <= lost(one) && leads_to(before, &shorter, goal) {
            *theirs = shorter;
        }
    }
}

/// What takes a name comes after the models that go first, one of which may have had it; in theirs it may come before.
/// Nothing else differs.
fn names_wait(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, before, goal: Some(goal), .. } = sides else { return };
    for (theirs, ours) in theirs.iter_mut().zip(ours.iter()) {
        let apart = |made: &Made| -> (Vec<Operation>, Vec<Operation>) {
            made.operations.iter().cloned().partition(|it| deleted(it).is_some())
        };
        let places = |made: &Made| -> Vec<usize> {
            let places = made.operations.iter().enumerate().filter(|(_, it)| deleted(it).is_some());
            places.map(|(place, _)| place).collect()
        };
        let are_first = places(ours).iter().zip(places(theirs)).all(|(one, other)| *one <= other);
        if apart(theirs) == apart(ours) && are_first && leads_to(before, std::slice::from_ref(ours), goal) {
            theirs.operations.clone_from(&ours.operations);
        }
    }
}

/// Theirs cannot be done one after the other, or lead to something else than what they stand for; ours lead to it.
fn leads_there(sides: &mut Sides<'_>) {
    let Sides { theirs, ours, before, goal: Some(goal), .. } = sides else { return };
    if !leads_to(before, theirs, goal) && leads_to(before, ours, goal) {
        theirs.clone_from(ours);
    }
}
