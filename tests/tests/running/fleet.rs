//! Many databases, or schemas of PostgreSQL, with the same migrations.

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use modelshift::fleet::{Fleet, FleetReport, Outcome, Tenant};
use modelshift::manage;
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::{on_backends, on_every_backend};

use crate::commands::{Program, command, manage as run};
use crate::list::blog;
use crate::processes::line;

fn outcomes(report: &FleetReport) -> Vec<&'static str> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::UpToDate => "up to date",
        Outcome::Migrated(_) => "migrated",
        Outcome::Behind(_) => "behind",
        Outcome::Failed(_) => "failed",
        Outcome::NotBegun => "not begun",
    };
    report.tenants.iter().map(|tenant| word(&tenant.outcome)).collect()
}

/// The canary first; after a failure nobody else begins, and a second run does the rest.
async fn canary_stop_and_resume(backend: Backend) {
    let mut places = Vec::new();
    for _ in 0..4 {
        places.push(Place::new(backend).await.unwrap());
    }
    let fleet = || {
        let tenants = places.iter().enumerate();
        let tenants =
            tenants.map(|(number, place)| Tenant::new(format!("t{number}"), &place.address()).unwrap());
        Fleet::new(blog(), tenants.collect()).unwrap().parallel(2)
    };
    places[0].execute("CREATE TABLE blog_author (id integer)").await.unwrap();
    let report = fleet().migrate().await;
    assert_eq!(outcomes(&report), ["failed", "not begun", "not begun", "not begun"], "{report}");
    places[0].execute("DROP TABLE blog_author").await.unwrap();

    places[1].execute("CREATE TABLE blog_author (id integer)").await.unwrap();
    let report = fleet().parallel(1).migrate().await;
    assert_eq!(outcomes(&report), ["migrated", "failed", "not begun", "not begun"], "{report}");
    let report = fleet().status().await;
    assert_eq!(outcomes(&report), ["up to date", "behind", "behind", "behind"], "{report}");
    assert!(!report.is_complete());
    places[1].execute("DROP TABLE blog_author").await.unwrap();

    let report = fleet().migrate().await;
    assert_eq!(outcomes(&report), ["up to date", "migrated", "migrated", "migrated"], "{report}");
    assert!(report.is_complete());
    assert!(report.to_string().ends_with("4 tenants: 4 up to date, 0 failed"), "{report}");
}

on_every_backend!(canary_stop_and_resume);

/// The tenants of one database are interrupted half-way; what is done is kept, and a second run does the rest.
async fn schemas_of_one_database(backend: Backend) {
    const COUNT: usize = 24;
    let place = Place::new(backend).await.unwrap();
    let schemas: Vec<String> = (0..COUNT).map(|number| format!("Tenant {number}")).collect();
    for schema in &schemas {
        place.execute(&format!("CREATE SCHEMA \"{schema}\"")).await.unwrap();
    }
    let fleet = || {
        let tenants =
            schemas.iter().map(|schema| Tenant::in_schema(schema, &place.address(), schema).unwrap());
        Fleet::new(blog(), tenants.collect()).unwrap().parallel(4)
    };
    let done = AtomicUsize::new(0);
    let (half, is_half) = tokio::sync::oneshot::channel::<()>();
    let mut half = Some(half);
    let run = fleet().migrate_and(|_| {
        if done.fetch_add(1, Ordering::Relaxed) + 1 == COUNT / 2 {
            let _ = half.take().unwrap().send(());
        }
    });
    tokio::select! {
        biased;
        _ = is_half => {}
        _ = run => panic!("all were done before the run could be interrupted"),
    }
    let report = fleet().status().await;
    let kept = report.count(|it| matches!(it, Outcome::UpToDate));
    assert!((COUNT / 2..COUNT).contains(&kept), "{report}");
    assert_eq!(report.count(|it| matches!(it, Outcome::Failed(_))), 0, "{report}");

    let report = fleet().migrate().await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.count(|it| matches!(it, Outcome::Migrated(_))), COUNT - kept, "{report}");
    let tables = "SELECT count(DISTINCT table_schema)::text FROM information_schema.tables \
        WHERE table_name IN ('blog_author', 'modelshift_history') AND table_schema LIKE 'Tenant %'";
    assert_eq!(place.rows(tables).await.unwrap(), [COUNT.to_string()]);
    let others = "SELECT count(*)::text FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(place.rows(others).await.unwrap(), ["0"]);
}

on_backends!(schemas_of_one_database: postgres Postgres, postgres_18 Postgres18);

