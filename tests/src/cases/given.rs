//! Columns whose values the database gives (generated, counted), and columns of a type that the author spells.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::dialect::Dialect;
use modelshift_schema::expr::{BinaryOp, Expr, Function};
use modelshift_schema::field::Field;
use modelshift_schema::generated::{Generated, Identity, Storage};
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::native_type::{NativeType, RangeOf};
use modelshift_schema::operation::{AddConstraint, AddIndex, CreateModel, Operation, RemoveField};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::ReferentialAction;

use super::operations::{add, rename};
use super::{Case, alter, check, default, id, index, null, reference, unique, varchar};

fn product(left: &str, right: &str) -> Expr {
    Expr::binary(BinaryOp::Mul, Expr::name(left), Expr::name(right))
}

fn generated(field: Field, expression: Expr, storage: Storage) -> Field {
    Field { generated: Some(Generated { expression, storage }), ..field }
}

fn int(name: &str) -> Field {
    Field::new(name, ColumnType::I32)
}

fn total(expression: Expr) -> Field {
    generated(Field::new("total", ColumnType::I64), expression, Storage::Stored)
}

fn item(more: Vec<Field>) -> Model {
    let note = null(Field::new("note", ColumnType::Text));
    let fields = vec![id(), int("price"), int("quantity"), varchar("name", 40), note];
    Model::new("Item", fields.into_iter().chain(more).collect())
}

fn of(name: &str, more: Vec<Field>, operations: Vec<Operation>) -> Case {
    Case { name: name.to_owned(), models: vec![item(more)], operations }
}

fn remove(field: &str) -> Operation {
    Operation::RemoveField(RemoveField { model: "Item".into(), field: field.into() })
}

/// Returns the cases.
pub(super) fn fields() -> Vec<Case> {
    let mut cases = computed();
    cases.extend(computed_differently());
    cases.extend(counted());
    cases.extend(spelled());
    cases.extend(lists());
    cases
}

fn computed() -> Vec<Case> {
    let lower = |name: &str| Expr::Call { function: Function::Lower, arguments: vec![Expr::name(name)] };
    let plain = || total(product("price", "quantity"));
    let seen = || generated(int("seen"), product("price", "quantity"), Storage::Virtual);
    let search = generated(varchar("search", 40), lower("name"), Storage::Stored);
    let loud = generated(null(Field::new("loud", ColumnType::Text)), lower("note"), Storage::Stored);
    let dear = generated(
        Field::new("dear", ColumnType::Bool),
        Expr::binary(BinaryOp::Gt, Expr::name("price"), Expr::int(9)),
        Storage::Stored,
    );
    let decimal = |name: &str| Field::new(name, ColumnType::Decimal { precision: 12, scale: 2 });
    let taxed = generated(decimal("taxed"), product("net", "price"), Storage::Stored);
    let bill = Model::new("Bill", vec![id(), decimal("net"), int("price"), taxed]);
    let create = |model: Model| Operation::CreateModel(CreateModel { model });
    vec![
        of("create_model_generated", Vec::new(), vec![create(bill)]),
        of(
            "create_model_generated_virtual",
            Vec::new(),
            vec![create(Model { name: "Other".into(), ..item(vec![seen()]) })],
        ),
        of("add_field_generated", Vec::new(), vec![add("Item", plain(), None)]),
        of("add_field_generated_virtual", Vec::new(), vec![add("Item", seen(), None)]),
        of(
            "add_field_generated_of_text",
            Vec::new(),
            vec![
                add("Item", Field { unique: true, ..search }, None),
                add("Item", loud, None),
                add("Item", dear, None),
            ],
        ),
        of("remove_field_generated", vec![plain()], vec![remove("total")]),
        of("remove_field_generated_and_source", vec![plain()], vec![remove("total"), remove("price")]),
        of("remove_field_generated_virtual", vec![seen()], vec![remove("seen")]),
        of(
            "rebuild_beside_generated",
            vec![plain(), generated(int("seen"), Expr::name("price"), Storage::Stored)],
            vec![
                alter("Item", null(int("quantity")), None),
                alter("Item", default(varchar("name", 80), Expr::text("a")), None),
            ],
        ),
    ]
}

fn computed_differently() -> Vec<Case> {
    let plain = || total(product("price", "quantity"));
    let other = || total(Expr::binary(BinaryOp::Add, Expr::name("price"), Expr::int(1)));
    let written = || Field::new("total", ColumnType::I64);
    let virtually = || generated(written(), product("price", "quantity"), Storage::Virtual);
    let index = || AddIndex {
        model: "Item".into(),
        index: index("item_total_idx", vec![IndexPart::descending(Expr::name("total"))]),
    };
    let constraint =
        |constraint| Operation::AddConstraint(AddConstraint { model: "Item".into(), constraint });
    let positive = Expr::binary(BinaryOp::Ge, Expr::name("total"), Expr::int(0));
    let ruled = |name: &str, operation: Operation| {
        let mut model = item(vec![plain()]);
        model.indexes.push(index().index);
        model
            .constraints
            .extend([check("item_total", positive.clone()), unique("item_both", &["total", "id"])]);
        Case { name: name.to_owned(), models: vec![model], operations: vec![operation] }
    };
    vec![
        of("alter_field_generated", vec![plain()], vec![alter("Item", other(), None)]),
        of("alter_field_generated_virtual", vec![plain()], vec![alter("Item", virtually(), None)]),
        ruled("alter_field_generated_with_rules", alter("Item", other(), None)),
        ruled("alter_field_generated_source", alter("Item", Field::new("price", ColumnType::I64), None)),
        ruled("rename_field_generated_source", rename("Item", "price", "worth")),
        ruled("rename_field_generated", rename("Item", "total", "sum")),
        of(
            "add_rules_to_generated",
            vec![plain()],
            vec![Operation::AddIndex(index()), constraint(check("item_total", positive.clone()))],
        ),
        of("alter_field_to_generated", vec![written()], vec![alter("Item", plain(), None)]),
        of("alter_field_from_generated", vec![plain()], vec![alter("Item", written(), None)]),
        of("alter_field_from_generated_virtual", vec![virtually()], vec![alter("Item", written(), None)]),
        of(
            "alter_field_generated_comment",
            vec![plain()],
            vec![alter("Item", Field { comment: Some("in all".into()), ..plain() }, None)],
        ),
    ]
}

