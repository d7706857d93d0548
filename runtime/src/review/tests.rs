use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, CreateModel, DeleteModel, Operation, RemoveField,
    RenameField, RenameModel, RunSql,
};

use super::changes::Line;
use super::*;
use crate::planner::impact::{Blocks, Rewrite};
use modelshift_schema::name::ModelKey;
use modelshift_schema::relation::ForeignKey;

fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

fn reference(name: &str) -> Field {
    Field::foreign_key(name, ForeignKey::new(ModelKey::new("blog", "Writer")))
}

fn create(name: &str, fields: Vec<Field>) -> Operation {
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

fn history(second: Vec<Operation>) -> Vec<Migration> {
    let name = Field::new("name", ColumnType::Varchar { max_length: 100 });
    let first = vec![
        create("Author", vec![id(), name, Field::new("born", ColumnType::I32)]),
        create("Old", vec![id()]),
    ];
    let (first_id, second_id) =
        (MigrationId::new("blog", "0001_initial"), MigrationId::new("blog", "0002_more"));
    vec![
        Migration::new(first_id.clone(), Vec::new(), first),
        Migration::new(second_id, vec![first_id], second),
    ]
}

fn review(second: Vec<Operation>, dialects: &[Dialect]) -> Review {
    let new = BTreeSet::from([MigrationId::new("blog", "0002_more")]);
    Review::of(history(second), &new, dialects, "since `main`".to_owned(), Vec::new()).unwrap()
}

fn operations() -> Vec<Operation> {
    let rating = Field { default: Some(Expr::int(0)), ..Field::new("rating", ColumnType::I16) };
    let condition = Expr::binary(BinaryOp::Ge, Expr::name("rating"), Expr::int(0));
    let index = Index {
        name: Some("rating_idx".into()),
        ..Index::new(vec![IndexPart::descending(Expr::name("rating"))])
    };
    vec![
        Operation::RenameModel(RenameModel::new("Author", "Writer")),
        Operation::RenameField(RenameField::new("Writer", "name", "full_name")),
        Operation::AddField(AddField { model: "Writer".into(), field: rating, backfill: None }),
        Operation::AddConstraint(AddConstraint {
            model: "Writer".into(),
            constraint: Constraint::Check { name: Some("rating_range".into()), condition },
        }),
        Operation::AddIndex(AddIndex { model: "Writer".into(), index }),
        Operation::AlterField(AlterField::new("Writer", Field::new("full_name", ColumnType::Text))),
        Operation::RemoveField(RemoveField { model: "Writer".into(), field: "born".into() }),
        Operation::DeleteModel(DeleteModel { model: "Old".into() }),
        create("Tag", vec![id(), Field::new("word", ColumnType::Text), reference("writer")]),
        create("Label", vec![id()]),
        Operation::AddField(AddField {
            model: "Label".into(),
            field: reference("by"),
            backfill: Some(Expr::int(1)),
        }),
        Operation::RunSql(RunSql::new("INSERT INTO blog_tag (word) VALUES ('a</pre>```b')", None)),
    ]
}

#[test]
fn a_review_says_what_is_done_lost_blocked_and_rewritten() {
    insta::assert_snapshot!(review(operations(), &Dialect::ALL).print(Form::Text));
}

#[test]
fn a_comment_has_the_statements_and_the_difference() {
    insta::assert_snapshot!(review(operations(), &[Dialect::Postgres]).print(Form::Markdown));
}

#[test]
fn a_page_shows_sql_as_text() {
    let page = review(operations(), &Dialect::ALL).print(Form::Html);
    assert!(page.contains("a&lt;/pre&gt;```b") && !page.contains("a</pre>"), "{page}");
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
    assert_eq!(page.matches("<details>").count(), 3);
    for outside in ["http:", "https:", "<script", "<link"] {
        assert!(!page.contains(outside), "`{outside}`");
    }
}

#[test]
fn programs_get_the_same() {
    let text = review(operations(), &Dialect::ALL).print(Form::Json);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let migration = &value["migrations"][0];
    assert_eq!(migration["id"], "blog.0002_more");
    assert_eq!(migration["losses"].as_array().unwrap().len(), 2);
    assert_eq!(migration["operations"].as_array().unwrap().len(), operations().len());
    assert!(migration["dialects"]["mysql"]["sql"].as_str().unwrap().contains("rating"));
    assert!(migration["irreversible"].as_str().is_some());
}

#[test]
fn names_are_data_in_a_comment() {
    let hostile = ["a`b", "```", "<img src=x>", "@everyone", "[x](y)", "#1"];
    let columns = hostile.iter().enumerate().map(|(number, name)| Field {
        column: Some((*name).into()),
        comment: Some((*name).to_owned()),
        ..Field::new(format!("f{number}").as_str(), ColumnType::Text)
    });
    let model = Model {
        table: Some("<b>`x`</b>".into()),
        ..Model::new("Thing", std::iter::once(id()).chain(columns).collect())
    };
    let drop = Operation::RemoveField(RemoveField { model: "Thing".into(), field: "f0".into() });
    let more = Operation::CreateModel(CreateModel { model });
    let mut all = history(vec![more]);
    let third = MigrationId::new("blog", "0003_drop");
    all.push(Migration::new(third.clone(), vec![all[1].id.clone()], vec![drop]));
    let review =
        Review::of(all, &BTreeSet::from([third]), &[Dialect::Sqlite], "since `main`".to_owned(), Vec::new());
    let text = review.unwrap().print(Form::Markdown);
    // Outside of code, nothing of a name means anything to Markdown or HTML.
    let mut is_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            let line =
                line.replace("<details><summary>", "").replace("</summary>", "").replace("</details>", "");
            let outside: String = line.split('`').step_by(2).collect();
            assert!(!outside.contains(['<', '>', '@', '[']), "{line}");
        }
    }
    assert!(!is_code, "{text}");
}

