//! `graph`: drawings of the compiled migrations, without a database.

use modelshift::Dialect;
use modelshift_tests::place::Place;

use super::{Program, manage};

#[tokio::test(flavor = "multi_thread")]
async fn migrations_and_schema_are_drawn_without_a_database() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let (code, said) = manage(&place, Program::Apps, "graph");
    assert_eq!(code, Some(0), "{said}");
    insta::assert_snapshot!(said);
    let (code, said) = manage(&place, Program::Blog, "graph schema blog --dialect mysql --format mermaid");
    assert_eq!(code, Some(0), "{said}");
    insta::assert_snapshot!(said);
    let file = place.address().replace("sqlite://", "");
    assert!(!std::path::Path::new(&file).exists(), "a drawing makes no database");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_database_has_is_marked_where_it_is_asked_for() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let (code, said) = manage(&place, Program::Blog, "graph migrations --applied");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("● [ ] blog.0001_step") && !said.contains("[X]"), "{said}");
    let (code, said) = manage(&place, Program::Blog, "migrate blog 0001");
    assert_eq!(code, Some(0), "{said}");
    let (_, text) = manage(&place, Program::Blog, "graph migrations --applied");
    assert!(text.contains("● [X] blog.0001_step") && text.contains("● [ ] blog.0002_step"), "{text}");
    let (_, json) = manage(&place, Program::Blog, "graph migrations --applied --format json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let boxes = json["migrations"]["boxes"].as_array().unwrap();
    assert_eq!((&boxes[0]["applied"], &boxes[1]["applied"]), (&"applied".into(), &"not applied".into()));
    let (_, mermaid) = manage(&place, Program::Blog, "graph migrations --applied --format mermaid");
    assert!(mermaid.contains("    style m1 fill:#cdebd0,color:#000\n    style m2 fill:#f4f4f4"), "{mermaid}");
    let (_, dot) = manage(&place, Program::Blog, "graph migrations --applied --format dot");
    assert!(dot.contains("fillcolor=\"#cdebd0\", fontcolor=black, style=filled"), "{dot}");
    let (_, html) = manage(&place, Program::Blog, "graph migrations --applied --format html");
    assert!(
        html.contains(">[X] blog.0001_step</text>") && html.contains("<p class=\"faint\">not applied</p>")
    );
    let (_, plain) = manage(&place, Program::Blog, "graph migrations");
    assert!(!plain.contains("[X]") && !plain.contains("[ ]"), "{plain}");
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_of_other_databases_are_drawn_unless_a_database_is_named() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let (_, all) = manage(&place, Program::Routed, "graph migrations");
    assert!(["shop.", "statistics.", "log."].iter().all(|app| all.contains(app)), "{all}");
    let (_, named) = manage(&place, Program::Routed, "graph migrations --database analytics");
    assert!(named.contains("statistics.") && !named.contains("shop."), "{named}");
    let (code, said) = manage(&place, Program::Routed, "review shop.0001 statistics.0001 --format markdown");
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("### `shop.0001_initial`") && said.contains("### `statistics.0001_initial`"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_name_of_the_file_is_the_format_and_what_does_not_fit_is_refused() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (name, begins) in [
        ("graph.html", "<!doctype html>\n"),
        ("graph.json", "{\"migrations\":"),
        ("graph.txt", "● blog."),
        ("graph", "● blog."),
    ] {
        let file = folder.path().join(name);
        let (code, said) = manage(&place, Program::Blog, &format!("graph --output {}", file.display()));
        assert_eq!((code, said.starts_with("wrote ")), (Some(0), true), "{said}");
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with(begins), "{name}: {text}");
    }
    let dot = folder.path().join("schema.dot");
    let (code, _) = manage(&place, Program::Blog, &format!("graph schema -o {}", dot.display()));
    assert_eq!(code, Some(0));
    assert!(std::fs::read_to_string(&dot).unwrap().starts_with("digraph schema {\n"));
    let lost = folder.path().join("missing/graph.html");
    for (words, code, part) in [
        ("graph --format mermaid".to_owned(), 2, "write `graph migrations` or `graph schema`"),
        ("graph schema shop".to_owned(), 2, "`shop`"),
        ("graph --format yaml".to_owned(), 2, "`mermaid`, `dot`, `html` or `json`"),
        ("showmigrations --format dot".to_owned(), 2, "answers in `text` or `json`"),
        (format!("graph --output {}", lost.display()), 1, "cannot be written"),
    ] {
        let (found, said) = manage(&place, Program::Blog, &words);
        assert_eq!(found, Some(code), "{words}: {said}");
        assert!(said.contains(part), "{words}: {said}");
    }
}
