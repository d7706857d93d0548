//! Numbers -> an edit of the models, as a person would make it: what uses a thing that goes or is renamed is edited too.

use modelshift_schema::choices::Choices;
use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, ReferenceRule, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Identity, Storage};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{Deferrable, ForeignKey, ManyToMany, ReferentialAction};
use modelshift_schema::state::ProjectState;

use super::{Edit, Sources, app};

const MODELS: [&str; 6] = ["Author", "Book", "City", "Draft", "Event", "Fair"];
const FIELDS: [&str; 7] = ["age", "body", "code", "day", "email", "flag", "grade"];

/// Makes one edit; `recorded` tells which names a `renamed_from` must go back to.
pub(crate) fn edit(sources: &mut Sources, recorded: &ProjectState, (kind, a, b, c): Edit) {
    if kind % 23 == 0 || sources.is_empty() {
        return add_model(sources, a, b, c);
    }
    let key = pick(&sources.keys().cloned().collect::<Vec<_>>(), a).clone();
    match kind % 23 {
        18 | 4 if alter_reference(model_of(sources, &key), c) => {}
        1 => remove_model(sources, &key),
        2 => rename_model(sources, recorded, &key, b),
        3..=5 => add_field(sources, &key, b, c),
        6 => remove_field(sources, &key, b),
        7 => rename_field(sources, recorded, &key, b, c),
        14 if c.is_multiple_of(2) => add_reference(sources, &key, b, c),
        8..=12 => alter_field(sources, &key, kind % 23, b, c),
        13..=16 => change_objects(model_of(sources, &key), kind % 23, b, c),
        20 => change_objects(model_of(sources, &key), 13, b, c),
        21 | 22 => change_objects(model_of(sources, &key), 16, b, c),
        17 => {
            let model = model_of(sources, &key);
            if c % 7 == 6 {
                model.managed = b.is_multiple_of(2);
                return;
            }
            if c.is_multiple_of(3) {
                model.comment = (b % 2 == 1).then(|| format!("comment {b}"));
                return;
            }
            model.table = (c % 2 == 1).then(|| format!("table_{}", b % 3).into());
        }
        18 => model_of(sources, &key).fields.rotate_left(1),
        _ => change_key(sources, &key, b),
    }
}

fn pick<T>(items: &[T], number: u8) -> &T {
    &items[usize::from(number) % items.len()]
}

fn model_of<'a>(sources: &'a mut Sources, key: &ModelKey) -> &'a mut Model {
    &mut sources.get_mut(key).expect("the model was picked from the sources").model
}

fn column_type(number: u8) -> ColumnType {
    let plain = [ColumnType::samples(), ColumnType::native_samples()].concat();
    match usize::from(number) {
        number if number % 4 == 3 => choices(number / 4),
        number => plain[number % plain.len()].clone(),
    }
}

/// Gives an enum of any storage, with some of its variants in some order.
fn choices(number: usize) -> ColumnType {
    let samples = Choices::samples();
    let mut choices = samples[number % samples.len()].clone();
    let turn = number / 5 % choices.variants.len();
    choices.variants.rotate_left(turn);
    choices.variants.truncate(1 + number / 3 % choices.variants.len());
    ColumnType::Choices(choices)
}

fn add_model(sources: &mut Sources, a: u8, b: u8, c: u8) {
    let key = ModelKey::new(app(), *pick(&MODELS, a));
    let id = Field {
        primary_key: true,
        ..Field::new("id", pick(&[ColumnType::I64, ColumnType::Uuid], c).clone())
    };
    let fields = vec![id, Field::new(*pick(&FIELDS, b), column_type(b / 7))];
    let model = Model::new(key.name.clone(), fields);
    sources.entry(key).or_insert(SourceModel { model, hints: ModelHints::default() });
}

fn remove_model(sources: &mut Sources, key: &ModelKey) {
    sources.remove(key);
    let referring: Vec<(ModelKey, FieldName)> = references(sources, key);
    for (model, field) in referring {
        drop_field(model_of(sources, &model), &field);
    }
    for source in sources.values_mut() {
        source.model.constraints.retain(|constraint| constraint.target() != Some(key));
    }
}

fn references(sources: &Sources, to: &ModelKey) -> Vec<(ModelKey, FieldName)> {
    let refers = |field: &&Field| field.refers_to(to);
    sources
        .iter()
        .flat_map(|(key, source)| {
            source.model.fields.iter().filter(refers).map(|field| (key.clone(), field.name.clone()))
        })
        .collect()
}

