//! What rows hold after names and references came to mean something else, forwards and backwards, on every database.

use std::collections::BTreeMap;

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::detect::detect;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::hints::{FieldHints, ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::Operation;
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{APP, Case, alter, id, migration, null, varchar};
use modelshift_tests::database::Database;
use modelshift_tests::trial;

/// A database with the tables of a case, and its rows.
struct Room {
    database: Database,
    dialect: Dialect,
}

impl Room {
    async fn new(dialect: Dialect, models: Vec<Model>, rows: &[&str]) -> (Self, ProjectState) {
        let case = Case { name: "identity".to_owned(), models, operations: Vec::new() };
        let mut database = Database::fresh(dialect).await.expect("the server starts");
        let room: String = std::thread::current().name().unwrap_or_default().chars().take(63).collect();
        database.enter(&room).await.expect("there is room");
        let mut room = Self { database, dialect };
        room.run(&case.first(), Direction::Forward, &ProjectState::default())
            .await
            .expect("the tables are made");
        for row in rows {
            room.database.execute(row).await.expect("the rows fit");
        }
        (room, case.state())
    }

    async fn run(
        &mut self,
        migration: &Migration,
        direction: Direction,
        before: &ProjectState,
    ) -> Result<(), String> {
        let capabilities = trial::capabilities(self.dialect);
        let plan = plan_migration(migration, direction, before, self.dialect, &capabilities);
        let plan = plan.map_err(|error| error.to_string())?;
        self.database.run(&plan).await.map_err(|refused| refused.reason)
    }

    async fn rows(&mut self, query: &str) -> Vec<String> {
        self.database.rows(query).await.expect("the columns are there")
    }
}

fn by(name: &str, to: &str, to_field: Option<&str>) -> Field {
    let relation = ForeignKey::new(ModelKey::new(APP, to));
    Field::foreign_key(name, ForeignKey { to_field: to_field.map(Into::into), ..relation })
}

fn authors() -> Model {
    let slug = Field { unique: true, ..varchar("slug", 20) };
    Model::new("Author", vec![id(), slug, null(by("mentor", "Author", Some("slug")))])
}

/// The slug of each author is the key of another one.
const AUTHORS: [&str; 2] = [
    "INSERT INTO blog_author (id, slug, mentor_id) VALUES (1, '2', NULL), (2, '3', NULL), (3, '1', NULL)",
    "UPDATE blog_author SET mentor_id = CASE WHEN id = 1 THEN '3' ELSE '2' END WHERE id <> 2",
];
const BOOKS: &str =
    "INSERT INTO blog_book (id, author_id, editor_id) VALUES (10, '2', NULL), (11, '3', '1'), (12, '2', '2')";

#[tokio::test]
async fn a_reference_by_another_field_leads_to_the_same_rows_forwards_and_backwards() {
    let books = |author: Field, editor: Field| {
        Model::new("Book", vec![id(), author, Field { unique: true, ..editor }])
    };
    let before = books(by("author", "Author", Some("slug")), null(by("editor", "Author", Some("slug"))));
    let second = migration(
        "0002_by_key",
        vec![
            alter("Book", by("author", "Author", None), None),
            alter("Book", Field { unique: true, ..null(by("editor", "Author", None)) }, None),
            alter("Author", null(by("mentor", "Author", None)), None),
        ],
    );
    let books = "SELECT CONCAT(id, ':', author_id, ':', COALESCE(editor_id, 0)) FROM blog_book ORDER BY id";
    let slugs = "SELECT CONCAT(id, ':', author_id, ':', COALESCE(editor_id, '-')) FROM blog_book ORDER BY id";
    let mentors = "SELECT CONCAT(id, ':', COALESCE(mentor_id, 0)) FROM blog_author ORDER BY id";
    let of_slugs = "SELECT CONCAT(id, ':', COALESCE(mentor_id, '-')) FROM blog_author ORDER BY id";
    for dialect in Dialect::ALL {
        let models = vec![authors(), before.clone()];
        let (mut room, state) = Room::new(dialect, models, &[AUTHORS[0], AUTHORS[1], BOOKS]).await;
        for _ in 0..2 {
            room.run(&second, Direction::Forward, &state).await.expect("it goes forwards");
            assert_eq!(room.rows(books).await, ["10:1:0", "11:2:3", "12:1:1"], "{dialect}");
            assert_eq!(room.rows(mentors).await, ["1:2", "2:0", "3:1"], "{dialect}");
            room.run(&second, Direction::Backward, &state).await.expect("it goes back");
            assert_eq!(room.rows(slugs).await, ["10:2:-", "11:3:1", "12:2:2"], "{dialect}");
            assert_eq!(room.rows(of_slugs).await, ["1:3", "2:-", "3:2"], "{dialect}");
        }
    }
}

/// The slug of each author is the code of the other.
#[tokio::test]
async fn a_reference_goes_from_one_unique_field_to_another() {
    let unique = |name: &str| Field { unique: true, ..varchar(name, 20) };
    let authors = Model::new("Author", vec![id(), unique("slug"), unique("code")]);
    let book = Model::new("Book", vec![id(), by("author", "Author", Some("slug"))]);
    let by_code = alter("Book", by("author", "Author", Some("code")), None);
    let second = migration("0002_by_code", vec![by_code]);
    let rows = [
        "INSERT INTO blog_author (id, slug, code) VALUES (1, 'a', 'b'), (2, 'b', 'a')",
        "INSERT INTO blog_book (id, author_id) VALUES (10, 'a'), (11, 'b')",
    ];
    let books = "SELECT CONCAT(id, ':', author_id) FROM blog_book ORDER BY id";
    for dialect in Dialect::ALL {
        let (mut room, state) = Room::new(dialect, vec![authors.clone(), book.clone()], &rows).await;
        for _ in 0..2 {
            room.run(&second, Direction::Forward, &state).await.expect("it goes forwards");
            assert_eq!(room.rows(books).await, ["10:b", "11:a"], "{dialect}");
            room.run(&second, Direction::Backward, &state).await.expect("it goes back");
            assert_eq!(room.rows(books).await, ["10:a", "11:b"], "{dialect}");
        }
    }
}

#[tokio::test]
async fn a_value_that_leads_to_no_row_is_not_lost() {
    let free = |field: Field| match field.kind {
        modelshift_schema::field::FieldKind::ForeignKey(relation) => {
            Field::foreign_key(field.name, ForeignKey { db_constraint: false, ..relation })
        }
        modelshift_schema::field::FieldKind::Column(_)
        | modelshift_schema::field::FieldKind::ManyToMany(_) => field,
    };
    let book = Model::new("Book", vec![id(), free(by("author", "Author", Some("slug")))]);
    let second = migration("0002_by_key", vec![alter("Book", free(by("author", "Author", None)), None)]);
    for dialect in Dialect::ALL {
        let rows = [AUTHORS[0], "INSERT INTO blog_book (id, author_id) VALUES (10, '2'), (11, 'nobody')"];
        let (mut room, state) = Room::new(dialect, vec![authors(), book.clone()], &rows).await;
        let refused = room.run(&second, Direction::Forward, &state).await.unwrap_err();
        assert!(refused.contains("what no row of `blog_author`"), "{dialect}: {refused}");
        let found = room.rows("SELECT CONCAT(id, ':', author_id) FROM blog_book ORDER BY id").await;
        assert_eq!(found, ["10:2", "11:nobody"], "{dialect}");
    }
}

/// Returns the migration that the detector finds from the state to the models, with what is said of their fields.
fn found(state: &ProjectState, models: Vec<Model>, said: &[(&str, &str, FieldHints)]) -> Migration {
    let mut wanted: BTreeMap<ModelKey, SourceModel> = BTreeMap::new();
    for model in models {
        let of_model = said.iter().filter(|(name, ..)| model.name == **name);
        let fields = of_model.map(|(_, field, hints)| ((*field).into(), hints.clone())).collect();
        let hints = ModelHints { fields, ..ModelHints::default() };
        wanted.insert(ModelKey::new(APP, &model.name), SourceModel { model, hints });
    }
    let found = detect(state, &wanted, &APP.into()).expect("the models stand");
    assert_eq!(found.questions, []);
    migration("0002_found", found.operations)
}

fn renamed(from: &str) -> FieldHints {
    FieldHints { renamed_from: Some(from.into()), ..FieldHints::default() }
}

#[tokio::test]
async fn fields_exchange_their_names_and_take_them_again() {
    let user = |fields: Vec<Field>| Model::new("User", [id()].into_iter().chain(fields).collect());
    let before = user(vec![varchar("first", 20), varchar("last", 20), varchar("country", 20)]);
    let country = Field::new("country", ColumnType::I32);
    let after = user(vec![varchar("first", 20), varchar("last", 20), varchar("country_old", 20), country]);
    let seven = FieldHints { backfill: Some(Expr::int(7)), ..FieldHints::default() };
    let said = [
        ("User", "first", renamed("last")),
        ("User", "last", renamed("first")),
        ("User", "country_old", renamed("country")),
        ("User", "country", seven),
    ];
    let row = "INSERT INTO blog_user (first, last, country) VALUES ('Ada', 'Lovelace', 'UK')";
    for dialect in Dialect::ALL {
        let (mut room, state) = Room::new(dialect, vec![before.clone()], &[row]).await;
        let second = found(&state, vec![after.clone()], &said);
        for _ in 0..2 {
            room.run(&second, Direction::Forward, &state).await.expect("it goes forwards");
            let query = "SELECT CONCAT(first, ' ', last, ' ', country_old, ' ', country) FROM blog_user";
            assert_eq!(room.rows(query).await, ["Lovelace Ada UK 7"], "{dialect}");
            room.run(&second, Direction::Backward, &state).await.expect("it goes back");
            let query = "SELECT CONCAT(first, ' ', last, ' ', country) FROM blog_user";
            assert_eq!(room.rows(query).await, ["Ada Lovelace UK"], "{dialect}");
        }
    }
}

#[tokio::test]
async fn a_field_that_moves_takes_its_values_along() {
    let author = |fields: Vec<Field>| Model::new("Author", [id()].into_iter().chain(fields).collect());
    let post = |fields: Vec<Field>| {
        Model::new("Post", [id(), by("author", "Author", None)].into_iter().chain(fields).collect())
    };
    let before = vec![author(vec![varchar("bio", 20)]), post(Vec::new())];
    let after = vec![author(Vec::new()), post(vec![varchar("bio", 20)])];
    let rows = [
        "INSERT INTO blog_author (id, bio) VALUES (1, 'poet'), (2, 'cook')",
        "INSERT INTO blog_post (id, author_id) VALUES (10, 2), (11, 1), (12, 2)",
    ];
    for dialect in Dialect::ALL {
        let (mut room, state) = Room::new(dialect, before.clone(), &rows).await;
        let value = "(SELECT moved.bio FROM blog_author moved WHERE moved.id = blog_post.author_id)";
        let hints =
            FieldHints { new: true, backfill: Some(Expr::Raw(value.to_owned())), ..FieldHints::default() };
        let second = found(&state, after.clone(), &[("Post", "bio", hints)]);
        assert!(matches!(second.operations[0], Operation::AddField(_)), "{:?}", second.operations);
        room.run(&second, Direction::Forward, &state).await.expect("it goes forwards");
        let found = room.rows("SELECT CONCAT(id, ':', bio) FROM blog_post ORDER BY id").await;
        assert_eq!(found, ["10:cook", "11:poet", "12:cook"], "{dialect}");
    }
}
