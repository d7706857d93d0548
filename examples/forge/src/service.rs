//! Plain sqlx over the tables of the models, the same on every database.

use modelshift::{Dialect, Migrator, Model};
use sqlx::{
    AssertSqlSafe, Connection, Database, Executor, FromRow, IntoArguments, MySql, MySqlConnection,
    PgConnection, Postgres, Sqlite, SqliteConnection,
};

use crate::code::{Repository, Star};
use crate::tracker::Issue;

/// A repository: its owner, its name, and the numbers of its stars and open issues.
type Line = (String, String, i64, i64);

/// Migrates a database, compares it with the migrations, and returns the lines that the program prints.
///
/// # Errors
/// If the database cannot be migrated, written or read.
pub async fn run(url: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut migrator = Migrator::connect(url).await?.with(crate::migrations());
    let report = migrator.migrate().await?;
    let (findings, tables) = (migrator.check().await?, migrator.introspect().await?.tables.len());
    let mut lines = vec![
        format!("{} migrations applied", report.done.len()),
        format!("{tables} tables, {} differences", findings.drift.len()),
    ];
    lines.extend(match migrator.dialect() {
        Dialect::Sqlite => repositories::<Sqlite>(SqliteConnection::connect(url).await?).await?,
        Dialect::Postgres => repositories::<Postgres>(PgConnection::connect(url).await?).await?,
        Dialect::Mysql => repositories::<MySql>(MySqlConnection::connect(url).await?).await?,
    });
    Ok(lines)
}

/// Returns a line for each repository. Writes some if there are none.
async fn repositories<DB>(mut connection: DB::Connection) -> Result<Vec<String>, sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    DB::Arguments: IntoArguments<DB>,
    for<'r> Line: FromRow<'r, DB::Row>,
{
    let any = format!("SELECT 1 FROM {}", accounts::User::TABLE);
    if sqlx::query(AssertSqlSafe(any)).fetch_optional(&mut connection).await?.is_none() {
        write_some::<DB>(&mut connection).await?;
    }
    let found: Vec<Line> = sqlx::query_as(AssertSqlSafe(format!(
        "SELECT login, name, (SELECT count(*) FROM {stars} WHERE repository_id = repository.id), \
         (SELECT count(*) FROM {issues} WHERE repository_id = repository.id AND state = 'open') \
         FROM {repositories} repository JOIN {users} person ON person.id = owner_id ORDER BY login, name",
        stars = Star::TABLE,
        issues = Issue::TABLE,
        repositories = Repository::TABLE,
        users = accounts::User::TABLE,
    )))
    .fetch_all(&mut connection)
    .await?;
    Ok(found.into_iter().map(shown).collect())
}

fn shown((login, name, stars, issues): Line) -> String {
    format!("{login}/{name}: {stars} stars, {issues} open issues")
}

async fn write_some<DB>(connection: &mut DB::Connection) -> Result<(), sqlx::Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    let mut transaction = connection.begin().await?;
    for insert in [
        "INSERT INTO accounts_user (login, password) VALUES ('ada', '…'), ('bob', '…')",
        "INSERT INTO code_repository (owner_id, name) SELECT id, 'engine' FROM accounts_user WHERE login = 'ada'",
        "INSERT INTO code_repository (owner_id, name) SELECT id, 'cards' FROM accounts_user WHERE login = 'bob'",
        "INSERT INTO code_star (user_id, repository_id) \
         SELECT accounts_user.id, code_repository.id FROM accounts_user, code_repository WHERE name = 'engine'",
        "INSERT INTO tracker_issue (repository_id, number, title, author_id) \
         SELECT code_repository.id, 1, 'It squeaks', accounts_user.id FROM accounts_user, code_repository \
         WHERE login = 'bob' AND name = 'engine'",
    ] {
        transaction.execute(insert).await?;
    }
    transaction.commit().await
}
