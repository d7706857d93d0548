//! [`Migration`] -> the text of its file, without the trailer.

use std::fmt::Write as _;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, FieldName, MigrationId, ModelKey, ModelName, TableName};
use modelshift_schema::operation::rename_field::Place;
use modelshift_schema::operation::{CollationProvider, NewCollation, Operation, RunSql};

use super::{load_data, run_rust, sql};
use crate::grammar::ident::spell;
use crate::grammar::text::{is_hidden, quoted};
use crate::structs::print;
use crate::structs::print::{Key, Object, WIDTH};

/// Prints a migration as the file that reads back as the same.
///
/// The text is a function of the migration alone: same input, same bytes.
pub fn print_module(migration: &Migration) -> String {
    let mut out = format!("//! {}\n\nmodelshift::migration! {{", summary(migration));
    let heads = [
        ("depends_on", &migration.depends_on),
        ("run_before", &migration.run_before),
        ("replaces", &migration.replaces),
    ];
    let names_app = migration.is_initial() && migration.id.number() == Some(1);
    if !names_app
        && migration.atomic
        && heads.iter().all(|(_, ids)| ids.is_empty())
        && migration.operations.is_empty()
    {
        out.push_str("}\n");
        return out;
    }
    out.push('\n');
    // If the label changed, the same files would belong to another app; the first migration specifies it.
    if names_app {
        let _ = writeln!(out, "    app = {};", quoted(migration.id.app.as_str()));
    }
    for (word, ids) in heads.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        out.push_str(&ids_of(&format!("    {word} = "), ids, ";"));
    }
    if !migration.atomic {
        out.push_str("    atomic = false;\n");
    }
    if !migration.operations.is_empty() && !out.ends_with("{\n") {
        out.push('\n');
    }
    for operation in &migration.operations {
        out.push_str(&print_operation(operation, &migration.id.app, 4));
    }
    out.push_str("}\n");
    out
}

/// Prints an operation, indented by so many columns.
fn print_operation(operation: &Operation, app: &AppLabel, indent: usize) -> String {
    let keyword = operation.keyword();
    // The content of the parentheses, if the operation has nothing else.
    let content = match operation {
        Operation::CreateModel(it) => {
            return block(keyword, &print::model(&it.model, app, indent + 4), indent);
        }
        Operation::DeleteModel(it) => spell(it.model.as_str()),
        Operation::RenameModel(it) => {
            arrow(&spell(it.before.as_str()), &spell(it.after.as_str())) + &chosen_table(it.table.as_ref())
        }
        Operation::MoveModel(it) => {
            arrow(&key(&it.before), &key(&it.after)) + &chosen_table(it.table.as_ref())
        }
        Operation::AlterModelTable(it) => {
            let table = it.table.as_ref().map_or_else(|| "()".to_owned(), |table| quoted(table.as_str()));
            let schema = it.schema.as_ref().map(|schema| format!(", schema = {}", quoted(schema.as_str())));
            of_model(&it.model, &(table + &schema.unwrap_or_default()))
        }
        Operation::AlterModelOptions(it) => {
            let comment = it.comment.as_ref().map(|comment| format!("comment = {}", quoted(comment)));
            let managed = it.managed.spelling().map(|word| format!("managed = {word}"));
            let sqlite = it.sqlite.map(print::sqlite_options);
            let options: Vec<String> = comment.into_iter().chain(managed).chain(sqlite).collect();
            of_model(&it.model, &if options.is_empty() { "()".to_owned() } else { options.join(", ") })
        }
        Operation::AlterPrimaryKey(it) => of_model(&it.model, &fields(&it.order)),
        Operation::AlterNaturalKey(it) => of_model(&it.model, &fields(&it.fields)),
        Operation::AddField(it) => {
            let added = print::field(&it.field, it.backfill.as_ref(), Key::Spelled, app, indent + 4);
            return field(keyword, &it.model, &added, indent);
        }
        Operation::AlterField(it) => {
            return field(keyword, &it.model, &print::altered_field(it, app, indent + 4), indent);
        }
        Operation::RemoveField(it) => of_model(&it.model, &spell(it.field.as_str())),
        Operation::RenameField(it) => {
            let place = match &it.place {
                Some(Place::Column(column)) => format!(", column = {}", quoted(column.as_str())),
                Some(Place::JoinTable(table)) => format!(", table = {}", quoted(table.as_str())),
                None => String::new(),
            };
            let renames = arrow(&spell(it.before.as_str()), &spell(it.after.as_str()));
            of_model(&it.model, &(renames + &place))
        }
        Operation::AddIndex(it) => return object(keyword, &it.model, &print::index(&it.index), indent),
        Operation::AddIndexConcurrently(it) => {
            return object(keyword, &it.model, &print::index(&it.index), indent);
        }
        Operation::RemoveIndex(it) => of_model(&it.model, &quoted(it.name.as_str())),
        Operation::RemoveIndexConcurrently(it) => of_model(&it.model, &quoted(it.name.as_str())),
        Operation::RenameIndex(it) => {
            of_model(&it.model, &arrow(&quoted(it.before.as_str()), &quoted(it.after.as_str())))
        }
        Operation::AddConstraint(it) => {
            return object(keyword, &it.model, &print::constraint(&it.constraint, app), indent);
        }
        Operation::AlterConstraint(it) => {
            return object(keyword, &it.model, &print::constraint(&it.constraint, app), indent);
        }
        Operation::AddConstraintNotValid(it) => {
            return object(keyword, &it.model, &print::constraint(&it.constraint, app), indent);
        }
        Operation::RemoveConstraint(it) => of_model(&it.model, &quoted(it.name.as_str())),
        Operation::ValidateConstraint(it) => of_model(&it.model, &quoted(it.name.as_str())),
        Operation::RenameConstraint(it) => {
            of_model(&it.model, &arrow(&quoted(it.before.as_str()), &quoted(it.after.as_str())))
        }
        Operation::RunSql(it) => return run_sql(it, app, indent),
        Operation::RunRust(it) => return fitted(keyword, &run_rust::items(it), indent),
        Operation::LoadData(it) => return fitted(keyword, &load_data::items(it), indent),
        Operation::SeparateDatabaseAndState(it) => {
            let lists = [("database", &it.database), ("state", &it.state)];
            let lists = lists.map(|(word, operations)| nested(word, operations, app, indent + 4));
            return block(keyword, &lists.concat(), indent);
        }
        Operation::CreateCollation(it) => return collation(keyword, &it.collation, indent),
        Operation::RemoveCollation(it) => return collation(keyword, &it.collation, indent),
        Operation::CreateExtension(it) => quoted(&it.name),
        Operation::RemoveExtension(it) => quoted(&it.name),
    };
    format!("{}{keyword}({content});\n", " ".repeat(indent))
}

