use super::*;
use crate::model::Model;
use crate::model::column_type::ColumnType;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::index::{Index, IndexPart};
use crate::model::relation::ForeignKey;
use crate::name::ModelKey;
use crate::operation::alter_model_options::Management;
use crate::operation::{
    AddField, AddIndex, AlterField, AlterModelOptions, AlterModelTable, CreateModel, RemoveField,
    RemoveIndex, RenameField, RenameIndex, RenameModel, RunSql,
};

/// Compares what is left, as it describes itself.
fn check(operations: &[Operation], expect: &[&str]) -> Vec<Operation> {
    let left = optimize(&"blog".into(), operations.to_vec());
    let described: Vec<String> = left.iter().map(|it| it.behaviour().describe()).collect();
    assert_eq!(described, expect);
    left
}

/// Sees that nothing is left out or moved.
fn check_same(operations: &[Operation]) {
    assert_eq!(optimize(&"blog".into(), operations.to_vec()), operations);
}

fn create_with(name: &str, fields: Vec<Field>) -> Operation {
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let fields = [id].into_iter().chain(fields).collect();
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

fn create(name: &str) -> Operation {
    create_with(name, vec![text("name")])
}

fn text(name: &str) -> Field {
    Field::new(name, ColumnType::Text)
}

fn reference(name: &str, to: &str) -> Field {
    let to = to.parse().unwrap_or_else(|_| ModelKey::new("blog", to));
    Field::foreign_key(name, ForeignKey::new(to))
}

fn delete(model: &str) -> Operation {
    Operation::DeleteModel(DeleteModel { model: model.into() })
}

fn rename_model(before: &str, after: &str) -> Operation {
    Operation::RenameModel(RenameModel::new(before, after))
}

fn add(model: &str, field: Field) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill: None })
}

fn add_with(model: &str, field: Field, backfill: Expr) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill: Some(backfill) })
}

fn alter(model: &str, field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AlterField(AlterField { backfill, ..AlterField::new(model, field) })
}

fn remove(model: &str, field: &str) -> Operation {
    Operation::RemoveField(RemoveField { model: model.into(), field: field.into() })
}

fn rename(model: &str, before: &str, after: &str) -> Operation {
    Operation::RenameField(RenameField::new(model, before, after))
}

fn add_index(model: &str, name: &str, field: &str) -> Operation {
    let index =
        Index { name: Some(name.into()), ..Index::new(vec![IndexPart::ascending(Expr::name(field))]) };
    Operation::AddIndex(AddIndex { model: model.into(), index })
}

fn remove_index(model: &str, name: &str) -> Operation {
    Operation::RemoveIndex(RemoveIndex { model: model.into(), name: name.into() })
}

fn rename_index(model: &str, before: &str, after: &str) -> Operation {
    let (before, after) = (before.into(), after.into());
    Operation::RenameIndex(RenameIndex { model: model.into(), before, after })
}

fn sql() -> Operation {
    Operation::RunSql(RunSql::new("SELECT 1", None))
}

#[test]
fn opt_002_a_single_operation_stays() {
    check_same(&[delete("Foo")]);
}

#[test]
fn opt_004_a_new_model_takes_its_new_name() {
    let left = check(
        &[create_with("Foo", vec![reference("up", "Foo")]), rename_model("Foo", "Bar")],
        &["creates model `Bar`"],
    );
    assert_eq!(left[0].behaviour().fields()[1].relation().unwrap().to, ModelKey::new("blog", "Bar"));
}

#[test]
fn what_refers_to_a_new_model_follows_its_last_name() {
    // Django's squash leaves the references with the first name, and cannot be applied.
    let tagged = AddField { model: "Tag".into(), field: reference("foo", "Foo"), backfill: None };
    let between = [
        create_with("Author", vec![reference("foo", "Foo"), reference("city", "City")]),
        Operation::AddField(tagged),
        add("Author", reference("up", "Author")),
    ];
    let renamed = [&[create("Foo")][..], &between, &[rename_model("Foo", "Bar"), rename("Bar", "name", "b")]];
    let left = check(
        &renamed.concat(),
        &["creates model `Bar`", "adds field `foo` to `Tag`", "creates model `Author`"],
    );
    let targets = |operation: &Operation| -> Vec<String> {
        let relations = operation.behaviour().fields().iter().filter_map(Field::relation);
        relations.map(|relation| relation.to.name.to_string()).collect()
    };
    assert_eq!(targets(&left[1]), ["Bar"]);
    assert_eq!(targets(&left[2]), ["Bar", "City", "Author"]);
    let twice = [rename_model("Baz", "Foo"), between[0].clone(), rename_model("Foo", "Bar")];
    let left = check(&twice, &["renames model `Baz` to `Bar`", "creates model `Author`"]);
    assert_eq!(targets(&left[1]), ["Bar", "City"]);
    // The new name is somebody else's until then, or more is done than to refer to the model.
    check_same(&[create("Foo"), between[0].clone(), delete("Bar"), rename_model("Foo", "Bar")]);
    let sql = Operation::RunSql(RunSql::new("x", None));
    check_same(&[create("Foo"), between[0].clone(), sql, rename_model("Foo", "Bar")]);
}

