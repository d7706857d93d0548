//! The derives and macros of modelshift; use them through the crate `modelshift`.

#![forbid(unsafe_code)]

mod abstract_struct;
mod choices;
mod columns;
mod data_files;
mod derive;
mod fallback;
mod lookup;
mod migration;
mod migrations;
mod model;

use modelshift_syntax::nesting::{self, Limit};
use proc_macro::TokenStream;
use syn::DeriveInput;

/// Creates a struct a model: a table with a column for each field.
///
/// It implements `Model` (the table's name, the key's type, the schema as a constant) and adds to the struct a constant
/// of its columns, `Post::COLUMNS`. It stands beside other derives and changes nothing of the struct.
///
/// ```text
/// #[derive(Model)]
/// #[model(index(fields(author, -published_at)), check(name = "rating_range", rating >= 0 && rating <= 5))]
/// pub struct Post {
///     pub id: i64,
///     #[field(max_length = 200)]
///     pub title: String,
///     #[field(on_delete = cascade, related_name = "posts")]
///     pub author: ForeignKey<Author>,
///     pub published_at: Option<DateTime<Utc>>,
///     #[field(default = 0)]
///     pub rating: i16,
/// }
/// ```
///
/// | `#[field(…)]` | |
/// |---|---|
/// | `primary_key` | the key, or part of it; without it, the field `id` is the key |
/// | `unique`, `index`, `index = false` | rules and indexes over this field alone |
/// | `max_length = 200` | for `String`, and for `Vec<u8>` (of which MySQL needs it in a key) |
/// | `precision = 10, scale = 2` | for `Decimal` |
/// | `default = 0` | a default in the database, which stays: a constant, or `now()`, `random_uuid()`, `sql("…")` |
/// | `backfill = 0` | a value for existing rows, used once: a constant, a function, fields of the row (also one that goes), `sql("…")` |
/// | `filled` | an answer where `Option` goes: no row holds NULL any more; the migration stops where one does |
/// | `column = "…"` | the name of the column |
/// | `comment = "…"` | what PostgreSQL and MySQL keep to tell people of the column |
/// | `collation = "…"`, `collation(postgres = "…", …)` | for `String`: how text is compared and sorted, the same everywhere or by database |
/// | `generated = price * quantity`, `virtual` | the database computes the value, when a row is written or (`virtual`) read |
/// | `identity = always` (`by_default`, `none`) | for integers: the database counts; an automatic key needs no word for it, and `none` makes one that every insert brings along |
/// | `sql_type = "citext"`, `sql_type(postgres = "citext", …)` | the type of the column as the database spells it |
/// | `as = "i64"` | the Rust type that is in the column of a newtype or an alias |
/// | `choices(Draft = "draft", …)` | the variants of an enum that does not derive `Choices` |
/// | `through = Membership` | the model whose rows are the relation; for `ManyToMany` |
/// | `table = "…"` | the name of the join table; for `ManyToMany` |
/// | `keep_rows` | an answer beside `through`: the join table becomes the model's table, with its rows |
/// | `skip` | no column |
/// | `flatten`, `flatten, prefix = "billing_"` | the fields of a struct with `#[model(abstract)]` stand in place of this one |
/// | `keep_values` | an answer: the field is the one that was there, and its values stay, whatever else it is from now on |
/// | `renamed_from = "…"`, `new` | answers to the build step's questions |
/// | `on_delete`, `on_update` | `cascade`, `restrict`, `set_null`, `set_default`, `no_action`; for `ForeignKey` and `OneToOne` |
/// | `to_field = "slug"` | the unique field of the other model that is referred to, in place of its key |
/// | `related_name = "…"` | the name of the way back; for relations |
/// | `db_constraint = false` | no FOREIGN KEY in the database; the index stays |
/// | `deferrable = deferred` (`immediate`) | a transaction may defer the check; PostgreSQL and SQLite |
///
/// | `#[model(…)]` | |
/// |---|---|
/// | `abstract` | no table: the struct is there to be flattened by others |
/// | `primary_key(b, a)` | the whole key of several fields, in this order |
/// | `natural_key(slug)` | the fields by which fixtures may name a row |
/// | `name = "Author"` | the name of the model, where it is not that of the struct |
/// | `table = "…"` | the name of the table |
/// | `comment = "…"` | what PostgreSQL and MySQL keep to tell people of the table |
/// | `schema = "audit"` | the schema that the table is in, which migrations create if it is missing; PostgreSQL only |
/// | `managed = false` | something else makes the table, and no migration touches it |
/// | `index(fields(a, -b))`, `index(on(desc(lower(a)), b))` | an index over fields, or over expressions |
/// | `unique(fields(a, b))`, `unique(on(lower(a)))` | a unique rule |
/// | `check(a >= 0)` | a condition that every row fulfils |
/// | `exclude(on(with(room, "="), with(during, "&&")))` | no two rows for which all the operators hold; PostgreSQL |
/// | `foreign_key(fields(a, b), references = Line(x, y))` | a reference over several fields |
/// | `renamed_from = "…"`, `new` | answers to the build step's questions; `"blog.Post"` where it was in another app |
///
/// | in `index(…)` and the rules | |
/// |---|---|
/// | `name = "…"` | the name in the database, in place of one that is made |
/// | `when = …` | only for rows that fulfil it; for `index`, `unique`, `exclude` |
/// | `include(title)` | columns that the index holds beside its own; for `index`, `unique` |
/// | `method = gin` | the kind of index: `brin`, `gin`, `gist`, `hash`, `spgist`; for `index`, `exclude` |
/// | `on(ops(title, "varchar_pattern_ops"), nulls_last(desc(b)))` | the operator class of a part, and where NULLs stand |
/// | `nulls_not_distinct` | NULL equals NULL; for `unique` |
/// | `deferrable = deferred` (`immediate`) | a transaction may defer the check; for `unique`, `exclude`, `foreign_key` |
/// | `on_delete = …`, `on_update = …`, `index = false` | for `foreign_key` |
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    within_limits(input, derive::expand)
}

