//! Models with `#[model(from_row)]`, made of rows of tables that their own migrations made, on every database.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;
use std::net::IpAddr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use modelshift::{Choices, EmbeddedMigration, ForeignKey, ManyToMany, Migrations, Migrator, Model};
use modelshift_schema::model::Model as SchemaModel;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_syntax::{AsWritten, NamedType, ParsedModel, Resolver, parse_choices, parse_struct};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;
use rust_decimal::Decimal;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Connection, FromRow, MySqlConnection, PgConnection, SqliteConnection};
use uuid::Uuid;

/// Declares the items, and keeps their source, of which the tables are made.
macro_rules! with_source {
    ($($item:item)*) => {
        $($item)*
        const SOURCE: &str = stringify!($($item)*);
    };
}

with_source! {
    #[derive(Clone, Copy, Debug, PartialEq, Choices)]
    enum Status {
        Draft,
        InReview,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Choices)]
    #[choices(integer)]
    enum Level {
        Low = 1,
        High = 300,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Choices)]
    #[choices(native)]
    enum Mood {
        Happy,
        Sad,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(from_row)]
    struct Tag {
        id: i64,
        #[field(max_length = 20, unique)]
        slug: String,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(from_row)]
    struct Plain {
        id: i64,
        yes: bool,
        small: i16,
        #[field(column = "select")]
        middle: i32,
        real: f32,
        double: f64,
        text: String,
        #[field(max_length = 20)]
        name: String,
        bytes: Vec<u8>,
        #[field(max_length = 20)]
        digest: Vec<u8>,
        day: NaiveDate,
        clock: NaiveTime,
        local: NaiveDateTime,
        at: DateTime<Utc>,
        key: Uuid,
        json: Json<Vec<i64>>,
        value: serde_json::Value,
        status: Status,
        level: Level,
        mood: Mood,
        nothing: Option<String>,
        no_mood: Option<Mood>,
        #[field(generated = middle * 2)]
        twice: i32,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(from_row)]
    struct Number {
        id: i64,
        tiny: i8,
        byte: u8,
        word: u16,
        long: u32,
        huge: u64,
        no_word: Option<u16>,
        #[field(precision = 25, scale = 5)]
        price: Decimal,
        #[field(precision = 25, scale = 5)]
        no_price: Option<Decimal>,
        #[field(precision = 25, scale = 5)]
        offer: Option<Decimal>,
        lasts: std::time::Duration,
        delay: TimeDelta,
        no_delay: Option<TimeDelta>,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(from_row)]
    struct Host {
        id: i64,
        address: IpAddr,
        other: Option<IpAddr>,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(abstract, from_row)]
    struct Home {
        #[field(max_length = 40)]
        street: String,
        #[field(column = "zip")]
        code: u16,
        label: Option<ForeignKey<Tag>>,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(abstract, from_row)]
    struct Contact {
        #[field(max_length = 40)]
        phone: String,
        #[field(flatten, prefix = "at_")]
        place: Home,
    }

    #[derive(Debug, PartialEq, Model)]
    #[model(from_row)]
    struct Customer {
        id: i64,
        tag: ForeignKey<Tag>,
        parent: Option<ForeignKey<Self>>,
        #[field(to_field = "slug", column = "kind")]
        named: Option<ForeignKey<Tag, String>>,
        tags: ManyToMany<Tag>,
        friends: ManyToMany<Self>,
        #[field(flatten)]
        home: Home,
        #[field(flatten, prefix = "work_")]
        work: Contact,
        #[field(skip)]
        cached: Option<Box<Self>>,
    }
}

/// Knows the enums of the source.
struct Enums(BTreeMap<String, NamedType>);

impl Resolver for Enums {
    fn model(&self, path: &syn::Path) -> ModelKey {
        AsWritten.model(path)
    }

    fn own(&self, name: &str) -> ModelKey {
        AsWritten.own(name)
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        path.get_ident().and_then(|name| self.0.get(&name.to_string())).cloned().unwrap_or(NamedType::Unknown)
    }
}

/// Returns a migration that makes the tables of these models.
fn migrations(names: &[&str]) -> Migrations {
    let file = syn::parse_file(SOURCE).unwrap();
    let mut enums = Enums(BTreeMap::new());
    let mut parsed: BTreeMap<String, ParsedModel> = BTreeMap::new();
    for item in file.items {
        if let syn::Item::Enum(item) = item {
            let found = parse_choices(&item.into()).unwrap();
            enums.0.insert(found.choices.name.clone(), NamedType::Choices(found.choices, found.hints));
        } else if let syn::Item::Struct(item) = item {
            let read = parse_struct(&item, &enums).unwrap();
            let others = read.flattened.iter().enumerate();
            let others =
                others.map(|(at, other)| (other.field.clone(), (at, parsed[&other.written()].clone())));
            let whole = read.embedding(&others.collect()).unwrap();
            parsed.insert(item.ident.to_string(), whole);
        }
    }
    let models: Vec<SchemaModel> = names.iter().map(|name| parsed[*name].source.model.clone()).collect();
    let operations: Vec<Operation> =
        models.into_iter().map(|model| Operation::CreateModel(CreateModel { model })).collect();
    let operations = serde_json::to_string(&operations).unwrap().leak();
    let first = EmbeddedMigration { operations, ..EmbeddedMigration::EMPTY };
    Migrations::new("blog", &[("0001_initial", first)])
}

