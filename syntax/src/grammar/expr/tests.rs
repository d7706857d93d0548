//! Expressions: read, printed, and refused.

use syn::parse::Parser;

use super::*;

fn reading(source: &str) -> Result<String, String> {
    read.parse_str(source).map(|spelled| print(&spelled.expr)).map_err(|error| error.to_string())
}

#[test]
fn what_is_canonical_prints_as_it_was() {
    for source in [
        "rating >= 0 && rating <= 5",
        "(a || b) && !c",
        "a - (b - c) - d",
        "(a == b) == c",
        "-(5) + -5 - -x",
        "(-5).is_none() || (a + b).like(\"x%\")",
        "r#type == \"x\\n\\0\\u{202e}é\"",
        "status.is_in([\"a\", \"b\"])",
        "coalesce(lower(a), upper(b), \"\")",
        "sql(\"length(x) > 3\")",
        "b\"\\x00a\\\"\" != data",
        "1.50 < x",
        "18446744073709551615 > -9223372036854775808",
        "status == Status::Draft || status.is_in([crate::Status::r#type, ::blog::Status::Live])",
    ] {
        assert_eq!(reading(source).as_deref(), Ok(source));
    }
}

#[test]
fn what_has_no_meaning_is_refused_with_what_to_write() {
    for (source, expected) in [
        ("a = 5", "`==`"),
        ("self.rating > 0", "bare name"),
        ("author.name == 1", "name of a field"),
        ("a == None", "`.is_none()`"),
        ("None != a", "`.is_some()`"),
        ("a & b", "`&&`"),
        ("title.len() > 3", "`length(x)`"),
        ("(0..=5).contains(&rating)", "two comparisons"),
        ("Status::<u8>::Draft", "constant"),
        ("'a' == b", "double quotes"),
        ("5i64 < a", "without `i64`"),
        ("18446744073709551616 < a", "64 bits"),
        ("a as i32", "without `as`"),
        ("&a == b", "without `&`"),
        ("lower()", "`lower(x)`"),
        ("now(1)", "`now()`"),
        ("lowr(a) == b", "did you mean `lower`?"),
        ("a.is_in(b)", "`x.is_in([1, 2])`"),
        ("a.is_in([])", "`x.is_in([1, 2])`"),
        ("a.like(b)", "`x.like("),
        ("desc(a)", "`index(on("),
        ("sql(5)", "`sql("),
        ("uuid::new_v4()", "without a path"),
    ] {
        let error = reading(source).unwrap_err();
        assert!(error.contains(expected), "{source}: {error}");
    }
}

#[test]
fn both_sides_of_an_operator_are_reported() {
    let error = read.parse_str("self.a == 'b'").unwrap_err();
    assert_eq!(error.into_iter().count(), 2);
}
