//! Models -> their structs in source, and whether the grammar takes them: what it refuses, nobody can build.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use modelshift_schema::answers::Answer;
use modelshift_schema::field::Field;
use modelshift_schema::hints::{ChoiceHints, FieldHints, ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, MigrationId, ModelKey};
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::answers::spelled;
use modelshift_syntax::resolver::InMigration;
use modelshift_syntax::{Flattened, ParsedModel, Resolver as _, ident, parse_struct, print_module};

use crate::sources::{Models, Place, Sources, Written};
use crate::story;

/// Returns the struct of a model.
pub fn print(key: &ModelKey, model: &Model) -> String {
    let create = Operation::CreateModel(CreateModel { model: model.clone() });
    let id = MigrationId::new(&key.app, "0002_print");
    let text =
        print_module(&Migration::new(id, vec![MigrationId::new(&key.app, "0001_initial")], vec![create]));
    let start = text.find("    CreateModel {\n").map(|start| start + "    CreateModel {\n".len());
    let end = text.rfind("    }\n}\n");
    let inner = start.zip(end).and_then(|(start, end)| text.get(start..end)).unwrap_or(&text);
    // Texts have their line ends escaped, so that blanks at the start of a line are the margin.
    inner.lines().flat_map(|line| [line.strip_prefix(MARGIN).unwrap_or(line), "\n"]).collect()
}

const MARGIN: &str = "        ";

/// Prints a struct as a person writes it: with what it flattens, with types of its own, and if asked for with what it says
/// about the edit.
pub fn print_written(key: &ModelKey, written: &Written, with_hints: bool) -> String {
    let Written { own, is_abstract, flattened, newtypes } = written;
    let mut text = String::new();
    if with_hints {
        let ModelHints { renamed_from, moved_from, new, position: _, fields: _ } = &own.hints;
        let origin = moved_from.as_ref().map(ToString::to_string);
        let renamed_from = origin.or_else(|| renamed_from.as_ref().map(ToString::to_string));
        text += if *is_abstract { "#[model(abstract)]\n" } else { "" };
        text += &said("model", &Answer { renamed_from, new: *new, ..Answer::default() });
    }
    let mut fields = own.model.fields.iter().enumerate().peekable();
    let (mut attributes, mut is_inside) = (String::new(), false);
    let here = |position: usize| -> String {
        flattened
            .iter()
            .filter(|(it, ..)| *it == position)
            .map(|(_, field, place)| print_place(field, place))
            .collect()
    };
    for line in print(key, &own.model).lines() {
        let is_line = |(_, field): &(usize, &Field)| {
            let rest =
                line.strip_prefix("    ").and_then(|it| it.strip_prefix(&ident::spell(field.name.as_str())));
            rest.is_some_and(|rest| rest.starts_with(": "))
        };
        if !is_inside {
            is_inside = line.starts_with("struct ");
        } else if line == "}" {
            text += &here(own.model.fields.len());
        } else if let Some((position, field)) = fields.next_if(is_line) {
            text += &here(position);
            if let Some(hints) = own.hints.fields.get(&field.name).filter(|_| with_hints) {
                let FieldHints {
                    renamed_from,
                    new,
                    keep_rows,
                    keep_values,
                    was,
                    filled,
                    backfill,
                    is_shared: _,
                    choices: _,
                } = hints.clone();
                let renamed_from = renamed_from.map(|it| it.to_string());
                let choices = ChoiceHints::default();
                let answer =
                    Answer { renamed_from, new, keep_rows, keep_values, was, filled, backfill, choices };
                text += &said("field", &answer);
            }
            text += &std::mem::take(&mut attributes);
            if let Some(name) = newtypes.get(&field.name) {
                text += &under_its_own_type(line, name, field.null);
                continue;
            }
        } else {
            attributes.extend([line, "\n"]);
            continue;
        }
        text.extend([line, "\n"]);
    }
    text
}

