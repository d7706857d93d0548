//! `RunSql { … }`, read and printed: texts, values for their `?`, another text for each database, and changes of the state.

use modelshift_schema::dialect::Dialect;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::operation::{Operation, RunSql};
use modelshift_schema::sql::{Script, Sql, SqlByDatabase, SqlStatement};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, braced, bracketed, parenthesized};

use super::parts::{at_end, in_braces};
use crate::grammar::expr;
use crate::grammar::text::{is_hidden, quoted};
use crate::structs::attr;
use crate::structs::print::{WIDTH, lines};

const SAMPLE: &str = "RunSql { forward = \"…\", reverse = \"…\" }";
const BOUND: &str = "(\"UPDATE post SET rating = ?\", [1])";
const BY_DATABASE: &str = "{ sqlite = \"…\", postgres = \"…\", mysql = () }";

/// Reads `{ forward = "…", reverse = "…" }`; `nested` reads the operations of `state { … }`.
pub(super) fn read(
    word: &Ident,
    input: ParseStream<'_>,
    mut nested: impl FnMut(ParseStream<'_>) -> Vec<Operation>,
) -> syn::Result<RunSql> {
    let content = in_braces(word, input, SAMPLE)?;
    let (mut forward, mut reverse, mut state, mut elidable) = (None, None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "state" => {
                let inside = in_braces(&key, &content, "state { AddField(Post) { rating: i32 } }")?;
                attr::set(&mut state, &key, nested(&inside))?;
                content.parse::<Option<Token![,]>>()?;
                continue;
            }
            "elidable" => attr::set(&mut elidable, &key, attr::switch(&key, &content)?)?,
            "forward" => attr::set(&mut forward, &key, sql(&key, &content)?)?,
            "reverse" => attr::set(&mut reverse, &key, sql(&key, &content)?)?,
            _ => return Err(expected(&key)),
        }
        attr::comma(&content)?;
    }
    let Some(forward) = forward else {
        return Err(syn::Error::new(word.span(), format!("expected `{SAMPLE}`")));
    };
    let state = state.map(|state| state.value).unwrap_or_default();
    if let (false, Some(elidable)) = (state.is_empty(), elidable.as_ref().filter(|it| it.value)) {
        let message = "`elidable` cannot be used with `state`, since a squash would lose what it says of the models; \
                       leave one of them out";
        return Err(syn::Error::new(elidable.span, message));
    }
    Ok(RunSql {
        forward: forward.value,
        reverse: reverse.map(|reverse| reverse.value),
        state,
        elidable: elidable.is_some_and(|it| it.value),
    })
}

fn expected(key: &Ident) -> syn::Error {
    let message = format!("expected `{SAMPLE}`; `reverse = ()` where there is nothing to do");
    syn::Error::new(key.span(), message)
}

/// Reads `= "…"`, a list, a text with its parameters, `()`, or one of them for each database.
fn sql(key: &Ident, input: ParseStream<'_>) -> syn::Result<Sql> {
    input.parse::<Token![=]>().map_err(|_| expected(key))?;
    if !input.peek(syn::token::Brace) {
        return script(key, input).map(Sql::Everywhere);
    }
    let content;
    let braces = braced!(content in input);
    let mut own = SqlByDatabase::default();
    while !content.is_empty() {
        let at = content.span();
        let database = content.call(Ident::parse_any).map_err(|_| no_databases(at))?;
        content.parse::<Token![=]>().map_err(|_| no_databases(database.span()))?;
        let dialect = database.to_string().parse::<Dialect>().map_err(|_| no_databases(database.span()))?;
        if own.insert(dialect, script(&database, &content)?).is_some() {
            return Err(attr::duplicate(&database));
        }
        attr::comma(&content)?;
    }
    if own.is_empty() {
        return Err(no_databases(braces.span.join()));
    }
    Ok(Sql::ByDatabase(own))
}

fn no_databases(at: Span) -> syn::Error {
    syn::Error::new(at, format!("expected texts by database, such as `{BY_DATABASE}`"))
}

/// Reads the SQL for one database, or for all of them.
fn script(key: &Ident, input: ParseStream<'_>) -> syn::Result<Script> {
    if !input.peek(syn::token::Bracket) {
        return Ok(Script::new(statement(key, input)?));
    }
    let content;
    bracketed!(content in input);
    let mut statements = Vec::new();
    while !content.is_empty() {
        statements.extend(statement(key, &content)?);
        attr::comma(&content)?;
    }
    Ok(Script::new(statements))
}

