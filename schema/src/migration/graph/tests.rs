use super::*;

/// Makes a graph from lines such as `a1: b2 c1`.
fn graph(lines: &[&str]) -> Result<Graph, Vec<GraphError>> {
    let id = |text: &str| MigrationId::new(&text[..1], text);
    let migrations = lines.iter().map(|line| {
        let (name, parents) = line.split_once(':').unwrap_or((line, ""));
        let depends_on = parents.split_whitespace().map(id).collect();
        Migration::new(id(name), depends_on, Vec::new())
    });
    Graph::new(migrations.collect())
}

fn names(ids: &[&MigrationId]) -> String {
    ids.iter().map(|id| id.name.as_str()).collect::<Vec<_>>().join(" ")
}

fn id(name: &str) -> MigrationId {
    MigrationId::new(&name[..1], name)
}

/// Returns the migrations that depend on none of their own app.
fn roots(graph: &Graph) -> String {
    let order = graph.order();
    let mut roots: Vec<&MigrationId> = order.iter().filter(|it| it.is_initial()).map(|it| &it.id).collect();
    roots.sort();
    names(&roots)
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
    assert_eq!(names(&graph.leaves(&"b".into())), "b2");
    assert_eq!(roots(&graph), "a1 b1");
}

#[test]
fn gr_002_a_complex_graph_is_walked_as_django_does() {
    let graph = graph(&COMPLEX).unwrap();
    assert_eq!(names(&graph.ancestors(&id("c2"))), "b1 c1 a1 a2 c2");
    assert_eq!(names(&graph.ancestors(&id("a4"))), "b1 c1 a1 a2 c2 b2 a3 a4");
    assert_eq!(names(&graph.descendants(&id("b1"))), "b1 b2 a3 c1 c2 a4");
    let leaves: Vec<String> = graph.apps().into_iter().map(|app| names(&graph.leaves(app))).collect();
    assert_eq!((leaves.join(" ").as_str(), roots(&graph).as_str()), ("a4 b2 c2", "a1 b1 c1"));
}

