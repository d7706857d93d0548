//! The sources of the crates that are measured.

use std::fmt::Write;
use std::ops::Range;
use std::path::Path;

/// A build script that says how long the step took.
pub(super) const BUILD_SCRIPT: &str = r#"fn main() {
    let start = std::time::Instant::now();
    modelshift_build::run();
    println!("cargo::warning=step took {} us", start.elapsed().as_micros());
}
"#;

/// Returns the manifest of a crate that depends on modelshift with these features.
pub(super) fn manifest(name: &str, root: &Path, features: &str) -> String {
    let mut text = format!(
        "[package]\nname = {name:?}\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         modelshift = {{ path = \"{}\", features = [{features}] }}\n",
        root.join("runtime").display()
    );
    if name.starts_with("step") {
        // Writing into a `String` cannot fail.
        let _ = write!(
            text,
            "\n[build-dependencies]\nmodelshift-build = {{ path = \"{}\" }}\n",
            root.join("build-support").display()
        );
    }
    text
}

/// Returns structs that no table is made of.
pub(super) fn plain(count: usize) -> String {
    let fields: Vec<(&str, String)> =
        FIELDS.iter().map(|(_, field)| ("", field.replace("ForeignKey<Author>", "i64"))).collect();
    let structs = (0..count).map(|number| structure(number, "Debug, Clone", "", &fields));
    // Named once, so that the compiler loads the crate here as it does for the models.
    std::iter::once("pub use modelshift::EmbeddedMigration;\n".to_owned()).chain(structs).collect()
}

/// Returns the same as models.
pub(super) fn models(numbers: Range<usize>) -> String {
    let mut text = String::from("use modelshift::{ForeignKey, Model};\n");
    for number in numbers {
        let to = format!("ForeignKey<Model{}>", number / 10 * 10);
        let fields: Vec<(&str, String)> = FIELDS
            .iter()
            .map(|(attribute, field)| (*attribute, field.replace("ForeignKey<Author>", &to)))
            .collect();
        text.push_str(&structure(
            number,
            "Debug, Clone, Model",
            "#[model(index(fields(title, -rating)))]\n",
            &fields,
        ));
    }
    text
}

/// Returns numbered migrations: the first makes forty models, each of the others changes something small.
pub(super) fn migrations(count: usize) -> Vec<(usize, String)> {
    (1..=count).map(|number| (number, migration(number))).collect()
}

/// The ten fields of every struct, with their attributes.
const FIELDS: [(&str, &str); 10] = [
    ("", "id: i64"),
    ("#[field(max_length = 200)]", "title: String"),
    ("#[field(max_length = 80, unique)]", "slug: String"),
    ("#[field(on_delete = cascade)]", "author: Option<ForeignKey<Author>>"),
    ("#[field(default = 0)]", "rating: i16"),
    ("#[field(default = false)]", "published: bool"),
    ("", "body: String"),
    ("#[field(index)]", "price: f64"),
    ("", "data: Vec<u8>"),
    ("", "note: Option<String>"),
];

fn structure(number: usize, derives: &str, attribute: &str, fields: &[(&str, String)]) -> String {
    let mut text = format!("#[derive({derives})]\n{attribute}pub struct Model{number} {{\n");
    for (attribute, field) in fields {
        let _ = writeln!(text, "    {attribute}\n    pub {field},");
    }
    text.push_str("}\n");
    text
}

fn migration(number: usize) -> String {
    let mut body = String::new();
    if number == 1 {
        for model in 0..40 {
            let _ = writeln!(body, "    CreateModel {{\n        struct Model{model} {{");
            for (attribute, field) in FIELDS {
                let field =
                    field.replace("ForeignKey<Author>", &format!("ForeignKey<Model{}>", model / 10 * 10));
                let _ = writeln!(body, "            {attribute}\n            {field},");
            }
            body.push_str("        }\n    }\n");
        }
    } else {
        let before = number - 1;
        let _ = writeln!(body, "    depends_on = [\"migrations.{before:04}_sample\"];\n");
        let model = number % 40;
        let _ = match number % 4 {
            0 => writeln!(
                body,
                "    AddField(Model{model}) {{\n        #[field(default = 0)]\n        f{number}: i32\n    }}"
            ),
            1 => writeln!(
                body,
                "    AddIndex(Model{model}) {{ index(name = \"i{number}\", fields(title, -rating)) }}"
            ),
            2 => writeln!(
                body,
                "    AlterField(Model{model}) {{\n        #[field(max_length = {number})]\n        title: String\n    }}"
            ),
            _ => writeln!(
                body,
                "    AddConstraint(Model{model}) {{ check(name = \"c{number}\", rating >= 0) }}"
            ),
        };
    }
    format!("//! Migration {number}.\n\nmodelshift::migration! {{\n{body}}}\n")
}
