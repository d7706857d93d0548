//! Every case, by what is done.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::rename_field::Place;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterModelTable, CreateModel, DeleteModel, Operation,
    RemoveConstraint, RemoveField, RemoveIndex, RenameConstraint, RenameField, RenameIndex, RenameModel,
    RunSql,
};
use modelshift_schema::relation::{Deferrable, ForeignKey, ManyToMany, ReferentialAction};

use super::{
    APP, Case, alter, author, check, decimal, default, id, index, null, part, post, rating, reference,
    unique, varchar, within,
};

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    Expr::Call { function, arguments }
}

pub(super) fn add(model: &str, field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill })
}

pub(super) fn remove(model: &str, field: &str) -> Operation {
    Operation::RemoveField(RemoveField { model: model.into(), field: field.into() })
}

pub(super) fn rename(model: &str, before: &str, after: &str) -> Operation {
    Operation::RenameField(RenameField::new(model, before, after))
}

fn add_constraint(constraint: Constraint) -> Operation {
    Operation::AddConstraint(AddConstraint { model: "Post".into(), constraint })
}

fn remove_constraint(name: &str) -> Operation {
    Operation::RemoveConstraint(RemoveConstraint { model: "Post".into(), name: name.into() })
}

fn rename_constraint(before: &str, after: &str) -> Operation {
    Operation::RenameConstraint(RenameConstraint {
        model: "Post".into(),
        before: before.into(),
        after: after.into(),
    })
}

fn add_index(index: Index) -> Operation {
    Operation::AddIndex(AddIndex { model: "Post".into(), index })
}

fn remove_index(name: &str) -> Operation {
    Operation::RemoveIndex(RemoveIndex { model: "Post".into(), name: name.into() })
}

pub(super) fn case(name: &str, operations: Vec<Operation>) -> Case {
    Case { name: name.to_owned(), models: vec![author(), post()], operations }
}

/// Returns every case.
pub fn all() -> Vec<Case> {
    let mut cases = models();
    cases.extend(many_to_many());
    cases.extend(super::kept::all());
    cases.extend(super::references::by_field());
    cases.extend(super::references::over_fields());
    cases.extend(super::references::orders_of_keys());
    cases.extend(added_fields());
    cases.extend(loosened_fields());
    cases.extend(altered_fields());
    cases.extend(super::keys::all());
    cases.extend(super::told::fields());
    cases.extend(super::sqlite_options::cases());
    cases.extend(super::given::fields());
    cases.extend(super::choices::all());
    cases.extend(objects());
    cases.extend(super::database::all());
    cases.extend(super::rules::all());
    cases.extend(mixtures());
    cases
}

fn models() -> Vec<Case> {
    let create = |model| Operation::CreateModel(CreateModel { model });
    let rename = |before: &str, after: &str| Operation::RenameModel(RenameModel::new(before, after));
    let table = |table: Option<&str>| {
        Operation::AlterModelTable(AlterModelTable {
            model: "Post".into(),
            table: table.map(Into::into),
            schema: None,
        })
    };
    let natural = Model::new("Country", vec![Field { primary_key: true, ..varchar("code", 2) }]);
    let membership = Model::new(
        "Membership",
        vec![
            Field {
                primary_key: true,
                index: false,
                ..reference("author", "Author", ReferentialAction::Cascade)
            },
            Field { primary_key: true, ..Field::new("team", ColumnType::I32) },
            Field { index: false, ..reference("post", "Post", ReferentialAction::Restrict) },
        ],
    );
    vec![
        case("create_model_relations", vec![create(profile())]),
        Case {
            name: "create_model".to_owned(),
            models: Vec::new(),
            operations: vec![create(author()), create(post())],
        },
        case("create_model_keys", vec![create(natural), create(membership)]),
        case("delete_model", vec![Operation::DeleteModel(DeleteModel { model: "Post".into() })]),
        case("rename_model", vec![rename("Author", "Writer")]),
        case("rename_model_self", vec![rename("Post", "Article")]),
        case(
            "rename_model_in_place",
            vec![rename_model_in_place(), rename_in_place("Writer", "name", "title")],
        ),
        case("alter_model_table", vec![table(Some("articles"))]),
    ]
}

