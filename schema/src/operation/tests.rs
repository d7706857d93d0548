use super::*;
use crate::migration::optimize::optimize;
use crate::model::Model;
use crate::model::choices::ChoiceMoves;
use crate::model::column_type::ColumnType;
use crate::model::constraint::Constraint;
use crate::model::expr::{BinaryOp, Expr};
use crate::model::index::{Index, IndexPart};
use crate::name::ModelKey;
use crate::operation::sql::Sql;
use crate::step::Change;

fn app() -> AppLabel {
    AppLabel::new("blog")
}

fn rating() -> Field {
    Field::new("rating", ColumnType::I32)
}

fn state() -> ProjectState {
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let mut state = ProjectState::default();
    let model = Model::new("Post", vec![id, Field::new("title", ColumnType::Text)]);
    state.add_model(&ModelKey::new("blog", "Post"), model).unwrap();
    state
}

fn add(field: Field) -> Operation {
    Operation::AddField(AddField { model: "Post".into(), field, backfill: None })
}

fn after(state: &ProjectState, operation: &Operation) -> ProjectState {
    let mut after = state.clone();
    operation.behaviour().apply(&app(), &mut after).unwrap();
    after
}

/// Goes there and back (invariant 5); gives the steps of both ways.
fn both_ways(before: &ProjectState, operation: &Operation) -> (Vec<Step>, Vec<Step>) {
    let reached = after(before, operation);
    let inverse = operation.behaviour().invert(&app(), before).unwrap();
    assert_eq!(&after(&reached, &inverse), before);
    let steps = |operation: &Operation, from, to| operation.behaviour().steps(&app(), from, to).unwrap();
    (steps(operation, before, &reached), steps(&inverse, &reached, before))
}

fn sql(forward: &str, reverse: Option<&str>) -> RunSql {
    RunSql::new(forward, reverse.map(Sql::from))
}

fn index(name: &str) -> Index {
    Index { name: Some(name.into()), ..Index::new(vec![IndexPart::ascending(Expr::name("title"))]) }
}

fn add_concurrently(name: &str) -> Operation {
    Operation::AddIndexConcurrently(AddIndexConcurrently { model: "Post".into(), index: index(name) })
}

fn check() -> Constraint {
    let condition = Expr::binary(BinaryOp::Ge, Expr::name("id"), Expr::int(0));
    Constraint::Check { name: Some("small".into()), condition }
}

fn not_valid() -> Operation {
    Operation::AddConstraintNotValid(AddConstraintNotValid { model: "Post".into(), constraint: check() })
}

fn validate() -> Operation {
    Operation::ValidateConstraint(ValidateConstraint { model: "Post".into(), name: "small".into() })
}

#[test]
fn op_124_sql_may_say_what_becomes_of_the_models() {
    let run = RunSql { state: vec![add(rating())], ..sql("ALTER TABLE …", Some("ALTER TABLE … back")) };
    let operation = Operation::RunSql(run);
    let (there, back) = both_ways(&state(), &operation);
    assert_eq!(there, [Step::RunSql("ALTER TABLE …".into())]);
    assert_eq!(back, [Step::RunSql("ALTER TABLE … back".into())]);
    assert_eq!(operation.behaviour().describe(), "runs SQL that adds field `rating` to `Post`");
    assert_eq!(operation.behaviour().name_fragment(), None);
    assert!(after(&state(), &operation).field(&ModelKey::new("blog", "Post"), &"rating".into()).is_ok());
}

#[test]
fn op_127_and_op_129_nothing_is_a_way_back_and_no_word_is_none() {
    both_ways(&state(), &Operation::RunSql(RunSql::new(Sql::nothing(), Some(Sql::nothing()))));
    let error = sql("SELECT 1", None).invert(&app(), &state()).unwrap_err();
    assert!(matches!(error, StateError::Irreversible { .. }), "{error}");
}

#[test]
fn op_137_database_and_models_go_their_own_ways() {
    let database = vec![
        add(Field { null: true, ..rating() }),
        Operation::AlterField(AlterField {
            model: "Post".into(),
            field: rating(),
            backfill: Some(Expr::int(7)),
            moves: ChoiceMoves::default(),
        }),
    ];
    let apart = SeparateDatabaseAndState { database, state: vec![add(rating())] };
    let operation = Operation::SeparateDatabaseAndState(apart);
    let (there, _) = both_ways(&state(), &operation);
    let changes: Vec<&Change> = there
        .iter()
        .map(|step| if let Step::AlterTable { change, .. } = step { change } else { panic!("{step:?}") })
        .collect();
    assert!(
        matches!(changes[..], [Change::AddColumn { .. }, Change::AlterColumn { fill: Some(_), .. }]),
        "{changes:?}"
    );
    assert_eq!(
        operation.behaviour().describe(),
        "adds field `rating` to `Post` (with separate operations for the database)"
    );
    let only = SeparateDatabaseAndState { database: vec![], state: vec![add(rating())] };
    let only = Operation::SeparateDatabaseAndState(only);
    assert_eq!(both_ways(&state(), &only), (vec![], vec![]));
    let text = serde_json::to_string(&operation).unwrap();
    assert_eq!(serde_json::from_str::<Operation>(&text).unwrap(), operation);
}

