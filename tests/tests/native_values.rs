//! Values of PostgreSQL's own types, written and read by sqlx through a struct that derives `Model`.

use modelshift::Model;
use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::Case;
use modelshift_tests::database::Database;
use modelshift_tests::trial;
use sqlx::postgres::types::{Oid, PgInterval, PgMoney, PgPoint, PgRange};
use sqlx::{Connection, FromRow, PgConnection};

#[derive(Clone, Debug, PartialEq, FromRow, Model)]
struct Offer {
    id: i64,
    #[field(max_length = 20, default = "{}")]
    tags: Vec<String>,
    counts: Option<Vec<Option<i64>>>,
    files: Vec<Vec<u8>>,
    lasts: PgInterval,
    pages: PgRange<i32>,
    cost: PgMoney,
    place: PgPoint,
    kind: Oid,
}

#[tokio::test]
async fn what_sqlx_writes_it_reads_again() {
    let source: SourceModel = serde_json::from_str(Offer::SCHEMA).unwrap();
    let case = Case { name: "offer".to_owned(), models: vec![source.model], operations: Vec::new() };
    let (empty, dialect) = (ProjectState::default(), Dialect::Postgres);
    let capabilities = trial::capabilities(dialect);
    let plan = plan_migration(&case.first(), Direction::Forward, &empty, dialect, &capabilities).unwrap();
    let mut database = Database::fresh(dialect).await.expect("the server starts");
    database.enter("what_sqlx_writes").await.expect("there is room");
    database.run(&plan).await.expect("the table is made");

    let mut connection = PgConnection::connect(database.address()).await.unwrap();
    let offer = Offer {
        id: 1,
        tags: vec!["a".to_owned(), "b, \"c\"".to_owned()],
        counts: Some(vec![Some(1), None, Some(-3)]),
        files: vec![vec![0, 255], Vec::new()],
        lasts: PgInterval { months: 1, days: 2, microseconds: 3 },
        pages: PgRange::from(1..10),
        cost: PgMoney(1250),
        place: PgPoint { x: 1.5, y: -2.0 },
        kind: Oid(25),
    };
    sqlx::query("INSERT INTO blog_offer VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(offer.id)
        .bind(&offer.tags)
        .bind(&offer.counts)
        .bind(&offer.files)
        .bind(offer.lasts)
        .bind(offer.pages)
        .bind(offer.cost)
        .bind(&offer.place)
        .bind(offer.kind)
        .execute(&mut connection)
        .await
        .unwrap();
    let read: Offer = sqlx::query_as("SELECT * FROM blog_offer").fetch_one(&mut connection).await.unwrap();
    assert_eq!(read, offer);
}
