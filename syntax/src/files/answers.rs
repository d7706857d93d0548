//! A file of answers: one line for each, spelled as the attributes that it replaces.
//!
//! ```text
//! # renamed models and fields
//! blog.Author.full_name: renamed_from = "name"
//! blog.Author.rating: new, backfill = 0
//! blog.Post: renamed_from = "Article"
//! blog.Post.tags: keep_rows
//! blog.Post.code: new, was = "text"
//! blog.Post.slug: filled
//! blog.Post.status: renamed(Live -> Public), removed(Old -> Draft, Lost)
//! ```

use modelshift_schema::answers::{Answer, Answers, Subject};
use modelshift_schema::expr::Expr;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};

use crate::grammar::expr;
use crate::grammar::expr::print;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;
use crate::grammar::text::quoted;
use crate::structs::attr;
use crate::structs::attr::choices::ChoicesAttrs;
use crate::structs::attr::{flag, set, text, value};
use crate::structs::enums::hints;
use crate::structs::print::moves;

/// A line of a file of answers that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct AnswerError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Reads a file of answers.
///
/// # Errors
/// Every line that cannot be read, or that repeats the subject of another line.
pub fn read_answers(text: &str) -> Result<Answers, Vec<AnswerError>> {
    let mut answers = Answers::default();
    let mut errors = Vec::new();
    for (position, line) in text.lines().enumerate() {
        let line_number = position + 1;
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match read_line(line) {
            Ok((subject, _)) if answers.iter().any(|(known, _)| *known == subject) => {
                let message = format!("duplicate answer about `{subject}`; keep one");
                errors.push(AnswerError { line: line_number, message });
            }
            Ok((subject, answer)) => answers.add(subject, answer),
            Err(message) => errors.push(AnswerError { line: line_number, message }),
        }
    }
    if errors.is_empty() { Ok(answers) } else { Err(errors) }
}

