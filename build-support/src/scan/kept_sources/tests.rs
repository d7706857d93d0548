use super::*;

const PROGRAM: &str = "(\"a program\")";

fn source(text: &str, reduced: &str) -> Source {
    Source { text: text.to_owned(), reduced: reduced.to_owned() }
}

#[test]
fn sources_are_read_as_they_are_kept_and_damaged_ones_are_not() {
    let (one, other) = (source("fn a() { 1 }", "fn a() {   }"), source("struct B;\n", "struct B;\n"));
    let all = [(Path::new("src/a.rs"), one.clone()), (Path::new("src/some b.rs"), other.clone())];
    let text = print(PROGRAM, &all).unwrap();
    let expected = [(PathBuf::from("src/a.rs"), one), (PathBuf::from("src/some b.rs"), other)];
    assert_eq!(parse(&text, PROGRAM), Some(HashMap::from(expected)));
    assert_eq!(parse(&text, "(\"another program\")"), None);
    for position in 0..text.len() {
        let mut damaged = text.clone();
        damaged.replace_range(position..=position, if text[position..].starts_with('0') { "1" } else { "0" });
        assert_eq!(parse(&damaged, PROGRAM), None, "{damaged}");
        assert_eq!(parse(&text[..position], PROGRAM), None);
    }
    assert_eq!(print(PROGRAM, &[(Path::new("src/two\nlines.rs"), source("", ""))]), None);
}
