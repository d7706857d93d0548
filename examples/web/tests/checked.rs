//! Queries that sqlx compares with the tables when it compiles them, by what `cargo sqlx prepare` has written to `.sqlx`.

use std::error::Error;
use std::path::Path;

use modelshift::testing;
use sqlx::{Executor, SqlSafeStr, SqlitePool};
use web::models::{Author, Post};

#[tokio::test]
async fn a_checked_query_reads_a_reference() -> Result<(), Box<dyn Error>> {
    let database = testing::database_at("sqlite://web.sqlite3", web::migrations::all()).await?;
    let pool = SqlitePool::connect(database.url()).await?;
    let name = "Ada";
    let author = sqlx::query_as!(Author, "INSERT INTO web_author (name) VALUES (?) RETURNING id, name", name)
        .fetch_one(&pool)
        .await?;
    assert_eq!(author, Author { id: 1, name: name.to_owned() });
    let reference = modelshift::ForeignKey::<Author>::new(author.id);
    sqlx::query!("INSERT INTO web_post (title, author_id) VALUES ('On Cards', ?)", reference)
        .execute(&pool)
        .await?;
    let posts = sqlx::query_as!(
        Post,
        r#"SELECT id, title, author_id AS "author: _" FROM web_post WHERE author_id = ?"#,
        reference
    );
    let expected = [Post { id: 1, title: "On Cards".to_owned(), author: reference }];
    assert_eq!(posts.fetch_all(&pool).await?, expected);
    pool.close().await;
    database.close().await?;
    Ok(())
}

/// What `.sqlx` says of each query is what the migrations lead to.
#[tokio::test]
async fn what_is_prepared_fits_the_migrations() -> Result<(), Box<dyn Error>> {
    let database = testing::database_at("sqlite://web.sqlite3", web::migrations::all()).await?;
    let pool = SqlitePool::connect(database.url()).await?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let mut count = 0;
    for entry in std::fs::read_dir(folder)? {
        let prepared: serde_json::Value = serde_json::from_slice(&std::fs::read(entry?.path())?)?;
        let query = prepared["query"].as_str().ok_or("a file has its query")?.to_owned();
        let described = (&pool).describe(sqlx::AssertSqlSafe(query).into_sql_str()).await?;
        assert_eq!(prepared["describe"], serde_json::to_value(described)?, "{}", prepared["query"]);
        count += 1;
    }
    assert_eq!(count, 3);
    pool.close().await;
    database.close().await?;
    Ok(())
}