/// Returns the rename of a model that keeps its table.
fn rename_model_in_place() -> Operation {
    let table = Some("blog_author".into());
    Operation::RenameModel(RenameModel { table, ..RenameModel::new("Author", "Writer") })
}

/// Returns the rename of a relation that keeps its join table.
fn rename_join_in_place(model: &str, before: &str, after: &str) -> Operation {
    let place = Some(Place::JoinTable("blog_post_readers".into()));
    Operation::RenameField(RenameField { place, ..RenameField::new(model, before, after) })
}

/// Returns the rename of a field that keeps its column.
fn rename_in_place(model: &str, before: &str, after: &str) -> Operation {
    let place = Some(Place::Column(before.into()));
    Operation::RenameField(RenameField { place, ..RenameField::new(model, before, after) })
}

/// Returns a model with a relation of every sort that every database knows.
fn profile() -> Model {
    let author = reference("author", "Author", ReferentialAction::Cascade);
    let unheld = ForeignKey { db_constraint: false, ..ForeignKey::new(ModelKey::new(APP, "Post")) };
    Model::new(
        "Profile",
        vec![id(), Field { unique: true, index: false, ..author }, Field::foreign_key("pinned", unheld)],
    )
}

/// Returns the cases of relations with tables of their own.
fn many_to_many() -> Vec<Case> {
    let tags = |table: Option<&str>| {
        let relation = ManyToMany::new(ModelKey::new(APP, "Author"));
        Field::many_to_many("readers", ManyToMany { table: table.map(Into::into), ..relation })
    };
    let related = Field::many_to_many("related", ManyToMany::new(ModelKey::new(APP, "Post")));
    let mut related_post = post();
    related_post.fields.extend([tags(None), related.clone()]);
    let filled = |name: &str, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![author(), related_post.clone()],
        operations,
    };
    let rename_model = |before: &str, after: &str| Operation::RenameModel(RenameModel::new(before, after));
    let short_key =
        |model: &str| alter(model, Field { kind: FieldKind::Column(ColumnType::I32), ..id() }, None);
    let table = AlterModelTable { model: "Post".into(), table: Some("articles".into()), schema: None };
    vec![
        case("add_many_to_many", vec![add("Post", tags(None), None), add("Post", related, None)]),
        filled(
            "create_many_to_many",
            vec![Operation::CreateModel(CreateModel {
                model: Model::new(
                    "Shelf",
                    vec![id(), Field::many_to_many("posts", ManyToMany::new(ModelKey::new(APP, "Post")))],
                ),
            })],
        ),
        filled("remove_many_to_many", vec![remove("Post", "readers")]),
        filled("delete_many_to_many", vec![Operation::DeleteModel(DeleteModel { model: "Post".into() })]),
        filled("rename_many_to_many", vec![rename("Post", "readers", "fans")]),
        filled("rename_many_to_many_in_place", vec![rename_join_in_place("Post", "readers", "fans")]),
        filled(
            "rename_model_many_to_many",
            vec![rename_model("Post", "Article"), rename_model("Author", "Writer")],
        ),
        filled("create_many_to_many_long_names", vec![long_names()]),
        filled("rename_model_many_to_many_long_names", vec![rename_model("Author", LONG_NAME)]),
        filled("alter_model_table_many_to_many", vec![Operation::AlterModelTable(table)]),
        filled("alter_many_to_many_table", vec![alter("Post", tags(Some("readers_of_posts")), None)]),
        filled("alter_key_many_to_many", vec![short_key("Post"), short_key("Author")]),
        filled("rename_key_many_to_many", vec![rename("Post", "id", "number")]),
    ]
}

/// A name that leaves no room for more in a column of PostgreSQL.
const LONG_NAME: &str = "AnAuthorWhoseNameIsLongerThanWhatPostgresTakesForTheNameOfAColumnOfATable";

/// Returns a model whose join tables have columns with names that must be shortened, and must differ.
fn long_names() -> Operation {
    let related = Field::many_to_many("related", ManyToMany::new(ModelKey::new(APP, LONG_NAME)));
    let posts = Field::many_to_many("posts", ManyToMany::new(ModelKey::new(APP, "Post")));
    Operation::CreateModel(CreateModel { model: Model::new(LONG_NAME, vec![id(), related, posts]) })
}

