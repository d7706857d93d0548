//! The first migrations of a new database run as one plan, and the database is the same as after one by one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use modelshift::report::Event;
use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_evolution::builds::{Held, tell};
use modelshift_evolution::found;
use modelshift_evolution::sequence::{Editor, Sequence};
use modelshift_evolution::story::Story;
use modelshift_schema::checksum::canonical;
use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::{on_every_backend, walk};

use crate::list::{blog, blog_without_sql};

/// Returns migrations as a program embeds them.
fn embedded(history: &[Arc<Migration>]) -> Migrations {
    let mut apps: BTreeMap<&str, Vec<(&str, EmbeddedMigration)>> = BTreeMap::new();
    for migration in history {
        let ids = |ids: &[MigrationId]| -> &'static [&'static str] {
            let ids = ids.iter().map(|id| &*id.to_string().leak());
            ids.collect::<Vec<_>>().leak()
        };
        let stored = EmbeddedMigration {
            depends_on: ids(&migration.depends_on),
            run_before: ids(&migration.run_before),
            replaces: ids(&migration.replaces),
            atomic: migration.atomic,
            operations: canonical(&migration.operations).unwrap().leak(),
            ..EmbeddedMigration::EMPTY
        };
        let app = apps.entry(migration.id.app.as_str()).or_default();
        app.push((migration.id.name.as_str(), stored));
    }
    apps.into_iter().fold(Migrations::default(), |all, (app, list)| all.and(Migrations::new(app, &list)))
}

/// What a database has at the end: its tables, and the rows of the history.
async fn held(place: &Place, migrator: &mut Migrator) -> (modelshift::live::LiveSchema, Vec<String>) {
    let columns = ["id", "checksum", "operations", "depends_on", "run_before", "replaces", "dialect", "tool"];
    let columns = columns.map(|column| format!("CONCAT('', {column})")).join(", '|', ");
    let rows =
        place.rows(&format!("SELECT CONCAT({columns}) FROM modelshift_history ORDER BY position")).await;
    let mut live = migrator.introspect().await.unwrap();
    live.tables.retain(|name, _| !name.starts_with("modelshift_"));
    (live, rows.unwrap())
}

/// Applies all at once and one by one, compares, and returns how many ran as one plan.
async fn compare(backend: Backend, migrations: &Migrations) -> Result<usize, String> {
    let order = Graph::new(migrations.load().unwrap()).unwrap();
    let places = [Place::new(backend).await.unwrap(), Place::new(backend).await.unwrap()];
    let slow = Migrator::connect(&places[0].address()).await.unwrap().with(migrations.clone());
    let mut slow = slow.one_by_one();
    for migration in order.order() {
        if let Err(error) = slow.migrate_to(migration.id.to_string().as_str()).await {
            return Err(format!("one by one: {error}"));
        }
    }
    let most = Arc::new(Mutex::new(0));
    let seen = Arc::clone(&most);
    let fast = Migrator::connect(&places[1].address()).await.unwrap().with(migrations.clone());
    let mut fast = fast.observe(move |event: Event<'_>| {
        if let Event::NewDatabase { together, .. } = event {
            *seen.lock().unwrap() = together;
        }
    });
    fast.migrate().await.map_err(|error| format!("together: {error}"))?;
    let (slow, fast) = (held(&places[0], &mut slow).await, held(&places[1], &mut fast).await);
    if slow != fast {
        return Err(format!("{slow:#?}\nis not\n{fast:#?}"));
    }
    let together = *most.lock().unwrap();
    Ok(together)
}

fn history(story: &Story) -> Option<Migrations> {
    let told = tell(story, Held::Least).ok().filter(|told| !told.history.migrations.is_empty())?;
    Some(embedded(&told.history.migrations))
}