/// A connection of a program of its own, which reads by sqlx alone.
enum Open {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    Mysql(MySqlConnection),
}

/// Makes the tables, and connects.
async fn open(backend: Backend, names: &[&str]) -> (Place, Open) {
    let place = Place::new(backend).await.unwrap();
    let address = place.address();
    Migrator::connect(&address).await.unwrap().with(migrations(names)).migrate().await.unwrap();
    let open = match backend.dialect() {
        modelshift::Dialect::Sqlite => Open::Sqlite(SqliteConnection::connect(&address).await.unwrap()),
        modelshift::Dialect::Postgres => Open::Postgres(PgConnection::connect(&address).await.unwrap()),
        modelshift::Dialect::Mysql => Open::Mysql(MySqlConnection::connect(&address).await.unwrap()),
    };
    (place, open)
}

impl Open {
    async fn run(&mut self, sql: &str) {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Sqlite(open) => sql.execute(open).await.map(|_| ()).unwrap(),
            Self::Postgres(open) => sql.execute(open).await.map(|_| ()).unwrap(),
            Self::Mysql(open) => sql.execute(open).await.map(|_| ()).unwrap(),
        }
    }

    async fn read<T>(&mut self, sql: &'static str) -> Result<Vec<T>, sqlx::Error>
    where
        T: for<'r> FromRow<'r, sqlx::sqlite::SqliteRow>
            + for<'r> FromRow<'r, sqlx::postgres::PgRow>
            + for<'r> FromRow<'r, sqlx::mysql::MySqlRow>
            + Send
            + Unpin,
    {
        match self {
            Self::Sqlite(open) => sqlx::query_as(sql).fetch_all(open).await,
            Self::Postgres(open) => sqlx::query_as(sql).fetch_all(open).await,
            Self::Mysql(open) => sqlx::query_as(sql).fetch_all(open).await,
        }
    }
}

fn moment(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap()
}

const KEY: Uuid = Uuid::from_u128(0x0123_4567_89ab_4def_8123_4567_89ab_cdef);

fn plain() -> Plain {
    Plain {
        id: 1,
        yes: true,
        small: -5,
        middle: 70_000,
        real: 0.5,
        double: -0.25,
        text: "ä'\\".to_owned(),
        name: "n".to_owned(),
        bytes: vec![0, 255],
        digest: vec![1],
        day: moment("2026-02-28 00:00:00").date(),
        clock: moment("2026-02-28 12:34:56.25").time(),
        local: moment("2026-02-28 12:34:56.25"),
        at: moment("2026-02-28 12:34:56.25").and_utc(),
        key: KEY,
        json: Json(vec![1, 2]),
        value: serde_json::json!({"a": null}),
        status: Status::InReview,
        level: Level::High,
        mood: Mood::Sad,
        nothing: None,
        no_mood: None,
        twice: 140_000,
    }
}

/// Writes a row by sqlx, with a value of each type that sqlx itself writes on every database.
macro_rules! insert {
    ($open:expr, $sql:expr) => {{
        let row = plain();
        sqlx::query(AssertSqlSafe($sql))
            .bind(row.yes)
            .bind(row.small)
            .bind(row.middle)
            .bind(row.real)
            .bind(row.double)
            .bind(row.text)
            .bind(row.name)
            .bind(row.bytes)
            .bind(row.digest)
            .bind(row.day)
            .bind(row.clock)
            .bind(row.local)
            .bind(row.at)
            .bind(row.key)
            .bind(row.json)
            .bind(row.value)
            .bind(row.status)
            .bind(row.level)
            .bind(row.mood)
            .execute($open)
            .await
            .unwrap();
    }};
}

async fn every_type_that_sqlx_reads_itself(backend: Backend) {
    let (_place, mut open) = open(backend, &["Plain"]).await;
    let columns = "yes, small, \"select\", \"real\", \"double\", text, name, bytes, digest, day, clock, local, at, \
                   \"key\", json, value, status, level, mood";
    let columns = if matches!(open, Open::Mysql(_)) { columns.replace('"', "`") } else { columns.to_owned() };
    let marks = |mark: fn(usize) -> String| (1..=19).map(mark).collect::<Vec<_>>().join(", ");
    let sql = |marks: String| format!("INSERT INTO blog_plain ({columns}) VALUES ({marks})");
    match &mut open {
        Open::Sqlite(open) => insert!(open, sql(marks(|_| "?".to_owned()))),
        Open::Postgres(open) => insert!(open, sql(marks(|at| format!("${at}")))),
        Open::Mysql(open) => insert!(open, sql(marks(|_| "?".to_owned()))),
    }
    assert_eq!(open.read::<Plain>("SELECT * FROM blog_plain").await.unwrap(), [plain()]);
}

on_every_backend!(every_type_that_sqlx_reads_itself);