fn rename_model(sources: &mut Sources, recorded: &ProjectState, key: &ModelKey, b: u8) {
    let after = ModelKey::new(app(), *pick(&MODELS, b));
    if sources.contains_key(&after) {
        return;
    }
    let mut source = sources.remove(key).unwrap();
    source.model.name = after.name.clone();
    if recorded.contains(key) {
        source.hints.renamed_from = Some(key.name.clone());
    }
    source.hints.new = false;
    sources.insert(after.clone(), source);
    for source in sources.values_mut() {
        for target in source.model.targets_mut().filter(|target| *target == key) {
            *target = after.clone();
        }
    }
}

fn add_field(sources: &mut Sources, key: &ModelKey, b: u8, c: u8) {
    let target = pick(&sources.keys().cloned().collect::<Vec<_>>(), c / 4).clone();
    let model = model_of(sources, key);
    let name = *pick(&FIELDS, b);
    if model.field(&name.into()).is_some() {
        return;
    }
    let field = match c % 5 {
        4 => Field::many_to_many(name, ManyToMany::new(target)),
        0 => Field::foreign_key(name, ForeignKey::new(target)),
        1 => Field { null: true, ..Field::foreign_key(name, ForeignKey::new(target)) },
        2 => Field { null: true, ..Field::new(name, column_type(c / 4)) },
        _ => Field::new(name, column_type(c / 4)),
    };
    model.fields.push(field);
}

/// Takes a field out with all that uses it; a key stays.
fn drop_field(model: &mut Model, name: &FieldName) {
    if model.field(name).is_some_and(|field| field.primary_key) {
        return;
    }
    model.fields.retain(|field| field.name != *name);
    for field in &mut model.fields {
        field.generated = field.generated.take().filter(|generated| !generated.names(name.as_str()));
    }
    model.indexes.retain(|index| !index.field_names().iter().any(|it| *name == *it));
    model.constraints.retain(|constraint| !constraint.field_names().iter().any(|it| *name == *it));
}

fn remove_field(sources: &mut Sources, key: &ModelKey, b: u8) {
    let model = model_of(sources, key);
    let name = pick(&model.fields, b).name.clone();
    drop_field(model, &name);
}

fn rename_field(sources: &mut Sources, recorded: &ProjectState, key: &ModelKey, b: u8, c: u8) {
    let source = sources.get_mut(key).unwrap();
    let before: FieldName = pick(&source.model.fields, b).name.clone();
    let after = FieldName::new(*pick(&FIELDS, c));
    if source.model.field(&after).is_some() {
        return;
    }
    for field in source.model.fields.iter_mut().filter(|field| field.name == before) {
        field.name = after.clone();
    }
    for generated in source.model.fields.iter_mut().filter_map(|field| field.generated.as_mut()) {
        generated.rename(before.as_str(), after.as_str());
    }
    source.model.indexes.iter_mut().for_each(|index| index.rename_field(&before, &after));
    source.model.constraints.iter_mut().for_each(|constraint| constraint.rename_field(&before, &after));
    let mut hints = source.hints.fields.remove(&before).unwrap_or_default();
    let origin = ModelKey::new(app(), source.hints.renamed_from.as_ref().unwrap_or(&key.name));
    if recorded.field(&origin, &before).is_ok() || recorded.field(key, &before).is_ok() {
        hints.renamed_from = Some(before.clone());
    }
    hints.new = false;
    source.hints.fields.insert(after.clone(), hints);
    for source in sources.values_mut() {
        source.model.follow_target(key, &before, &after);
    }
}

