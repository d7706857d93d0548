use super::*;

fn parse(source: &str) -> syn::Result<ParsedChoices> {
    parse_choices(&syn::parse_str(source).unwrap())
}

fn values(source: &str) -> Vec<String> {
    let parsed = parse(source).unwrap();
    let value = |variant: &Choice| match &variant.value {
        Literal::Text(text) => text.clone(),
        Literal::Int(number) => number.to_string(),
        other @ (Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_)) => format!("{other:?}"),
    };
    parsed.choices.variants.iter().map(value).collect()
}

fn said(source: &str) -> Vec<String> {
    parse(source).err().into_iter().flatten().map(|error| error.to_string()).collect()
}

#[test]
fn values_are_the_names_in_snake_case_unless_said() {
    assert_eq!(
        values("enum Status { Draft, InReview, #[choice(value = \"gone\")] Archived, r#Type }"),
        ["draft", "in_review", "gone", "type"]
    );
    assert_eq!(
        values("#[choices(integer)] enum Level { Low = -1, Mid, High = 10, Top }"),
        ["-1", "0", "10", "11"]
    );
}

#[test]
fn integers_take_the_room_that_they_need_or_ask_for() {
    for (source, expected) in [
        ("enum Level { Low = 1 }", Storage::I16),
        ("enum Level { Low = 40000 }", Storage::I32),
        ("enum Level { Low = 3000000000 }", Storage::I64),
        ("#[repr(i32)] enum Level { Low = 1 }", Storage::I32),
        ("#[repr(C, u8)] enum Level { Low = 1 }", Storage::I16),
    ] {
        assert_eq!(
            parse(&format!("#[choices(integer)] {source}")).unwrap().choices.storage,
            expected,
            "{source}"
        );
    }
    assert_eq!(parse("#[choices(native)] enum Mood { Happy }").unwrap().choices.storage, Storage::Native);
}

#[test]
fn answers_are_read() {
    let hints = parse(
        "#[choices(removed(Old -> Draft, Lost))] enum Status { Draft, #[choice(renamed_from = \"Live\")] Public }",
    );
    let hints = hints.unwrap().hints;
    assert_eq!(hints.moves.renamed, [("Live".to_owned(), "Public".to_owned())]);
    assert_eq!(hints.moves.removed, [("Old".to_owned(), "Draft".to_owned())]);
    assert_eq!(hints.unused, ["Lost"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let said = said(
        "#[choices(native, integr, removed(Draft -> Gone))] enum Status<T> { Draft, Data(u8), \
         #[choice(value = \"DRAFT\")] Sketch, #[choice(value = \"\")] None, #[choice(renamed_from = \"Sketch\")] B }",
    );
    let expected = [
        "`Choices` cannot be used with generics",
        "unknown choices attribute `integr`; did you mean `integer`?",
        "variant `Data` holds data",
        "a variant cannot have the empty text as its value; expected text, such as `\"gone\"`",
        "`Draft` and `Sketch` have one value; give one of them `#[choice(value = \"…\")]`",
        "`Sketch` is still a variant",
        "`Draft` is still a variant",
        "`Gone` is not a variant; expected one of `Draft`, `Data`, `Sketch`, `None`, `B`",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn numbers_are_whole() {
    assert_eq!(
        said("#[choices(integer)] enum Level { A = 1, B = 1, #[choice(value = \"c\")] C = f() }"),
        [
            "`value` cannot be used with `#[choices(integer)]`; write `Low = 1`",
            "expected a whole number from -9223372036854775808 to 9223372036854775807, such as `C = 1`",
        ]
    );
    let long = "x".repeat(64);
    let source = format!("#[choices(native)] enum Mood {{ #[choice(value = \"{long}\")] A }}");
    assert_eq!(said(&source).len(), 1);
    assert!(said("struct Status;")[0].contains("is for enums"));
}

#[test]
fn a_number_that_no_column_holds_is_told_at_its_variant() {
    let largest = "#[choices(integer)] enum L { A = 1, B = 9223372036854775807 }";
    assert_eq!(values(largest), ["1", "9223372036854775807"]);
    for (source, variant) in [
        ("enum L { A = 9223372036854775807, B }", "`B = 1`"),
        ("enum L { A = 9223372036854775808 }", "`A = 1`"),
        ("enum L { A = -9223372036854775809 }", "`A = 1`"),
        ("#[repr(u64)] enum L { A = 0xffff_ffff_ffff_ffff }", "`A = 1`"),
    ] {
        let said = said(&format!("#[choices(integer)] {source}"));
        assert_eq!(said.len(), 1, "{source}: {said:?}");
        assert!(said[0].contains(variant) && said[0].contains("9223372036854775807"), "{source}: {said:?}");
    }
}
