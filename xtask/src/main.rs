//! `cargo run -p xtask -- <job>`: tidy, floors, rows, compile-cost (`compile-cost forge` for the example alone).

use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to a person")]
fn main() -> ExitCode {
    let job = std::env::args().nth(1).unwrap_or_default();
    let root = xtask::root();
    if job == "compile-cost" {
        let only_forge = std::env::args().nth(2).is_some_and(|part| part == "forge");
        let report =
            if only_forge { xtask::compile_cost::forge::run(&root) } else { xtask::compile_cost::run(&root) };
        return match report {
            Ok(report) => {
                println!("{}", report.join("\n"));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{job}: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let found = match job.as_str() {
        "tidy" => xtask::tidy::check(&root),
        "floors" => xtask::floors::check(&root),
        "rows" => {
            for (area, count) in xtask::rows::count(&root).unwrap_or_default() {
                let xtask::rows::Count { covered, not_ours, open } = count;
                println!("{area}: {covered} covered, {not_ours} not ours, {open} open");
            }
            xtask::rows::check(&root)
        }
        _ => {
            eprintln!("usage: cargo run -p xtask -- tidy | floors | rows | compile-cost [forge]");
            return ExitCode::from(2);
        }
    };
    match found {
        Ok(faults) if faults.is_empty() => {
            println!("{job}: nothing found");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            for fault in faults {
                println!("{fault}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{job}: {error}");
            ExitCode::FAILURE
        }
    }
}
