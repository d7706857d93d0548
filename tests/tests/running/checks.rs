//! `check` by a role that may only read: what needs a new database to compare with is said, the rest is compared.

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_server;
use modelshift_tests::place::Place;

use crate::list::blog;

async fn by_a_reader(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    Migrator::connect(&place.address()).await.unwrap().with(blog()).migrate().await.unwrap();
    let (name, address) = (place.name(), place.address());
    let (rights, address) = match backend.dialect() {
        Dialect::Postgres => (
            format!(
                "CREATE ROLE {name}_guest LOGIN; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}_guest"
            ),
            address.replace("postgres@", &format!("{name}_guest@")),
        ),
        Dialect::Mysql => (
            format!("CREATE USER {name}_guest@localhost; GRANT SELECT ON {name}.* TO {name}_guest@localhost"),
            address.replace("root@", &format!("{name}_guest@")),
        ),
        Dialect::Sqlite => panic!("SQLite has no roles"),
    };
    for sql in rights.split("; ") {
        place.execute(sql).await.unwrap();
    }

    let mut guest = Migrator::connect(&address).await.unwrap().with(blog());
    let found = guest.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let why = found.not_compared.unwrap();
    assert!(why.to_lowercase().contains("denied"), "{why}");

    place.execute("ALTER TABLE blog_author ADD COLUMN by_hand integer").await.unwrap();
    place.execute("ALTER TABLE blog_author DROP COLUMN full_name").await.unwrap();
    let found = guest.check().await.unwrap();
    assert_eq!(
        found.drift,
        [
            "table `blog_author` has no column `full_name`",
            "table `blog_author` has a column `by_hand` that no migration made"
        ]
    );

    // The owner compares everything.
    let mut owner = Migrator::connect(&place.address()).await.unwrap().with(blog());
    assert_eq!(owner.check().await.unwrap().not_compared, None);
}

on_every_server!(by_a_reader);
