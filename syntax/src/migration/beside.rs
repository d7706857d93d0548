//! What stands in a migration file beside `migration!`: its functions, and what they use.

use syn::Item;
use syn::spanned::Spanned as _;

use super::trailer;
use crate::grammar::nesting;

/// Returns what stands beside `migration!`, without what the file says of itself at its head; empty where that is nothing.
///
/// # Errors
/// If the text is not Rust, or has no `migration!`.
pub fn beside_migration(text: &str) -> syn::Result<String> {
    let text = trailer::without(&trailer::normalised(text));
    let file = nesting::parse_file(&text)?;
    let is_migration = |item: &&Item| matches!(item, Item::Macro(it) if it.mac.path.segments.last().is_some_and(|last| last.ident == "migration"));
    let migration = file.items.iter().find(is_migration);
    let migration = migration.ok_or_else(|| syn::Error::new(file.span(), "the file has no `migration!`"))?;
    let place = migration.span().byte_range();
    let head = file.attrs.last().map_or(0, |attribute| attribute.span().byte_range().end);
    let parts = [text.get(head..place.start), text.get(place.end..)].map(|it| it.unwrap_or_default().trim());
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Ok(if parts.is_empty() { String::new() } else { parts.join("\n\n") + "\n" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_and_what_they_use_stand_beside_a_migration() {
        let migration =
            "//! Fills.\n//! All of it.\n\nmodelshift::migration! {\n    RunRust { forward = fill }\n}\n";
        assert_eq!(beside_migration(migration).unwrap(), "");
        assert_eq!(beside_migration(&trailer::sign(migration)).unwrap(), "");
        let beside = "use models::Post; // é\n\n/// Fills.\nasync fn fill() {}\n";
        let text = trailer::sign(&format!("{migration}\n{beside}"));
        assert_eq!(beside_migration(&text.replace('\n', "\r\n")).unwrap(), beside);
        let before = migration.replace("modelshift::", "use std::fmt;\n\nmodelshift::");
        assert_eq!(
            beside_migration(&format!("{before}{beside}")).unwrap(),
            format!("use std::fmt;\n\n{beside}")
        );
        assert!(beside_migration("fn fill() {}").is_err() && beside_migration("fn fill(").is_err());
    }
}
