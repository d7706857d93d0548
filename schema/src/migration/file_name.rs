//! The names of migrations, as Django suggests them: `0002_author_rating`.

use crate::model::naming::shortened;
use crate::operation::Operation;

/// More operations than fit into so many characters are told by `_and_more`.
const MAX_FRAGMENTS: usize = 52;

/// Returns the name of a migration: its number in four digits, and what it does.
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
    use crate::model::Model;
    use crate::model::constraint::{Constraint, UniqueRule};
    use crate::operation::{AddConstraint, CreateModel, DeleteModel, RemoveField, RenameField, RunSql};

    fn delete(model: &str) -> Operation {
        Operation::DeleteModel(DeleteModel { model: model.into() })
    }

    fn check(operations: &[Operation], expect: &str) {
        assert_eq!(migration_name(2, operations, false), expect);
    }

    fn create(model: &str) -> Operation {
        Operation::CreateModel(CreateModel { model: Model::new(model, Vec::new()) })
    }

    #[test]
    fn ad_152_the_first_is_initial_whatever_it_does() {
        for operations in [vec![], vec![delete("Post")], vec![create("Person"), create("Animal")]] {
            assert_eq!(migration_name(1, &operations, true), "0001_initial");
        }
    }

    #[test]
    fn ad_154_the_name_of_one_model_is_whole() {
        let long = "A".repeat(53);
        check(&[create(&long)], &format!("0002_{}", long.to_lowercase()));
    }

    #[test]
    fn ad_155_ad_156_ad_157_what_is_done_is_told_until_it_is_too_much() {
        check(&[create("Person"), delete("Animal")], "0002_person_delete_animal");
        check(&[create("Person"), create("Animal")], "0002_person_animal");
        let people =
            [create("Person1"), create("Person2"), create("Person3"), delete("Person4"), delete("Person5")];
        check(&people, "0002_person1_person2_person3_delete_person4_and_more");
    }

    #[test]
    fn ad_159_what_no_module_may_be_called_becomes_one_line() {
        let rule = UniqueRule::over(vec!["name".into()]);
        let constraint = Constraint::Unique(rule).named("person.name-*~unique!");
        let add = AddConstraint { model: "Person".into(), constraint };
        check(&[Operation::AddConstraint(add)], "0002_person_person_name_unique_");
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
        let rename = RenameField::new("Author", "name", "full_name");
        check(&[Operation::RenameField(rename)], "0002_rename_name_author_full_name");
    }

    #[test]
    fn ad_151_what_has_no_fragment_is_left_out_and_nothing_is_custom() {
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
