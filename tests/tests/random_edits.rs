//! Invariants 5 and 6 on random edits of real tables: there, back and there again, always as a fresh database would be.

use modelshift::dialect::Dialect;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::Generated;
use modelshift_schema::index::IndexPart;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName};
use modelshift_schema::operation::{
    AddConstraint, AddConstraintNotValid, AddField, AddIndex, AddIndexConcurrently, AlterField,
    AlterModelTable, CreateModel, Operation, RemoveConstraint, RemoveField, RemoveIndex,
    RemoveIndexConcurrently, RenameConstraint, RenameField, RenameIndex, RenameModel, RunSql,
    SeparateDatabaseAndState, ValidateConstraint,
};
use modelshift_schema::relation::{ManyToMany, ReferentialAction};
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{
    APP, Case, check, default, id, index, null, ordered, reference, unique, varchar,
};
use modelshift_tests::database::Database;
use modelshift_tests::trial::{self, Outcome};
use proptest::prelude::*;

/// Numbers that choose an edit among those that the state allows.
type Choice = (u8, u8, u8, u8);

fn models() -> Vec<Model> {
    let number = |name: &str| Field::new(name, ColumnType::I32);
    let book = null(reference("author", "Author", ReferentialAction::SetNull));
    let chapter = reference("book", "Book", ReferentialAction::Cascade);
    let parent = null(reference("parent", "Chapter", ReferentialAction::SetNull));
    let readers = Field::many_to_many("readers", ManyToMany::new(ModelKey::new(APP, "Author")));
    let related = Field::many_to_many("related", ManyToMany::new(ModelKey::new(APP, "Book")));
    vec![
        Model::new("Author", vec![id(), varchar("name", 80), null(number("age"))]),
        Model::new("Book", vec![id(), varchar("title", 80), book, number("pages"), readers, related]),
        Model::new("Chapter", vec![id(), chapter, parent, null(varchar("heading", 80))]),
    ]
}

fn column_type(choice: u8) -> ColumnType {
    match choice % 4 {
        0 => ColumnType::I32,
        1 => ColumnType::I64,
        2 => ColumnType::Decimal { precision: 20, scale: 0 },
        _ => ColumnType::Varchar { max_length: 80 + u32::from(choice / 4 % 3) * 20 },
    }
}

/// Another type that holds every value of the first: the neutral text is no number.
fn related(holds: &ColumnType, choice: u8) -> ColumnType {
    let is_text = |holds: &ColumnType| matches!(holds, ColumnType::Varchar { .. });
    let mut types = (choice..=u8::MAX).chain(0..choice).map(column_type);
    types.find(|it| is_text(it) == is_text(holds)).unwrap_or_else(|| holds.clone())
}

fn pick<T: Clone>(list: &[T], choice: u8) -> Option<T> {
    list.get(usize::from(choice) % list.len().max(1)).cloned()
}

/// A model that is edited, and the numbers that choose what of it.
struct Site<'a> {
    keys: Vec<ModelKey>,
    model: &'a Model,
    fresh: String,
    what: u8,
    how: u8,
}

/// Gives the edit that the numbers choose; none where the state has nothing to choose from.
fn edit(state: &ProjectState, step: usize, (kind, which, what, how): Choice) -> Option<Operation> {
    let keys: Vec<ModelKey> = state.models().map(|(key, _)| key.clone()).collect();
    let model = state.model(&pick(&keys, which)?).ok()?;
    let site = Site { keys, model, fresh: format!("fresh{step}"), what, how };
    match kind % 18 {
        kind @ 0..4 => site.add_field(kind),
        kind @ 4..11 => site.change_field(kind - 4),
        kind @ 11..15 => site.change_objects(kind - 11),
        kind => Some(site.change_models(kind - 15)),
    }
}

