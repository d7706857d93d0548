//! Our detector beside Django's: vectors captured from Django's own tests, translated to our models.
//!
//! The files are those of the folder in `MODELSHIFT_VECTORS`, else of `tests/vectors`. What differs on purpose is in
//! [`INTENDED`], with the reason; what uses parts of the model language that are not there yet is counted as such.

#![allow(clippy::unwrap_used, reason = "this is test code, which fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::detect::detect;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey};
use modelshift_schema::operation::Operation;
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::state::ProjectState;
use serde_json::Value;

type Sources = BTreeMap<ModelKey, SourceModel>;

/// Scenarios in which we differ on purpose, and why.
const INTENDED: [(&str, &str); 7] = [
    ("AD-144", "new columns come in the order of the struct, not of the alphabet"),
    ("AD-032", "names of structs differ by case"),
    ("AD-126", "names of structs differ by case"),
    ("AD-099", "a default of the program is no default of the database, and makes no migration"),
    ("AD-100", "a default of the program is no default of the database, and makes no migration"),
    ("AD-101", "a default of the program is no default of the database, and makes no migration"),
    ("AD-102", "a default of the program is no default of the database, and makes no migration"),
];

/// Scenarios of what is not there yet.
const NOT_YET: [(&str, &str); 2] = [("AD-002", "circles between apps"), ("AD-041", "circles between apps")];

/// What came of one vector.
enum Outcome {
    Agrees,
    NotYet(String),
    Differs { ours: Vec<String>, theirs: Vec<String> },
}

#[test]
fn vectors() {
    let folder = std::env::var_os("MODELSHIFT_VECTORS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors")),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(folder.join("autodetector.jsonl")).unwrap();
    let (mut agree, mut not_yet, mut intended, mut fail) =
        (0, BTreeMap::<String, usize>::new(), 0, Vec::new());
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let id = vector["rows"][0].as_str().unwrap_or("-").to_owned();
        if let Some((_, part)) = NOT_YET.iter().find(|(row, _)| *row == id) {
            *not_yet.entry((*part).to_owned()).or_default() += 1;
            continue;
        }
        match outcome(&vector) {
            Outcome::Agrees => agree += 1,
            Outcome::NotYet(part) => *not_yet.entry(part).or_default() += 1,
            Outcome::Differs { .. } if INTENDED.iter().any(|(row, _)| *row == id) => intended += 1,
            Outcome::Differs { ours, theirs } => {
                fail.push(format!("{id} {}\n  django {theirs:?}\n  ours   {ours:?}", vector["test"]));
            }
        }
    }
    println!("{agree} agree, {intended} differ on purpose, {} fail, not yet: {not_yet:?}", fail.len());
    assert!(fail.is_empty(), "{}", fail.join("\n"));
}

fn outcome(vector: &Value) -> Outcome {
    let both = models(&vector["before"]).and_then(|before| Ok((before, models(&vector["after"])?)));
    let (before, mut after) = match both {
        Ok(both) => both,
        Err(part) => return Outcome::NotYet(part),
    };
    let mut recorded = ProjectState::default();
    for (key, source) in &before {
        recorded.insert(key, source.model.clone()).unwrap();
    }
    let theirs = match theirs(vector) {
        Ok(theirs) => theirs,
        Err(part) => return Outcome::NotYet(part),
    };
    let apps: BTreeSet<AppLabel> = before.keys().chain(after.keys()).map(|key| key.app.clone()).collect();
    let ours = loop {
        let mut ours = Vec::new();
        let mut questions = Vec::new();
        for app in &apps {
            match detect(&recorded, &after, app) {
                Ok(found) => {
                    questions.extend(found.questions);
                    ours.extend(
                        found.operations.iter().map(|operation| format!("{app} {}", spell(operation))),
                    );
                }
                Err(error) => return Outcome::Differs { ours: vec![error.to_string()], theirs },
            }
        }
        if questions.is_empty() {
            break ours;
        }
        for question in &questions {
            answer(&mut after, question, &vector["answers"]);
        }
    };
    if ours == theirs { Outcome::Agrees } else { Outcome::Differs { ours, theirs } }
}

