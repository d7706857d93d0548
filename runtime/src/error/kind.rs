//! The kinds of errors, with their messages.

use std::time::Duration;

use modelshift_schema::graph::GraphError;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::replay::ReplayError;

use super::fixture_place::FixturePlace;
use super::outcome::{EditedMigration, HookOrder, Kept, edited};
use super::words::{choice, items, joined, listed, pronoun, seconds};
use crate::dialect::Dialect;
use crate::model::embedded::EmbeddedError;
use crate::planner::PlanError;

/// The kind of an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address of the database cannot be read.
    #[error(
        "`{url}` is not an address of a database: {why}; write `sqlite://path`, `postgres://user@host/name`, or \
         `mysql://user@host/name`"
    )]
    Url {
        /// The address, without secrets.
        url: String,
        /// Why it cannot be read.
        why: String,
    },
    /// The program was built without the feature of the database.
    #[error(
        "`{url}`: this program was built without support for {dialect}; add the feature `{feature}` to the \
         dependency `modelshift`"
    )]
    NoFeature {
        /// The address, without secrets.
        url: String,
        /// The dialect.
        dialect: String,
        /// The feature that is missing.
        feature: String,
    },
    /// The file `.env` cannot be read.
    #[error("the file `.env` cannot be read: {why}; correct it, or add `--no-dotenv`")]
    Environment {
        /// The reason, without values of the file.
        why: String,
    },
    /// The address of the database cannot be read from the file that names it.
    #[error("the address of the database cannot be read: {why}")]
    UrlFile {
        /// Why, and what to do; without the address.
        why: String,
    },
    /// The databases of a fleet are not what they have to be.
    #[error("{why}")]
    Fleet {
        /// Why, and where.
        why: String,
    },
    /// The database cannot be opened.
    #[error("cannot open `{database}`: {why}; {remedy}")]
    Open {
        /// The database.
        database: String,
        /// Why it cannot be opened.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The file of the database was replaced while it was open.
    #[error(
        "`{database}` was deleted or replaced by another file while migrations ran on it; what they did is in the \
         former file and not in this one; let nothing else move or remove the file, and run again"
    )]
    Replaced {
        /// The database.
        database: String,
    },
    /// The database is read-only.
    #[error("`{database}` is read-only, so that nothing can be migrated; {remedy}")]
    ReadOnly {
        /// The database.
        database: String,
        /// What to do.
        remedy: String,
    },
    /// Another process locked the database for longer than the time to wait.
    #[error(
        "`{database}` is locked by another process, and was still so after {}; let that process end, or wait \
         longer with `--lock-timeout` (`Migrator::lock_timeout`)", seconds(*.waited)
    )]
    Locked {
        /// The database.
        database: String,
        /// The time that was waited.
        waited: Duration,
    },
    /// The database reported an error for a statement that is not part of a migration.
    #[error("`{database}`: {doing} failed")]
    Database {
        /// The database.
        database: String,
        /// What was being done.
        doing: String,
        /// The error of the database.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The migrations of the program are inconsistent.
    #[error("the migrations of this program do not fit together: {}", joined(.0))]
    Graph(Vec<GraphError>),
    /// A migration of the program cannot be read.
    #[error(transparent)]
    Stored(EmbeddedError),
    /// An operation does not fit the state that it meets.
    #[error(transparent)]
    Replay(ReplayError),
    /// A migration cannot be rendered for the database.
    #[error(transparent)]
    Plan(PlanError),
    /// The state of the models cannot be rendered as a whole.
    #[error("the models cannot be rendered for a fresh database to compare with: {what}")]
    Unrenderable {
        /// What cannot be rendered.
        what: String,
    },
    /// An app has two newest migrations, so that "the latest" is ambiguous.
    #[error(
        "app `{app}` has more than one newest migration: {}; let one depend on the other (`depends_on`), or add a \
         migration that depends on both (`cargo modelshift makemigrations --merge`)", listed(.leaves)
    )]
    TwoLeaves {
        /// The app.
        app: AppLabel,
        /// Its newest migrations.
        leaves: Vec<MigrationId>,
    },

    /// No migration has the requested name.
    #[error("there is no migration `{asked}`; there is {}", choice(.candidates))]
    UnknownTarget {
        /// The requested name.
        asked: String,
        /// The most similar names.
        candidates: Vec<String>,
    },
    /// No app has the requested label.
    #[error("there is no app `{asked}`; there is {}", choice(.candidates))]
    UnknownApp {
        /// The requested name.
        asked: String,
        /// The most similar labels.
        candidates: Vec<String>,
    },
    /// Several migrations match the requested name.
    #[error("`{asked}` can mean {}; write more of the name, or the app before it", choice(.candidates))]
    AmbiguousTarget {
        /// The requested name.
        asked: String,
        /// The matching names.
        candidates: Vec<String>,
    },

    /// The table of the history is not one of modelshift, or a newer version wrote it.
    #[error("table `{table}` of `{database}` cannot be read as a history: {why}; {remedy}")]
    History {
        /// The table.
        table: String,
        /// The database.
        database: String,
        /// Why it cannot be read.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// Operations cannot be written into the history.
    #[error("operations cannot be written into the history; this is a bug in modelshift; please report it")]
    Unwritable {
        /// The error.
        source: serde_json::Error,
    },
    /// Migrations were edited after they were applied.
    #[error("{}", edited(.database, .migrations))]
    Edited {
        /// The database.
        database: String,
        /// The migrations.
        migrations: Vec<EditedMigration>,
    },
    /// The program has drafts whose files have changed since it was built.
    #[error(
        "this program is older than its sources: {} changed after it was built, and the database holds another form; \
         build the program again (`cargo build`)",
        listed(.migrations)
    )]
    OldProgram {
        /// The migrations.
        migrations: Vec<MigrationId>,
    },
    /// The database holds migrations that the program does not know.
    #[error(
        "`{database}` is ahead of this program: it holds {}, which the program does not know; use the program that \
         has {}, or revert {} by the operations that the history keeps, and go on with those of this program: \
         `{way_out}`, which first shows what would be lost",
        listed(.migrations), pronoun(.migrations), pronoun(.migrations)
    )]
    Ahead {
        /// The database.
        database: String,
        /// The migrations that only the database has.
        migrations: Vec<MigrationId>,
        /// The command that reverts them.
        way_out: String,
    },
    /// A migration is applied, and one that it depends on is not.
    #[error(
        "`{database}` is inconsistent: `{child}` is applied, and `{parent}`, which it depends on, is not; correct \
         `depends_on`, or revert `{child}`: `{way_out}`"
    )]
    Inconsistent {
        /// The database.
        database: String,
        /// The migration that is applied.
        child: MigrationId,
        /// The migration that is not.
        parent: MigrationId,
        /// The command that reverts the child.
        way_out: String,
    },
    /// Rows of the history were changed.
    #[error(
        "the history of `{database}` is damaged: the operations that it keeps of {} are not those that were applied; \
         {remedy}", listed(.migrations)
    )]
    Damaged {
        /// The database.
        database: String,
        /// The migrations.
        migrations: Vec<MigrationId>,
        /// What to do.
        remedy: String,
    },
    /// A row of the history is missing in the middle.
    #[error(
        "the history of `{database}` lacks {}, though what was applied after it depends on it; run `repair`, which \
         records it as applied without running it, or restore the table from a backup", listed(.migrations)
    )]
    MissingRows {
        /// The database.
        database: String,
        /// The migrations whose rows are missing.
        migrations: Vec<MigrationId>,
    },
    /// Another process changed the history during the run.
    #[error(
        "another process changed the history of `{database}` while `{migration}` was waiting for its turn; nothing \
         more was done; run again"
    )]
    Moved {
        /// The database.
        database: String,
        /// The migration that would have run next.
        migration: MigrationId,
    },

    /// A migration is partially applied, and another target was requested.
    #[error(
        "`{database}`: migration `{migration}` is applied in part ({done} of {stages} stages), since it is not one \
         transaction (`atomic = false`) and was interrupted; complete or revert it before anything else: {way_out}"
    )]
    PartiallyApplied {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        stages: usize,
        /// The commands that complete or revert it.
        way_out: String,
    },
    /// A migration that the program does not know is partially applied.
    #[error(
        "`{database}`: migration `{migration}` is applied in part, and this program does not know it; restore its file \
         and run `migrate`, or revert what is applied: `{way_out}`"
    )]
    UnknownPartial {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
        /// The command that reverts what is applied.
        way_out: String,
    },
    /// The tables of an initial migration are there, and are not as it creates them.
    #[error(
        "migration `{migration}` cannot be recorded as applied: `{database}` has tables that it creates, but not as it \
         creates them; nothing was recorded; change the models or the database, or record it without a comparison \
         (`migrate {} {} --fake`):{}", .migration.app, .migration.name, items(.differences)
    )]
    NotAdoptable {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
        /// The differences, one sentence each.
        differences: Vec<String>,
    },
    /// A target would revert a migration, so that there is nothing to record.
    #[error(
        "`{database}` has `{migration}` applied already, so that there is nothing to record up to that target; name a later \
         one, or revert it with `migrate`"
    )]
    NotBaseline {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
    },
    /// Schemas were named for a database that has none inside of it.
    #[error(
        "schemas inside of a database are PostgreSQL's, and {dialect} has none: leave the schema out, or name another \
         database by its address"
    )]
    NoSchemas {
        /// The dialect of the database.
        dialect: Dialect,
    },
    /// Migrations cannot be one transaction.
    #[error("the migrations of this run cannot be one transaction: `{migration}` {why}; {remedy}")]
    NotOneTransaction {
        /// The migration that cannot.
        migration: MigrationId,
        /// Why it cannot.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// A hook of the program reported an error.
    #[error("the program stopped the run {order} migration `{migration}`, so that it is {state}", state = order.state())]
    Hook {
        /// The migration.
        migration: MigrationId,
        /// Whether the hook ran before or after it.
        order: HookOrder,
        /// The error of the hook.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something in a fixture is wrong; nothing was loaded.
    #[error("{place}: {what}; {remedy}; nothing was loaded")]
    Fixture {
        /// Where.
        place: FixturePlace,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A request to dump or load fixtures cannot be fulfilled.
    #[error("{what}; {remedy}")]
    FixtureRequest {
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// The words of a command line do not fit each other.
    #[error("{what}; {remedy}")]
    CommandLine {
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: String,
    },
    /// A fixture, or another file that was asked for, cannot be written.
    #[error("`{file}` cannot be written")]
    UnwritableFixture {
        /// The file; `-` for standard output.
        file: String,
        /// Why.
        source: std::io::Error,
    },
    /// A statement of a migration failed.
    #[error("migration `{migration}`: a statement failed that {why}; {kept}; the statement: {sql}")]
    Statement {
        /// The migration.
        migration: MigrationId,
        /// The reason for the statement.
        why: String,
        /// The part of the migration that was kept.
        kept: Kept,
        /// The statement.
        sql: String,
        /// The error of the database.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A function of a migration failed.
    #[error(
        "migration `{migration}`: its function `{function}` failed: {message}; {kept}; correct it and migrate again, which begins there"
    )]
    Function {
        /// The migration.
        migration: MigrationId,
        /// The name of the function.
        function: String,
        /// Why it failed.
        message: String,
        /// The part of the migration that was kept.
        kept: Kept,
    },
    /// A file of a migration could not be loaded; no row of it is there.
    #[error(
        "migration `{migration}` {operation}: {message}; {kept}; correct it and migrate again, which begins there"
    )]
    Load {
        /// The migration.
        migration: MigrationId,
        /// The description of the operation.
        operation: String,
        /// Where in the file, what is wrong, and what to do.
        message: String,
        /// The part of the migration that was kept.
        kept: Kept,
    },
    /// A migration would leave the database broken.
    #[error("migration `{migration}`: {what}; {kept}; {remedy}")]
    Refused {
        /// The migration.
        migration: MigrationId,
        /// What would be broken.
        what: String,
        /// The part of the migration that was kept.
        kept: Kept,
        /// What to do.
        remedy: String,
    },
}
