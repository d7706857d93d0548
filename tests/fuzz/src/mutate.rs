//! Real inputs -> unusual inputs.

use modelshift_evolution::random::Random;

/// Keywords of the readers, and characters that readers may not expect.
const WORDS: [&str; 44] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    ",",
    ";",
    ":",
    "::",
    "#",
    "!",
    "=",
    "==",
    "&&",
    "||",
    "-",
    "\"",
    "'",
    "\\",
    "\0",
    "\u{feff}",
    "\u{202e}",
    "é",
    "r#",
    "b\"\"",
    "Option<",
    "ForeignKey<",
    "sql(\"",
    "#[field(",
    "Self",
    "0",
    "-1",
    "18446744073709551616",
    "1e999",
    "null",
    "true",
    "{\"",
    "\n",
    "//",
    "/*",
    "@",
];

/// The maximum length of an input, in bytes.
const MAX_BYTES: usize = 200_000;

/// Returns an input that differs from the seed in a few places; some parts are copied from `others`.
pub fn mutate(seed: &str, others: &[String], random: &mut Random) -> String {
    let mut text: Vec<char> = seed.chars().collect();
    for _ in 0..=random.below(6) {
        edit(&mut text, others, random);
    }
    let mut text: String = text.into_iter().collect();
    while text.len() > MAX_BYTES {
        text.pop();
    }
    text
}

fn edit(text: &mut Vec<char>, others: &[String], random: &mut Random) {
    let start = random.below(text.len() + 1);
    let longest = if random.one_in(4) { text.len() } else { 12 };
    let end = (start + random.below(longest + 1)).min(text.len());
    match random.below(7) {
        0 => drop(text.drain(start..end)),
        1 => {
            let part: Vec<char> = text[start..end].to_vec();
            let at = random.below(text.len() + 1);
            drop(text.splice(at..at, part));
        }
        2 => {
            let word = random.pick(&WORDS).copied().unwrap_or_default();
            drop(text.splice(start..start, word.chars()));
        }
        3 => {
            let word = random.pick(&WORDS).copied().unwrap_or_default();
            drop(text.splice(start..end, word.chars()));
        }
        4 => {
            // Depth: what nests, many times.
            let word = random.pick(&WORDS).copied().unwrap_or_default();
            let times = [8, 120, 3_000, 30_000].get(random.below(4)).copied().unwrap_or(8);
            drop(text.splice(start..start, word.repeat(times).chars()));
        }
        5 => {
            let other: Vec<char> = random.pick(others).map(|it| it.chars().collect()).unwrap_or_default();
            let from = random.below(other.len() + 1);
            let to = (from + random.below(400)).min(other.len());
            drop(text.splice(start..end, other[from..to].iter().copied()));
        }
        _ => {
            if let Some(character) = text.get_mut(start) {
                let code = u32::try_from(random.below(0x3000)).unwrap_or_default();
                *character = char::from_u32(code).unwrap_or('\u{fffd}');
            }
        }
    }
}
