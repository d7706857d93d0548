//! The text of a migration's file, with other dependencies: all else stays as it is.

use modelshift_schema::name::MigrationId;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::print;
use crate::migration::trailer;

/// Returns the text with these dependencies in place of its own; `None` if it has none.
///
/// A text that was not edited since it was written gets a valid trailer again.
pub fn with_dependencies(text: &str, depends_on: &[MigrationId]) -> Option<String> {
    let normalised = trailer::normalised(text);
    let tokens: TokenStream = normalised.parse().ok()?;
    let list = body(tokens).and_then(|body| listed(body.stream(), "depends_on"))?;
    let place = list.span().byte_range();
    let line = normalised[..place.start].rfind('\n').map_or(0, |end| end + 1);
    let before = normalised.get(line..place.start)?;
    let written = print::ids_of(before, depends_on, "");
    let (head, tail) = (normalised.get(..line)?, normalised.get(place.end..)?);
    let redirected = format!("{head}{}{tail}", written.trim_end());
    if !trailer::is_intact(&normalised) {
        return Some(redirected);
    }
    let bare = trailer::without(&redirected);
    Some(match trailer::continues(&normalised) {
        Some(name) => trailer::sign_continuing(&bare, &name),
        None => trailer::sign(&bare),
    })
}

/// Returns the content of `migration! { … }`.
fn body(tokens: TokenStream) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.windows(3).find_map(|three| match three {
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(body)]
            if name == "migration" && mark.as_char() == '!' =>
        {
            Some(body.clone())
        }
        _ => None,
    })
}

/// Returns the list in `word = […]`.
fn listed(tokens: TokenStream, word: &str) -> Option<Group> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    tokens.windows(3).find_map(|three| match three {
        [TokenTree::Ident(name), TokenTree::Punct(mark), TokenTree::Group(list)]
            if name == word && mark.as_char() == '=' && list.delimiter() == Delimiter::Bracket =>
        {
            Some(list.clone())
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Adds field `title` to `Post`.\n\n// by hand\nmodelshift::migration! {\n    \
                        depends_on = [\"blog.0001_initial\"]; // the first\n\n    \
                        AddField(Post) { title: Option<String> }\n}\n";

    fn ids(names: &[&str]) -> Vec<MigrationId> {
        names.iter().map(|name| MigrationId::new("blog", *name)).collect()
    }

    #[test]
    fn dependencies_change_and_nothing_else_does() {
        let redirected = with_dependencies(TEXT, &ids(&["0002_other"])).unwrap();
        assert_eq!(redirected, TEXT.replace("0001_initial", "0002_other"));
        let crlf = with_dependencies(&TEXT.replace('\n', "\r\n"), &ids(&["0002_other"])).unwrap();
        assert_eq!(crlf, redirected);
        assert_eq!(with_dependencies("modelshift::migration! {}\n", &ids(&["0002_other"])), None);
    }

    #[test]
    fn a_long_list_takes_a_line_for_each() {
        let long = "a_name_that_takes_much_room_and_then_more_room_than_there_is";
        let names = [format!("0002_{long}"), format!("0003_{long}")];
        let redirected = with_dependencies(TEXT, &ids(&[&names[0], &names[1]])).unwrap();
        let list = format!(
            "depends_on = [\n        \"blog.{}\",\n        \"blog.{}\",\n    ]; // the",
            names[0], names[1]
        );
        assert!(redirected.contains(&list), "{redirected}");
    }

    #[test]
    fn a_trailer_is_true_afterwards_where_it_was_before() {
        let signed = trailer::sign_continuing(TEXT, "0001_initial");
        let redirected = with_dependencies(&signed, &ids(&["0002_other"])).unwrap();
        assert!(trailer::is_intact(&redirected));
        assert_eq!(trailer::continues(&redirected).as_deref(), Some("0001_initial"));
        let edited = signed.replace("by hand", "by another hand");
        let redirected = with_dependencies(&edited, &ids(&["0002_other"])).unwrap();
        assert!(!trailer::is_intact(&redirected));
        assert_eq!(redirected, edited.replace("0001_initial\"]", "0002_other\"]"));
    }
}
