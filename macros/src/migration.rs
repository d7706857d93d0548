//! `migration! { … }` -> one constant, and the models of its functions.

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::{Operation, RunRust};
use modelshift_syntax::historical::{MODULE, models_file, named_models};
use modelshift_syntax::resolver::OPEN_APP;
use modelshift_syntax::{MigrationBody, ident, parse_migration, text};
use proc_macro::TokenStream;
use proc_macro2::Span;
use syn::Error;

use crate::{data_files, lookup};

/// Expands to `MIGRATION`; errors come with an empty one, so that `migrations!` still finds it.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let input = proc_macro2::TokenStream::from(input);
    let (body, error) = match parse_migration(&OPEN_APP.into(), input.clone()) {
        Ok(body) => (body, None),
        Err(error) => (MigrationBody::default(), Some(error.to_compile_error())),
    };
    let app = body.app.as_ref().map_or_else(
        || "::core::option::Option::None".to_owned(),
        |app| format!("::core::option::Option::Some({})", text::quoted(app.as_str())),
    );
    let function = body.operations.iter().find_map(run_rust);
    let (files, missing) = data_files::embedded(&body.operations, &input);
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let operations = serde_json::to_string(&body.operations).unwrap_or_default();
    let code = format!(
        "#[doc = \"The migration of this module.\"] pub const MIGRATION: ::modelshift::EmbeddedMigration = \
         ::modelshift::EmbeddedMigration {{ app: {app}, depends_on: &[{}], run_before: &[{}], replaces: &[{}], \
         atomic: {}, operations: {}, functions: &[{}], files: &[{files}] }};",
        list(&body.depends_on),
        list(&body.run_before),
        list(&body.replaces),
        body.atomic.unwrap_or(true),
        text::raw(&operations),
        function.map(functions).unwrap_or_default(),
    );
    // As in the derive: one text for the compiler is quicker than many tokens.
    let mut code = TokenStream::from_str(&code).unwrap_or_default();
    if function.is_some() {
        match models() {
            Ok(models) => code.extend(TokenStream::from_str(&models).unwrap_or_default()),
            Err(error) => code.extend(TokenStream::from(error.to_compile_error())),
        }
    }
    code.extend(error.or_else(|| missing.map(|it| it.to_compile_error())).map(TokenStream::from));
    code
}

fn list(ids: &[MigrationId]) -> String {
    ids.iter().map(|id| text::quoted(&id.to_string())).collect::<Vec<_>>().join(", ")
}

fn run_rust(operation: &Operation) -> Option<&RunRust> {
    if let Operation::RunRust(found) = operation { Some(found) } else { None }
}

/// Returns the list of the functions, with their names.
fn functions(operation: &RunRust) -> String {
    let functions = operation.functions().into_iter().map(|name| {
        format!(
            "::modelshift::data::DataFunction {{ name: {}, call: |db| ::std::boxed::Box::pin({}(db)) }}",
            text::quoted(name),
            ident::spell(name)
        )
    });
    functions.collect::<Vec<_>>().join(", ")
}

/// Returns the module with the models that the file names; nothing where it names none.
fn models() -> Result<String, Error> {
    let Some(file) = Span::call_site().unwrap().local_file() else { return Ok(String::new()) };
    let is_named = std::fs::read_to_string(&file).is_ok_and(|text| !named_models(&text).is_empty());
    if !is_named {
        return Ok(String::new());
    }
    let found = written(&file).map_err(|error| lookup::unreadable(Span::call_site(), &error))?;
    let found = found.ok_or_else(|| {
        let message = format!(
            "this file names models in `{MODULE}`, and the build script has not written them as they stand here; build \
             with `modelshift_build::run()` in `build.rs`, and correct first what else is wrong with the migrations"
        );
        Error::new(Span::call_site(), message)
    })?;
    Ok(format!(
        "#[doc = \"The models as they stand at this migration.\"] #[allow(warnings, missing_docs, \
         missing_debug_implementations, clippy::all, clippy::pedantic, clippy::nursery)] pub mod {MODULE} {{ ::core::include!({}); }}",
        text::quoted(&found.display().to_string())
    ))
}

/// Returns the file that the build script wrote for a migration file.
fn written(file: &Path) -> io::Result<Option<PathBuf>> {
    let Some(findings) = lookup::findings()? else { return Ok(None) };
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let (package, file) = (package.canonicalize()?, file.canonicalize()?);
    let Ok(module) = file.strip_prefix(&package) else { return Ok(None) };
    let found = models_file(&findings.folder, module);
    Ok(found.is_file().then_some(found))
}
