//! Colours: on a terminal, unless `NO_COLOR` is set.

use std::process::Command;

use modelshift::Dialect;
use modelshift_tests::place::Place;

use super::{PROGRAM, Program, WORDS, manage, said};

/// Runs `showmigrations` on a terminal, as `script` of util-linux makes one.
fn on_a_terminal(place: &Place, no_color: Option<&str>) -> String {
    let exe = std::env::current_exe().unwrap();
    let mut command = Command::new("script");
    let call = format!("{} --exact commands::child --nocapture", exe.display());
    command.args(["-qec", &call, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
    command.env(WORDS, "showmigrations").env(PROGRAM, format!("{:?}", Program::Blog));
    command.env("DATABASE_URL", place.address()).envs(no_color.map(|value| ("NO_COLOR", value)));
    said(&command.output().unwrap()).1
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_a_terminal_without_no_color() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let coloured = on_a_terminal(&place, None);
    assert!(coloured.contains("\u{1b}[1mblog"), "{coloured}");
    let plain = on_a_terminal(&place, Some("1"));
    assert!(!plain.contains("\u{1b}[") && plain.contains("blog"), "{plain}");
    let (_, piped) = manage(&place, Program::Blog, "showmigrations");
    assert!(!piped.contains('\u{1b}'), "{piped}");
}
