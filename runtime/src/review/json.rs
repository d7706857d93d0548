//! A review -> JSON.

use serde_json::{Value, json};

use super::changes::Line;
use super::words::{self, Weight};
use super::{Review, Reviewed};

/// Returns the text.
pub(super) fn print(review: &Review) -> String {
    let tables = review.tables.iter().map(|it| {
        let lines = it.lines.iter().map(|line| match line {
            Line::Added(text) => json!({ "added": text }),
            Line::Removed(text) => json!({ "removed": text }),
            Line::Renamed(text) => json!({ "renamed": text }),
        });
        json!({ "table": it.name.to_string(), "changes": lines.collect::<Vec<_>>() })
    });
    let value = json!({
        "since": review.since,
        "migrations": review.migrations.iter().map(migration).collect::<Vec<_>>(),
        "schema": tables.collect::<Vec<_>>(),
        "edited": review.edited,
    });
    format!("{value}\n")
}

fn migration(it: &Reviewed) -> Value {
    let operations = it.operations.iter().map(|operation| {
        let effects = words::effects(operation).into_iter();
        let effects =
            effects.map(|(weight, what)| json!({ "what": what, "danger": weight == Weight::Danger }));
        json!({ "describe": operation.describe, "effects": effects.collect::<Vec<_>>() })
    });
    let losses = it.losses.iter().map(|(what, table)| json!({ "what": what, "table": table.to_string() }));
    let sql = it.scripts.iter().map(|(dialect, script)| {
        let script = match script {
            Ok(sql) => json!({ "sql": sql }),
            Err(why) => json!({ "unsupported": why }),
        };
        (dialect.to_string(), script)
    });
    json!({
        "id": it.id, "depends_on": it.depends_on, "replaces": it.replaces, "atomic": it.atomic,
        "operations": operations.collect::<Vec<_>>(), "losses": losses.collect::<Vec<_>>(),
        "irreversible": it.irreversible, "dialects": Value::Object(sql.collect()),
    })
}
