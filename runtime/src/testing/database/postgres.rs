//! Copies of a template database, for PostgreSQL.

use std::time::{Duration, Instant};

use modelshift_schema::hash::fingerprint;

use super::migrate;
use super::names::{self, KEPT, Names};
use super::server::{Keeper, Lease, Server};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::url::DatabaseUrl;

/// How long a template may be in use by somebody who does not copy it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait before it is copied again.
const GLANCE: Duration = Duration::from_millis(50);

/// PostgreSQL.
#[derive(Clone, Copy, Debug)]
struct Postgres;

impl Server for Postgres {
    fn own_name(self) -> &'static str {
        "SELECT current_database()::text"
    }

    fn keep_idle(self) -> &'static [&'static str] {
        &["SET idle_session_timeout = 0"]
    }

    fn lock(self, name: &str) -> String {
        format!("SELECT pg_try_advisory_lock({})", key(name))
    }

    fn unlock(self, name: &str) -> String {
        format!("SELECT pg_advisory_unlock({})", key(name))
    }

    fn databases(self, beginning: &str) -> String {
        format!(
            "SELECT datname::text FROM pg_database WHERE starts_with(datname::text, '{beginning}') ORDER BY oid DESC"
        )
    }

    fn drop(self, name: &str) -> String {
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    }
}

/// Returns the key of the advisory lock of a name.
fn key(name: &str) -> i64 {
    let digits: String = fingerprint(name.as_bytes()).chars().take(15).collect();
    // Fifteen digits always are a number of sixty bits.
    i64::from_str_radix(&digits, 16).unwrap_or_default()
}

/// Returns a copy of the database to which migrations lead.
///
/// # Errors
/// If the migrations cannot be applied, or the server refuses to create a database.
pub(super) async fn copy(url: &DatabaseUrl, migrations: &Migrations, names: &Names) -> Result<Lease, Error> {
    let mut keeper = Keeper::connect(Postgres, url).await?;
    let (template, name) = (names.template(&keeper.scope), names::copy(&keeper.scope));
    keeper.lock(&name).await?;
    let begin = Instant::now();
    loop {
        let copied = keeper.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        match copied {
            Ok(()) => return Ok(keeper.into_lease(name)),
            Err(_) if !exists(&mut keeper, &template).await? => {
                make(&mut keeper, url, migrations, names).await?;
            }
            // The server looks at it, or somebody else does.
            Err(_) if begin.elapsed() < PATIENCE => tokio::time::sleep(GLANCE).await,
            Err(error) => return Err(error),
        }
    }
}

async fn exists(keeper: &mut Keeper<Postgres>, name: &str) -> Result<bool, Error> {
    let found =
        keeper.values(&format!("SELECT datname::text FROM pg_database WHERE datname = '{name}'")).await;
    found.map(|found| !found.is_empty())
}

/// Makes the template, unless another process has made it meanwhile. It gets its name when it is complete.
async fn make(
    keeper: &mut Keeper<Postgres>,
    url: &DatabaseUrl,
    migrations: &Migrations,
    names: &Names,
) -> Result<(), Error> {
    let template = names.template(&keeper.scope);
    keeper.lock(&template).await?;
    let made = make_alone(keeper, url, migrations, names).await;
    keeper.unlock(&template).await?;
    made
}

async fn make_alone(
    keeper: &mut Keeper<Postgres>,
    url: &DatabaseUrl,
    migrations: &Migrations,
    names: &Names,
) -> Result<(), Error> {
    let template = names.template(&keeper.scope);
    if exists(keeper, &template).await? {
        return Ok(());
    }
    keeper.keep_newest(&names.templates(&keeper.scope), KEPT - 1).await?;
    // While it is made, it is a copy that nobody uses: if this process ends, a later one removes it.
    let new = names::copy(&keeper.scope);
    keeper.lock(&new).await?;
    keeper.execute(&format!("CREATE DATABASE {new}")).await?;
    migrate(&url.with_database(&new), migrations).await?;
    // Nobody can connect to it and so prevent copies.
    keeper.execute(&format!("ALTER DATABASE {new} ALLOW_CONNECTIONS false")).await?;
    keeper.execute(&format!("ALTER DATABASE {new} RENAME TO {template}")).await?;
    keeper.unlock(&new).await
}