/// Prints `(order, number)`.
fn fields(names: &[FieldName]) -> String {
    let names: Vec<String> = names.iter().map(|field| spell(field.as_str())).collect();
    format!("({})", names.join(", "))
}

/// Prints `Model: …`.
fn of_model(model: &ModelName, rest: &str) -> String {
    format!("{}: {rest}", spell(model.as_str()))
}

fn arrow(before: &str, after: &str) -> String {
    format!("{before} -> {after}")
}

fn field(keyword: &str, model: &ModelName, field: &str, indent: usize) -> String {
    block(&format!("{keyword}({})", spell(model.as_str())), &format!("{field}\n"), indent)
}

/// Prints the app and the name of a model.
fn key(key: &ModelKey) -> String {
    format!("{}.{}", spell(key.app.as_str()), spell(key.name.as_str()))
}

/// Prints `: "…"`; nothing where no table is chosen.
fn chosen_table(table: Option<&TableName>) -> String {
    table.map(|table| format!(": {}", quoted(table.as_str()))).unwrap_or_default()
}

/// Prints lines between braces; empty braces on one line.
fn block(head: &str, content: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    if content.is_empty() {
        return format!("{margin}{head} {{}}\n");
    }
    format!("{margin}{head} {{\n{content}{margin}}}\n")
}

/// Prints items between braces, on one line if they fit.
fn fitted(head: &str, items: &[String], indent: usize) -> String {
    let margin = " ".repeat(indent);
    let line = format!("{margin}{head} {{ {} }}\n", items.join(", "));
    if line.trim_end().chars().count() <= WIDTH && !line.trim_end().contains('\n') {
        return line;
    }
    block(head, &print::lines(items, indent + 4), indent)
}

/// Prints `state { … }`; nothing if there is no operation in it.
fn nested(word: &str, operations: &[Operation], app: &AppLabel, indent: usize) -> String {
    if operations.is_empty() {
        return String::new();
    }
    let printed = operations.iter().map(|operation| print_operation(operation, app, indent + 4));
    block(word, &printed.collect::<String>(), indent)
}

/// Prints an index or a constraint, on one line if it fits.
fn object(keyword: &str, model: &ModelName, object: &Object, indent: usize) -> String {
    let head = format!("{keyword}({})", spell(model.as_str()));
    let line = format!("{}{head} {{ {} }}\n", " ".repeat(indent), object.inline());
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    let content = format!("{}{}\n", " ".repeat(indent + 4), object.fitted(indent + 4));
    block(&head, &content, indent)
}

fn run_sql(operation: &RunSql, app: &AppLabel, indent: usize) -> String {
    let items = sql::items(operation, indent + 4);
    if operation.state.is_empty() {
        return fitted("RunSql", &items, indent);
    }
    let state = nested("state", &operation.state, app, indent + 4);
    block("RunSql", &format!("{}{state}", print::lines(&items, indent + 4)), indent)
}

