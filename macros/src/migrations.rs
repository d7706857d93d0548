//! `migrations!()` -> a module for each file of the folder, and the list of all.

use std::io;
use std::path::{Path, PathBuf};

use modelshift_syntax::findings::{self, AppFindings, Checkout, Mode};
use modelshift_syntax::ident;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Error;

use crate::lookup;

/// Expands to the modules and `all()`; errors come beside them, so that one mistake is one message.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    let mut label = ident::package_label(&package).as_str().to_owned();
    match syn::parse2::<Option<Ident>>(input) {
        Ok(Some(said)) => label = ident::name(&said),
        Ok(None) => {}
        Err(error) => errors.push(Error::new(
            error.span(),
            "expected nothing, or the label of an app, such as `modelshift::migrations!(blog)`",
        )),
    }
    let app = take(app(&label), &mut errors).flatten();
    errors
        .extend(app.iter().flat_map(|app| &app.errors).map(|message| Error::new(Span::call_site(), message)));
    let checkout = app.as_ref().and_then(checkout);
    let folder = app.map(|app| PathBuf::from(app.folder));
    let folder = folder.and_then(|folder| in_package(&folder)).or_else(folder_of_call);
    if folder.is_none() {
        errors.push(Error::new(Span::call_site(), unknown_folder(&label)));
    }
    let fixtures = folder.as_deref().and_then(fixtures);
    let (paths, fixtures) = fixtures.map(|it| (it.paths, it.call)).unzip();
    let names = folder.and_then(|folder| take(names(&folder), &mut errors)).unwrap_or_default();
    let modules: Vec<Ident> =
        names.iter().map(|name| Ident::new(&format!("m{name}"), Span::call_site())).collect();
    let errors = errors.iter().map(Error::to_compile_error);
    quote! {
        #(#errors)*
        #(pub mod #modules;)*

        #[doc = "Returns all migrations of the app."]
        pub fn all() -> ::modelshift::Migrations {
            #paths
            ::modelshift::Migrations::new(#label, &[#((#names, #modules::MIGRATION)),*]) #fixtures #checkout
        }
    }
}

/// Returns the call that names the checkout to `migrate`, in a build that runs in it.
fn checkout(app: &AppFindings) -> Option<TokenStream> {
    let Checkout { applied, folder, drafts } = app.checkout.as_ref()?;
    let (names, fingerprints) = (drafts.keys(), drafts.values());
    Some(quote! { .of_checkout(#applied, #folder, &[#((#names, #fingerprints)),*]) })
}

/// The parts of the expansion that name the folder of the fixtures.
struct Fixtures {
    paths: TokenStream,
    call: TokenStream,
}

/// Returns the parts that name the folder `fixtures` beside the migrations: as an absolute path in a build with debug
/// assertions, and relative to the folder of the package in every other build, so that it contains no path of this machine.
fn fixtures(migrations: &Path) -> Option<Fixtures> {
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR")?).canonicalize().ok()?;
    let folder = migrations.parent()?.canonicalize().ok()?.join("fixtures");
    let in_package = folder.strip_prefix(&package).ok().and_then(Path::to_str).unwrap_or_default();
    let folder = folder.to_str()?;
    Some(Fixtures {
        paths: quote! {
            #[cfg(debug_assertions)]
            const FIXTURES: &str = #folder;
            #[cfg(not(debug_assertions))]
            const FIXTURES: &str = #in_package;
        },
        call: quote! { .fixtures_in(FIXTURES) },
    })
}

fn take<T>(result: io::Result<T>, errors: &mut Vec<Error>) -> Option<T> {
    result.map_err(|error| errors.push(lookup::unreadable(Span::call_site(), &error))).ok()
}

/// Finds the findings about the app; `None` if no build script scanned the crate.
fn app(label: &str) -> io::Result<Option<AppFindings>> {
    let Some(about) = lookup::findings()? else { return Ok(None) };
    let found: Option<AppFindings> = findings::read(&findings::app_file(&about.folder, label))?;
    let found = match (about.mode, found) {
        (Mode::Off, found) => found.map(|app| AppFindings { errors: Vec::new(), ..app }),
        (Mode::Write | Mode::Check, None) => {
            let error = format!(
                "the build script knows no app `{label}`; name it in `build.rs` with `.app(\"{label}\", \"src/{label}\")`"
            );
            Some(AppFindings { errors: vec![error], ..AppFindings::default() })
        }
        (Mode::Write | Mode::Check, found) => found,
    };
    Ok(found.map(|app| {
        match Some(&app).filter(|app| !app.errors.is_empty()).and_then(|_| about.outdated()) {
            Some(error) => AppFindings { errors: vec![error], ..app },
            None => app,
        }
    }))
}

fn in_package(folder: &Path) -> Option<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")?;
    (!folder.as_os_str().is_empty()).then(|| Path::new(&package).join(folder))
}

/// Returns the folder of the modules of the file that calls the macro: `src/migrations/` for `src/migrations.rs` and for
/// `src/migrations/mod.rs`. In the root of a crate only a `mod migrations { … }` can hold the call.
fn folder_of_call() -> Option<PathBuf> {
    let file = Span::call_site().unwrap().local_file()?;
    let folder = file.parent()?;
    Some(match file.file_stem()?.to_str()? {
        "mod" => folder.to_owned(),
        "lib" | "main" => folder.join("migrations"),
        stem => folder.join(stem),
    })
}

/// Lists the names (`0001_initial`) of the modules in a folder, by number; a folder that is not there yet has none.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        // The compiler would wait for a pipe without end; the build script reports what is not a file.
        if !entry.path().is_file() {
            continue;
        }
        let file = entry.file_name();
        let name =
            file.to_str().and_then(|file| file.strip_prefix('m')).and_then(|file| file.strip_suffix(".rs"));
        names.extend(name.filter(|name| is_migration(name)).map(str::to_owned));
    }
    names.sort_by_cached_key(|name| (number(name), name.clone()));
    Ok(names)
}

/// Returns whether a name begins with a number and is valid as part of a module's name.
fn is_migration(name: &str) -> bool {
    number(name).is_some() && name.chars().all(|character| character == '_' || character.is_alphanumeric())
}

fn number(name: &str) -> Option<u64> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn unknown_folder(label: &str) -> String {
    format!(
        "the folder of the migrations of `{label}` is not known here; build once with `modelshift_build::run()` in \
         `build.rs`"
    )
}