impl Site<'_> {
    fn name(&self) -> ModelName {
        self.model.name.clone()
    }

    /// Chooses a plain field that is written.
    fn plain(&self) -> Option<Field> {
        let is_column = |field: &&Field| !field.primary_key && matches!(field.kind, FieldKind::Column(_));
        let plain = |field: &&Field| is_column(field) && field.generated.is_none();
        pick(&self.model.fields.iter().filter(plain).cloned().collect::<Vec<_>>(), self.what)
    }

    /// Chooses any field but the key.
    fn movable(&self) -> Option<FieldName> {
        let movable = self.model.fields.iter().filter(|field| !field.primary_key);
        pick(&movable.map(|field| field.name.clone()).collect::<Vec<_>>(), self.what)
    }

    /// Chooses any field with a column but the key.
    fn indexable(&self) -> Option<FieldName> {
        let fields = self.model.fields.iter().filter(|field| !field.primary_key && field.has_column());
        pick(&fields.map(|field| field.name.clone()).collect::<Vec<_>>(), self.what)
    }

    fn add_field(&self, kind: u8) -> Option<Operation> {
        let field = Field::new(self.fresh.as_str(), column_type(self.how));
        let neutral = field.neutral_value()?;
        let (field, backfill) = match kind {
            0 if self.how.is_multiple_of(3) => {
                let from = self.plain()?;
                let generated = Some(Generated::stored(Expr::name(from.name.as_str())));
                (null(Field { generated, kind: from.kind, ..field }), None)
            }
            0 => (null(field), None),
            1 => (default(field, neutral), None),
            2 => (field, Some(neutral)),
            3 if self.how.is_multiple_of(3) => {
                let to = pick(&self.keys, self.what)?;
                (Field::many_to_many(self.fresh.as_str(), ManyToMany::new(to)), None)
            }
            _ => {
                let to = pick(&self.keys, self.what)?;
                (null(reference(&self.fresh, to.name.as_str(), ReferentialAction::SetNull)), None)
            }
        };
        Some(Operation::AddField(AddField { model: self.name(), field, backfill }))
    }

    fn change_field(&self, kind: u8) -> Option<Operation> {
        let model = self.name();
        let (field, backfill) = match kind {
            0 => {
                let field = self.movable()?;
                // Nothing can be assumed to be there for a reference that comes back and takes no NULL.
                self.model.field(&field).filter(|field| field.null || field.relation().is_none())?;
                return Some(Operation::RemoveField(RemoveField { model, field }));
            }
            1 => {
                let (before, after) = (self.movable()?, self.fresh.as_str().into());
                return Some(Operation::RenameField(RenameField { model, before, after }));
            }
            2 => {
                let old = self.plain()?;
                let FieldKind::Column(holds) = &old.kind else { return None };
                let kind = FieldKind::Column(related(holds, self.how));
                (Field { kind, default: None, ..old }, None)
            }
            3 => {
                let old = self.plain()?;
                let backfill = if old.null { old.neutral_value() } else { None };
                (Field { null: !old.null, ..old }, backfill)
            }
            4 if self.how.is_multiple_of(3) => {
                let old = self.plain()?;
                let comment = if old.comment.is_some() { None } else { Some(format!("it's {}", self.how)) };
                (Field { comment, ..old }, None)
            }
            4 => {
                let old = self.plain()?;
                (Field { index: !old.index, ..old }, None)
            }
            5 if self.how.is_multiple_of(3) => {
                let old = self.model.fields.iter().find(|field| field.generated.is_some())?;
                (Field { generated: None, ..old.clone() }, None)
            }
            5 => {
                let old = self.plain()?;
                let default = if old.default.is_some() { None } else { old.neutral_value() };
                (Field { default, ..old }, None)
            }
            _ => {
                let old = self.model.fields.iter().find(|field| field.relation().is_some() && field.null)?;
                let mut relation = old.relation()?.clone();
                relation.on_delete = ReferentialAction::ALL[usize::from(self.how % 4)];
                (Field { kind: FieldKind::ForeignKey(relation), ..old.clone() }, None)
            }
        };
        Some(Operation::AlterField(AlterField { backfill, ..AlterField::new(model, field) }))
    }

    fn change_objects(&self, kind: u8) -> Option<Operation> {
        let (model, fresh, even) = (self.name(), self.fresh.as_str(), self.how.is_multiple_of(2));
        let indexes: Vec<_> = self.model.indexes.iter().filter_map(|index| index.name.clone()).collect();
        let constraints: Vec<_> = self.model.constraints.iter().filter_map(|it| it.name().cloned()).collect();
        Some(match kind {
            0 => {
                let parts = vec![IndexPart::ascending(Expr::name(self.indexable()?.as_str()))];
                let mut index = index(fresh, parts);
                // Rarely, since only PostgreSQL has it.
                if self.how % 16 == 15 {
                    let other = self.model.fields.iter().find(|field| field.primary_key)?;
                    index.include = vec![other.name.clone()];
                }
                Operation::AddIndex(AddIndex { model, index })
            }
            1 if even => Operation::RemoveIndex(RemoveIndex { model, name: pick(&indexes, self.what)? }),
            1 => {
                let before = pick(&indexes, self.what)?;
                Operation::RenameIndex(RenameIndex { model, before, after: fresh.into() })
            }
            2 => {
                let field = self.indexable()?;
                let kept = Expr::IsNull { operand: Box::new(Expr::name(field.as_str())), negated: true };
                let always = Expr::binary(BinaryOp::Eq, Expr::int(0), Expr::int(0));
                let holds = check(fresh, Expr::binary(BinaryOp::Or, kept, always));
                let constraint = if even { unique(fresh, &[field.as_str(), "id"]) } else { holds };
                Operation::AddConstraint(AddConstraint { model, constraint })
            }
            _ if even => {
                let (before, after) = (pick(&constraints, self.what)?, fresh.into());
                Operation::RenameConstraint(RenameConstraint { model, before, after })
            }
            _ => {
                Operation::RemoveConstraint(RemoveConstraint { model, name: pick(&constraints, self.what)? })
            }
        })
    }

    fn change_models(&self, kind: u8) -> Operation {
        let (model, even) = (self.name(), self.how.is_multiple_of(2));
        match kind {
            0 if even => {
                let after = ModelName::new(self.fresh.to_uppercase());
                Operation::RenameModel(RenameModel { before: model, after })
            }
            0 => {
                let table = Some(self.fresh.as_str().into());
                Operation::AlterModelTable(AlterModelTable { model, table })
            }
            1 => Operation::RunSql(RunSql::new("SELECT 1", Some("".into()))),
            _ => {
                let link = reference("link", model.as_str(), ReferentialAction::Cascade);
                let field = Field::new(self.fresh.as_str(), column_type(self.how));
                let model = Model::new(format!("Made_{}", self.fresh).as_str(), vec![id(), link, field]);
                Operation::CreateModel(CreateModel { model })
            }
        }
    }
}