fn collation(keyword: &str, collation: &NewCollation, indent: usize) -> String {
    let mut items = vec![format!("locale = {}", quoted(&collation.locale))];
    if collation.provider != CollationProvider::default() {
        items.push(format!("provider = {}", collation.provider.name()));
    }
    if !collation.deterministic {
        items.push("deterministic = false".to_owned());
    }
    fitted(&format!("{keyword}({})", quoted(&collation.name)), &items, indent)
}

/// Prints a list of migrations between what stands before and after it.
pub(super) fn ids_of(before: &str, ids: &[MigrationId], after: &str) -> String {
    let ids: Vec<String> = ids.iter().map(|id| quoted(&id.to_string())).collect();
    list(&format!("{before}["), &ids, &format!("]{after}"))
}

/// Prints a list on one line if it fits, else with one item on each line.
fn list(before: &str, items: &[String], after: &str) -> String {
    let line = format!("{before}{}{after}\n", items.join(", "));
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    format!("{before}\n{}    {after}\n", print::lines(items, 8))
}

/// Describes the operations in one sentence: "Creates model `Post` and adds field `rating` to `Author`."
///
/// A sentence longer than a line shows as many operations as fit, and the number of the others.
fn summary(migration: &Migration) -> String {
    let operations: Vec<String> = migration.operations.iter().map(description).collect();
    let mut phrases = phrases(&operations);
    if width(&phrases) > WIDTH {
        let room = WIDTH - "makes 999 more changes, and".len();
        let mut shown = operations.len().min(WIDTH);
        while shown > 1 && width(&self::phrases(&operations[..shown])) > room {
            shown -= 1;
        }
        phrases = self::phrases(&operations[..shown]);
        match operations.len() - shown {
            0 => {}
            1 => phrases.push("makes one more change".to_owned()),
            more => phrases.push(format!("makes {more} more changes")),
        }
    }
    let sentence = match phrases.as_slice() {
        [] => joined(migration).unwrap_or_else(|| "does nothing yet".to_owned()),
        [one] => one.clone(),
        [one, other] if !one.contains(" and ") => format!("{one} and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    let mut letters = sentence.chars();
    let head: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{head}{}.", letters.as_str())
}

/// Returns what an operation does, without characters that cannot be seen in a comment.
fn description(operation: &Operation) -> String {
    let text = operation.behaviour().describe();
    text.chars().map(|character| if is_hidden(character) { ' ' } else { character }).collect()
}

/// Returns the descriptions as the phrases of one sentence: neighbours that differ in one name share a phrase, as in
/// "adds fields `a` and `b` to `Post`".
fn phrases(operations: &[String]) -> Vec<String> {
    let mut phrases = Vec::new();
    let mut rest = operations;
    while let [first, others @ ..] = rest {
        let parts = named(first);
        let alike = others.iter().map_while(|other| {
            let (head, name, tail) = named(other)?;
            parts.is_some_and(|it| (it.0, it.2) == (head, tail)).then_some(name)
        });
        let names: Vec<&str> = parts.iter().map(|it| it.1).chain(alike).collect();
        let (shared, after) = rest.split_at(names.len().max(1));
        phrases.push(match (parts.and_then(|it| Some((plural(it.0)?, it.2))), names.as_slice()) {
            (Some((head, tail)), [first @ .., last]) if !first.is_empty() => {
                format!("{head} {} and {last}{tail}", first.join(", "))
            }
            (Some(_) | None, _) => shared.join(", "),
        });
        rest = after;
    }
    phrases
}

/// Splits a description around the first name in it: "adds field", "`rating`" and " to `Author`".
fn named(description: &str) -> Option<(&str, &str, &str)> {
    let (head, rest) = description.split_once(" `")?;
    let length = rest.find('`')?;
    let (name, tail) = description[head.len() + 1..].split_at(length + 2);
    plural(head).map(|_| (head, name, tail))
}

/// Returns the start of a description with its object in the plural, where one phrase may have several objects.
fn plural(head: &str) -> Option<String> {
    let (verb, noun) = head.split_once(' ')?;
    match noun {
        "model" | "field" | "constraint" | "collation" | "extension" => Some(format!("{verb} {noun}s")),
        "index" => Some(format!("{verb} indexes")),
        _ => None,
    }
}

fn width(phrases: &[String]) -> usize {
    phrases.iter().map(|phrase| phrase.chars().count() + 2).sum()
}

/// Describes which branches of the app a migration joins; `None` if it depends on at most one migration of the app.
fn joined(migration: &Migration) -> Option<String> {
    let own = migration.depends_on.iter().filter(|id| id.app == migration.id.app);
    match own.collect::<Vec<_>>().as_slice() {
        [] | [_] => None,
        [one, other] => Some(format!("joins `{}` and `{}`", one.name, other.name)),
        more => Some(format!("joins {} branches", more.len())),
    }
}
