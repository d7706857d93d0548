//! Columns whose values the database computes: their rows, what a change of them costs, and what `check` sees of them.

use modelshift::target::Target;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::generated::{Generated, Storage};

use crate::support::{Entry, Place, alter_field, create, id, remove_field, varchar};

fn product(factor: i32, storage: Storage) -> Generated {
    let expression = Expr::binary(BinaryOp::Mul, Expr::name("price"), Expr::int(factor));
    Generated { expression, storage }
}

fn total(generated: Option<Generated>) -> Field {
    Field { generated, ..Field::new("total", ColumnType::I64) }
}

/// An item whose total is stored, then computed differently and when it is read, then written, then gone.
fn items() -> Vec<Entry> {
    let price = Field::new("price", ColumnType::I32);
    let item = vec![id(), varchar("name"), price, total(Some(product(2, Storage::Stored)))];
    let changed = alter_field("Item", total(Some(product(3, Storage::Virtual))));
    vec![
        ("0001_initial", vec![], vec![create("Item", item)]),
        ("0002_other", vec!["blog.0001_initial"], vec![changed]),
        ("0003_written", vec!["blog.0002_other"], vec![alter_field("Item", total(None))]),
        ("0004_gone", vec!["blog.0003_written"], vec![remove_field("Item", "total")]),
    ]
}

#[tokio::test]
async fn only_values_that_were_written_are_lost() {
    let place = Place::new();
    let mut migrator = place.migrator(&items()).await;
    migrator.migrate_to("0001").await.unwrap();
    place.run("INSERT INTO blog_item (name, price) VALUES ('a', 5), ('b', 7)").await;
    let totals = "SELECT group_concat(total, ' ') FROM (SELECT total FROM blog_item ORDER BY id)";
    assert_eq!(place.texts(totals).await, "10 14");
    assert_eq!(migrator.losses("0003").await.unwrap(), []);
    migrator.migrate_to("0002").await.unwrap();
    assert_eq!(place.texts(totals).await, "15 21");
    migrator.migrate_to("0003").await.unwrap();
    assert_eq!(place.texts(totals).await, "15 21");
    place.run("UPDATE blog_item SET total = 1 WHERE name = 'a'").await;
    let told =
        |losses: Vec<modelshift::loss::Loss>| losses.into_iter().map(|loss| loss.what).collect::<Vec<_>>();
    assert_eq!(told(migrator.losses(Target::Latest).await.unwrap()), ["removes field `total` from `Item`"]);
    // Going back, what was written gives way to what is computed.
    assert_eq!(told(migrator.losses("0002").await.unwrap()), ["alters field `total` on `Item`"]);
    migrator.migrate_to("0002").await.unwrap();
    assert_eq!(place.texts(totals).await, "15 21");
}

#[tokio::test]
async fn a_column_that_is_computed_differently_is_no_longer_what_migrations_made() {
    let place = Place::new();
    let mut migrator = place.migrator(&items()).await;
    migrator.migrate_to("0002").await.unwrap();
    assert_eq!(migrator.check().await.unwrap().drift, Vec::<String>::new());
    place
        .run(
            "ALTER TABLE blog_item DROP COLUMN total;
             ALTER TABLE blog_item ADD COLUMN total bigint NOT NULL GENERATED ALWAYS AS (price * 4) VIRTUAL",
        )
        .await;
    let drift = migrator.check().await.unwrap().drift;
    assert_eq!(
        drift,
        [
            "table `blog_item`: column `total` is `bigint not null (generated, price * 4 virtual)`, and should be \
             `bigint not null (generated, price * 3 virtual)`"
        ]
    );
}
