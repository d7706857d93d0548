//! Indexes and constraints -> the items of `#[model(…)]`.

use modelshift_schema::constraint::{Constraint, ExclusionRule, ReferenceRule, UniqueRule};
use modelshift_schema::expr::Expr;
use modelshift_schema::index::{Index, IndexMethod, IndexPart};
use modelshift_schema::name::{AppLabel, FieldName, ObjectName};
use modelshift_schema::relation::Deferrable;

use super::{WIDTH, lines, of_events, target};
use crate::grammar::expr::print;
use crate::grammar::ident;
use crate::grammar::text::quoted;

/// Prints `index(…)`.
pub(crate) fn index(index: &Index) -> Object {
    let content = if index.parts.iter().all(IndexPart::is_plain) {
        let fields = joined(&index.parts, |part| {
            format!("{}{}", if part.descending { "-" } else { "" }, print(&part.value))
        });
        format!("fields({fields})")
    } else {
        format!("on({})", joined(&index.parts, part))
    };
    let mut object = object("index", index.name.as_ref(), &content, index.when.as_ref());
    object.items.extend(include(&index.include));
    object.items.extend(index.method.map(|method| format!("method = {}", method.name())));
    object
}

/// Prints a part of `on(…)`.
fn part(part: &IndexPart) -> String {
    let mut value = print(&part.value);
    if let Some(class) = &part.operator_class {
        value = format!("ops({value}, {})", quoted(class));
    }
    if part.descending {
        value = format!("desc({value})");
    }
    part.nulls.map_or(value.clone(), |nulls| format!("{}({value})", nulls.name()))
}

fn joined<T>(items: &[T], spell: impl Fn(&T) -> String) -> String {
    items.iter().map(spell).collect::<Vec<_>>().join(", ")
}

pub(super) fn fields(names: &[FieldName]) -> String {
    joined(names, |name| ident::spell(name.as_str()))
}

fn include(names: &[FieldName]) -> Option<String> {
    (!names.is_empty()).then(|| format!("include({})", fields(names)))
}

pub(super) fn deferrable(when: Option<Deferrable>) -> Option<String> {
    when.map(|when| format!("deferrable = {}", when.name()))
}

/// Prints `unique(…)`, `check(…)`, `foreign_key(…)` or `exclude(…)`.
pub(crate) fn constraint(constraint: &Constraint, app: &AppLabel) -> Object {
    match constraint {
        Constraint::Unique(rule) => unique(rule),
        Constraint::Check { name, condition } => object("check", name.as_ref(), &print(condition), None),
        Constraint::Reference(rule) => reference(rule, app),
        Constraint::Exclude(rule) => exclude(rule),
    }
}

fn unique(rule: &UniqueRule) -> Object {
    let content = if rule.parts.is_empty() {
        format!("fields({})", fields(&rule.fields))
    } else {
        format!("on({})", joined(&rule.parts, part))
    };
    let mut object = object("unique", rule.name.as_ref(), &content, rule.when.as_ref());
    object.items.extend(include(&rule.include));
    object.items.extend(rule.nulls_not_distinct.then(|| "nulls_not_distinct".to_owned()));
    object.items.extend(deferrable(rule.deferrable));
    object
}

fn reference(rule: &ReferenceRule, app: &AppLabel) -> Object {
    let mut object =
        object("foreign_key", rule.name.as_ref(), &format!("fields({})", fields(&rule.fields)), None);
    object.items.push(format!("references = {}({})", target(&rule.to, app), fields(&rule.to_fields)));
    object.items.extend(of_events(rule.on_delete, rule.on_update));
    object.items.extend(deferrable(rule.deferrable));
    object.items.extend((!rule.index).then(|| "index = false".to_owned()));
    object
}

fn exclude(rule: &ExclusionRule) -> Object {
    let parts = joined(&rule.parts, |it| format!("with({}, {})", part(&it.part), quoted(&it.operator)));
    let content = format!("on({parts})");
    let mut object = object("exclude", rule.name.as_ref(), &content, rule.when.as_ref());
    if rule.method != IndexMethod::Gist {
        object.items.push(format!("method = {}", rule.method.name()));
    }
    object.items.extend(deferrable(rule.deferrable));
    object
}

fn object(word: &'static str, name: Option<&ObjectName>, content: &str, when: Option<&Expr>) -> Object {
    let mut items = Vec::new();
    items.extend(name.map(|name| format!("name = {}", quoted(name.as_str()))));
    items.push(content.to_owned());
    items.extend(when.map(|when| format!("when = {}", print(when))));
    Object { word, items }
}

/// An index or a constraint, ready to be laid out.
pub(crate) struct Object {
    pub(crate) word: &'static str,
    pub(crate) items: Vec<String>,
}

impl Object {
    /// Returns it in one line.
    pub(crate) fn inline(&self) -> String {
        format!("{}({})", self.word, self.items.join(", "))
    }

    /// Returns it on one line if it fits after so many columns, else with one item on each line.
    pub(crate) fn fitted(&self, indent: usize) -> String {
        let inline = self.inline();
        // A comma or nothing may follow.
        if indent + inline.chars().count() < WIDTH {
            return inline;
        }
        format!("{}(\n{}{})", self.word, lines(&self.items, indent + 4), " ".repeat(indent))
    }
}
