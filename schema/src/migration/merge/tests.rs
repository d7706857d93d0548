use super::*;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::operation::{AddField, CreateModel, RenameField, RunSql};

fn id(text: &str) -> MigrationId {
    MigrationId::new("blog", text)
}

fn migration(name: &str, depends_on: &[&str], operations: Vec<Operation>) -> Migration {
    Migration::new(id(name), depends_on.iter().map(|it| id(it)).collect(), operations)
}

fn create(name: &str) -> Operation {
    let key = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    Operation::CreateModel(CreateModel {
        model: Model::new(name, vec![key, Field::new("name", ColumnType::Text)]),
    })
}

fn add(model: &str, field: &str) -> Operation {
    let field = Field { null: true, ..Field::new(field, ColumnType::Text) };
    Operation::AddField(AddField { model: model.into(), field, backfill: None })
}

fn rename(model: &str, before: &str, after: &str) -> Operation {
    Operation::RenameField(RenameField::new(model, before, after))
}

/// Makes two branches that do one thing each.
fn fork(one: Operation, other: Operation) -> Graph {
    let migrations = vec![
        migration("0001_initial", &[], vec![create("Author"), create("Post")]),
        migration("0002_a", &["0001_initial"], vec![one]),
        migration("0002_b", &["0001_initial"], vec![other]),
    ];
    Graph::new(migrations).unwrap()
}

#[test]
fn two_branches_are_merged_by_a_migration_that_does_nothing() {
    let graph = fork(add("Post", "title"), add("Post", "text"));
    let merged = merge(&graph, &"blog".into()).unwrap();
    assert_eq!(merged, migration("0003_merge_0002_a_0002_b", &["0002_a", "0002_b"], vec![]));
    let again = Graph::new(graph.order().into_iter().cloned().chain([merged]).collect()).unwrap();
    assert_eq!(again.leaves(&"blog".into()), [&id("0003_merge_0002_a_0002_b")]);
    let error = merge(&again, &"blog".into()).unwrap_err();
    assert_eq!(error, MergeError::NothingToMerge { app: "blog".into() });
}

#[test]
fn f_118_a_long_name_is_shortened() {
    let long = "a".repeat(60);
    let migrations = vec![
        migration("0001_initial", &[], vec![]),
        migration(&format!("0002_{long}"), &["0001_initial"], vec![]),
        migration("0002_b", &["0001_initial"], vec![]),
    ];
    let merged = merge(&Graph::new(migrations).unwrap(), &"blog".into()).unwrap();
    assert!(merged.id.name.len() <= 63 && merged.id.name.starts_with("0003_merge_0002_aaa"), "{}", merged.id);
}

#[test]
fn branches_that_change_the_same_are_refused_with_what_they_do() {
    for (one, other) in [
        (add("Post", "title"), add("Post", "title")),
        (rename("Author", "name", "full_name"), rename("Author", "name", "title")),
        (create("Tag"), create("Tag")),
    ] {
        let error = merge(&fork(one, other), &"blog".into()).unwrap_err();
        assert!(matches!(error, MergeError::Conflict { model: Some(_), .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("`blog.0002_a`") && text.contains("`blog.0002_b`"), "{text}");
    }
    let sql = Operation::RunSql(RunSql::new("SELECT 1", None));
    assert!(merge(&fork(sql, add("Post", "title")), &"blog".into()).is_err());
}

#[test]
fn cmd_061_branches_without_a_common_beginning_are_refused() {
    let graph = Graph::new(vec![migration("0001_a", &[], vec![]), migration("0001_b", &[], vec![])]).unwrap();
    let error = merge(&graph, &"blog".into()).unwrap_err();
    assert!(
        error.to_string().contains("`blog.0001_a` and `blog.0001_b` have no migration in common"),
        "{error}"
    );
}

#[test]
fn a_branch_is_put_behind_the_other_with_new_numbers() {
    let mut migrations: Vec<Migration> =
        fork(add("Post", "title"), add("Post", "text")).order().into_iter().cloned().collect();
    migrations.push(migration("0003_c", &["0002_b"], vec![add("Author", "age")]));
    let graph = Graph::new(migrations.clone()).unwrap();
    let moved = rebase(&graph, &id("0002_a"), &id("0003_c")).unwrap();
    let expect = [
        (id("0002_b"), migration("0003_b", &["0002_a"], vec![add("Post", "text")])),
        (id("0003_c"), migration("0004_c", &["0003_b"], vec![add("Author", "age")])),
    ];
    assert_eq!(moved, expect);
    let other = Migration::new("shop.0001_initial".parse().unwrap(), vec![id("0002_b")], vec![]);
    let graph = Graph::new([migrations, vec![other]].concat()).unwrap();
    let error = rebase(&graph, &id("0002_a"), &id("0003_c")).unwrap_err();
    assert!(error.to_string().contains("since `shop.0001_initial` depends on it"), "{error}");
}