/// Returns a reference from a post that a transaction may check at its end.
fn deferrable(deferrable: Option<Deferrable>) -> Field {
    let relation = ForeignKey { deferrable, ..ForeignKey::new(ModelKey::new(APP, "Author")) };
    null(Field::foreign_key("editor", relation))
}

/// Fields that take NULL for a while.
fn loosened_fields() -> Vec<Case> {
    vec![
        case(
            "alter_field_null_reference",
            vec![
                alter("Post", null(reference("author", "Author", ReferentialAction::Cascade)), None),
                rename("Author", "name", "full_name"),
            ],
        ),
        Case {
            name: "alter_field_null_unique".to_owned(),
            models: vec![Model::new(
                "Country",
                vec![id(), Field { unique: true, ..varchar("code", 2) }, varchar("name", 80)],
            )],
            operations: vec![alter("Country", null(Field { unique: true, ..varchar("code", 2) }), None)],
        },
    ]
}

fn added_fields() -> Vec<Case> {
    let now = || call(Function::Now, Vec::new());
    let from_title = call(Function::Lower, vec![Expr::name("title")]);
    let views = || Field::new("views", ColumnType::I32);
    vec![
        case("add_field_null", vec![add("Post", null(varchar("subtitle", 80)), None)]),
        case("add_field_default", vec![add("Post", default(views(), Expr::int(-1)), None)]),
        case(
            "add_field_raw",
            vec![add(
                "Post",
                default(views(), Expr::Raw("1 + 1".to_owned())),
                Some(Expr::Raw("rating + 1".to_owned())),
            )],
        ),
        case("add_field_backfill", vec![add("Post", views(), Some(Expr::int(7)))]),
        case(
            "add_field_default_and_backfill",
            vec![add("Post", default(views(), Expr::int(0)), Some(Expr::int(7)))],
        ),
        case("add_field_backfill_of_fields", vec![add("Post", varchar("key", 200), Some(from_title))]),
        case(
            "add_field_now",
            vec![
                add("Post", default(Field::new("created_at", ColumnType::DateTimeTz), now()), None),
                add("Post", default(Field::new("local_at", ColumnType::DateTime), now()), None),
            ],
        ),
        case(
            "add_field_random",
            vec![add(
                "Post",
                default(Field::new("token", ColumnType::Uuid), call(Function::RandomUuid, Vec::new())),
                None,
            )],
        ),
        case(
            "add_field_null_backfill",
            vec![add(
                "Post",
                null(Field::new("made_on", ColumnType::Date)),
                Some(call(Function::CurrentDate, Vec::new())),
            )],
        ),
        case(
            "add_field_unique",
            vec![add("Post", null(Field { unique: true, ..varchar("code", 20) }), None)],
        ),
        case(
            "add_field_reference",
            vec![add("Post", null(reference("editor", "Author", ReferentialAction::SetNull)), None)],
        ),
        case(
            "add_field_reference_deferrable",
            vec![
                add("Post", deferrable(Some(Deferrable::Deferred)), None),
                alter("Post", deferrable(Some(Deferrable::Immediate)), None),
            ],
        ),
        case(
            "add_field_reference_without_index",
            vec![add(
                "Post",
                null(Field { index: false, ..reference("editor", "Author", ReferentialAction::SetNull) }),
                None,
            )],
        ),
        case("remove_field", vec![remove("Author", "name")]),
        case("remove_field_unique", vec![remove("Author", "email")]),
        case(
            "remove_field_without_value",
            vec![
                remove_constraint("post_author_slug_key"),
                remove_index("post_author_idx"),
                remove("Post", "author"),
            ],
        ),
        Case {
            name: "remove_field_unique_without_value".to_owned(),
            models: vec![Model::new(
                "Country",
                vec![id(), Field { unique: true, ..varchar("code", 2) }, varchar("name", 80)],
            )],
            operations: vec![remove("Country", "code")],
        },
        case(
            "remove_field_reference",
            vec![
                remove_constraint("post_author_slug_key"),
                remove_index("post_author_idx"),
                remove("Post", "parent"),
            ],
        ),
    ]
}

