//! Enums in columns: every storage, variants that come, go and bear other names, and storages that become others.

use modelshift_schema::choices::{Choice, ChoiceMoves, Choices, Storage};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{
    AddConstraint, AddField, AlterField, CreateModel, DeleteModel, Operation, RemoveField, RenameField,
    RenameModel,
};

use super::{Case, check, default, id, index, null, varchar};

/// Returns a field that holds an enum; a value that is a number is one where the storage is an integer.
pub fn choices(name: &str, storage: Storage, variants: &[(&str, &str)]) -> Field {
    let value = |text: &str| match text.parse::<i64>() {
        Ok(number) if storage.is_integer() => Literal::Int(number.into()),
        Ok(_) | Err(_) => Literal::Text(text.to_owned()),
    };
    let variant = |(name, text): &(&str, &str)| Choice { name: (*name).to_owned(), value: value(text) };
    let variants = variants.iter().map(variant).collect();
    Field::new(name, ColumnType::Choices(Choices { storage, variants, ..Choices::as_written("Status") }))
}

/// The variants before; three rows hold the first three.
const BEFORE: [(&str, &str); 4] = [("Draft", "draft"), ("Live", "live"), ("Old", "old"), ("Zero", "zero")];
const NUMBERS: [(&str, &str); 4] = [("Draft", "1"), ("Live", "2"), ("Old", "30"), ("Zero", "4")];

fn status(storage: Storage) -> Field {
    choices("status", storage, if storage.is_integer() { &NUMBERS } else { &BEFORE })
}

fn post(status: Field) -> Model {
    Model::new("Article", vec![id(), varchar("title", 80), status])
}

fn case(name: &str, status: Field, operations: Vec<Operation>) -> Case {
    Case { name: name.to_owned(), models: vec![post(status)], operations }
}

fn alter(field: Field) -> Operation {
    Operation::AlterField(AlterField::new("Article", field))
}

fn moved(field: Field, renamed: &[(&str, &str)], removed: &[(&str, &str)]) -> Operation {
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(before, after)| ((*before).to_owned(), (*after).to_owned())).collect()
    };
    let moves = ChoiceMoves { renamed: pairs(renamed), removed: pairs(removed) };
    Operation::AlterField(AlterField { moves, ..AlterField::new("Article", field) })
}

fn is(value: &str) -> Expr {
    Expr::binary(BinaryOp::Eq, Expr::name("status"), Expr::text(value))
}

/// Returns the cases.
pub(super) fn all() -> Vec<Case> {
    let mut cases = whole();
    for (word, storage) in [("text", Storage::Text), ("native", Storage::Native)] {
        cases.extend(variants(word, storage));
    }
    cases.extend(storages());
    cases.extend(conditions());
    cases
}

fn whole() -> Vec<Case> {
    let create = |model| Operation::CreateModel(CreateModel { model });
    let add = |field: Field, backfill: Option<Expr>| {
        Operation::AddField(AddField { model: "Article".into(), field, backfill })
    };
    let both = || {
        let text = Field { unique: true, ..status(Storage::Text) };
        let native =
            Field { index: true, ..default(choices("mood", Storage::Native, &BEFORE), Expr::text("live")) };
        let level = null(choices("level", Storage::I16, &NUMBERS));
        Model::new("Article", vec![id(), text, native, level])
    };
    let with = |name: &str, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![both()],
        operations,
    };
    let rename =
        |before: &str, after: &str| Operation::RenameField(RenameField::new("Article", before, after));
    vec![
        Case { name: "create_model_choices".into(), models: Vec::new(), operations: vec![create(both())] },
        with("delete_model_choices", vec![Operation::DeleteModel(DeleteModel { model: "Article".into() })]),
        with("rename_model_choices", vec![Operation::RenameModel(RenameModel::new("Article", "Story"))]),
        with("rename_field_choices", vec![rename("status", "state"), rename("mood", "humour")]),
        with(
            "remove_field_choices",
            vec![
                Operation::RemoveField(RemoveField { model: "Article".into(), field: "mood".into() }),
                Operation::RemoveField(RemoveField { model: "Article".into(), field: "level".into() }),
            ],
        ),
        with(
            "add_field_choices",
            vec![
                add(default(choices("state", Storage::Text, &BEFORE), Expr::text("draft")), None),
                add(null(choices("humour", Storage::Native, &BEFORE)), None),
                add(choices("rank", Storage::I32, &NUMBERS), Some(Expr::int(30))),
            ],
        ),
    ]
}

