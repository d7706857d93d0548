//! The findings of the build script about a struct: its table, its questions, and whether it saw the struct at all.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use modelshift_syntax::findings::{self, CrateFindings, FoundQuestion, Mode, ModelFindings, Seen};
use modelshift_syntax::{ParsedChoices, ParsedModel, choices_hash, ident, schema_hash};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{DeriveInput, Error};

/// The findings about a struct.
pub(crate) struct Found {
    /// The name of the table.
    pub(crate) table: String,
    /// The errors for the compiler.
    pub(crate) errors: Vec<Error>,
    /// The enums of fields as the build script saw them.
    pub(crate) choices: BTreeMap<String, String>,
    /// True if the type of a flattened field cannot be flattened.
    pub(crate) is_flattened_wrong: bool,
}

impl Found {
    /// Returns what is known where no build script scanned the crate.
    fn unchecked(parsed: &ParsedModel) -> Self {
        Self {
            table: own_table(parsed),
            errors: Vec::new(),
            choices: BTreeMap::new(),
            is_flattened_wrong: false,
        }
    }
}

/// The findings of the crate that is being compiled.
pub(crate) struct Findings {
    /// The folder of the findings of this checkout.
    pub(crate) folder: PathBuf,
    /// What the build script is allowed to do.
    pub(crate) mode: Mode,
    out_dir: PathBuf,
    /// The checkout for which the build script ran last, where it is another one.
    other: Option<String>,
}

impl Findings {
    /// Returns the error for findings that may be out of date, and has the next build run the build script; none where
    /// the build script ran for this checkout last.
    pub(crate) fn outdated(&self) -> Option<String> {
        let other = self.other.as_ref()?;
        let again = match findings::request_run(&self.out_dir) {
            Ok(()) => "build again",
            Err(_) => "change `build.rs`, and build again",
        };
        Some(format!(
            "the build script ran last for another checkout of this package, `{other}`, which builds into the same target \
             folder, and cargo did not run it for this one; {again}, and better give each checkout a target folder of its \
             own"
        ))
    }
}

/// Finds the findings about the crate; `None` if no build script scanned it.
///
/// Examples, tests and benchmarks share `OUT_DIR` with the crate that was scanned: the crate's name distinguishes them,
/// and an integration test of the same name has `CARGO_TARGET_TMPDIR`. Documentation tests share its name, too, which is
/// not that of what the compiler compiles.
///
/// # Errors
/// Where the findings cannot be read.
pub(crate) fn findings() -> io::Result<Option<Findings>> {
    if std::env::var_os("CARGO_TARGET_TMPDIR").is_some() || is_documentation_test() {
        return Ok(None);
    }
    let Some(out_dir) = std::env::var_os("OUT_DIR").map(PathBuf::from) else { return Ok(None) };
    let Some(found) = findings::read::<CrateFindings>(&findings::crate_file(&out_dir))? else {
        return Ok(None);
    };
    let is_scanned = std::env::var_os("CARGO_CRATE_NAME") == Some(OsString::from(found.crate_name));
    let mode = if is_off() { Mode::Off } else { found.mode };
    let package = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    if is_same_folder(&found.package, &package) {
        let folder = findings::folder_of(&out_dir, &found.package);
        return Ok(is_scanned.then_some(Findings { folder, mode, out_dir, other: None }));
    }
    let folder = findings::folder_of(&out_dir, &package);
    let other = Some(found.package);
    Ok(is_scanned.then_some(Findings { folder, mode, out_dir, other }))
}

/// Returns whether a person turned the check off for this build. The build script knows nothing of what only the compiler
/// finds, and does not run again for it.
fn is_off() -> bool {
    std::env::var_os("MODELSHIFT").is_some_and(|value| value == "off")
}

/// Returns what has cargo compile the crate again once the check is turned on again.
pub(crate) fn watch_off() -> proc_macro::TokenStream {
    let watch = "const _: ::core::option::Option<&'static str> = ::core::option_env!(\"MODELSHIFT\");";
    if is_off() { watch.parse().unwrap_or_default() } else { proc_macro::TokenStream::new() }
}

/// An editor may spell the path of a folder otherwise than cargo does.
fn is_same_folder(one: &str, other: &str) -> bool {
    one == other
        || std::fs::canonicalize(one).is_ok_and(|one| std::fs::canonicalize(other).is_ok_and(|it| it == one))
}

/// Returns whether rustdoc compiles a test: by itself, or many of them as a crate with a name of their own.
fn is_documentation_test() -> bool {
    let mut arguments = std::env::args_os().skip_while(|argument| argument != "--crate-name").skip(1);
    let is_other = arguments.next().is_some_and(|name| std::env::var_os("CARGO_CRATE_NAME") != Some(name));
    is_other || std::env::var_os("UNSTABLE_RUSTDOC_TEST_PATH").is_some()
}

/// Finds the findings about a struct.
pub(crate) fn model(item: &DeriveInput, parsed: &ParsedModel) -> Found {
    match search(item, parsed) {
        Ok(found) => found,
        Err(error) => Found { errors: vec![unreadable(parsed.span, &error)], ..Found::unchecked(parsed) },
    }
}

/// Returns what the build script asks about an enum.
pub(crate) fn choices(parsed: &ParsedChoices) -> Vec<Error> {
    questions_of_choices(parsed).unwrap_or_else(|error| vec![unreadable(parsed.span, &error)])
}

