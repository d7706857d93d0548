#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelshift_fuzz_targets::run("answers", bytes));
