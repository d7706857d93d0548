//! Names to choose from: few, so that they meet, and some that are words of Rust, of SQL, or of our own grammar.

use modelshift_schema::name::{AppLabel, ModelName};

use crate::random::Random;

const APPS: [&str; 4] = ["blog", "shop", "users", "geo"];
const MODELS: [&str; 7] = ["Author", "Book", "City", "Draft", "Order", "HTTPLog", "Match"];
const FIELDS: [&str; 9] = ["age", "body", "code", "day", "email", "type", "index", "order", "grade"];
const SHARED: [&str; 4] = ["Stamped", "Priced", "Named", "Traits"];
const PLACES: [&str; 3] = ["stamps", "extra", "base"];
const PREFIXES: [&str; 5] = ["", "", "", "old_", "x_"];
const NEWTYPES: [&str; 3] = ["Cents", "Slug", "Id"];
const TABLES: [&str; 4] = ["ARCHIVE", "author", "we\"ird `table`", "größe"];
const SCHEMAS: [&str; 2] = ["audit", "ORDER \"größe\""];
const COLUMNS: [&str; 5] = ["age", "COLUMN", "it's", "author_id", "größe"];
const OBJECTS: [&str; 5] = ["first_rule", "second_rule", "by \"name\"", "Über", "order"];
const TEXTS: [&str; 5] = ["plain", "it's \"quoted\"", "two\nlines", "back\\slash", "// modelshift 1 x"];

/// Chooses from two to four apps.
pub(crate) fn apps(random: &mut Random) -> Vec<AppLabel> {
    let count = 2 + random.below(APPS.len() - 1);
    APPS.iter().take(count).map(|label| AppLabel::new(*label)).collect()
}

fn one(random: &mut Random, names: &[&'static str]) -> &'static str {
    random.pick(names).copied().unwrap_or("name")
}

/// Chooses the name of a model.
pub(crate) fn model(random: &mut Random) -> ModelName {
    one(random, &MODELS).into()
}

/// Chooses the name of a field.
pub(crate) fn field(random: &mut Random) -> &'static str {
    one(random, &FIELDS)
}

/// Chooses the name of a table; no two apps choose the same, which would be a table that moves from one to the other.
pub(crate) fn table(random: &mut Random, app: &AppLabel) -> String {
    of_app(random, &TABLES, app)
}

fn of_app(random: &mut Random, names: &[&'static str], app: &AppLabel) -> String {
    format!("{app}_{}", one(random, names))
}

/// Chooses the schema of a table.
pub(crate) fn schema(random: &mut Random) -> &'static str {
    one(random, &SCHEMAS)
}

/// Chooses the name of a column.
pub(crate) fn column(random: &mut Random) -> &'static str {
    one(random, &COLUMNS)
}

/// Chooses the name of an index or a constraint.
pub(crate) fn object(random: &mut Random, app: &AppLabel) -> String {
    of_app(random, &OBJECTS, app)
}

/// Chooses what people are told.
pub(crate) fn text(random: &mut Random) -> String {
    one(random, &TEXTS).to_owned()
}

/// Chooses the name of a struct that others flatten.
pub(crate) fn shared(random: &mut Random) -> ModelName {
    one(random, &SHARED).into()
}

/// Chooses the name of a field that is flattened.
pub(crate) fn place(random: &mut Random) -> &'static str {
    one(random, &PLACES)
}

/// Chooses what the names of flattened fields begin with.
pub(crate) fn prefix(random: &mut Random) -> &'static str {
    one(random, &PREFIXES)
}

/// Chooses the name of a type that holds one value of another.
pub(crate) fn newtype(random: &mut Random) -> &'static str {
    one(random, &NEWTYPES)
}
