//! Extensions and collations.

use modelshift_schema::operation::{CollationProvider, NewCollation};

use super::Postgres;
use crate::dialect::render::literal::Value;
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// The end of the comment on an extension that modelshift created. Only such extensions are dropped.
const MARK: &str = "(made by modelshift)";

/// Creates an extension if it does not exist, and marks it if the privileges allow it.
pub(super) fn create_extension(name: &str) -> Result<Written, Unsupported> {
    let (quoted, text) = (Postgres.identifier(name)?, Postgres.literal(&Value::Text(name))?);
    Ok(extension(&format!(
        "BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = {text}) THEN
        CREATE EXTENSION {quoted};
        BEGIN
            EXECUTE pg_catalog.format('COMMENT ON EXTENSION %I IS %L', {text}, (
                SELECT pg_catalog.concat_ws(' ', pg_catalog.obj_description(oid, 'pg_extension'), '{MARK}')
                FROM pg_catalog.pg_extension WHERE extname = {text}
            ));
        EXCEPTION WHEN insufficient_privilege THEN
            NULL;
        END;
    END IF;
END"
    )))
}

/// Drops an extension that is marked.
pub(super) fn drop_extension(name: &str) -> Result<Written, Unsupported> {
    let (quoted, text) = (Postgres.identifier(name)?, Postgres.literal(&Value::Text(name))?);
    Ok(extension(&format!(
        "BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_extension
        WHERE extname = {text} AND pg_catalog.obj_description(oid, 'pg_extension') LIKE '%{MARK}'
    ) THEN
        DROP EXTENSION {quoted};
    END IF;
END"
    )))
}

fn extension(code: &str) -> Written {
    Written::raw(RawReason::Extension, block(code))
}

/// Writes a block of code between dollar quotes that the code does not contain.
pub(super) fn block(code: &str) -> String {
    let mut tag = "$modelshift$".to_owned();
    while code.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("DO {tag}\n{code}\n{tag}")
}

/// Writes CREATE COLLATION.
pub(super) fn create_collation(collation: &NewCollation) -> Result<Written, Unsupported> {
    let mut items = vec![format!("locale = {}", Postgres.literal(&Value::Text(&collation.locale))?)];
    match (collation.provider, collation.deterministic) {
        (CollationProvider::Libc, true) => {}
        (CollationProvider::Icu, _) => items.push("provider = icu".to_owned()),
        (CollationProvider::Libc, false) => {
            let what = format!("postgres: only ICU takes texts for equal that differ (`{}`)", collation.name);
            return Err(Unsupported::new(what, "add `provider = icu`, or leave `deterministic` out"));
        }
    }
    if !collation.deterministic {
        items.push("deterministic = false".to_owned());
    }
    let sql = format!("CREATE COLLATION {} ({})", Postgres.identifier(&collation.name)?, items.join(", "));
    Ok(Written::raw(RawReason::Collation, sql))
}

/// Writes DROP COLLATION.
pub(super) fn drop_collation(name: &str) -> Result<Written, Unsupported> {
    Ok(Written::raw(RawReason::Collation, format!("DROP COLLATION {}", Postgres.identifier(name)?)))
}
