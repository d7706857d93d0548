//! Derived names: tables, indexes, constraints. Deterministic, and never longer than a database allows.

use crate::hash::fingerprint;
use crate::model::constraint::Constraint;
use crate::model::index::Index;
use crate::name::{AppLabel, ColumnName, FieldName, ModelName, ObjectName, TableName};

/// The strictest limit of our databases: PostgreSQL cuts names after 63 bytes, with a mere notice.
pub const MAX_NAME_BYTES: usize = 63;

/// The table with the history of migrations.
pub const HISTORY_TABLE: &str = "modelshift_history";

/// The table with the progress of a migration that is applied stage by stage.
pub const PROGRESS_TABLE: &str = "modelshift_progress";

/// The table with the statement that is being run outside of a transaction.
pub const STAGE_TABLE: &str = "modelshift_stage";

/// Returns whether modelshift's own tables have a name in some database: as a table, a key, a unique rule or a sequence.
pub fn is_own_name(name: &str) -> bool {
    const ENDS: [&str; 4] = ["", "_pkey", "_id_key", "_position_seq"];
    // For some databases, case makes no difference.
    let name = name.to_ascii_lowercase();
    let own = [HISTORY_TABLE, PROGRESS_TABLE, STAGE_TABLE].into_iter();
    own.filter_map(|table| name.strip_prefix(table)).any(|end| ENDS.contains(&end))
}

/// Writes an identifier in snake case: `HTTPServer2Log` becomes `http_server2_log`.
pub fn snake_case(name: &str) -> String {
    let characters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (position, character) in characters.iter().enumerate() {
        if character.is_uppercase() {
            let after_lower = position > 0 && !characters[position - 1].is_uppercase();
            let before_lower =
                position > 0 && characters.get(position + 1).is_some_and(|next| next.is_lowercase());
            if (after_lower || before_lower) && !snake.ends_with('_') && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(character.to_lowercase());
        } else {
            snake.push(*character);
        }
    }
    snake
}

/// Returns the name of a model's table: `blog_post`.
pub fn table_name(app: &AppLabel, model: &ModelName) -> TableName {
    TableName::new(shortened(&format!("{app}_{}", snake_case(model.as_str()))))
}

/// Returns the name of the join table of a model's field: `blog_post_tags`.
pub fn join_table_name(table: &TableName, field: &FieldName) -> TableName {
    TableName::new(shortened(&format!("{}_{field}", table.as_str()))).within(table.schema())
}

/// Returns the temporary name of a table before it is dropped.
pub(crate) fn table_aside(table: &TableName) -> TableName {
    TableName::new(shortened_before(table.as_str(), "_going"))
}

/// Returns the temporary name of a column between two names.
pub(crate) fn column_aside(column: &ColumnName) -> ColumnName {
    ColumnName::new(shortened_before(column.as_str(), "_going"))
}

/// Cuts a name that is too long, and appends a hash of the whole name.
pub fn shortened(name: &str) -> String {
    shortened_before(name, "")
}

/// Cuts a name that is too long, and keeps its end.
pub(crate) fn shortened_before(stem: &str, suffix: &str) -> String {
    let whole = format!("{stem}{suffix}");
    if whole.len() <= MAX_NAME_BYTES {
        return whole;
    }
    let hash = &fingerprint(whole.as_bytes())[..8];
    let mut end = MAX_NAME_BYTES - suffix.len() - hash.len() - 1;
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{hash}{suffix}", stem[..end].trim_end_matches('_'))
}

/// Returns the name of an object of a table: `<table>_<part>_<part>_<suffix>`, shortened with a hash.
pub fn object_name(table: &TableName, parts: &[String], suffix: &str) -> ObjectName {
    let mut stem = table.as_str().to_owned();
    for part in parts {
        stem.push('_');
        stem.push_str(part);
    }
    ObjectName::new(shortened_before(&stem, &format!("_{suffix}")))
}

