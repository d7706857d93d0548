//! Operations that are about the database more than about models: SQL, one thing apart from the other, and PostgreSQL's.
//!
//! `OP-124` (several statements, state), `OP-125` (parameters), `OP-127` (nothing), `OP-129` (no way back), `OP-137`
//! (database and state apart), `SE-170`, `SE-172` (indexes while others write), `SE-174` (collations), `SE-175`, `SE-176`
//! (checks that are not valid yet).

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{
    AddConstraintNotValid, AddIndexConcurrently, CollationProvider, CreateCollation, CreateExtension,
    CreateModel, NewCollation, Operation, RemoveCollation, RemoveIndexConcurrently, RunSql,
    SeparateDatabaseAndState, ValidateConstraint,
};
use modelshift_schema::sql::{Script, Sql, SqlByDatabase, SqlStatement};

use super::operations::{add, case, rename};
use super::{Case, alter, check, default, id, index, null, part, varchar, within};

/// Returns the cases.
pub(super) fn all() -> Vec<Case> {
    let mut cases = sql();
    cases.extend(apart());
    cases.extend(of_postgres());
    cases
}

fn run(forward: impl Into<Sql>, reverse: Option<Sql>) -> Operation {
    Operation::RunSql(RunSql::new(forward, reverse))
}

fn sql() -> Vec<Case> {
    let text = |text: &str| Some(Literal::Text(text.to_owned()));
    let script = |statements: Vec<(&str, Vec<Option<Literal>>)>| {
        let statement = |(text, parameters): (&str, Vec<Option<Literal>>)| SqlStatement {
            text: text.to_owned(),
            parameters,
        };
        Script::new(statements.into_iter().map(statement))
    };
    let list = script(vec![
        ("UPDATE blog_post SET rating = 1 WHERE title = 'what?';", vec![]),
        (
            "UPDATE blog_post SET title = ?, rating = -? /* ? */ WHERE slug <> '?' AND slug <> ?",
            vec![text("it's a \\ and a ?"), Some(Literal::Int(-3)), text("")],
        ),
        (
            "UPDATE blog_post SET parent_id = ?, price = ?",
            vec![None, Some(Literal::Float("2.50".to_owned()))],
        ),
    ]);
    let own = |sqlite: &str, postgres: &str| {
        let scripts = [Some(sqlite.into()), Some(postgres.into()), Some(Script::default())];
        Sql::ByDatabase(SqlByDatabase::from(scripts))
    };
    let rated = default(Field::new("rating", ColumnType::I32), Expr::int(0));
    vec![
        case(
            "run_sql",
            vec![run(
                "UPDATE blog_post SET rating = 1 WHERE title = 'what? $1';\nUPDATE blog_post SET rating = 2;",
                Some("UPDATE blog_post SET rating = 0".into()),
            )],
        ),
        case("run_sql_without_reverse", vec![run("UPDATE blog_post SET rating = 1", None)]),
        case("run_sql_nothing", vec![run(Sql::nothing(), Some(Sql::nothing()))]),
        case("run_sql_list", vec![run(list, Some("UPDATE blog_post SET rating = 0".into()))]),
        case(
            "run_sql_by_database",
            vec![run(
                own(
                    "UPDATE blog_post SET rating = 1 WHERE rowid = 1",
                    "UPDATE blog_post SET rating = '1'::int",
                ),
                Some(own("", "UPDATE blog_post SET rating = 0")),
            )],
        ),
        case(
            "run_sql_state",
            vec![Operation::RunSql(RunSql {
                state: vec![add("Author", rated, None)],
                ..RunSql::new(
                    "ALTER TABLE blog_author ADD COLUMN rating integer DEFAULT 0 NOT NULL",
                    Some("ALTER TABLE blog_author DROP COLUMN rating".into()),
                )
            })],
        ),
        case(
            "not_atomic_sql",
            vec![
                alter("Post", varchar("title", 100), None),
                run(
                    Script::new(
                        ["UPDATE blog_post SET rating = 3", "UPDATE blog_post SET rating = 4"]
                            .map(SqlStatement::new),
                    ),
                    Some("".into()),
                ),
                Operation::CreateModel(CreateModel {
                    model: Model::new("Tag", vec![id(), varchar("word", 40)]),
                }),
            ],
        ),
    ]
}

fn apart() -> Vec<Case> {
    let apart =
        |database, state| Operation::SeparateDatabaseAndState(SeparateDatabaseAndState { database, state });
    let names =
        |before: &str, after: &str| format!("ALTER TABLE blog_author RENAME COLUMN {before} TO {after}");
    let rated = || Field::new("rating", ColumnType::I32);
    let zero = || default(rated(), Expr::int(0));
    vec![
        case(
            "separate_database_and_state",
            vec![apart(
                vec![run(names("name", "full_name"), Some(names("full_name", "name").into()))],
                vec![rename("Author", "name", "full_name")],
            )],
        ),
        case(
            "separate_database_and_state_operations",
            vec![apart(
                vec![add("Author", null(rated()), None), alter("Author", zero(), Some(Expr::int(7)))],
                vec![add("Author", zero(), None)],
            )],
        ),
        case("separate_database_and_state_nothing", vec![apart(vec![], vec![])]),
    ]
}

fn of_postgres() -> Vec<Case> {
    let collation = |name: &str, locale: &str, provider| NewCollation {
        name: name.to_owned(),
        locale: locale.to_owned(),
        provider,
        deterministic: provider == CollationProvider::Libc,
    };
    let german = collation("german", "de-u-ks-level2", CollationProvider::Icu);
    let plain = collation("it's \"plain\"", "C", CollationProvider::Libc);
    let extension = |name: &str| Operation::CreateExtension(CreateExtension { name: name.to_owned() });
    let rated = vec![part("rating")];
    vec![
        case("create_extension", vec![extension("citext"), extension("citext")]),
        case(
            "create_collation",
            vec![
                Operation::CreateCollation(CreateCollation { collation: german }),
                Operation::CreateCollation(CreateCollation { collation: plain.clone() }),
                Operation::RemoveCollation(RemoveCollation { collation: plain }),
            ],
        ),
        case(
            "not_atomic_add_index_concurrently",
            vec![Operation::AddIndexConcurrently(AddIndexConcurrently {
                model: "Post".into(),
                index: index("post \"rating\" idx", rated),
            })],
        ),
        case(
            "not_atomic_remove_index_concurrently",
            vec![Operation::RemoveIndexConcurrently(RemoveIndexConcurrently {
                model: "Post".into(),
                name: "post_author_idx".into(),
            })],
        ),
        case(
            "add_index_concurrently_in_a_transaction",
            vec![Operation::AddIndexConcurrently(AddIndexConcurrently {
                model: "Post".into(),
                index: index("post_title_idx", vec![part("title")]),
            })],
        ),
        case(
            "add_constraint_not_valid",
            vec![
                Operation::AddConstraintNotValid(AddConstraintNotValid {
                    model: "Post".into(),
                    constraint: check("post_rating_small", within("rating", 0, 50)),
                }),
                Operation::ValidateConstraint(ValidateConstraint {
                    model: "Post".into(),
                    name: "post_rating_small".into(),
                }),
            ],
        ),
    ]
}
