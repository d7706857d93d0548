use super::*;
use crate::column_type::ColumnType;
use crate::field::Field;
use crate::model::Model;
use crate::name::ModelKey;
use crate::operation::{AddField, CreateModel, DeleteModel, Operation};
use crate::relation::ForeignKey;

fn id(text: &str) -> MigrationId {
    text.parse().unwrap()
}

fn migration(name: &str, depends_on: &[&str], operations: Vec<Operation>) -> Migration {
    Migration::new(id(name), depends_on.iter().map(|it| id(it)).collect(), operations)
}

fn create(name: &str) -> Operation {
    let key = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    Operation::CreateModel(CreateModel { model: Model::new(name, vec![key]) })
}

fn add(model: &str, field: Field) -> Operation {
    let field = Field { null: true, ..field };
    Operation::AddField(AddField { model: model.into(), field, backfill: None })
}

fn refer(model: &str, to: &str) -> Operation {
    add(model, Field::foreign_key("to", ForeignKey::new(to.parse::<ModelKey>().unwrap())))
}

fn blog() -> Vec<Migration> {
    vec![
        migration("people.0001_initial", &[], vec![create("Author")]),
        migration("blog.0001_initial", &[], vec![create("Post"), create("Draft")]),
        migration(
            "blog.0002_second",
            &["blog.0001_initial", "people.0001_initial"],
            vec![
                refer("Post", "people.Author"),
                Operation::DeleteModel(DeleteModel { model: "Draft".into() }),
            ],
        ),
        migration(
            "blog.0003_third",
            &["blog.0002_second"],
            vec![add("Post", Field::new("title", ColumnType::Text))],
        ),
        migration("people.0002_last", &["people.0001_initial", "blog.0003_third"], vec![create("Fan")]),
    ]
}

#[test]
fn cmd_102_all_migrations_to_one_become_an_initial_one() {
    let graph = Graph::new(blog()).unwrap();
    let squashed = squash(&graph, None, &id("blog.0003_third"), None).unwrap();
    assert_eq!(squashed.id, id("blog.0001_squashed_0003_third"));
    assert_eq!(squashed.replaces, ["blog.0001_initial", "blog.0002_second", "blog.0003_third"].map(id));
    assert_eq!(squashed.depends_on, [id("people.0001_initial")]);
    let told: Vec<String> = squashed.operations.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(told, ["starts `Post`"]);
    // Invariant 4: the state is the same, also where others depend on what is replaced.
    let whole = graph.state().unwrap();
    let with = Graph::new([blog(), vec![squashed.clone()]].concat()).unwrap();
    assert_eq!(with.leaves(&"blog".into()), [&squashed.id]);
    assert!(with.state().unwrap().agrees_with(&whole));
    // And again: a squash of a squash.
    let mut next = migration("blog.0004_tags", &[], vec![create("Tag")]);
    next.depends_on = vec![squashed.id.clone()];
    let longer = Graph::new([blog(), vec![squashed.clone(), next]].concat()).unwrap();
    let again = squash(&longer, None, &id("blog.0004_tags"), None).unwrap();
    assert_eq!(again.id, id("blog.0001_squashed_0004_tags"));
    assert_eq!(again.replaces, [squashed.id, id("blog.0004_tags")]);
    assert_eq!(again.depends_on, [id("people.0001_initial")]);
}

#[test]
fn cmd_105_a_range_may_begin_later() {
    let graph = Graph::new(blog()).unwrap();
    let squashed = squash(&graph, Some(&id("blog.0002_second")), &id("blog.0003_third"), None).unwrap();
    assert_eq!(squashed.id, id("blog.0002_second_squashed_0003_third"));
    assert_eq!(squashed.depends_on, ["blog.0001_initial", "people.0001_initial"].map(id));
    assert!(!squashed.is_initial());
}

#[test]
fn cmd_106_what_is_no_range_is_refused() {
    let graph = Graph::new(blog()).unwrap();
    let error = squash(&graph, Some(&id("blog.0003_third")), &id("blog.0002_second"), None).unwrap_err();
    assert!(
        error.to_string().contains("`blog.0003_third` does not come before `blog.0002_second`"),
        "{error}"
    );
    let error = squash(&graph, None, &id("blog.0009_none"), None).unwrap_err();
    assert!(error.to_string().contains("no migration `blog.0009_none`"), "{error}");
    let beside = migration("blog.0003_beside", &["blog.0002_second"], vec![]);
    let graph = Graph::new([blog(), vec![beside]].concat()).unwrap();
    let error = squash(&graph, None, &id("blog.0003_third"), None).unwrap_err();
    assert!(error.to_string().contains("`blog.0003_beside` and `blog.0003_third`"), "{error}");
}

#[test]
fn cmd_107_a_squash_may_have_a_name_of_its_own() {
    let graph = Graph::new(blog()).unwrap();
    let squashed = squash(&graph, None, &id("blog.0002_second"), Some("beginning")).unwrap();
    assert_eq!(squashed.id, id("blog.0001_beginning"));
}

#[test]
fn w_004_apps_that_need_each_other_in_turn_are_refused_with_the_circle() {
    let graph = Graph::new(blog()).unwrap();
    let error = squash(&graph, None, &id("people.0002_last"), None).unwrap_err().to_string();
    for name in ["`people.0001_squashed_0002_last`", "`blog.0002_second`", "`blog.0003_third`"] {
        assert!(error.contains(name), "{error}");
    }
}

#[test]
fn what_is_not_done_at_once_is_not_so_in_a_squash_either() {
    let graph = |atomic| {
        let mut migrations = blog();
        migrations[2].atomic = atomic;
        Graph::new(migrations).unwrap()
    };
    let squashed = |atomic| squash(&graph(atomic), None, &id("blog.0003_third"), None).unwrap();
    assert!(squashed(true).atomic);
    assert!(!squashed(false).atomic);
}
