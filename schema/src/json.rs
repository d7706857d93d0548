//! Text in JSON, as migrations, histories and builds keep it -> values, to every depth that the grammar takes.

use serde::de::{DeserializeOwned, Error as _};

/// The levels that our JSON may have: two for each level of an expression, and those around it.
const MAX_LEVELS: usize = 1_000;

/// Reads a value.
///
/// `serde_json` stops at 128 levels, which is sixty operators of one condition.
///
/// # Errors
/// Where the text is not the JSON of such a value, or has more than a thousand levels.
pub fn read<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    if levels(text) > MAX_LEVELS {
        return Err(serde_json::Error::custom(format!("it has more than {MAX_LEVELS} levels")));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    reader.disable_recursion_limit();
    let value = T::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Counts how deep the brackets of a text in JSON nest.
fn levels(text: &str) -> usize {
    let (mut deepest, mut open) = (0, 0usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => open += 1,
            b'}' | b']' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expr::{BinaryOp, Expr};

    fn chain(levels: usize) -> Expr {
        (0..levels).fold(Expr::name("a"), |left, _| Expr::binary(BinaryOp::And, left, Expr::name("b")))
    }

    #[test]
    fn every_depth_of_the_grammar_is_read() {
        let expr = chain(200);
        let text = serde_json::to_string(&expr).unwrap();
        assert!(serde_json::from_str::<Expr>(&text).is_err(), "the limit of serde_json is no longer there");
        assert_eq!(read::<Expr>(&text).unwrap(), expr);
        assert_eq!(expr.levels(), 200);
    }

    #[test]
    fn what_is_deeper_is_an_error() {
        let text = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(read::<Vec<u8>>(&text).unwrap_err().to_string().contains("1000 levels"));
    }

    #[test]
    fn brackets_in_text_are_no_levels() {
        let text = serde_json::to_string(&"[{\\\"".repeat(10_000)).unwrap();
        assert_eq!(levels(&text), 0);
        assert!(read::<String>(&text).is_ok());
        assert!(read::<String>("\"a\" b").is_err());
    }
}
