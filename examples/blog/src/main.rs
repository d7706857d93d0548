//! Migrates the database at start-up, as a service does, and then uses it.

use blog::models::Comment;
use chrono::{DateTime, Utc};
use modelshift::Migrator;
use sqlx::{Connection, SqliteConnection};

/// A post with the name of its author, read with plain sqlx.
#[derive(sqlx::FromRow)]
struct Line {
    title: String,
    full_name: String,
    published_at: Option<DateTime<Utc>>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example speaks to a person")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://blog.sqlite3".to_owned());

    let report = Migrator::connect(&url).await?.with(blog::migrations::all()).migrate().await?;
    println!("{report}");

    let mut db = SqliteConnection::connect(&url).await?;
    if sqlx::query("SELECT 1 FROM blog_author").fetch_optional(&mut db).await?.is_none() {
        write_something(&mut db).await?;
    }
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT title, full_name, published_at FROM blog_post JOIN blog_author ON blog_author.id = author_id ORDER BY title",
    )
    .fetch_all(&mut db)
    .await?;
    for line in lines {
        let when = line.published_at.map_or("a draft".to_owned(), |at| at.format("%Y-%m-%d").to_string());
        println!("{} by {} ({when})", line.title, line.full_name);
    }
    let comments: Vec<Comment> =
        sqlx::query_as("SELECT * FROM blog_comment ORDER BY id").fetch_all(&mut db).await?;
    println!("{} comments", comments.len());
    Ok(())
}

async fn write_something(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = db.begin().await?;
    sqlx::raw_sql(
        "INSERT INTO blog_author (id, full_name, email) VALUES (1, 'Ada', 'ada@example.org');
         INSERT INTO blog_post (id, title, slug, body, author_id, published_at, rating)
         VALUES (1, 'Notes on the Engine', 'notes', '…', 1, '2026-01-02 03:04:05+00:00', 5),
                (2, 'On Cards', 'cards', '…', 1, NULL, 0);
         INSERT INTO blog_comment (post_id, body) VALUES (1, 'First!');",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}
