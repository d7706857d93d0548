//! References by other fields than the key, through models and over several fields, as random evolutions found them.

use super::pieces;

#[test]
fn a_circle_that_a_reference_by_a_field_is_part_of_is_cut_at_that_reference() {
    assert_eq!(
        pieces("Draft: id, body >Log unique ?\nLog: id, draft >Draft to=body", ""),
        ["blog: removes `Log.draft`, deletes `Draft`, deletes `Log` []"]
    );
}

#[test]
fn a_field_that_is_cut_waits_for_what_refers_to_it() {
    assert_eq!(
        pieces(
            "Order: id, code >shop.Log unique ?\nshop.Draft: id, order >blog.Order to=code ?\nshop.Log: id",
            ""
        ),
        [
            "shop: removes `Draft.order` []",
            "blog: deletes `Order` [shop 1]",
            "shop: deletes `Log`, deletes `Draft` [blog 1]",
        ]
    );
}

#[test]
fn what_a_relation_goes_through_goes_after_the_relation_that_is_renamed_too() {
    assert_eq!(
        pieces(
            "geo.Log: id, one >shop.Author, other >shop.Author\nshop.Author: id, age *shop.Author/geo.Log",
            "users.Log new: id, one >shop.Author, other >shop.Author\n\
             shop.Author: id, grade <age *shop.Author/users.Log"
        ),
        [
            "shop: renames `Author.age` to `grade` []",
            "users: starts `Log` [shop 1]",
            "shop: alters `Author.grade` [users 1]",
            "geo: deletes `Log` [shop 2]",
        ]
    );
}
