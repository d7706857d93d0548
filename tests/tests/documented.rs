//! What the documentation shows can be read, and every attribute is in it.

use std::collections::BTreeSet;

use modelshift_schema::name::MigrationId;
use modelshift_schema::naming;
use modelshift_schema::operation::Operation;
use modelshift_syntax::{
    AsWritten, derives_choices, derives_model, parse_choices, parse_struct, read_module,
};

const PAGES: [&str; 8] = [
    include_str!("../../README.md"),
    include_str!("../../docs/models.md"),
    include_str!("../../docs/migrations.md"),
    include_str!("../../docs/data.md"),
    include_str!("../../docs/running.md"),
    include_str!("../../docs/testing.md"),
    include_str!("../../docs/build-step.md"),
    include_str!("../../docs/coming-from.md"),
];
/// The page about other crates, whose Rust is that of an example.
const WITH_OTHERS: &str = include_str!("../../docs/with-other-crates.md");
/// The page of `#[derive(Model)]`, whose examples are documentation tests.
const DERIVE: &str = include_str!("../../macros/docs/model.md");
/// The page of `migration!`.
const MIGRATION: &str = include_str!("../../macros/docs/migration.md");

/// Returns the blocks of Rust in a text.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let block: Vec<&str> = match line.strip_prefix("```") {
            Some(_) => lines.by_ref().take_while(|line| *line != "```").collect(),
            None => continue,
        };
        if line == "```rust" {
            blocks.push(block.join("\n"));
        }
    }
    blocks
}

#[test]
fn models_and_migrations_of_the_pages_are_read() {
    let (mut structs, mut enums, mut migrations) = (0, 0, 0);
    for block in PAGES.into_iter().flat_map(blocks) {
        let file = syn::parse_file(&block).unwrap_or_else(|error| panic!("{error} in\n{block}"));
        for item in &file.items {
            if let syn::Item::Struct(item) = item
                && derives_model(&item.attrs)
            {
                structs += 1;
                let read = parse_struct(item, &AsWritten);
                assert!(read.is_ok(), "{:?} in\n{block}", read.err().map(|error| error.to_string()));
            }
            if let syn::Item::Enum(item) = item
                && derives_choices(&item.attrs)
            {
                enums += 1;
                assert!(parse_choices(&item.clone().into()).is_ok(), "{block}");
            }
            if let syn::Item::Macro(item) = item
                && item.mac.path.segments.last().is_some_and(|last| last.ident == "migration")
            {
                migrations += 1;
                let read = read_module(&MigrationId::new("blog", "0007_by_hand"), &block);
                assert!(read.is_ok(), "{read:?} in\n{block}");
            }
        }
    }
    assert!(
        structs >= 8 && enums >= 1 && migrations >= 1,
        "{structs} structs, {enums} enums, {migrations} migrations"
    );
}

/// Returns the attributes that an unknown one could have been, as the grammar lists them.
fn known(text: &str) -> Vec<String> {
    let item = syn::parse_str(text).expect("it is a struct");
    let said = parse_struct(&item, &AsWritten).expect_err("no such attribute").to_string();
    let list = said.split_once("expected one of ").expect("the others are listed").1;
    list.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
}

#[test]
fn every_attribute_is_in_the_documentation_of_the_derive() {
    let of_field = known("struct Post { #[field(xxxxxxxxxxxxxxxx)] id: i64 }");
    let of_model = known("#[model(xxxxxxxxxxxxxxxx)] struct Post { id: i64 }");
    assert!(of_field.len() > 25 && of_model.len() > 8, "{of_field:?} {of_model:?}");
    let (fields, models) = DERIVE.split_once("| `#[model(…)]` | |").expect("a table for each");
    for (names, table) in [(of_field, fields), (of_model, models)] {
        let is_there = |name: &String| {
            table.lines().filter(|line| line.starts_with("| ")).any(|line| {
                let first = line.split(" | ").next().unwrap_or_default();
                first.split(['`', '(', ' ', ',', '=']).any(|word| word == name)
            })
        };
        let missing: Vec<&String> = names.iter().filter(|name| !is_there(name)).collect();
        assert!(missing.is_empty(), "not in the documentation of the derive: {missing:?}");
    }
}

/// Returns the first words of what stands in the parentheses of an attribute, as in `field(unique, max_length = 200)`.
fn used(page: &str, attribute: &str) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for block in page.split("```").skip(1).step_by(2) {
        // Lines that are hidden on the page are part of the test.
        let lines =
            block.lines().map(|line| line.strip_prefix("# ").unwrap_or(if line == "#" { "" } else { line }));
        let code = lines.collect::<Vec<_>>().join("\n");
        let file = syn::parse_file(&code).expect("an example is Rust");
        for item in &file.items {
            let syn::Item::Struct(item) = item else { continue };
            let fields = item.fields.iter().flat_map(|field| &field.attrs);
            for found in item.attrs.iter().chain(fields).filter(|it| it.path().is_ident(attribute)) {
                let list = found.meta.require_list().expect("it has parentheses").tokens.clone();
                let mut is_first = true;
                for token in list {
                    let is_comma = token.to_string() == ",";
                    if is_first {
                        words.insert(token.to_string());
                    }
                    is_first = is_comma;
                }
            }
        }
    }
    words
}

