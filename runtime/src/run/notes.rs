//! Notes applied migrations for the build step of the checkout in which this program was built, so that the build step does
//! not rewrite them.
//!
//! Nothing is noted for a database in memory, by a test program, or if the checkout does not exist on this machine.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use modelshift_schema::applied::Applied;
use modelshift_schema::name::MigrationId;

use crate::model::embedded::Checkout;
use crate::run::history::History;

/// Notes the applied migrations of the app of a checkout, and replaces the earlier note.
///
/// # Errors
/// If the note cannot be written. Then the next build may rewrite applied migrations.
pub(crate) fn note(checkout: &Checkout, database: &Path, history: &History) -> io::Result<()> {
    let Some(file) = database.canonicalize()?.to_str().map(str::to_owned) else { return Ok(()) };
    let of_app = history.records().filter(|record| record.migration.id.app == checkout.app);
    let migrations: BTreeMap<MigrationId, String> =
        of_app.map(|record| (record.migration.id.clone(), record.checksum.clone())).collect();
    let path = checkout.notes.join(Applied::file_name(&checkout.app, &file));
    if migrations.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
    }
    let text = Applied::new(Some(file), migrations).to_text()?;
    if std::fs::read_to_string(&path).is_ok_and(|before| before == text) {
        return Ok(());
    }
    std::fs::create_dir_all(&checkout.notes)?;
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&beside, text)?;
    std::fs::rename(beside, path)
}

/// Returns whether `cargo test` or `cargo bench` runs this program: cargo puts such programs into a folder `deps`.
///
/// Databases of tests are temporary.
pub(crate) fn is_test_program() -> bool {
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent).and_then(Path::file_name);
    folder.is_some_and(|folder| folder == "deps")
}