fn counted() -> Vec<Case> {
    let identity = |field: Field, identity| Field { identity: Some(identity), ..field };
    let key = |word| identity(id(), word);
    let number = |word| identity(int("number"), word);
    let create = |key: Field| Operation::CreateModel(CreateModel { model: Model::new("Note", vec![key]) });
    let keyed = Model::new("Page", vec![Field { primary_key: true, ..varchar("path", 40) }]);
    let change = |name: &str, before, after| Case {
        name: name.to_owned(),
        models: vec![Model::new("Note", vec![before])],
        operations: vec![alter("Note", after, None)],
    };
    vec![
        of("create_model_identity_always", Vec::new(), vec![create(key(Identity::Always))]),
        of("create_model_identity_by_default", Vec::new(), vec![create(key(Identity::ByDefault))]),
        change("alter_field_identity", key(Identity::Always), key(Identity::ByDefault)),
        change("alter_field_identity_said", id(), key(Identity::ByDefault)),
        of("create_model_identity_none", Vec::new(), vec![create(key(Identity::Never))]),
        change("alter_field_identity_none", id(), key(Identity::Never)),
        of("add_field_identity", Vec::new(), vec![add("Item", number(Identity::ByDefault), None)]),
        Case {
            name: "add_field_identity_beside_key".to_owned(),
            models: vec![keyed],
            operations: vec![add("Page", number(Identity::ByDefault), None)],
        },
    ]
}

fn lists() -> Vec<Case> {
    let tags = || Field::new("tags", ColumnType::Array(Box::new(ColumnType::Text)));
    let counts = |item| null(Field::new("counts", ColumnType::Array(Box::new(item))));
    let gin = Index {
        method: Some(IndexMethod::Gin),
        ..index("item_tags_idx", vec![IndexPart::ascending(Expr::name("tags"))])
    };
    let span = Field::new("span", ColumnType::Native(NativeType::Range(RangeOf::Date)));
    vec![
        of("add_field_list", Vec::new(), vec![add("Item", default(tags(), Expr::text("{}")), None)]),
        of(
            "add_index_of_list",
            vec![tags()],
            vec![Operation::AddIndex(AddIndex { model: "Item".into(), index: gin })],
        ),
        of(
            "alter_field_list",
            vec![counts(ColumnType::I32)],
            vec![alter("Item", counts(ColumnType::I64), None)],
        ),
        of(
            "add_field_range",
            Vec::new(),
            vec![add("Item", span, Some(Expr::text("[2020-01-01,2021-01-01)")))],
        ),
    ]
}

fn spelled() -> Vec<Case> {
    let words =
        ["nvarchar(60)", "varchar(60)", "varchar(60) character set ascii"].map(|word| Some(word.to_owned()));
    let word = PerDatabase::from(words);
    let spelled = |field: Field| Field { sql_type: Some(word.clone()), ..field };
    let code = |field: Field| Field { primary_key: true, ..field };
    let models = |key: Field| {
        let town =
            Model::new("Town", vec![id(), reference("country", "Country", ReferentialAction::Cascade)]);
        vec![Model::new("Country", vec![code(key)]), town]
    };
    let everywhere = Field { sql_type: Some(PerDatabase::everywhere("varchar(70)")), ..varchar("name", 40) };
    let case = |name: &str, models: Vec<Model>, operation: Operation| Case {
        name: name.to_owned(),
        models,
        operations: vec![operation],
    };
    let only_here =
        Field { sql_type: Some(PerDatabase::only(Dialect::Postgres, "bpchar(50)")), ..varchar("name", 40) };
    vec![
        of(
            "add_field_sql_type",
            Vec::new(),
            vec![add("Item", default(spelled(varchar("slug", 40)), Expr::text("a")), None)],
        ),
        of("alter_field_sql_type", Vec::new(), vec![alter("Item", spelled(varchar("name", 40)), None)]),
        of(
            "alter_field_sql_type_gone",
            vec![spelled(varchar("slug", 40))],
            vec![alter("Item", varchar("slug", 40), None)],
        ),
        of("alter_field_sql_type_in_one", Vec::new(), vec![alter("Item", only_here, None)]),
        case(
            "alter_field_sql_type_of_key",
            models(varchar("code", 40)),
            alter("Country", code(spelled(varchar("code", 40))), None),
        ),
        case(
            "alter_field_sql_type_of_automatic_key",
            models(varchar("code", 40)),
            alter("Town", Field { sql_type: Some(PerDatabase::everywhere("int")), ..id() }, None),
        ),
        of("alter_field_sql_type_everywhere", Vec::new(), vec![alter("Item", everywhere, None)]),
    ]
}
