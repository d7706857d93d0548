//! The sources of the packages, and of the program that runs the build step.

use std::path::Path;

/// The size of a package.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub(super) models: usize,
    /// How many files the models are in.
    pub(super) files: usize,
    pub(super) migrations: usize,
}

/// A program that runs the build step, or a floor.
pub(super) const PROGRAM: &str = r#"use std::hash::Hasher;
use std::path::{Path, PathBuf};

fn main() {
    let job = std::env::args().nth(1).unwrap();
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    match job.as_str() {
        "step" => modelshift_build::run(),
        "read" => {
            let mut hasher = std::hash::DefaultHasher::new();
            each(&package.join("src"), &mut |text| hasher.write(text.as_bytes()));
            println!("{}", hasher.finish());
        }
        "syn" => {
            let mut items = 0;
            each(&package.join("src"), &mut |text| items += syn::parse_file(text).unwrap().items.len());
            println!("{items}");
        }
        other => panic!("{other}"),
    }
}

fn each(folder: &Path, file: &mut impl FnMut(&str)) {
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { each(&path, file) } else { file(&std::fs::read_to_string(path).unwrap()) }
    }
}
"#;

/// Returns the manifest of the program.
pub(super) fn manifest(root: &Path) -> String {
    format!(
        "[package]\nname = \"step\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         modelshift-build = {{ path = \"{}\" }}\nsyn = {{ version = \"3\", features = [\"full\"] }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[workspace]\n",
        root.join("build-support").display()
    )
}

/// Returns the files below `src`, with their names.
pub(super) fn files(size: Size) -> Vec<(String, String)> {
    let mut root = String::from("pub mod migrations;\n");
    let mut files = vec![("migrations.rs".to_owned(), "modelshift::migrations!();\n".to_owned())];
    let each = size.models / size.files;
    for part in 0..size.files {
        root.extend([format!("mod part{part};\npub use part{part}::*;\n")]);
        let mut text = String::from("use modelshift::{ForeignKey, Model};\n\nuse super::*;\n");
        for number in part * each..(part + 1) * each {
            text.push_str(&model(number));
            text.push_str(&function(number));
        }
        files.push((format!("part{part}.rs"), text));
    }
    files.push(("lib.rs".to_owned(), root));
    files
}

/// Returns a model of ten fields, with an index, and a reference to an earlier one.
fn model(number: usize) -> String {
    let target = number / 3;
    format!(
        "
/// Model {number}.
#[derive(Debug, Clone, Model)]
#[model(index(fields(title, -rating)))]
pub struct Model{number} {{
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(max_length = 80, unique)]
    pub slug: String,
    #[field(on_delete = cascade)]
    pub author: Option<ForeignKey<Model{target}>>,
    #[field(default = 0)]
    pub rating: i16,
    #[field(default = false)]
    pub published: bool,
    pub body: String,
    #[field(index)]
    pub price: f64,
    pub data: Vec<u8>,
    pub note: Option<String>,
}}
"
    )
}

/// Returns a function, which no build step needs.
fn function(number: usize) -> String {
    format!(
        "
impl Model{number} {{
    pub fn score(&self, weights: &[i64]) -> i64 {{
        let sum = weights.iter().enumerate().map(|(place, weight)| place as i64 * weight).sum::<i64>();
        if self.published {{ sum * i64::from(self.rating) }} else {{ -sum }}
    }}
}}
"
    )
}

/// Returns the migrations after the first one, each with its number: every second one reverts what the one before does.
pub(super) fn later_migrations(size: Size) -> Vec<(usize, String)> {
    (2..=size.migrations).map(|number| (number, migration(number, size.models))).collect()
}

fn migration(number: usize, models: usize) -> String {
    let (pair, is_first) = (number / 2, number.is_multiple_of(2));
    let before = if number == 2 { "0001_initial".to_owned() } else { format!("{:04}_sample", number - 1) };
    let model = format!("Model{}", pair * 7 % models);
    let operation = match (pair % 4, is_first) {
        (0, true) => {
            format!("AddField({model}) {{\n        #[field(default = 0)]\n        f{pair}: i32\n    }}")
        }
        (0, false) => format!("RemoveField({model}: f{pair});"),
        (1, true) => format!("AddIndex({model}) {{ index(name = \"i{pair}\", fields(body, -rating)) }}"),
        (1, false) => format!("RemoveIndex({model}: \"i{pair}\");"),
        (2, true) => format!("AddConstraint({model}) {{ check(name = \"c{pair}\", rating >= 0) }}"),
        (2, false) => format!("RemoveConstraint({model}: \"c{pair}\");"),
        (_, true) => format!("RenameField({model}: note -> note{pair});"),
        (_, false) => format!("RenameField({model}: note{pair} -> note);"),
    };
    migration_after(number, &before, &operation)
}

/// Returns the migration with this operation after another one.
pub(super) fn migration_after(number: usize, before: &str, operation: &str) -> String {
    format!(
        "//! Migration {number}.\n\nmodelshift::migration! {{\n    depends_on = [\"shop.{before}\"];\n\n    {operation}\n}}\n"
    )
}
