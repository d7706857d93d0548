//! What is within the limits is parsed, and what is beyond them never reaches a parser.

use super::*;

/// Every way in which source nests, each with `levels` levels.
fn deep(levels: usize) -> Vec<(&'static str, String)> {
    let around = |open: &str, inside: &str, close: &str| {
        format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
    };
    let in_function = |body: String| format!("fn f() {{ {body} }}");
    vec![
        ("parentheses", in_function(around("(", "1", ")"))),
        ("brackets", in_function(around("[", "1", "]"))),
        ("blocks", in_function(around("{", "", "}"))),
        ("calls", in_function(around("abs(", "1", ")"))),
        ("second arguments", in_function(around("max(1, ", "1", ")"))),
        ("negations", in_function(around("!", "a", ""))),
        ("signs", in_function(around("- ", "1", ""))),
        ("references", in_function(around("&mut ", "a", ""))),
        ("returns", in_function(around("return ", "1", ""))),
        ("closures", in_function(around("|x| ", "1", ""))),
        ("generics", format!("struct A {{ a: {} }}", around("Vec<", "u8", ">"))),
        ("second generics", format!("struct A {{ a: {} }}", around("Map<u8, ", "u8", ">"))),
        ("tuples", format!("struct A {{ a: {} }}", around("(u8, ", "u8", ")"))),
        ("functions", format!("struct A {{ a: {} }}", around("fn() -> ", "u8", ""))),
        ("pointers", format!("struct A {{ a: {} }}", around("*const ", "u8", ""))),
        ("modules", around("mod a {", "", "}")),
        ("assignments", in_function(around("a = ", "1", ""))),
        ("matches", in_function(around("match ", "a", " {}"))),
        ("uses", format!("use {};", around("a::{", "b", "}"))),
        ("attributes", format!("#[a({})] struct A;", around("b(", "c", ")"))),
    ]
}

/// Every way in which an expression goes on, each with `parts` parts.
fn long(parts: usize) -> Vec<(&'static str, String)> {
    let in_function = |body: String| format!("fn f() {{ {body} }}");
    vec![
        ("and", in_function(format!("a{}", " && a".repeat(parts)))),
        ("plus", in_function(format!("1{}", " + 1".repeat(parts)))),
        ("comparisons", in_function(format!("a >= 0{}", " || a < 1".repeat(parts)))),
        ("differences", in_function(format!("a != 0{}", " && a!= 1".repeat(parts)))),
        ("methods", in_function(format!("a{}", ".b()".repeat(parts)))),
        ("casts", in_function(format!("a{}", " as u8".repeat(parts)))),
        ("branches", in_function(format!("{} {{}}", "if a { 1 } else ".repeat(parts)))),
    ]
}

#[test]
fn what_is_within_the_limits_is_parsed() {
    on_large_stack(|| {
        for (name, text) in deep(400).into_iter().chain(long(1_000)) {
            assert!(parse_file(&text).is_ok(), "{name}: {:?}", parse_file(&text).err());
        }
    });
}

#[test]
fn what_is_beyond_the_limits_is_refused_at_its_place() {
    for (name, text) in deep(100_000).into_iter().chain(long(100_000)) {
        let error = parse_file(&text).err().unwrap_or_else(|| panic!("{name} is not refused"));
        assert!(
            error.to_string().contains("2000 levels") || error.to_string().contains("40000"),
            "{name}: {error}"
        );
        assert_eq!(error.span().start().line, 1);
    }
}

#[test]
fn long_source_that_does_not_nest_has_no_limit() {
    let lists = format!("const A: [u8; 100_000] = [{}];", "1, ".repeat(100_000));
    let items = "#[test] fn f() { a < b; } struct A<B> { b: B } impl A<B> {} ".repeat(5_000);
    let statements = format!("fn f() {{ {} }}", "if a < b { c(); } let x = d < e;".repeat(5_000));
    let macros =
        format!("m! {{ {} }} macro_rules! n {{ {} }}", "a b ".repeat(50_000), "($a:tt) ".repeat(50_000));
    for text in [lists, items, statements, macros] {
        assert!(parse_file(&text).is_ok(), "{:?}", parse_file(&text).err());
    }
}

#[test]
fn a_script_is_parsed_with_its_first_line() {
    let file = parse_file("#!/usr/bin/env run\nstruct A;").unwrap();
    assert_eq!(file.shebang.as_deref(), Some("#!/usr/bin/env run"));
    assert_eq!(parse_file("#![allow(dead_code)]\nstruct A;").unwrap().attrs.len(), 1);
    assert_eq!(parse_file("\u{feff}struct A;").unwrap().items.len(), 1);
}

fn on_large_stack(run: fn()) {
    std::thread::Builder::new().stack_size(STACK_FOR_SOURCE).spawn(run).unwrap().join().unwrap();
}
