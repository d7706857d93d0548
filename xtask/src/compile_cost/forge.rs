//! What a check of the example costs after a touch, the build step with its comparison of the whole history included.

use std::fs;
use std::io;
use std::path::Path;

use super::{ROUNDS, check, median, touch};

/// What is touched, from the folder of the repository, and what that means.
const TOUCHED: [(&str, &str); 2] = [
    ("examples/forge/src/lib.rs", "the crate with three apps"),
    ("examples/forge/accounts/src/lib.rs", "the crate of the people, and with it the other"),
];

/// Measures; gives the lines of a report.
///
/// # Errors
/// Where the example does not compile.
pub fn run(root: &Path) -> io::Result<Vec<String>> {
    let target = root.join("target/compile-cost/forge");
    fs::create_dir_all(&target)?;
    let errors = target.join("errors");
    let variables = [("CARGO_TARGET_DIR", target.as_path()), ("MODELSHIFT", Path::new("check"))];
    let mut seconds = vec![Vec::new(); TOUCHED.len()];
    for round in 0..=ROUNDS {
        for ((file, _), seconds) in TOUCHED.iter().zip(&mut seconds) {
            touch(&root.join(file))?;
            let taken = check(root, "forge", &errors, &variables)?;
            // The first round compiles what the crates depend on.
            if round > 0 {
                seconds.push(taken);
            }
        }
    }
    let mut report = vec![format!("cargo check of forge after a touch: CPU seconds, median of {ROUNDS}")];
    for ((_, what), seconds) in TOUCHED.iter().zip(seconds) {
        report.push(format!("  {:>7.3}  {what}", median(seconds)));
    }
    Ok(report)
}