fn questions_of_choices(parsed: &ParsedChoices) -> io::Result<Vec<Error>> {
    let Some(findings) = findings()?.filter(|findings| findings.mode != Mode::Off) else {
        return Ok(Vec::new());
    };
    let file = findings::choices_file(&findings.folder, &parsed.choices.name);
    let seen = findings::read::<ModelFindings>(&file)?.unwrap_or_default().seen;
    let hash = choices_hash(&parsed.choices, &parsed.hints);
    let candidates = candidates(seen, parsed.span);
    let seen = candidates.iter().find(|seen| seen.hash == hash && seen.skipped.is_none());
    let questions = seen.into_iter().flat_map(|seen| &seen.questions);
    Ok(questions.map(|question| Error::new(parsed.span, question.text())).collect())
}

/// Returns the error for findings that cannot be read.
pub(crate) fn unreadable(at: Span, error: &io::Error) -> Error {
    let message = format!(
        "what the build script left in `OUT_DIR` cannot be read ({error}); use one version of `modelshift` and \
         `modelshift-build`, and build again"
    );
    Error::new(at, message)
}

fn search(item: &DeriveInput, parsed: &ParsedModel) -> io::Result<Found> {
    let Some(findings) = findings()? else { return Ok(Found::unchecked(parsed)) };
    let name = ident::name(&item.ident);
    let model: Option<ModelFindings> = findings::read(&findings::model_file(&findings.folder, &name))?;
    let hash = schema_hash(parsed);
    let candidates = candidates(model.unwrap_or_default().seen, parsed.span);
    let seen = candidates.iter().find(|seen| seen.hash == hash && seen.skipped.is_none());
    let errors = match (findings.mode, seen) {
        (Mode::Off, _) => Vec::new(),
        (Mode::Write | Mode::Check, Some(seen)) => questions(seen, item, parsed),
        (Mode::Write | Mode::Check, None) => blind_spot(&candidates, &name, parsed.span),
    };
    // One message is enough, and the questions may be answered by now.
    let outdated = (!errors.is_empty()).then(|| findings.outdated()).flatten();
    let errors = outdated.map_or(errors, |message| vec![Error::new(parsed.span, message)]);
    let mut asked = seen.into_iter().flat_map(|seen| &seen.questions).filter(|it| it.is_about_type);
    let is_flattened_wrong = findings.mode != Mode::Off
        && asked.any(|question| {
            parsed
                .flattened
                .iter()
                .any(|flattened| question.field.as_deref() == Some(flattened.field.as_str()))
        });
    let table = seen.filter(|seen| !seen.table.is_empty()).map(|seen| seen.table.clone());
    let choices = match findings.mode {
        Mode::Off => BTreeMap::new(),
        Mode::Write | Mode::Check => seen.map(|seen| seen.choices.clone()).unwrap_or_default(),
    };
    Ok(Found { table: table.unwrap_or_else(|| own_table(parsed)), errors, choices, is_flattened_wrong })
}

/// Where two apps have a struct of one name, the file specifies which is meant.
fn candidates(seen: Vec<Seen>, at: Span) -> Vec<Seen> {
    let Some(file) = at.unwrap().local_file() else { return seen };
    let (here, elsewhere): (Vec<Seen>, Vec<Seen>) =
        seen.into_iter().partition(|seen| !seen.file.is_empty() && file.ends_with(&seen.file));
    if here.is_empty() { elsewhere } else { here }
}

fn questions(seen: &Seen, item: &DeriveInput, parsed: &ParsedModel) -> Vec<Error> {
    let questions = seen.questions.iter();
    questions.map(|question| Error::new(place(question, item, parsed), question.text())).collect()
}

/// Returns the place of what a question is about: a field, a token, else the struct.
fn place(question: &FoundQuestion, item: &DeriveInput, parsed: &ParsedModel) -> Span {
    let field = question.field.as_ref();
    let of_field = field.and_then(|field| parsed.field_spans.get(&field.as_str().into()).copied());
    of_field.or_else(|| token_at(item.to_token_stream(), question.at?)).unwrap_or(parsed.span)
}

/// Finds the token at a line and a column.
fn token_at(tokens: TokenStream, at: (usize, usize)) -> Option<Span> {
    tokens.into_iter().find_map(|token| {
        let start = token.span().unwrap().start();
        if (start.line(), start.column()) == at {
            return Some(token.span());
        }
        if let TokenTree::Group(group) = token { token_at(group.stream(), at) } else { None }
    })
}

/// A model that the compiler sees and the build script did not, or saw differently, would have a table that is
/// missing or wrong.
fn blind_spot(candidates: &[Seen], name: &str, at: Span) -> Vec<Error> {
    if candidates.iter().any(|seen| seen.skipped.is_some()) {
        return Vec::new();
    }
    let message = if candidates.is_empty() {
        format!(
            "the build script did not see the model `{name}`, so no migration would make its table\n\
             it reads structs with `#[derive(Model)]` in files that `mod` leads to from the root of the crate\n\
             write the struct out there where a macro, an `include!` or a renamed derive makes it; for a build without \
             this check set `MODELSHIFT=off`"
        )
    } else {
        format!(
            "the build script saw the model `{name}` differently, so its migrations would make another table\n\
             an attribute macro, or a `cfg` that depends on more than features and the target, changed the struct on \
             its way to the compiler\n\
             write the struct as it is to be; for a build without this check set `MODELSHIFT=off`"
        )
    };
    vec![Error::new(at, message)]
}

/// Returns the table of a model of whose app nothing is known but the package.
fn own_table(parsed: &ParsedModel) -> String {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    parsed.written.model.table_name(&ident::package_label(&package)).as_str().to_owned()
}
