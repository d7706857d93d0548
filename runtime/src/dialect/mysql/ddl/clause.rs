//! Clauses of ALTER TABLE.

use sea_query::{
    ColumnDef, ForeignKeyCreateStatement, Index, IndexBuilder, IndexCreateStatement, MysqlQueryBuilder,
    Table, TableAlterStatement,
};

use crate::dialect::mysql::Mysql;
use crate::dialect::render::built::{Name, built};
use crate::plan::statement::{RawReason, Written};

/// A clause of ALTER TABLE.
#[derive(Clone, Debug)]
pub(super) enum Clause {
    AddColumn(ColumnDef),
    ModifyColumn(ColumnDef),
    DropColumn(Name),
    RenameColumn(Name, Name),
    AddForeignKey(ForeignKeyCreateStatement),
    DropForeignKey(Name),
    DropConstraint(Name),
    AddIndex(IndexCreateStatement),
    DropIndex(Name),
    /// A clause that sea-query does not have.
    Words(RawReason, String),
}

/// Writes the clauses as one statement.
pub(super) fn alter_table(mysql: Mysql<'_>, table: &Name, clauses: &[Clause]) -> Written {
    if let [Clause::AddIndex(index)] = clauses {
        return built(&mysql, index.clone());
    }
    if let [Clause::DropIndex(name)] = clauses {
        return built(&mysql, Index::drop().name(name.escaped()).table(table.iden()).to_owned());
    }
    let mut alter = Table::alter();
    alter.table(table.iden());
    if !clauses.is_empty() && clauses.iter().all(|clause| add(&mut alter, clause)) {
        return built(&mysql, alter);
    }
    let words: Vec<String> = clauses.iter().map(|clause| text(table, clause)).collect();
    let reason = match clauses {
        [Clause::Words(reason, _)] => *reason,
        _ => RawReason::Clauses,
    };
    Written::raw(reason, format!("ALTER TABLE {} {}", table.quoted(), words.join(", ")))
}

/// Adds a clause; returns whether sea-query has it.
fn add(alter: &mut TableAlterStatement, clause: &Clause) -> bool {
    match clause {
        Clause::AddColumn(column) => alter.add_column(column.clone()),
        Clause::ModifyColumn(column) => alter.modify_column(column.clone()),
        Clause::DropColumn(name) => alter.drop_column(name.iden()),
        Clause::RenameColumn(old, new) => alter.rename_column(old.iden(), new.iden()),
        Clause::AddForeignKey(key) => alter.add_foreign_key(key.get_foreign_key()),
        // sea-query writes this name as it is.
        Clause::DropForeignKey(name) => alter.drop_foreign_key(name.escaped()),
        Clause::DropConstraint(name) => alter.drop_constraint(name.iden()),
        Clause::AddIndex(_) | Clause::DropIndex(_) | Clause::Words(..) => return false,
    };
    true
}

fn text(table: &Name, clause: &Clause) -> String {
    match clause {
        Clause::AddIndex(index) => {
            let mut words = "ADD ".to_owned();
            MysqlQueryBuilder.prepare_table_index_expression(index, &mut words);
            words
        }
        Clause::DropIndex(name) => format!("DROP INDEX {}", name.quoted()),
        Clause::Words(_, words) => words.clone(),
        Clause::AddColumn(_)
        | Clause::ModifyColumn(_)
        | Clause::DropColumn(_)
        | Clause::RenameColumn(..)
        | Clause::AddForeignKey(_)
        | Clause::DropForeignKey(_)
        | Clause::DropConstraint(_) => {
            let mut alone = Table::alter();
            add(alone.table(table.iden()), clause);
            let whole = alone.build(MysqlQueryBuilder);
            let before = format!("ALTER TABLE {} ", table.quoted());
            whole.strip_prefix(&before).unwrap_or(&whole).to_owned()
        }
    }
}
