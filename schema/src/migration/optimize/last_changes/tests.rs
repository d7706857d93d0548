use super::*;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::constraint::{Constraint, UniqueRule};
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::index::{Index, IndexPart};
use crate::name::AppLabel;
use crate::operation::*;

fn field(name: &str) -> Field {
    Field { null: true, ..Field::new(name, ColumnType::Text) }
}

fn on_field(name: &str) -> Vec<Operation> {
    let model = || ModelName::new("Post");
    vec![
        Operation::AddField(AddField { model: model(), field: field(name), backfill: None }),
        Operation::AlterField(AlterField {
            model: model(),
            field: field(name),
            backfill: None,
            moves: crate::model::choices::ChoiceMoves::default(),
        }),
        Operation::RemoveField(RemoveField { model: model(), field: name.into() }),
        Operation::RenameField(RenameField::new(model(), name, "other")),
        Operation::RenameField(RenameField::new(model(), "other", name)),
    ]
}

fn on_object(name: &str) -> Vec<Operation> {
    let model = || ModelName::new("Post");
    let index = Index { name: Some(name.into()), ..Index::new(vec![IndexPart::ascending(Expr::name("a"))]) };
    let constraint = Constraint::Unique(UniqueRule::over(vec!["a".into()])).named(name);
    let other = || "other".into();
    vec![
        Operation::AddIndex(AddIndex { model: model(), index: index.clone() }),
        Operation::AddIndexConcurrently(AddIndexConcurrently { model: model(), index }),
        Operation::RemoveIndex(RemoveIndex { model: model(), name: name.into() }),
        Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model: model(), name: name.into() }),
        Operation::RenameIndex(RenameIndex { model: model(), before: name.into(), after: other() }),
        Operation::RenameIndex(RenameIndex { model: model(), before: other(), after: name.into() }),
        Operation::AddConstraint(AddConstraint { model: model(), constraint: constraint.clone() }),
        Operation::AddConstraintNotValid(AddConstraintNotValid {
            model: model(),
            constraint: constraint.clone(),
        }),
        Operation::ValidateConstraint(ValidateConstraint { model: model(), name: name.into() }),
        Operation::AlterConstraint(AlterConstraint { model: model(), constraint }),
        Operation::RemoveConstraint(RemoveConstraint { model: model(), name: name.into() }),
        Operation::RenameConstraint(RenameConstraint { model: model(), before: name.into(), after: other() }),
        Operation::RenameConstraint(RenameConstraint { model: model(), before: other(), after: name.into() }),
    ]
}

fn on_model() -> Vec<Operation> {
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let model = Model::new("Post", vec![id, field("a"), field("b")]);
    let rename = |before: &str, after: &str| Operation::RenameModel(RenameModel::new(before, after));
    let options = |comment: Option<&str>| {
        Operation::AlterModelOptions(AlterModelOptions {
            model: "Post".into(),
            comment: comment.map(str::to_owned),
            managed: alter_model_options::Management::default(),
            sqlite: None,
        })
    };
    let table = |table: Option<&str>| {
        let table = table.map(Into::into);
        Operation::AlterModelTable(AlterModelTable { model: "Post".into(), table, schema: None })
    };
    vec![
        Operation::CreateModel(CreateModel { model }),
        Operation::DeleteModel(DeleteModel { model: "Post".into() }),
        rename("Post", "Note"),
        rename("Note", "Post"),
        options(Some("texts")),
        options(None),
        table(Some("posts")),
        table(None),
        Operation::AlterNaturalKey(AlterNaturalKey { model: "Post".into(), fields: vec!["a".into()] }),
        Operation::AlterNaturalKey(AlterNaturalKey { model: "Post".into(), fields: Vec::new() }),
        Operation::AlterPrimaryKey(AlterPrimaryKey { model: "Post".into(), order: vec!["id".into()] }),
    ]
}

/// What two operations come to is found for every pair that comes to something.
#[test]
fn operations_that_meet_are_within_the_last_changes() {
    let app = AppLabel::new("blog");
    let mut all = on_model();
    all.extend(["a", "b"].into_iter().flat_map(on_field));
    all.extend(["post_a", "post_b"].into_iter().flat_map(on_object));
    let mut met = 0;
    for operation in &all {
        for next in &all {
            if crate::migration::optimize::merge(&app, operation, next).is_none() {
                continue;
            }
            met += 1;
            let list = [operation, next].map(|it| Entry::new(&app, it.clone()));
            let end = LastChanges::of(&list).end(0, &list[0]);
            assert!(end >= 1, "{operation:?} is not compared with {next:?}");
        }
    }
    assert!(met >= 60, "{met} pairs meet");
}

/// New fields of one model are not compared with each other.
#[test]
fn what_changes_other_parts_is_not_looked_at() {
    let app = AppLabel::new("blog");
    let fields = (0..10).map(|number| field(&format!("f{number}")));
    let add = |field| Operation::AddField(AddField { model: "Post".into(), field, backfill: None });
    let list: Vec<Entry> = fields.map(|field| Entry::new(&app, add(field))).collect();
    let changes = LastChanges::of(&list);
    let ends: Vec<usize> =
        list.iter().enumerate().map(|(position, entry)| changes.end(position, entry)).collect();
    assert_eq!(ends, (0..10).collect::<Vec<_>>());
}
