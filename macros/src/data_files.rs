//! The files of `LoadData`, which are compiled into the program.

use std::path::{Path, PathBuf};

use modelshift_schema::operation::Operation;
use modelshift_syntax::text;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Error, LitStr};

/// Returns the list of the files with their content, and the errors for those that are not there.
pub(crate) fn embedded(operations: &[Operation], input: &TokenStream) -> (String, Option<Error>) {
    let mut files: Vec<&str> = Vec::new();
    for operation in operations {
        if let Operation::LoadData(it) = operation
            && !files.contains(&it.file.as_str())
        {
            files.push(&it.file);
        }
    }
    if files.is_empty() {
        return (String::new(), None);
    }
    let place = Span::call_site().unwrap().local_file();
    let (mut list, mut errors): (Vec<String>, Option<Error>) = (Vec::new(), None);
    for file in files {
        let path = match &place {
            Some(module) => find(module, file),
            // Where no file of this name is known, the compiler looks for it beside the module.
            None => Ok(PathBuf::from(file)),
        };
        match path {
            Ok(path) => list.push(format!(
                "::modelshift::DataFile {{ name: {}, content: ::core::include_bytes!({}) }}",
                text::quoted(file),
                text::quoted(&path.display().to_string())
            )),
            Err(message) => {
                let span = literal(input.clone(), file).unwrap_or_else(Span::call_site);
                let error = Error::new(span, message);
                match &mut errors {
                    Some(all) => all.combine(error),
                    None => errors = Some(error),
                }
            }
        }
    }
    (list.join(", "), errors)
}

/// Finds a file: in the folder of the module, or in the folder `fixtures` beside that one.
fn find(module: &Path, file: &str) -> Result<PathBuf, String> {
    let module = module.canonicalize().unwrap_or_else(|_| module.to_owned());
    let folder = module.parent().unwrap_or(Path::new("."));
    let beside = folder.parent().unwrap_or(folder).join("fixtures");
    let places = [folder.join(file), beside.join(file)];
    let shown = places.each_ref().map(|path| shown(path));
    match places.each_ref().map(|path| path.is_file()) {
        [true, false] => Ok(places[0].clone()),
        [false, true] => Ok(places[1].clone()),
        [true, true] => Err(format!(
            "`{file}` is there twice, as `{}` and as `{}`; remove or rename one of them",
            shown[0], shown[1]
        )),
        [false, false] => Err(format!(
            "there is no file `{}`, nor `{}`; write it (`manage dumpdata` does), or correct the name",
            shown[0], shown[1]
        )),
    }
}

/// Returns the path from the folder of the package.
fn shown(path: &Path) -> String {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let package = package.and_then(|it| it.canonicalize().ok());
    let short = package.as_deref().and_then(|package| path.strip_prefix(package).ok());
    short.unwrap_or(path).display().to_string()
}

/// Returns where the name of a file stands.
fn literal(tokens: TokenStream, file: &str) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => literal(group.stream(), file),
        TokenTree::Literal(it) => {
            let text = syn::parse2::<LitStr>(TokenTree::Literal(it).into()).ok()?;
            (text.value() == file).then(|| text.span())
        }
        TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    })
}
