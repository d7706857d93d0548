//! Comments and collations: what a column is told beside its type.

use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{AlterModelOptions, CreateModel, Operation};
use modelshift_schema::relation::ReferentialAction;

use super::operations::{add, case, rename};
use super::{Case, alter, default, id, null, rating, reference, varchar};

/// Returns the cases.
pub(super) fn fields() -> Vec<Case> {
    let comment = |field: Field, text: &str| Field { comment: Some(text.to_owned()), ..field };
    let names = ["NOCASE", "C", "utf8mb4_bin"].map(|name| Some(name.to_owned()));
    let collated = |field: Field| Field { collation: Some(Collation::from(names.clone())), ..field };
    let slug = || varchar("slug", 80);
    let tag = Model::new("Tag", vec![id(), comment(collated(varchar("word", 40)), "it's \"a\" word")]);
    let country = |code: Field| Model::new("Country", vec![Field { primary_key: true, ..code }]);
    let town = Model::new("Town", vec![id(), reference("country", "Country", ReferentialAction::Cascade)]);
    let told = Model::new("Told", vec![id(), comment(rating(), "of five"), collated(varchar("name", 40))]);
    let read = Model { comment: Some("what is read".to_owned()), ..Model::new("Read", vec![id()]) };
    let options = |model: &str, comment: Option<&str>| {
        Operation::AlterModelOptions(AlterModelOptions {
            model: model.into(),
            comment: comment.map(str::to_owned),
            managed: Management::Managed,
            sqlite: None,
        })
    };
    let of_told = |name: &str, operations: Vec<Operation>| Case {
        name: name.to_owned(),
        models: vec![told.clone()],
        operations,
    };
    vec![
        case("create_model_comment_collation", vec![Operation::CreateModel(CreateModel { model: tag })]),
        case(
            "add_field_comment",
            vec![add("Post", comment(null(varchar("subtitle", 80)), "a second line"), None)],
        ),
        case(
            "add_field_comment_backfill",
            vec![add("Post", comment(Field::new("views", ColumnType::I32), "so far"), Some(Expr::int(1)))],
        ),
        case(
            "add_field_collation",
            vec![add("Post", default(collated(varchar("subtitle", 80)), Expr::text("none")), None)],
        ),
        case("alter_field_comment", vec![alter("Post", comment(slug(), "as in the address"), None)]),
        case("alter_field_collation", vec![alter("Post", collated(slug()), None)]),
        case("create_model_told", vec![Operation::CreateModel(CreateModel { model: read })]),
        of_told("alter_model_options", vec![options("Told", Some("it's told"))]),
        Case {
            name: "alter_model_options_gone".to_owned(),
            models: vec![Model { comment: Some("it's told".to_owned()), ..told.clone() }],
            operations: vec![options("Told", None)],
        },
        Case {
            name: "alter_model_options_managed".to_owned(),
            models: vec![Model { managed: false, ..told.clone() }],
            operations: vec![Operation::AlterModelOptions(AlterModelOptions {
                model: "Told".into(),
                comment: None,
                managed: Management::Made,
                sqlite: None,
            })],
        },
        of_told("alter_field_comment_changed", vec![alter("Told", comment(rating(), "of ten"), None)]),
        of_told("alter_field_comment_gone", vec![alter("Told", rating(), None)]),
        of_told("alter_field_comment_kept", vec![alter("Told", comment(null(rating()), "of five"), None)]),
        of_told("rename_field_comment", vec![rename("Told", "rating", "grade")]),
        of_told("alter_field_collation_gone", vec![alter("Told", varchar("name", 40), None)]),
        of_told("alter_field_collation_kept", vec![alter("Told", collated(varchar("name", 60)), None)]),
        Case {
            name: "alter_field_collation_of_key".to_owned(),
            models: vec![country(varchar("code", 20)), town],
            operations: vec![alter(
                "Country",
                Field { primary_key: true, ..collated(varchar("code", 20)) },
                None,
            )],
        },
    ]
}
