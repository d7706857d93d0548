//! The functions of migrations, which a squash carries along.

use std::path::Path;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::operation::Operation;
use modelshift_syntax::beside_migration;

use super::CommandError;
use crate::error::BuildError;
use crate::migrations::history;

/// What stood beside a `migration!` with a function.
pub(super) struct Functions {
    /// The migration.
    pub(super) of: MigrationId,
    /// The source.
    pub(super) text: String,
}

/// Returns what stands beside the one of the replaced migrations whose function a squash keeps; none where it keeps none.
pub(super) fn kept_by(
    squash: &Migration,
    (package, folder, app): (&Path, &Path, &AppLabel),
) -> Result<Option<Functions>, CommandError> {
    let Some(kept) = squash.operations.iter().find(|it| is_function(it)) else { return Ok(None) };
    let (files, _) = history::load(folder, app).map_err(BuildError::io("read", folder))?;
    for file in files.into_iter().filter(|file| squash.replaces.contains(&file.id)) {
        if history::read(&file, package)?.operations.contains(kept) {
            let text = beside_migration(&file.text).unwrap_or_default();
            return Ok(Some(Functions { of: file.id, text }));
        }
    }
    Ok(None)
}

fn is_function(operation: &Operation) -> bool {
    matches!(operation, Operation::RunRust(_))
}
