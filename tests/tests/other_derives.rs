//! The derive beside those of serde and sqlx, references bound and read by sqlx, and columns named by sea-query.

use modelshift::{ForeignKey, Model};
use sea_query::{ExprTrait, Order, Query, SqliteQueryBuilder};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, FromRow, SqliteConnection};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow, Model)]
struct Author {
    id: i64,
    name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow, Model)]
#[model(table = "post")]
struct Post {
    id: i64,
    #[sqlx(rename = "author_id")]
    #[field(on_delete = cascade)]
    author: ForeignKey<Author>,
    #[sqlx(rename = "parent_id")]
    parent: Option<ForeignKey<Post>>,
    #[field(column = "select")]
    #[sqlx(rename = "select")]
    choice: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow, Model)]
#[model(abstract)]
struct Times {
    created_at: i64,
    changed_at: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow, Model)]
struct Event {
    id: i64,
    #[sqlx(flatten)]
    #[serde(flatten)]
    #[field(flatten)]
    times: Times,
}

fn post() -> Post {
    Post { id: 1, author: ForeignKey::new(7), parent: None, choice: "a".to_owned() }
}

#[tokio::test]
async fn a_reference_is_bound_and_read_as_its_key() {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let table = "CREATE TABLE post (id INTEGER, author_id INTEGER, parent_id INTEGER, \"select\" TEXT)";
    sqlx::raw_sql(table).execute(&mut db).await.unwrap();
    let post = post();
    sqlx::query("INSERT INTO post VALUES (?, ?, ?, ?)")
        .bind(post.id)
        .bind(post.author)
        .bind(post.parent)
        .bind(&post.choice)
        .execute(&mut db)
        .await
        .unwrap();
    let read: Post = sqlx::query_as("SELECT * FROM post").fetch_one(&mut db).await.unwrap();
    assert_eq!(read, post);
}

#[tokio::test]
async fn a_flattened_struct_is_read_from_the_columns_beside_it() {
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let columns = [Event::COLUMNS.id, Event::COLUMNS.times.created_at, Event::COLUMNS.times.changed_at];
    let table = format!("CREATE TABLE event ({})", columns.join(", "));
    sqlx::raw_sql(sqlx::AssertSqlSafe(table)).execute(&mut db).await.unwrap();
    sqlx::query("INSERT INTO event VALUES (1, 2, NULL)").execute(&mut db).await.unwrap();
    let read: Event = sqlx::query_as("SELECT * FROM event").fetch_one(&mut db).await.unwrap();
    assert_eq!(read, Event { id: 1, times: Times { created_at: 2, changed_at: None } });
}

#[test]
fn columns_are_identifiers_and_are_quoted() {
    let sql = Query::select()
        .columns([Post::COLUMNS.author, Post::COLUMNS.choice])
        .from("post")
        .and_where(sea_query::Expr::col(Post::COLUMNS.parent).is_null())
        .order_by(Post::COLUMNS.id, Order::Desc)
        .to_string(SqliteQueryBuilder);
    assert_eq!(
        sql,
        r#"SELECT "author_id", "select" FROM "post" WHERE "parent_id" IS NULL ORDER BY "id" DESC"#
    );
}

#[test]
fn a_row_goes_through_json_unchanged() {
    let json = serde_json::to_string(&post()).unwrap();
    assert_eq!(json, r#"{"id":1,"author":7,"parent":null,"choice":"a"}"#);
    assert_eq!(serde_json::from_str::<Post>(&json).unwrap(), post());
}
