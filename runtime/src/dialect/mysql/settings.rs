//! What is set around a migration on MySQL and MariaDB.

use crate::dialect::Rendering;
use crate::plan::statement::Statement;

/// Outside strict mode the server cuts text, writes `0` for NULL and `''` for what it does not know, without an error.
const SQL_MODE: &str = "STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,\
    ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/// Makes the server refuse what it would otherwise lose, and sets back the mode that was.
pub(in crate::dialect) fn around() -> Rendering {
    let mut rendering = Rendering::default();
    let why = "makes the server refuse values that do not fit";
    rendering.prologue.push(Statement::new("SET @modelshift_sql_mode = @@SESSION.sql_mode", why));
    rendering.prologue.push(Statement::new(format!("SET SESSION sql_mode = '{SQL_MODE}'"), why));
    let why = "sets back the mode that was";
    rendering.epilogue.push(Statement::new("SET SESSION sql_mode = @modelshift_sql_mode", why));
    rendering
}
