//! Enums with `#[derive(Choices)]` beside other derives, bound and read by sqlx on every database.

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift::{Choices, Model};
use modelshift_schema::choices::Storage;
use modelshift_schema::model::Model as SchemaModel;
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{Case, choices, id, null};
use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Connection, FromRow, MySqlConnection, PgConnection, SqliteConnection};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
enum Status {
    Draft,
    InReview,
}

#[derive(Clone, Copy, Debug, PartialEq, Choices)]
#[choices(native)]
enum Mood {
    Happy,
    #[choice(value = "so-so")]
    Middling,
}

#[derive(Clone, Copy, Debug, PartialEq, Choices)]
#[choices(integer)]
enum Level {
    Low = 1,
    High = 300,
}

#[derive(Debug, PartialEq, FromRow, Model)]
#[model(table = "blog_article")]
struct Article {
    id: i64,
    #[field(default = Status::Draft)]
    status: Status,
    mood: Option<Mood>,
    level: Level,
}

/// Returns the statements that make the table.
fn statements(dialect: Dialect) -> Vec<String> {
    let fields = vec![
        id(),
        choices("status", Storage::Text, &[("Draft", "draft"), ("InReview", "in_review")]),
        null(choices("mood", Storage::Native, &[("Happy", "happy"), ("Middling", "so-so")])),
        choices("level", Storage::I16, &[("Low", "1"), ("High", "300")]),
    ];
    let models = vec![SchemaModel::new("Article", fields)];
    let case = Case { name: "enums".to_owned(), models, operations: Vec::new() };
    let (empty, capabilities) = (ProjectState::default(), Capabilities::default_for(dialect));
    let plan = plan_migration(&case.first(), Direction::Forward, &empty, dialect, &capabilities);
    let plan = plan.expect("the table can be made everywhere");
    plan.statements().map(|statement| statement.sql.clone()).collect()
}

fn articles() -> [Article; 3] {
    [
        Article { id: 1, status: Status::Draft, mood: Some(Mood::Middling), level: Level::High },
        Article { id: 2, status: Status::InReview, mood: None, level: Level::Low },
        Article { id: 3, status: Status::Draft, mood: Some(Mood::Happy), level: Level::Low },
    ]
}

/// Writes the rows, finds them by their enums, and reads them back.
macro_rules! check {
    ($connection:expr, $dialect:expr, $insert:literal, $find:literal, $garble:literal) => {{
        let mut connection = $connection;
        for sql in statements($dialect) {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        }
        for article in articles() {
            let Article { id, status, mood, level } = article;
            let query = sqlx::query($insert).bind(id).bind(status).bind(mood).bind(level);
            query.execute(&mut connection).await.unwrap();
        }
        let all =
            sqlx::query_as::<_, Article>("SELECT id, status, mood, level FROM blog_article ORDER BY id");
        assert_eq!(all.fetch_all(&mut connection).await.unwrap(), articles());
        let found =
            sqlx::query_scalar::<_, i64>($find).bind(Status::Draft).bind(Mood::Happy).bind(Level::Low);
        assert_eq!(found.fetch_all(&mut connection).await.unwrap(), [3]);
        // What no variant has can only come where the rule is away.
        let garbled = sqlx::query_scalar::<_, Status>($garble).fetch_one(&mut connection).await.unwrap_err();
        let said = garbled.to_string();
        assert!(
            said.contains("`lost` is not a value of `Status`; expected one of `draft`, `in_review`"),
            "{said}"
        );
    }};
}

#[tokio::test]
async fn sqlite_takes_and_gives_enums() {
    let connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    check!(
        connection,
        Dialect::Sqlite,
        "INSERT INTO blog_article (id, status, mood, level) VALUES (?, ?, ?, ?)",
        "SELECT id FROM blog_article WHERE status = ? AND mood = ? AND level = ?",
        "SELECT 'lost'"
    );
}

#[tokio::test]
async fn postgres_takes_and_gives_enums() {
    let server = Backend::Postgres.server().unwrap().unwrap();
    let address = Backend::Postgres.address(&server, "postgres");
    let connection = PgConnection::connect(&address).await.unwrap();
    check!(
        connection,
        Dialect::Postgres,
        "INSERT INTO blog_article (id, status, mood, level) VALUES ($1, $2, $3, $4)",
        "SELECT id FROM blog_article WHERE status = $1 AND mood = $2 AND level = $3",
        "SELECT 'lost'"
    );
}

#[tokio::test]
async fn mariadb_takes_and_gives_enums() {
    let server = Backend::Mariadb.server().unwrap().unwrap();
    let mut connection = MySqlConnection::connect(&Backend::Mariadb.address(&server, "")).await.unwrap();
    for sql in ["CREATE DATABASE enums CHARACTER SET utf8mb4", "USE enums"] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    check!(
        connection,
        Dialect::Mysql,
        "INSERT INTO blog_article (id, status, mood, level) VALUES (?, ?, ?, ?)",
        "SELECT id FROM blog_article WHERE status = ? AND mood = ? AND level = ?",
        "SELECT 'lost'"
    );
}

#[test]
fn other_derives_have_their_own_words() {
    assert_eq!(serde_json::to_string(&Status::InReview).unwrap(), r#""INREVIEW""#);
    assert_eq!("in_review".parse(), Ok(Status::InReview));
    assert_eq!(
        (Status::InReview.value(), Level::High.value(), Level::try_from(1)),
        ("in_review", 300, Ok(Level::Low))
    );
    assert_eq!(Article::COLUMNS.mood, "mood");
}
