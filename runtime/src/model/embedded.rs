//! The migrations that `migration!` and `migrations!` compile into a program.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use modelshift_schema::json;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::operation::Operation;

#[cfg(feature = "database")]
use crate::data::Call;
use crate::data::DataFunction;

/// The label of the migration's own app in constants of `migration!`.
const OWN_APP: &str = "_";

/// One migration, as `migration!` embeds it in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmbeddedMigration {
    /// The app that the file names; `None` if it names no app.
    pub app: Option<&'static str>,
    /// The migrations that must run before it, such as `blog.0001_initial`.
    pub depends_on: &'static [&'static str],
    /// The migrations that must run after it.
    pub run_before: &'static [&'static str],
    /// The migrations that it replaces.
    pub replaces: &'static [&'static str],
    /// Whether it is one transaction.
    pub atomic: bool,
    /// The operations in JSON, with `_` for the migration's own app.
    pub operations: &'static str,
    /// The functions that the operations name.
    pub functions: &'static [DataFunction],
    /// The files that the operations name.
    pub files: &'static [DataFile],
}

/// A file of a `LoadData`, as `migration!` embeds it in the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DataFile {
    /// The name, as the operation has it.
    pub name: &'static str,
    /// The content.
    pub content: &'static [u8],
}

impl DataFile {
    /// Returns the feature that the program was built without, and the file needs.
    #[cfg(feature = "database")]
    pub(crate) fn missing_feature(self) -> Option<&'static str> {
        let ends: Vec<&str> = self.name.rsplit('.').take(2).collect();
        let is_packed = ends.first().is_some_and(|end| ["gz", "xz", "zst"].contains(end));
        let format = ends.get(usize::from(is_packed)).copied().unwrap_or_default();
        let is_yaml = ["yaml", "yml"].contains(&format);
        let needs = [
            (true, cfg!(feature = "fixtures"), "fixtures"),
            (is_packed, cfg!(feature = "fixtures-compressed"), "fixtures-compressed"),
            (is_yaml, cfg!(feature = "fixtures-yaml"), "fixtures-yaml"),
            (format == "xml", cfg!(feature = "fixtures-xml"), "fixtures-xml"),
        ];
        needs.into_iter().find(|(is_needed, is_there, _)| *is_needed && !is_there).map(|(_, _, name)| name)
    }
}

impl fmt::Debug for DataFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataFile").field("name", &self.name).finish_non_exhaustive()
    }
}

impl EmbeddedMigration {
    /// A migration without operations.
    pub const EMPTY: Self = Self {
        app: None,
        depends_on: &[],
        run_before: &[],
        replaces: &[],
        atomic: true,
        operations: "[]",
        functions: &[],
        files: &[],
    };

    /// Returns the migration with the name `id`.
    ///
    /// # Errors
    /// If the constant is of another version of modelshift, or the file names another app.
    pub fn load(&self, id: &MigrationId) -> Result<Migration, EmbeddedError> {
        if let Some(label) = self.app.filter(|label| id.app != *label) {
            return Err(EmbeddedError::Label { id: id.clone(), label: AppLabel::new(label) });
        }
        let mut operations: Vec<Operation> =
            json::read(self.operations).map_err(|error| other_version(id, &error))?;
        let targets = operations.iter_mut().flat_map(|operation| operation.behaviour_mut().targets_mut());
        for target in targets.filter(|target| target.app == OWN_APP) {
            target.app = id.app.clone();
        }
        Ok(Migration {
            run_before: parse(id, self.run_before)?,
            replaces: parse(id, self.replaces)?,
            atomic: self.atomic,
            ..Migration::new(id.clone(), parse(id, self.depends_on)?, operations)
        })
    }
}

fn parse(id: &MigrationId, names: &[&str]) -> Result<Vec<MigrationId>, EmbeddedError> {
    names.iter().map(|name| name.parse().map_err(|error| other_version(id, &error))).collect()
}

fn other_version(id: &MigrationId, error: &dyn std::fmt::Display) -> EmbeddedError {
    EmbeddedError::Version { id: id.clone(), reason: error.to_string() }
}

