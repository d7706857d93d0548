//! The tables of a database -> the source of their models.
//!
//! The database is the judge: the tables that the models make in a new database are compared with those that are there.
//! Where a type or a default differs it is spelled as the database does, and what still differs is said in a comment.

mod columns;
mod conditions;
mod described;
mod exact;
mod indexes;
mod names;
mod relations;
mod tables;
mod values;

use std::collections::BTreeSet;

use modelshift_schema::field::FieldKind;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey, SchemaName};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::{SourceItem, SourceStruct, print_source, source_crates};

use self::described::Described;
use self::exact::Exact;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::run::drift::table_drift;
use crate::run::open::Connection;
use crate::session::details::{Kind, TableDetails};
use crate::session::live_schema::LiveSchema;

/// What is read of a database.
#[derive(Clone, Debug, Default)]
pub struct Inspect {
    /// The tables; all of them if there are none.
    pub tables: Vec<String>,
    /// The schemas of PostgreSQL that the tables are in; only the first one of the search path if there are none.
    pub schemas: BTreeSet<SchemaName>,
    /// Whether views become models, with `managed = false`.
    pub views: bool,
    /// Whether the partitions of tables become models.
    pub partitions: bool,
    /// The app of the models, from which names of tables are derived. Without one, each model says its table.
    pub app: Option<AppLabel>,
}

/// Rounds of comparison: types and defaults first, then join tables.
const ROUNDS: usize = 4;

/// Returns the source of the models of a database.
pub(crate) async fn inspect(connection: &mut Connection, wanted: &Inspect) -> Result<String, Error> {
    let dialect = connection.dialect();
    if dialect != Dialect::Postgres && !wanted.schemas.is_empty() {
        return Err(ErrorKind::NoSchemas { dialect }.into());
    }
    let all = connection.details(&wanted.schemas).await?;
    let others = all.iter().filter_map(|table| table.schema.clone()).collect();
    let live = connection.introspect(&others).await?;
    let app = wanted.app.clone().unwrap_or_else(|| AppLabel::new("_"));
    let (details, mut strange) = selected(all, wanted);
    let mut exact = Exact::default();
    let mut compared: Result<LiveSchema, Error>;
    let mut described: Vec<Described>;
    let mut round = 0;
    loop {
        described = tables::describe(&details, dialect, &app, &exact);
        compared = connection.fresh(&state(&described, &app)).await;
        round += 1;
        let found = match &compared {
            Ok(fresh) => exact.learn(&described, dialect, fresh, &live),
            // What the database refused is not known, so that everything is spelled as it is there.
            Err(_) => exact.spell_all(),
        };
        if !found || round == ROUNDS {
            break;
        }
    }
    match &compared {
        Ok(fresh) => note_differences(&mut described, fresh, &live),
        Err(error) => strange.push(format!(
            "These models could not be compared with the database, since no new database could be made of them: {error}{}",
            causes(error)
        )),
    }
    let items: Vec<SourceItem> = described.into_iter().map(|it| it.item).collect();
    let head = head(connection.database(), &items, strange);
    Ok(print_source(&head, &items, &app))
}

fn causes(error: &Error) -> String {
    let mut text = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.extend([": ", &cause.to_string()]);
        source = cause.source();
    }
    text
}

/// Returns the tables that become models, and what there is to say of the others.
fn selected(all: Vec<TableDetails>, wanted: &Inspect) -> (Vec<TableDetails>, Vec<String>) {
    let is_named = |name: &str| wanted.tables.iter().any(|it| it == name);
    let missing = wanted.tables.iter().filter(|name| all.iter().all(|table| table.name != **name));
    let strange = missing.map(|name| format!("Unable to inspect table `{name}`: there is no such table."));
    let strange: Vec<String> = strange.collect();
    let is_wanted = |table: &TableDetails| {
        let of_kind = match table.kind {
            Kind::Table => true,
            Kind::View => wanted.views,
            Kind::Partition => wanted.partitions,
        };
        is_named(&table.name) || (wanted.tables.is_empty() && of_kind)
    };
    (all.into_iter().filter(is_wanted).collect(), strange)
}

fn structs(described: &[Described]) -> impl Iterator<Item = &SourceStruct> {
    described.iter().filter_map(|it| match &it.item {
        SourceItem::Struct(it) => Some(&**it),
        SourceItem::Comment(_) => None,
    })
}

fn state(described: &[Described], app: &AppLabel) -> ProjectState {
    let mut state = ProjectState::default();
    for SourceStruct { model, .. } in structs(described) {
        // Each name is given out once.
        let _ = state.insert(&ModelKey::new(app, &model.name), Model::clone(model));
    }
    state
}

/// Says at each struct how its table differs from the one that is there.
fn note_differences(described: &mut [Described], fresh: &LiveSchema, live: &LiveSchema) {
    for it in described {
        let SourceItem::Struct(item) = &mut it.item else { continue };
        if !item.model.managed {
            continue;
        }
        let (Some(fresh), Some(live)) = (fresh.tables.get(&it.table), live.tables.get(&it.table)) else {
            continue;
        };
        for difference in table_drift(&it.table, fresh, live) {
            item.notes.push(format!("The model says less or more than the database has: {difference}."));
        }
    }
}

fn head(database: &str, items: &[SourceItem], strange: Vec<String>) -> Vec<String> {
    let mut head = vec![format!("Models of the tables in `{database}`, written by `inspectdb`.")];
    let crates = source_crates(items);
    if !crates.is_empty() {
        head.push(format!("Their types need: cargo add {}", crates.join(" ")));
    }
    head.push(
        "Read them, build, and run `migrate --fake-initial`, which records the first migration and leaves the tables \
         as they are."
            .to_owned(),
    );
    let joins = items.iter().any(|item| match item {
        SourceItem::Struct(it) => {
            it.model.fields.iter().any(|field| matches!(field.kind, FieldKind::ManyToMany(_)))
        }
        SourceItem::Comment(_) => false,
    });
    if joins {
        head.push(
            "A `ManyToMany` stands at the first of the two models that its table refers to.".to_owned(),
        );
    }
    head.extend(strange);
    head
}
