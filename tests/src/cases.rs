//! One case for each thing that an operation can be: the models before, and the operations.
//!
//! The same cases are shown as snapshots and run on real servers, forwards and backwards, on tables with rows.

mod choices;
mod database;
mod given;
mod kept;
mod keys;
mod operations;
mod references;
mod rules;
mod sqlite_options;
mod told;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{MigrationId, ModelKey, ModelName, ObjectName};
use modelshift_schema::operation::{AlterField, CreateModel, Operation};
use modelshift_schema::relation::{ForeignKey, ReferentialAction};
use modelshift_schema::state::ProjectState;

pub use self::choices::choices;
pub use self::operations::all;

/// The app of every case.
pub const APP: &str = "blog";

/// One thing that a migration can do.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name, which is that of its snapshots.
    pub name: String,
    /// The models before, each after those that it refers to.
    pub models: Vec<Model>,
    /// What is done.
    pub operations: Vec<Operation>,
}

impl Case {
    /// Returns the migration that makes the models.
    pub fn first(&self) -> Migration {
        let create = |model: &Model| Operation::CreateModel(CreateModel { model: model.clone() });
        migration("0001_initial", self.models.iter().map(create).collect())
    }

    /// Returns the migration of the case; its name says where it is not to be done at once.
    pub fn second(&self) -> Migration {
        let atomic = !self.name.starts_with("not_atomic_");
        Migration { atomic, ..migration("0002_case", self.operations.clone()) }
    }

    /// Returns the state between the two.
    ///
    /// # Panics
    /// Where the models do not stand.
    pub fn state(&self) -> ProjectState {
        let mut state = ProjectState::default();
        self.first().apply(&mut state).expect("the models of a case stand");
        state
    }
}

/// Makes a migration of the app.
pub fn migration(name: &str, operations: Vec<Operation>) -> Migration {
    Migration::new(MigrationId::new(APP, name), Vec::new(), operations)
}

/// Returns an automatic key of the usual kind.
pub fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

/// Returns text of a length.
pub fn varchar(name: &str, max_length: u32) -> Field {
    Field::new(name, ColumnType::Varchar { max_length })
}

/// Returns a field that takes NULL.
pub fn null(field: Field) -> Field {
    Field { null: true, ..field }
}

/// Returns a field with a default.
pub fn default(field: Field, value: Expr) -> Field {
    Field { default: Some(value), ..field }
}

/// Returns a reference.
pub fn reference(name: &str, to: &str, on_delete: ReferentialAction) -> Field {
    Field::foreign_key(name, ForeignKey { on_delete, ..ForeignKey::new(ModelKey::new(APP, to)) })
}

/// Returns the model that others refer to.
pub fn author() -> Model {
    let email = null(Field { unique: true, ..varchar("email", 80) });
    Model::new("Author", vec![id(), varchar("name", 80), email])
}

/// Returns a model with something of every sort.
pub fn post() -> Model {
    let fields = vec![
        id(),
        varchar("title", 200),
        varchar("slug", 80),
        reference("author", "Author", ReferentialAction::Cascade),
        null(reference("parent", "Post", ReferentialAction::SetNull)),
        null(Field::new("published_at", ColumnType::DateTimeTz)),
        rating(),
        default(Field::new("price", ColumnType::Decimal { precision: 10, scale: 2 }), decimal("1.50")),
    ];
    let mut post = Model::new("Post", fields);
    post.indexes.push(index(
        "post_author_idx",
        vec![part("author"), IndexPart::descending(Expr::name("published_at"))],
    ));
    post.constraints.push(unique("post_author_slug_key", &["author", "slug"]));
    post.constraints.push(check("post_rating_check", within("rating", 0, 100)));
    post
}

/// Returns an index of a name.
pub fn index(name: &str, parts: Vec<IndexPart>) -> Index {
    Index { name: Some(ObjectName::new(name)), ..Index::new(parts) }
}

/// Returns a unique constraint of a name.
pub fn unique(name: &str, fields: &[&str]) -> Constraint {
    let fields = fields.iter().map(|field| (*field).into()).collect();
    Constraint::Unique(UniqueRule::over(fields)).named(name)
}

/// Returns a check of a name.
pub fn check(name: &str, condition: Expr) -> Constraint {
    Constraint::Check { name: Some(ObjectName::new(name)), condition }
}

fn part(field: &str) -> IndexPart {
    IndexPart::ascending(Expr::name(field))
}

/// Returns the operation that alters a field.
pub fn alter(model: &str, field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AlterField(AlterField { backfill, ..AlterField::new(model, field) })
}

fn rating() -> Field {
    default(Field::new("rating", ColumnType::I16), Expr::int(0))
}

fn decimal(digits: &str) -> Expr {
    Expr::Literal(Literal::Float(digits.to_owned()))
}

fn within(field: &str, from: i32, to: i32) -> Expr {
    let bound = |op, value: i32| Expr::binary(op, Expr::name(field), Expr::int(value));
    Expr::binary(BinaryOp::And, bound(BinaryOp::Ge, from), bound(BinaryOp::Le, to))
}

/// Returns the state that the operations lead to.
///
/// # Panics
/// Where they do not fit.
pub fn after(state: &ProjectState, migration: &Migration) -> ProjectState {
    let mut after = state.clone();
    migration.apply(&mut after).expect("the operations of a case fit");
    after
}

/// Returns the models of a state, each after those that it refers to; none where they refer to each other in a circle.
fn ordered(state: &ProjectState) -> Option<Vec<&Model>> {
    let mut rest: Vec<&Model> = state.models().map(|(_, model)| model.as_ref()).collect();
    let mut made: Vec<&Model> = Vec::new();
    while !rest.is_empty() {
        let is_made = |name: &ModelName| made.iter().any(|model| model.name == *name);
        let ready = rest.iter().position(|model| {
            let mut targets = model.targets().map(|target| &target.name);
            targets.all(|target| *target == model.name || is_made(target))
        });
        made.push(rest.remove(ready?));
    }
    Some(made)
}

/// Returns one migration that makes all models of a state at once.
///
/// # Panics
/// Where models refer to each other in a circle.
pub fn fresh(state: &ProjectState) -> Migration {
    // A relation through a model makes no table, and both may refer to each other.
    let goes_through =
        |field: &Field| matches!(&field.kind, FieldKind::ManyToMany(relation) if relation.through.is_some());
    let mut alone = ProjectState::default();
    for (key, model) in state.models() {
        let mut model = Model::clone(model);
        model.fields.retain(|field| !goes_through(field));
        alone.insert(key, model).expect("each has a name of its own");
    }
    let models = ordered(&alone).expect("the models of a case do not refer to each other in a circle");
    let create = |model: &Model| Operation::CreateModel(CreateModel { model: model.clone() });
    migration("0001_fresh", models.into_iter().map(create).collect())
}
