//! Invariant 6: the database after N migrations equals a fresh one made from the models, forwards, back and forwards
//! again, and rows survive. The histories are made by chance, the same chance every time.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey};
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, CreateModel, DeleteModel, Operation, RemoveConstraint,
    RemoveField, RemoveIndex, RenameField, RenameModel,
};
use modelshift_schema::relation::{ForeignKey, ReferentialAction};
use modelshift_schema::state::ProjectState;

use crate::support::{Entry, Place, id};

/// Numbers by chance, the same for the same seed.
struct Chance {
    seed: u64,
    /// How many names were given, so that each is another one.
    names: usize,
}

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // Splitmix64.
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % limit
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { Some(&of[self.below(of.len())]) }
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn name(&mut self, beginning: &str) -> String {
        self.names += 1;
        format!("{beginning}{}", self.names)
    }

    fn column_type(&mut self) -> ColumnType {
        let samples = ColumnType::samples();
        samples[self.below(samples.len())].clone()
    }

    fn field(&mut self) -> Field {
        let mut field = Field::new(self.name("field"), self.column_type());
        field.null = self.yes();
        field.index = self.below(4) == 0;
        field.unique = self.below(6) == 0;
        if self.below(3) == 0 {
            field.default = field.neutral_value();
        }
        field
    }

    fn reference(&mut self, to: &ModelKey, null: bool) -> Field {
        let actions = [ReferentialAction::Cascade, ReferentialAction::Restrict, ReferentialAction::NoAction];
        let relation = ForeignKey { on_delete: actions[self.below(3)], ..ForeignKey::new(to.clone()) };
        Field { null, ..Field::foreign_key(self.name("ref"), relation) }
    }

    /// Makes an operation that may fit the state.
    fn operation(&mut self, state: &ProjectState) -> Option<Operation> {
        let models: Vec<(ModelKey, Model)> =
            state.models().map(|(key, model)| (key.clone(), Model::clone(model))).collect();
        if models.is_empty() || self.below(6) == 0 {
            let mut fields = vec![id()];
            fields.extend((0..=self.below(3)).map(|_| self.field()));
            if let Some((to, _)) = self.one(&models).cloned() {
                fields.push(self.reference(&to, false));
            }
            return Some(Operation::CreateModel(CreateModel {
                model: Model::new(self.name("Model"), fields),
            }));
        }
        let (key, model) = self.one(&models)?.clone();
        let fields: Vec<Field> = model.fields.iter().filter(|field| !field.primary_key).cloned().collect();
        let field = self.one(&fields).cloned();
        let name = key.name.clone();
        Some(match self.below(12) {
            0 | 1 => {
                let field = self.field();
                let needed = !field.null && field.default.is_none();
                let backfill = if needed { field.neutral_value() } else { None };
                Operation::AddField(AddField { model: name, field, backfill })
            }
            2 => {
                let (to, _) = self.one(&models)?.clone();
                Operation::AddField(AddField {
                    model: name,
                    field: self.reference(&to, true),
                    backfill: None,
                })
            }
            // No row can be made up for a reference, so that the way back of this one is only open to an empty table.
            3 if field.as_ref()?.relation().is_some() && !field.as_ref()?.null => return None,
            3 => Operation::RemoveField(RemoveField { model: name, field: field?.name }),
            4 | 5 => self.alteration(&key, &field?),
            6 => {
                let after = FieldName::new(self.name("renamed"));
                Operation::RenameField(RenameField::new(name, field?.name, after))
            }
            7 => {
                let part = IndexPart {
                    descending: self.yes(),
                    ..IndexPart::ascending(Expr::name(field?.name.as_str()))
                };
                let other = self.one(&fields)?;
                let when = self.yes().then(|| Expr::IsNull {
                    operand: Box::new(Expr::name(other.name.as_str())),
                    negated: true,
                });
                Operation::AddIndex(AddIndex { model: name, index: Index { when, ..Index::new(vec![part]) } })
            }
            8 => self.constraint(&model, &fields)?,
            9 => {
                let index = self.one(&model.indexes)?.name.clone()?;
                Operation::RemoveIndex(RemoveIndex { model: name, name: index })
            }
            10 if self.yes() => {
                let constraint = self.one(&model.constraints)?.name()?.clone();
                Operation::RemoveConstraint(RemoveConstraint { model: name, name: constraint })
            }
            10 => Operation::RenameModel(RenameModel::new(name, self.name("Renamed"))),
            _ => Operation::DeleteModel(DeleteModel { model: name }),
        })
    }

    /// Alters a field so that the values there are still fit.
    fn alteration(&mut self, key: &ModelKey, before: &Field) -> Operation {
        let mut field = before.clone();
        let wider = match &field.kind {
            FieldKind::Column(ColumnType::I8 | ColumnType::I16 | ColumnType::U8) => Some(ColumnType::I32),
            FieldKind::Column(ColumnType::I32 | ColumnType::U32) => Some(ColumnType::I64),
            FieldKind::Column(ColumnType::F32) => Some(ColumnType::F64),
            FieldKind::Column(ColumnType::Varchar { .. }) => Some(ColumnType::Text),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        };
        if let Some(wider) = wider {
            field.kind = FieldKind::Column(wider);
        }
        match self.below(4) {
            0 => field.index = !field.index,
            1 => field.unique = !field.unique,
            2 if field.relation().is_none() => field.null = !field.null,
            _ if field.relation().is_none() => {
                field.default = if field.default.is_some() { None } else { field.neutral_value() };
            }
            _ => {}
        }
        let needed = before.null && !field.null;
        let backfill = if needed { field.neutral_value() } else { None };
        Operation::AlterField(AlterField { backfill, ..AlterField::new(key.name.clone(), field) })
    }

    fn constraint(&mut self, model: &Model, fields: &[Field]) -> Option<Operation> {
        let field = self.one(fields)?;
        let number = matches!(&field.kind, FieldKind::Column(column_type) if column_type.is_integer());
        let constraint = if number && self.yes() {
            let condition = Expr::binary(BinaryOp::Ge, Expr::name(field.name.as_str()), Expr::int(0));
            Constraint::Check { name: None, condition }
        } else {
            Constraint::Unique(UniqueRule::over(vec![field.name.clone()]))
        };
        Some(Operation::AddConstraint(AddConstraint { model: model.name.clone(), constraint }))
    }
}

