//! Join tables that become the tables of models, with their rows (W-028).

use std::collections::BTreeMap;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::detect::detect;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::hints::{FieldHints, ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::relation::{ManyToMany, ReferentialAction};

use super::{APP, Case, author, default, id, post, reference, unique};

fn relation(name: &str, to: &str, through: Option<&str>) -> Field {
    let through = through.map(|name| ModelKey::new(APP, name));
    Field::many_to_many(name, ManyToMany { through, ..ManyToMany::new(ModelKey::new(APP, to)) })
}

/// Returns a case whose operations are what the detector finds where every relation keeps its rows.
fn kept(name: &str, relations: &[Field; 2], models: Vec<Model>) -> Case {
    let mut before = post();
    before.fields.push(relations[0].clone());
    let case = Case { name: name.to_owned(), models: vec![author(), before], operations: Vec::new() };
    let mut after = post();
    after.fields.push(relations[1].clone());
    let hints = FieldHints { keep_rows: true, ..FieldHints::default() };
    let hints = ModelHints { fields: [(relations[1].name.clone(), hints)].into(), ..ModelHints::default() };
    let source = |model: Model, hints| (ModelKey::new(APP, &model.name), SourceModel { model, hints });
    let mut wanted: BTreeMap<ModelKey, SourceModel> =
        [source(author(), ModelHints::default()), source(after, hints)].into();
    wanted.extend(models.into_iter().map(|model| source(model, ModelHints::default())));
    let found = detect(&case.state(), &wanted, &APP.into()).expect("the models of a case stand");
    assert_eq!(found.questions, []);
    Case { operations: found.operations, ..case }
}

/// Returns the cases.
pub(super) fn all() -> Vec<Case> {
    let cascade = ReferentialAction::Cascade;
    let mut reading = Model::new(
        "Reading",
        vec![
            id(),
            reference("reader", "Author", cascade),
            reference("article", "Post", cascade),
            default(Field::new("times", ColumnType::I32), Expr::int(1)),
        ],
    );
    reading.constraints.push(unique("one_reading", &["article", "reader"]));
    let link = Model::new(
        "Link",
        vec![id(), reference("source", "Post", cascade), reference("target", "Post", cascade)],
    );
    vec![
        kept(
            "keep_rows_of_many_to_many",
            &[relation("readers", "Author", None), relation("readers", "Author", Some("Reading"))],
            vec![reading],
        ),
        kept(
            "keep_rows_of_self_reference",
            &[relation("related", "Post", None), relation("related", "Post", Some("Link"))],
            vec![link],
        ),
    ]
}
