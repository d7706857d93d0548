//! The values of an ENUM.

use modelshift_schema::choices::Choices;
use modelshift_schema::expr::Literal;

use super::is_written_as_bytes;
use crate::dialect::Unsupported;

/// Refuses values that an ENUM cannot contain, or cannot distinguish.
pub(super) fn refuse_labels(choices: &Choices) -> Result<(), Unsupported> {
    if let Some(value) = choices.variants.iter().map(|variant| &variant.value).find(|it| is_no_label(it)) {
        let what = format!("mysql cannot list {value:?} in an ENUM (`{}`)", choices.name);
        return Err(Unsupported::new(
            what,
            "give the variant a value without a backslash or a space at its end",
        ));
    }
    let mut seen: Vec<(String, &str)> = Vec::new();
    for variant in &choices.variants {
        let Literal::Text(text) = &variant.value else { continue };
        let folded = folded(text);
        if let Some((_, other)) = seen.iter().find(|(earlier, _)| *earlier == folded) {
            let what = format!(
                "mysql takes `{other}` and `{text}` for one value of an ENUM (`{}`): it sees neither case nor accents",
                choices.name
            );
            let remedy = "give one of the variants another value, such as `#[choice(value = \"…\")]`, or leave `native` out";
            return Err(Unsupported::new(what, remedy));
        }
        seen.push((folded, text));
    }
    Ok(())
}

/// Returns whether an ENUM cannot contain a value. The meaning of a backslash depends on a setting, and a space at the end
/// is removed silently.
fn is_no_label(value: &Literal) -> bool {
    matches!(value, Literal::Text(text) if is_written_as_bytes(text) || text.ends_with(' '))
}

/// Returns a text as the usual collations compare it.
fn folded(text: &str) -> String {
    let letters = text.to_lowercase().replace('ß', "ss").replace('æ', "ae").replace('œ', "oe");
    letters.chars().filter(|it| !('\u{300}'..='\u{36f}').contains(it)).map(base).collect()
}

/// Returns the letter below an accent, for the alphabets of Europe.
fn base(letter: char) -> char {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ď' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ō' | 'ŏ' | 'ő' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ё' => 'е',
        'й' => 'и',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' | 'ϊ' => 'ι',
        'ό' => 'ο',
        'ύ' | 'ϋ' => 'υ',
        'ώ' => 'ω',
        'ς' => 'σ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use modelshift_schema::choices::Choice;

    use super::*;

    fn refused(values: &[&str]) -> bool {
        let choice =
            |value: &&str| Choice { name: (*value).to_owned(), value: Literal::Text((*value).to_owned()) };
        let variants = values.iter().map(choice).collect();
        refuse_labels(&Choices { variants, ..Choices::as_written("Mood") }).is_err()
    }

    #[test]
    fn values_that_differ_by_case_or_accents_alone_are_refused() {
        assert!(refused(&["a", "A"]) && refused(&["é", "E"]) && refused(&["e\u{301}", "é"]));
        assert!(refused(&["ß", "ss"]) && refused(&["Ё", "е"]) && refused(&["a "]));
        assert!(!refused(&["a", "b", "ab"]) && !refused(&["д", "т"]));
    }
}
