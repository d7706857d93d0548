//! Names that differ by case alone, which are one name to SQLite.

use modelshift_schema::field::Field;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{AlterModelTable, Operation};
use modelshift_schema::relation::ManyToMany;

use crate::support::{Entry, Place, alter_field, create, id, varchar};

#[tokio::test]
async fn tables_and_columns_get_names_that_differ_by_case_alone() {
    let tags = Field::many_to_many("tags", ManyToMany::new(ModelKey::new("_", "Tag")));
    let name = |column: &str| Field { column: Some(column.into()), unique: true, ..varchar("name") };
    let first: Entry = (
        "0001_initial",
        vec![],
        vec![create("Tag", vec![id()]), create("Note", vec![id(), name("Name"), tags])],
    );
    let table = |table: &str| {
        Operation::AlterModelTable(AlterModelTable {
            model: "Note".into(),
            table: Some(table.into()),
            schema: None,
        })
    };
    let second: Entry = (
        "0002_second",
        vec!["blog.0001_initial"],
        vec![
            table("BLOG_Note"),
            alter_field("Note", name("name")),
            alter_field("Note", Field { null: true, ..name("NAME") }),
        ],
    );
    let place = Place::new();
    let mut migrator = place.migrator(&[first, second]).await;
    migrator.migrate_to("0001").await.unwrap();
    place
        .run(
            "INSERT INTO blog_tag (id) VALUES (4); INSERT INTO blog_note (id, name) VALUES (5, 'five');
             INSERT INTO blog_note_tags (note_id, tag_id) VALUES (5, 4);
             CREATE VIEW seen AS SELECT \"Name\" AS seen FROM blog_note",
        )
        .await;
    for (way, expected) in [("0002", "BLOG_Note BLOG_Note_tags"), ("0001", "blog_note blog_note_tags")] {
        migrator.migrate_to(way).await.unwrap();
        let tables =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'blog_note%' ORDER BY name";
        assert_eq!(place.texts(tables).await, expected);
        assert_eq!(place.texts("SELECT seen FROM seen").await, "five");
        assert_eq!(place.number("SELECT tag_id FROM blog_note_tags WHERE note_id = 5").await, 4);
        assert!(migrator.check().await.unwrap().is_empty() || way == "0001");
    }
}
