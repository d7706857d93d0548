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

#[test]
fn what_another_field_holds_apart_from_now_on_is_referred_to_afterwards() {
    assert_eq!(
        pieces(
            "Log: id uuid key, grade >shop.Order unique ?\nOrder: id, log >Log to=grade\nshop.Order: id",
            "Log: age uuid key new backfill='00000000-0000-0000-0000-000000000000', id >shop.Order unique ? new keep_values\nOrder: id, log >Log to=id\nshop.Order: id",
        ),
        ["blog: adds `Log.age`, alters `Log.id`, alters `Order.log`, removes `Log.grade` [shop as it was]"]
    );
}

#[test]
fn a_key_that_another_field_joins_is_let_go_before() {
    assert_eq!(
        pieces(
            "geo.Draft: id, kind text\nusers.Match: id | refer(id) geo.Draft(id)",
            "geo.Draft: kind i64 key keep_values, order text backfill='1'\nusers.Match: id | refer(id) geo.Draft(kind)",
        ),
        [
            "geo: adds `Draft.order` []",
            "users: removes constraint `users_match_id_fk` from `Match` []",
            "geo: alters `Draft.kind`, removes `Draft.id` [users 1]",
            "users: adds constraint `users_match_id_fk` to `Match` [geo 2]",
        ]
    );
}

#[test]
fn a_table_whose_name_another_takes_is_set_aside_until_it_goes() {
    assert_eq!(
        pieces(
            "geo.City: id, order >shop.Order ?\nshop.Order table=orders: id, code, number i32 | unique(code)",
            "geo.City: id, order >shop.Log ? keep_values\nshop.Log new table=orders: id, code, number i32 | unique(code)",
        ),
        [
            "shop: removes constraint `orders_code_key` from `Order`, names the table of `Order` `orders_going`, starts \
             `Log` []",
            "geo: alters `City.order` [shop 1]",
            "shop: deletes `Order` [geo 1]",
        ]
    );
    assert_eq!(
        pieces(
            "City: id, order >Order ?\nOrder table=blog_log: id, code | unique(code)",
            "City: id, order >Log ? keep_values\nLog new: id, code | unique(code)",
        ),
        [
            "blog: removes constraint `blog_log_code_key` from `Order`, names the table of `Order` `blog_log_going`, \
             starts `Log`, alters `City.order`, deletes `Order` []",
        ]
    );
    assert_eq!(
        pieces(
            "City: id, order >Order ?\nOrder table=orders: id, lines *City",
            "City: id, order >Log ? keep_values\nLog new table=orders: id, lines *City",
        ),
        [
            "blog: removes `Order.lines`, names the table of `Order` `orders_going`, starts `Log`, alters `City.order`, \
             deletes `Order` []",
        ]
    );
}
