//! The SQL of every operation in every dialect, forwards and backwards: as text, and on real servers.

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::Database;
use modelshift_tests::on_every_backend;
use modelshift_tests::trial::{self, Outcome};

fn shown(case: &Case, dialect: Dialect) -> String {
    let state = case.state();
    let capabilities = Capabilities::default_for(dialect);
    let section = |direction: Direction| {
        let text = match plan_migration(&case.second(), direction, &state, dialect, &capabilities) {
            Ok(plan) => plan.to_string(),
            Err(error) => format!("-- {error}: {}\n", error.fault),
        };
        format!("-- {direction}\n{text}")
    };
    format!("{}\n{}", section(Direction::Forward), section(Direction::Backward))
}

#[test]
fn every_operation_is_shown_in_every_dialect() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../sql");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for case in cases::all() {
            for dialect in Dialect::ALL {
                insta::assert_snapshot!(format!("{}@{dialect}", case.name), shown(&case, dialect));
            }
        }
    });
}

/// Runs all cases; gives those that the dialect has no words for.
async fn run_all(backend: Backend) -> Vec<String> {
    let dialect = backend.dialect();
    let mut database = Database::fresh(backend).await.expect("the server starts");
    let mut faults = Vec::new();
    let mut unsupported = Vec::new();
    for case in cases::all() {
        match trial::run(&mut database, &case, dialect).await {
            Outcome::Done => {}
            Outcome::Unsupported(_) => unsupported.push(case.name),
            Outcome::Failed(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{backend:?}:\n{}", faults.join("\n"));
    unsupported
}

/// What no other database has; told before anything runs.
const ONLY_ON_POSTGRES: [&str; 4] =
    ["add_index_include", "add_index_method", "add_index_operator_class", "rename_field_of_index_include"];

/// Values that nobody but the database gives.
const ALWAYS: [&str; 2] = ["create_model_identity_always", "alter_field_identity"];

/// Columns of types that no other database has.
const LISTS: [&str; 4] = ["add_field_list", "add_index_of_list", "alter_field_list", "add_field_range"];

/// Constraints and orders of NULL that no other database has.
const RULES_OF_POSTGRES: [&str; 7] = [
    "add_constraint_unique_deferrable",
    "add_constraint_unique_include",
    "add_constraint_unique_nulls",
    "add_constraint_exclude",
    "add_constraint_exclude_hash",
    "add_constraint_exclude_scalar",
    "add_index_nulls",
];

/// What SQLite has no words for.
const NOT_ON_SQLITE: [&str; 3] =
    ["add_field_identity", "add_field_identity_beside_key", "alter_field_sql_type_of_automatic_key"];

/// What MySQL and MariaDB have no words for, before what MariaDB alone lacks.
const NOT_ON_MYSQL: [&str; 2] = ["alter_constraint_deferrable", "add_field_reference_deferrable"];

async fn runs_every_operation(backend: Backend) {
    let unsupported = run_all(backend).await;
    let expected = match backend {
        Backend::Sqlite => {
            [&ALWAYS[..], &NOT_ON_SQLITE, &LISTS, &ONLY_ON_POSTGRES, &RULES_OF_POSTGRES].concat()
        }
        Backend::Postgres | Backend::Postgres18 => {
            // SE-169.
            let (virtual_columns, others): (Vec<_>, Vec<_>) =
                unsupported.into_iter().partition(|case| case.ends_with("_generated_virtual"));
            let expected = if backend == Backend::Postgres { 5 } else { 0 };
            assert_eq!(virtual_columns.len(), expected, "{virtual_columns:?}");
            // The operator class of the second is in an extension.
            assert_eq!(others, ["add_index_concurrently_in_a_transaction", "add_constraint_exclude_scalar"]);
            return;
        }
        Backend::Mariadb | Backend::Mariadb11 => [
            &NOT_ON_MYSQL[..],
            &ALWAYS,
            &["add_field_identity"],
            &LISTS,
            &["alter_field_choices_condition_partial", "add_index_of_expression", "add_index_partial"],
            &ONLY_ON_POSTGRES,
            &["add_constraint_unique_partial", "add_constraint_unique_of_expression"],
            &RULES_OF_POSTGRES,
        ]
        .concat(),
        Backend::Mysql9 => [
            &NOT_ON_MYSQL[..],
            &ALWAYS,
            &["add_field_identity"],
            &LISTS,
            &["alter_field_choices_condition_partial", "add_index_partial"],
            &ONLY_ON_POSTGRES,
            &["add_constraint_unique_partial"],
            &RULES_OF_POSTGRES,
        ]
        .concat(),
    };
    assert_eq!(unsupported, expected);
}

on_every_backend!(runs_every_operation);