fn altered_fields() -> Vec<Case> {
    let title = |max_length| varchar("title", max_length);
    let published = || Field::new("published_at", ColumnType::DateTimeTz);
    let author = |on_delete| reference("author", "Author", on_delete);
    let epoch = || Expr::text("1970-01-01 00:00:00+00:00");
    vec![
        case("alter_field_longer", vec![alter("Post", title(300), None)]),
        case("alter_field_shorter", vec![alter("Post", title(100), None)]),
        case(
            "alter_field_type",
            vec![alter("Post", default(Field::new("rating", ColumnType::I64), Expr::int(0)), None)],
        ),
        case("alter_field_default", vec![alter("Post", default(rating(), Expr::int(3)), None)]),
        case("alter_field_default_gone", vec![alter("Post", Field { default: None, ..rating() }, None)]),
        case("alter_field_not_null", vec![alter("Post", published(), Some(epoch()))]),
        case(
            "alter_field_not_null_and_type",
            vec![alter(
                "Post",
                default(Field::new("published_at", ColumnType::DateTime), call(Function::Now, Vec::new())),
                Some(Expr::text("1970-01-01 00:00:00")),
            )],
        ),
        case("alter_field_null", vec![alter("Post", null(rating()), None)]),
        case("alter_field_unique", vec![alter("Post", Field { unique: true, ..title(200) }, None)]),
        case("alter_field_index", vec![alter("Post", Field { index: true, ..title(200) }, None)]),
        case("alter_field_action", vec![alter("Post", author(ReferentialAction::Restrict), None)]),
        case(
            "alter_field_reference_without_index",
            vec![
                remove_constraint("post_author_slug_key"),
                remove_index("post_author_idx"),
                alter("Post", Field { index: false, ..author(ReferentialAction::Cascade) }, None),
            ],
        ),
        case(
            "alter_field_key_type",
            vec![alter("Author", Field { kind: FieldKind::Column(ColumnType::I32), ..id() }, None)],
        ),
        case(
            "alter_field_column",
            vec![alter("Post", Field { column: Some("heading".into()), ..title(200) }, None)],
        ),
        case("rename_field", vec![rename("Post", "rating", "score")]),
        case("rename_field_reference", vec![rename("Post", "author", "writer")]),
        case("rename_field_key", vec![rename("Author", "id", "number")]),
    ]
}

fn objects() -> Vec<Case> {
    let descending = IndexPart::descending(call(Function::Lower, vec![Expr::name("title")]));
    let published = || Expr::IsNull { operand: Box::new(Expr::name("published_at")), negated: true };
    let costs = Expr::binary(BinaryOp::Gt, Expr::name("price"), decimal("0.5"));
    let like = Expr::Not(Box::new(Expr::Like {
        operand: Box::new(Expr::name("slug")),
        pattern: "%\\_x\\%".to_owned(),
    }));
    let list =
        Expr::InList { operand: Box::new(Expr::name("rating")), list: (0..100).map(Expr::int).collect() };
    let raw = Expr::Raw("rating < 1000 OR rating > 2000".to_owned());
    let either_raw = Expr::binary(BinaryOp::And, raw, within("rating", 0, 100));
    let partial = |name: &str| {
        let rule = UniqueRule::over(vec!["title".into()]);
        Constraint::Unique(UniqueRule { when: Some(published()), ..rule }).named(name)
    };
    vec![
        case("add_index", vec![add_index(index("post_title_idx", vec![part("title"), part("rating")]))]),
        case("add_index_of_expression", vec![add_index(index("post_title_idx", vec![descending]))]),
        case(
            "add_index_partial",
            vec![add_index(Index { when: Some(published()), ..index("post_live_idx", vec![part("title")]) })],
        ),
        case(
            "add_index_include",
            vec![add_index(Index {
                include: vec!["title".into(), "author".into()],
                ..index("post_slug_idx", vec![part("slug")])
            })],
        ),
        case(
            "add_index_method",
            vec![add_index(Index {
                method: Some(IndexMethod::Brin),
                ..index("post_published_idx", vec![part("published_at"), part("rating")])
            })],
        ),
        case(
            "add_index_operator_class",
            vec![add_index(index(
                "post_pattern_idx",
                vec![IndexPart { operator_class: Some("varchar_pattern_ops".to_owned()), ..part("title") }],
            ))],
        ),
        case(
            "rename_field_of_index_include",
            vec![
                add_index(Index {
                    include: vec!["slug".into()],
                    ..index("post_slug_idx", vec![part("title")])
                }),
                rename("Post", "slug", "path"),
            ],
        ),
        case("remove_index", vec![remove_index("post_author_idx")]),
        case(
            "rename_index",
            vec![Operation::RenameIndex(RenameIndex {
                model: "Post".into(),
                before: "post_author_idx".into(),
                after: "post_by_author".into(),
            })],
        ),
        case("add_constraint_unique", vec![add_constraint(unique("post_title_key", &["title", "rating"]))]),
        case("add_constraint_unique_partial", vec![add_constraint(partial("post_live_key"))]),
        case("add_constraint_check", vec![add_constraint(check("post_costs", costs))]),
        case("add_constraint_check_like", vec![add_constraint(check("post_slug_like", like))]),
        case("add_constraint_check_list", vec![add_constraint(check("post_rating_list", list))]),
        case("add_constraint_check_arithmetic", vec![add_constraint(check("post_sums", arithmetic()))]),
        case("add_constraint_check_raw", vec![add_constraint(check("post_raw", either_raw))]),
        case(
            "rename_constraint_unique",
            vec![rename_constraint("post_author_slug_key", "post_slug_of_author")],
        ),
        case("rename_constraint_check", vec![rename_constraint("post_rating_check", "post_rating_range")]),
        case("remove_constraint_unique", vec![remove_constraint("post_author_slug_key")]),
        case("remove_constraint_check", vec![remove_constraint("post_rating_check")]),
    ]
}