#[test]
fn opt_005_renames_of_a_model_are_joined() {
    check(&[rename_model("Foo", "Baa"), rename_model("Baa", "Bar")], &["renames model `Foo` to `Bar`"]);
    check(&[rename_model("Foo", "Baa"), rename_model("Baa", "Foo")], &[]);
    check(&[rename_model("Foo", "Baa"), delete("Baa")], &["deletes model `Foo`"]);
}

#[test]
fn opt_011_what_is_made_in_vain_is_not_made() {
    check(&[create("Foo"), add("Foo", text("age")), add_index("Foo", "i", "age"), delete("Foo")], &[]);
    check(&[add("Foo", text("age")), rename("Foo", "a", "b"), delete("Foo")], &["deletes model `Foo`"]);
}

#[test]
fn opt_014_unrelated_models_let_pass() {
    check(&[create("Foo"), create("Bar"), delete("Foo")], &["creates model `Bar`"]);
    check(&[create("Foo"), create("Bar"), delete("Bar"), delete("Foo")], &[]);
    check(&[create("Foo"), create("Bar"), delete("Foo"), delete("Bar")], &[]);
}

#[test]
fn opt_015_opt_016_a_reference_lets_nothing_pass_unless_to_another_app() {
    let bar = create_with("Bar", vec![reference("foo", "shop.Foo")]);
    check(&[create("Foo"), bar, delete("Foo")], &["creates model `Bar`"]);
    check_same(&[create("Foo"), create_with("Bar", vec![reference("foo", "Foo")]), delete("Foo")]);
}

#[test]
fn opt_017_a_key_that_is_a_reference_lets_nothing_pass_unless_to_another_app() {
    let bar = |to: &str| {
        let key = Field { primary_key: true, ..reference("foo", to) };
        Operation::CreateModel(CreateModel { model: Model::new("Bar", vec![key]) })
    };
    check_same(&[create("Foo"), bar("Foo"), delete("Foo")]);
    check(&[create("Foo"), bar("shop.Foo"), delete("Foo")], &["creates model `Bar`"]);
}

#[test]
fn opt_020_a_model_moves_after_what_it_refers_to() {
    let left = check(
        &[create("Foo"), create("Link"), add("Foo", reference("link", "Link"))],
        &["creates model `Link`", "creates model `Foo`"],
    );
    assert_eq!(left[1].behaviour().fields().len(), 3);
}

#[test]
fn opt_021_a_circle_stays_cut_once() {
    check(
        &[
            create("Bar"),
            create("Foo"),
            add("Bar", reference("foo", "Foo")),
            add("Foo", reference("bar", "Bar")),
        ],
        &["creates model `Foo`", "creates model `Bar`", "adds field `bar` to `Foo`"],
    );
}

#[test]
fn opt_022_a_reference_of_another_model_moves_nothing() {
    check_same(&[create("Foo"), create("Link"), add("Other", reference("link", "Link"))]);
}

#[test]
fn opt_019_opt_025_opt_026_opt_030_a_new_model_takes_what_happens_to_its_fields() {
    let fields = |operations: &[Operation]| -> Vec<String> {
        let left = check(operations, &["creates model `Foo`"]);
        left[0].behaviour().fields().iter().map(|field| field.name.to_string()).collect()
    };
    assert_eq!(fields(&[create("Foo"), add("Foo", text("age"))]), ["id", "name", "age"]);
    assert_eq!(fields(&[create("Foo"), rename("Foo", "name", "title")]), ["id", "title"]);
    assert_eq!(fields(&[create("Foo"), remove("Foo", "name")]), ["id"]);
    let number = Field::new("name", ColumnType::I32);
    let left = check(&[create("Foo"), alter("Foo", number.clone(), None)], &["creates model `Foo`"]);
    assert_eq!(left[0].behaviour().fields()[1], number);
}

#[test]
fn opt_027_opt_031_opt_032_a_new_field_takes_what_happens_to_it() {
    check(&[add("Foo", text("a")), rename("Foo", "a", "b")], &["adds field `b` to `Foo`"]);
    check(&[add("Foo", text("a")), remove("Foo", "a")], &[]);
    check(&[add("Foo", text("a")), add("Foo", text("b")), remove("Foo", "a")], &["adds field `b` to `Foo`"]);
    let left = check(
        &[add("Foo", text("a")), alter("Foo", Field::new("a", ColumnType::F64), None)],
        &["adds field `a` to `Foo`"],
    );
    assert_eq!(left[0].behaviour().fields()[0].kind, Field::new("a", ColumnType::F64).kind);
}

