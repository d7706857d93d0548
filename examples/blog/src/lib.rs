//! Authors, posts and comments: the models of the example, their migrations, and a small service.

pub mod migrations;
pub mod models;
mod service;

use modelshift::{Dialect, Migrator};
use sqlx::{Connection, MySql, MySqlConnection, PgConnection, Postgres, Sqlite, SqliteConnection};

/// Migrates a database, writes a few rows if it has none, and returns the lines that the service prints.
///
/// # Errors
/// If the database cannot be migrated, written or read.
pub async fn run(url: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut migrator = Migrator::connect(url).await?.with(migrations::all());
    let report = migrator.migrate().await?;
    let mut lines: Vec<String> = report.to_string().lines().map(str::to_owned).collect();
    lines.extend(match migrator.dialect() {
        Dialect::Sqlite => service::posts::<Sqlite>(SqliteConnection::connect(url).await?).await?,
        Dialect::Postgres => service::posts::<Postgres>(PgConnection::connect(url).await?).await?,
        Dialect::Mysql => service::posts::<MySql>(MySqlConnection::connect(url).await?).await?,
    });
    Ok(lines)
}
