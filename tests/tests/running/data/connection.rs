//! Functions that use the connection of the driver itself.

use modelshift::data::{Db, Error, Result};
use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

mod initial {
    modelshift::migration! {
        app = "bare";

        CreateModel { struct Mark { id: i64, number: i32 } }
    }
}

mod work {
    modelshift::migration! {
        depends_on = ["bare.0001_initial"];

        RunRust { forward = work, reverse = () }
    }

    use super::work;
}

mod batches {
    modelshift::migration! {
        depends_on = ["bare.0001_initial"];
        atomic = false;

        RunRust { forward = work_in_batches, reverse = () }
    }

    use super::work_in_batches;
}

row!("bare" Mark { id: i64, number: i32 });

fn migrations(second: EmbeddedMigration) -> Migrations {
    Migrations::new("bare", &[("0001_initial", initial::MIGRATION), ("0002_work", second)])
}

/// Runs a statement on the connection of the driver.
async fn send(db: &mut Db<'_>, sql: &'static str) -> Result {
    match db.dialect() {
        Dialect::Sqlite => sqlx::query(sql).execute(db.sqlite().await?).await.map(drop)?,
        Dialect::Postgres => sqlx::query(sql).execute(db.postgres().await?).await.map(drop)?,
        Dialect::Mysql => sqlx::query(sql).execute(db.mysql().await?).await.map(drop)?,
    }
    Ok(())
}

/// Adds 10 to each mark on the connection, sees what the other functions see, and does what the first mark says: 11 ends the
/// transaction, 12 fails, 13 ends it at the very end.
async fn work(db: &mut Db<'_>) -> Result {
    let other = match db.dialect() {
        Dialect::Sqlite => db.postgres().await.map(drop),
        Dialect::Postgres => db.mysql().await.map(drop),
        Dialect::Mysql => db.sqlite().await.map(drop),
    };
    let message = other.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(message.contains("since the database is"), "{message}");
    send(db, "UPDATE bare_mark SET number = number + 10").await?;
    let number = db.all::<Mark>().next(db).await?.map(|mark| mark.number);
    if number == Some(11) {
        send(db, "COMMIT").await?;
        db.all::<Mark>().next(db).await?;
    }
    if number == Some(12) {
        return Err(Error::new("it is a 12"));
    }
    if number == Some(13) {
        send(db, "COMMIT").await?;
    }
    Ok(())
}

/// Adds 10 to the first thousand rows on the connection and 20 to the others, and then fails there if they had a 2.
async fn work_in_batches(db: &mut Db<'_>) -> Result {
    let mut all = db.batches(modelshift::data::Condition::<Mark>::all());
    while let Some(batch) = all.next(db).await? {
        if batch.len() == 1000 {
            send(db, "UPDATE bare_mark SET number = number + 10 WHERE id <= 1000").await?;
            continue;
        }
        send(db, "UPDATE bare_mark SET number = number + 20 WHERE id > 1000").await?;
        if batch[0].number == 2 {
            return Err(Error::new("it is a 2"));
        }
    }
    Ok(())
}

async fn begun(backend: Backend, second: EmbeddedMigration, numbers: &str) -> (Place, Migrator) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations(second));
    migrator.migrate_to("bare 0001").await.unwrap();
    place.execute(&format!("INSERT INTO bare_mark (number) VALUES {numbers}")).await.unwrap();
    (place, migrator)
}

async fn numbers(place: &Place) -> Vec<String> {
    place.rows("SELECT number FROM bare_mark ORDER BY id").await.unwrap()
}

/// What is written on the connection is in the transaction of the migration, and undone with it.
async fn the_connection_is_in_the_transaction(backend: Backend) {
    let (place, mut migrator) = begun(backend, work::MIGRATION, "(5), (6)").await;
    migrator.migrate().await.unwrap();
    assert_eq!(numbers(&place).await, ["15", "16"]);
    let (place, mut migrator) = begun(backend, work::MIGRATION, "(2), (6)").await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("it is a 12"), "{error}");
    assert_eq!(numbers(&place).await, ["2", "6"]);
}

on_every_backend!(the_connection_is_in_the_transaction);

/// Who ends the transaction on the connection is told so, and the migration is not recorded.
async fn the_transaction_is_not_ended_on_the_connection(backend: Backend) {
    for first in ["(1)", "(3)"] {
        let (place, mut migrator) = begun(backend, work::MIGRATION, first).await;
        let error = migrator.migrate().await.unwrap_err().to_string();
        assert!(error.contains("its function `work` failed"), "{error}");
        assert!(error.contains("nothing may begin or end a transaction"), "{error}");
        place.execute("UPDATE bare_mark SET number = 7").await.unwrap();
        assert_eq!(migrator.migrate().await.unwrap().done.len(), 1);
        assert_eq!(numbers(&place).await, ["17"]);
    }
}

on_every_backend!(the_transaction_is_not_ended_on_the_connection);

/// In batches, the connection is in the transaction of the batch.
async fn the_connection_is_in_the_batch(backend: Backend) {
    let values = vec!["(2)"; 1001].join(", ");
    let (place, mut migrator) = begun(backend, batches::MIGRATION, &values).await;
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("it is a 2"), "{error}");
    let sums = "SELECT CONCAT(number, ': ', COUNT(*)) FROM bare_mark GROUP BY number ORDER BY number";
    // The first batch is kept with what was written in it, and the second is not.
    assert_eq!(place.rows(sums).await.unwrap(), ["2: 1", "12: 1000"]);
}

on_every_backend!(the_connection_is_in_the_batch);