#[test]
fn every_attribute_has_an_example_on_the_page_of_the_derive() {
    for (attribute, text) in [
        ("field", "struct Post { #[field(xxxxxxxxxxxxxxxx)] id: i64 }"),
        ("model", "#[model(xxxxxxxxxxxxxxxx)] struct Post { id: i64 }"),
    ] {
        let used = used(DERIVE, attribute);
        let missing: Vec<String> = known(text).into_iter().filter(|name| !used.contains(name)).collect();
        assert!(missing.is_empty(), "no example of `#[{attribute}({})]`", missing.join(")]`, `#[…("));
    }
}

#[test]
fn every_operation_is_on_the_page_of_the_macro() {
    let code: String = MIGRATION.split("```").skip(1).step_by(2).collect();
    let words: BTreeSet<&str> = code.split(|it: char| !it.is_alphanumeric()).collect();
    let missing: Vec<&&str> = Operation::KEYWORDS.iter().filter(|word| !words.contains(**word)).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

/// The folder of the pages.
const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");

#[test]
fn every_page_is_in_the_book_and_every_link_leads_somewhere() {
    let summary = std::fs::read_to_string(format!("{DOCS}/SUMMARY.md")).expect("there is a summary");
    let book = include_str!("../../book.toml");
    assert!(book.contains("src = \"docs\"") && book.contains("create-missing = false"), "{book}");
    for entry in std::fs::read_dir(DOCS).expect("there are pages").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(
            name == "SUMMARY.md" || summary.contains(&format!("]({name})")),
            "`{name}` is not in the book"
        );
        let page = std::fs::read_to_string(entry.path()).expect("a page");
        let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        for link in links.filter(|link| link.contains(".md") && !link.starts_with("http")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = std::fs::read_to_string(format!("{DOCS}/{file}"));
            assert!(target.is_ok(), "{name}: {link}");
            let target = target.unwrap_or_default();
            let has_anchor = |line: &str| {
                let heading = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
                line.starts_with('#') && heading == anchor
            };
            assert!(anchor.is_empty() || target.lines().any(has_anchor), "{name}: {link}");
        }
    }
}

#[test]
fn the_exit_codes_of_the_page_are_those_of_the_help() {
    let help =
        modelshift::manage::command_line().get_after_help().map(ToString::to_string).unwrap_or_default();
    let listed: Vec<(&str, &str)> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split_once("  "))
        .map(|(code, meaning)| (code.trim(), meaning.trim()))
        .collect();
    let page = include_str!("../../docs/running.md");
    let (_, table) = page.split_once("| Code | Meaning |\n|---|---|\n").expect("the page has the table");
    let written: Vec<(&str, &str)> = table
        .lines()
        .map_while(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "))
        .collect();
    assert!(listed.len() == 5, "{help}");
    assert_eq!(written, listed);
}

#[test]
fn the_data_migration_of_the_page_is_the_one_of_the_example() {
    let file = include_str!("../../examples/people/src/migrations/m0003_combine_names.rs");
    let page = include_str!("../../docs/data.md");
    assert!(page.contains(&format!("```rust\n{file}```\n")), "{file}");
    // The first page shows it without what leads back.
    let (first, _) = file.split_once("\nasync fn split_names").expect("it leads back");
    let (_, first) = first.split_once("\n\n").expect("it says what it does");
    assert!(PAGES[0].contains(&format!("```rust\n{first}```\n")), "{first}");
}

/// The paths before the blocks are those of files that CI compiles and tests.
#[test]
fn the_rust_of_the_page_about_other_crates_is_that_of_the_example() {
    let mut count = 0;
    for part in WITH_OTHERS.split("```rust\n").collect::<Vec<_>>().windows(2) {
        let path = part[0].trim_end().rsplit('`').nth(1).expect("a block comes after the path of its file");
        let file = std::fs::read_to_string(format!("{DOCS}/../{path}")).expect("there is such a file");
        let (block, _) = part[1].split_once("```").expect("a block has an end");
        assert!(file.contains(block), "not in `{path}`:\n{block}");
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn the_page_about_other_crates_leaves_our_own_tables_out() {
    let own = [naming::HISTORY_TABLE, naming::PROGRESS_TABLE, naming::STAGE_TABLE];
    for (command, between) in [("--ignore-tables ", ","), ("--except-tables ", " ")] {
        let (_, rest) = WITH_OTHERS.split_once(command).expect("the command is there");
        assert!(rest.starts_with(&own.join(between)), "{command}");
    }
}