#[test]
fn a_fleet_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet");
    let line = |name: &str| format!("{name} sqlite://{}/{name}.db\n", folder.path().display());
    std::fs::write(&file, format!("# tenants\n\n{}{}", line("acme"), line("globex"))).unwrap();
    let run = |words: &[&str]| {
        let words = ["manage"].iter().chain(words).map(Into::into);
        format!("{:?}", manage::main_from(words.chain(["--fleet".into(), file.clone().into()]), blog()))
    };
    let [success, failure] = [ExitCode::SUCCESS, ExitCode::FAILURE].map(|code| format!("{code:?}"));
    assert_eq!(run(&["showmigrations"]), success);
    assert!(!folder.path().join("acme.db").exists());
    assert_eq!(run(&["migrate", "--parallel", "2"]), success);
    assert!(folder.path().join("acme.db").exists() && folder.path().join("globex.db").exists());
    std::fs::write(&file, format!("{}here is one word too many\n", line("acme"))).unwrap();
    assert_eq!(run(&["migrate"]), format!("{:?}", ExitCode::from(2)));
    std::fs::write(&file, format!("{}bad sqlite://{}/no/folder.db\n", line("acme"), folder.path().display()))
        .unwrap();
    assert_eq!(run(&["migrate"]), failure);
}

#[test]
fn what_a_fleet_cannot_be() {
    let one = |name: &str, address: &str| Tenant::new(name, address).unwrap();
    for (tenants, words) in [
        (vec![one("a", "a.db"), one("a", "b.db")], "two tenants have the name `a`"),
        (vec![one("a", "a.db"), one("b", "a.db")], "tenant `b` has the same database"),
    ] {
        let error = Fleet::new(blog(), tenants).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
    let error = Tenant::in_schema("a", "mysql://root@host/shop", "a").unwrap_err();
    assert!(error.to_string().contains("which only PostgreSQL has"), "{error}");
}

/// How many schemas are migrated by a process that is killed; `cargo run -p xtask -- fleet` takes a thousand.
fn tenants() -> usize {
    std::env::var("MODELSHIFT_TENANTS").map_or(16, |count| count.parse().unwrap())
}

/// A process that migrates the tenants of one database, with ten tables each, is killed half-way; the same command then does
/// the rest, and the state of all can be seen before and after.
#[expect(clippy::print_stdout, reason = "`cargo run -p xtask -- fleet` shows how long it took")]
async fn killed_half_way(backend: Backend) {
    let count = tenants();
    let place = Place::new(backend).await.unwrap();
    let schemas = format!(
        "DO $$ BEGIN FOR tenant IN 0..{} LOOP EXECUTE format('CREATE SCHEMA tenant_%s', tenant); END LOOP; END $$",
        count - 1
    );
    place.execute(&schemas).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fleet");
    let lines = (0..count).map(|tenant| format!("tenant_{tenant} {} tenant_{tenant}\n", place.address()));
    std::fs::write(&file, lines.collect::<String>()).unwrap();
    let migrate = format!("migrate --fleet {}", file.display());
    let states = |when: &str| {
        let words = format!("showmigrations --format json --fleet {}", file.display());
        let (code, told) = run(&place, Program::TenTables, &words);
        assert_eq!(code, Some(0), "{told}");
        let json: serde_json::Value = serde_json::from_str(told.trim()).unwrap();
        let states = json["tenants"].as_array().unwrap();
        let of = |state: &str| states.iter().filter(|tenant| tenant["state"] == state).count();
        let (done, behind) = (of("up to date"), of("behind"));
        assert_eq!(done + behind, count, "{told}");
        println!("{when}: {done} up to date, {behind} behind");
        done
    };
    assert_eq!(states("before"), 0);

    let begin = Instant::now();
    let mut child = command(&place, Program::TenTables, &migrate).spawn().unwrap();
    for _ in 0..count / 2 {
        line(&mut child, &["tenant_"]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    println!("half of {count} tenants took {:.1} s", begin.elapsed().as_secs_f64());
    let kept = states("killed");
    assert!((count / 2..count).contains(&kept), "{kept} of {count}");

    let begin = Instant::now();
    let (code, told) = run(&place, Program::TenTables, &migrate);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.ends_with(&format!("{count} tenants: {count} up to date, 0 failed\n")), "{told}");
    assert_eq!(told.matches(": migrated (3)\n").count(), count - kept, "{told}");
    println!("the rest took {:.1} s", begin.elapsed().as_secs_f64());
    assert_eq!(states("resumed"), count);
    let tables = "SELECT count(*)::text FROM information_schema.columns WHERE column_name = 'rating' \
        AND table_schema LIKE 'tenant_%'";
    assert_eq!(place.rows(tables).await.unwrap(), [(count * 10).to_string()]);
    let begin = Instant::now();
    assert_eq!(run(&place, Program::TenTables, &migrate).0, Some(0));
    println!("a run with nothing to do took {:.1} s", begin.elapsed().as_secs_f64());
}

on_backends!(killed_half_way: postgres Postgres, postgres_18 Postgres18);
