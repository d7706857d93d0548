//! What a program compiles with each feature, as cargo resolves the lock file.

use std::collections::BTreeSet;
use std::process::Command;

/// The crates of which one is in every program that speaks TLS.
const TLS: [&str; 6] = ["rustls", "ring", "aws-lc-rs", "webpki-roots", "native-tls", "openssl"];

/// Returns the names of the crates that a program compiles which depends on modelshift with these features.
fn compiled(features: &str) -> BTreeSet<String> {
    let workspace = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(workspace).args([
        "tree",
        "--offline",
        "--locked",
        "--prefix",
        "none",
        "--target",
        "all",
    ]);
    command.args(["-p", "modelshift", "--no-default-features", "--features", features]);
    let output = command.args(["-e", "normal,build", "--format", "{p}"]).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("names are text");
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn only_programs_with_a_server_compile_tls() {
    for (features, has_tls) in [
        ("", false),
        ("sqlite", false),
        ("sqlite,manage,inspect,fixtures-yaml,fixtures-xml,fixtures-compressed", false),
        ("postgres", true),
        ("mysql", true),
    ] {
        let compiled = compiled(features);
        let found: Vec<&str> = TLS.into_iter().filter(|name| compiled.contains(*name)).collect();
        assert_eq!(!found.is_empty(), has_tls, "`{features}`: {found:?}");
    }
}

#[test]
fn each_feature_compiles_its_own_driver_alone() {
    let drivers = [("sqlite", "sqlx-sqlite"), ("postgres", "sqlx-postgres"), ("mysql", "sqlx-mysql")];
    for features in ["", "sqlite", "postgres", "mysql"] {
        let compiled = compiled(features);
        for (feature, driver) in drivers {
            assert_eq!(compiled.contains(driver), feature == features, "`{driver}` with `{features}`");
        }
        assert_eq!(compiled.contains("sqlx"), !features.is_empty(), "`sqlx` with `{features}`");
    }
}
