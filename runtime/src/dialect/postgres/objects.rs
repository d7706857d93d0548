//! Extensions and collations.

use modelshift_schema::operation::{CollationProvider, NewCollation};

use super::Postgres;
use crate::dialect::render::literal::Value;
use crate::dialect::{Spelling, Unsupported};

/// What the description of an extension ends with that we made; only such a one do we drop.
const MARK: &str = "(made by modelshift)";

/// Makes an extension that is not there, and marks it as ours where we may.
pub(super) fn create_extension(name: &str) -> Result<String, Unsupported> {
    let (quoted, text) = (Postgres.identifier(name)?, Postgres.literal(&Value::Text(name))?);
    Ok(block(&format!(
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

/// Drops an extension that bears our mark.
pub(super) fn drop_extension(name: &str) -> Result<String, Unsupported> {
    let (quoted, text) = (Postgres.identifier(name)?, Postgres.literal(&Value::Text(name))?);
    Ok(block(&format!(
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

/// Writes a block of code between dollar signs, of which it holds no such pair itself.
fn block(code: &str) -> String {
    let mut tag = "$modelshift$".to_owned();
    while code.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("DO {tag}\n{code}\n{tag}")
}

pub(super) fn create_collation(collation: &NewCollation) -> Result<String, Unsupported> {
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
    Ok(format!("CREATE COLLATION {} ({})", Postgres.identifier(&collation.name)?, items.join(", ")))
}

pub(super) fn drop_collation(name: &str) -> Result<String, Unsupported> {
    Ok(format!("DROP COLLATION {}", Postgres.identifier(name)?))
}
