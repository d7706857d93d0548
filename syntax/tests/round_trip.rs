//! Invariant 2: `read(print(x)) == x` for every migration, and `print(read(file)) == file` for what we print.
//! Invariant 12: the same migration gives the same bytes.

mod generate;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{print_module, read_module, trailer};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn invariant_2_a_printed_migration_reads_back(
        depends_on in generate::dependencies(),
        run_before in generate::dependencies(),
        replaces in generate::dependencies(),
        name in proptest::sample::select(vec!["0001_initial", "0002_generated"]),
        atomic in proptest::bool::ANY,
        operations in proptest::collection::vec(generate::operation(), 0..5),
    ) {
        let id = MigrationId::new("blog", name);
        let migration = Migration { run_before, replaces, atomic, ..Migration::new(id.clone(), depends_on, operations) };
        let text = print_module(&migration);
        let read = read_module(&id, &text).map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(&read, &migration, "{}", text);
        prop_assert_eq!(print_module(&read), text.clone());
        // A checkout with other line ends is the same migration, and still ours.
        let signed = trailer::sign(&text).replace('\n', "\r\n");
        prop_assert!(trailer::is_intact(&signed));
        prop_assert_eq!(read_module(&id, &signed), Ok(migration));
    }
}
