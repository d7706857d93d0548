//! Copies of a database, for MySQL and MariaDB: its tables are created by their definitions, and their rows are copied.
//!
//! Where a database holds more than tables (views, triggers, routines, events, sequences), the migrations run in each copy.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::migrate;
use super::names::{self, KEPT, Names};
use super::server::{Keeper, Lease, Server};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::url::DatabaseUrl;

/// What this process knows of each template: the statements that copy it; nothing where the migrations have to run.
static KNOWN: Mutex<BTreeMap<Template, Option<Arc<String>>>> = Mutex::new(BTreeMap::new());

/// The address of a server, and the name of a template on it.
type Template = (String, String);

/// MySQL or MariaDB.
#[derive(Clone, Copy, Debug)]
struct Mysql;

impl Server for Mysql {
    fn own_name(self) -> &'static str {
        "SELECT database()"
    }

    fn keep_idle(self) -> &'static [&'static str] {
        // The longest time that every version takes. A database that is in use is removed later.
        &["SET SESSION wait_timeout = 2147483, lock_wait_timeout = 2"]
    }

    fn lock(self, name: &str) -> String {
        format!("SELECT get_lock('{name}', 0)")
    }

    fn unlock(self, name: &str) -> String {
        format!("SELECT release_lock('{name}')")
    }

    fn databases(self, beginning: &str) -> String {
        format!(
            "SELECT s.schema_name FROM information_schema.schemata s LEFT JOIN information_schema.tables t \
             ON t.table_schema = s.schema_name WHERE left(s.schema_name, {}) = '{beginning}' \
             GROUP BY s.schema_name ORDER BY max(t.create_time) DESC, s.schema_name",
            beginning.len()
        )
    }

    fn drop(self, name: &str) -> String {
        format!("DROP DATABASE IF EXISTS {name}")
    }
}

/// Returns a copy of the database to which migrations lead.
///
/// # Errors
/// If the migrations cannot be applied, or the server refuses to create a database.
pub(super) async fn copy(url: &DatabaseUrl, migrations: &Migrations, names: &Names) -> Result<Lease, Error> {
    let mut keeper = Keeper::connect(Mysql, url).await?;
    let (template, name) = (names.template(&keeper.scope), names::copy(&keeper.scope));
    keeper.lock(&name).await?;
    let known = (url.secret().to_owned(), template);
    let mut is_retry = false;
    loop {
        let script = script(&mut keeper, url, migrations, names, &known).await?;
        let Some(script) = script else {
            keeper.execute(&format!("CREATE DATABASE {name}")).await?;
            migrate(&url.with_database(&name), migrations).await?;
            return Ok(keeper.into_lease(name));
        };
        match keeper.execute(&script.replace(COPY, &name)).await {
            Ok(()) => return Ok(keeper.into_lease(name)),
            Err(error) if is_retry => return Err(error),
            // Another process may have removed the template, which was an old one for it.
            Err(_) => {
                KNOWN.lock().unwrap_or_else(PoisonError::into_inner).remove(&known);
                keeper = again(keeper, &name).await?;
            }
        }
        is_retry = true;
    }
}

/// Removes what was copied, on a new connection, since the settings of the first are unknown.
async fn again(mut keeper: Keeper<Mysql>, name: &str) -> Result<Keeper<Mysql>, Error> {
    keeper.execute(&Mysql.drop(name)).await?;
    let mut next = keeper.another().await?;
    next.lock(name).await?;
    Ok(next)
}

/// The placeholder for the name of the copy in a script.
const COPY: &str = "modelshift_test_copy_of_template";