/// Returns the name of an index that its source does not name; `columns` turns fields into columns.
///
/// A condition, an expression, a descending part, or what only PostgreSQL has goes into the name by hash, so that two indexes over the same
/// columns have two names.
pub(crate) fn index_name(
    table: &TableName,
    index: &Index,
    columns: impl Fn(&[&str]) -> Vec<String>,
) -> ObjectName {
    let mut names: Vec<&str> = Vec::new();
    for name in index.parts.iter().flat_map(|part| part.value.names()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let mut parts = columns(&names);
    let is_plain = |part: &crate::model::index::IndexPart| part.is_plain() && !part.descending;
    if !index.include.is_empty() || index.method.is_some() {
        parts.push(content_hash(&(&index.parts, &index.when, &index.include, &index.method)));
    } else if index.when.is_some() || !index.parts.iter().all(is_plain) {
        parts.push(content_hash(&(&index.parts, &index.when)));
    }
    object_name(table, &parts, "idx")
}

/// Returns the name of a constraint that its source does not name; `columns` turns fields into columns.
pub(crate) fn constraint_name(
    table: &TableName,
    constraint: &Constraint,
    columns: impl Fn(&[&str]) -> Vec<String>,
) -> ObjectName {
    match constraint {
        Constraint::Unique(rule) => {
            let mut parts = columns(&constraint.field_names());
            let is_bare = rule.include.is_empty() && !rule.nulls_not_distinct;
            if rule.parts.is_empty() && is_bare {
                let names: Vec<&str> = rule.fields.iter().map(crate::name::FieldName::as_str).collect();
                parts = columns(&names);
                if rule.when.is_some() {
                    parts.push(content_hash(&rule.when));
                }
            } else {
                let options = (&rule.include, rule.nulls_not_distinct);
                parts.push(content_hash(&(&rule.fields, &rule.parts, &rule.when, options)));
            }
            object_name(table, &parts, "key")
        }
        Constraint::Reference(rule) => {
            let names: Vec<&str> = rule.fields.iter().map(crate::name::FieldName::as_str).collect();
            object_name(table, &columns(&names), "fk")
        }
        Constraint::Exclude(rule) => {
            let mut parts = columns(&constraint.field_names());
            parts.push(content_hash(&(&rule.parts, rule.method, &rule.when)));
            object_name(table, &parts, "excl")
        }
        Constraint::Check { condition, .. } => {
            let mut parts = columns(&condition.names());
            parts.push(content_hash(condition));
            object_name(table, &parts, "check")
        }
    }
}

fn content_hash(content: &impl serde::Serialize) -> String {
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let text = serde_json::to_vec(content).unwrap_or_default();
    fingerprint(&text)[..6].to_owned()
}

/// Returns whether a name is equal to another one or derived from it; some databases ignore case.
pub(crate) fn begins_with(name: &str, start: &str) -> bool {
    let mut rest = name.chars().flat_map(char::to_lowercase);
    let begins = start.chars().flat_map(char::to_lowercase).all(|letter| rest.next() == Some(letter));
    begins && matches!(rest.next(), None | Some('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snake_case_splits_where_a_reader_would() {
        for (name, snake) in [
            ("Post", "post"),
            ("BlogPost", "blog_post"),
            ("HTTPServer", "http_server"),
            ("Oauth2Token", "oauth2_token"),
            ("A", "a"),
            ("Already_Snake", "already_snake"),
        ] {
            assert_eq!(snake_case(name), snake);
        }
    }

    #[test]
    fn long_names_keep_their_suffix_and_differ() {
        let table = TableName::new("a_table_with_quite_a_long_name_for_a_table");
        let long = |part: &str| object_name(&table, &[part.to_owned()], "idx");
        let (one, two) = (long("a_column_with_a_long_name_one"), long("a_column_with_a_long_name_two"));
        assert!(one != two && one.as_str().ends_with("_idx") && one.as_str().len() <= MAX_NAME_BYTES);
    }

    #[test]
    fn a_multibyte_name_is_cut_between_characters() {
        let name = shortened(&"é".repeat(60));
        assert!(name.len() <= MAX_NAME_BYTES && name.starts_with("éé"));
    }
}
