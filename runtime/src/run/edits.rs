//! Applied operations and those of the program -> what was edited, and the command that leads back.

use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;
use serde_json::Value;

/// Returns the command that reverts migrations by the operations that the history keeps, and then applies those of the
/// program.
pub(crate) fn way_out<'a>(ids: impl IntoIterator<Item = &'a MigrationId>) -> String {
    ids.into_iter().fold("migrate".to_owned(), |command, id| format!("{command} --revert {id}"))
}

/// Returns the differences between the applied operations and the operations of the program, one sentence each.
pub(crate) fn differences(applied: &[Operation], now: &[Operation]) -> Vec<String> {
    let shorter = applied.len().min(now.len());
    let same = applied.iter().zip(now).take_while(|(old, new)| old == new).count();
    let rest = applied.iter().rev().zip(now.iter().rev()).take(shorter - same);
    let same_at_end = rest.take_while(|(old, new)| old == new).count();
    let [mut old, mut new] =
        [applied, now].map(|all| all.iter().enumerate().take(all.len() - same_at_end).skip(same));
    let mut differences = Vec::new();
    loop {
        match (old.next(), new.next()) {
            (Some((position, old)), Some((_, new))) => differences.push(changed(position + 1, old, new)),
            (Some((position, old)), None) => {
                differences.push(format!("operation {} ({}) is gone", position + 1, describe(old)));
            }
            (None, Some((position, new))) => {
                differences.push(format!("operation {} ({}) is new", position + 1, describe(new)));
            }
            (None, None) => break,
        }
    }
    if differences.is_empty() {
        differences.push("its checksum in the history is another one".to_owned());
    }
    differences
}

fn describe(operation: &Operation) -> String {
    operation.behaviour().describe()
}

fn changed(number: usize, old: &Operation, new: &Operation) -> String {
    let descriptions = [describe(old), describe(new)];
    let [was, is] = &descriptions;
    if was != is {
        return format!("operation {number} was \"{was}\" and is now \"{is}\"");
    }
    let parts = match [old, new].map(serde_json::to_value) {
        [Ok(old), Ok(new)] => {
            let mut parts = Vec::new();
            compare("", &old, &new, &mut parts);
            parts
        }
        // The checksum of both was computed from this text, so that it can be written.
        [Err(_), _] | [_, Err(_)] => Vec::new(),
    };
    format!("operation {number} ({is}) is not what it was: {}", parts.join(", "))
}

/// Adds the parts in which two values differ, each by its path.
fn compare(path: &str, old: &Value, new: &Value, parts: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let part =
                    |value: &serde_json::Map<String, Value>| value.get(name).cloned().unwrap_or_default();
                compare(&inner, &part(old), &part(new), parts);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (position, (old, new)) in old.iter().zip(new).enumerate() {
                compare(&format!("{path}[{position}]"), old, new, parts);
            }
        }
        _ if old == new => {}
        _ => parts.push(format!("`{path}` was `{}` and is now `{}`", shown(old), shown(new))),
    }
}

/// Writes a value, and not more of it than helps.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 120;
    let text = match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use modelshift_schema::column_type::ColumnType;
    use modelshift_schema::expr::Expr;
    use modelshift_schema::field::Field;
    use modelshift_schema::operation::{AddField, RunSql};

    use super::*;

    fn rating(default: i64) -> Operation {
        let field = Field { default: Some(Expr::int(default)), ..Field::new("rating", ColumnType::I32) };
        Operation::AddField(AddField { model: "Author".into(), field, backfill: None })
    }

    fn sql(text: &str) -> Operation {
        Operation::RunSql(RunSql::new(text, None))
    }

    #[test]
    fn what_was_edited_is_said_part_by_part_and_what_stayed_is_not() {
        let applied = [sql("SELECT 1"), rating(0), sql("SELECT 2")];
        let now = [sql("SELECT 1"), rating(5), sql("SELECT 2")];
        let [difference] = &differences(&applied, &now)[..] else { panic!("one operation differs") };
        assert!(
            difference.starts_with("operation 2 (adds field `rating` to `Author`) is not what it was: `")
        );
        assert!(difference.contains("default") && difference.contains("`0` and is now `5`"), "{difference}");
        let more = [sql("SELECT 1"), sql("SELECT 0"), rating(0), sql("SELECT 2")];
        let found = differences(&applied, &more);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("operation 2 (") && found[0].ends_with("is new"), "{found:?}");
        let found = differences(&more, &applied);
        assert!(found.len() == 1 && found[0].ends_with("is gone"), "{found:?}");
    }

    #[test]
    fn the_way_out_names_each_migration_that_is_to_be_reverted() {
        let ids = [MigrationId::new("blog", "0007_a"), MigrationId::new("shop", "0002_b")];
        assert_eq!(way_out(&ids), "migrate --revert blog.0007_a --revert shop.0002_b");
    }
}
