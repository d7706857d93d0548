//! Migrates the database at start-up, as a service does, and then uses it.

use modelshift::{Migrator, Model};
use sqlx::{Connection, SqliteConnection};

use forge::code::{Repository, Star};
use forge::tracker::Issue;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example speaks to a person")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://forge.sqlite3".to_owned());

    let mut migrator = Migrator::connect(&url).await?.with(forge::migrations());
    let report = migrator.migrate().await?;
    println!("{} migrations applied", report.done.len());
    let findings = migrator.check().await?;
    println!("{} tables, {} differences", migrator.introspect().await?.tables.len(), findings.drift.len());
    migrator.close().await;

    let mut db = SqliteConnection::connect(&url).await?;
    let any = format!("SELECT 1 FROM {}", accounts::User::TABLE);
    if sqlx::query(sqlx::AssertSqlSafe(any)).fetch_optional(&mut db).await?.is_none() {
        write_something(&mut db).await?;
    }
    let lines: Vec<(String, String, i64, i64)> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT login, name, (SELECT count(*) FROM {stars} WHERE repository_id = repository.id), \
         (SELECT count(*) FROM {issues} WHERE repository_id = repository.id AND state = 'open') \
         FROM {repositories} repository JOIN {users} person ON person.id = owner_id ORDER BY login, name",
        stars = Star::TABLE,
        issues = Issue::TABLE,
        repositories = Repository::TABLE,
        users = accounts::User::TABLE,
    )))
    .fetch_all(&mut db)
    .await?;
    for (login, name, stars, issues) in lines {
        println!("{login}/{name}: {stars} stars, {issues} open issues");
    }
    Ok(())
}

async fn write_something(db: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = db.begin().await?;
    sqlx::raw_sql(
        "INSERT INTO accounts_user (id, login, password) VALUES (1, 'ada', '…'), (2, 'bob', '…');
         INSERT INTO code_repository (id, owner_id, name) VALUES (1, 1, 'engine'), (2, 2, 'cards');
         INSERT INTO code_star (user_id, repository_id) VALUES (1, 1), (2, 1);
         INSERT INTO tracker_issue (repository_id, number, title, author_id) VALUES (1, 1, 'It squeaks', 2);",
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await
}
