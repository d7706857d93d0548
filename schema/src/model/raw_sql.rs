//! Raw SQL -> the columns that it may read, and the same text with a column under its new name.
//!
//! The text is not parsed, since each database has its own grammar. For an order, every word counts, whatever it stands
//! for; for what is told to a person, and for what follows a rename, only a word counts that stands where a column does.

use std::ops::Range;

use crate::name::FieldName;

/// Returns whether the text contains the name as a whole word, in any case and in any place.
pub(crate) fn holds_word(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    !name.is_empty()
        && text.match_indices(&name).any(|(start, found)| {
            !text[..start].ends_with(is_word) && !text[start + found.len()..].starts_with(is_word)
        })
}

/// Returns whether the text uses the name as that of a column.
pub(crate) fn names_column(text: &str, column: &str) -> bool {
    places(text, column).next().is_some()
}

/// Returns the names of fields whose columns the text may name, if these have derived names.
pub(crate) fn fields(text: &str) -> Vec<FieldName> {
    let words =
        tokens(text).into_iter().filter(|it| matches!(it.kind, Kind::Name(_))).map(|it| it.name(text));
    let fields = words.flat_map(|word| {
        let reference = word.strip_suffix("_id").map(FieldName::new);
        [FieldName::new(word)].into_iter().chain(reference)
    });
    fields.collect()
}

/// Returns the text with another name for one column.
pub(crate) fn renamed(text: &str, before: &str, after: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let mut end = 0;
    for (range, quote) in places(text, before) {
        renamed.push_str(&text[end..range.start]);
        // A name that needs quotes gets those that most databases know.
        let quote = quote.or((!is_plain(after)).then_some('"'));
        match quote {
            Some(quote) => {
                let doubled = after.replace(quote, &format!("{quote}{quote}"));
                renamed.push(quote);
                renamed.push_str(&doubled);
                renamed.push(quote);
            }
            None => renamed.push_str(after),
        }
        end = range.end;
    }
    renamed.push_str(&text[end..]);
    renamed
}

/// Returns where a column is named, with the quote that its name is in.
fn places(text: &str, column: &str) -> impl Iterator<Item = (Range<usize>, Option<char>)> {
    let tokens = tokens(text);
    let column = column.to_lowercase();
    let mut places = Vec::new();
    for (position, token) in tokens.iter().enumerate() {
        if let Kind::Name(quote) = token.kind
            && token.name(text).to_lowercase() == column
            && (quote.is_some() || may_be_column(text, &tokens, position))
        {
            places.push((token.range.clone(), quote));
        }
    }
    places.into_iter()
}

/// Returns whether a word without quotes can be a column where it stands: no function, no table before a point, no type,
/// and no unit of time.
fn may_be_column(text: &str, tokens: &[Token], position: usize) -> bool {
    let at = |place: Option<usize>| place.and_then(|place| tokens.get(place));
    let spelled =
        |place: Option<usize>| at(place).map_or(String::new(), |it| text[it.range.clone()].to_lowercase());
    let before = |steps: usize| spelled(position.checked_sub(steps));
    let next = at(Some(position + 1));
    let is_called = matches!(spelled(Some(position + 1)).as_str(), "(" | ".");
    let is_typed_text = next.is_some_and(|it| it.kind == Kind::Text);
    let is_type = before(1) == "as" || (before(1) == ":" && before(2) == ":");
    let is_parameter = matches!(before(1).as_str(), ":" | "@" | "$");
    let is_unit = before(1) == "(" && TAKES_A_UNIT.contains(&before(2).as_str()) || before(2) == "interval";
    !(is_called || is_typed_text || is_type || is_parameter || is_unit)
}

/// Functions whose first argument is a unit of time.
const TAKES_A_UNIT: [&str; 4] = ["extract", "timestampdiff", "timestampadd", "get_format"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A word, or a name in quotes.
    Name(Option<char>),
    /// A constant in quotes.
    Text,
    /// Any other character.
    Sign,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

impl Token {
    fn name(&self, text: &str) -> String {
        let text = &text[self.range.clone()];
        match self.kind {
            Kind::Name(Some(quote)) => {
                let inner = text.strip_prefix(quote).and_then(|it| it.strip_suffix(quote)).unwrap_or(text);
                inner.replace(&format!("{quote}{quote}"), &quote.to_string())
            }
            Kind::Name(None) | Kind::Text | Kind::Sign => text.to_owned(),
        }
    }
}

/// Cuts a text into words, constants and signs; blanks and comments are left out.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(first) = text[start..].chars().next() {
        let rest = &text[start..];
        let (kind, length) = match first {
            '\'' => (Some(Kind::Text), quoted(rest, first)),
            '"' | '`' => (Some(Kind::Name(Some(first))), quoted(rest, first)),
            '-' if rest.starts_with("--") => (None, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => (None, rest.find("*/").map_or(rest.len(), |end| end + 2)),
            _ if is_word(first) => {
                let length = rest.find(|character| !is_word(character)).unwrap_or(rest.len());
                (Some(if first.is_ascii_digit() { Kind::Sign } else { Kind::Name(None) }), length)
            }
            _ if first.is_whitespace() => (None, first.len_utf8()),
            _ => (Some(Kind::Sign), first.len_utf8()),
        };
        let range = start..start + length;
        start = range.end;
        tokens.extend(kind.map(|kind| Token { kind, range }));
    }
    tokens
}

/// Returns how far the quote reaches with which the text begins; one that is doubled ends nothing.
fn quoted(text: &str, quote: char) -> usize {
    let mut end = quote.len_utf8();
    while let Some(found) = text[end..].find(quote) {
        end += found + quote.len_utf8();
        if !text[end..].starts_with(quote) {
            return end;
        }
        end += quote.len_utf8();
    }
    text.len()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '$')
}

fn is_plain(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_counts_for_an_order() {
        for (text, name, holds) in [
            ("concat(first, ' ', last)", "first", true),
            ("concat(first, ' ', last)", "concat", true),
            ("FIRST || 'x'", "first", true),
            ("first_name", "first", false),
            ("\"full name\" || 1", "full name", true),
            ("größe + 1", "Größe", true),
            ("coalesce(a, 'first')", "first", true),
            ("1", "", false),
        ] {
            assert_eq!(holds_word(text, name), holds, "{text} {name}");
        }
    }

    #[test]
    fn a_column_is_told_from_other_words() {
        for (text, column, names) in [
            ("z + 1", "z", true),
            ("Z + 1", "z", true),
            ("\"z\" + 1", "z", true),
            ("blog_post.z", "z", true),
            ("z IN (1)", "z", true),
            ("z.id", "z", false),
            ("z (1)", "z", false),
            ("'z' || 'it''s z'", "z", false),
            ("day::date", "date", false),
            ("cast(day as date)", "date", false),
            ("date '2020-01-31'", "date", false),
            ("extract(year from day)", "year", false),
            ("day + interval 1 year", "year", false),
            ("year + 1", "year", true),
            ("1 -- z\n", "z", false),
            ("1 /* z */", "z", false),
        ] {
            assert_eq!(names_column(text, column), names, "{text} {column}");
        }
    }

    #[test]
    fn a_column_is_renamed_where_it_is_named() {
        for (text, after, expect) in [
            ("z + zz + z", "y", "y + zz + y"),
            ("\"z\" || `z` || 'z'", "y", "\"y\" || `y` || 'z'"),
            ("Z + z(z)", "y", "y + z(y)"),
            ("z + 1", "Full name", "\"Full name\" + 1"),
            ("é + z", "y", "é + y"),
        ] {
            assert_eq!(renamed(text, "z", after), expect);
        }
    }
}