fn alter_field(sources: &mut Sources, key: &ModelKey, kind: u8, b: u8, c: u8) {
    let target = pick(&sources.keys().cloned().collect::<Vec<_>>(), c / 5).clone();
    let is_unique = |field: &&Field| field.has_column() && (field.unique || b % 8 == 3);
    let unique = sources[&target].model.fields.iter().find(is_unique).map(|field| field.name.clone());
    let model = model_of(sources, key);
    let position = usize::from(b) % model.fields.len();
    let sources: Vec<FieldName> = model
        .fields
        .iter()
        .filter(|it| it.generated.is_none() && matches!(it.kind, FieldKind::Column(_)))
        .map(|it| it.name.clone())
        .collect();
    let is_source = model.fields.iter().any(|it| {
        it.generated.as_ref().is_some_and(|generated| generated.names(model.fields[position].name.as_str()))
    });
    let field = &mut model.fields[position];
    if field.primary_key {
        return;
    }
    if kind == 11 && c % 4 == 3 && matches!(field.kind, FieldKind::Column(_)) {
        return generate(field, is_source, pick(&sources, b / 8), c);
    }
    // What others are reckoned from stays a column.
    if (is_source || field.generated.is_some()) && (kind == 8 || kind == 12) {
        return;
    }
    if kind != 8 && !field.has_column() {
        let table = (c % 2 == 1).then(|| format!("join_{}", c % 3).into());
        field.kind = FieldKind::ManyToMany(ManyToMany { table, ..ManyToMany::new(target) });
        return;
    }
    match kind {
        8 if c.is_multiple_of(6) => {
            *field = Field::many_to_many(field.name.clone(), ManyToMany::new(target));
            let name = field.name.clone();
            model.indexes.retain(|index| !index.field_names().iter().any(|it| name == *it));
            model.constraints.retain(|constraint| !constraint.field_names().iter().any(|it| name == *it));
        }
        8 => field.kind = FieldKind::Column(column_type(c)),
        9 if c.is_multiple_of(3) => field.comment = (b % 2 == 1).then(|| format!("comment {c}")),
        9 if c % 3 == 1 && matches!(field.kind, FieldKind::Column(ColumnType::Text)) => {
            field.collation = (b % 2 == 1).then(|| Collation::everywhere("NOCASE"));
        }
        9 => field.null = !field.null,
        10 if c.is_multiple_of(2) => field.unique = !field.unique,
        10 => field.index = !field.index,
        11 => {
            let default = [None, Some(Expr::int(c)), Some(Expr::Literal(Literal::Bool(true)))];
            field.default.clone_from(pick(&default, c));
        }
        _ if c.is_multiple_of(5) => {
            let action = *pick(&ReferentialAction::ALL, b);
            // What refers to itself by itself has no type; the models are then taken back.
            let to_field = unique.filter(|_| c % 2 == 1);
            field.kind =
                FieldKind::ForeignKey(ForeignKey { on_delete: action, to_field, ..ForeignKey::new(target) });
        }
        _ => field.column = (c % 2 == 1).then(|| format!("column_{}", c % 3).into()),
    }
}

/// Lets the database reckon a field from another, count it, keep it in a type of its own, or nothing of the kind.
fn generate(field: &mut Field, is_source: bool, from: &FieldName, c: u8) {
    let (name, storage) = (Expr::name(from.as_str()), *pick(&Storage::ALL, c / 64));
    (field.generated, field.identity, field.sql_type) = (None, None, None);
    match c / 4 % 4 {
        0 if !is_source && *from != field.name => {
            field.default = None;
            field.generated = Some(Generated { expression: name, storage });
        }
        1 => field.identity = Some(*pick(&Identity::ALL, c / 64)),
        2 => field.sql_type = Some(PerDatabase::everywhere("numeric")),
        _ => {}
    }
}

fn change_objects(model: &mut Model, kind: u8, b: u8, c: u8) {
    let fields: Vec<Field> = model.fields.iter().filter(|field| field.has_column()).cloned().collect();
    let field = |number: u8| pick(&fields, number).name.clone();
    let (one, other) = (field(b), field(b / 16));
    let name = (c % 2 == 1).then(|| format!("{}_{}", model.name.as_str().to_lowercase(), c % 8).into());
    match kind {
        13 => {
            let mut parts = vec![IndexPart::ascending(Expr::name(one.as_str()))];
            if one != other {
                parts.push(IndexPart::descending(Expr::name(other.as_str())));
            }
            let method = (c % 16 == 3).then_some(IndexMethod::Gin);
            let last = &model.fields[model.fields.len() - 1].name;
            let include =
                if c % 8 == 5 && one != *last && other != *last { vec![last.clone()] } else { Vec::new() };
            model.indexes.push(Index { name, include, method, ..Index::new(parts) });
        }
        14 => {
            let mut fields = vec![one.clone()];
            fields.extend((one != other).then_some(other));
            let include: Vec<FieldName> = model.fields.iter().map(|field| field.name.clone()).collect();
            let include = include.into_iter().filter(|it| !fields.contains(it) && c % 8 == 5).take(1);
            let include = include.filter(|it| model.field(it).is_some_and(Field::has_column)).collect();
            let nulls_not_distinct = c % 16 == 2;
            let deferrable = (c % 16 == 4).then_some(Deferrable::Deferred);
            let rule =
                UniqueRule { name, include, nulls_not_distinct, deferrable, ..UniqueRule::over(fields) };
            model.constraints.push(Constraint::Unique(rule));
        }
        15 if c % 8 == 6 => {
            let part = IndexPart::ascending(Expr::name(one.as_str()));
            let part = ExclusionPart { part, operator: "=".to_owned() };
            model
                .constraints
                .push(Constraint::Exclude(ExclusionRule { name, ..ExclusionRule::new(vec![part]) }));
        }
        15 => {
            let condition = Expr::binary(BinaryOp::Ge, Expr::name(one.as_str()), Expr::int(c));
            model.constraints.push(Constraint::Check { name, condition });
        }
        _ if !model.indexes.is_empty() && (c % 4 < 3 || model.constraints.is_empty()) => {
            let position = usize::from(b) % model.indexes.len();
            match name {
                Some(_) => model.indexes[position].name = name,
                None => drop(model.indexes.remove(position)),
            }
        }
        _ if !model.constraints.is_empty() => {
            let position = usize::from(b / 2) % model.constraints.len();
            match name {
                Some(name) if !b.is_multiple_of(4) => model.constraints[position].set_name(name),
                Some(_) | None => drop(model.constraints.remove(position)),
            }
        }
        _ => {}
    }
}

