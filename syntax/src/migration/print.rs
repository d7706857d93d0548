//! [`Migration`] -> the text of its file, without the trailer.

use std::fmt::Write as _;

use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::AppLabel;
use modelshift_schema::operation::{Operation, RunSql};

use crate::ident::spell;
use crate::print::{self, Key, Object, WIDTH};
use crate::text::{is_hidden, quoted};

/// Prints a migration as the file that reads back as the same.
///
/// The text is a function of the migration alone: same input, same bytes.
pub fn print_module(migration: &Migration) -> String {
    let mut out = format!("//! {}\n\nmodelshift::migration! {{", summary(&migration.operations));
    let heads = [
        ("depends_on", &migration.depends_on),
        ("run_before", &migration.run_before),
        ("replaces", &migration.replaces),
    ];
    let names_app = migration.is_initial() && migration.id.number() == Some(1);
    if !names_app && heads.iter().all(|(_, ids)| ids.is_empty()) && migration.operations.is_empty() {
        out.push_str("}\n");
        return out;
    }
    out.push('\n');
    // A label that changes would make another app of the same files; the first migration knows it.
    if names_app {
        let _ = writeln!(out, "    app = {};", quoted(migration.id.app.as_str()));
    }
    for (word, ids) in heads.into_iter().filter(|(_, ids)| !ids.is_empty()) {
        let ids: Vec<String> = ids.iter().map(|id| quoted(&id.to_string())).collect();
        out.push_str(&list(&format!("    {word} = ["), &ids, "];"));
    }
    if !migration.operations.is_empty() && !out.ends_with("{\n") {
        out.push('\n');
    }
    for operation in &migration.operations {
        out.push_str(&print_operation(operation, &migration.id.app));
    }
    out.push_str("}\n");
    out
}

fn print_operation(operation: &Operation, app: &AppLabel) -> String {
    let keyword = operation.keyword();
    let line = |content: String| format!("    {keyword}({content});\n");
    match operation {
        Operation::CreateModel(it) => create_model(&it.model, app),
        Operation::DeleteModel(it) => line(spell(it.model.as_str())),
        Operation::RenameModel(it) => {
            line(format!("{} -> {}", spell(it.before.as_str()), spell(it.after.as_str())))
        }
        Operation::AlterModelTable(it) => {
            let table = it.table.as_ref().map_or_else(|| "()".to_owned(), |table| quoted(table.as_str()));
            line(format!("{}: {table}", spell(it.model.as_str())))
        }
        Operation::AlterModelOptions(it) => {
            let comment = it.comment.as_ref().map(|comment| format!("comment = {}", quoted(comment)));
            line(format!("{}: {}", spell(it.model.as_str()), comment.unwrap_or_else(|| "()".to_owned())))
        }
        Operation::AddField(it) => {
            let field = print::field(&it.field, it.backfill.as_ref(), Key::Spelled, app, 8);
            block(keyword, it.model.as_str(), &field)
        }
        Operation::AlterField(it) => {
            let field = print::field(&it.field, it.backfill.as_ref(), Key::Spelled, app, 8);
            block(keyword, it.model.as_str(), &field)
        }
        Operation::RemoveField(it) => {
            line(format!("{}: {}", spell(it.model.as_str()), spell(it.field.as_str())))
        }
        Operation::RenameField(it) => {
            let model = spell(it.model.as_str());
            line(format!("{model}: {} -> {}", spell(it.before.as_str()), spell(it.after.as_str())))
        }
        Operation::AddIndex(it) => object(keyword, it.model.as_str(), &print::index(&it.index)),
        Operation::RemoveIndex(it) => {
            line(format!("{}: {}", spell(it.model.as_str()), quoted(it.name.as_str())))
        }
        Operation::RenameIndex(it) => {
            let model = spell(it.model.as_str());
            line(format!("{model}: {} -> {}", quoted(it.before.as_str()), quoted(it.after.as_str())))
        }
        Operation::AddConstraint(it) => {
            object(keyword, it.model.as_str(), &print::constraint(&it.constraint))
        }
        Operation::RemoveConstraint(it) => {
            line(format!("{}: {}", spell(it.model.as_str()), quoted(it.name.as_str())))
        }
        Operation::RenameConstraint(it) => {
            let model = spell(it.model.as_str());
            line(format!("{model}: {} -> {}", quoted(it.before.as_str()), quoted(it.after.as_str())))
        }
        Operation::RunSql(it) => run_sql(it),
    }
}

