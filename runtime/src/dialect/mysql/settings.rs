//! Settings during a migration on MySQL and MariaDB.

use crate::dialect::Rendering;
use crate::plan::statement::{RawReason, Statement};

/// The strict mode. Otherwise the server truncates text, and writes `0` for NULL and `''` for unknown values, without an error.
pub(super) const SQL_MODE: &str = "STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
    ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// Sets the strict mode, and resets the former mode afterwards.
pub(in crate::dialect) fn around() -> Rendering {
    let mut rendering = Rendering::default();
    let why = "makes the server refuse values that do not fit";
    rendering.prologue.push(Statement::raw(
        RawReason::Setting,
        "SET @modelshift_sql_mode = @@SESSION.sql_mode",
        why,
    ));
    rendering.prologue.push(Statement::raw(
        RawReason::Setting,
        format!("SET SESSION sql_mode = '{SQL_MODE}'"),
        why,
    ));
    let why = "sets back the mode that was";
    rendering.epilogue.push(Statement::raw(
        RawReason::Setting,
        "SET SESSION sql_mode = @modelshift_sql_mode",
        why,
    ));
    rendering
}