/// An embedded migration that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddedError {
    /// The constant is of another version of modelshift.
    #[error(
        "migration `{id}` was compiled by another version of modelshift ({reason}); use one version of `modelshift` and `modelshift-macros`"
    )]
    Version {
        /// The migration.
        id: MigrationId,
        /// What is wrong with the constant.
        reason: String,
    },
    /// The file was written for an app with another label, which is recorded in databases.
    #[error(
        "migration `{id}` was written for the app `{label}`, and databases know it by that label; list it under that \
         label: `.app(\"{label}\", \"src\")` in `build.rs`, and `modelshift::migrations!({label})`"
    )]
    Label {
        /// The migration as it is listed.
        id: MigrationId,
        /// The label in the file.
        label: AppLabel,
    },
}

/// The migrations of one or more apps, as `migrations!` lists them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Migrations {
    apps: Vec<AppLabel>,
    stored: Vec<(MigrationId, EmbeddedMigration)>,
    checkouts: Vec<Checkout>,
    /// The folders of fixtures, from the folder of the package where the program may run elsewhere than it was built.
    fixtures: Vec<(AppLabel, PathBuf)>,
    /// The databases of apps that do not belong to every one.
    databases: BTreeMap<AppLabel, BTreeSet<String>>,
}

/// The checkout in which the program was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Checkout {
    pub(crate) app: AppLabel,
    /// The folder for notes about applied migrations.
    pub(crate) notes: PathBuf,
    /// The folder of the migrations.
    pub(crate) folder: PathBuf,
    /// The migrations that builds wrote, and that were neither edited nor committed, with the fingerprints of their files.
    pub(crate) drafts: BTreeMap<MigrationId, String>,
}

impl Migrations {
    /// Lists the migrations of an app, by name (`0001_initial`).
    pub fn new(app: &str, list: &[(&str, EmbeddedMigration)]) -> Self {
        let stored = list.iter().map(|(name, stored)| (MigrationId::new(app, *name), *stored)).collect();
        Self { apps: vec![AppLabel::new(app)], stored, ..Self::default() }
    }

    /// Adds the checkout in which `migrations!` is compiled; only for its expansion.
    #[doc(hidden)]
    #[must_use]
    pub fn of_checkout(mut self, notes: &str, folder: &str, drafts: &[(&str, &str)]) -> Self {
        for app in &self.apps {
            let drafts = drafts.iter().map(|(name, file)| (MigrationId::new(app, *name), (*file).to_owned()));
            let (notes, folder) = (PathBuf::from(notes), PathBuf::from(folder));
            self.checkouts.push(Checkout { app: app.clone(), notes, folder, drafts: drafts.collect() });
        }
        self
    }

    /// Adds the folder in which fixtures are looked for by name; only for the expansion of `migrations!`.
    #[doc(hidden)]
    #[must_use]
    pub fn fixtures_in(mut self, folder: &str) -> Self {
        if !folder.is_empty() {
            self.fixtures.extend(self.apps.iter().map(|app| (app.clone(), PathBuf::from(folder))));
        }
        self
    }

