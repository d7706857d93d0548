//! JSON documents.

use serde::de::IgnoredAny;

/// Returns a document without spaces between its parts, each text in it spelled in one way.
///
/// Keys keep their order, and numbers their digits.
///
/// # Errors
/// What is wrong with the document, or what no database or reader keeps of it as it is.
pub fn json(text: &str) -> Result<String, String> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| error.to_string())?;
    let mut reader = Reader { rest: text, written: String::with_capacity(text.len()) };
    reader.value()?;
    Ok(reader.written)
}

/// Reads a document that is known to be one, part by part.
struct Reader<'a> {
    rest: &'a str,
    written: String,
}

impl Reader<'_> {
    fn value(&mut self) -> Result<(), String> {
        match self.next() {
            Some('{') => self.object(),
            Some('[') => self.array(),
            Some('"') => self.text().map(|_| ()),
            Some(_) => self.word(),
            None => Ok(()),
        }
    }

    /// Looks at the next character that is not a space.
    fn next(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    /// Takes a sign if it is the next one.
    fn sign(&mut self, sign: char) -> bool {
        let is_next = self.next() == Some(sign);
        if is_next {
            self.rest = &self.rest[sign.len_utf8()..];
            self.written.push(sign);
        }
        is_next
    }

    fn object(&mut self) -> Result<(), String> {
        let mut keys = std::collections::BTreeSet::new();
        self.sign('{');
        while self.next() == Some('"') {
            let key = self.text()?;
            if keys.contains(&key) {
                return Err(format!("it has the key {key:?} twice, and a database keeps one of them"));
            }
            keys.insert(key);
            self.sign(':');
            self.value()?;
            self.sign(',');
        }
        self.sign('}');
        Ok(())
    }

    fn array(&mut self) -> Result<(), String> {
        self.sign('[');
        while !self.sign(']') {
            self.value()?;
            self.sign(',');
        }
        Ok(())
    }

    fn text(&mut self) -> Result<String, String> {
        let is_end = |(place, character): &(usize, char)| {
            let slashes = self.rest[..*place].bytes().rev().take_while(|byte| *byte == b'\\').count();
            *place > 0 && *character == '"' && slashes % 2 == 0
        };
        let end = self.rest.char_indices().find(is_end).map_or(self.rest.len(), |(place, _)| place + 1);
        let (token, rest) = self.rest.split_at(end);
        let text: String = serde_json::from_str(token).map_err(|error| error.to_string())?;
        if text.contains('\0') {
            return Err("it has a NUL character in a text, which PostgreSQL does not hold".to_owned());
        }
        self.rest = rest;
        self.written.push_str(&serde_json::to_string(&text).map_err(|error| error.to_string())?);
        Ok(text)
    }

    /// Takes a number, `true`, `false` or `null`.
    fn word(&mut self) -> Result<(), String> {
        let is_end = |it: char| it.is_ascii_whitespace() || matches!(it, ',' | ']' | '}');
        let (word, rest) = self.rest.split_at(self.rest.find(is_end).unwrap_or(self.rest.len()));
        if word.starts_with(|it: char| it == '-' || it.is_ascii_digit()) {
            check_number(word)?;
        }
        self.rest = rest;
        self.written.push_str(word);
        Ok(())
    }
}

/// Readers of JSON take a number for an integer of 64 bits or for a floating-point number.
fn check_number(word: &str) -> Result<(), String> {
    if word.contains(['.', 'e', 'E']) {
        return super::float(word, false).map(|_| ()).map_err(|wrong| format!("`{word}`: {wrong}"));
    }
    if word.parse::<i64>().is_ok() || word.parse::<u64>().is_ok() {
        return Ok(());
    }
    Err(format!("`{word}` is larger than any integer of 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_has_one_text() {
        for (text, expected) in [
            (" { \"b\" : [ 1 , 2.50 , { } ] , \"a\" : null } ", r#"{"b":[1,2.50,{}],"a":null}"#),
            ("\"\\u00e9 \\/ \\\" \\\\\"", r#""é / \" \\""#),
            ("\n18446744073709551615", "18446744073709551615"),
            ("[]", "[]"),
            ("[true,false,-1e5]", "[true,false,-1e5]"),
            ("{\"a b\": \"c  d\"}", r#"{"a b":"c  d"}"#),
        ] {
            assert_eq!(json(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_not_kept_is_named() {
        for (text, expected) in [
            ("{", "EOF"),
            ("", "EOF"),
            ("{'a': 1}", "key must be a string"),
            ("[1e400]", "larger than any number of 64 bits"),
            ("[-1e400]", "larger than any number of 64 bits"),
            ("[1e-400]", "nearer to zero"),
            ("18446744073709551616", "larger than any integer of 64 bits"),
            ("{\"a\": {\"b\": 1, \"b\": 2}}", "the key \"b\" twice"),
            ("{\"a\": 1, \"\\u0061\": 2}", "the key \"a\" twice"),
            ("\"\\u0000\"", "NUL character"),
            ("\"\\ud800\"", "hex escape"),
        ] {
            let error = json(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
