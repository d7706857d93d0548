//! `cargo run -p forge --bin manage -- migrate`, and the other commands.

fn main() -> std::process::ExitCode {
    modelshift::manage::main(forge::migrations())
}
