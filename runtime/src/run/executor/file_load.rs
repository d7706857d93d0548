//! Loads a file of a migration, in its transaction.

use std::time::Instant;

use modelshift_schema::name::MigrationId;

use super::Run;
use crate::error::{Error, ErrorKind, Kept};
use crate::model::embedded::{DataFile, Migrations};
use crate::plan::FileLoad;
use crate::run::report::{Event, Observer};
use crate::session::Session;

/// Returns the file of a migration that a program loads.
///
/// # Errors
/// If the program does not have it, or was built without its format.
pub(crate) fn file(program: &Migrations, id: &MigrationId, load: &FileLoad) -> Result<DataFile, Error> {
    let refused = |what: String, remedy: String| {
        Error::from(ErrorKind::Refused { migration: id.clone(), what, kept: Kept::Nothing, remedy })
    };
    let found = program.data_file(id, &load.file).ok_or_else(|| {
        let what = format!("this program has no file `{}` of this migration", load.file);
        refused(what, "run the version of the program that has it".to_owned())
    })?;
    match found.missing_feature() {
        None => Ok(found),
        Some(feature) => Err(refused(
            format!("it {}, and this program was built without the feature `{feature}`", load.why),
            format!("add the feature `{feature}` to the dependency `modelshift`"),
        )),
    }
}

impl Run<'_> {
    /// Loads a file by the models as they stand at that place.
    pub(super) async fn load_file(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        load: &FileLoad,
    ) -> Result<(), Error> {
        let (migration, name, begin) = (&self.job.plan.id, load.file.as_str(), Instant::now());
        observer.tell(Event::File { migration, file: name });
        let file = file(self.job.program, migration, load)?;
        let rows = self.rows_of(session, load, file).await?;
        super::together::check_deferred(session, self).await?;
        observer.tell(Event::FileDone { migration, file: name, rows, took: begin.elapsed() });
        Ok(())
    }

    #[cfg(feature = "fixtures")]
    async fn rows_of(
        &self,
        session: &mut impl Session,
        load: &FileLoad,
        file: DataFile,
    ) -> Result<u64, Error> {
        use crate::fixtures::load::{Rules, Source, within};
        use crate::fixtures::shape::Shapes;

        let shapes = Shapes::of(&load.state)
            .map_err(|error| Error::from(ErrorKind::Unrenderable { what: error.to_string() }))?;
        let source = Source::embedded(file.name, file.content);
        let source = source.map_err(|error| self.unloaded(load, error.to_string()))?;
        let loaded = within(session, &shapes, vec![source], &Rules::default()).await;
        let error = match loaded {
            Ok(loaded) => return Ok(loaded.objects),
            Err(error) => error,
        };
        if super::waiting::is_locked(&error) {
            return Err(error);
        }
        let message = if let ErrorKind::Fixture { place, what, remedy } = error.kind() {
            format!("{place}: {what}; {remedy}")
        } else if let ErrorKind::FixtureRequest { what, remedy } = error.kind() {
            format!("`{}`: {what}; {remedy}", load.file)
        } else {
            let why = std::error::Error::source(&error).map(|why| format!(": {why}"));
            format!("{error}{}", why.unwrap_or_default())
        };
        Err(self.unloaded(load, message))
    }

    /// The plan was refused before, where a program has no fixtures.
    #[cfg(not(feature = "fixtures"))]
    async fn rows_of(
        &self,
        _session: &mut impl Session,
        load: &FileLoad,
        _file: DataFile,
    ) -> Result<u64, Error> {
        Err(self.unloaded(load, "this program was built without the feature `fixtures`".to_owned()))
    }

    fn unloaded(&self, load: &FileLoad, message: String) -> Error {
        let (migration, operation) = (self.job.plan.id.clone(), load.why.clone());
        ErrorKind::Load { migration, operation, message, kept: self.kept }.into()
    }
}
