use super::*;
use crate::model::column_type::ColumnType;
use crate::model::field::Field;
use crate::model::relation::ForeignKey;

fn check(field: Option<&str>, kind: QuestionKind, expect: &str) {
    let question = Question { model: ModelKey::new("blog", "Author"), field: field.map(Into::into), kind };
    assert_eq!(question.message(), expect);
}

#[test]
fn a_new_field_is_offered_a_value_of_its_type() {
    let field = Field::new("rating", ColumnType::I32);
    check(
        Some("rating"),
        QuestionKind::NewNotNull(MissingValue::of(&field, &ColumnType::I32)),
        "`Author.rating` is a new NOT NULL field, and existing rows have no value for it
pick one:
  #[field(default = 0)]     a default in the database, also for new rows
  #[field(backfill = 0)]    a value for existing rows, used once
  Option<…>                 existing rows hold NULL",
    );
}

#[test]
fn a_reference_and_a_unique_field_are_offered_no_constant() {
    let reference = Field::foreign_key("city", ForeignKey::new(ModelKey::new("blog", "City")));
    check(
        Some("city"),
        QuestionKind::NullToNotNull(MissingValue::of(&reference, &ColumnType::I64)),
        "`Author.city` is NOT NULL from now on, and rows that hold NULL have no value for it
pick one:
  #[field(backfill = 1)]    the key of the `City` to which existing rows refer
  #[field(filled)]          no row holds NULL any more: the migration stops where one does
  Option<…>                 NULL stays allowed",
    );
    let token = Field { unique: true, ..Field::new("token", ColumnType::Uuid) };
    check(
        Some("token"),
        QuestionKind::NewNotNull(MissingValue::of(&token, &ColumnType::Uuid)),
        "`Author.token` is a new NOT NULL field, and existing rows have no value for it
pick one:
  #[field(default = random_uuid())]     a default in the database, another one for each row
  #[field(backfill = random_uuid())]    a value for existing rows, used once
  Option<…>                             existing rows hold NULL until each has its own value",
    );
    let unique = Field { unique: true, ..Field::new("email", ColumnType::Text) };
    let question = QuestionKind::NewNotNull(MissingValue::of(&unique, &ColumnType::Text));
    check(
        Some("email"),
        question,
        "`Author.email` is a new NOT NULL field, and existing rows have no value for it
pick one:
  #[field(backfill = sql(\"…\"))]    SQL that computes another value for each existing row
  Option<…>                        existing rows hold NULL until each has its own value",
    );
}

#[test]
fn a_key_is_not_offered_null() {
    let code = Field { primary_key: true, ..Field::new("code", ColumnType::Text) };
    check(
        Some("code"),
        QuestionKind::NewNotNull(MissingValue::of(&code, &ColumnType::Text)),
        "`Author.code` is a new NOT NULL field, and existing rows have no value for it
pick one:
  Option<…> with `unique` for now    make it the primary key in a later migration, when each row has its own value",
    );
}

#[test]
fn a_possible_rename_names_every_candidate() {
    check(
        Some("full_name"),
        QuestionKind::RenamedField {
            candidates: vec!["name".into(), "title".into()],
            missing: Some(MissingValue::of(&Field::new("full_name", ColumnType::Text), &ColumnType::Text)),
        },
        "`Author.full_name` is new and `name`, `title` are gone: renamed, or another field?
pick one:
  #[field(renamed_from = \"name\")]     renamed: the values stay
  #[field(renamed_from = \"title\")]    renamed: the values stay
  #[field(new, default = \"\")]         a new field, a default in the database, also for new rows
  #[field(new, backfill = \"\")]        a new field, a value for existing rows, used once",
    );
    check(
        None,
        QuestionKind::RenamedModel { candidates: vec!["Writer".into()] },
        "`Author` is new and `Writer` is gone: renamed, or another model?
pick one:
  #[model(renamed_from = \"Writer\")]    renamed: the rows stay
  #[model(new)]                        a new model: the removed model is dropped with its rows",
    );
}

#[test]
fn a_wrong_origin_says_what_is_known() {
    check(
        Some("full_name"),
        QuestionKind::UnknownOrigin { from: "nmae".into(), candidates: vec!["name".into()] },
        "`Author.full_name` says `renamed_from = \"nmae\"`, but the migrations know no such field of this model
pick one:
  #[field(renamed_from = \"name\")]    renamed: the values stay
  #[field(new)]                      nothing was renamed",
    );
    check(
        Some("full_name"),
        QuestionKind::OriginStillThere { from: "name".into() },
        "`Author.full_name` says `renamed_from = \"name\"`, but `name` is still there
pick one:
  #[field(new)] on `name`    renamed, and `name` is another field now
  remove `name`              renamed
  #[field(new)]              a new one beside it",
    );
    check(
        None,
        QuestionKind::SharedOrigin { from: "Writer".into(), other: "Poet".into() },
        "`Author` and `Poet` both say `renamed_from = \"Writer\"`
pick one:
  #[model(new)]              `Poet` is the renamed one
  #[model(new)] on `Poet`    this is the renamed one",
    );
}

#[test]
fn a_variant_that_went_is_asked_about_with_what_it_may_have_become() {
    check(
        Some("status"),
        QuestionKind::RemovedChoice {
            choices: "Status".into(),
            gone: "Archived".into(),
            came: vec!["Gone".into()],
            kept: Some("Draft".into()),
        },
        "`Status::Archived` is gone, and rows may hold it in `Author.status`
pick one:
  #[choice(renamed_from = \"Archived\")] on `Status::Gone`    renamed: rows that hold it follow
  #[choices(removed(Archived -> Draft))] on `Status`        removed: rows that hold it get `Draft`
  #[choices(removed(Archived))] on `Status`                 removed: the migration stops where a row holds it",
    );
}

#[test]
fn a_unique_field_that_forbids_null_is_offered_values_that_differ_or_none() {
    let slug = Field { unique: true, ..Field::new("slug", ColumnType::Text) };
    check(
        Some("slug"),
        QuestionKind::NullToNotNull(MissingValue::of(&slug, &ColumnType::Text)),
        "`Author.slug` is NOT NULL from now on, and rows that hold NULL have no value for it
pick one:
  #[field(backfill = sql(\"…\"))]    SQL that computes another value for each existing row
  #[field(filled)]                 no row holds NULL any more: the migration stops where one does
  Option<…>                        NULL stays allowed",
    );
}
