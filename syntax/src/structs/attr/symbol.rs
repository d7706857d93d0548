//! The names of attributes, and the messages for unknown names.

/// The attributes of a field.
pub(crate) const FIELD: [&str; 33] = [
    "as",
    "backfill",
    "choices",
    "collation",
    "column",
    "comment",
    "db_constraint",
    "default",
    "deferrable",
    "filled",
    "flatten",
    "generated",
    "identity",
    "index",
    "keep_rows",
    "keep_values",
    "max_length",
    "new",
    "on_delete",
    "on_update",
    "precision",
    "prefix",
    "primary_key",
    "related_name",
    "renamed_from",
    "scale",
    "skip",
    "sql_type",
    "table",
    "through",
    "to_field",
    "virtual",
    "was",
];

/// `unique` is an attribute of fields and of structs alike.
pub(crate) const UNIQUE: &str = "unique";

/// The attributes of a struct.
pub(crate) const MODEL: [&str; 16] = [
    "abstract",
    "check",
    "comment",
    "exclude",
    "foreign_key",
    "from_row",
    "index",
    "managed",
    "name",
    "natural_key",
    "new",
    "primary_key",
    "renamed_from",
    "schema",
    "sqlite",
    "table",
];

/// Names of other libraries, and what to write here.
const ELSEWHERE: [(&str, &str); 38] = [
    ("auto_increment", "an integer primary key is automatic; leave it out"),
    ("autoincrement", "an integer primary key is automatic; leave it out"),
    ("blank", "write `Option<…>` where NULL is allowed"),
    ("column_name", "write `column = \"…\"`"),
    ("db_collation", "write `collation = \"…\"`"),
    ("db_column", "write `column = \"…\"`"),
    ("db_comment", "write `comment = \"…\"`"),
    ("db_default", "write `default = …`"),
    ("db_index", "write `index`"),
    ("db_persist", "leave it out where a generated field is stored, or write `virtual`"),
    ("db_type", "write `sql_type = \"…\"`"),
    ("db_table_comment", "write `comment = \"…\"`"),
    ("db_table", "write `table = \"…\"`"),
    ("default_value", "write `default = …`"),
    ("foreign_key", "give the field the type `ForeignKey<…>`"),
    ("indexed", "write `index`"),
    ("len", "write `max_length = 200`"),
    ("length", "write `max_length = 200`"),
    ("max_len", "write `max_length = 200`"),
    ("max_digits", "write `precision = 10`"),
    ("decimal_places", "write `scale = 2`"),
    (
        "name",
        "write `column = \"…\"` for the column; the name of a model is said at the struct, `#[model(name = \"…\")]`",
    ),
    ("not_null", "a field is NOT NULL unless its type is `Option<…>`"),
    ("null", "write `Option<…>` where NULL is allowed"),
    ("nullable", "write `Option<…>` where NULL is allowed"),
    ("generated_always", "write `generated = …`, or `identity = always`"),
    ("ondelete", "write `on_delete = cascade`"),
    ("persisted", "leave it out where a generated field is stored, or write `virtual`"),
    ("primary", "write `primary_key`"),
    ("references", "give the field the type `ForeignKey<…>`"),
    (
        "rename",
        "write `column = \"…\"` for the column, or `renamed_from = \"…\"` for the name that the field had",
    ),
    ("server_default", "write `default = …`"),
    ("size", "write `max_length = 200`"),
    ("stored", "leave it out where a generated field is stored, or write `virtual`"),
    ("rust_type", "write `as = \"i64\"`"),
    ("type", "write `as = \"i64\"`"),
    ("table_name", "write `table = \"…\"`"),
    ("unique_together", "write `unique(fields(a, b))`"),
];

/// Which list of attributes is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// `#[model(…)]`.
    Model,
    /// `#[field(…)]`.
    Field,
}

/// Returns the message for an attribute that the owner does not have.
pub(crate) fn unknown(owner: Owner, name: &str) -> String {
    let (word, own, others) = match owner {
        Owner::Model => ("model", &MODEL[..], &FIELD[..]),
        Owner::Field => ("field", &FIELD[..], &MODEL[..]),
    };
    let remedy = if let Some((_, remedy)) = ELSEWHERE.iter().find(|(other, _)| *other == name) {
        (*remedy).to_owned()
    } else if others.contains(&name) && owner == Owner::Field {
        format!("it belongs to the struct, as `#[model({name}…)]`")
    } else if others.contains(&name) {
        format!("it belongs to a field, as `#[field({name}…)]`")
    } else if let Some(near) = nearest(name, own.iter().copied().chain([UNIQUE])) {
        format!("did you mean `{near}`?")
    } else {
        let mut known: Vec<&str> = own.iter().copied().chain([UNIQUE]).collect();
        known.sort_unstable();
        format!("expected one of `{}`", known.join("`, `"))
    };
    format!("unknown {word} attribute `{name}`; {remedy}")
}

/// Returns the candidate that is a typing mistake away from `name`; none where none is near.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let reach = ((name.chars().count() + 1) / 3).clamp(1, 3);
    let scored = candidates.into_iter().map(|candidate| (distance(name, candidate), candidate));
    scored.filter(|(distance, _)| *distance <= reach).min().map(|(_, candidate)| candidate)
}

/// Returns the candidates that are nearest to `name`, or that begin with what is nearest to it, the nearest first; at most
/// `limit`.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let mut scored: Vec<(usize, &str)> =
        candidates.into_iter().map(|it| (distance(name, it).min(distance_to_start(name, it)), it)).collect();
    scored.sort_unstable();
    scored.into_iter().take(limit).map(|(_, candidate)| candidate).collect()
}

fn distance_to_start(name: &str, candidate: &str) -> usize {
    let start: String = candidate.chars().take(name.chars().count()).collect();
    distance(name, &start)
}

/// Returns the number of characters to insert, delete or replace between two words, regardless of case.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, from) in left.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (place, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[place + 1];
            row[place + 1] = replaced.min(row[place] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_attribute_is_answered_with_what_to_write() {
        for (owner, name, expected) in [
            (Owner::Field, "primarykey", "did you mean `primary_key`?"),
            (Owner::Field, "nullable", "write `Option<…>` where NULL is allowed"),
            (Owner::Field, "check", "it belongs to the struct, as `#[model(check…)]`"),
            (Owner::Model, "max_length", "it belongs to a field, as `#[field(max_length…)]`"),
            (Owner::Field, "persisted", "leave it out where a generated field is stored, or write `virtual`"),
            (
                Owner::Model,
                "frobnicate",
                "expected one of `abstract`, `check`, `comment`, `exclude`, `foreign_key`, `from_row`, `index`, `managed`, `name`, `natural_key`, `new`, `primary_key`, `renamed_from`, `schema`, `sqlite`, `table`, `unique`",
            ),
        ] {
            let message = unknown(owner, name);
            assert!(message.ends_with(expected), "{message}");
        }
    }

    #[test]
    fn nearness_has_limits() {
        assert_eq!(nearest("titel", ["title", "id"]), Some("title"));
        assert_eq!(nearest("author", ["title", "id"]), None);
        let names = ["0001_initial", "0002_title", "0003_body"];
        assert_eq!(closest("0004", names, 2), ["0001_initial", "0002_title"]);
        assert_eq!(closest("0002_titel", names, 1), ["0002_title"]);
    }
}