/// Runs the example and stories: those that are kept, and random ones.
async fn the_same_as_one_by_one(backend: Backend) {
    let mut all = vec![("blog".to_owned(), blog())];
    if backend == Backend::Sqlite {
        all.push(("forge".to_owned(), forge::migrations()));
    }
    let (kept, seeds) = match backend {
        Backend::Sqlite => (60, 12),
        Backend::Postgres | Backend::Postgres18 => (12, 4),
        // They run one by one there, as said.
        Backend::Mariadb | Backend::Mariadb11 | Backend::Mysql9 => (0, 0),
    };
    for (name, text) in found::all().unwrap().into_iter().take(kept) {
        all.extend(history(&Story::read(&text).unwrap()).map(|migrations| (name, migrations)));
    }
    for seed in 0..seeds {
        let sequence = Sequence::of(seed);
        let mut editor = Editor::within(&sequence, Held::Least, |models| {
            walk::holds(Backend::Sqlite, models) && walk::holds(Backend::Postgres, models)
        });
        if editor.run(&sequence).is_ok() && !editor.builds.history.migrations.is_empty() {
            all.extend(history(&editor.builds.story).map(|migrations| (format!("seed {seed}"), migrations)));
        }
    }
    let (mut failures, mut together) = (Vec::new(), 0);
    for (name, migrations) in &all {
        match compare(backend, migrations).await {
            Ok(count) => together += count,
            // What cannot be migrated at all is not what this test is about.
            Err(error) if error.starts_with("one by one") => {}
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    assert!(failures.is_empty(), "{} of {} fail\n{}", failures.len(), all.len(), failures.join("\n\n"));
    let is_one_by_one = matches!(backend, Backend::Mariadb | Backend::Mariadb11 | Backend::Mysql9);
    assert_eq!(together == 0, is_one_by_one, "{together} migrations ran together");
    assert!(is_one_by_one || together > 10, "{together} migrations ran together");
}

on_every_backend!(the_same_as_one_by_one);

/// Migrates, and returns how many ran as one plan; nothing where that was not thought of.
async fn ran_together(mut migrator: Migrator, target: &str) -> Option<usize> {
    let seen = Arc::new(Mutex::new(None));
    let told = Arc::clone(&seen);
    migrator = migrator.observe(move |event: Event<'_>| {
        if let Event::NewDatabase { together, .. } = event {
            *told.lock().unwrap() = Some(together);
        }
    });
    migrator.migrate_to(target).await.unwrap();
    *seen.lock().unwrap()
}

/// Hooks, a target and the wish for it lead to one by one, and so does a database that is not new.
async fn who_sees_each_migration(backend: Backend) {
    let place = async || Place::new(backend).await.unwrap();
    let on =
        async |place: &Place| Migrator::connect(&place.address()).await.unwrap().with(blog_without_sql());
    let together = if backend.dialect() == modelshift::Dialect::Mysql { 0 } else { 3 };
    let (plain, slow, with_hooks) = (place().await, place().await, place().await);
    assert_eq!(ran_together(on(&plain).await, "").await, Some(together));
    assert_eq!(ran_together(on(&slow).await.one_by_one(), "").await, None);
    let hooked = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&hooked);
    let migrator = on(&with_hooks).await.after_each(move |plan| {
        calls.lock().unwrap().push(plan.id.name.clone());
        Ok(())
    });
    assert_eq!(ran_together(migrator, "").await, None);
    assert_eq!(*hooked.lock().unwrap(), ["0001_step", "0002_step", "0003_step"]);
    let begun = place().await;
    assert_eq!(ran_together(on(&begun).await, "blog 0001").await, None);
    assert_eq!(ran_together(on(&begun).await, "").await, None);
    let mut migrator = on(&begun).await;
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(who_sees_each_migration);

/// Tables of another program are in the way of the one plan: the error names the migration, and nothing is lost.
async fn tables_of_others(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    place.execute("CREATE TABLE blog_post (here varchar(9))").await.unwrap();
    place.execute("INSERT INTO blog_post VALUES ('kept')").await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog_without_sql());
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("`blog.0001_step`"), "{error}");
    assert_eq!(error.report().done.len(), 0);
    assert_eq!(place.rows("SELECT here FROM blog_post").await.unwrap(), ["kept"]);
    if backend.dialect() != modelshift::Dialect::Mysql {
        assert_eq!(migrator.introspect().await.unwrap().tables.len(), 1);
    }
    place.execute("DROP TABLE blog_post").await.unwrap();
    migrator.migrate().await.unwrap();
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(tables_of_others);
