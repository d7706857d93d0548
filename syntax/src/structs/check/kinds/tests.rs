use crate::{AsWritten, parse_model};

/// Returns what is said about a condition over fields of every sort.
fn said(condition: &str) -> Vec<String> {
    let source = format!(
        "#[model(check({condition}))] struct Post {{ id: i64, rating: Option<i32>, title: String, live: bool, \
         made: Option<NaiveDate>, changed: Option<DateTime<Utc>>, code: Uuid, author: ForeignKey<Author>, place: Option<PgPoint>, \
         ways: Vec<PgPath> }}"
    );
    let item: syn::DeriveInput = syn::parse_str(&source).unwrap();
    let errors = parse_model(&item, &AsWritten).err().into_iter().flatten();
    errors.map(|error| error.to_string()).collect()
}

#[test]
fn what_suits_passes() {
    for condition in [
        "rating >= 0 && title != \"\"",
        "live && !(rating.is_none() || rating + 1 > 2.5)",
        "live == true && title.like(\"a%\")",
        "made > \"2020-01-01\" && changed >= made && code != \"00000000-0000-0000-0000-000000000000\"",
        "author > 0 && sql(\"1\") == title && length(title) + rating > 3",
        "place.is_none() || sql(\"place ~= '(1,2)'\")",
        "coalesce(rating, 0) < 5 && lower(title).is_in([\"a\", \"b\"])",
    ] {
        assert_eq!(said(condition), Vec::<String>::new(), "{condition}");
    }
}

#[test]
fn what_does_not_suit_is_told_once() {
    for (condition, expect) in [
        ("title > 3", "field `title` is text, which cannot be compared with a number"),
        ("3 < title", "field `title` is text, which cannot be compared with a number"),
        ("live == 1", "field `live` is true or false, which cannot be compared with a number"),
        ("title == live", "field `title` is text, which cannot be compared with true or false"),
        ("rating.is_in([1, \"a\", \"b\"])", "field `rating` is a number, which cannot be compared with text"),
        ("title + 1 > 2", "field `title` is text, which cannot be computed with"),
        ("-title == -1", "field `title` is text, which cannot be computed with"),
        ("rating.like(\"1%\")", "`like` is for text, and field `rating` is a number"),
        ("lower(rating) == \"a\"", "`lower` is for text, and field `rating` is a number"),
        ("abs(title) > 1", "`abs` is for numbers, and field `title` is text"),
        ("coalesce(rating, \"a\") == 1", "field `rating` is a number, which cannot be compared with text"),
        ("title.is_none()", "field `title` is never NULL"),
        ("rating && live", "expected what is true or false, and field `rating` is a number"),
        ("place == \"(1,2)\"", "field `place` is of a type that databases have no such comparison for"),
        ("made > \"2020-02-30\"", "field `made` is compared with another value: expected a date"),
        ("\"2020-01-01\" < changed", "field `changed` is compared with another value: expected a timestamp"),
        (
            "code.is_in([\"00000000-0000-0000-0000-000000000000\", \"x\"])",
            "field `code` is compared with another value: expected a UUID",
        ),
        ("ways.is_in([ways])", "field `ways` is of a type that databases have no such comparison for"),
        ("!title", "expected what is true or false, and field `title` is text"),
    ] {
        let said = said(condition);
        assert_eq!(said.len(), 1, "{condition}: {said:?}");
        assert!(said[0].starts_with(expect), "{condition}: {said:?}");
    }
}
