//! The files of `LoadData`: compiled into the program, from two places.

use super::{begun, errors, fails_with};

const MIGRATION: &str = "modelshift::migration! {\n    depends_on = [\"library.0001_initial\"];\n\n    \
    LoadData { file = \"authors.json\" }\n}\n";

#[test]
fn a_file_is_found_in_two_places_and_missed_where_it_is_named() {
    let project = begun();
    project.write("src/migrations/m0002_authors.rs", MIGRATION);
    let missing = "there is no file `src/migrations/authors.json`, nor `src/fixtures/authors.json`";
    let place = "--> src/migrations/m0002_authors.rs:4:23";
    let said = fails_with(project.check(), &[missing, "`manage dumpdata`", place]);
    assert_eq!(errors(&said), 1, "{said}");
    project.write("src/fixtures/authors.json", "[]");
    let _ = project.check().ok();
    project.write("src/migrations/authors.json", "[]");
    // The program is built again when a file that is in it changes or goes.
    project.write("src/fixtures/authors.json", "[ ]");
    let twice =
        "`authors.json` is there twice, as `src/migrations/authors.json` and as `src/fixtures/authors.json`";
    fails_with(project.check(), &[twice, place]);
    std::fs::remove_file(project.path("src/fixtures/authors.json")).unwrap();
    let _ = project.check().ok();
    std::fs::remove_file(project.path("src/migrations/authors.json")).unwrap();
    fails_with(project.check(), &[missing, place]);
}
