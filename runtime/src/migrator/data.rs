//! Rows that are dumped to fixtures and loaded from them.

use std::io::Write;

use super::Migrator;
use crate::error::{Error, ErrorKind};
use crate::fixtures::find;
use crate::fixtures::shape::Shapes;
use crate::fixtures::{Dump, Load, Loaded};
use crate::run::partial::Held;

impl Migrator {
    /// Writes rows of the database as a fixture; returns their number. `file` names it in errors.
    ///
    /// # Errors
    /// If a label is unknown, the database cannot be read, or the fixture cannot be written.
    pub async fn dump(
        &mut self,
        wanted: &Dump,
        file: &str,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        let shapes = self.shapes().await?;
        self.connection.dump(&shapes, wanted, (file, out)).await
    }

    /// Writes rows of the database as a script of INSERT statements for the client of the database (`sqlite3`, `psql`,
    /// `mysql`); returns the number of the rows of models. `file` names it in errors.
    ///
    /// The script is one transaction and stops at the first error. It is for tables that are empty, and of `wanted` it takes
    /// the models and the keys.
    ///
    /// # Errors
    /// If a label is unknown, natural keys are wanted, the database cannot be read, or the script cannot be written.
    pub async fn dump_sql(
        &mut self,
        wanted: &Dump,
        file: &str,
        out: &mut (dyn Write + Send),
    ) -> Result<u64, Error> {
        let shapes = self.shapes().await?;
        self.connection.dump_sql(&shapes, wanted, (file, out)).await
    }

    /// Loads fixtures; all or nothing.
    ///
    /// ```no_run
    /// # async fn run(migrator: &mut modelshift::Migrator) -> Result<(), modelshift::Error> {
    /// use modelshift::fixtures::Load;
    ///
    /// let loaded = migrator.load(&Load { names: vec!["countries".to_owned()], ..Load::default() }).await?;
    /// assert_eq!(loaded.objects, 249);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If a fixture is not found, cannot be read or does not fit the models, or the database refuses a row.
    pub async fn load(&mut self, wanted: &Load) -> Result<Loaded, Error> {
        let sources = find::sources(wanted, &self.migrations.fixture_folders(), self.dialect())?;
        let shapes = self.shapes().await?;
        self.connection.load(&shapes, sources, wanted).await
    }

    /// Removes all rows of the tables that migrations made, and sets their counters back; returns the number of tables. The
    /// history stays.
    ///
    /// # Errors
    /// If the database refuses it; then nothing is removed.
    pub async fn flush(&mut self) -> Result<usize, Error> {
        let shapes = self.shapes().await?;
        self.connection.empty(&shapes).await
    }

    /// Returns the models as the migrations that are applied made them.
    async fn shapes(&mut self) -> Result<Shapes, Error> {
        let ledger = self.connection.ledger().await?;
        let graph = self.program_graph(&ledger.history.applied())?;
        let held = Held::new(graph.held(&ledger.history.applied()), ledger.partials());
        self.check_ledger(&ledger, &graph, &held)?;
        Shapes::of(&held.state(&graph)?)
            .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() }.into())
    }
}
