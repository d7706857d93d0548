//! Lists as PostgreSQL writes them.

/// Returns the items of a list such as `{1, "a b", NULL}`; an item that is NULL is none.
///
/// # Errors
/// What is wrong with the text.
pub fn list(text: &str) -> Result<Vec<Option<String>>, String> {
    let wrong = || "it is not a list such as `{1, 2}`".to_owned();
    let content = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or_else(wrong)?;
    let mut items = Vec::new();
    let mut rest = content.trim();
    while !rest.is_empty() {
        let (item, behind) = if let Some(quoted) = rest.strip_prefix('"') {
            let (item, behind) = quoted_item(quoted).ok_or_else(wrong)?;
            (Some(item), behind)
        } else {
            let (item, behind) = rest.split_at(rest.find(',').unwrap_or(rest.len()));
            let item = item.trim();
            if item.is_empty() || item.contains(['{', '}', '"', '\\']) {
                return Err(wrong());
            }
            (Some(item.to_owned()).filter(|item| !item.eq_ignore_ascii_case("null")), behind)
        };
        items.push(item);
        rest = match behind.trim().strip_prefix(',').map(str::trim) {
            Some("") => return Err(wrong()),
            Some(rest) => rest,
            None if behind.trim().is_empty() => "",
            None => return Err(wrong()),
        };
    }
    Ok(items)
}

/// Reads to the closing quote, and returns what stands behind it.
fn quoted_item(text: &str) -> Option<(String, &str)> {
    let mut item = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '"' => return Some((item, &text[place + 1..])),
            '\\' => item.push(characters.next()?.1),
            other => item.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_read_as_postgres_reads_them() {
        let read =
            |text| list(text).unwrap().into_iter().map(|it| it.unwrap_or("-".to_owned())).collect::<Vec<_>>();
        assert_eq!(read("{}"), [""; 0]);
        assert_eq!(read("{1, 2,NULL}"), ["1", "2", "-"]);
        assert_eq!(read(r#"{"a, b", "c\"d\\", "null"}"#), ["a, b", "c\"d\\", "null"]);
        for text in ["", "1", "{1", "{1,}", "{,1}", "{\"a}", "{\"a\"b}", "{{1}}"] {
            assert!(list(text).is_err(), "{text}");
        }
    }
}
