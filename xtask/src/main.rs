//! `cargo run -p xtask -- <job>`: tidy, floors, packages, rows, faults, compile-cost (`compile-cost forge` for the example
//! alone), build-cost (`build-cost 100 1000` for some of its packages), runner-cost and data-cost (`runner-cost sqlite` for
//! one database), fleet (`fleet 200` for so many tenants).

use std::io;
use std::process::ExitCode;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to a person")]
fn main() -> ExitCode {
    let job = std::env::args().nth(1).unwrap_or_default();
    let root = xtask::root();
    if job == "compile-cost" {
        let only_forge = std::env::args().nth(2).is_some_and(|part| part == "forge");
        let report =
            if only_forge { xtask::compile_cost::forge::run(&root) } else { xtask::compile_cost::run(&root) };
        return told(&job, report.map(|lines| (lines, true)));
    }
    if job == "build-cost" {
        let models: Vec<usize> = std::env::args().skip(2).filter_map(|size| size.parse().ok()).collect();
        return told(&job, xtask::build_cost::run(&root, &models).map(|lines| (lines, true)));
    }
    if job == "runner-cost" || job == "data-cost" {
        let mut cargo = std::process::Command::new("cargo");
        cargo.args([
            "bench",
            "-q",
            "--locked",
            "-p",
            "modelshift-tests",
            "--bench",
            &job.replace('-', "_"),
            "--",
        ]);
        let ended = cargo.args(std::env::args().nth(2)).current_dir(&root).status();
        return code(ended.is_ok_and(|status| status.success()));
    }
    if job == "fleet" {
        let tenants = std::env::args().nth(2).unwrap_or_else(|| "1000".to_owned());
        let mut cargo = std::process::Command::new("cargo");
        cargo.args(["test", "-q", "--locked", "-p", "modelshift-tests", "--test", "running", "--"]);
        cargo.args(["fleet::killed_half_way", "--nocapture", "--test-threads=1"]);
        let ended = cargo.env("MODELSHIFT_TENANTS", tenants).current_dir(&root).status();
        return code(ended.is_ok_and(|status| status.success()));
    }
    if job == "faults" {
        return told(&job, xtask::faults::run(&root));
    }
    let found = match job.as_str() {
        "tidy" => xtask::tidy::check(&root),
        "floors" => xtask::floors::check(&root),
        "packages" => xtask::packages::check(&root),
        "rows" => {
            for (area, count) in xtask::rows::count(&root).unwrap_or_default() {
                let xtask::rows::Count { covered, not_ours, open } = count;
                println!("{area}: {covered} covered, {not_ours} not ours, {open} open");
            }
            xtask::rows::check(&root)
        }
        _ => {
            eprintln!(
                "usage: cargo run -p xtask -- tidy | floors | packages | rows | faults | compile-cost [forge] | \
                 build-cost [models…] | runner-cost [sqlite] | data-cost [sqlite] | fleet [1000]"
            );
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

/// Prints the lines of a job and whether it passed, or why it could not be done.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to a person")]
fn told(job: &str, report: io::Result<(Vec<String>, bool)>) -> ExitCode {
    match report {
        Ok((lines, passed)) => {
            println!("{}", lines.join("\n"));
            code(passed)
        }
        Err(error) => {
            eprintln!("{job}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn code(passed: bool) -> ExitCode {
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