/// Reads `"…"`, `("… ?", [1])`, or `()` for nothing at all.
fn statement(key: &Ident, input: ParseStream<'_>) -> syn::Result<Option<SqlStatement>> {
    if !input.peek(syn::token::Paren) {
        return input
            .parse::<LitStr>()
            .map(|text| Some(SqlStatement::new(text.value())))
            .map_err(|_| expected(key));
    }
    let content;
    let parentheses = parenthesized!(content in input);
    if content.is_empty() {
        return Ok(None);
    }
    let wrong = syn::Error::new(
        parentheses.span.join(),
        format!("expected a text and the list of values for its `?`, such as `{BOUND}`"),
    );
    let text = content.parse::<LitStr>();
    let (Ok(text), Ok(_), true) = (text, content.parse::<Token![,]>(), content.peek(syn::token::Bracket))
    else {
        return Err(wrong);
    };
    let list;
    bracketed!(list in content);
    let mut parameters = Vec::new();
    while !list.is_empty() {
        parameters.push(parameter(&list)?);
        attr::comma(&list)?;
    }
    content.parse::<Option<Token![,]>>()?;
    if content.is_empty() { Ok(Some(SqlStatement { text: text.value(), parameters })) } else { Err(wrong) }
}

fn parameter(input: ParseStream<'_>) -> syn::Result<Option<Literal>> {
    if input.peek(syn::token::Paren) {
        let nothing;
        parenthesized!(nothing in input);
        return at_end(&nothing, "`()`").map(|()| None);
    }
    let spelled = expr::read(input)?;
    if let Expr::Literal(literal) = spelled.expr {
        return Ok(Some(literal));
    }
    Err(spelled
        .error("expected a value, such as `1`, `1.50`, `\"text\"`, `true`, `b\"…\"`, or `()` for NULL"))
}

/// Prints the items between the braces, except `state { … }`.
pub(super) fn items(operation: &RunSql, indent: usize) -> Vec<String> {
    let mut items = vec![spelled("forward = ", &operation.forward, indent)];
    items.extend(operation.reverse.as_ref().map(|reverse| spelled("reverse = ", reverse, indent)));
    items.extend(operation.elidable.then(|| "elidable = true".to_owned()));
    items
}

fn spelled(head: &str, sql: &Sql, indent: usize) -> String {
    match sql {
        Sql::Everywhere(script) => spelled_script(head, script, indent),
        Sql::ByDatabase(own) => {
            let items = own
                .iter()
                .map(|(dialect, script)| spelled_script(&format!("{dialect} = "), script, indent + 4));
            enclosed(head, ("{ ", " }"), &items.collect::<Vec<_>>(), indent)
        }
    }
}

fn spelled_script(head: &str, script: &Script, indent: usize) -> String {
    match script.statements() {
        [] => format!("{head}()"),
        [one] => format!("{head}{}", spelled_statement(one)),
        many => {
            let items: Vec<String> = many.iter().map(spelled_statement).collect();
            enclosed(head, ("[", "]"), &items, indent)
        }
    }
}

fn spelled_statement(statement: &SqlStatement) -> String {
    if statement.parameters.is_empty() {
        return text(&statement.text);
    }
    let values: Vec<String> =
        statement.parameters.iter().map(|parameter| spelled_parameter(parameter.as_ref())).collect();
    format!("({}, [{}])", text(&statement.text), values.join(", "))
}

fn spelled_parameter(parameter: Option<&Literal>) -> String {
    let literal = parameter.cloned().map(Expr::Literal);
    literal.map_or_else(|| "()".to_owned(), |literal| expr::print(&literal))
}

/// Prints a list on one line if it fits, else with one item on each line.
fn enclosed(head: &str, (open, close): (&str, &str), items: &[String], indent: usize) -> String {
    let line = format!("{head}{open}{}{close}", items.join(", "));
    if indent + line.chars().count() < WIDTH && !line.contains('\n') {
        return line;
    }
    format!(
        "{head}{}\n{}{}{}",
        open.trim_end(),
        lines(items, indent + 4),
        " ".repeat(indent),
        close.trim_start()
    )
}

/// Text of several lines is printed as a raw string, unless it contains characters that need an escape.
fn text(text: &str) -> String {
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