fn said(word: &str, answer: &Answer) -> String {
    if *answer == Answer::default() { String::new() } else { format!("#[{word}({})]\n", spelled(answer)) }
}

const FLATTEN: &str = "    #[field(flatten";
const AS: &str = "    #[field(as = ";

fn print_place(field: &FieldName, place: &Place) -> String {
    let Place { shared, prefix, renamed_from } = place;
    let prefix = Some(prefix).filter(|prefix| !prefix.is_empty());
    let mut said: String = prefix.map(|prefix| format!(", prefix = {prefix:?}")).into_iter().collect();
    said.extend(renamed_from.iter().map(|earlier| format!(", renamed_from = {earlier:?}")));
    let path = format!("{}::{}", ident::spell(shared.app.as_str()), ident::spell(shared.name.as_str()));
    format!("{FLATTEN}{said})]\n    {}: {path},\n", ident::spell(field.as_str()))
}

/// `    age: Option<i64>,` -> the same field with a type that says so.
fn under_its_own_type(line: &str, name: &str, null: bool) -> String {
    let (start, column) = line.split_once(": ").unwrap_or((line, ""));
    let column = column.trim_end_matches(',');
    let option = column.strip_prefix("Option<").and_then(|it| it.strip_suffix('>')).filter(|_| null);
    let name = if null { format!("Option<{name}>") } else { name.to_owned() };
    format!("{AS}{:?})]\n{start}: {name},\n", option.unwrap_or(column))
}

/// Reads what [`print_written`] prints without hints.
///
/// # Errors
/// What is wrong, in words.
pub fn read_written(key: &ModelKey, text: &str, is_abstract: bool) -> Result<Written, String> {
    let (mut plain, mut flattened, mut newtypes) = (String::new(), Vec::new(), BTreeMap::new());
    let (mut position, mut is_inside, mut lines) = (0, false, text.lines());
    while let Some(line) = lines.next() {
        if line.starts_with(FLATTEN) {
            let (field, place) = read_place(key, line, lines.next().unwrap_or_default())?;
            flattened.push((position, field, place));
            continue;
        }
        let mut line = line.to_owned();
        if let Some(column) = line.strip_prefix(AS).and_then(|it| it.strip_suffix(")]")) {
            let column = column.trim_matches('"');
            let named = lines.next().unwrap_or_default();
            let (start, name) = named.split_once(": ").unwrap_or_default();
            let name = name.trim_end_matches(',');
            let option = name.strip_prefix("Option<").and_then(|it| it.strip_suffix('>'));
            let field = FieldName::new(start.trim().trim_start_matches("r#"));
            newtypes.insert(field, option.unwrap_or(name).to_owned());
            line = option
                .map_or_else(|| format!("{start}: {column},"), |_| format!("{start}: Option<{column}>,"));
        }
        let rest = line.strip_prefix("    ").filter(|_| is_inside).unwrap_or(" ");
        position += usize::from(!rest.starts_with([' ', '#', ')']));
        is_inside |= line.starts_with("struct ");
        plain.extend([line.as_str(), "\n"]);
    }
    let model = story::read_model(key, &plain)?;
    let own = SourceModel { model, hints: ModelHints::default() };
    Ok(Written { own, is_abstract, flattened, newtypes })
}

fn read_place(key: &ModelKey, attribute: &str, field: &str) -> Result<(FieldName, Place), String> {
    let text = format!("struct It {{\n{attribute}\n{field}\n}}");
    let resolver = InMigration::new(key.app.clone());
    let item = syn::parse_str(&text).map_err(|error| format!("{error}\n{text}"))?;
    let parsed = parse_struct(&item, &resolver).map_err(|error| format!("{error}\n{text}"))?;
    let flattened =
        parsed.flattened.into_iter().next().ok_or_else(|| format!("what is flattened?\n{text}"))?;
    let Flattened { field, position: _, prefix, renamed_from, shared } = flattened;
    Ok((field, Place { shared: resolver.model(&shared), prefix, renamed_from }))
}

