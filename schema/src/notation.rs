//! A short way to write models in tests: one model a line.
//!
//! ```text
//! Post <Article: id, title text index, author >Author ?, rating i32 default=0 | index(title,-rating) | check(rating)
//! ```
//! After a model's or field's name: `<old` is `renamed_from`, `new`, `table=` or `col=`, after a model's `schema=` or `unmanaged`; a field further takes a type
//! (`text` when none is given), `>Model` or `>app.Model` with `to=` the field that it names, `*Model` or `*Model/Through` (many to many),
//! `@Draft+Live` (an enum; `#` for a type of the database), `?` for NULL, `key`, `unique`, `index`, `default=1`,
//! `backfill=1` (`='text'`, `=other`), `filled`, `keep_rows`, `keep_values`, `was=text` (with `+` and `_` for commas and blanks), `gen=other`; `sql(z+1)` is raw text, without blanks, and `raw(z>0)` a check of it. `id` alone is the automatic key. An index, unique or check takes `name=`; `check(rating)` is
//! `rating >= 0`. `refer(bill,line) app.Line(bill,number)` is a reference over several fields.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::model::choices::{Choice, Choices, Storage};
use crate::model::column_type::ColumnType;
use crate::model::constraint::{Constraint, ReferenceRule, UniqueRule};
use crate::model::expr::{BinaryOp, Expr, Literal};
use crate::model::field::{Field, FieldKind};
use crate::model::generated::Generated;
use crate::model::hints::{FieldHints, ModelHints, SourceModel};
use crate::model::index::{Index, IndexPart};
use crate::model::relation::{ForeignKey, ManyToMany};
use crate::name::{FieldName, ModelKey};
use crate::state::ProjectState;

/// Reads models; a name without an app is of app `blog`.
pub(crate) fn models(text: &str) -> BTreeMap<ModelKey, SourceModel> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(model).collect()
}

/// Reads models into a state.
pub(crate) fn state(text: &str) -> ProjectState {
    let mut state = ProjectState::default();
    for (key, source) in models(text) {
        state.insert(&key, source.model).unwrap();
    }
    state
}

fn key(text: &str) -> ModelKey {
    text.parse().unwrap_or_else(|_| ModelKey::new("blog", text))
}

fn model(line: &str) -> (ModelKey, SourceModel) {
    let (head, body) = line.split_once(':').unwrap_or((line, "id"));
    let mut head = head.split_whitespace();
    let key = key(head.next().unwrap());
    let mut model = Model::new(key.name.clone(), Vec::new());
    let mut hints = ModelHints::default();
    for word in head {
        match word.split_once('=') {
            Some(("table", table)) => model.table = Some(table.into()),
            Some(("schema", schema)) => model.schema = Some(schema.into()),
            _ if word == "new" => hints.new = true,
            _ if word == "unmanaged" => model.managed = false,
            _ if word.contains('.') => {
                hints.moved_from = Some(word.strip_prefix('<').unwrap().parse().unwrap());
            }
            _ => hints.renamed_from = Some(word.strip_prefix('<').unwrap().into()),
        }
    }
    let mut parts = body.split('|');
    for text in parts.next().unwrap().split(',') {
        let (field, hint) = field(text);
        if hint != FieldHints::default() {
            hints.fields.insert(field.name.clone(), hint);
        }
        model.fields.push(field);
    }
    for part in parts {
        object(part.trim(), &mut model);
    }
    (key, SourceModel { model, hints })
}

