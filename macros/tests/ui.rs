//! What a person sees for each mistake, and what must compile without a warning.

#[test]
fn mistakes_are_told_in_full_and_once() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/unknown-attribute/*.rs");
    cases.compile_fail("tests/ui/duplicate/*.rs");
    cases.compile_fail("tests/ui/conflict/*.rs");
    cases.compile_fail("tests/ui/unsupported-type/*.rs");
    cases.compile_fail("tests/ui/choices/*.rs");
    cases.compile_fail("tests/ui/relation/*.rs");
    cases.compile_fail("tests/ui/shape/*.rs");
    cases.compile_fail("tests/ui/migration/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
