//! `RunRust { forward = fill, reverse = () }`, read and printed.

use modelshift_schema::operation::{FunctionName, Operation, RunRust};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, Token, parenthesized};

use super::parts::{at_end, in_braces};
use crate::grammar::ident;
use crate::structs::attr;

const SAMPLE: &str = "RunRust { forward = fill_ratings, reverse = () }";

/// Reads `{ forward = fill, reverse = undo, elidable = true }`.
pub(super) fn read(word: &Ident, input: ParseStream<'_>) -> syn::Result<RunRust> {
    let content = in_braces(word, input, SAMPLE)?;
    let (mut forward, mut reverse, mut elidable) = (None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "forward" => attr::set(&mut forward, &key, function(&key, &content)?)?,
            "reverse" => attr::set(&mut reverse, &key, function(&key, &content)?)?,
            "elidable" => attr::set(&mut elidable, &key, attr::switch(&key, &content)?)?,
            _ => return Err(expected(&key)),
        }
        attr::comma(&content)?;
    }
    let Some(forward) = forward else {
        return Err(syn::Error::new(word.span(), format!("expected `{SAMPLE}`")));
    };
    Ok(RunRust {
        forward: forward.value,
        reverse: reverse.map(|reverse| reverse.value),
        elidable: elidable.is_some_and(|it| it.value),
    })
}

fn expected(key: &Ident) -> syn::Error {
    let message = format!(
        "expected the name of an async function of this module, such as `{SAMPLE}`; `()` where there is nothing to do"
    );
    syn::Error::new(key.span(), message)
}

/// Reads `= fill` or `= ()`.
fn function(key: &Ident, input: ParseStream<'_>) -> syn::Result<FunctionName> {
    input.parse::<Token![=]>().map_err(|_| expected(key))?;
    if input.peek(syn::token::Paren) {
        let nothing;
        parenthesized!(nothing in input);
        return at_end(&nothing, "`()`").map(|()| FunctionName::nothing());
    }
    let name = input.parse::<Ident>().map_err(|_| expected(key))?;
    if input.is_empty() || input.peek(Token![,]) {
        Ok(FunctionName::new(ident::name(&name)))
    } else {
        Err(expected(key))
    }
}

/// Returns the error of an operation that cannot stand where it does, if it or what is inside of it is a `RunRust`, or what is inside of it a
/// `LoadData`.
pub(super) fn misplaced(operation: &Operation, earlier: &[Operation]) -> Option<&'static str> {
    let is_second = is_function(operation) && earlier.iter().any(is_function);
    if is_second {
        return Some(
            "a module has at most one `RunRust`, since `models` is what stands at one place of the history; write a \
             migration for each",
        );
    }
    inside(operation).find_map(data_inside)
}

fn is_function(operation: &Operation) -> bool {
    matches!(operation, Operation::RunRust(_))
}

/// Returns the operations inside of an operation.
fn inside(operation: &Operation) -> impl Iterator<Item = &Operation> {
    let (first, second): (&[Operation], &[Operation]) = if let Operation::RunSql(it) = operation {
        (&it.state, &[])
    } else if let Operation::SeparateDatabaseAndState(it) = operation {
        (&it.database, &it.state)
    } else {
        (&[], &[])
    };
    first.iter().chain(second)
}

/// Returns what to do about an operation on rows inside of another operation, if it is one or has one.
fn data_inside(operation: &Operation) -> Option<&'static str> {
    if is_function(operation) {
        return Some(
            "`RunRust` changes no state and cannot stand in another operation; write it beside that",
        );
    }
    if matches!(operation, Operation::LoadData(_)) {
        return Some(
            "`LoadData` changes no state and cannot stand in another operation; write it beside that",
        );
    }
    inside(operation).find_map(data_inside)
}

/// Prints the items between the braces.
pub(super) fn items(operation: &RunRust) -> Vec<String> {
    let mut items = vec![spelled("forward", &operation.forward)];
    items.extend(operation.reverse.as_ref().map(|reverse| spelled("reverse", reverse)));
    items.extend(operation.elidable.then(|| "elidable = true".to_owned()));
    items
}

fn spelled(key: &str, function: &FunctionName) -> String {
    let name = function.name().map_or_else(|| "()".to_owned(), ident::spell);
    format!("{key} = {name}")
}

#[cfg(test)]
mod tests {
    use modelshift_schema::name::MigrationId;

    use crate::{print_module, read_module};

    fn read(body: &str) -> Result<String, String> {
        let id = MigrationId::new("blog", "0002_fill");
        let text =
            format!("migration! {{ depends_on = [\"blog.0001_initial\"]; {body} }} async fn fill() {{}}");
        let read = read_module(&id, &text).map_err(|error| error.message)?;
        let printed = print_module(&read);
        assert_eq!(read_module(&id, &printed), Ok(read));
        Ok(printed)
    }

    #[test]
    fn op_130_functions_are_read_and_printed() {
        for text in [
            "RunRust { forward = fill }",
            "RunRust { forward = fill, reverse = () }",
            "RunRust { forward = (), reverse = r#move, elidable = true }",
        ] {
            assert!(read(text).unwrap().contains(&format!("    {text}\n")), "{text}");
        }
        for (text, message) in [
            ("RunRust { reverse = () }", "expected `RunRust { forward"),
            ("RunRust { forward = \"fill\" }", "the name of an async function of this module"),
            ("RunRust { forward = blog::fill }", "the name of an async function of this module"),
            ("RunRust { forward = a } RunRust { forward = b }", "at most one `RunRust`"),
            (
                "RunSql { forward = (), state { RunRust { forward = a } } }",
                "cannot stand in another operation",
            ),
            (
                "SeparateDatabaseAndState { database { RunRust { forward = a } } }",
                "cannot stand in another operation",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