/// Puts one row into every table that has none, with references to the row `1` of other tables.
async fn fill(place: &Place, state: &ProjectState) {
    let mut open: Vec<&ModelKey> = state.models().map(|(key, _)| key).collect();
    let mut filled: Vec<&ModelKey> = Vec::new();
    while let Some(position) = open.iter().position(|key| {
        let targets = state.model(key).unwrap().fields.iter().filter(|field| !field.null);
        let mut targets = targets.filter_map(Field::relation);
        targets.all(|relation| relation.to == **key || filled.contains(&&relation.to))
    }) {
        let key = open.remove(position);
        filled.push(key);
        let table = state.table(key).unwrap().name;
        if place.number(&format!("SELECT count(*) FROM \"{table}\"")).await > 0 {
            continue;
        }
        let fields = &state.model(key).unwrap().fields;
        let columns: Vec<String> =
            fields.iter().map(|field| format!("\"{}\"", field.column_name())).collect();
        let values: Vec<&str> = fields.iter().map(|field| value(field)).collect();
        let (columns, values) = (columns.join(", "), values.join(", "));
        place.run(&format!("INSERT INTO \"{table}\" ({columns}) VALUES ({values})")).await;
    }
}

fn value(field: &Field) -> &'static str {
    if let Some(choices) = field.choices().filter(|_| !field.null) {
        return if choices.storage.is_integer() { "-1" } else { "'draft'" };
    }
    match &field.kind {
        FieldKind::ManyToMany(_) => "",
        FieldKind::ForeignKey(_) if field.null => "NULL",
        FieldKind::ForeignKey(_) => "1",
        FieldKind::Column(_) if field.primary_key => "1",
        FieldKind::Column(_) if field.null => "NULL",
        FieldKind::Column(column_type) => match column_type {
            ColumnType::Date => "'1970-01-01'",
            ColumnType::Time => "'00:00:00'",
            ColumnType::DateTime => "'1970-01-01 00:00:00'",
            ColumnType::DateTimeTz => "'1970-01-01T00:00:00+00:00'",
            ColumnType::Text | ColumnType::Varchar { .. } => "'x'",
            ColumnType::Json => "'null'",
            ColumnType::Bytes | ColumnType::Varbinary { .. } => "X''",
            ColumnType::Uuid => "X'00000000000000000000000000000000'",
            ColumnType::Decimal { .. } => "'1.5'",
            ColumnType::Array(_) | ColumnType::Native(_) => unreachable!("SQLite has none"),
            ColumnType::Bool
            | ColumnType::I8
            | ColumnType::I16
            | ColumnType::I32
            | ColumnType::I64
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U32
            | ColumnType::U64
            | ColumnType::F32
            | ColumnType::F64
            | ColumnType::Choices(_) => "1",
        },
    }
}

/// Returns one migration that makes all models of a state at once.
fn at_once(state: &ProjectState) -> Entry {
    let mut open: Vec<(&ModelKey, Model)> =
        state.models().map(|(key, model)| (key, Model::clone(model))).collect();
    let mut operations = Vec::new();
    let mut made: Vec<&ModelKey> = Vec::new();
    while let Some(position) = open.iter().position(|(key, model)| {
        let mut relations = model.fields.iter().filter_map(Field::relation);
        relations.all(|relation| relation.to == **key || made.contains(&&relation.to))
    }) {
        let (key, model) = open.remove(position);
        made.push(key);
        operations.push(Operation::CreateModel(CreateModel { model }));
    }
    assert!(open.is_empty(), "references in a circle are not made by chance");
    ("0001_at_once", vec![], operations)
}

