//! What a database holds, noted for the build step of the checkout that this program was built in: such migrations are no
//! drafts any more.
//!
//! Nothing is noted of a database in memory, by a test program, and by a program that does not run where it was built.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use modelshift_schema::applied::Applied;
use modelshift_schema::name::MigrationId;

use crate::model::embedded::Checkout;
use crate::run::history::History;

/// Notes what the database of a file holds of the app of a checkout, in place of what was noted of it before.
///
/// # Errors
/// Where the notes cannot be written; then the next build may take what is applied for a draft.
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

/// Returns whether this is a program that `cargo test` or `cargo bench` runs: cargo puts them into a folder `deps`.
///
/// Databases of tests come and go, and what they hold binds nobody.
pub(crate) fn is_test_program() -> bool {
    let program = std::env::current_exe().ok();
    let folder = program.as_deref().and_then(Path::parent).and_then(Path::file_name);
    folder.is_some_and(|folder| folder == "deps")
}