#[test]
fn opt_039_what_may_be_left_out_is_and_nothing_else_is_lost() {
    let elidable = |state| Operation::RunSql(RunSql { elidable: true, state, ..sql("SELECT 1", None) });
    let nothing = Operation::SeparateDatabaseAndState(SeparateDatabaseAndState::default());
    let kept = [Operation::RunSql(sql("SELECT 1", None)), elidable(vec![add(rating())])];
    let list = vec![elidable(vec![]), kept[0].clone(), nothing, kept[1].clone(), elidable(vec![])];
    assert_eq!(optimize(&app(), list), kept);
    // Nothing passes what cannot be looked into.
    let list = vec![add(rating()), kept[0].clone(), add(Field::new("stars", ColumnType::I32))];
    assert_eq!(optimize(&app(), list.clone()), list);
}

#[test]
fn se_170_and_se_172_indexes_come_and_go_while_others_write() {
    let (there, back) = both_ways(&state(), &add_concurrently("i"));
    let is = |steps: &[Step], wanted: &Change| matches!(steps, [Step::AlterTable { change, .. }] if change == wanted);
    assert!(is(&there, &Change::AddIndexConcurrently { name: "i".into() }), "{there:?}");
    assert!(is(&back, &Change::DropIndexConcurrently { name: "i".into() }), "{back:?}");
    assert_eq!(add_concurrently("i").behaviour().name_fragment().as_deref(), Some("post_i"));
}

#[test]
fn se_171_indexes_that_are_made_in_vain_are_not_made() {
    let remove = Operation::RemoveIndex(RemoveIndex { model: "Post".into(), name: "i".into() });
    let concurrently = RemoveIndexConcurrently { model: "Post".into(), name: "i".into() };
    let concurrently = Operation::RemoveIndexConcurrently(concurrently);
    let plain = Operation::AddIndex(AddIndex { model: "Post".into(), index: index("i") });
    let rename =
        Operation::RenameIndex(RenameIndex { model: "Post".into(), before: "i".into(), after: "j".into() });
    assert_eq!(optimize(&app(), vec![add_concurrently("i"), remove]), []);
    assert_eq!(optimize(&app(), vec![add_concurrently("i"), concurrently.clone()]), []);
    assert_eq!(optimize(&app(), vec![plain, concurrently]), []);
    assert_eq!(optimize(&app(), vec![add_concurrently("i"), rename]), [add_concurrently("j")]);
}

#[test]
fn se_174_a_collation_made_in_vain_is_not_made() {
    let collation = NewCollation {
        name: "C_test".to_owned(),
        locale: "C".to_owned(),
        provider: CollationProvider::Libc,
        deterministic: true,
    };
    let create = Operation::CreateCollation(CreateCollation { collation: collation.clone() });
    let remove = Operation::RemoveCollation(RemoveCollation { collation });
    assert_eq!(create.behaviour().name_fragment().as_deref(), Some("create_collation_c_test"));
    assert_eq!(both_ways(&state(), &create).1, [Step::DropCollation { name: "C_test".to_owned() }]);
    both_ways(&state(), &remove);
    assert_eq!(optimize(&app(), vec![create.clone(), remove.clone()]), []);
    let apart = vec![create, add(rating()), remove];
    assert_eq!(optimize(&app(), apart.clone()), apart);
}

#[test]
fn se_175_and_se_176_a_check_is_held_against_old_rows_later() {
    assert_eq!(not_valid().behaviour().name_fragment().as_deref(), Some("post_small_not_valid"));
    assert_eq!(validate().behaviour().name_fragment().as_deref(), Some("post_validate_small"));
    let (there, back) = both_ways(&state(), &not_valid());
    assert!(matches!(&there[..], [Step::AlterTable { change: Change::AddCheckNotValid { .. }, .. }]));
    assert!(matches!(&back[..], [Step::AlterTable { change: Change::DropCheck { .. }, .. }]));
    let (there, back) = both_ways(&after(&state(), &not_valid()), &validate());
    assert!(matches!(&there[..], [Step::AlterTable { change: Change::ValidateCheck { .. }, .. }]));
    assert_eq!(back, []);
    let error = validate().behaviour().apply(&app(), &mut state()).unwrap_err();
    assert!(matches!(error, StateError::NoObject { .. }), "{error}");
    let remove = Operation::RemoveConstraint(RemoveConstraint { model: "Post".into(), name: "small".into() });
    assert_eq!(optimize(&app(), vec![not_valid(), validate(), remove]), []);
}

#[test]
fn an_extension_leads_back_to_one_that_was_made() {
    let create = Operation::CreateExtension(CreateExtension { name: "citext".to_owned() });
    let (there, back) = both_ways(&state(), &create);
    assert_eq!(there, [Step::CreateExtension { name: "citext".to_owned() }]);
    assert_eq!(back, [Step::DropExtension { name: "citext".to_owned() }]);
    assert_eq!(create.behaviour().name_fragment().as_deref(), Some("create_extension_citext"));
}
