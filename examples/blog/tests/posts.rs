//! A test of the blog's own queries: each test has a database of its own, in which all migrations are applied.

use modelshift::testing;
use sqlx::SqlitePool;

#[tokio::test]
async fn comments_go_with_their_post() -> Result<(), Box<dyn std::error::Error>> {
    // In a file for SQLite. `testing::database` takes the address of a server from `DATABASE_URL`.
    let database = testing::database_at("sqlite://blog.sqlite3", blog::migrations::all()).await?;
    let pool = SqlitePool::connect(database.url()).await?;
    for sql in [
        "INSERT INTO blog_author (id, full_name, email) VALUES (1, 'Ada', 'ada@example.org')",
        "INSERT INTO blog_post (id, title, slug, body, author_id, rating) VALUES (1, 'On Cards', 'cards', '…', 1, 0)",
        "INSERT INTO blog_comment (post_id, body, created_at) VALUES (1, 'First!', '2026-01-02')",
        "DELETE FROM blog_post",
    ] {
        sqlx::query(sql).execute(&pool).await?;
    }
    let comments: i64 = sqlx::query_scalar("SELECT count(*) FROM blog_comment").fetch_one(&pool).await?;
    assert_eq!(comments, 0);
    pool.close().await;
    database.close().await?;
    Ok(())
}
