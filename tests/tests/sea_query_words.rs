//! What sea-query has no words for, or writes in another way than a server reads it: the reasons for raw statements, and for
//! words that are finished before they are given to it.
//!
//! A test that fails after an update of sea-query means that a reason is gone: the statement can be built then.

use modelshift::sea_query::extension::postgres::{Extension, Type};
use modelshift::sea_query::{
    Alias, Check, ColumnDef, Expr, ForeignKey, ForeignKeyCreateStatement, Index, IndexColumn, IndexOrder,
    MysqlQueryBuilder, PostgresQueryBuilder, Query, SqliteQueryBuilder, Table,
};

fn name(text: &str) -> Alias {
    Alias::new(text)
}

fn reference() -> ForeignKeyCreateStatement {
    let columns = [name("t"), name("c"), name("u"), name("d")];
    let [from, column, to, target] = columns;
    ForeignKey::create().name("a\"b").from(from, column).to(to, target).take()
}

#[test]
fn names_of_indexes_and_foreign_keys_are_not_escaped() {
    let index = Index::create().name("a\"b").table(name("t")).col(name("c")).take();
    assert_eq!(index.build(PostgresQueryBuilder), "CREATE INDEX \"a\"b\" ON \"t\" (\"c\")");
    let add = reference().build(PostgresQueryBuilder);
    assert_eq!(add, "ALTER TABLE \"t\" ADD CONSTRAINT \"a\"b\" FOREIGN KEY (\"c\") REFERENCES \"u\" (\"d\")");
    let drop = Table::alter().table(name("t")).drop_foreign_key(name("a`b")).take();
    assert_eq!(drop.build(MysqlQueryBuilder), "ALTER TABLE `t` DROP FOREIGN KEY `a`b`");
}

#[test]
fn a_check_is_added_without_add() {
    let check = Check::named(name("c"), Expr::cust("x > 0"));
    let alter = Table::alter().table(name("t")).modify_column(ColumnDef::new(name("x")).check(check)).take();
    assert_eq!(alter.build(PostgresQueryBuilder), "ALTER TABLE \"t\" CONSTRAINT \"c\" CHECK (x > 0)");
}

#[test]
fn a_conversion_stands_behind_not_null() {
    let mut column = ColumnDef::new(name("x"));
    column.custom("int").not_null().using(Expr::cust("x::int"));
    let alter = Table::alter().table(name("t")).modify_column(column).take();
    assert_eq!(
        alter.build(PostgresQueryBuilder),
        "ALTER TABLE \"t\" ALTER COLUMN \"x\" TYPE int, ALTER COLUMN \"x\" SET NOT NULL USING x::int"
    );
}

#[test]
fn an_operator_class_stands_behind_the_order() {
    let column = IndexColumn::from((name("c"), IndexOrder::Desc)).with_operator_class(name("text_ops"));
    let index = Index::create().name("i").table(name("t")).col(column).take();
    assert_eq!(index.build(PostgresQueryBuilder), "CREATE INDEX \"i\" ON \"t\" (\"c\" DESC text_ops)");
}

#[test]
fn values_of_types_and_comments_are_escaped_by_backslashes() {
    let create = Type::create().as_enum(name("e")).values([name("it's")]).to_owned();
    assert_eq!(create.to_string(PostgresQueryBuilder), "CREATE TYPE \"e\" AS ENUM (E'it\\'s')");
    let table =
        Table::create().table(name("t")).col(ColumnDef::new(name("c")).custom("int")).comment("it's").take();
    assert_eq!(table.build(MysqlQueryBuilder), "CREATE TABLE `t` ( `c` int ) COMMENT 'it\\'s'");
    assert!(!table.build(PostgresQueryBuilder).contains("it"));
}

#[test]
fn an_extension_is_not_quoted() {
    let create = Extension::create().name("uuid-ossp").to_owned();
    assert_eq!(create.to_string(PostgresQueryBuilder), "CREATE EXTENSION uuid-ossp");
}

#[test]
fn mysql_gets_not_null_before_the_expression_of_a_column() {
    let mut column = ColumnDef::new(name("c"));
    column.custom("int").not_null().generated(Expr::cust("a + 1"), true);
    let table = Table::create().table(name("t")).col(column).take();
    assert_eq!(
        table.build(MysqlQueryBuilder),
        "CREATE TABLE `t` ( `c` int NOT NULL GENERATED ALWAYS AS (a + 1) STORED )"
    );
}

#[test]
fn an_update_of_mysql_joins_rows_that_are_there_only() {
    let update = Query::update().table(name("t")).value(name("c"), 1).from(name("u")).to_owned();
    assert!(update.to_string(MysqlQueryBuilder).starts_with("UPDATE `t` JOIN `u`"));
}

#[test]
fn sqlite_loses_names_of_foreign_keys_and_has_no_indexed_expressions() {
    let mut create = Table::create();
    create.table(name("t")).col(ColumnDef::new(name("c")).custom("int")).foreign_key(&mut reference());
    assert_eq!(
        create.build(SqliteQueryBuilder),
        "CREATE TABLE \"t\" ( \"c\" int, FOREIGN KEY (\"c\") REFERENCES \"u\" (\"d\") )"
    );
    let index = Index::create().name("i").table(name("t")).col(name("c")).take();
    assert_eq!(index.build(SqliteQueryBuilder), "CREATE INDEX \"i\" ON \"t\" (\"c\")");
    let index = Index::create().name("i").table(name("t")).col(Expr::cust("lower(c)")).take();
    assert!(std::panic::catch_unwind(|| index.build(SqliteQueryBuilder)).is_err());
}

#[test]
fn sqlite_takes_a_column_between_double_quotes_for_a_text_where_it_is_not_there() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.expect("a database in memory");
        let mut connection = pool.acquire().await.expect("a connection");
        sqlx::raw_sql("CREATE TABLE t (a int)").execute(&mut *connection).await.expect("a table");
        let quoted = sqlx::raw_sql("CREATE INDEX i ON t (\"gone\")").execute(&mut *connection).await;
        assert!(quoted.is_ok(), "{quoted:?}");
        let read = sqlx::raw_sql("CREATE INDEX j ON t (`gone`)").execute(&mut *connection).await;
        assert!(read.is_err(), "{read:?}");
    });
}
