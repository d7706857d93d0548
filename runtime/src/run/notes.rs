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

/// The place of a database, by which its note is found again.
#[derive(Debug)]
pub(crate) enum Place<'a> {
    /// A file. Without it, nothing is applied.
    File(&'a Path),
    /// A database of a server, by its URL without secrets.
    Server(&'a str),
}

/// Notes the applied migrations of the app of a checkout, and replaces the earlier note.
///
/// # Errors
/// If the note cannot be written. Then the next build may rewrite applied migrations.
pub(crate) fn note(checkout: &Checkout, place: &Place<'_>, history: &History) -> io::Result<()> {
    let (file, key) = match place {
        Place::File(file) => {
            let Some(file) = file.canonicalize()?.to_str().map(str::to_owned) else { return Ok(()) };
            (Some(file.clone()), file)
        }
        Place::Server(url) => (None, (*url).to_owned()),
    };
    let of_app = history.records().filter(|record| record.migration.id.app == checkout.app);
    let migrations: BTreeMap<MigrationId, String> =
        of_app.map(|record| (record.migration.id.clone(), record.checksum.clone())).collect();
    let path = checkout.notes.join(Applied::file_name(&checkout.app, &key));
    if migrations.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        };
    }
    let text = Applied::new(file, migrations).to_text()?;
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

#[cfg(test)]
mod tests {
    use modelshift_schema::migration::Migration;
    use modelshift_schema::name::AppLabel;

    use super::*;
    use crate::run::history::Record;

    #[test]
    fn what_a_server_holds_is_noted_under_its_address_until_it_is_reverted() {
        let folder = tempfile::tempdir().unwrap();
        let notes = folder.path().join("applied");
        let (folder, drafts) = (folder.path().to_owned(), BTreeMap::new());
        let checkout = Checkout { app: AppLabel::new("blog"), notes, folder, drafts };
        let migration = Migration::new(MigrationId::new("blog", "0001_initial"), Vec::new(), Vec::new());
        let record = Record {
            checksum: "abc".to_owned(),
            is_intact: true,
            migration,
            applied_at: "2026-01-01 00:00:00".to_owned(),
            applied_by: None,
            milliseconds: None,
        };
        let history = History::from_iter([record]);
        let [here, there] = ["postgres://localhost/blog", "mysql://localhost/blog"].map(Place::Server);

        note(&checkout, &here, &history).unwrap();
        note(&checkout, &there, &history).unwrap();
        let path = checkout.notes.join(Applied::file_name(&checkout.app, "postgres://localhost/blog"));
        let written = Applied::parse(&std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(written.file, None);
        assert_eq!(written.migrations[&MigrationId::new("blog", "0001_initial")], "abc");

        note(&checkout, &here, &History::default()).unwrap();
        assert!(!path.exists());
        assert_eq!(std::fs::read_dir(&checkout.notes).unwrap().count(), 1);
    }
}