/// Changes what a database changes of a reference where it is; tells whether there is one.
fn alter_reference(model: &mut Model, c: u8) -> bool {
    let Some(rule) = model.constraints.iter_mut().filter_map(Constraint::reference_mut).last() else {
        return false;
    };
    rule.deferrable = (c % 2 == 1).then_some(Deferrable::Deferred);
    rule.index = c % 4 < 2;
    true
}

/// Refers to the key of a model, or to fields that are unique together, by fields of the same types.
fn add_reference(sources: &mut Sources, key: &ModelKey, b: u8, c: u8) {
    let to = pick(&sources.keys().cloned().collect::<Vec<_>>(), b).clone();
    let target = &sources[&to].model;
    let unique = target.constraints.iter().map(Constraint::held_apart).find(|fields| !fields.is_empty());
    let of_key = || target.primary_key().map(|field| field.name.clone()).collect();
    let to_fields: Vec<FieldName> = unique.filter(|_| c % 2 == 1).map_or_else(of_key, <[_]>::to_vec);
    let held: Vec<Field> = to_fields.iter().filter_map(|name| target.field(name)).cloned().collect();
    let model = model_of(sources, key);
    let mut fields: Vec<FieldName> = Vec::new();
    for (position, held) in held.iter().enumerate() {
        let is_alike = |it: &&Field| {
            it.kind == held.kind && it.collation == held.collation && !fields.contains(&it.name)
        };
        let own = model.fields.iter().find(is_alike).map(|field| field.name.clone());
        let own = own.unwrap_or_else(|| format!("ref_{}_{position}", c % 4).into());
        if model.field(&own).is_none() {
            let field = Field { name: own.clone(), column: None, ..held.clone() };
            let bare = Field { primary_key: false, unique: false, index: false, default: None, ..field };
            model.fields.push(Field { null: true, ..bare });
        }
        fields.push(own);
    }
    let on_delete = *pick(&[ReferentialAction::Cascade, ReferentialAction::NoAction], c);
    let deferrable = (c % 4 == 2).then_some(Deferrable::Immediate);
    let rule = ReferenceRule { on_delete, deferrable, ..ReferenceRule::new(fields, to, to_fields) };
    model.constraints.push(Constraint::Reference(rule));
}

/// Changes the type of the key, or makes another field the key.
fn change_key(sources: &mut Sources, key: &ModelKey, b: u8) {
    let model = model_of(sources, key);
    let position = usize::from(b / 4) % model.fields.len();
    if b.is_multiple_of(4) {
        let field = &model.fields[position];
        if !field.null && matches!(field.kind, FieldKind::Column(_)) {
            // Every other time the key gets one field more.
            model.fields.iter_mut().for_each(|field| field.primary_key &= b % 8 == 4);
            model.fields[position].primary_key = true;
        }
    } else if let Some(field) = model.fields.iter_mut().find(|field| field.primary_key) {
        field.kind =
            FieldKind::Column(pick(&[ColumnType::I32, ColumnType::I64, ColumnType::Uuid], b).clone());
    }
}