/// Prints answers as a file that reads back as the same.
pub fn print_answers(answers: &Answers) -> String {
    let lines: Vec<String> =
        answers.iter().map(|(subject, answer)| format!("{subject}: {}", spelled(answer))).collect();
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

/// Spells an answer as the attributes that it replaces.
pub fn spelled(answer: &Answer) -> String {
    let mut items = Vec::new();
    items.extend(answer.new.then(|| "new".to_owned()));
    items.extend(answer.keep_rows.then(|| "keep_rows".to_owned()));
    items.extend(answer.keep_values.then(|| "keep_values".to_owned()));
    items.extend(answer.was.iter().map(|was| format!("was = {}", quoted(was))));
    items.extend(answer.filled.then(|| "filled".to_owned()));
    items.extend(answer.renamed_from.iter().map(|name| format!("renamed_from = {}", quoted(name))));
    items.extend(answer.backfill.iter().map(|value| format!("backfill = {}", print(value))));
    items.extend(moves(&answer.choices.moves, &answer.choices.unused));
    items.join(", ")
}

/// Reads a value as an attribute would have it, such as `0`, `"none"` or `now()`.
///
/// # Errors
/// What is wrong, and what to write instead.
pub fn read_value(text: &str) -> Result<Expr, String> {
    if text.trim().is_empty() {
        return Err("expected a value, such as `0` or `\"none\"`".to_owned());
    }
    parse_text(expr::read, text).map(|spelled| spelled.expr)
}

/// Parses text that does not nest too deep.
fn parse_text<P: Parser>(parser: P, text: &str) -> Result<P::Output, String> {
    nesting::tokens(text, Limit::MODEL)
        .and_then(|tokens| parser.parse2(tokens))
        .map_err(|error| error.to_string())
}

fn read_line(line: &str) -> Result<(Subject, Answer), String> {
    const SAMPLE: &str = "`blog.Author.full_name: renamed_from = \"name\"`";
    let expected = format!("expected an answer, such as {SAMPLE}");
    let Some((subject, said)) = line.split_once(':') else { return Err(expected) };
    let subject: Subject = subject
        .trim()
        .parse()
        .map_err(|_| format!("`{}` is not a model or a field of one; {expected}", subject.trim()))?;
    let is_field = subject.field.is_some();
    let answer = parse_text(|input: ParseStream<'_>| read_items(input, is_field), said)?;
    if answer == Answer::default() { Err(expected) } else { Ok((subject, answer)) }
}

fn read_items(input: ParseStream<'_>, is_field: bool) -> syn::Result<Answer> {
    let (mut renamed_from, mut new, mut backfill) = (None, None, None);
    let (mut keep_rows, mut keep_values, mut filled) = (None, None, None);
    let mut was = None;
    let mut choices = ChoicesAttrs::default();
    while !input.is_empty() {
        let key = input.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            word @ ("renamed" | "removed") if is_field => {
                choices.item(&key, word, input).unwrap_or(Ok(()))?;
            }
            "renamed_from" => set(&mut renamed_from, &key, text(&key, input, "\"name\"")?.value())?,
            "new" => {
                flag(&key, input)?;
                set(&mut new, &key, ())?;
            }
            "keep_rows" if is_field => {
                flag(&key, input)?;
                set(&mut keep_rows, &key, ())?;
            }
            "keep_values" if is_field => {
                flag(&key, input)?;
                set(&mut keep_values, &key, ())?;
            }
            "was" if is_field => set(&mut was, &key, text(&key, input, "\"text\"")?.value())?,
            "filled" if is_field => {
                flag(&key, input)?;
                set(&mut filled, &key, ())?;
            }
            "backfill" if is_field => set(&mut backfill, &key, value(&key, input, "0")?.expr)?,
            "default" | "null" | "unique" => {
                let message = format!("`{key}` is part of the model and no answer; write it into the struct");
                return Err(syn::Error::new(key.span(), message));
            }
            _ => {
                let known = if is_field {
                    "`renamed_from`, `new`, `keep_rows`, `keep_values`, `was`, `filled`, `backfill`, `renamed` or `removed`"
                } else {
                    "`renamed_from` or `new`"
                };
                return Err(syn::Error::new(key.span(), format!("unknown answer `{key}`; expected {known}")));
            }
        }
        attr::comma(input)?;
    }
    if let (Some(at), Some(_)) = (&keep_rows, &new) {
        return Err(syn::Error::new(at.span, "what is `new` keeps no rows of another; keep one"));
    }
    if let (Some(at), Some(_)) = (&keep_values, &new) {
        return Err(syn::Error::new(at.span, "what is `new` keeps no values of another; keep one"));
    }
    if let (Some(at), None, None) = (&was, &new, &keep_values) {
        return Err(syn::Error::new(
            at.span,
            "`was` cannot be used without `new` or `keep_values`; add one of them",
        ));
    }
    if let (Some(at), Some(_)) = (&filled, &backfill) {
        return Err(syn::Error::new(at.span, "what is `filled` needs no `backfill`; keep one"));
    }
    Ok(Answer {
        renamed_from: renamed_from.map(|it| it.value),
        new: new.is_some(),
        keep_rows: keep_rows.is_some(),
        keep_values: keep_values.is_some(),
        was: was.map(|it| it.value),
        filled: filled.is_some(),
        backfill: backfill.map(|it| it.value),
        choices: hints(choices.renamed.as_ref(), choices.removed.as_ref()),
    })
}

#[cfg(test)]
mod tests {
    use modelshift_schema::column_type::ColumnType;
    use modelshift_schema::constant::fits;
    use modelshift_schema::field::Field;
    use modelshift_schema::name::ModelKey;
    use modelshift_schema::question::{MissingValue, Question, QuestionKind};
    use modelshift_schema::relation::ForeignKey;

    use super::*;

    #[test]
    fn a_file_of_answers_is_read_and_printed() {
        let text = "\n# names\nblog.Author.full_name:renamed_from=\"name\"\r\n  blog.Post: new\nblog.Post.rating: \
                    backfill = -1, new,\nshop.Item.made_at: backfill = now()\nshop.Item.code: filled\nshop.Item.of: keep_rows\nshop.Item.on: was=\"Cat\",keep_values\nshop.Item.state: removed(Lost, Old -> \
                    r#Draft),renamed(Live->Public)";
        let answers = read_answers(text).unwrap();
        let printed = "blog.Author.full_name: renamed_from = \"name\"\nblog.Post: new\nblog.Post.rating: new, \
                       backfill = -1\nshop.Item.code: filled\nshop.Item.made_at: backfill = now()\nshop.Item.of: keep_rows\nshop.Item.on: keep_values, was = \"Cat\"\nshop.Item.state: renamed(Live -> Public), \
                       removed(Old -> Draft, Lost)\n";
        assert_eq!(print_answers(&answers), printed);
        assert_eq!(read_answers(printed), Ok(answers));
    }

    #[test]
    fn mistakes_are_told_with_their_lines() {
        let text = "blog.Post: new\nPost: new\nblog.Post.a renamed\n\nblog.Post.b: default = 0\nblog.Post.c: nw\n\
                    blog.Post.d: renamed_from = name\nblog.Post: new\nblog.Post.e: new, keep_values\n\
                    blog.Post.g:\nblog.Post: backfill = 1\nblog.Post.h: was = \"text\"\n";
        let errors = read_answers(text).unwrap_err();
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        for (error, start) in told.iter().zip([
            "line 2: `Post` is not a model or a field of one; expected an answer, such as `blog.Author.full_name",
            "line 3: expected an answer",
            "line 5: `default` is part of the model and no answer; write it into the struct",
            "line 6: unknown answer `nw`; expected `renamed_from`, `new`, `keep_rows`, `keep_values`, `was`, `filled`, `backfill`, `renamed` or `removed`",
            "line 7: expected text, such as `renamed_from = \"name\"`",
            "line 8: duplicate answer about `blog.Post`; keep one",
            "line 9: what is `new` keeps no values of another",
            "line 10: expected an answer",
            "line 11: unknown answer `backfill`; expected `renamed_from` or `new`",
            "line 12: `was` cannot be used without `new` or `keep_values`; add one of them",
        ]) {
            assert!(error.starts_with(start), "{error}");
        }
        assert_eq!(told.len(), 10);
    }

    /// Every suggested value passes the check of answers.
    #[test]
    fn every_value_that_is_offered_is_read_and_fits() {
        let about = ModelKey::new("blog", "Post");
        let reference = Field::foreign_key("author", ForeignKey::new(ModelKey::new("blog", "Author")));
        let resolved = |it: &ColumnType| it.choices().is_none();
        for column_type in
            ColumnType::samples().into_iter().chain(ColumnType::native_samples()).filter(resolved)
        {
            for field in [Field::new("it", column_type.clone()), reference.clone()] {
                let kind = QuestionKind::NewNotNull(MissingValue::of(&field, &column_type));
                let question = Question { model: about.clone(), field: Some(field.name.clone()), kind };
                let mut answers = question.suggestions().into_iter().filter_map(|it| it.answer);
                let offered = answers.find_map(|it| it.value).unwrap();
                let value = read_value(&offered).unwrap();
                assert_eq!(fits(&value, &column_type), Ok(()), "{offered} {column_type:?}");
            }
        }
    }

    #[test]
    fn q_004_a_value_is_read_and_never_run() {
        assert_eq!(read_value("3"), Ok(Expr::int(3)));
        assert!(read_value("std::process::exit(1)").unwrap_err().contains("expected"));
        assert!(read_value(" ").unwrap_err().contains("such as `0`"));
        assert!(read_value("1 +").is_err());
    }
}
