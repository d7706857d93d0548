//! Plain sqlx over the tables of the models, the same on every database.

use chrono::{DateTime, TimeZone, Utc};
use sqlx::{Connection, Database, Decode, Encode, Executor, FromRow, IntoArguments, QueryBuilder, Type};

use crate::models::Comment;

/// A post with the name of its author.
#[derive(FromRow)]
pub(crate) struct Line {
    title: String,
    full_name: String,
    published_at: Option<DateTime<Utc>>,
}

/// Returns a line for each post, and the number of comments. Writes some if there are none.
pub(crate) async fn posts<DB>(mut connection: DB::Connection) -> Result<Vec<String>, sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'t> DateTime<Utc>: Encode<'t, DB> + Decode<'t, DB> + Type<DB>,
    for<'r> Line: FromRow<'r, DB::Row>,
    for<'r> Comment: FromRow<'r, DB::Row>,
{
    if sqlx::query("SELECT 1 FROM blog_author").fetch_optional(&mut connection).await?.is_none() {
        write_some::<DB>(&mut connection).await?;
    }
    let found: Vec<Line> = sqlx::query_as(
        "SELECT title, full_name, published_at FROM blog_post JOIN blog_author ON blog_author.id = author_id ORDER BY title",
    )
    .fetch_all(&mut connection)
    .await?;
    let mut lines: Vec<String> = found.iter().map(shown).collect();
    let comments: Vec<Comment> =
        sqlx::query_as("SELECT * FROM blog_comment ORDER BY id").fetch_all(&mut connection).await?;
    lines.push(format!("{} comments", comments.len()));
    Ok(lines)
}

fn shown(line: &Line) -> String {
    let when = line.published_at.map_or("a draft".to_owned(), |at| at.format("%Y-%m-%d").to_string());
    format!("{} by {} ({when})", line.title, line.full_name)
}

async fn write_some<DB>(connection: &mut DB::Connection) -> Result<(), sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'t> DateTime<Utc>: Encode<'t, DB> + Type<DB>,
{
    let published = Utc.with_ymd_and_hms(2026, 1, 2, 3, 4, 5).single().unwrap_or_default();
    let mut transaction = connection.begin().await?;
    transaction
        .execute("INSERT INTO blog_author (full_name, email) VALUES ('Ada', 'ada@example.org')")
        .await?;
    let mut post = QueryBuilder::<DB>::new(
        "INSERT INTO blog_post (title, slug, body, author_id, rating, published_at) \
         SELECT 'Notes on the Engine', 'notes', '…', id, 5, ",
    );
    post.push_bind(published).push(" FROM blog_author").build().execute(&mut *transaction).await?;
    transaction
        .execute(
            "INSERT INTO blog_post (title, slug, body, author_id, rating) \
             SELECT 'On Cards', 'cards', '…', id, 0 FROM blog_author",
        )
        .await?;
    transaction
        .execute(
            "INSERT INTO blog_comment (post_id, body, created_at) \
             SELECT id, 'First!', published_at FROM blog_post WHERE slug = 'notes'",
        )
        .await?;
    transaction.commit().await
}
