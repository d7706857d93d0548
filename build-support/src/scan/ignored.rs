//! A source file without what the scan ignores: the bodies of functions, impls, traits and macros.
//!
//! This must change with the scan: what the scan reads, the text has, in the same place.

use std::ops::Range;

use proc_macro2::extra::DelimSpan;
use syn::{AttrStyle, Attribute, Item, MacroDelimiter, Stmt};

/// Returns the text of a file without the parts that the scan ignores: line breaks and spaces stand in their place, so that
/// everything else keeps its line and its column.
///
/// None if places in the file are not places in its text.
pub(super) fn without_ignored(text: &str, file: &syn::File) -> Option<String> {
    // The parser does not count what stands before the first line of Rust.
    if file.shebang.is_some() || text.starts_with('\u{feff}') {
        return None;
    }
    let mut parts = Vec::new();
    items(&file.items, &mut parts);
    let mut reduced = String::with_capacity(text.len());
    let mut end = 0;
    for part in parts {
        reduced.push_str(text.get(end..part.start)?);
        let ignored = text.get(part.clone())?;
        let last = ignored.rfind('\n').map_or(0, |last| last + 1);
        reduced.extend(ignored.matches('\n'));
        reduced.extend(ignored.get(last..)?.chars().map(|_| ' '));
        end = part.end;
    }
    reduced.push_str(text.get(end..)?);
    Some(reduced)
}

/// Adds the places of all parts that the scan ignores, in their order.
#[expect(clippy::wildcard_enum_match_arm, reason = "all other items stay; syn adds kinds")]
fn items(all: &[Item], parts: &mut Vec<Range<usize>>) {
    for item in all {
        match item {
            Item::Fn(item) => {
                let has_structs = item.block.stmts.iter().any(|it| matches!(it, Stmt::Item(Item::Struct(_))));
                if !has_structs && !has_inner(&item.attrs) {
                    parts.push(between(&item.block.brace_token.span));
                }
            }
            Item::Trait(item) if !has_inner(&item.attrs) => parts.push(between(&item.brace_token.span)),
            Item::Impl(item) => parts.push(between(&item.brace_token.span)),
            Item::Macro(item) => {
                let is_ours = item.mac.path.segments.last().is_some_and(|last| last.ident == "migrations");
                if !is_ours {
                    parts.push(between(match &item.mac.delimiter {
                        MacroDelimiter::Paren(it) => &it.span,
                        MacroDelimiter::Brace(it) => &it.span,
                        MacroDelimiter::Bracket(it) => &it.span,
                    }));
                }
            }
            Item::Mod(item) => {
                if let Some((_, inside)) = &item.content {
                    items(inside, parts);
                }
            }
            _ => {}
        }
    }
}

/// Returns whether an attribute of an item stands in its body.
fn has_inner(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| matches!(attribute.style, AttrStyle::Inner(_)))
}

/// Returns the place of what stands between two brackets.
fn between(brackets: &DelimSpan) -> Range<usize> {
    brackets.open().byte_range().end..brackets.close().byte_range().start
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use modelshift_syntax::nesting::parse_file;

    use super::*;

    fn reduced(text: &str) -> String {
        without_ignored(text, &parse_file(text).unwrap()).unwrap()
    }

    #[test]
    fn bodies_go_and_everything_else_stays_in_its_place() {
        for (text, expected) in [
            ("fn a() { é(1) } struct B;", "fn a() {      } struct B;"),
            ("fn a() {\n    1\n  }\nstruct B;", "fn a() {\n\n  }\nstruct B;"),
            ("#[test] fn a() { struct B { c: i64 } d() }", "#[test] fn a() { struct B { c: i64 } d() }"),
            ("fn a() { #![cfg(x)] 1 }", "fn a() { #![cfg(x)] 1 }"),
            ("trait A { #![cfg(x)] fn b(); }", "trait A { #![cfg(x)] fn b(); }"),
            (
                "trait A: B { fn b(); }\r\nimpl A for C { fn b() {} }",
                "trait A: B {         }\r\nimpl A for C {           }",
            ),
            ("mod a { use b::c; fn d() { 1 } }", "mod a { use b::c; fn d() {   } }"),
            (
                "modelshift::migrations!(blog); more!(1); more! { 1 }",
                "modelshift::migrations!(blog); more!( ); more! {   }",
            ),
            ("const A: i64 = { 1 };", "const A: i64 = { 1 };"),
        ] {
            assert_eq!(reduced(text), expected);
        }
        for text in ["#!/usr/bin/env run\nfn a() { 1 }", "\u{feff}fn a() { 1 }"] {
            assert_eq!(without_ignored(text, &parse_file(text).unwrap()), None);
        }
    }

    /// Calls a function with the content of every Rust file below a folder.
    fn each(folder: &Path, check: &mut dyn FnMut(&str)) {
        for entry in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                each(&entry, check);
            } else if entry.extension().is_some_and(|it| it == "rs") {
                check(&std::fs::read_to_string(entry).unwrap());
            }
        }
    }

    #[test]
    fn the_scan_takes_the_same_from_our_own_sources() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut shorter = 0;
        for folder in ["build-support", "examples", "schema", "syntax"] {
            each(&root.join(folder), &mut |text| {
                let Ok(file) = parse_file(text) else { return };
                let Some(reduced) = without_ignored(text, &file) else { return };
                let again = parse_file(&reduced).unwrap();
                assert_eq!(reduced.matches('\n').count(), text.matches('\n').count());
                assert_eq!(places(&again.items), places(&file.items));
                shorter += usize::from(reduced.len() < text.len());
            });
        }
        assert!(shorter > 100, "{shorter}");
    }

    /// Returns the name and the place of every struct, enum and module, and of the structs inside of functions.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other items may go")]
    fn places(items: &[Item]) -> Vec<(String, usize, usize)> {
        let mut found = Vec::new();
        for item in items {
            let ident = match item {
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::Fn(item) => {
                    let inside = item.block.stmts.iter().filter_map(|it| match it {
                        Stmt::Item(item @ Item::Struct(_)) => Some(item.clone()),
                        Stmt::Local(_) | Stmt::Item(_) | Stmt::Expr(..) | Stmt::Macro(_) => None,
                    });
                    found.extend(places(&inside.collect::<Vec<_>>()));
                    &item.sig.ident
                }
                Item::Mod(item) => {
                    found.extend(item.content.iter().flat_map(|(_, inside)| places(inside)));
                    &item.ident
                }
                _ => continue,
            };
            let start = ident.span().start();
            found.push((ident.to_string(), start.line, start.column));
        }
        found
    }
}
