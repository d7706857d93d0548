use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::hints::ModelHints;
use modelshift_schema::model::Model;
use modelshift_schema::relation::ForeignKey;

use super::*;
use crate::migrations::history;

/// Makes a model with a key, and references to other models: `("blog.Post", &["people.Author"])`.
fn model(key: &str, references: &[&str]) -> (ModelKey, SourceModel) {
    let key: ModelKey = key.parse().unwrap();
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let reference = |to: &&str| {
        let to: ModelKey = to.parse().unwrap();
        Field::foreign_key(to.name.as_str().to_lowercase(), ForeignKey::new(to))
    };
    let fields = [id].into_iter().chain(references.iter().map(reference)).collect();
    let model = Model::new(key.name.as_str(), fields);
    (key, SourceModel { model, hints: ModelHints::default() })
}

fn apps() -> BTreeSet<AppLabel> {
    ["blog", "people"].map(AppLabel::new).into()
}

/// Compares from where `history` leads, and gives a line for each app.
fn lines(history: Vec<Migration>, wanted: &[(ModelKey, SourceModel)]) -> Vec<String> {
    let history = history::replay(history).unwrap();
    let standings = compare(&history, &wanted.iter().cloned().collect(), &apps());
    standings.into_values().map(|standing| line(&standing)).collect()
}

fn line(standing: &AppStatus) -> String {
    match standing {
        AppStatus::UpToDate => "in step".to_owned(),
        AppStatus::Ahead(migrations) => {
            let line = |migration: &Migration| {
                let after: Vec<String> = migration.depends_on.iter().map(ToString::to_string).collect();
                format!("{} after [{}]", migration.id, after.join(", "))
            };
            migrations.iter().map(line).collect::<Vec<_>>().join("; ")
        }
        AppStatus::Asks(questions) => questions[0].summary(),
        AppStatus::Waits => "waits".to_owned(),
        AppStatus::Faulty(fault) => fault.to_string(),
    }
}

/// Returns the migrations that lead to the models.
fn made(wanted: &[(ModelKey, SourceModel)]) -> Vec<Migration> {
    let standings = compare(&History::default(), &wanted.iter().cloned().collect(), &apps());
    let migrations = |standing| match standing {
        AppStatus::UpToDate => Vec::new(),
        AppStatus::Ahead(migrations) => migrations,
        other @ (AppStatus::Asks(_) | AppStatus::Waits | AppStatus::Faulty(_)) => {
            panic!("{}", line(&other))
        }
    };
    standings.into_values().flat_map(migrations).collect()
}

fn both() -> [(ModelKey, SourceModel); 2] {
    [model("blog.Post", &["people.Author"]), model("people.Author", &[])]
}

#[test]
fn an_app_comes_after_the_app_that_it_refers_to() {
    assert_eq!(
        lines(vec![], &both()),
        ["blog.0001_initial after [people.0001_initial]", "people.0001_initial after []"]
    );
    assert_eq!(lines(made(&both()), &both()), ["in step", "in step"]);
}

#[test]
fn what_is_referred_to_goes_after_the_reference() {
    let post = model("blog.Post", &[]);
    assert_eq!(
        lines(made(&both()), &[post]),
        [
            "blog.0002_remove_post_author after [blog.0001_initial]",
            "people.0002_delete_author after [people.0001_initial, blog.0002_remove_post_author]"
        ]
    );
}

#[test]
fn ad_002_a_circle_of_new_apps_is_several_migrations() {
    let circle = [
        model("blog.Post", &["people.Author", "blog.Tag"]),
        model("blog.Tag", &["people.Author"]),
        model("people.Author", &["blog.Post"]),
    ];
    let found = lines(vec![], &circle);
    assert_eq!(
        found,
        [
            "blog.0001_initial after []; blog.0002_initial after [blog.0001_initial, people.0001_initial]",
            "people.0001_initial after [blog.0001_initial]",
        ]
    );
    assert_eq!(lines(made(&circle), &circle), ["in step", "in step"]);
}

#[test]
fn a_circle_of_apps_that_are_there_is_a_migration_of_each() {
    let before = [model("blog.Post", &[]), model("people.Author", &[])];
    let mut circle = [model("blog.Post", &["people.Author"]), model("people.Author", &["blog.Post"])];
    for (_, source) in &mut circle {
        source.model.fields[1].null = true;
    }
    assert_eq!(
        lines(made(&before), &circle),
        [
            "blog.0002_post_author after [blog.0001_initial, people.0001_initial]",
            "people.0002_author_post after [people.0001_initial, blog.0002_post_author]",
        ]
    );
}

#[test]
fn an_app_that_is_held_up_half_way_has_nothing_written() {
    let mut circle = [
        model("blog.Post", &["people.Author", "people.Fan"]),
        model("people.Author", &["blog.Post"]),
        model("people.Fan", &[]),
    ];
    let before = [model("people.Author", &[])];
    circle[1].1.model.fields[1].null = true;
    circle[2].1.model.fields.push(Field::new("age", ColumnType::I32));
    circle[1].1.model.fields.push(Field::new("age", ColumnType::I32));
    let found = lines(made(&before), &circle);
    assert_eq!(
        found,
        ["waits", "`Author.age` is a new NOT NULL field, and existing rows have no value for it"]
    );
}

#[test]
fn an_app_waits_for_the_answers_of_another() {
    let mut author = model("people.Author", &[]);
    author.1.model.fields.push(Field::new("age", ColumnType::I32));
    let fan = model("people.Fan", &[]);
    let post = model("blog.Post", &["people.Author", "people.Fan"]);
    let lines = lines(made(&both()), &[post, author, fan]);
    assert_eq!(lines[1], "`Author.age` is a new NOT NULL field, and existing rows have no value for it");
    assert_ne!(lines[0], "in step");
}

#[test]
fn names_of_files_keep_to_small_letters() {
    assert_eq!(file_safe("0002_author_Größe_2"), "0002_author_gr__e_2");
}
