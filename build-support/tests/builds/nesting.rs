//! Source of any depth is read, or refused at its place; the build script never ends by a stack overflow.

use super::{begun, fails_with, project};

/// Returns a model whose check has so many operators, one inside the other.
fn with_operators(count: usize) -> String {
    let more: Vec<String> = (1..count).map(|number| format!(" && rating != {number}")).collect();
    let more = more.concat();
    format!(
        "#[derive(Model)]\n#[model(check(name = \"rating_rule\", rating >= 0{more}))]\npub struct Rated {{ pub id: i64, pub rating: i64 }}\n"
    )
}

#[test]
fn a_condition_of_two_hundred_operators_is_built_and_compiled_into_the_program() {
    let project = project();
    project.models(&with_operators(199));
    let program = "fn main() {\n    let all = library::migrations::all().load().unwrap();\n    println!(\"{} operation\", all[0].operations.len());\n}\n";
    project.write("src/bin/list.rs", program);
    let run = project.run("cargo", &["run", "--quiet", "--bin", "list"]).ok();
    assert_eq!(run.stdout, "1 operation\n");
}

#[test]
fn what_nests_too_deep_is_refused_where_it_stands() {
    let project = begun();
    project.models(&with_operators(250));
    fails_with(project.check(), &["200 operators", "src/models.rs:5"]);
    project.models(&with_operators(3_000));
    fails_with(project.check(), &[" tokens; write it in parts", "src/models.rs:5"]);
    let open = "(".repeat(120);
    let close = ")".repeat(120);
    project.models(&format!("#[derive(Model)]\n#[model(check(name = \"deep\", {open}id > 0{close}))]\npub struct Deep {{ pub id: i64 }}\n"));
    fails_with(project.check(), &["deeper than", "src/models.rs:5"]);
    let (open, close) = ("Vec<".repeat(120), ">".repeat(120));
    project
        .models(&format!("#[derive(Model)]\npub struct Deep {{ pub id: i64, pub deep: {open}u8{close} }}\n"));
    fails_with(project.check(), &["deeper than", "src/models.rs:5"]);
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}

#[test]
fn deep_source_beside_the_models_is_read() {
    let project = begun();
    let modules = format!("{}{}", "pub mod deep {".repeat(100), "}".repeat(100));
    let blocks = format!("pub fn deep() {{ {}{} }}", "{".repeat(100), "}".repeat(100));
    let branches = "if id == 1 { 2 } else ".repeat(300);
    let branches = format!("pub fn branches(id: i64) -> i64 {{ {branches} {{ 0 }} }}");
    let author = super::author_with("pub age: Option<i32>,");
    project.models(&format!("{modules}\n#[allow(unused_braces)]\n{blocks}\n{branches}\n{author}"));
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs", "m0002_author_age.rs"]);
}

#[test]
fn source_that_nobody_can_read_is_no_removal() {
    let project = begun();
    let deep = format!("{}{}", "m!{".repeat(3_000), "}".repeat(3_000));
    let (open, close) = ("(".repeat(3_000), ")".repeat(3_000));
    project.write(
        "src/deep.rs",
        &format!("macro_rules! m {{ ($($a:tt)*) => {{}} }}\n{deep}\npub const DEEP: i32 = {open}1{close};\n"),
    );
    project.write("src/lib.rs", "#[cfg(any())]\npub mod deep;\npub mod migrations;\npub mod models;\n");
    let _ = project.check().ok();
    assert_eq!(project.migrations(), ["m0001_initial.rs"]);
}