#[test]
fn opt_029_swapped_names_stay_apart() {
    check_same(&[
        create("Foo"),
        sql(),
        rename("Foo", "a", "c"),
        rename("Foo", "b", "a"),
        rename("Foo", "c", "b"),
    ]);
}

#[test]
fn renames_of_a_field_are_joined() {
    check(&[rename("Foo", "a", "b"), rename("Foo", "b", "c")], &["renames field `a` on `Foo` to `c`"]);
    check(&[rename("Foo", "a", "b"), rename("Foo", "b", "a")], &[]);
    check(&[rename("Foo", "a", "b"), remove("Foo", "b")], &["removes field `a` from `Foo`"]);
    check(
        &[rename("Foo", "a", "b"), alter("Foo", text("b"), None), rename("Foo", "b", "c")],
        &["renames field `a` on `Foo` to `c`", "alters field `c` on `Foo`"],
    );
}

#[test]
fn changes_of_a_field_are_joined() {
    check(&[alter("Foo", text("a"), None), alter("Foo", text("a"), None)], &["alters field `a` on `Foo`"]);
    check(&[alter("Foo", text("a"), None), remove("Foo", "a")], &["removes field `a` from `Foo`"]);
}

#[test]
fn a_value_for_rows_that_exist_is_never_lost() {
    let number = |name| Field::new(name, ColumnType::I32);
    let null = |field: Field| Field { null: true, ..field };
    let backfill = |operations: &[Operation], expect: &str| {
        let left = check(operations, &[expect]);
        left[0].behaviour().lineage(&"blog".into()).fill.map(|(_, _, value)| value)
    };
    let kept =
        [add_with("Foo", null(number("a")), Expr::int(7)), alter("Foo", number("a"), Some(Expr::int(0)))];
    assert_eq!(backfill(&kept, "adds field `a` to `Foo`"), Some(Expr::int(7)));
    let later = [add("Foo", null(number("a"))), alter("Foo", number("a"), Some(Expr::int(0)))];
    assert_eq!(backfill(&later, "adds field `a` to `Foo`"), Some(Expr::int(0)));
    let first = [alter("Foo", number("a"), Some(Expr::int(7))), alter("Foo", number("a"), None)];
    assert_eq!(backfill(&first, "alters field `a` on `Foo`"), Some(Expr::int(7)));
    let default = Field { default: Some(Expr::int(7)), ..number("a") };
    let from_default = [add("Foo", default.clone()), alter("Foo", number("a"), None)];
    assert_eq!(backfill(&from_default, "adds field `a` to `Foo`"), Some(Expr::int(7)));

    check_same(&[add("Foo", null(number("a"))), alter("Foo", null(default.clone()), None)]);
    check_same(&[add_with("Foo", number("a"), Expr::int(7)), alter("Foo", text("a"), None)]);
    check_same(&[alter("Foo", default, None), alter("Foo", null(number("a")), None)]);
}

#[test]
fn opt_040_opt_042_indexes_are_joined() {
    check(
        &[rename_index("Foo", "a", "b"), rename_index("Foo", "b", "c")],
        &["renames index `a` on `Foo` to `c`"],
    );
    check_same(&[rename_index("Foo", "a", "b"), rename_index("Foo", "x", "y")]);
    check(&[add_index("Foo", "a", "name"), rename_index("Foo", "a", "b")], &["adds index `b` to `Foo`"]);
    check_same(&[add_index("Foo", "a", "name"), rename_index("Foo", "x", "y")]);
    check(&[add_index("Foo", "a", "name"), remove_index("Foo", "a")], &[]);
    check(&[create("Foo"), add_index("Foo", "a", "name")], &["creates model `Foo`"]);
}

#[test]
fn sql_lets_nothing_pass() {
    check_same(&[create("Foo"), sql(), add("Foo", text("a"))]);
    check_same(&[add("Foo", text("a")), sql(), remove("Foo", "a")]);
    check(&[sql(), add("Foo", text("a")), remove("Foo", "a"), sql()], &["runs SQL", "runs SQL"]);
}

#[test]
fn a_field_that_refers_to_a_model_goes_before_it() {
    check_same(&[remove("Foo", "bar"), delete("Bar"), delete("Foo")]);
}

#[test]
fn a_change_passes_a_model_that_went_before_it_and_never_one_that_goes_after_it() {
    let alter = || alter("Bar", text("name"), None);
    check(&[create("Bar"), delete("Foo"), alter()], &["creates model `Bar`", "deletes model `Foo`"]);
    // What was let go is not said.
    check_same(&[alter(), delete("Foo"), remove("Bar", "foo")]);
    check(
        &[alter(), add("Bar", text("a")), delete("Foo"), alter()],
        &["alters field `name` on `Bar`", "adds field `a` to `Bar`", "deletes model `Foo`"],
    );
}