fn variants(word: &str, storage: Storage) -> Vec<Case> {
    let name = |what: &str| format!("alter_field_choices_{word}_{what}");
    let of = |variants: &[(&str, &str)]| choices("status", storage, variants);
    let more = [
        ("New", "new"),
        ("Draft", "draft"),
        ("Live", "live"),
        ("Mid", "mid"),
        ("Old", "old"),
        ("Zero", "zero"),
    ];
    let quoted = [
        ("New", "it's new"),
        ("Draft", "draft"),
        ("Live", "live"),
        ("Old", "old"),
        ("Zero", "zero"),
        ("End", "the 'end'"),
    ];
    let renamed = [("Sketch", "sketch"), ("Live", "live"), ("Old", "former"), ("Zero", "zero")];
    let swapped = [("Draft", "live"), ("Live", "draft"), ("Old", "old"), ("Zero", "zero")];
    let with_default = |field: Field, value: &str| default(field, Expr::text(value));
    vec![
        case(&name("added"), status(storage), vec![alter(of(&more))]),
        case(&name("added_quoted"), status(storage), vec![alter(of(&quoted))]),
        case(
            &name("added_default"),
            with_default(status(storage), "draft"),
            vec![alter(with_default(of(&more), "new"))],
        ),
        case(
            &name("renamed"),
            with_default(status(storage), "draft"),
            vec![moved(with_default(of(&renamed), "sketch"), &[("Draft", "Sketch")], &[])],
        ),
        case(&name("swapped"), status(storage), vec![alter(of(&swapped))]),
        case(
            &name("removed"),
            null(status(storage)),
            vec![moved(null(of(&BEFORE[..2])), &[], &[("Old", "Draft")])],
        ),
    ]
}

fn storages() -> Vec<Case> {
    let words = |storage: Storage| match storage {
        Storage::Text => "text",
        Storage::Native => "native",
        Storage::I16 | Storage::I32 | Storage::I64 => "integer",
    };
    let kinds = [Storage::Text, Storage::Native, Storage::I16];
    let mut cases = Vec::new();
    for from in kinds {
        for to in kinds.into_iter().filter(|to| *to != from) {
            let name = format!("alter_field_choices_{}_to_{}", words(from), words(to));
            let first =
                |storage: Storage| if storage.is_integer() { Expr::int(1) } else { Expr::text("draft") };
            cases.push(case(&name, null(status(from)), vec![alter(default(null(status(to)), first(to)))]));
        }
        let name = format!("alter_field_choices_{}_to_plain", words(from));
        cases.push(case(&name, status(from), vec![alter(varchar("status", 200))]));
    }
    let plain = choices("title", Storage::Native, &[("A", "1"), ("B", "2"), ("C", "3")]);
    cases.push(case("alter_field_plain_to_choices", status(Storage::Text), vec![alter(plain)]));
    let wider =
        choices("status", Storage::I32, &[("Draft", "1"), ("Live", "2"), ("Old", "70000"), ("Zero", "4")]);
    cases.push(case("alter_field_choices_integer_value", status(Storage::I16), vec![alter(wider)]));
    cases
}

/// What names the column in a condition knows its type.
fn conditions() -> Vec<Case> {
    let more = [("Draft", "draft"), ("Live", "live"), ("Old", "old"), ("Zero", "zero"), ("New", "new")];
    let native = |variants: &[(&str, &str)]| choices("status", Storage::Native, variants);
    let mut model = post(native(&BEFORE));
    model.constraints.push(check(
        "article_known",
        Expr::binary(BinaryOp::Or, is("draft"), Expr::Not(Box::new(is("zero")))),
    ));
    let mut indexed = model.clone();
    indexed.indexes.push(Index {
        when: Some(is("live")),
        ..index("article_live_idx", vec![IndexPart::ascending(Expr::name("title"))])
    });
    let constraint =
        Constraint::Check { name: Some("article_new".into()), condition: Expr::Not(Box::new(is("new"))) };
    let add = Operation::AddConstraint(AddConstraint { model: "Article".into(), constraint });
    let with = |name: &str, model: &Model, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![model.clone()],
        operations,
    };
    vec![
        with("alter_field_choices_condition", &model, vec![alter(native(&more)), add]),
        with("alter_field_choices_condition_partial", &indexed, vec![alter(status(Storage::Text))]),
    ]
}
