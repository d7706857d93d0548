//! What wrote a statement: sea-query, or this crate, and why.

use sea_query::extension::postgres::{TypeAlterStatement, TypeCreateStatement, TypeDropStatement};
use sea_query::{
    DeleteStatement, ForeignKeyCreateStatement, IndexCreateStatement, IndexDropStatement, InsertStatement,
    PostgresQueryBuilder, QueryBuilder, SchemaBuilder, SelectStatement, TableAlterStatement,
    TableCreateStatement, TableDropStatement, TableRenameStatement, UpdateStatement,
};

pub use self::raw_reason::RawReason;

mod raw_reason;

/// What wrote a statement.
#[derive(Clone, Debug)]
pub enum Form {
    /// sea-query built the text from this statement.
    Built(Box<Built>),
    /// sea-query has no words for the statement.
    Raw(RawReason),
}

/// A statement of sea-query.
///
/// Types, and what sea-query has no words for (collations, identities, constraints that can be deferred), stand in its
/// `custom` types, `extra` texts and `Expr::cust`, as words that are quoted already. A name of an index or of a foreign key
/// is escaped already, since sea-query writes it as it is.
///
/// ```
/// use modelshift::sea_query::{Alias, ColumnDef, PostgresQueryBuilder};
/// use modelshift::statement::{Built, Form};
///
/// # fn run(plan: &modelshift::plan::MigrationPlan) {
/// for statement in plan.statements() {
///     if let Form::Built(built) = statement.form()
///         && let Built::CreateTable(create) = built.as_ref()
///     {
///         // A table for a test has one more column.
///         let more = create.clone().col(ColumnDef::new(Alias::new("seen")).boolean()).take();
///         println!("{}", more.build(PostgresQueryBuilder));
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub enum Built {
    /// CREATE TABLE.
    CreateTable(TableCreateStatement),
    /// ALTER TABLE.
    AlterTable(TableAlterStatement),
    /// ALTER TABLE … RENAME TO, or RENAME TABLE.
    RenameTable(TableRenameStatement),
    /// DROP TABLE.
    DropTable(TableDropStatement),
    /// CREATE INDEX.
    CreateIndex(IndexCreateStatement),
    /// DROP INDEX.
    DropIndex(IndexDropStatement),
    /// ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY.
    AddForeignKey(ForeignKeyCreateStatement),
    /// CREATE TYPE.
    CreateType(TypeCreateStatement),
    /// ALTER TYPE.
    AlterType(TypeAlterStatement),
    /// DROP TYPE.
    DropType(TypeDropStatement),
    /// INSERT.
    Insert(InsertStatement),
    /// UPDATE.
    Update(UpdateStatement),
    /// DELETE.
    Delete(DeleteStatement),
    /// SELECT.
    Select(SelectStatement),
}

impl Built {
    /// Returns the text of the statement.
    pub(crate) fn text<B: SchemaBuilder + QueryBuilder>(&self, builder: B) -> String {
        match self {
            Self::CreateTable(it) => it.build(builder),
            Self::AlterTable(it) => it.build(builder),
            Self::RenameTable(it) => it.build(builder),
            Self::DropTable(it) => it.build(builder),
            Self::CreateIndex(it) => it.build(builder),
            Self::DropIndex(it) => it.build(builder),
            Self::AddForeignKey(it) => it.build(builder),
            // Only PostgreSQL has types.
            Self::CreateType(it) => it.to_string(PostgresQueryBuilder),
            Self::AlterType(it) => it.to_string(PostgresQueryBuilder),
            Self::DropType(it) => it.to_string(PostgresQueryBuilder),
            Self::Insert(it) => it.to_string(builder),
            Self::Update(it) => it.to_string(builder),
            Self::Delete(it) => it.to_string(builder),
            Self::Select(it) => it.to_string(builder),
        }
    }
}

macro_rules! from_statements {
    ($($variant:ident($statement:ident),)*) => {
        $(impl From<$statement> for Built {
            fn from(statement: $statement) -> Self {
                Self::$variant(statement)
            }
        })*
    };
}

from_statements! {
    CreateTable(TableCreateStatement),
    AlterTable(TableAlterStatement),
    RenameTable(TableRenameStatement),
    DropTable(TableDropStatement),
    CreateIndex(IndexCreateStatement),
    DropIndex(IndexDropStatement),
    AddForeignKey(ForeignKeyCreateStatement),
    CreateType(TypeCreateStatement),
    AlterType(TypeAlterStatement),
    DropType(TypeDropStatement),
    Insert(InsertStatement),
    Update(UpdateStatement),
    Delete(DeleteStatement),
    Select(SelectStatement),
}
