//! The examples of the repository, on every database.

use modelshift::Migrator;
use modelshift::fixtures::Load;
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

async fn blog_runs_twice(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let first = blog::run(&place.address()).await.unwrap();
    let rows = ["Notes on the Engine by Ada (2026-01-02)", "On Cards by Ada (a draft)", "1 comments"];
    assert_eq!(first[0], "applied blog.0001_initial");
    assert_eq!(first[6..], rows);
    let second = blog::run(&place.address()).await.unwrap();
    assert_eq!(second[0], "nothing to do");
    assert_eq!(second[1..], rows);
}

on_every_backend!(blog_runs_twice);

async fn forge_runs_twice(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let first = forge::run(&place.address()).await.unwrap();
    let second = forge::run(&place.address()).await.unwrap();
    assert_ne!(first[0], "0 migrations applied");
    assert_eq!(second[0], "0 migrations applied");
    assert_eq!(first[1..], second[1..]);
    assert!(first[1].ends_with(" tables, 0 differences"), "{first:?}");
    assert_eq!(first[2..], ["ada/engine: 2 stars, 1 open issues", "bob/cards: 0 stars, 0 open issues"]);
    loads_a_fixture_of_each_format(&place).await;
}

/// Each app has a fixture in another format, which refers to the rows of the others; the last file named comes first.
async fn loads_a_fixture_of_each_format(place: &Place) {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(forge::migrations());
    let names = ["runners", "issues", "repositories", "people"].map(str::to_owned).to_vec();
    let loaded = migrator.load(&Load { names, ..Load::default() }).await.unwrap();
    assert_eq!((loaded.objects, loaded.files), (13, 4));
    let wanted: [(&str, &[&str]); 6] = [
        ("SELECT login_key FROM accounts_user WHERE id > 100 ORDER BY id", &["charles", "mary"]),
        ("SELECT birthday FROM accounts_profile", &["1780-12-26"]),
        ("SELECT visibility FROM code_repository WHERE id = 101", &["internal"]),
        (
            "SELECT user_id FROM tracker_issue_assignees WHERE issue_id = 101 ORDER BY user_id",
            &["101", "102"],
        ),
        ("SELECT body FROM tracker_issue WHERE estimate = '2.50'", &["Always.\nEven with oil.\n"]),
        ("SELECT runner_id FROM ci_runner_tags", &["101"]),
    ];
    for (query, rows) in wanted {
        assert_eq!(place.rows(query).await.unwrap(), rows, "{query}");
    }
}

on_every_backend!(forge_runs_twice);
