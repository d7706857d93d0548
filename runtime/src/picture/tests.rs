use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{MigrationId, ModelKey};
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};

use super::*;
use crate::dialect::Dialect;

fn migration(app: &str, name: &str, depends_on: &[&str], models: Vec<Model>) -> Migration {
    let depends_on = depends_on.iter().map(|id| id.parse().unwrap()).collect();
    let operations = models.into_iter().map(|model| Operation::CreateModel(CreateModel { model }));
    Migration::new(MigrationId::new(app, name), depends_on, operations.collect())
}

fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

fn reference(name: &str, app: &str, model: &str) -> Field {
    let to = ForeignKey::new(ModelKey::new(app, model));
    Field::foreign_key(name, ForeignKey { on_delete: ReferentialAction::Cascade, ..to })
}

/// Two apps: a branch that is joined, a replacement, and each kind of reference.
fn graph() -> Graph {
    let name = Field::new("name", ColumnType::Varchar { max_length: 100 });
    let author = Model::new("Author", vec![id(), Field { unique: true, ..name }]);
    let editor = Field { null: true, ..reference("editor", "blog", "Author") };
    let tags = Field::many_to_many("tags", ManyToMany::new(ModelKey::new("blog", "Tag")));
    let post = Model::new("Post", vec![id(), reference("author", "blog", "Author"), editor, tags]);
    let mut squashed = migration("blog", "0001_all", &[], vec![author]);
    squashed.replaces = vec!["blog.0001_initial".parse().unwrap()];
    let price = Field::new("price", ColumnType::Decimal { precision: 20, scale: 4 });
    Graph::new(vec![
        squashed,
        migration("blog", "0002_left", &["blog.0001_all"], vec![Model::new("Tag", vec![id()])]),
        migration("blog", "0002_right", &["blog.0001_all"], Vec::new()),
        migration("blog", "0003_merge", &["blog.0002_left", "blog.0002_right"], vec![post]),
        migration(
            "shop",
            "0001_initial",
            &["blog.0003_merge"],
            vec![Model::new("Cart", vec![id(), price, reference("post", "blog", "Post")])],
        ),
        migration("shop", "0002_more", &["shop.0001_initial", "blog.0002_right"], Vec::new()),
    ])
    .unwrap()
}

fn tables(graph: &Graph, apps: &[&str]) -> Picture {
    let apps: Vec<String> = apps.iter().map(ToString::to_string).collect();
    of_tables(&graph.state().unwrap(), &apps, Dialect::Postgres).unwrap()
}

fn drawn(picture: &Picture, form: Form) -> String {
    draw(std::slice::from_ref(picture), form).unwrap()
}

/// Names that end a string, an element, a comment or a line somewhere, or are words of the formats.
const HOSTILE: [&str; 12] = [
    "a\"b",
    "</td><script>alert(1)</script>",
    "a\\",
    "a\nb",
    "-->",
    "PK",
    "end",
    "subgraph x[\"y\"]",
    "#quot;&lt;",
    "Grün אב 🦀",
    "\u{1b}[31m\u{202e}x",
    "{}|o--||`",
];

fn hostile() -> Picture {
    let boxes = HOSTILE.map(|name| PictureBox {
        app: name.to_owned(),
        name: name.to_owned(),
        notes: vec![name.to_owned()],
        parts: vec![Part { name: name.to_owned(), type_name: name.to_owned(), marks: vec![Mark::Null] }],
        is_outside: false,
        applied: None,
    });
    let arrow = |from: usize| Arrow {
        from,
        to: (from + 1) % HOSTILE.len(),
        label: HOSTILE[from].to_owned(),
        is_optional: false,
        is_unique: false,
    };
    Picture {
        subject: Subject::Tables,
        boxes: boxes.to_vec(),
        arrows: (0..HOSTILE.len()).map(arrow).collect(),
    }
}

#[test]
fn migrations_are_drawn_as_lines_the_newest_first() {
    insta::assert_snapshot!(drawn(&of_migrations(&graph(), &[]), Form::Text));
}

#[test]
fn tables_are_listed_with_their_references() {
    insta::assert_snapshot!(drawn(&tables(&graph(), &[]), Form::Text));
}

