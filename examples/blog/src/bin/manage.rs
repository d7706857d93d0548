//! `cargo run -p blog --bin manage -- migrate`, and the other commands.

fn main() -> std::process::ExitCode {
    modelshift::manage::main(blog::migrations::all())
}
