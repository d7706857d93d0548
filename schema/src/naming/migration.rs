//! The names of migrations, as Django suggests them: `0002_author_rating`.

use super::shortened;
use crate::operation::Operation;

/// More operations than fit into so many characters are told by `_and_more`.
const MAX_FRAGMENTS: usize = 52;

/// Gives the name of a migration: its number in four digits, and what it does.
///
/// The first migration of an app is `initial`. Where no operation has anything to say, the name is `custom`: a clock
/// would give another one to every build.
pub fn migration_name(number: u32, operations: &[Operation], initial: bool) -> String {
    let suffix = if initial { "initial".to_owned() } else { fragments(operations) };
    format!("{number:04}_{suffix}")
}

fn fragments(operations: &[Operation]) -> String {
    let mut fragments =
        operations.iter().filter_map(|it| it.behaviour().name_fragment()).map(|it| words(&it));
    let Some(mut name) = fragments.next() else { return "custom".to_owned() };
    for fragment in fragments {
        if name.chars().count() + 1 + fragment.chars().count() > MAX_FRAGMENTS {
            name.push_str("_and_more");
            break;
        }
        name = format!("{name}_{fragment}");
    }
    shortened(&name)
}

/// Puts one `_` in place of what no name of a module may hold.
fn words(fragment: &str) -> String {
    let mut words = String::with_capacity(fragment.len());
    for character in fragment.chars() {
        if character.is_alphanumeric() || character == '_' {
            words.push(character);
        } else if !words.ends_with('_') {
            words.push('_');
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{DeleteModel, RemoveField, RenameField, RunSql};

    fn delete(model: &str) -> Operation {
        Operation::DeleteModel(DeleteModel { model: model.into() })
    }

    fn check(operations: &[Operation], expect: &str) {
        assert_eq!(migration_name(2, operations, false), expect);
    }

    #[test]
    fn the_first_is_initial_whatever_it_does() {
        assert_eq!(migration_name(1, &[delete("Post")], true), "0001_initial");
    }

    #[test]
    fn fragments_are_joined_until_they_are_too_many() {
        let remove =
            |field: &str| Operation::RemoveField(RemoveField { model: "Author".into(), field: field.into() });
        check(&[delete("Post")], "0002_delete_post");
        check(&[remove("name"), remove("age")], "0002_remove_author_name_remove_author_age");
        check(
            &[remove("name"), remove("age"), remove("rank")],
            "0002_remove_author_name_remove_author_age_and_more",
        );
        let rename = RenameField { model: "Author".into(), before: "name".into(), after: "full_name".into() };
        check(&[Operation::RenameField(rename)], "0002_rename_name_author_full_name");
    }

    #[test]
    fn what_has_no_fragment_is_left_out() {
        let sql = Operation::RunSql(RunSql::new("SELECT 1", None));
        check(std::slice::from_ref(&sql), "0002_custom");
        check(&[sql, delete("Post")], "0002_delete_post");
        check(&[], "0002_custom");
    }

    #[test]
    fn a_name_is_a_name_of_a_module() {
        check(&[delete("a.-b c")], "0002_delete_a_b_c");
        assert!(migration_name(2, &[delete(&"x".repeat(300))], false).len() < 80);
    }
}