/// `(rating + 1) * 2 > -3 && !(rating == 5000 || rating / 2 % 7 >= 60) && -rating < abs(rating) + 1 && !(rating > 9000) == true`.
fn arithmetic() -> Expr {
    let rating = || Expr::name("rating");
    let more = Expr::binary(BinaryOp::Add, rating(), Expr::int(1));
    let twice = Expr::binary(BinaryOp::Mul, more, Expr::int(2));
    let first = Expr::binary(BinaryOp::Gt, twice, Expr::Neg(Box::new(Expr::int(3))));
    let half = Expr::binary(BinaryOp::Div, rating(), Expr::int(2));
    let rest = Expr::binary(BinaryOp::Rem, half, Expr::int(7));
    let same = Expr::binary(BinaryOp::Eq, rating(), Expr::int(5000));
    let either = Expr::binary(BinaryOp::Or, same, Expr::binary(BinaryOp::Ge, rest, Expr::int(60)));
    let size = Expr::binary(BinaryOp::Add, call(Function::Abs, vec![rating()]), Expr::int(1));
    let last = Expr::binary(BinaryOp::Lt, Expr::Neg(Box::new(rating())), size);
    let both = Expr::binary(BinaryOp::And, first, Expr::Not(Box::new(either)));
    let large = Expr::binary(BinaryOp::Gt, rating(), Expr::int(9000));
    let truth = Expr::Literal(Literal::Bool(true));
    let small = Expr::binary(BinaryOp::Eq, Expr::Not(Box::new(large)), truth);
    Expr::binary(BinaryOp::And, Expr::binary(BinaryOp::And, both, last), small)
}

fn mixtures() -> Vec<Case> {
    vec![
        case(
            "one_rebuild",
            vec![
                alter("Post", varchar("title", 100), None),
                rename("Post", "slug", "path"),
                remove("Post", "price"),
                add("Post", Field::new("price", ColumnType::I32), Some(Expr::int(1))),
                add_constraint(check("post_price_check", within("price", 0, 1000))),
                remove_index("post_author_idx"),
                add_index(index("post_author_idx", vec![part("rating")])),
                Operation::RenameModel(RenameModel::new("Author", "Writer")),
                Operation::RenameModel(RenameModel::new("Post", "Article")),
            ],
        ),
        case(
            "sql_between",
            vec![
                alter("Post", varchar("title", 100), None),
                Operation::RunSql(RunSql::new("UPDATE blog_post SET rating = 3", Some("".into()))),
                alter("Post", varchar("title", 90), None),
            ],
        ),
    ]
}
