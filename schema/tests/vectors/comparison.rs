//! Two lists of migrations side by side, in one form; where they differ on purpose, the rule that says so.

use std::collections::BTreeSet;

use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey, ModelName};
use modelshift_schema::operation::{DeleteModel, Operation};
use modelshift_schema::state::ProjectState;

/// What stands for a dependency on a setting.
pub(crate) const SETTING: &str = "a setting";

/// One migration, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) app: AppLabel,
    pub(crate) initial: bool,
    /// What it depends on: `app/2` for the second one made for an app, `app/recorded` for what was there.
    pub(crate) after: BTreeSet<String>,
    pub(crate) operations: Vec<Operation>,
    /// What its name says after the number; none where their operations are not ours one by one.
    pub(crate) name: Option<String>,
}

impl Made {
    /// Spells the migration for a person.
    pub(crate) fn spelled(&self) -> Vec<String> {
        let after: Vec<&str> = self.after.iter().map(String::as_str).collect();
        let head =
            format!("{} {} after [{}]", self.app, self.name.as_deref().unwrap_or("-"), after.join(", "));
        let done = self.operations.iter().map(|operation| {
            let fields: Vec<String> = operation.behaviour().fields().iter().map(spelled_field).collect();
            format!("  {} ({})", operation.behaviour().describe(), fields.join(", "))
        });
        [head].into_iter().chain(done).collect()
    }
}

fn spelled_field(field: &Field) -> String {
    let kind = match &field.kind {
        FieldKind::Column(column_type) => format!("{column_type:?}"),
        FieldKind::ForeignKey(relation) => format!(">{}", relation.to),
        FieldKind::ManyToMany(relation) => format!("*{}", relation.to),
    };
    let flags =
        [(field.null, "?"), (field.primary_key, " key"), (field.unique, " unique"), (field.index, " index")];
    let flags: String = flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag).collect();
    format!("{} {kind}{flags}", field.name)
}

/// Gives the operations in the one form in which they are compared: what only readers see is left out, and so are
/// values for rows that exist, which are answers.
pub(crate) fn canonical(app: &AppLabel, operation: &Operation) -> Operation {
    let mut operation = operation.clone();
    match &mut operation {
        Operation::CreateModel(it) => {
            it.model = it.model.clone().with_names(app);
            let Model { fields, indexes, constraints, .. } = &mut it.model;
            fields.iter_mut().for_each(plain);
            fields.sort_by(|one, other| one.name.cmp(&other.name));
            indexes.sort_by(|one, other| one.name.cmp(&other.name));
            constraints.sort_by(|one, other| one.name().cmp(&other.name()));
        }
        Operation::AddField(it) => {
            it.backfill = None;
            plain(&mut it.field);
        }
        Operation::AlterField(it) => {
            it.backfill = None;
            plain(&mut it.field);
        }
        _ => {}
    }
    operation
}

fn plain(field: &mut Field) {
    field.index &= !field.unique && !field.primary_key;
    field.unique &= !field.primary_key;
    if field.column.as_ref() == Some(&Field { column: None, ..field.clone() }.column_name()) {
        field.column = None;
    }
    match &mut field.kind {
        FieldKind::Column(_) => {}
        FieldKind::ForeignKey(relation) => relation.related_name = None,
        FieldKind::ManyToMany(relation) => relation.related_name = None,
    }
}

/// Both sides of a comparison.
#[derive(Clone, Debug)]
pub(crate) struct Sides<'a> {
    pub(crate) theirs: Vec<Made>,
    pub(crate) ours: Vec<Made>,
    pub(crate) before: &'a ProjectState,
}

/// A difference on purpose: brings both sides into one form as far as they differ in this respect, and no further.
pub(crate) struct Rule {
    /// The name in `INTENDED.md`.
    pub(crate) name: &'static str,
    pub(crate) level: fn(&mut Sides<'_>),
}

/// Every rule. What each is for, and what users gain, is in `INTENDED.md`.
pub(crate) const RULES: [Rule; 8] = [
    Rule { name: "struct-order", level: struct_order },
    Rule { name: "case", level: case },
    Rule { name: "settled-dependencies", level: settled_dependencies },
    Rule { name: "models-go-whole", level: models_go_whole },
    Rule { name: "rules-are-constraints", level: rules_are_constraints },
    Rule { name: "bases-are-tables", level: bases_are_tables },
    Rule { name: "new-models-take-renames", level: new_models_take_renames },
    Rule { name: "swappable", level: swappable },
];

/// Gives the fewest rules under which both sides are the same; none where they are not.
pub(crate) fn agree(sides: &Sides<'_>) -> Option<Vec<&'static str>> {
    let mut sets: Vec<u32> = (0..1 << RULES.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    sets.into_iter().find_map(|set| {
        let mut sides = sides.clone();
        let rules: Vec<&Rule> =
            RULES.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, rule)| rule).collect();
        for rule in &rules {
            let (theirs, ours) = (sides.theirs.clone(), sides.ours.clone());
            (rule.level)(&mut sides);
            if (theirs, ours) == (sides.theirs.clone(), sides.ours.clone()) {
                // A rule that changes nothing explains nothing.
                return None;
            }
        }
        if set != 0 {
            // With other operations or another order comes another name.
            sides.theirs.iter_mut().chain(&mut sides.ours).for_each(|made| made.name = None);
        } else {
            for (theirs, ours) in sides.theirs.iter().zip(&mut sides.ours) {
                if theirs.name.is_none() {
                    ours.name = None;
                }
            }
        }
        (sides.theirs == sides.ours).then(|| rules.iter().map(|rule| rule.name).collect())
    })
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

/// A migration depends on what it newly refers to, and on what refers to a model that it renames or deletes; theirs
/// depend on everything that their models ever referred to.
fn settled_dependencies(sides: &mut Sides<'_>) {
    for (theirs, ours) in sides.theirs.iter_mut().zip(&sides.ours) {
        let Made { app, operations, .. } = &*theirs;
        let is_settled = |after: &str| {
            let Some(other) = after.strip_suffix("/recorded") else { return false };
            let refers = |it: &Operation| {
                let of_fields =
                    it.behaviour().fields().iter().flat_map(Field::targets).any(|to| to.app == *other);
                let referred = |model: &ModelName| {
                    let key = ModelKey::new(app, model);
                    sides.before.referrers(&key).into_iter().any(|(by, _)| by.app == *other)
                };
                let (before, after) = it.models();
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

/// A set of `unique_together` is a constraint among others, and one of `index_together` an index: those that go go
/// first, and those that come come last; theirs stand apart.
fn rules_are_constraints(sides: &mut Sides<'_>) {
    let rank = |it: &Operation| match it {
        Operation::RemoveConstraint(it) => Some((0, it.model.clone(), Some(it.name.clone()))),
        Operation::RemoveIndex(it) => Some((1, it.model.clone(), Some(it.name.clone()))),
        Operation::AddIndex(it) => Some((2, it.model.clone(), it.index.name.clone())),
        Operation::AddConstraint(it) => Some((3, it.model.clone(), it.constraint.name().cloned())),
        _ => None,
    };
    for made in sides.theirs.iter_mut().chain(&mut sides.ours) {
        // Fields and models are in between; in themselves they keep their order.
        let place = |it: &Operation| match rank(it) {
            Some((kind @ (0 | 1), ..)) => (kind, rank(it)),
            None => (2, None),
            Some((kind, ..)) => (kind + 1, rank(it)),
        };
        made.operations.sort_by_key(place);
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