const NUMBERS: &str = "INSERT INTO blog_number (tiny, byte, word, \"long\", huge, price, offer, lasts, delay) VALUES \
    (-128, 255, 65535, 4294967295, 9223372036854775807, '12345678901234567890.12345', '-0.10000', 1500000, -2000000)";

async fn numbers_that_are_stored_in_another_form(backend: Backend) {
    let (_place, mut open) = open(backend, &["Number"]).await;
    let sql = if matches!(open, Open::Mysql(_)) { NUMBERS.replace('"', "`") } else { NUMBERS.to_owned() };
    open.run(&sql).await;
    let number = Number {
        id: 1,
        tiny: -128,
        byte: 255,
        word: 65535,
        long: u32::MAX,
        huge: i64::MAX.unsigned_abs(),
        no_word: None,
        price: "12345678901234567890.12345".parse().unwrap(),
        no_price: None,
        offer: Some("-0.1".parse().unwrap()),
        lasts: std::time::Duration::from_millis(1500),
        delay: TimeDelta::seconds(-2),
        no_delay: None,
    };
    assert_eq!(open.read::<Number>("SELECT * FROM blog_number").await.unwrap(), [number]);
    let computed = "SELECT id, tiny, byte, word, huge, no_word, price, no_price, offer, lasts, delay, no_delay \
                    FROM blog_number";
    let said = open.read::<Number>(computed).await.unwrap_err().to_string();
    assert!(said.contains("long"), "a column that is missing is named: {said}");
    open.run("UPDATE blog_number SET lasts = -1").await;
    let said = open.read::<Number>("SELECT * FROM blog_number").await.unwrap_err().to_string();
    assert!(said.contains("lasts") && said.contains("holds -1 microseconds"), "{said}");
}

on_every_backend!(numbers_that_are_stored_in_another_form);

const CUSTOMER: [&str; 3] = [
    "INSERT INTO blog_tag (id, slug) VALUES (7, 'seven'), (8, 'eight')",
    "INSERT INTO blog_customer (id, tag_id, parent_id, kind, street, zip, label_id, work_phone, work_at_street, \
     work_at_zip, work_at_label_id) VALUES (1, 7, NULL, 'eight', 'Here', 65535, NULL, '123', 'There', 1, 8)",
    "UPDATE blog_customer SET parent_id = id",
];

async fn references_and_flattened_structs_have_their_real_columns(backend: Backend) {
    let (_place, mut open) = open(backend, &["Tag", "Customer"]).await;
    for sql in CUSTOMER {
        open.run(sql).await;
    }
    let customer = Customer {
        id: 1,
        tag: ForeignKey::new(7),
        parent: Some(ForeignKey::new(1)),
        named: Some(ForeignKey::new("eight".to_owned())),
        tags: ManyToMany::new(),
        friends: ManyToMany::new(),
        home: Home { street: "Here".to_owned(), code: 65535, label: None },
        work: Contact {
            phone: "123".to_owned(),
            place: Home { street: "There".to_owned(), code: 1, label: Some(ForeignKey::new(8)) },
        },
        cached: None,
    };
    assert_eq!(open.read::<Customer>("SELECT * FROM blog_customer").await.unwrap(), [customer]);
    let tags = open.read::<Tag>("SELECT * FROM blog_tag ORDER BY id DESC").await.unwrap();
    assert_eq!(tags[1], Tag { id: 7, slug: "seven".to_owned() });
    // A struct that others flatten can also be read by itself.
    let place = open.read::<Home>("SELECT street, zip, label_id FROM blog_customer").await.unwrap();
    assert_eq!(place, [Home { street: "Here".to_owned(), code: 65535, label: None }]);
}

on_every_backend!(references_and_flattened_structs_have_their_real_columns);

/// A type that sqlx reads only with a feature on PostgreSQL, and as text elsewhere: the model is made of rows where it can
/// be.
#[tokio::test]
async fn addresses_are_read_from_text() {
    for backend in [Backend::Sqlite, Backend::Mariadb] {
        let (_place, mut open) = open(backend, &["Host"]).await;
        open.run("INSERT INTO blog_host (id, address) VALUES (1, '::1')").await;
        let host = Host { id: 1, address: "::1".parse().unwrap(), other: None };
        let sql = "SELECT * FROM blog_host";
        let read: Host = match &mut open {
            Open::Sqlite(open) => sqlx::query_as(sql).fetch_one(open).await.unwrap(),
            Open::Mysql(open) => sqlx::query_as(sql).fetch_one(open).await.unwrap(),
            Open::Postgres(_) => unreachable!(),
        };
        assert_eq!(read, host);
    }
}

#[tokio::test]
async fn a_decimal_of_sqlite_that_is_no_exact_text_is_refused() {
    let (_place, mut open) = open(Backend::Sqlite, &["Number"]).await;
    open.run(NUMBERS).await;
    let inexact = "SELECT id, tiny, byte, word, long, huge, no_word, price + 0.5 AS price, no_price, offer, lasts, \
                   delay, no_delay FROM blog_number";
    let said = open.read::<Number>(inexact).await.unwrap_err().to_string();
    assert!(said.contains("price") && said.contains("REAL"), "{said}");
}