fn answer(sources: &mut Sources, question: &Question, answers: &Value) {
    let source = sources.get_mut(&question.model).unwrap();
    let hints = question.field.as_ref().map(|field| source.hints.fields.entry(field.clone()).or_default());
    match (&question.kind, hints) {
        (QuestionKind::RenamedField { candidates, .. }, Some(hints)) if answers["ask_rename"] == true => {
            hints.renamed_from = Some(candidates[0].clone());
        }
        (QuestionKind::NewNotNull(_) | QuestionKind::NullToNotNull(_), Some(hints)) => {
            hints.backfill = Some(Expr::int(1));
        }
        (QuestionKind::RenamedModel { candidates }, None) if answers["ask_rename_model"] == true => {
            source.hints.renamed_from = Some(candidates[0].clone());
        }
        (_, Some(hints)) => hints.new = true,
        (_, None) => source.hints.new = true,
    }
}

fn models(list: &Value) -> Result<Sources, String> {
    let list = list.as_array().unwrap();
    let names: BTreeMap<String, ModelKey> = list
        .iter()
        .map(|it| ModelKey::new(it["app"].as_str().unwrap(), it["name"].as_str().unwrap()))
        .map(|key| (key.to_string().to_lowercase(), key))
        .collect();
    let mut sources = Sources::new();
    for it in list {
        let key = ModelKey::new(it["app"].as_str().unwrap(), it["name"].as_str().unwrap());
        if it.get("bases").is_some() {
            return Err("bases".to_owned());
        }
        let mut model = Model::new(key.name.clone(), Vec::new());
        for pair in it["fields"].as_array().unwrap() {
            model.fields.push(field(pair[0].as_str().unwrap(), &pair[1], &names)?);
        }
        if model.primary_key().next().is_none() {
            model.fields.insert(0, Field { primary_key: true, ..Field::new("id", ColumnType::I64) });
        }
        options(&mut model, it)?;
        sources.insert(key, SourceModel { model, hints: ModelHints::default() });
    }
    Ok(sources)
}

fn options(model: &mut Model, source: &Value) -> Result<(), String> {
    for (option, value) in source.get("options").and_then(Value::as_object).into_iter().flatten() {
        match option.as_str() {
            "db_table" => model.table = Some(value.as_str().unwrap().into()),
            "indexes" => {
                for index in value.as_array().unwrap() {
                    let Some(fields) = index["fields"].as_array() else {
                        return Err("index expression".to_owned());
                    };
                    let part = |it: &Value| IndexPart::ascending(Expr::name(it.as_str().unwrap()));
                    let name = index["name"].as_str().map(Into::into);
                    model.indexes.push(Index { name, ..Index::new(fields.iter().map(part).collect()) });
                }
            }
            "verbose_name" | "verbose_name_plural" | "permissions" | "default_related_name" => {}
            other => return Err(other.to_owned()),
        }
    }
    Ok(())
}

fn field(name: &str, value: &Value, names: &BTreeMap<String, ModelKey>) -> Result<Field, String> {
    let flag = |flag: &str| value[flag] == true;
    let kind = value["type"].as_str().unwrap();
    let mut field = match kind {
        "ForeignKey" | "OneToOneField" => {
            let to = value["to"].as_str().unwrap_or("-").to_lowercase();
            let Some(to) = names.get(&to) else { return Err(format!("reference to {to}")) };
            let index = value["db_index"] != false && kind == "ForeignKey";
            let unique = kind == "OneToOneField";
            Field { index, unique, ..Field::foreign_key(name, ForeignKey::new(to.clone())) }
        }
        "AutoField" | "IntegerField" => Field::new(name, ColumnType::I32),
        "BigAutoField" => Field::new(name, ColumnType::I64),
        "SmallAutoField" => Field::new(name, ColumnType::I16),
        "CharField" => {
            let max_length = u32::try_from(value["max_length"].as_u64().unwrap_or(255)).unwrap();
            Field::new(name, ColumnType::Varchar { max_length })
        }
        "TextField" => Field::new(name, ColumnType::Text),
        "DateField" => Field::new(name, ColumnType::Date),
        "TimeField" => Field::new(name, ColumnType::Time),
        "DateTimeField" => Field::new(name, ColumnType::DateTimeTz),
        other => return Err(other.to_owned()),
    };
    field.null = flag("null");
    field.primary_key = flag("primary_key");
    field.unique |= flag("unique");
    field.index |= flag("db_index");
    field.column = value["db_column"].as_str().map(Into::into);
    if value.get("to_fields").is_some() || value.get("to_field").is_some() {
        return Err("to_field".to_owned());
    }
    Ok(field)
}

