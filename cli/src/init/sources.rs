//! The files of source: `build.rs`, the modules, and the program of the commands.

use modelshift_syntax::source_edits::{begin_main_with, declare_modules, is_new_main};

use super::files::Files;
use super::{App, InitError, Options, manifest};
use crate::package::Package;

/// What a new file of models begins with.
const MODELS: &str = "//! The models: each struct with `#[derive(Model)]` is a table, and `cargo build` writes its migrations.\n";

/// Makes the changes of all files, in the order in which they are shown.
///
/// # Errors
/// If a file cannot be read, or no place is known in one that a person wrote.
pub(super) fn changes(files: &mut Files<'_>, package: &Package, options: &Options) -> Result<(), InitError> {
    build_script(files, options)?;
    if options.bin {
        begin_program(files)?;
    }
    let (root, visibility) = if options.bin { ("src/main.rs", "") } else { ("src/lib.rs", "pub ") };
    if options.app.is_empty() {
        declare(files, root, visibility, &["migrations", "models"])?;
        keep(files, "src/migrations.rs", "modelshift::migrations!();\n")?;
        keep(files, "src/models.rs", MODELS)?;
    }
    for app in &options.app {
        add_app(files, app)?;
    }
    if !options.bin {
        let library = manifest::library(files, &package.name)?;
        keep(files, "src/bin/manage.rs", &program(&library, options))?;
    }
    Ok(())
}

/// Adds the files of an app: the modules down to its folder, its models and its migrations.
fn add_app(files: &mut Files<'_>, app: &App) -> Result<(), InitError> {
    let mut file = "src/lib.rs".to_owned();
    let mut below = "src".to_owned();
    for part in app.module().split("::") {
        declare(files, &file, "pub ", &[part])?;
        below = format!("{below}/{part}");
        file = format!("{below}.rs");
        let inside = format!("{below}/mod.rs");
        if files.text(&inside)?.is_some() {
            file = inside;
        }
    }
    declare(files, &file, "pub ", &["migrations", "models"])?;
    keep(
        files,
        &format!("{}/migrations.rs", app.folder),
        &format!("modelshift::migrations!({});\n", app.name),
    )?;
    keep(files, &format!("{}/models.rs", app.folder), MODELS)
}

/// Writes a file that is missing; what a person wrote stays.
fn keep(files: &mut Files<'_>, path: &str, text: &str) -> Result<(), InitError> {
    // A module may be a folder with a `mod.rs` as well.
    let inside = path.trim_end_matches(".rs").to_owned() + "/mod.rs";
    if files.text(path)?.is_some() || files.text(&inside)?.is_some() {
        return Ok(());
    }
    files.set(path, text.to_owned())
}

/// Declares modules in a file.
fn declare(files: &mut Files<'_>, path: &str, visibility: &str, modules: &[&str]) -> Result<(), InitError> {
    let source = files.text(path)?.unwrap_or_default();
    let after = declare_modules(&source, visibility, modules)
        .map_err(|error| InitError::Source(path.to_owned(), error.to_string()))?;
    files.set(path, after)
}

fn build_script(files: &mut Files<'_>, options: &Options) -> Result<(), InitError> {
    let path = "build.rs";
    let apps: Vec<String> =
        options.app.iter().map(|app| format!(".app({:?}, {:?})", app.name, app.folder)).collect();
    let apps = apps.concat();
    let call = if apps.is_empty() {
        "modelshift_build::run();".to_owned()
    } else {
        format!("modelshift_build::new(){apps}.run();")
    };
    let after = match files.text(path)? {
        None => format!("fn main() {{\n    {call}\n}}\n"),
        Some(source) if source.contains(&call) => source,
        // Which apps there are is the decision of whoever wrote it.
        Some(source) if source.contains("modelshift_build") && apps.is_empty() => source,
        Some(source) if source.contains("modelshift_build") => return Err(by_hand(path, &call)),
        Some(source) => begin_main_with(&source, &call)
            .map_err(|error| InitError::Source(path.to_owned(), error.to_string()))?
            .ok_or_else(|| by_hand(path, &call))?,
    };
    files.set(path, after)
}

/// Makes the package's one program that of the commands.
fn begin_program(files: &mut Files<'_>) -> Result<(), InitError> {
    const MAIN: &str =
        "fn main() -> std::process::ExitCode {\n    modelshift::manage::main(migrations::all())\n}\n";
    let path = "src/main.rs";
    match files.text(path)? {
        Some(source) if source.contains("modelshift::manage") => Ok(()),
        Some(source) if !is_new_main(&source) => Err(by_hand(path, MAIN.trim_end())),
        Some(_) | None => files.set(path, MAIN.to_owned()),
    }
}

fn by_hand(path: &str, text: &str) -> InitError {
    InitError::ByHand { path: path.to_owned(), text: text.to_owned() }
}

fn program(library: &str, options: &Options) -> String {
    let lists: Vec<String> = if options.app.is_empty() {
        vec![format!("{library}::migrations::all()")]
    } else {
        options.app.iter().map(|app| format!("{library}::{}::migrations::all()", app.module())).collect()
    };
    let mut lists = lists.into_iter();
    let first = lists.next().unwrap_or_default();
    let all = lists.fold(first, |all, next| format!("{all}.and({next})"));
    format!("fn main() -> std::process::ExitCode {{\n    modelshift::manage::main({all})\n}}\n")
}