/// Creates an enum without data the type of a field: a column that holds one of its variants.
///
/// It implements `Choices` (the variants, and their values), `FromStr` or `TryFrom` of the integer, and with a database
/// sqlx's `Type`, `Encode` and `Decode`. It stands beside other derives.
///
/// ```text
/// #[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
/// pub enum Status { Draft, Published, #[choice(value = "gone")] Archived }
/// ```
///
/// | `#[choices(…)]` | |
/// |---|---|
/// | | text with a check; a value is the name in snake case |
/// | `native` | a type of PostgreSQL, `ENUM` of MySQL; text with a check in SQLite |
/// | `integer` | the smallest integer that fits, or that of `#[repr(…)]`, with a check; the discriminants are the values |
/// | `removed(Archived -> Draft)` | what rows get that hold a variant which is gone |
/// | `removed(Archived)` | no row holds it: the migration stops where one does |
/// | `sqlx = false` | the enum has sqlx's traits from elsewhere |
/// | `conversions = false` | it has `FromStr` or `TryFrom` from elsewhere |
///
/// | `#[choice(…)]` | |
/// |---|---|
/// | `value = "gone"` | what rows hold |
/// | `renamed_from = "Old"` | the name that the variant had: rows follow |
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    within_limits(input, choices::expand)
}

/// One migration, as the build step writes it and people read and edit it.
///
/// It expands to `pub const MIGRATION`, which `migrations!` collects.
#[proc_macro]
pub fn migration(input: TokenStream) -> TokenStream {
    migration::expand(input)
}

/// Declares a module for every migration that lies in the folder beside the file, and `pub fn all() -> Migrations`.
///
/// An app of its own goes by its label: `modelshift::migrations!(blog);`.
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let mut items = migrations::expand(input.into());
    items.extend(proc_macro2::TokenStream::from(lookup::watch_off()));
    items.into()
}

/// Parses an item that does not nest too deep, and expands it.
fn within_limits(input: TokenStream, expand: fn(&DeriveInput) -> TokenStream) -> TokenStream {
    let checked = nesting::check(input.clone().into(), Limit::ITEM);
    match checked.and_then(|()| syn::parse(input)) {
        Ok(item) => expand(&item),
        Err(error) => error.to_compile_error().into(),
    }
}