#[test]
fn ld_004_what_several_leaves_need_is_done_once() {
    let order: Vec<String> = graph(&COMPLEX).unwrap().order().iter().map(|it| it.id.name.clone()).collect();
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
fn gr_005_what_many_ways_lead_to_is_visited_once() {
    let step = |n: usize| {
        let before =
            if n == 0 { String::new() } else { format!("a{:02} c{:02} b{:02}", n - 1, n - 1, n - 1) };
        [format!("a{n:02}: {before}"), format!("c{n:02}: a{n:02}"), format!("b{n:02}: c{n:02}")]
    };
    let lines: Vec<String> = (0..50).flat_map(step).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let graph = graph(&lines).unwrap();
    let steps: Vec<String> = (0..50).map(|n| format!("a{n:02} c{n:02} b{n:02}")).collect();
    assert_eq!(names(&graph.ancestors(&id("b49"))), steps.join(" "));
    assert_eq!(names(&graph.descendants(&id("a00"))), steps.join(" "));
}

#[test]
fn gr_006_what_is_not_there_leads_nowhere() {
    let graph = graph(&COMPLEX).unwrap();
    assert!(graph.get(&id("x1")).is_none());
    assert!(graph.ancestors(&id("x1")).is_empty() && graph.descendants(&id("x1")).is_empty());
}

#[test]
fn gr_007_a_missing_dependency_is_named_with_its_origin() {
    let migration = |name: &str, on: &[&str]| {
        let depends_on = on.iter().map(|name| MigrationId::new("blog", *name)).collect();
        Migration::new(MigrationId::new("blog", name), depends_on, Vec::new())
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

/// Makes a graph from lines such as `a3: a2 | a1 a2` (what it replaces) or `a3: a2 > a9` (before what it runs).
fn squashed(lines: &[&str], applied: &str) -> Result<Graph, Vec<GraphError>> {
    let ids = |text: &str| -> Vec<MigrationId> { text.split_whitespace().map(id).collect() };
    let migrations = lines.iter().map(|line| {
        let (name, rest) = line.split_once(':').unwrap_or((line, ""));
        let (rest, replaces) = rest.split_once('|').unwrap_or((rest, ""));
        let (depends_on, run_before) = rest.split_once('>').unwrap_or((rest, ""));
        let migration = Migration::new(id(name), ids(depends_on), Vec::new());
        Migration { replaces: ids(replaces), run_before: ids(run_before), ..migration }
    });
    Graph::for_database(migrations.collect(), &ids(applied).into_iter().collect())
}

/// Returns what is to be applied in a database that holds `applied` to come to the target.
fn open(lines: &[&str], applied: &str, target: &str) -> String {
    let graph = squashed(lines, applied).unwrap();
    let held = graph.held(&applied.split_whitespace().map(id).collect());
    let open: Vec<&MigrationId> =
        graph.ancestors(&id(target)).into_iter().filter(|id| !held.contains(id)).collect();
    names(&open)
}

#[test]
fn ld_006_what_runs_before_another_comes_first() {
    let lines = ["a1", "a2: a1", "a3: a1 > a2"];
    assert_eq!(open(&lines, "", "a2"), "a1 a3 a2");
    let errors = squashed(&["a1", "a2: a1 > a1"], "").unwrap_err();
    assert!(errors[0].to_string().contains("in a circle"), "{errors:?}");
    let errors = squashed(&["a1: > b1"], "").unwrap_err();
    assert!(matches!(errors[..], [GraphError::MissingDependency { .. }]), "{errors:?}");
    assert!(errors[0].to_string().contains("`.with(b::migrations::all())`"), "{errors:?}");
}

#[test]
fn gr_009_gr_016_what_is_missing_at_either_end_is_named_with_who_asks_for_it() {
    for (line, asks) in [("a1: b1", "`a.a1` depends on `b.b1`, which does not exist"), ("a1: > b1", "`b.b1`")]
    {
        let errors = squashed(&[line], "").unwrap_err();
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(texts.len() == 1 && texts[0].contains(asks) && texts[0].contains("`a.a1`"), "{texts:?}");
    }
}

#[test]
fn gr_010_gr_015_a_graph_that_fits_together_is_whole() {
    let graph = graph(&["a1", "a2: a1", "a3: a2 b2", "b1", "b2: b1"]).unwrap();
    let order = graph.order();
    let edges: usize = order.iter().map(|it| graph.parents(&it.id).count()).sum();
    assert_eq!((order.len(), edges), (5, 4));
    assert_eq!(order[0].id.to_string(), "b.b1");
}

#[test]
fn gr_011_a_name_that_only_a_squash_knows_is_no_migration() {
    let lines = ["a3s: | a1 a2", "a4: a3s"];
    let graph = squashed(&lines, "").unwrap();
    assert!(graph.get(&id("a1")).is_none() && graph.parents(&id("a2")).next().is_none());
    assert_eq!(names(&graph.ancestors(&id("a4"))), "a3s a4");
    let errors = squashed(&lines, "a1").unwrap_err();
    let text = errors[0].to_string();
    assert!(text.contains("`a.a3s` cannot replace it") && text.contains("bring the files back"), "{text}");
}

#[test]
fn gr_012_what_stands_for_others_takes_their_place() {
    let lines = ["c1", "a1: c1", "a2: a1", "b1: a2", "as: | a1 a2"];
    let graph = squashed(&lines, "").unwrap();
    assert_eq!(names(&graph.ancestors(&id("b1"))), "c1 as b1");
    assert_eq!(names(&graph.leaves(&"a".into())), "as");
    assert_eq!(graph.stand_in(&id("a1")), Some(&id("as")));
    assert!(graph.get(&id("a1")).is_none() && graph.stand_in(&id("b1")).is_none());
    // Half applied, it is left out, and what depends on it depends on the last of the others.
    let lines = ["a1", "a2: a1", "as: | a1 a2", "b1: as"];
    let graph = squashed(&lines, "a1").unwrap();
    assert_eq!(names(&graph.ancestors(&id("b1"))), "a1 a2 b1");
}

#[test]
fn gr_014_a_squash_that_closes_a_circle_is_refused() {
    let lines = ["a1", "a2: a1", "b1: as", "b2: b1", "as: b2 | a1 a2"];
    let errors = squashed(&lines, "").unwrap_err();
    assert!(errors[0].to_string().contains("`a.as` -> `b.b2` -> `b.b1` -> `a.as`"), "{errors:?}");
    let errors = squashed(&["a1: | a2", "a2: | a1"], "").unwrap_err();
    assert!(errors[0].to_string().contains("replace each other in a circle"), "{errors:?}");
}

#[test]
fn ld_014_a_squash_is_used_while_none_or_all_of_the_others_are_applied() {
    let lines = ["a1", "a2: a1", "a3: a2", "a4: a3", "a5: a4", "a3s: a2 | a3 a4 a5", "a6: a3s", "a7: a6"];
    let expect = [
        ("", "a1 a2 a3s a6 a7"),
        ("a1", "a2 a3s a6 a7"),
        ("a1 a2", "a3s a6 a7"),
        ("a1 a2 a3", "a4 a5 a6 a7"),
        ("a1 a2 a3 a4", "a5 a6 a7"),
        ("a1 a2 a3 a4 a5", "a6 a7"),
        ("a1 a2 a3s", "a6 a7"),
        ("a1 a2 a3 a4 a5 a6 a7", ""),
    ];
    for (applied, open_ones) in expect {
        assert_eq!(open(&lines, applied, "a7"), open_ones, "{applied}");
    }
}

#[test]
fn ld_015_ld_016_squashes_of_several_apps() {
    let lines =
        ["a1", "a2: a1", "a3: a2 b2", "a2s: a1 b2 | a2 a3", "a4: a2s", "b1: a1", "b2: b1", "b1s: a1 | b1 b2"];
    assert_eq!(open(&lines, "", "a4"), "a1 b1s a2s a4");
    assert_eq!(open(&lines, "a1 a2", "a4"), "b1s a3 a4");
    // LD-020: what is stood for cannot be meant, unless only some of it is applied.
    assert!(squashed(&lines, "").unwrap().get(&id("b2")).is_none());
    assert_eq!(open(&lines, "a1 b1", "b2"), "b2");
}

#[test]
fn ld_017_files_that_are_gone_are_missed_where_only_some_are_applied() {
    let lines = ["a1", "a2: a1", "a3s: a2 | a3 a4 a5", "a6: a5", "a7: a6"];
    for applied in ["", "a1", "a1 a2"] {
        assert!(open(&lines, applied, "a7").ends_with("a3s a6 a7"), "{applied}");
    }
    for applied in ["a1 a2 a3", "a1 a2 a3 a4"] {
        let errors = squashed(&lines, applied).unwrap_err();
        let text = errors[0].to_string();
        assert!(text.contains("`a.a3s` cannot replace it") && text.contains("`a.a6`"), "{text}");
    }
    assert_eq!(open(&lines, "a1 a2 a3 a4 a5", "a7"), "a6 a7");
}

#[test]
fn ld_020_a_squash_of_squashes() {
    let lines = ["a1", "a2: a1", "a3: a2", "a1s: | a1 a2", "a1t: | a1s a3", "a4: a3"];
    assert_eq!(open(&lines, "", "a4"), "a1t a4");
    assert_eq!(open(&lines, "a1", "a4"), "a2 a3 a4");
    assert_eq!(open(&lines, "a1 a2", "a4"), "a3 a4");
    assert_eq!(open(&lines, "a1s", "a4"), "a3 a4");
    assert_eq!(open(&lines, "a1s a3", "a4"), "a4");
    assert_eq!(open(&lines, "a1 a2 a3", "a4"), "a4");
}
