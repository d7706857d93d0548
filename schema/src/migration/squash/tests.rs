use super::*;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::model::relation::ForeignKey;
use crate::name::ModelKey;
use crate::operation::{AddField, CreateModel, DeleteModel, Operation};

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
    assert_eq!(told, ["creates model `Post`"]);
    // Invariant 4: the state is the same, also where others depend on what is replaced.
    let whole = graph.state().unwrap();
    let with = Graph::new([blog(), vec![squashed.clone()]].concat()).unwrap();
    assert_eq!(with.leaves(&"blog".into()), [&squashed.id]);
    assert!(with.state().unwrap().is_equivalent_to(&whole));
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
    assert!(error.to_string().contains("migration `blog.0009_none` does not exist"), "{error}");
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

/// Returns the parts of a range: what each replaces, and what it depends on.
fn parts(graph: &Graph, last: &str) -> (Vec<String>, Vec<String>) {
    let squashed = squash_apart(graph, None, &id(last), None).unwrap();
    let joined = |ids: &[MigrationId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let part =
        |it: &Migration| format!("{}: {} after {}", it.id.name, joined(&it.replaces), joined(&it.depends_on));
    let all = graph.order().into_iter().cloned().chain(squashed.migrations.clone()).collect();
    let again = Graph::new(all).unwrap();
    assert_eq!(again.state().unwrap(), graph.state().unwrap());
    (
        squashed.migrations.iter().map(part).collect(),
        squashed.between.iter().map(ToString::to_string).collect(),
    )
}

#[test]
fn w_004_apps_that_need_each_other_in_turn_are_cut_where_they_do() {
    let create = |name: &str| vec![create(name)];
    let chain = |own: &str, others: &[(&str, &str)]| {
        let depends = |id: &str, number: usize| {
            let before = (number > 1).then(|| format!("{own}.{:04}_x", number - 1));
            let of_others = others.iter().filter(|(by, _)| *by == id).map(|(_, on)| (*on).to_owned());
            before.into_iter().chain(of_others).collect::<Vec<_>>()
        };
        let one = |number: usize| {
            let id = format!("{own}.{number:04}_x");
            let on = depends(&id, number);
            let on: Vec<&str> = on.iter().map(String::as_str).collect();
            migration(&id, &on, create(&format!("{own}{number}")))
        };
        (1..=6).map(one).collect::<Vec<_>>()
    };
    let others = [("b.0002_x", "a.0003_x"), ("a.0004_x", "b.0002_x"), ("b.0005_x", "a.0006_x")];
    let graph = Graph::new([chain("a", &others), chain("b", &others)].concat()).unwrap();
    let (made, between) = parts(&graph, "a.0006_x");
    assert_eq!(
        made,
        [
            "0001_squashed_0003_x: a.0001_x a.0002_x a.0003_x after ",
            "0004_x_squashed_0006_x: a.0004_x a.0005_x a.0006_x after a.0003_x b.0002_x",
        ]
    );
    assert!(between.contains(&"b.0002_x".to_owned()), "{between:?}");

    // Both apps one after the other: what is cut already is no reason for another cut.
    let squashed = squash_apart(&graph, None, &id("a.0006_x"), None).unwrap().migrations;
    let both = Graph::new(graph.order().into_iter().cloned().chain(squashed).collect()).unwrap();
    let (made, _) = parts(&both, "b.0006_x");
    assert_eq!(
        made,
        [
            "0001_squashed_0004_x: b.0001_x b.0002_x b.0003_x b.0004_x after a.0003_x",
            "0005_x_squashed_0006_x: b.0005_x b.0006_x after b.0004_x a.0006_x",
        ]
    );

    // With a cut behind each there is nothing to squash, and the circle is named.
    let others = [("b.0001_x", "a.0001_x"), ("a.0002_x", "b.0001_x")];
    let graph = Graph::new([chain("a", &others), chain("b", &others)].concat()).unwrap();
    let error = squash_apart(&graph, None, &id("a.0002_x"), None).unwrap_err().to_string();
    assert!(error.contains("`b.0001_x`") && error.contains("`a.0001_squashed_0002_x`"), "{error}");
}

#[test]
fn an_app_is_squashed_that_depends_on_what_a_squash_of_squashes_stands_for() {
    let mut all = vec![
        migration("blog.0001_initial", &[], vec![create("Post")]),
        migration("blog.0002_second", &["blog.0001_initial"], vec![create("Draft")]),
        migration("blog.0003_third", &["blog.0002_second"], vec![create("Tag")]),
        migration("people.0001_initial", &["blog.0001_initial"], vec![create("Author")]),
        migration("people.0002_last", &["people.0001_initial"], vec![create("Fan")]),
    ];
    for last in ["blog.0002_second", "blog.0003_third", "people.0002_last"] {
        let graph = Graph::new(all.clone()).unwrap();
        all.push(squash(&graph, None, &id(last), None).unwrap());
    }
    assert_eq!(all[6].replaces, [all[5].id.clone(), id("blog.0003_third")]);
    assert_eq!(all[7].depends_on, [id("blog.0001_initial")]);
    let graph = Graph::new(all.clone()).unwrap();
    assert_eq!(graph.order(), [&all[6], &all[7]]);
}

#[test]
fn a_squash_remembers_names_that_were_exchanged() {
    let rename = |before: &str, after: &str| {
        Operation::RenameField(crate::operation::RenameField::new("A", before, after))
    };
    let model =
        crate::notation::state("A: id, x, y").model(&ModelKey::new("blog", "A")).unwrap().as_ref().clone();
    let create = Operation::CreateModel(crate::operation::CreateModel { model });
    let app = "blog".into();
    let whole = vec![create, rename("x", "aside"), rename("y", "x"), rename("aside", "y")];
    let names = FormerNames::after(&app, &whole);
    let mut short = optimize(&app, whole.clone());
    short.extend(names.reminder(&app, &FormerNames::after(&app, &short)));
    assert!(short.len() < whole.len(), "{short:?}");
    let after = |operations: &[Operation]| {
        let mut state = crate::state::ProjectState::default();
        for operation in operations {
            operation.behaviour().apply(&app, &mut state).unwrap();
        }
        state
    };
    let wanted = crate::notation::models("A: id, x <y, y <x");
    for state in [after(&whole), after(&short)] {
        assert_eq!(
            crate::detect::detect(&state, &wanted, &app).unwrap(),
            crate::detect::Detection::default()
        );
    }
}