/// Gives operations that come to the same, where the number says so: apart, while others write, or row by row later.
fn spelled_otherwise(operation: Operation, how: u8, is_atomic: bool) -> Vec<Operation> {
    if how.is_multiple_of(5) {
        let (database, state) = (vec![operation.clone()], vec![operation]);
        return vec![Operation::SeparateDatabaseAndState(SeparateDatabaseAndState { database, state })];
    }
    if !how.is_multiple_of(3) {
        return vec![operation];
    }
    if let Operation::AddIndex(AddIndex { model, index }) = &operation
        && !is_atomic
    {
        let (model, index) = (model.clone(), index.clone());
        return vec![Operation::AddIndexConcurrently(AddIndexConcurrently { model, index })];
    }
    if let Operation::RemoveIndex(RemoveIndex { model, name }) = &operation
        && !is_atomic
    {
        let (model, name) = (model.clone(), name.clone());
        return vec![Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model, name })];
    }
    if let Operation::AddConstraint(AddConstraint {
        model,
        constraint: constraint @ Constraint::Check { .. },
    }) = &operation
        && let Some(name) = constraint.name().cloned()
    {
        let (model, constraint) = (model.clone(), constraint.clone());
        let validate = ValidateConstraint { model: model.clone(), name };
        return vec![
            Operation::AddConstraintNotValid(AddConstraintNotValid { model, constraint }),
            Operation::ValidateConstraint(validate),
        ];
    }
    vec![operation]
}

/// Turns numbers into a migration that fits; what does not fit the state is left out.
fn case(choices: &[Choice]) -> Case {
    // A name that says so has the migration done stage by stage.
    let is_atomic = choices.first().is_none_or(|(_, which, ..)| which.is_multiple_of(2));
    let name = if is_atomic { "random" } else { "not_atomic_random" };
    let mut case = Case { name: name.to_owned(), models: models(), operations: Vec::new() };
    let mut state = case.state();
    for (step, choice) in choices.iter().enumerate() {
        let Some(operation) = edit(&state, step, *choice) else { continue };
        let mut after = state.clone();
        let fits = operation.behaviour().apply(&AppLabel::new(APP), &mut after).is_ok();
        if fits && ordered(&after).is_some() {
            state = after;
            case.operations.extend(spelled_otherwise(operation, choice.3, is_atomic));
        }
    }
    case
}

fn run(dialect: Dialect, count: u32) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let database = runtime.block_on(Database::fresh(dialect)).expect("the server starts");
    let database = std::cell::RefCell::new(database);
    let config = ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() };
    let choices = prop::collection::vec(any::<Choice>(), 1..8);
    proptest!(config, |(choices in choices)| {
        let case = case(&choices);
        let outcome = runtime.block_on(trial::run(&mut database.borrow_mut(), &case, dialect));
        let failed = matches!(outcome, Outcome::Failed(_));
        prop_assert!(!failed, "{outcome:?}\n{:#?}", case.operations);
    });
}

#[test]
fn random_edits_on_sqlite() {
    run(Dialect::Sqlite, 300);
}

#[test]
fn random_edits_on_postgres() {
    run(Dialect::Postgres, 50);
}

#[test]
fn random_edits_on_mariadb() {
    run(Dialect::Mysql, 50);
}

/// What failed once: the checks of a migration that is done stage by stage belong to their stages.
#[test]
fn edits_that_failed_once() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let mut database = runtime.block_on(Database::fresh(Dialect::Sqlite)).expect("the server starts");
    let case = case(&[(33, 7, 0, 32), (60, 32, 14, 16)]);
    let outcome = runtime.block_on(trial::run(&mut database, &case, Dialect::Sqlite));
    assert_eq!(outcome, Outcome::Done, "{:#?}", case.operations);
}
