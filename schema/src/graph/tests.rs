use super::*;

/// Makes a graph from lines such as `a1: b2 c1`.
fn graph(lines: &[&str]) -> Result<Graph, Vec<GraphError>> {
    let id = |text: &str| MigrationId::new(&text[..1], text);
    let migrations = lines.iter().map(|line| {
        let (name, parents) = line.split_once(':').unwrap_or((line, ""));
        let depends_on = parents.split_whitespace().map(id).collect();
        Migration { id: id(name), depends_on, operations: Vec::new() }
    });
    Graph::new(migrations.collect())
}

fn names(ids: &[&MigrationId]) -> String {
    ids.iter().map(|id| id.name.as_str()).collect::<Vec<_>>().join(" ")
}

fn id(name: &str) -> MigrationId {
    MigrationId::new(&name[..1], name)
}

const COMPLEX: [&str; 8] = ["a1", "a2: a1", "a3: a2 b2", "a4: a3 c2", "b1", "b2: b1", "c1: b1", "c2: c1 a2"];

#[test]
fn gr_001_a_simple_graph_is_walked_as_django_does() {
    let graph = graph(&["a1", "a2: a1", "a3: a2 b2", "a4: a3", "b1", "b2: b1"]).unwrap();
    assert_eq!(names(&graph.ancestors(&id("a1"))), "a1");
    assert_eq!(names(&graph.ancestors(&id("b2"))), "b1 b2");
    assert_eq!(names(&graph.ancestors(&id("a4"))), "b1 b2 a1 a2 a3 a4");
    assert_eq!(names(&graph.descendants(&id("b2"))), "b2 a3 a4");
    assert_eq!(names(&graph.leaves(&"a".into())), "a4");
}

#[test]
fn gr_002_a_complex_graph_is_walked_as_django_does() {
    let graph = graph(&COMPLEX).unwrap();
    assert_eq!(names(&graph.ancestors(&id("c2"))), "b1 c1 a1 a2 c2");
    assert_eq!(names(&graph.ancestors(&id("a4"))), "b1 c1 a1 a2 c2 b2 a3 a4");
    assert_eq!(names(&graph.descendants(&id("b1"))), "b1 b2 a3 c1 c2 a4");
    let order: Vec<&str> = graph.order().iter().map(|it| it.id.name.as_str()).collect();
    assert_eq!(order, ["b1", "c1", "a1", "a2", "c2", "b2", "a3", "a4"]);
}

#[test]
fn gr_004_a_long_history_needs_no_deep_stack() {
    let lines: Vec<String> = (0..20_000)
        .map(|n| if n == 0 { "a00000".into() } else { format!("a{n:05}: a{:05}", n - 1) })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let graph = graph(&lines).unwrap();
    assert_eq!(graph.order().len(), 20_000);
    assert_eq!(graph.descendants(&id("a00000")).len(), 20_000);
}

#[test]
fn gr_006_what_is_not_there_leads_nowhere() {
    let graph = graph(&COMPLEX).unwrap();
    assert!(graph.get(&id("x1")).is_none());
    assert!(graph.ancestors(&id("x1")).is_empty() && graph.descendants(&id("x1")).is_empty());
}

#[test]
fn gr_007_a_missing_dependency_is_named_with_its_origin() {
    let migration = |name: &str, on: &[&str]| Migration {
        id: MigrationId::new("blog", name),
        depends_on: on.iter().map(|name| MigrationId::new("blog", *name)).collect(),
        operations: Vec::new(),
    };
    let errors = Graph::new(vec![
        migration("0001_initial", &[]),
        migration("0002_tags", &["0001_first", "0007_lost"]),
        migration("0002_tags", &[]),
    ]);
    let texts: Vec<String> = errors.unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "migration `blog.0002_tags` exists twice; rename or remove one of them",
            "migration `blog.0002_tags` depends on `blog.0001_first`, which does not exist; if \
             `blog.0001_initial` is meant, write that in `depends_on`",
            "migration `blog.0002_tags` depends on `blog.0007_lost`, which does not exist; correct \
             `depends_on`, or bring the missing file back",
        ]
    );
}

#[test]
fn gr_014_circles_are_named_with_their_members() {
    let errors = graph(&["a1: a3", "a2: a1", "a3: a2", "a4: a3", "b1: b2", "b2: b1", "c1"]).unwrap_err();
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(texts[0].contains("`a.a1` -> `a.a3` -> `a.a2` -> `a.a1`"), "{texts:?}");
    assert!(texts[1].contains("`b.b1` -> `b.b2` -> `b.b1`"), "{texts:?}");
}

#[test]
fn two_leaves_are_seen_for_the_app_alone() {
    let graph = graph(&["a1", "a2: a1", "a3: a1", "b1: a2"]).unwrap();
    assert_eq!(names(&graph.leaves(&"a".into())), "a2 a3");
    assert_eq!(names(&graph.leaves(&"b".into())), "b1");
    assert_eq!(graph.apps().len(), 2);
}