/// Returns the statements that copy the template, which is made where it is missing.
async fn script(
    keeper: &mut Keeper<Mysql>,
    url: &DatabaseUrl,
    migrations: &Migrations,
    names: &Names,
    known: &Template,
) -> Result<Option<Arc<String>>, Error> {
    let found = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(known).cloned();
    if let Some(found) = found {
        return Ok(found);
    }
    let template = &known.1;
    keeper.lock(template).await?;
    let read = make(keeper, url, migrations, names).await;
    keeper.unlock(template).await?;
    let read = read?.map(Arc::new);
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(known.clone(), read.clone());
    Ok(read)
}

/// Makes the template or completes it: what is applied already is not applied again.
async fn make(
    keeper: &mut Keeper<Mysql>,
    url: &DatabaseUrl,
    migrations: &Migrations,
    names: &Names,
) -> Result<Option<String>, Error> {
    let template = names.template(&keeper.scope);
    keeper.execute(&format!("CREATE DATABASE IF NOT EXISTS {template}")).await?;
    migrate(&url.with_database(&template), migrations).await?;
    let beginning = names.templates(&keeper.scope);
    keeper.keep_newest(&beginning, KEPT).await?;
    read(keeper, &template).await
}

/// Returns the statements that copy a database; nothing if it holds more than tables.
async fn read(keeper: &mut Keeper<Mysql>, template: &str) -> Result<Option<String>, Error> {
    let others = format!(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = '{template}' AND table_type <> 'BASE TABLE' \
         UNION ALL SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = '{template}' \
         UNION ALL SELECT routine_name FROM information_schema.routines WHERE routine_schema = '{template}' \
         UNION ALL SELECT event_name FROM information_schema.events WHERE event_schema = '{template}'"
    );
    if !keeper.values(&others).await?.is_empty() {
        return Ok(None);
    }
    let own = keeper.values(Mysql.own_name()).await?;
    let own = quoted(own.first().map_or("", String::as_str));
    let words = format!(
        "SELECT concat('CHARACTER SET ', default_character_set_name, ' COLLATE ', default_collation_name) \
         FROM information_schema.schemata WHERE schema_name = '{template}'"
    );
    let words = keeper.values(&words).await?;
    let mut script = vec![
        format!("CREATE DATABASE {COPY} {}", words.first().map_or("", String::as_str)),
        format!("USE {COPY}"),
        "SET @modelshift_mode = @@sql_mode, foreign_key_checks = 0, unique_checks = 0, \
         sql_mode = concat(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO')"
            .to_owned(),
    ];
    let tables = format!(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = '{template}' ORDER BY table_name"
    );
    let mut rows = Vec::new();
    for table in keeper.values(&tables).await? {
        let shown = keeper.rows(&format!("SHOW CREATE TABLE {template}.{}", quoted(&table))).await?;
        script.extend(shown.into_iter().next().and_then(|row| row.into_iter().nth(1).flatten()));
        rows.extend(copied_rows(keeper, template, &table).await?);
    }
    script.extend(rows);
    script.push("SET foreign_key_checks = 1, unique_checks = 1, sql_mode = @modelshift_mode".to_owned());
    script.push(format!("USE {own}"));
    Ok(Some(script.join(";\n")))
}

/// Returns the statement that copies the rows of a table; nothing if it has none.
async fn copied_rows(
    keeper: &mut Keeper<Mysql>,
    template: &str,
    table: &str,
) -> Result<Option<String>, Error> {
    let whole = format!("{template}.{}", quoted(table));
    if keeper.values(&format!("SELECT 1 FROM {whole} LIMIT 1")).await?.is_empty() {
        return Ok(None);
    }
    // The server computes generated columns.
    let columns = format!(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = '{template}' AND table_name = '{}' \
         AND coalesce(generation_expression, '') = '' ORDER BY ordinal_position",
        table.replace('\'', "''")
    );
    let columns: Vec<String> = keeper.values(&columns).await?.iter().map(|name| quoted(name)).collect();
    let columns = columns.join(", ");
    Ok(Some(format!("INSERT INTO {COPY}.{} ({columns}) SELECT {columns} FROM {whole}", quoted(table))))
}

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}
