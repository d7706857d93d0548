//! Statements of sea-query, and the names and words in them.
//!
//! Types are `custom` types: a project can switch on features of sea-query that change what its own types are called.

use sea_query::{ColumnDef, DynIden, Expr, Keyword};

use super::layout::with_lines;
use crate::dialect::{Spelling, Unsupported};
use crate::plan::statement::{Built, Form, Written};

/// A name that the dialect accepts.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    plain: String,
    quoted: String,
}

impl Name {
    /// Checks a name.
    ///
    /// # Errors
    /// If the database has no such names.
    pub(crate) fn of(spelling: &dyn Spelling, name: &str) -> Result<Self, Unsupported> {
        Ok(Self { plain: name.to_owned(), quoted: spelling.identifier(name)? })
    }

    /// Returns the name between quotes.
    pub(crate) fn quoted(&self) -> &str {
        &self.quoted
    }

    /// Returns the name for a place where sea-query escapes names.
    pub(crate) fn iden(&self) -> DynIden {
        // sea-query escapes owned names only.
        DynIden::from(self.plain.clone())
    }

    /// Returns the name for a place where sea-query puts a name between quotes as it is: indexes, unique constraints and
    /// foreign keys.
    pub(crate) fn escaped(&self) -> String {
        let mut inside = self.quoted.chars();
        inside.next();
        inside.next_back();
        inside.as_str().to_owned()
    }
}

/// Returns the text of a statement of sea-query.
pub(crate) fn built(spelling: &dyn Spelling, statement: impl Into<Built>) -> Written {
    let statement = statement.into();
    let sql = spelling.build(&statement);
    let lines = match &statement {
        Built::CreateTable(_) => Some(with_lines(spelling.dialect(), &sql)),
        Built::AlterTable(_)
        | Built::RenameTable(_)
        | Built::DropTable(_)
        | Built::CreateIndex(_)
        | Built::DropIndex(_)
        | Built::AddForeignKey(_)
        | Built::CreateType(_)
        | Built::AlterType(_)
        | Built::DropType(_)
        | Built::Insert(_)
        | Built::Update(_)
        | Built::Delete(_)
        | Built::Select(_) => None,
    };
    Written::built(Form::Built(Box::new(statement)), sql, lines)
}

/// Returns finished words, which sea-query neither quotes nor puts in parentheses.
pub(crate) fn word(text: impl Into<String>) -> Expr {
    Expr::Keyword(Keyword::Custom(DynIden::from(text.into())))
}

/// Adds finished words behind a column.
pub(crate) fn add_extra(column: &mut ColumnDef, words: &str) {
    let extra = match &column.get_column_spec().extra {
        Some(extra) => format!("{extra} {words}"),
        None => words.to_owned(),
    };
    column.extra(extra);
}

/// Adds constraints that sea-query has no words for. They stand behind the last column, since sea-query has no other place
/// for words between the parentheses of a table.
///
/// # Errors
/// If the table has no columns.
pub(crate) fn add_rules(table: &str, columns: &mut [ColumnDef], rules: &[String]) -> Result<(), Unsupported> {
    let Some(last) = columns.last_mut() else {
        let what = format!("table `{table}` would have no columns");
        return Err(Unsupported::new(what, "give its model a field"));
    };
    if !rules.is_empty() {
        add_extra(last, &format!(", {}", rules.join(", ")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_query::{ForeignKey, Index, Table};

    use super::*;
    use crate::dialect::mysql::Mysql;
    use crate::dialect::postgres::Postgres;
    use crate::dialect::sqlite::Sqlite;
    use crate::dialect::{Capabilities, Dialect};

    /// Returns the same name as an escaped one and as one between quotes already.
    fn written(spelling: &dyn Spelling, name: &str) -> [String; 3] {
        let name = Name::of(spelling, name).unwrap();
        let drop = Table::drop().table(name.iden()).take();
        let index = Index::create().name(name.escaped()).table(name.iden()).col(name.iden()).take();
        let reference = ForeignKey::create()
            .name(name.escaped())
            .from(name.iden(), name.iden())
            .to(name.iden(), name.iden())
            .take();
        let mut create = Table::create();
        create.table(name.iden()).col(ColumnDef::new(name.iden()).custom("t"));
        create.foreign_key(&mut reference.clone());
        [built(spelling, drop), built(spelling, index), built(spelling, create)]
            .map(|text| text.sql().to_owned())
    }

    #[test]
    fn sea_query_quotes_names_as_the_dialect_does() {
        let capabilities = Capabilities::default_for(Dialect::Mysql);
        let mysql = Mysql { capabilities: &capabilities };
        let all: [&dyn Spelling; 3] = [&Sqlite, &Postgres, &mysql];
        for spelling in all {
            for name in ["a\"b", "\"", "a`b`", "``", "a'b", "a\\", "a\nb", "a; -- ?", "a$1", "plain"] {
                let quoted = spelling.identifier(name).unwrap();
                let [drop, index, create] = written(spelling, name);
                assert_eq!(drop, format!("DROP TABLE {quoted}"));
                assert_eq!(index, format!("CREATE INDEX {quoted} ON {quoted} ({quoted})"));
                // SQLite's names of foreign keys are lost, so that they are not left to sea-query.
                let named = match spelling.dialect() {
                    Dialect::Sqlite => String::new(),
                    Dialect::Postgres | Dialect::Mysql => format!("CONSTRAINT {quoted} "),
                };
                assert_eq!(
                    create,
                    format!(
                        "CREATE TABLE {quoted} ( {quoted} t, {named}FOREIGN KEY ({quoted}) REFERENCES {quoted} ({quoted}) )"
                    )
                );
            }
        }
    }
}