fn create_model(model: &Model, app: &AppLabel) -> String {
    format!("    CreateModel {{\n{}    }}\n", print::model(model, app, 8))
}

fn block(keyword: &str, model: &str, content: &str) -> String {
    format!("    {keyword}({}) {{\n{content}\n    }}\n", spell(model))
}

/// Prints an index or a constraint, in one line where it fits.
fn object(keyword: &str, model: &str, object: &Object) -> String {
    let line = format!("    {keyword}({}) {{ {} }}\n", spell(model), object.inline());
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    block(keyword, model, &format!("        {}", object.fitted(8)))
}

fn run_sql(operation: &RunSql) -> String {
    let mut items = vec![format!("forward = {}", sql(&operation.forward))];
    items.extend(operation.reverse.as_ref().map(|reverse| {
        if reverse.is_empty() { "reverse = ()".to_owned() } else { format!("reverse = {}", sql(reverse)) }
    }));
    let line = format!("    RunSql {{ {} }}\n", items.join(", "));
    if line.trim_end().chars().count() <= WIDTH && !line.trim_end().contains('\n') {
        return line;
    }
    format!("    RunSql {{\n{}    }}\n", print::lines(&items, 8))
}

/// Text of several lines stays legible as a raw string, unless it holds what only an escape can show.
fn sql(text: &str) -> String {
    let is_legible = text.chars().all(|character| character == '\n' || !is_hidden(character));
    if !text.contains('\n') || !is_legible {
        return quoted(text);
    }
    let mut hashes = "#".to_owned();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

/// Prints a list in one line where it fits, else with an item in each line.
fn list(before: &str, items: &[String], after: &str) -> String {
    let line = format!("{before}{}{after}\n", items.join(", "));
    if line.trim_end().chars().count() <= WIDTH {
        return line;
    }
    format!("{before}\n{}    {after}\n", print::lines(items, 8))
}

/// Says in one sentence what the operations do: "Adds `Author.rating`, and starts `Post`."
fn summary(operations: &[Operation]) -> String {
    let mut phrases: Vec<String> = Vec::new();
    let mut verb_before = String::new();
    for operation in operations {
        let visible = |character: char| if is_hidden(character) { ' ' } else { character };
        let phrase: String = operation.behaviour().describe().chars().map(visible).collect();
        let (verb, rest) = phrase.split_once(' ').unwrap_or((&phrase, ""));
        // "starts `A`, starts `B`" is "starts `A`, `B`".
        let is_bare = rest.starts_with('`') && !rest.contains(' ');
        phrases.push(if is_bare && verb == verb_before { rest.to_owned() } else { phrase.clone() });
        verb_before = if is_bare { verb.to_owned() } else { String::new() };
    }
    cut(&mut phrases);
    let sentence = match phrases.as_slice() {
        [] => "does nothing yet".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
    };
    let mut letters = sentence.chars();
    let head: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{head}{}.", letters.as_str())
}

/// Keeps as many phrases as make a line of ordinary length, and says how many more there are.
fn cut(phrases: &mut Vec<String>) {
    let width = |phrases: &[String]| phrases.iter().map(|phrase| phrase.chars().count() + 2).sum::<usize>();
    if width(phrases) <= WIDTH {
        return;
    }
    let room = WIDTH - "makes 999 more changes, and".len();
    let mut shown = phrases.len();
    while shown > 1 && width(&phrases[..shown]) > room {
        shown -= 1;
    }
    let hidden = phrases.len() - shown;
    phrases.truncate(shown);
    match hidden {
        0 => {}
        1 => phrases.push("makes one more change".to_owned()),
        more => phrases.push(format!("makes {more} more changes")),
    }
}