/// Returns whether references between models lead in a circle.
fn has_circle(state: &ProjectState) -> bool {
    let mut open: Vec<&ModelKey> = state.models().map(|(key, _)| key).collect();
    let count = open.len();
    for _ in 0..count {
        let rest = open.clone();
        open.retain(|key| {
            let relations = state.model(key).unwrap().fields.iter().filter_map(Field::relation);
            relations.filter(|relation| relation.to != **key).any(|relation| rest.contains(&&relation.to))
        });
    }
    !open.is_empty()
}

/// Returns whether a rule of a field and one of its model would bear the same name, being the same.
fn has_twins(state: &ProjectState) -> bool {
    let tables = state.models().map(|(key, _)| state.table(key).unwrap());
    let mut names: Vec<_> = tables
        .flat_map(|table| {
            let indexes = table.indexes.into_iter().map(|index| index.name);
            indexes.chain(table.uniques.into_iter().map(|unique| unique.name)).collect::<Vec<_>>()
        })
        .collect();
    let count = names.len();
    names.sort();
    names.dedup();
    names.len() < count
}

fn number_of(position: usize) -> &'static str {
    format!("{position:04}_step").leak()
}

/// Makes a history step by step on a real database, and gives it with its last state.
async fn history(place: &Place, chance: &mut Chance, length: usize) -> (Vec<Entry>, ProjectState) {
    let app = AppLabel::new("blog");
    let (mut entries, mut state): (Vec<Entry>, _) = (Vec::new(), ProjectState::default());
    let mut tries = 0;
    while entries.len() < length && tries < 200 {
        tries += 1;
        let mut next = state.clone();
        let mut operations = Vec::new();
        for _ in 0..=chance.below(3) {
            let mut trial = next.clone();
            if let Some(operation) = chance.operation(&next)
                && operation.behaviour().apply(&app, &mut trial).is_ok()
                && operation.behaviour().invert(&app, &next).is_ok()
                && !has_twins(&trial)
            {
                next = trial;
                operations.push(operation);
            }
        }
        if operations.is_empty() || has_circle(&next) {
            continue;
        }
        let parent: Vec<&str> =
            entries.last().map(|(name, ..)| -> &str { format!("blog.{name}").leak() }).into_iter().collect();
        entries.push((number_of(entries.len() + 1), parent, operations));
        let mut migrator = place.migrator(&entries).await;
        if migrator.plan("").await.is_err() {
            entries.pop();
            continue;
        }
        migrator.migrate().await.unwrap_or_else(|error| {
            panic!("{error}: {:?}\n{}", std::error::Error::source(&error), told(&entries))
        });
        state = next;
        for (key, _) in state.models() {
            let table = state.table(key).unwrap().name;
            assert!(place.number(&format!("SELECT count(*) FROM \"{table}\"")).await <= 1);
        }
        fill(place, &state).await;
    }
    (entries, state)
}

/// Describes a history in few words.
fn told(entries: &[Entry]) -> String {
    let one =
        |(name, _, operations): &Entry| format!("{name} {}", serde_json::to_string(operations).unwrap());
    entries.iter().map(one).collect::<Vec<_>>().join("\n")
}

async fn rows(place: &Place, state: &ProjectState) -> Vec<i64> {
    let mut rows = Vec::new();
    for (key, _) in state.models() {
        let table = state.table(key).unwrap().name;
        rows.push(place.number(&format!("SELECT count(*) FROM \"{table}\"")).await);
    }
    rows
}

#[tokio::test]
async fn invariant_6_step_by_step_equals_at_once_and_there_and_back_again() {
    for seed in 0..10 {
        let place = Place::new();
        let mut chance = Chance { seed, names: 0 };
        let (entries, state) = history(&place, &mut chance, 8).await;
        let mut migrator = place.migrator(&entries).await;
        let stepwise = migrator.introspect().await.unwrap();
        let told = format!("seed {seed}: {}", told(&entries));

        let fresh = Place::new();
        let mut at_once = fresh.migrator(&[at_once(&state)]).await;
        at_once.migrate().await.unwrap();
        assert_eq!(stepwise, at_once.introspect().await.unwrap(), "{told}");
        let found = migrator.check().await.unwrap();
        assert!(found.is_empty(), "{found:?} {told}");

        // Rows survive a way back that drops no table, and the way to nothing and forwards again gives the same.
        let full = rows(&place, &state).await;
        assert!(full.iter().all(|rows| *rows == 1), "{full:?} {told}");
        let half = entries[entries.len() / 2].0;
        for target in [half, "", "zero", ""] {
            migrator.migrate_to(target).await.unwrap_or_else(|error| {
                panic!("{target}: {error}: {:?} {told}", std::error::Error::source(&error))
            });
        }
        assert_eq!(stepwise, migrator.introspect().await.unwrap(), "{told}");
    }
}