fn field(text: &str) -> (Field, FieldHints) {
    let mut words = text.split_whitespace();
    let name = words.next().unwrap();
    let mut field = Field::new(name, ColumnType::Text);
    let mut hints = FieldHints::default();
    let mut named = None;
    if text.trim() == "id" {
        field = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    }
    for word in words {
        match word.split_once('=') {
            Some(("default", value)) => field.default = Some(value_of(value)),
            Some(("backfill", value)) => hints.backfill = Some(value_of(value)),
            Some(("gen", value)) => field.generated = Some(Generated::stored(value_of(value))),
            Some(("was", was)) => hints.was = Some(was.replace('+', ",").replace('_', " ")),
            Some(("col", column)) => field.column = Some(column.into()),
            Some(("to", name)) => named = Some(name.into()),
            Some(_) => panic!("unknown word `{word}`"),
            None => match word {
                "?" => field.null = true,
                "key" => field.primary_key = true,
                "unique" => field.unique = true,
                "index" => field.index = true,
                "new" => hints.new = true,
                "keep_rows" => hints.keep_rows = true,
                "keep_values" => hints.keep_values = true,
                "filled" => hints.filled = true,
                _ if word.starts_with('<') => hints.renamed_from = Some(word[1..].into()),
                _ if word.starts_with('>') => {
                    field.kind = FieldKind::ForeignKey(ForeignKey::new(key(&word[1..])));
                    field.index = true;
                }
                _ if word.starts_with('*') => {
                    let (to, through) = word[1..].split_once('/').unwrap_or((&word[1..], ""));
                    let through = (!through.is_empty()).then(|| key(through));
                    field.kind = FieldKind::ManyToMany(ManyToMany { through, ..ManyToMany::new(key(to)) });
                }
                _ if word.starts_with(['@', '#']) => field.kind = FieldKind::Column(choices(word)),
                _ => field.kind = FieldKind::Column(column_type(word)),
            },
        }
    }
    if let FieldKind::ForeignKey(relation) = &mut field.kind {
        relation.to_field = named;
    }
    (field, hints)
}

/// `@Draft+Live` is text, `#Draft+Live` a type of the database; the values are the names in small letters.
fn choices(word: &str) -> ColumnType {
    let storage = if word.starts_with('#') { Storage::Native } else { Storage::Text };
    let variant = |name: &str| Choice { name: name.to_owned(), value: Literal::Text(name.to_lowercase()) };
    let variants = word[1..].split('+').map(variant).collect();
    ColumnType::Choices(Choices { storage, variants, ..Choices::as_written("Status") })
}

/// `sql` is text of SQL, a number itself, and any other word the name of a field.
fn value_of(text: &str) -> Expr {
    if text == "sql" {
        return Expr::Raw("(SELECT 1)".to_owned());
    }
    if let Some(raw) = text.strip_prefix("sql(").and_then(|raw| raw.strip_suffix(')')) {
        return Expr::Raw(raw.to_owned());
    }
    if let Some(text) = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        return Expr::text(text);
    }
    text.parse::<i64>().map_or_else(|_| Expr::name(text), Expr::int)
}

fn column_type(word: &str) -> ColumnType {
    match word {
        "bool" => ColumnType::Bool,
        "i32" => ColumnType::I32,
        "i64" => ColumnType::I64,
        "f64" => ColumnType::F64,
        "text" => ColumnType::Text,
        "short" => ColumnType::Varchar { max_length: 80 },
        "bytes" => ColumnType::Bytes,
        "uuid" => ColumnType::Uuid,
        "moment" => ColumnType::DateTimeTz,
        _ => panic!("unknown type `{word}`"),
    }
}

fn object(text: &str, model: &mut Model) {
    let (kind, rest) = text.split_once('(').unwrap();
    let (names, rest) = rest.split_once(')').unwrap();
    let name = rest.trim().strip_prefix("name=").map(Into::into);
    let names = names.split(',').map(str::trim);
    match kind {
        "index" => {
            let part = |name: &str| match name.strip_prefix('-') {
                Some(name) => IndexPart::descending(Expr::name(name)),
                None => IndexPart::ascending(Expr::name(name)),
            };
            model.indexes.push(Index { name, ..Index::new(names.map(part).collect()) });
        }
        "unique" => {
            let fields = names.map(Into::into).collect();
            model.constraints.push(Constraint::Unique(UniqueRule { name, ..UniqueRule::over(fields) }));
        }
        "check" => {
            let condition = |name: &str| Expr::binary(BinaryOp::Ge, Expr::name(name), Expr::int(0));
            let conditions = names.map(condition);
            let condition = conditions.reduce(|a, b| Expr::binary(BinaryOp::And, a, b)).unwrap();
            model.constraints.push(Constraint::Check { name, condition });
        }
        "raw" => {
            let condition = Expr::Raw(names.collect::<Vec<_>>().join(","));
            model.constraints.push(Constraint::Check { name, condition });
        }
        "refer" => {
            let (to, targets) = rest.trim().split_once('(').unwrap();
            let targets = targets.strip_suffix(')').unwrap().split(',').map(FieldName::new).collect();
            let rule = ReferenceRule::new(names.map(FieldName::new).collect(), key(to), targets);
            model.constraints.push(Constraint::Reference(rule));
        }
        _ => panic!("unknown word `{kind}`"),
    }
}
