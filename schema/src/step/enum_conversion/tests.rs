use super::*;
use crate::model::choices::{Choice, Storage};

fn column(storage: Storage, pairs: &[(&str, &str)]) -> Field {
    let value = |text: &str| match text.parse::<i64>() {
        Ok(number) if storage.is_integer() => Literal::Int(number.into()),
        Ok(_) | Err(_) => Literal::Text(text.to_owned()),
    };
    let variants =
        pairs.iter().map(|(name, text)| Choice { name: (*name).to_owned(), value: value(text) }).collect();
    let choices = Choices { storage, variants, ..Choices::as_written("Status") };
    Field::new("status", ColumnType::Choices(choices))
}

fn image(field: &Field) -> Column {
    let FieldKind::Column(column_type) = &field.kind else { panic!("a column") };
    Column::new("status".into(), column_type.stored())
}

fn name(column: &Column) -> &'static str {
    match Class::of(&column.column_type) {
        Class::Text => "text",
        Class::Integer => "integer",
        Class::Native => "native",
        Class::Other => "other",
    }
}

/// Describes what is done: `>text` is a change of type, `draft=1` a value that becomes another.
fn way(before: &Field, after: &Field) -> String {
    let map = ValueMap::between(before, after, &ChoiceMoves::default()).unwrap();
    let stage = |stage: &Stage| match stage {
        Stage::Alter(column) => format!(">{}", name(column)),
        Stage::Convert(pairs, _) => {
            let pair = |(from, to): &(Literal, Literal)| format!("{}={}", text_of(from), text_of(to));
            pairs.iter().map(pair).collect::<Vec<_>>().join(",")
        }
    };
    let stages = stages(&image(before), &image(after), &map, None);
    stages.iter().map(stage).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_storage_turns_into_every_other_with_its_values() {
    let text = column(Storage::Text, &[("A", "a"), ("B", "b")]);
    let other = column(Storage::Text, &[("A", "b"), ("B", "a")]);
    let native = column(Storage::Native, &[("A", "a"), ("B", "b")]);
    let renamed = column(Storage::Native, &[("A", "x"), ("B", "b")]);
    let swapped = column(Storage::Native, &[("A", "b"), ("B", "a")]);
    let more = column(Storage::Native, &[("A", "a"), ("C", "c"), ("B", "b")]);
    let fewer = column(Storage::Native, &[("B", "b")]);
    let integer = column(Storage::I16, &[("A", "1"), ("B", "10")]);
    let wider = column(Storage::I32, &[("A", "1"), ("B", "20")]);
    for (before, after, expected) in [
        (&text, &other, "a=b,b=a"),
        (&text, &native, ">native"),
        (&text, &renamed, "a=x >native"),
        (&text, &integer, "a=1,b=10 >integer"),
        (&integer, &text, ">text 1=a,10=b"),
        (&integer, &wider, ">integer 10=20"),
        (&wider, &integer, "20=10 >integer"),
        (&integer, &native, ">text 1=a,10=b >native"),
        (&native, &integer, ">text a=1,b=10 >integer"),
        (&native, &text, ">text"),
        (&native, &more, ">native"),
        (&native, &renamed, "a=x"),
        (&native, &swapped, ">text a=b,b=a >native"),
        (&more, &fewer, ">text >native"),
    ] {
        assert_eq!(way(before, after), expected);
    }
}

#[test]
fn what_cannot_go_on_is_known_before() {
    let allowed = |before: &Field, after: &Field| {
        ValueMap::between(before, after, &ChoiceMoves::default()).and_then(|map| map.allowed)
    };
    let values = |values: &[&str]| Some(values.iter().map(|it| Literal::Text((*it).to_owned())).collect());
    let two = column(Storage::Text, &[("A", "a"), ("B", "b")]);
    let one = column(Storage::Text, &[("B", "b")]);
    assert_eq!(allowed(&two, &one), values(&["b"]));
    assert_eq!(allowed(&one, &two), None);
    assert_eq!(allowed(&Field::new("status", ColumnType::Text), &two), values(&["a", "b"]));
    assert_eq!(allowed(&Field::new("status", ColumnType::I32), &two), None);
}

#[test]
fn a_value_that_is_new_is_not_the_default_at_once() {
    let before = column(Storage::Native, &[("A", "a")]);
    let after = column(Storage::Native, &[("A", "a"), ("B", "b")]);
    let map = ValueMap::between(&before, &after, &ChoiceMoves::default()).unwrap();
    let wanted = Column { default: Some(Expr::text("b")), ..image(&after) };
    let stages = stages(&image(&before), &wanted, &map, None);
    assert_eq!(stages.len(), 2, "{stages:?}");
}
