//! The invariants of models and migrations, by their numbers, over random evolutions of projects.
//!
//! What fails is told as a story, which is text; to keep it, put it into a file of `found` that is named after what it
//! shows. Files need no generator, so that they mean the same whatever becomes of the tables of edits.
//! `MODELSHIFT_EVOLUTIONS=200000` runs as many sequences, `MODELSHIFT_EVOLUTIONS=5000..9000` those seeds;
//! `MODELSHIFT_EVOLUTIONS_TALLY=1` with `--nocapture` tells what was done.

use std::ops::Range;
use std::sync::LazyLock;

use modelshift_evolution::campaign::{Report, campaign, told};
use modelshift_evolution::edits::EDITS;
use modelshift_evolution::fields::{ATTRIBUTES, KINDS};
use modelshift_evolution::found;
use modelshift_evolution::laws::Law;
use modelshift_evolution::objects::FORMS;
use modelshift_evolution::story::Story;
use modelshift_syntax::{AsWritten, parse_struct};

/// Sequences of up to twenty edits.
const SEQUENCES: u64 = 10_000;

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("MODELSHIFT_EVOLUTIONS") else { return 0..SEQUENCES };
    let number =
        |text: &str| text.trim().parse().expect("`MODELSHIFT_EVOLUTIONS` is a number, or two with `..`");
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

/// Returns the name, the story and the text of every file that is kept.
fn kept() -> Vec<(String, Story, String)> {
    let files = found::all().expect("`found` is a folder of stories");
    let read = |(name, text): (String, String)| {
        let story = Story::read(&text).map_err(|error| format!("found/{name}.txt: {error}"));
        let story = story.expect("a story is kept in each file");
        (name, story, text)
    };
    files.into_iter().map(read).collect()
}

/// One run serves all tests, each of which looks for its own invariant.
#[expect(clippy::print_stderr, reason = "what was done is told to whoever asks")]
static REPORT: LazyLock<Report> = LazyLock::new(|| {
    let start = std::time::Instant::now();
    let report = campaign(seeds());
    if std::env::var_os("MODELSHIFT_EVOLUTIONS_TALLY").is_some() {
        eprintln!("{:#?} in {:?}", report.tally, start.elapsed());
    }
    report
});

fn check(is_own: impl Fn(Law) -> bool) {
    let failures = REPORT.failures.iter().filter(|it| is_own(it.fault.law));
    let own: Vec<String> = failures.map(ToString::to_string).collect();
    assert!(own.is_empty(), "\n{}", own.join("\n\n"));
}

fn check_invariant(number: u8) {
    check(|law| law.invariant() == Some(number));
}

#[test]
fn invariant_2_what_is_written_reads_back_as_the_same() {
    check_invariant(2);
}

#[test]
fn invariant_3_detecting_again_finds_nothing() {
    check_invariant(3);
}

#[test]
fn invariant_4_replay_gives_the_models_and_fewer_operations_keep_the_state() {
    check_invariant(4);
}

#[test]
fn invariant_5_apply_then_invert_restores_the_state() {
    check_invariant(5);
}

#[test]
fn invariant_12_the_same_edits_give_the_same_bytes() {
    check_invariant(12);
}

#[test]
fn steps_lead_from_table_to_table_and_nothing_panics() {
    check(|law| law.invariant().is_none());
}

#[test]
fn what_is_kept_is_as_it_is_printed() {
    for (name, story, text) in kept() {
        assert!(!story.shows.is_empty(), "found/{name}.txt: say in the first line what it shows");
        let printed = story.print();
        assert_eq!(printed, text, "found/{name}.txt should be\n{printed}");
    }
}

#[test]
fn what_failed_once_holds() {
    let failed = |(name, story, _): (String, Story, String)| {
        let fault = told(&story).err()?;
        Some(format!("found/{name}.txt: {}\n{:?}: {}\n{}", story.shows, fault.law, fault.what, fault.written))
    };
    let failed: Vec<String> = kept().into_iter().filter_map(failed).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

/// Attributes that say nothing of a model, so that nothing could be found with them.
const NO_PART_OF_MODELS: [(&str, &str); 3] = [
    ("field(skip)", "a field that is skipped is none of the model's, and its struct reads as one without it"),
    ("model(from_row)", "that a struct reads rows stands in no model, and in no migration"),
    ("model(name)", "what the struct of a model is called stands in no model, and in no migration"),
];

/// Returns the attributes that an unknown one could have been, as the grammar lists them.
fn spelled_by_the_grammar(text: &str) -> Vec<String> {
    let item = syn::parse_str(text).expect("it is a struct");
    let said = parse_struct(&item, &AsWritten).expect_err("no such attribute").to_string();
    let list = said.split_once("expected one of ").expect("the others are listed").1;
    list.split(", ").map(|name| name.trim_matches('`').to_owned()).collect()
}

fn is_rare(name: &str) -> bool {
    REPORT.tally.get(name).is_none_or(|count| (*count as u64) * 2_000 < REPORT.seeds)
}

/// A new attribute must come into the tables.
#[test]
fn every_attribute_of_the_grammar_is_used() {
    let of_field = spelled_by_the_grammar("struct Post { #[field(xxxxxxxxxxxxxxxx)] id: i64 }");
    let of_model = spelled_by_the_grammar("#[model(xxxxxxxxxxxxxxxx)] struct Post { id: i64 }");
    assert!(of_field.len() > 25 && of_model.len() > 8, "{of_field:?} {of_model:?}");
    let of_field = of_field.into_iter().map(|name| format!("field({name})"));
    let known: Vec<String> =
        of_field.chain(of_model.into_iter().map(|name| format!("model({name})"))).collect();
    for (name, why) in NO_PART_OF_MODELS {
        assert!(known.iter().any(|it| it == name) && is_rare(name), "{name} is no exception: {why}");
    }
    let is_exception = |name: &String| NO_PART_OF_MODELS.iter().any(|(it, _)| name == it);
    let rare: Vec<String> = known.into_iter().filter(|name| is_rare(name) && !is_exception(name)).collect();
    assert!(rare.is_empty(), "hardly ever: {rare:?}\n{:#?}", REPORT.tally);
}

/// Without this the laws might hold for want of cases.
#[test]
fn every_entry_of_the_tables_is_used() {
    let names = EDITS.iter().map(|it| it.name).chain(KINDS.iter().map(|it| it.name));
    let names = names.chain(ATTRIBUTES.iter().map(|it| it.name)).chain(FORMS.iter().map(|it| it.name));
    let rare: Vec<&str> = names.filter(|name| is_rare(name)).collect();
    assert!(rare.is_empty(), "hardly ever: {rare:?}\n{:#?}", REPORT.tally);
}