/// Reads a struct and all that it flattens back.
///
/// # Errors
/// What the grammar refuses, or what reads back as something else.
pub fn read_back(sources: &Sources, key: &ModelKey) -> Result<ParsedModel, Refusal> {
    let Some((written, whole)) = sources.written(key).zip(sources.any(key)) else {
        return Err(Refusal::Faulty(format!("there is no `{key}`")));
    };
    let text = print_written(key, &written, true);
    let faulty = |what: String| Refusal::Faulty(format!("{what}\n{text}"));
    let refused = |error: syn::Error| Refusal::Rejected(error.to_string());
    let item: syn::ItemStruct =
        syn::parse_str(&text).map_err(|error| faulty(format!("what is printed is no Rust: {error}")))?;
    let mut parsed = parse_struct(&item, &InMigration::new(key.app.clone())).map_err(refused)?;
    // What an enum says of its variants stands at the enum.
    for (name, hints) in written.own.hints.fields.iter().filter(|(_, hints)| !hints.choices.is_empty()) {
        parsed.source.hints.fields.entry(name.clone()).or_default().choices = hints.choices.clone();
    }
    if parsed.source != written.own {
        return Err(faulty(difference("what is printed reads back with", &parsed.source, &written.own)));
    }
    if written.flattened.is_empty() {
        return Ok(parsed);
    }
    let mut others = BTreeMap::new();
    for (number, (_, field, place)) in written.flattened.iter().enumerate() {
        others.insert(field.clone(), (number, read_back(sources, &place.shared)?));
    }
    let embedded = parsed.embedding(&others).map_err(refused)?;
    if embedded.source.model == whole.model {
        return Ok(embedded);
    }
    Err(faulty(difference("what is flattened gives", &embedded.source.model, &whole.model)))
}

/// Returns every model with all its fields, as the build step sees it; what flattens nothing and is as it was before is not
/// read again.
///
/// # Errors
/// As [`read_back`], with the struct.
pub fn whole_since(before: &Sources, sources: &Sources) -> Result<Models, (ModelKey, Refusal)> {
    let mut whole = Models::clone(sources);
    for (key, source) in &mut whole {
        let is_plain = sources.places_in(key).is_empty();
        if !is_plain || before.get(key) != Some(source) {
            *source = read_back(sources, key).map_err(|refusal| (key.clone(), refusal))?.source;
        }
    }
    for key in sources.shared.keys().filter(|key| before.shared.get(*key) != sources.shared.get(*key)) {
        read_back(sources, key).map_err(|refusal| (key.clone(), refusal))?;
    }
    Ok(whole)
}

/// Describes in which lines two values differ.
pub fn difference<T: std::fmt::Debug>(what: &str, found: &T, expected: &T) -> String {
    let (found, expected) = (format!("{found:#?}"), format!("{expected:#?}"));
    let (found, expected): (Vec<&str>, Vec<&str>) = (found.lines().collect(), expected.lines().collect());
    let start = found.iter().zip(&expected).take_while(|(one, other)| one == other).count();
    let rest = |lines: &[&str]| lines.len().saturating_sub(start);
    let ends = found.iter().rev().zip(expected.iter().rev()).take_while(|(one, other)| one == other).count();
    let end = ends.min(rest(&found)).min(rest(&expected));
    // A few lines before tell where it is.
    let part = |lines: &[&str]| lines[start.saturating_sub(12)..lines.len() - end].join("\n");
    format!("{what}\n{}\ninstead of\n{}", part(&found), part(&expected))
}

/// Why a struct cannot be used.
#[derive(Debug)]
pub enum Refusal {
    /// The grammar refuses it, with these words.
    Rejected(String),
    /// What was printed does not read back: a fault.
    Faulty(String),
}

/// Prints the models of a state.
pub fn print_state(state: &ProjectState) -> String {
    let mut text = String::new();
    for (key, model) in state.models() {
        let _ = writeln!(text, "// {key}\n{}", print(key, model));
    }
    text
}
