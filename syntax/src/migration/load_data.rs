//! `LoadData { file = "countries.json" }`, read and printed.

use modelshift_schema::operation::LoadData;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr};

use super::parts::in_braces;
use crate::grammar::text::quoted;
use crate::structs::attr;

const SAMPLE: &str = "LoadData { file = \"countries.json\" }";

/// The ends of the names of files whose rows can be loaded.
const FORMATS: [&str; 5] = ["json", "jsonl", "yaml", "yml", "xml"];
const PACKINGS: [&str; 3] = ["gz", "xz", "zst"];

/// Reads `{ file = "countries.json", elidable = true }`.
pub(super) fn read(word: &Ident, input: ParseStream<'_>) -> syn::Result<LoadData> {
    let content = in_braces(word, input, SAMPLE)?;
    let (mut file, mut elidable) = (None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "file" => attr::set(&mut file, &key, name(&attr::text(&key, &content, "\"countries.json\"")?)?)?,
            "elidable" => attr::set(&mut elidable, &key, attr::switch(&key, &content)?)?,
            _ => return Err(syn::Error::new(key.span(), format!("expected `{SAMPLE}`"))),
        }
        attr::comma(&content)?;
    }
    let Some(file) = file else {
        return Err(syn::Error::new(word.span(), format!("expected `{SAMPLE}`")));
    };
    Ok(LoadData { file: file.value, elidable: elidable.is_some_and(|it| it.value) })
}

/// Returns the name of the file, which means the same on every machine.
fn name(literal: &LitStr) -> syn::Result<String> {
    let name = literal.value();
    let is_plain = |part: &str| !matches!(part, "" | "." | "..");
    if !name.split('/').all(is_plain) || name.contains(['\\', ':', '\0']) {
        let message = "expected the name of a file in the folder of the migrations or in the folder `fixtures` beside it, \
                       such as `\"countries.json\"` or `\"2026/countries.json\"`";
        return Err(syn::Error::new(literal.span(), message));
    }
    let unpacked = PACKINGS.iter().find_map(|end| name.strip_suffix(&format!(".{end}"))).unwrap_or(&name);
    let end = unpacked.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map(|(_, end)| end);
    if end.is_none_or(|end| !FORMATS.contains(&end)) {
        let message = format!(
            "the format of `{name}` is not known by its name; it ends in `.{}`, and `.{}` may follow",
            FORMATS.join("`, `."),
            PACKINGS.join("`, `.")
        );
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(name)
}

/// Prints the items between the braces.
pub(super) fn items(operation: &LoadData) -> Vec<String> {
    let mut items = vec![format!("file = {}", quoted(&operation.file))];
    items.extend(operation.elidable.then(|| "elidable = true".to_owned()));
    items
}

#[cfg(test)]
mod tests {
    use modelshift_schema::name::MigrationId;

    use crate::{print_module, read_module};

    fn read(body: &str) -> Result<String, String> {
        let id = MigrationId::new("blog", "0002_fill");
        let text = format!("migration! {{ depends_on = [\"blog.0001_initial\"]; {body} }}");
        let read = read_module(&id, &text).map_err(|error| error.message)?;
        let printed = print_module(&read);
        assert_eq!(read_module(&id, &printed), Ok(read));
        Ok(printed)
    }

    #[test]
    fn the_name_of_a_file_is_read_and_printed() {
        for text in [
            "LoadData { file = \"countries.json\" }",
            "LoadData { file = \"2026/all countries.v2.yml.zst\", elidable = true }",
        ] {
            assert!(read(text).unwrap().contains(&format!("    {text}\n")), "{text}");
        }
        let two = "LoadData { file = \"a.json\" } RunRust { forward = fill } LoadData { file = \"b.json\" }";
        assert_eq!(read(two).unwrap().matches("LoadData").count(), 2);
    }

    #[test]
    fn a_name_that_leads_elsewhere_or_has_no_format_is_refused() {
        for (text, message) in [
            ("LoadData { }", "expected `LoadData { file"),
            ("LoadData { path = \"a.json\" }", "expected `LoadData { file"),
            ("LoadData { file = a }", "such as `file = \"countries.json\"`"),
            ("LoadData { file = \"/etc/a.json\" }", "expected the name of a file in the folder"),
            ("LoadData { file = \"../a.json\" }", "expected the name of a file in the folder"),
            ("LoadData { file = \"a\\\\b.json\" }", "expected the name of a file in the folder"),
            ("LoadData { file = \"a.csv\" }", "the format of `a.csv` is not known by its name"),
            ("LoadData { file = \"a.d/json\" }", "the format of `a.d/json` is not known"),
            ("LoadData { file = \"a.json.zip\" }", "ends in `.json`, `.jsonl`, `.yaml`, `.yml`, `.xml`"),
            (
                "RunSql { forward = (), state { LoadData { file = \"a.json\" } } }",
                "cannot stand in another operation",
            ),
            (
                "SeparateDatabaseAndState { database { LoadData { file = \"a.json\" } } }",
                "cannot stand in another operation",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
