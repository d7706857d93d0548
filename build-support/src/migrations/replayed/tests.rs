use std::path::PathBuf;

use super::*;

const PROGRAM: &str = "(\"a program\")";

/// Returns a migration file of the app `blog`, with what it depends on and its operation.
fn file(name: &str, before: &str, operation: &str) -> MigrationFile {
    let depends =
        if before.is_empty() { String::new() } else { format!("depends_on = [\"blog.{before}\"]; ") };
    let text = format!("modelshift::migration! {{ {depends}{operation} }}");
    let (id, path) = (MigrationId::new("blog", name), PathBuf::from(name));
    MigrationFile { id, path, text, is_intact: false }
}

fn files() -> Vec<MigrationFile> {
    vec![
        file("0001_initial", "", "CreateModel { struct Post { id: i64, body: String } }"),
        file("0002_title", "0001_initial", "AddField(Post) { title: Option<String> }"),
        file("0003_name", "0002_title", "RenameField(Post: title -> name);"),
    ]
}

fn known(files: &[MigrationFile], kept: Option<&Replayed>) -> Vec<Known> {
    files.iter().map(|file| read(file, Path::new(""), kept).unwrap()).collect()
}

/// Returns the text of the kept history of all files.
fn kept(files: &[MigrationFile]) -> String {
    let migrations = known(files, None);
    let whole = migrations.iter().filter_map(Known::read_now).cloned().collect();
    let files = files.iter().map(|file| (&file.id, file)).collect();
    print(PROGRAM, &history::replay(whole).unwrap(), &migrations, &files).unwrap()
}

/// Returns the state after the files by the kept history, which must be the one without it, and how many were read.
fn after(text: &str, files: &[MigrationFile]) -> Option<usize> {
    let kept = Replayed::parse(text.to_owned(), PROGRAM)?;
    let migrations = known(files, Some(&kept));
    let History { order, state } = kept.replay(&migrations)?;
    let whole = known(files, None).iter().filter_map(Known::read_now).cloned().collect();
    let whole = history::replay(whole).unwrap();
    assert_eq!(format!("{state:?}"), format!("{:?}", whole.state));
    assert_eq!(
        (order.ids(), order.leaves(&"blog".into())),
        (whole.order.ids(), whole.order.leaves(&"blog".into()))
    );
    Some(migrations.iter().filter(|it| it.read_now().is_some()).count())
}

#[test]
fn what_comes_after_a_kept_history_is_replayed_and_nothing_else() {
    let all = files();
    for length in 0..=all.len() {
        assert_eq!(after(&kept(&all[..length]), &all), Some(all.len() - length), "{length}");
    }
}

#[test]
fn another_history_is_replayed_as_a_whole() {
    let all = files();
    let text = kept(&all);
    // Fewer migrations, another content, and one that comes before others.
    assert_eq!(after(&text, &all[..2]), None);
    let mut edited = files();
    edited[1].text.push(' ');
    assert_eq!(after(&text, &edited), None);
    let between = file("0002_aside", "0001_initial", "AddIndex(Post) { index(name = \"i\", fields(body)) }");
    let mut more = files();
    more.push(between);
    assert_eq!(after(&text, &more), None);
    // One that replaces others was read, and the others are left out.
    let mut squash =
        file("0001_squashed_0003_name", "", "CreateModel { struct Post { id: i64, name: String } }");
    squash.text = squash.text.replacen(
        "{ ",
        "{ replaces = [\"blog.0001_initial\", \"blog.0002_title\", \"blog.0003_name\"]; ",
        1,
    );
    let mut squashed = files();
    squashed.push(squash);
    assert_eq!(after(&text, &squashed), None);
    // Without the squash, the replaced migrations are not replayed yet.
    assert_eq!(after(&kept(&squashed), &squashed), Some(0));
    assert_eq!(after(&kept(&squashed), &all), None);
}

#[test]
fn what_is_damaged_or_of_another_program_is_not_used() {
    let all = files();
    let text = kept(&all);
    assert!(Replayed::parse(text.clone(), "(\"another program\")").is_none());
    for (position, character) in text.char_indices() {
        let mut damaged = text.clone();
        damaged.replace_range(
            position..position + character.len_utf8(),
            if character == '0' { "1" } else { "0" },
        );
        // A damaged content is read again; everything else is thrown away.
        assert!(after(&damaged, &all).is_none(), "{position} of {text}");
        assert!(after(&text[..position], &all).is_none());
    }
}