#[test]
fn an_index_goes_before_its_field() {
    check_same(&[remove_index("Foo", "a"), remove("Foo", "name"), rename_index("Foo", "x", "y")]);
    check_same(&[add("Foo", text("a")), add_index("Foo", "i", "a"), alter("Foo", text("a"), None)]);
}

#[test]
fn a_table_that_is_let_go_is_neither_dropped_nor_left_out() {
    let options = |managed| {
        let model = "Foo".into();
        Operation::AlterModelOptions(AlterModelOptions { model, comment: None, managed, sqlite: None })
    };
    check_same(&[options(Management::Left), delete("Foo")]);
    check_same(&[create("Foo"), options(Management::Left)]);
    check_same(&[options(Management::Left), options(Management::Adopted)]);
    check_same(&[add("Foo", text("a")), options(Management::Left), remove("Foo", "a")]);
    let unmanaged = |fields| {
        let Operation::CreateModel(CreateModel { model }) = create_with("Foo", fields) else { panic!() };
        Operation::CreateModel(CreateModel { model: Model { managed: false, ..model } })
    };
    check_same(&[unmanaged(vec![]), options(Management::Adopted)]);
    let made = check(
        &[unmanaged(vec![]), add("Foo", text("a")), options(Management::Made)],
        &["creates model `Foo`"],
    );
    assert_eq!(made, [create_with("Foo", vec![text("a")])]);
}

#[test]
fn a_table_is_named_after_its_name_is_free() {
    let table = |model: &str, table: &str| {
        Operation::AlterModelTable(AlterModelTable {
            model: model.into(),
            table: Some(table.into()),
            schema: None,
        })
    };
    let author = create_with("Author", vec![reference("city", "City")]);
    let renamed = |name| [author.clone(), rename_model("City", "Draft"), table("Author", name)];
    check_same(&renamed("blog_city"));
    check_same(&renamed("Blog_City_Tags"));
    check(&renamed("blog_cities"), &["creates model `Author`", "renames model `City` to `Draft`"]);
    // Where the model that is renamed is new as well, its first name is nobody's.
    let new = [&[create("City")][..], &renamed("blog_city")].concat();
    check(&new, &["creates model `Draft`", "creates model `Author`"]);
    let cities = [create("City"), author];
    let removed = [remove("Book", "tags"), table("City", "book_tags")];
    check_same(&[cities.clone(), removed].concat());
    check_same(&[cities, [rename("Book", "tags", "kinds"), table("City", "blog_book_tags")]].concat());
}

#[test]
fn a_column_gets_its_name_after_that_is_free() {
    let named = |name: &str, column: &str| Field { column: Some(column.into()), ..text(name) };
    let indexed = Field { index: true, ..named("one", "age") };
    let taken = [alter("A", named("one", "age"), None), alter("A", named("other", "one"), None)];
    check_same(&[&taken[..], &[alter("A", indexed.clone(), None)]].concat());
    let left = ["alters field `other` on `A`", "alters field `one` on `A`"];
    check(&[taken[0].clone(), alter("A", text("other"), None), alter("A", indexed, None)], &left);
}

#[test]
fn a_key_is_whole_before_it_is_referred_to() {
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let changed =
        [alter("Draft", id, None), add("Draft", reference("city", "City")), remove("Draft", "grade")];
    let refers = [add("City", reference("draft", "Draft"))];
    check_same(&[&[create("City")][..], &changed, &refers].concat());
}

#[test]
fn a_field_leaves_the_key_before_that_key_is_referred_to() {
    let left = Operation::AlterField(AlterField::new("Draft", Field::new("id", ColumnType::I64)));
    let renamed = Operation::RenameField(RenameField::new("Draft", "id", "code"));
    check(
        &[left, create_with("Order", vec![reference("one", "Draft")]), renamed],
        &[
            "renames field `id` on `Draft` to `code`",
            "alters field `code` on `Draft`",
            "creates model `Order`",
        ],
    );
}

fn parent_by(name: &str) -> Field {
    let to_field = Some(name.into());
    Field::foreign_key("parent", ForeignKey { to_field, ..ForeignKey::new(ModelKey::new("blog", "Book")) })
}

#[test]
fn a_reference_of_a_model_to_itself_goes_before_the_field_by_which_it_goes() {
    let lets_go = [alter("Book", parent_by("age"), None), remove("Book", "parent")];
    for lets_go in lets_go {
        check_same(&[
            rename("Book", "age", "age_aside"),
            add("Book", text("age")),
            lets_go,
            remove("Book", "age_aside"),
        ]);
    }
}
