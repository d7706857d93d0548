//! SQL -> tokens, as SQLite reads them, without comments and white space.

use std::ops::Range;

/// One token.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Token {
    /// A word without quotes: a keyword, a name, or a number.
    Word(String),
    /// A name between quotes, without them.
    Name(String),
    /// A text between single quotes, without them.
    Text(String),
    /// Any other character.
    Sign(char),
}

impl Token {
    /// Returns whether the token is this keyword.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// Returns the name; `None` if the token cannot be one.
    #[cfg(feature = "sqlite")]
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(name) | Self::Name(name) | Self::Text(name) => Some(name),
            Self::Sign(_) => None,
        }
    }
}

/// A token, and its place in the text.
#[derive(Clone, Debug)]
pub(crate) struct Located {
    pub(crate) token: Token,
    #[cfg_attr(
        not(feature = "sqlite"),
        expect(dead_code, reason = "only definitions of live tables are split by it")
    )]
    pub(crate) place: Range<usize>,
}

/// Returns the tokens of a text. A token that is not closed ends with the text.
pub(crate) fn tokens(sql: &str) -> Vec<Token> {
    located(sql).into_iter().map(|located| located.token).collect()
}

/// Returns the tokens of a text, each with its place.
pub(crate) fn located(sql: &str) -> Vec<Located> {
    let mut tokens = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (token, behind) = token(rest, first);
        if let Some(token) = token {
            tokens.push(Located { token, place: sql.len() - rest.len()..sql.len() - behind.len() });
        }
        rest = behind;
    }
    tokens
}

/// Reads the token that begins with `first`, or a comment or white space, and returns the rest of the text.
fn token(text: &str, first: char) -> (Option<Token>, &str) {
    let after = &text[first.len_utf8()..];
    if first.is_whitespace() {
        (None, after)
    } else if text.starts_with("--") {
        (None, text.split_once('\n').map_or("", |(_, behind)| behind))
    } else if let Some(comment) = text.strip_prefix("/*") {
        (None, comment.split_once("*/").map_or("", |(_, behind)| behind))
    } else if let Some(close) = closing(first) {
        let (inside, behind) = between(after, close);
        (Some(if first == '\'' { Token::Text(inside) } else { Token::Name(inside) }), behind)
    } else if is_word(first) {
        let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
        (Some(Token::Word(text[..length].to_owned())), &text[length..])
    } else {
        (Some(Token::Sign(first)), after)
    }
}

/// Writes tokens in a normalized form.
#[cfg(feature = "sqlite")]
pub(crate) fn spelled(tokens: &[Token]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .map(|token| match token {
            Token::Word(word) | Token::Name(word) => word.to_lowercase(),
            Token::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Token::Sign(sign) => sign.to_string(),
        })
        .collect();
    words.join(" ")
}

fn closing(open: char) -> Option<char> {
    match open {
        '\'' | '"' | '`' => Some(open),
        '[' => Some(']'),
        _ => None,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '.' || !c.is_ascii()
}

/// Reads up to a closing quote. A doubled quote is part of the text.
fn between(text: &str, close: char) -> (String, &str) {
    let mut read = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(close) {
        read.push_str(before);
        match behind.strip_prefix(close) {
            Some(behind) if close != ']' => {
                read.push(close);
                rest = behind;
            }
            Some(_) | None => return (read, behind),
        }
    }
    read.push_str(rest);
    (read, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_read_as_sqlite_reads_them() {
        let read = tokens("SELECT \"a\"\"b\", [c]]d, 'it''s' /* ; */ -- end; \n FROM `t` WHERE x>=1.5;");
        let words: Vec<String> = read
            .iter()
            .map(|token| match token {
                Token::Word(word) => word.clone(),
                Token::Name(name) => format!("<{name}>"),
                Token::Text(text) => format!("'{text}'"),
                Token::Sign(sign) => sign.to_string(),
            })
            .collect();
        let expected = [
            "SELECT", "<a\"b>", ",", "<c>", "]", "d", ",", "'it's'", "FROM", "<t>", "WHERE", "x", ">", "=",
            "1.5", ";",
        ];
        assert_eq!(words, expected);
        assert_eq!(tokens("'open"), [Token::Text("open".to_owned())]);
    }
}
