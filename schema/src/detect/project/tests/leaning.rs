//! References by other fields than the key, through models and over several fields, as random evolutions found them.

use super::pieces;

#[test]
fn a_circle_that_a_reference_by_a_field_is_part_of_is_cut_at_that_reference() {
    assert_eq!(
        pieces("Draft: id, body >Log unique ?\nLog: id, draft >Draft to=body", ""),
        ["blog: removes field `draft` from `Log`, deletes model `Draft`, deletes model `Log` []"]
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
            "shop: removes field `order` from `Draft` []",
            "blog: deletes model `Order` [shop 1]",
            "shop: deletes model `Log`, deletes model `Draft` [blog 1]",
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
            "shop: renames field `age` on `Author` to `grade` []",
            "users: creates model `Log` [shop 1]",
            "shop: alters field `grade` on `Author` [users 1]",
            "geo: deletes model `Log` [shop 2]",
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
        [
            "blog: adds field `age` to `Log`, alters field `id` on `Log`, alters field `log` on `Order`, removes field `grade` from `Log` [shop as it was]"
        ]
    );
}

#[test]
fn a_key_that_another_field_joins_is_let_go_before() {
    assert_eq!(
        pieces(
            "geo.Draft: id, kind text\nusers.Match: id | refer(id) geo.Draft(id)",
            "geo.Draft: kind i64 key keep_values, order text backfill='1'\nusers.Match: id i64 key keep_values was=geo.Draft(id) | refer(id) geo.Draft(kind)",
        ),
        [
            "geo: adds field `order` to `Draft` []",
            "users: removes constraint `users_match_id_fk` from `Match` []",
            "geo: alters field `kind` on `Draft`, removes field `id` from `Draft` [users 1]",
            "users: adds constraint `users_match_id_fk` to `Match` [geo 2]",
        ]
    );
}

#[test]
fn a_table_whose_name_another_takes_is_set_aside_until_it_goes() {
    assert_eq!(
        pieces(
            "geo.City: id, order >shop.Order ?\nshop.Order table=orders: id, code, number i32 | unique(code)",
            "geo.City: id, order >shop.Log ? keep_values was=ForeignKey<shop.Order>\nshop.Log new table=orders: id, code, number i32 | unique(code)",
        ),
        [
            "shop: removes constraint `orders_code_key` from `Order`, renames the table of `Order` to `orders_going`, creates \
             model `Log` []",
            "geo: alters field `order` on `City` [shop 1]",
            "shop: deletes model `Order` [geo 1]",
        ]
    );
    assert_eq!(
        pieces(
            "City: id, order >Order ?\nOrder table=blog_log: id, code | unique(code)",
            "City: id, order >Log ? keep_values was=ForeignKey<Order>\nLog new: id, code | unique(code)",
        ),
        [
            "blog: removes constraint `blog_log_code_key` from `Order`, renames the table of `Order` to `blog_log_going`, \
             creates model `Log`, alters field `order` on `City`, deletes model `Order` []",
        ]
    );
    assert_eq!(
        pieces(
            "City: id, order >Order ?\nOrder table=orders: id, lines *City",
            "City: id, order >Log ? keep_values was=ForeignKey<Order>\nLog new table=orders: id, lines *City",
        ),
        [
            "blog: removes field `lines` from `Order`, renames the table of `Order` to `orders_going`, creates model `Log`, alters field `order` on `City`, \
             deletes model `Order` []",
        ]
    );
}

#[test]
fn a_model_that_is_made_anew_goes_after_the_reference_of_one_that_arrives() {
    let before = "City: id\nshop.Log: id, day >City ?";
    assert_eq!(
        pieces(before, "City new: id uuid key\nLog <shop.Log: id"),
        [
            "blog: moves model `shop.Log` to `blog.Log`, renames model `City` to `CityAside`, removes field `day` from `Log`, creates model `City`, deletes model `CityAside` [shop as it was]",
            "shop: moves model `shop.Log` to `blog.Log` [blog 1]",
        ]
    );
    assert_eq!(
        pieces(before, "City new: id uuid key\nLog <shop.Log: id, day >City ? new was=ForeignKey<City>"),
        [
            "blog: moves model `shop.Log` to `blog.Log`, renames model `City` to `CityAside`, removes field `day` from `Log`, creates model `City`, deletes model `CityAside`, adds field `day` to `Log` [shop as it was]",
            "shop: moves model `shop.Log` to `blog.Log` [blog 1]",
        ]
    );
}

#[test]
fn the_reference_of_a_model_that_arrives_follows_the_renames_of_the_app() {
    let cases = [
        ("Town <City: id, code unique", ">Town to=code", "renames model `City` to `Town`"),
        ("City: id, slug <code unique", ">City to=slug", "renames field `code` on `City` to `slug`"),
    ];
    for (city, day, rename) in cases {
        let before = "City: id, code unique\nshop.Log: id, day >City to=code ?";
        let after = format!("{city}\nLog <shop.Log: id, day {day} ?");
        let moved = "moves model `shop.Log` to `blog.Log`";
        let blog = format!("blog: {moved}, {rename} [shop as it was]");
        assert_eq!(pieces(before, &after), [blog, format!("shop: {moved} [blog 1]")]);
    }
}
