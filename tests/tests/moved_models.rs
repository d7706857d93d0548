//! A model goes to another app, on real servers: its table and its join table, its rows, and all that refers to it.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::field::Field;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{MigrationId, ModelKey};
use modelshift_schema::operation::{CreateModel, MoveModel, Operation};
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{author, id, null, post, reference, varchar};
use modelshift_tests::database::Database;
use modelshift_tests::trial::capabilities;
use modelshift_tests::{rows, shape};

fn key(text: &str) -> ModelKey {
    text.parse().unwrap()
}

fn refers(name: &str, to: &str) -> Field {
    let on_delete = ReferentialAction::Cascade;
    Field::foreign_key(name, ForeignKey { on_delete, ..ForeignKey::new(key(to)) })
}

/// Returns the model that moves; its names are derived as far as nobody chose them.
fn article(app: &str, name: &str) -> Model {
    let mut model = post();
    model.name = name.into();
    model.fields.retain(|field| field.name != *"author" && field.name != *"parent");
    model.fields.push(reference("author", "Author", ReferentialAction::Cascade));
    model.fields.push(null(refers("parent", &format!("{app}.{name}"))));
    model.fields.push(Field::many_to_many("tags", ManyToMany::new(key("blog.Tag"))));
    for index in &mut model.indexes {
        index.name = None;
    }
    model.constraints.iter_mut().for_each(modelshift_schema::constraint::Constraint::clear_name);
    model
}

fn create(app: &str, number: &str, models: &[Model]) -> Migration {
    let create = |model: &Model| Operation::CreateModel(CreateModel { model: model.clone() });
    migration(app, number, models.iter().map(create).collect())
}

fn migration(app: &str, name: &str, operations: Vec<Operation>) -> Migration {
    Migration::new(MigrationId::new(app, name), Vec::new(), operations)
}

fn tag() -> Model {
    Model::new("Tag", vec![id(), varchar("label", 20)])
}

fn comment(to: &str) -> Model {
    Model::new("Comment", vec![id(), refers("post", to)])
}

fn before() -> Vec<Migration> {
    vec![create("blog", "0001_initial", &[author(), tag(), article("blog", "Post"), comment("blog.Post")])]
}

/// The move, in the app that gets the model and in the one that had it.
fn moved(table: Option<&str>) -> Vec<Migration> {
    let operation = || {
        let (before, after) = (key("blog.Post"), key("news.Article"));
        vec![Operation::MoveModel(MoveModel { before, after, table: table.map(Into::into) })]
    };
    vec![
        migration("news", "0001_initial", operation()),
        migration("blog", "0002_move_post_to_news", operation()),
    ]
}

fn fresh(table: Option<&str>) -> Vec<Migration> {
    let article = Model { table: table.map(Into::into), ..article("news", "Article") };
    vec![
        create("blog", "0001_initial", &[author(), tag()]),
        create("news", "0001_initial", &[article]),
        create("blog", "0002_comment", &[comment("news.Article")]),
    ]
}

struct Run {
    database: Database,
    dialect: Dialect,
    state: ProjectState,
}

impl Run {
    async fn go(&mut self, migrations: &[Migration], direction: Direction) {
        let mut befores = Vec::new();
        let mut state = self.state.clone();
        if direction == Direction::Forward {
            for migration in migrations {
                befores.push((migration, state.clone()));
                migration.apply(&mut state).unwrap();
            }
        } else {
            let mut start = ProjectState::default();
            for migration in before() {
                migration.apply(&mut start).unwrap();
            }
            state = start.clone();
            for migration in migrations {
                befores.insert(0, (migration, start.clone()));
                migration.apply(&mut start).unwrap();
            }
        }
        for (migration, before) in befores {
            let plan =
                plan_migration(migration, direction, &before, self.dialect, &capabilities(self.dialect));
            self.database.run(&plan.unwrap()).await.unwrap();
        }
        self.state = state;
    }

    async fn shape(&mut self) -> Vec<String> {
        shape::shape(&mut self.database, self.dialect).await.unwrap()
    }

    /// Counts the rows of every table.
    async fn count(&mut self) -> Vec<usize> {
        let mut counts = Vec::new();
        let keys: Vec<ModelKey> = self.state.models().map(|(key, _)| key.clone()).collect();
        for key in keys {
            for table in self.state.tables(&key).unwrap() {
                let name = rows::quoted(self.dialect, table.name.as_str());
                counts.push(self.database.rows(&format!("SELECT * FROM {name}")).await.unwrap().len());
            }
        }
        counts
    }
}

async fn a_model_moves(dialect: Dialect) {
    for table in [None, Some("blog_post"), Some("articles")] {
        a_model_moves_to(table, dialect).await;
    }
}

async fn a_model_moves_to(table: Option<&str>, dialect: Dialect) {
    let database = Database::fresh(dialect).await.expect("the server starts");
    let mut run = Run { database, dialect, state: ProjectState::default() };
    run.database.enter("moved").await.unwrap();
    run.go(&fresh(table), Direction::Forward).await;
    let wanted = run.shape().await;
    run.state = ProjectState::default();
    run.database.enter("moved").await.unwrap();
    run.go(&before(), Direction::Forward).await;
    let start = run.shape().await;
    for name in ["Author", "Tag", "Post", "Comment"] {
        for table in run.state.tables(&ModelKey::new("blog", name)).unwrap() {
            for number in 1..=3 {
                run.database.execute(&rows::insert(dialect, &table, number)).await.unwrap();
            }
        }
    }
    for _ in 0..2 {
        run.go(&moved(table), Direction::Forward).await;
        assert_eq!(run.shape().await, wanted, "{dialect}");
        assert_eq!(run.count().await, [3, 3, 3, 3, 3], "{dialect}");
        run.go(&moved(table), Direction::Backward).await;
        assert_eq!(run.shape().await, start, "{dialect}, back");
        assert_eq!(run.count().await, [3, 3, 3, 3, 3], "{dialect}, back");
    }
}

#[tokio::test]
async fn a_model_moves_on_sqlite() {
    a_model_moves(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_model_moves_on_postgres() {
    a_model_moves(Dialect::Postgres).await;
}

#[tokio::test]
async fn a_model_moves_on_mariadb() {
    a_model_moves(Dialect::Mysql).await;
}