#[test]
fn a_migration_that_others_need_is_reviewed_alone() {
    let born = RemoveField { model: "Author".into(), field: "born".into() };
    let all = history(vec![Operation::RemoveField(born)]);
    let of = |name: &str| {
        let new = BTreeSet::from([MigrationId::new("blog", name)]);
        Review::of(all.clone(), &new, &[Dialect::Sqlite], "by name".to_owned(), Vec::new()).unwrap().tables
    };
    let first = of("0001_initial");
    assert_eq!(first.len(), 2);
    let born = "column born integer NOT NULL".to_owned();
    assert!(first[0].lines.contains(&Line::Added(born.clone())), "the later migration is left out");
    assert_eq!(of("0002_more")[0].lines, [Line::Removed(born)]);
}

#[test]
fn a_migration_that_replaces_others_changes_nothing() {
    let mut all = history(vec![Operation::DeleteModel(DeleteModel { model: "Old".into() })]);
    let mut squashed = history(Vec::new()).remove(0);
    squashed.id = MigrationId::new("blog", "0001_squashed");
    squashed.operations.remove(1);
    squashed.replaces = all.iter().map(|it| it.id.clone()).collect();
    let new = BTreeSet::from([squashed.id.clone()]);
    all.push(squashed);
    let review = Review::of(all, &new, &[Dialect::Sqlite], "since `main`".to_owned(), Vec::new()).unwrap();
    assert_eq!(review.tables, []);
    assert!(review.print(Form::Text).contains("replaces `blog.0001_initial`, `blog.0002_more`"));
}

#[test]
fn an_impact_is_that_of_the_measured_step_or_unknown() {
    let steps = |operations: Vec<Operation>| {
        let all = history(operations);
        let before = replay([&all[0]]).unwrap();
        let moves = moves(&all[1], Direction::Forward, &before).unwrap();
        let last = moves.last().unwrap();
        last.operation.behaviour().steps(&"blog".into(), &last.before, &last.after).unwrap()
    };
    let alter = |field: Field| steps(vec![Operation::AlterField(AlterField::new("Author", field))]);
    let of = |steps: &[Step], dialect| steps.iter().map(|step| impact(step, dialect)).collect::<Vec<_>>();
    let null = alter(Field { null: true, ..Field::new("born", ColumnType::I32) });
    let everything = |rewrite| Some(Impact { blocks: Some(Blocks::Everything), rewrite });
    assert_eq!(of(&null, Dialect::Postgres), [everything(Rewrite::Never)]);
    assert_eq!(of(&null, Dialect::Sqlite), [Some(Impact { blocks: None, rewrite: Rewrite::Always })]);
    // Several changes of one column are the strongest of each.
    let both = alter(Field { comment: Some("c".to_owned()), ..Field::new("born", ColumnType::I64) });
    assert_eq!(of(&both, Dialect::Postgres), [everything(Rewrite::Sometimes)]);
    // What was not measured is not guessed.
    let sql = steps(vec![Operation::RunSql(RunSql::new("SELECT 1", None))]);
    assert_eq!(of(&sql, Dialect::Postgres), [None]);
}
