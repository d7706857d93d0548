//! Which statements sea-query builds, and which it does not.

use std::collections::{BTreeMap, BTreeSet};

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::{Action, Check, Direction, MigrationPlan};
use modelshift::planner::plan_migration;
use modelshift::sea_query::{
    MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, SchemaBuilder, SqliteQueryBuilder,
};
use modelshift::statement::{Built, Form, RawReason, Statement};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AlterModelTable, Operation};
use modelshift_tests::cases::{self, Case};

const ARCHITECTURE: &str = include_str!("../../ARCHITECTURE.md");

/// Returns a case that is not run in the rooms of one database: a table that moves to a schema.
fn schemas() -> Case {
    let model = Model::new("Entry", vec![cases::id()]);
    let alter = AlterModelTable { model: "Entry".into(), table: None, schema: Some("audit".into()) };
    Case {
        name: "schemas".to_owned(),
        models: vec![model],
        operations: vec![Operation::AlterModelTable(alter)],
    }
}

/// Returns the plans of all cases, of all versions of a dialect that differ.
fn plans(dialect: Dialect) -> Vec<MigrationPlan> {
    let mut plans = Vec::new();
    for case in cases::all().into_iter().chain([schemas()]) {
        for direction in [Direction::Forward, Direction::Backward] {
            let capabilities = Capabilities::default_for(dialect);
            let plan = plan_migration(&case.second(), direction, &case.state(), dialect, &capabilities);
            plans.extend(plan.ok());
        }
    }
    plans
}

/// Returns all statements of a plan, with those that change settings, and queries for rows that would stop it.
fn statements(plan: &MigrationPlan) -> impl Iterator<Item = &Statement> {
    let queries = plan.actions.iter().filter_map(|action| match action {
        Action::Require(query) | Action::ExecuteIf { probe: query, .. } => Some(query),
        Action::CopyTable(copy) => Some(&copy.unknown_columns),
        Action::Execute(_)
        | Action::AddColumn { .. }
        | Action::KeepObjects { .. }
        | Action::RunRust(_)
        | Action::LoadData(_)
        | Action::RestoreObjects { .. } => None,
    });
    let checks = plan.checks.iter().map(Check::statement);
    plan.prologue.iter().chain(queries).chain(plan.statements()).chain(checks).chain(&plan.epilogue)
}

fn text<B: SchemaBuilder + QueryBuilder>(built: &Built, builder: B) -> String {
    match built {
        Built::CreateTable(it) => it.build(builder),
        Built::AlterTable(it) => it.build(builder),
        Built::RenameTable(it) => it.build(builder),
        Built::DropTable(it) => it.build(builder),
        Built::CreateIndex(it) => it.build(builder),
        Built::DropIndex(it) => it.build(builder),
        Built::AddForeignKey(it) => it.build(builder),
        Built::CreateType(it) => it.to_string(PostgresQueryBuilder),
        Built::AlterType(it) => it.to_string(PostgresQueryBuilder),
        Built::DropType(it) => it.to_string(PostgresQueryBuilder),
        Built::Insert(it) => it.to_string(builder),
        Built::Update(it) => it.to_string(builder),
        Built::Delete(it) => it.to_string(builder),
        Built::Select(it) => it.to_string(builder),
    }
}

#[test]
fn what_is_sent_is_what_sea_query_builds_and_what_is_shown_has_other_spaces_only() {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    for dialect in Dialect::ALL {
        for plan in plans(dialect) {
            for statement in statements(&plan) {
                assert_eq!(bare(statement.shown()), bare(&statement.sql));
                let Form::Built(built) = statement.form() else { continue };
                let again = match dialect {
                    Dialect::Sqlite => text(built, SqliteQueryBuilder),
                    Dialect::Postgres => text(built, PostgresQueryBuilder),
                    Dialect::Mysql => text(built, MysqlQueryBuilder),
                };
                assert_eq!(again, statement.sql);
            }
        }
    }
}

/// The least shares of statements that sea-query builds, in percent: without those of a `RunSql`, and without settings of the
/// session and queries of catalogs, which are the same around every migration and every rebuild.
const LEAST: [(Dialect, usize); 3] = [(Dialect::Sqlite, 76), (Dialect::Postgres, 71), (Dialect::Mysql, 81)];

#[test]
fn sea_query_builds_most_statements() {
    for (dialect, least) in LEAST {
        let mut count: BTreeMap<Option<RawReason>, usize> = BTreeMap::new();
        for plan in plans(dialect) {
            for statement in statements(&plan) {
                let reason = match statement.form() {
                    Form::Built(_) => None,
                    Form::Raw(RawReason::Author | RawReason::Setting | RawReason::Catalog) => continue,
                    Form::Raw(reason) => Some(*reason),
                };
                *count.entry(reason).or_default() += 1;
            }
        }
        let (built, all) = (count.get(&None).copied().unwrap_or_default(), count.values().sum::<usize>());
        println!("{dialect}: {built} of {all} statements, {}%: {count:?}", built * 100 / all);
        assert!(built * 100 >= least * all, "{dialect}: {built} of {all} statements: {count:?}");
    }
}

#[test]
fn every_kind_of_raw_statement_is_in_a_case_and_in_the_architecture() {
    // A table that a person has changed is read when a rebuild runs.
    let mut found = BTreeSet::from([RawReason::CarriedTable]);
    for plan in Dialect::ALL.into_iter().flat_map(plans) {
        found.extend(statements(&plan).filter_map(|it| match it.form() {
            Form::Built(_) => None,
            Form::Raw(reason) => Some(*reason),
        }));
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), RawReason::ALL);
    let section = ARCHITECTURE.split("## Statements that sea-query does not build\n").nth(1);
    let section = section.and_then(|it| it.split("\n## ").next()).expect("the section is there");
    let listed: Vec<&str> = section.lines().filter(|line| line.starts_with("- ")).collect();
    let described = RawReason::ALL.map(|reason| format!("- `{reason}`: {}.", reason.describe()));
    assert_eq!(listed, described);
}