/// Spells Django's operations; those of the state alone are left out.
fn theirs(vector: &Value) -> Result<Vec<String>, String> {
    let mut spelled: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for migration in vector["migrations"].as_array().unwrap() {
        let app = migration["app"].as_str().unwrap();
        for it in migration["operations"].as_array().unwrap() {
            let text = |name: &str| it[name].as_str().unwrap_or("-").to_lowercase();
            let op = it["op"].as_str().unwrap();
            let line = match op {
                "CreateModel" | "DeleteModel" | "AlterModelTable" => text("name"),
                "RenameModel" => format!("{} {}", text("old_name"), text("new_name")),
                "AddField" | "RemoveField" | "AlterField" | "RemoveIndex" => {
                    format!("{} {}", text("model_name"), text("name"))
                }
                "RenameField" | "RenameIndex" => {
                    format!("{} {} {}", text("model_name"), text("old_name"), text("new_name"))
                }
                "AddIndex" => {
                    format!("{} {}", text("model_name"), it["index"]["name"].as_str().unwrap_or("-"))
                }
                "AlterModelOptions" | "AlterModelManagers" => continue,
                other => return Err(other.to_owned()),
            };
            spelled.entry(app).or_default().push(format!("{app} {op} {line}"));
        }
    }
    Ok(spelled.into_values().flatten().collect())
}

fn spell(operation: &Operation) -> String {
    let (before, after) = operation.models();
    let model = before.or(after).unwrap().as_str().to_lowercase();
    let keyword = operation.keyword();
    let field = |name: &FieldName| format!("{keyword} {model} {name}");
    match operation {
        Operation::RenameModel(it) => format!("{keyword} {model} {}", it.after.as_str().to_lowercase()),
        Operation::AddField(it) => field(&it.field.name),
        Operation::RemoveField(it) => field(&it.field),
        Operation::AlterField(it) => field(&it.field.name),
        Operation::RenameField(it) => format!("{keyword} {model} {} {}", it.before, it.after),
        Operation::AddIndex(it) => format!("{keyword} {model} {}", it.index.name.as_ref().unwrap()),
        Operation::RemoveIndex(it) => format!("{keyword} {model} {}", it.name),
        Operation::RenameIndex(it) => format!("{keyword} {model} {} {}", it.before, it.after),
        Operation::CreateModel(_)
        | Operation::DeleteModel(_)
        | Operation::AlterModelTable(_)
        | Operation::AlterModelOptions(_)
        | Operation::AddConstraint(_)
        | Operation::RemoveConstraint(_)
        | Operation::RenameConstraint(_)
        | Operation::RunSql(_)
        | Operation::SeparateDatabaseAndState(_)
        | Operation::AddIndexConcurrently(_)
        | Operation::RemoveIndexConcurrently(_)
        | Operation::AddConstraintNotValid(_)
        | Operation::ValidateConstraint(_)
        | Operation::CreateCollation(_)
        | Operation::RemoveCollation(_)
        | Operation::CreateExtension(_)
        | Operation::RemoveExtension(_) => format!("{keyword} {model}"),
    }
}
