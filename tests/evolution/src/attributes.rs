//! Which attributes a story has, by their names.

use crate::story::{ANSWERS, SHARED};

/// Returns the attributes of a story's structs and what its answers say, each as `field(name)` or `model(name)`.
pub fn attributes(story: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut answers = false;
    let mut lines = story.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("-- ") || line.starts_with("== ") {
            answers = line == ANSWERS;
            found.extend(line.starts_with(SHARED).then(|| "model(abstract)".to_owned()));
        } else if answers {
            let (subject, said) = line.split_once(": ").unwrap_or_default();
            found.extend(named(if subject.matches('.').count() > 1 { "field" } else { "model" }, said));
        }
        for owner in ["field", "model"] {
            let Some(said) = line.trim_start().strip_prefix(&format!("#[{owner}(")) else { continue };
            let said = match said.strip_suffix(")]") {
                Some(said) => said.to_owned(),
                None => lines.by_ref().take_while(|line| line.trim() != ")]").collect(),
            };
            found.extend(named(owner, &said));
        }
    }
    found
}

/// Names the items of a list, none of what is in one of them.
fn named(owner: &str, items: &str) -> Vec<String> {
    let (mut depth, mut in_text, mut escaped) = (0, false, false);
    let mut names = vec![String::new()];
    let mut is_name = true;
    for it in items.chars() {
        match it {
            _ if escaped => escaped = false,
            '\\' if in_text => escaped = true,
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                is_name = true;
                continue;
            }
            _ => {}
        }
        is_name &= it.is_whitespace() || it.is_alphanumeric() || it == '_';
        if let Some(name) = names.last_mut().filter(|_| is_name && !it.is_whitespace()) {
            name.push(it);
        }
    }
    names.retain(|name| !name.is_empty());
    names.into_iter().map(|name| format!("{owner}({name})")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_attributes_are_found() {
        let story = r#"
-- blog.Author
#[model(
    index(name = "a, b", fields(code, day)),
    comment = "it\"s, new",
)]
struct Author {
    id: i64,
    #[field(max_length = 40, default = "index, (")]
    #[field(as = "String")]
    unique: Slug,
}
-- answers
blog.Author: new
blog.Author.unique: renamed_from = "code", backfill = lower(day)
"#;
        let expected = [
            "model(index)",
            "model(comment)",
            "field(max_length)",
            "field(default)",
            "field(as)",
            "model(new)",
            "field(renamed_from)",
            "field(backfill)",
        ];
        assert_eq!(attributes(story), expected);
    }
}
