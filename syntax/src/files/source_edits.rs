//! Small edits of source files that a person wrote: text is inserted, and everything else keeps its bytes.

use syn::spanned::Spanned;
use syn::{File, Item, ItemFn};

/// The `main.rs` of a new package, without white space.
const NEW_MAIN: &str = "fnmain(){println!(\"Hello,world!\");}";

/// Returns the source with these modules declared before its first item; those that it declares already stay.
///
/// `visibility` is written before each, such as `"pub "`.
///
/// # Errors
/// If the source does not parse.
pub fn declare_modules(source: &str, visibility: &str, modules: &[&str]) -> syn::Result<String> {
    let file: File = syn::parse_str(source)?;
    let missing: Vec<String> = modules
        .iter()
        .filter(|module| !declares(&file, module))
        .map(|module| format!("{visibility}mod {module};\n"))
        .collect();
    if missing.is_empty() {
        return Ok(source.to_owned());
    }
    let text = missing.concat();
    let Some(first) = file.items.first() else {
        let gap = if source.is_empty() { "" } else { "\n" };
        return Ok(format!("{}{gap}{text}", with_end(source)));
    };
    // Modules that follow one another stand together.
    let gap = if matches!(first, Item::Mod(module) if module.content.is_none()) { "" } else { "\n" };
    Ok(inserted(source, first.span().byte_range().start, &format!("{text}{gap}")))
}

/// Returns the source with a statement as the first one of `main`; `None` if there is no function `main`.
///
/// # Errors
/// If the source does not parse.
pub fn begin_main_with(source: &str, statement: &str) -> syn::Result<Option<String>> {
    let file: File = syn::parse_str(source)?;
    let Some(main) = main_of(&file) else { return Ok(None) };
    let open = main.block.brace_token.span.open().byte_range().end;
    // What stands in the same line goes to the next one.
    let rest = source[open..].trim_start_matches([' ', '\t']);
    let end = if rest.starts_with('}') { "\n" } else { "\n    " };
    let end = if rest.starts_with(['\n', '\r']) { "" } else { end };
    let (before, after) = (&source[..open], if end.is_empty() { &source[open..] } else { rest });
    Ok(Some(format!("{before}\n    {statement}{end}{after}")))
}

/// Returns whether the source has nothing but the `main` that cargo writes into a new package.
pub fn is_new_main(source: &str) -> bool {
    source.chars().filter(|it| !it.is_whitespace()).eq(NEW_MAIN.chars())
}

fn main_of(file: &File) -> Option<&ItemFn> {
    let mut functions =
        file.items.iter().filter_map(|item| if let Item::Fn(it) = item { Some(it) } else { None });
    functions.find(|function| function.sig.ident == "main")
}

fn declares(file: &File, name: &str) -> bool {
    file.items.iter().any(|item| matches!(item, Item::Mod(module) if module.ident == name))
}

fn with_end(source: &str) -> String {
    if source.is_empty() || source.ends_with('\n') { source.to_owned() } else { format!("{source}\n") }
}

fn inserted(source: &str, at: usize, text: &str) -> String {
    let (before, after) = source.split_at(at);
    format!("{before}{text}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_declared_before_the_first_item() {
        let declare = |source: &str| declare_modules(source, "pub ", &["migrations", "models"]).unwrap();
        assert_eq!(declare(""), "pub mod migrations;\npub mod models;\n");
        let both = "//! A library.\n#![forbid(unsafe_code)]\n\nmod models;\npub mod migrations;\n";
        assert_eq!(declare(both), both);
        assert_eq!(
            declare("//! A library.\n\n#![forbid(unsafe_code)]\n\n/// Adds.\npub fn add() {}\n"),
            "//! A library.\n\n#![forbid(unsafe_code)]\n\npub mod migrations;\npub mod models;\n\n/// Adds.\npub fn add() {}\n"
        );
        assert_eq!(
            declare("pub mod models;\npub mod web;\n"),
            "pub mod migrations;\npub mod models;\npub mod web;\n"
        );
        assert_eq!(declare("//! Ä library."), "//! Ä library.\n\npub mod migrations;\npub mod models;\n");
        assert!(declare_modules("fn (", "", &["models"]).is_err());
    }

    #[test]
    fn a_statement_begins_main() {
        let begin = |source: &str| begin_main_with(source, "a::run();").unwrap();
        assert_eq!(begin("fn main() {}\n").unwrap(), "fn main() {\n    a::run();\n}\n");
        assert_eq!(
            begin("// é\nfn main() {\n    b();\n}\n").unwrap(),
            "// é\nfn main() {\n    a::run();\n    b();\n}\n"
        );
        assert_eq!(begin("fn main() { b(); }\n").unwrap(), "fn main() {\n    a::run();\n    b(); }\n");
        assert_eq!(begin("fn other() {}\n"), None);
    }

    #[test]
    fn a_new_main_is_known() {
        assert!(is_new_main("fn main() {\n    println!(\"Hello, world!\");\n}\n"));
        assert!(!is_new_main("fn main() {\n    println!(\"Hello, moon!\");\n}\n"));
    }
}