#[test]
fn an_app_is_drawn_with_what_it_needs() {
    let migrations = of_migrations(&graph(), &["shop".to_owned()]);
    let shown: Vec<(String, bool)> =
        migrations.boxes.iter().map(|it| (it.full_name(Subject::Migrations), it.is_outside)).collect();
    let names =
        |list: &[(&str, bool)]| list.iter().map(|(name, is)| ((*name).to_owned(), *is)).collect::<Vec<_>>();
    let expected = [
        ("blog.0002_right", true),
        ("blog.0003_merge", true),
        ("shop.0001_initial", false),
        ("shop.0002_more", false),
    ];
    assert_eq!(shown, names(&expected));
    let tables = tables(&graph(), &["shop"]);
    let shown: Vec<(String, bool)> = tables.boxes.iter().map(|it| (it.name.clone(), it.is_outside)).collect();
    assert_eq!(shown, names(&[("blog_post", true), ("shop_cart", false)]));
    assert!(tables.boxes[0].parts.is_empty(), "the columns of another app are not shown");
}

#[test]
fn mermaid_and_graphviz_have_the_same_boxes_and_arrows() {
    let (migrations, tables) = (of_migrations(&graph(), &[]), tables(&graph(), &[]));
    let drawn = [
        drawn(&migrations, Form::Mermaid),
        drawn(&tables, Form::Mermaid),
        drawn(&migrations, Form::Dot),
        drawn(&tables, Form::Dot),
    ];
    insta::assert_snapshot!(drawn.join("\n"));
}

#[test]
fn a_file_of_one_diagram_holds_no_two() {
    let both = [of_migrations(&graph(), &[]), tables(&graph(), &[])];
    assert_eq!(draw(&both, Form::Mermaid), Err(TwoDiagrams));
    assert_eq!(draw(&both, Form::Dot), Err(TwoDiagrams));
    let json: Value = serde_json::from_str(&draw(&both, Form::Json).unwrap()).unwrap();
    assert_eq!(json["migrations"]["arrows"].as_array().map(Vec::len), Some(7));
    assert_eq!(json["schema"]["boxes"][0]["columns"][0]["marks"], json!(["PK"]));
}

#[test]
fn hostile_names_are_data_in_every_form() {
    let picture = hostile();
    let text = drawn(&picture, Form::Text);
    assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    let html = drawn(&picture, Form::Html);
    assert!(!html.contains("<script") && !html.contains(['\u{1b}', '\u{202e}']), "{html}");
    assert!(html.contains("&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("#quot;&amp;lt;"));
    let dot = drawn(&picture, Form::Dot);
    // Outside of quotes and labels, a line has only the words of the printer.
    for line in dot.lines().filter(|line| line.contains("label=\"")) {
        let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        assert_eq!(quotes % 2, 0, "{line}");
    }
    assert!(dot.contains("label=\"a\\\"b\"") && dot.contains("label=\"a\\\\\""), "{dot}");
    assert!(dot.contains("label=\"#quot;&amp;lt;\""), "{dot}");
    let mermaid = drawn(&picture, Form::Mermaid);
    assert!(mermaid.contains("t1[\"a#34;b\"]") && mermaid.contains("_PK _PK"), "{mermaid}");
    for line in mermaid.lines() {
        assert!(matches!(line.matches('"').count(), 0 | 2), "{line}");
        assert!(!line.contains(['<', '`', '\\']), "{line}");
    }
    // A name never begins a line or a word of its own.
    assert!(!mermaid.lines().any(|line| line.trim() == "end"), "{mermaid}");
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_its_links_lead_somewhere() {
    for pictures in [vec![of_migrations(&graph(), &[]), tables(&graph(), &[])], vec![hostile()]] {
        let page = draw(&pictures, Form::Html).unwrap();
        for outside in ["http:", "https:", "<script", "<link", "@import", "url(//"] {
            assert!(!page.contains(outside), "`{outside}` is in {page}");
        }
        assert!(page.contains("@media (prefers-color-scheme: dark)"));
        let links: Vec<&str> =
            page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(links.len() > 5, "{page}");
        for link in links {
            assert_eq!(page.matches(&format!(" id=\"{link}\"")).count(), 1, "{link}");
        }
    }
}

#[test]
fn boxes_stand_below_what_they_need_even_in_circles() {
    let picture = hostile();
    let names: Vec<String> = HOSTILE.iter().map(ToString::to_string).collect();
    let placed = layout::layout(&picture, &names);
    let mut spots: Vec<(usize, usize)> = placed.places.iter().map(|it| (it.x, it.y)).collect();
    assert!(placed.places.iter().all(|it| it.x + it.width <= placed.width && it.y < placed.height));
    spots.sort_unstable();
    spots.dedup();
    assert_eq!(spots.len(), HOSTILE.len(), "no two boxes stand at one place");
    let graph = of_migrations(&graph(), &[]);
    let names: Vec<String> = graph.boxes.iter().map(|it| it.full_name(graph.subject)).collect();
    let placed = layout::layout(&graph, &names);
    for arrow in &graph.arrows {
        assert!(placed.places[arrow.from].y < placed.places[arrow.to].y, "{arrow:?}");
    }
}
