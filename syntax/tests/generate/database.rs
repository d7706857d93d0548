//! Operations that are about the database more than about models, and those that hold others.

use modelshift_schema::constraint::Constraint;
use modelshift_schema::name::{ModelName, ObjectName};
use modelshift_schema::operation::{
    AddConstraintNotValid, AddIndexConcurrently, CollationProvider, CreateCollation, CreateExtension,
    NewCollation, Operation, RemoveCollation, RemoveExtension, RemoveIndexConcurrently, RunSql,
    SeparateDatabaseAndState, ValidateConstraint,
};
use modelshift_schema::sql::{Script, Sql, SqlByDatabase, SqlStatement};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{comment, expr, given_name, index, literal, model_name, object_name, text};

fn script() -> BoxedStrategy<Script> {
    let statement = (text(), prop_oneof![Just(Vec::new()), vec(option::of(literal()), 0..4)])
        .prop_map(|(text, parameters)| SqlStatement { text, parameters });
    vec(statement, 0..4).prop_map(Script::new).boxed()
}

fn sql() -> BoxedStrategy<Sql> {
    let own = (option::of(script()), script(), option::of(script()))
        .prop_map(|(sqlite, postgres, mysql)| SqlByDatabase::from([sqlite, Some(postgres), mysql]));
    prop_oneof![text().prop_map(Sql::from), script().prop_map(Sql::from), own.prop_map(Sql::ByDatabase)]
        .boxed()
}

/// An operation that holds others.
pub(super) fn compound(inner: impl Strategy<Value = Operation> + 'static) -> BoxedStrategy<Operation> {
    let inner = inner.boxed();
    let lists = (vec(inner.clone(), 0..3), vec(inner.clone(), 0..3));
    prop_oneof![
        2 => inner.clone(),
        1 => (sql(), option::of(sql()), vec(inner, 0..3), any::<bool>()).prop_map(
            |(forward, reverse, state, elidable)| {
                let elidable = elidable && state.is_empty();
                Operation::RunSql(RunSql { forward, reverse, state, elidable })
            }
        ),
        1 => lists.prop_map(|(database, state)| {
            Operation::SeparateDatabaseAndState(SeparateDatabaseAndState { database, state })
        }),
    ]
    .boxed()
}

fn collation() -> BoxedStrategy<NewCollation> {
    let name = object_name().prop_filter("a name", |name| !name.contains('\0'));
    (name, comment(), select(CollationProvider::ALL.to_vec()), any::<bool>())
        .prop_map(|(name, locale, provider, deterministic)| NewCollation {
            name,
            locale,
            provider,
            deterministic,
        })
        .boxed()
}

/// An operation that only PostgreSQL has a word for.
pub(super) fn operation() -> BoxedStrategy<Operation> {
    let model = || model_name().prop_map(ModelName::new);
    let object = || object_name().prop_map(ObjectName::new);
    let name = || object_name().prop_filter("a name", |name| !name.contains('\0'));
    prop_oneof![
        (model(), index(given_name())).prop_map(|(model, index)| {
            Operation::AddIndexConcurrently(AddIndexConcurrently { model, index })
        }),
        (model(), object()).prop_map(|(model, name)| {
            Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model, name })
        }),
        (model(), given_name(), expr()).prop_map(|(model, name, condition)| {
            let constraint = Constraint::Check { name, condition };
            Operation::AddConstraintNotValid(AddConstraintNotValid { model, constraint })
        }),
        (model(), object())
            .prop_map(|(model, name)| Operation::ValidateConstraint(ValidateConstraint { model, name })),
        collation().prop_map(|collation| Operation::CreateCollation(CreateCollation { collation })),
        collation().prop_map(|collation| Operation::RemoveCollation(RemoveCollation { collation })),
        name().prop_map(|name| Operation::CreateExtension(CreateExtension { name })),
        name().prop_map(|name| Operation::RemoveExtension(RemoveExtension { name })),
    ]
    .boxed()
}
