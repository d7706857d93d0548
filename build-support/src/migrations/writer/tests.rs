use std::time::Duration;

use modelshift_schema::name::MigrationId;

use super::*;

struct Package {
    folder: tempfile::TempDir,
    stamp: SystemTime,
}

impl Package {
    fn new() -> Self {
        let stamp = SystemTime::now() - Duration::from_hours(1);
        Self { folder: tempfile::tempdir().unwrap(), stamp }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shelf<'a>(&'a self, folder: &'a Path, drafts: &'a [MigrationFile]) -> MigrationDir<'a> {
        MigrationDir {
            package: self.folder.path(),
            folder,
            drafts: drafts.iter().collect(),
            stamp: Some(self.stamp),
            signs: true,
        }
    }

    fn entry(&self, name: &str) -> MigrationFile {
        let migration = migration(name);
        let path = self.path("migrations").join(file_name(&migration));
        let text = std::fs::read_to_string(&path).unwrap();
        MigrationFile { id: migration.id, path, text, is_intact: true }
    }

    fn names(&self) -> Vec<String> {
        let entries = self.path("migrations").read_dir().unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn migration(name: &str) -> Migration {
    Migration::new(MigrationId::new("blog", name), Vec::new(), Vec::new())
}

#[test]
fn a_module_is_written_once_and_as_old_as_its_inputs() {
    let package = Package::new();
    let folder = package.path("migrations");
    let (files, changed) = package.shelf(&folder, &[]).put(&[migration("0001_initial")]).unwrap();
    let file = files[0].clone();
    assert!(changed && trailer::is_intact(&std::fs::read_to_string(&file).unwrap()));
    for path in [&file, &folder] {
        assert_eq!(path.metadata().unwrap().modified().unwrap(), package.stamp, "{}", path.display());
    }
    let drafts = [package.entry("0001_initial")];
    assert!(!package.shelf(&folder, &drafts).put(&[migration("0001_initial")]).unwrap().1);
    assert_eq!(package.names(), ["m0001_initial.rs"]);
}

#[test]
fn a_draft_gives_way_to_one_of_another_name_and_goes_when_undone() {
    let package = Package::new();
    let folder = package.path("migrations");
    package.shelf(&folder, &[]).put(&[migration("0002_author_tit")]).unwrap();
    let drafts = [package.entry("0002_author_tit")];
    assert!(package.shelf(&folder, &drafts).put(&[migration("0002_author_title")]).unwrap().1);
    assert_eq!(package.names(), ["m0002_author_title.rs"]);
    let drafts = [package.entry("0002_author_title")];
    assert!(package.shelf(&folder, &drafts).clear().unwrap());
    assert!(package.names().is_empty());
    assert_eq!(folder.metadata().unwrap().modified().unwrap(), package.stamp);
    assert!(package.shelf(&folder, &drafts).clear().unwrap(), "another build may have been quicker");
}

#[test]
fn what_is_no_draft_of_ours_is_never_overwritten() {
    let package = Package::new();
    let folder = package.path("migrations");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("m0001_initial.rs"), "mine").unwrap();
    let error = package.shelf(&folder, &[]).put(&[migration("0001_initial")]).unwrap_err();
    assert!(matches!(error, Left::Saved), "{error:?}");
    assert_eq!(std::fs::read_to_string(folder.join("m0001_initial.rs")).unwrap(), "mine");
    assert_eq!(package.names(), ["m0001_initial.rs"]);
}

#[cfg(unix)]
#[test]
fn no_link_is_followed() {
    let package = Package::new();
    let outside = tempfile::tempdir().unwrap();
    let folder = package.path("migrations");
    std::os::unix::fs::symlink(outside.path(), &folder).unwrap();
    assert!(package.shelf(&folder, &[]).put(&[migration("0001_initial")]).is_err());
    let below = folder.join("migrations");
    assert!(package.shelf(&below, &[]).put(&[migration("0001_initial")]).is_err());
    assert!(package.shelf(outside.path(), &[]).put(&[migration("0001_initial")]).is_err());
    std::fs::remove_file(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let target = outside.path().join("target.rs");
    std::os::unix::fs::symlink(&target, folder.join("m0001_initial.rs")).unwrap();
    assert!(package.shelf(&folder, &[]).put(&[migration("0001_initial")]).is_err());
    assert!(!target.exists() && outside.path().read_dir().unwrap().next().is_none());
}