    /// Adds the migrations of other apps, without duplicates.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for app in other.apps {
            if !self.apps.contains(&app) {
                self.apps.push(app);
            }
        }
        let known = std::mem::take(&mut self.stored);
        let new: Vec<_> = other.stored.into_iter().filter(|one| !known.contains(one)).collect();
        self.stored = known.into_iter().chain(new).collect();
        for (app, databases) in other.databases {
            self.databases.entry(app).or_default().extend(databases);
        }
        for checkout in other.checkouts {
            if !self.checkouts.contains(&checkout) {
                self.checkouts.push(checkout);
            }
        }
        for folder in other.fixtures {
            if !self.fixtures.contains(&folder) {
                self.fixtures.push(folder);
            }
        }
        self
    }

    /// Says to which databases the apps belong, by their names: `default`, or the word of `--database`. Others get neither
    /// their tables nor their rows in the history; an app of which nothing is said belongs to every database.
    ///
    /// Models of different databases cannot refer to each other.
    ///
    /// ```
    /// # let (shop, statistics) = (modelshift::Migrations::new("shop", &[]), modelshift::Migrations::new("statistics", &[]));
    /// let all = shop.only_on(["default"]).and(statistics.only_on(["analytics"]));
    /// let analytics = all.of_database("analytics");
    /// assert_eq!(analytics.apps().iter().map(|app| app.as_str()).collect::<Vec<_>>(), ["statistics"]);
    /// ```
    #[must_use]
    pub fn only_on<'a>(mut self, databases: impl IntoIterator<Item = &'a str>) -> Self {
        let databases: BTreeSet<String> = databases.into_iter().map(str::to_owned).collect();
        self.databases = self.apps.iter().map(|app| (app.clone(), databases.clone())).collect();
        self
    }

    /// Returns the migrations of the apps that belong to a database.
    #[must_use]
    pub fn of_database(mut self, name: &str) -> Self {
        let is_elsewhere = |app: &AppLabel| self.databases.get(app).is_some_and(|all| !all.contains(name));
        let elsewhere: Vec<AppLabel> = self.apps.iter().filter(|app| is_elsewhere(app)).cloned().collect();
        self.databases.clear();
        self.without(&elsewhere)
    }

    /// Returns the migrations as those of a program that was built elsewhere, so that nothing is noted for the build step.
    #[cfg(feature = "database")]
    pub(crate) fn of_no_checkout(mut self) -> Self {
        self.checkouts.clear();
        self
    }

    /// Removes the migrations of apps.
    pub(crate) fn without(mut self, apps: &[AppLabel]) -> Self {
        self.apps.retain(|app| !apps.contains(app));
        self.stored.retain(|(id, _)| !apps.contains(&id.app));
        self.checkouts.retain(|checkout| !apps.contains(&checkout.app));
        self.fixtures.retain(|(app, _)| !apps.contains(app));
        self.databases.retain(|app, _| !apps.contains(app));
        self
    }

    /// Returns the checkouts that are on this machine.
    #[cfg(feature = "database")]
    pub(crate) fn checkouts(&self) -> impl Iterator<Item = &Checkout> {
        // The folder of notes is two levels below the folder of git.
        let is_here = |it: &&Checkout| it.notes.ancestors().nth(2).is_some_and(std::path::Path::is_dir);
        self.checkouts.iter().filter(is_here)
    }

    /// Returns the folders of the fixtures of each app that are on this machine, beside the folders of the migrations.
    ///
    /// A path that the program has only from the folder of its package is looked for there if cargo runs the program, and in
    /// the working directory.
    #[cfg(feature = "fixtures")]
    pub(crate) fn fixture_folders(&self) -> Vec<(AppLabel, PathBuf)> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let places: Vec<PathBuf> = package.into_iter().chain([PathBuf::new()]).collect();
        let found = self.fixtures.iter().filter_map(|(app, folder)| {
            let mut folders = places.iter().map(|place| place.join(folder));
            Some((app.clone(), folders.find(|folder| folder.is_dir())?))
        });
        found.collect()
    }

    /// Returns the labels of the apps, in the order in which they were listed; apps without migrations included.
    pub fn apps(&self) -> &[AppLabel] {
        &self.apps
    }

    /// Returns a function of a migration.
    #[cfg(feature = "database")]
    pub(crate) fn function(&self, id: &MigrationId, name: &str) -> Option<Call> {
        let (_, stored) = self.stored.iter().find(|(known, _)| known == id)?;
        stored.functions.iter().find(|function| function.name == name).map(|function| function.call)
    }

    /// Returns a file of a migration.
    #[cfg(feature = "database")]
    pub(crate) fn data_file(&self, id: &MigrationId, name: &str) -> Option<DataFile> {
        let (_, stored) = self.stored.iter().find(|(known, _)| known == id)?;
        stored.files.iter().find(|file| file.name == name).copied()
    }

    /// Reads all migrations, in the order in which they were listed.
    ///
    /// # Errors
    /// As [`EmbeddedMigration::load`].
    pub fn load(&self) -> Result<Vec<Migration>, EmbeddedError> {
        self.stored.iter().map(|(id, stored)| stored.load(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use modelshift_schema::column_type::ColumnType;
    use modelshift_schema::field::Field;
    use modelshift_schema::model::Model;
    use modelshift_schema::name::ModelKey;
    use modelshift_schema::operation::CreateModel;
    use modelshift_schema::relation::ForeignKey;

    use super::*;

    const STORED: EmbeddedMigration = EmbeddedMigration {
        depends_on: &["accounts.0001_initial"],
        operations: r#"[{"CreateModel":{"model":{"name":"Post","fields":[
            {"name":"id","kind":{"Column":"I64"},"primary_key":true},
            {"name":"author","kind":{"ForeignKey":{"to":"_.Author"}},"index":true},
            {"name":"owner","kind":{"ForeignKey":{"to":"accounts.User"}},"index":true}
        ]}}}]"#,
        ..EmbeddedMigration::EMPTY
    };

    #[test]
    fn the_own_app_gets_its_label_and_others_keep_theirs() {
        let reference = |name, to| Field::foreign_key(name, ForeignKey::new(to));
        let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
        let author = reference("author", ModelKey::new("blog", "Author"));
        let owner = reference("owner", ModelKey::new("accounts", "User"));
        let model = Model::new("Post", vec![id, author, owner]);
        let migrations = Migrations::new("blog", &[("0001_initial", STORED)]).and(Migrations::new("b", &[]));
        let expected = Migration::new(
            MigrationId::new("blog", "0001_initial"),
            vec![MigrationId::new("accounts", "0001_initial")],
            vec![Operation::CreateModel(CreateModel { model })],
        );
        let twice = migrations.clone().and(migrations.clone());
        assert_eq!(twice, migrations);
        assert_eq!(migrations.load(), Ok(vec![expected]));
        assert_eq!(migrations.apps(), ["blog", "b"]);
    }

    #[test]
    fn references_inside_of_operations_are_the_own_ones_too() {
        let stored = EmbeddedMigration {
            atomic: false,
            operations: r#"[{"SeparateDatabaseAndState":{"database":[{"RunSql":{"forward":"","state":[
                {"AddField":{"model":"Post","field":{"name":"author","kind":{"ForeignKey":{"to":"_.Author"}}}}}]}}]}}]"#,
            ..EmbeddedMigration::EMPTY
        };
        let migration = stored.load(&MigrationId::new("blog", "0002_author")).unwrap();
        assert!(!migration.atomic);
        let text = serde_json::to_string(&migration).unwrap();
        assert!(text.contains(r#""to":"blog.Author""#), "{text}");
    }

    #[test]
    fn references_over_several_fields_are_the_own_ones_too() {
        let rule = r#"{"Reference":{"fields":["a","b"],"to":"_.Line","to_fields":["x","y"]}}"#;
        let operations = format!(
            r#"[{{"CreateModel":{{"model":{{"name":"Post","fields":[],"constraints":[{rule}]}}}}}},
                {{"AddConstraint":{{"model":"Post","constraint":{rule}}}}}]"#
        );
        let stored = EmbeddedMigration { operations: operations.leak(), ..EmbeddedMigration::EMPTY };
        let migration = stored.load(&MigrationId::new("blog", "0001_initial")).unwrap();
        let text = serde_json::to_string(&migration).unwrap();
        assert_eq!(text.matches(r#""to":"blog.Line""#).count(), 2, "{text}");
    }

    #[test]
    fn a_migration_knows_the_label_that_it_was_written_for() {
        let stored = EmbeddedMigration { app: Some("blog"), ..EmbeddedMigration::EMPTY };
        assert!(stored.load(&MigrationId::new("blog", "0001_initial")).is_ok());
        let error = stored.load(&MigrationId::new("weblog", "0001_initial")).unwrap_err().to_string();
        assert!(error.contains("`.app(\"blog\", \"src\")`"), "{error}");
        assert!(error.contains("`modelshift::migrations!(blog)`"), "{error}");
    }

    #[test]
    fn a_constant_of_another_version_is_an_error() {
        let stored = EmbeddedMigration { operations: r#"[{"Frobnicate":{}}]"#, ..EmbeddedMigration::EMPTY };
        let error = Migrations::new("blog", &[("0001_initial", stored)]).load().unwrap_err();
        assert!(error.to_string().contains("`blog.0001_initial`"), "{error}");
    }

    #[cfg(feature = "database")]
    #[test]
    fn a_file_needs_the_features_of_its_name() {
        for (name, needs) in [
            ("a.json", None),
            ("a.yml", Some(("fixtures-yaml", cfg!(feature = "fixtures-yaml")))),
            ("b/a.xml", Some(("fixtures-xml", cfg!(feature = "fixtures-xml")))),
            ("a.json.gz", Some(("fixtures-compressed", cfg!(feature = "fixtures-compressed")))),
            ("a.xml.json", None),
        ] {
            let wanted = needs.filter(|(_, is_there)| !is_there).map(|(feature, _)| feature);
            let wanted = if cfg!(feature = "fixtures") { wanted } else { Some("fixtures") };
            assert_eq!(DataFile { name, content: b"" }.missing_feature(), wanted, "{name}");
        }
    }
}
