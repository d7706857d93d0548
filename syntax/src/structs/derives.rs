//! Whether a struct derives `Model`, or an enum `Choices`.

use proc_macro2::TokenTree;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

/// Returns whether the attributes hold `#[derive(Model)]` or `#[derive(modelshift::Model)]`, also inside `cfg_attr`.
///
/// A derive under another name is not found; the derive itself then reports that the build script did not see the struct.
pub fn derives_model(attributes: &[Attribute]) -> bool {
    derives(attributes, "Model")
}

/// Returns whether the attributes hold `#[derive(Choices)]`, as [`derives_model`] does for models.
pub fn derives_choices(attributes: &[Attribute]) -> bool {
    derives(attributes, "Choices")
}

fn derives(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| is_derive(&attribute.meta, name))
}

fn is_derive(meta: &Meta, name: &str) -> bool {
    let Meta::List(list) = meta else { return false };
    if list.path.is_ident("derive") {
        let paths = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        return paths.is_ok_and(|paths| paths.iter().any(|path| is_ours(path, name)));
    }
    if list.path.is_ident("cfg_attr") {
        let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        return metas.is_ok_and(|metas| metas.iter().skip(1).any(|meta| is_derive(meta, name)));
    }
    false
}

fn is_ours(path: &Path, name: &str) -> bool {
    let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names == [name] || names == ["modelshift", name]
}

/// Returns whether the attributes hold `#[model(abstract)]`, among whatever else.
pub fn is_abstract(attributes: &[Attribute]) -> bool {
    has_flag(attributes, "abstract")
}

/// Returns whether the attributes hold `#[model(from_row)]`, among whatever else.
pub fn is_from_row(attributes: &[Attribute]) -> bool {
    has_flag(attributes, "from_row")
}

fn has_flag(attributes: &[Attribute], flag: &str) -> bool {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("model"));
    let mut lists = lists.filter_map(|attribute| attribute.meta.require_list().ok());
    lists.any(|list| {
        let mut is_start = true;
        list.tokens.clone().into_iter().any(|token| {
            let is_it = is_start && token.to_string() == flag;
            is_start = token.to_string() == ",";
            is_it
        })
    })
}

/// Returns the name in `#[model(name = "…")]`, and ignores other attributes.
pub fn model_name(attributes: &[Attribute]) -> Option<String> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("model"));
    let mut lists = lists.filter_map(|attribute| attribute.meta.require_list().ok());
    lists.find_map(|list| {
        let tokens: Vec<TokenTree> = list.tokens.clone().into_iter().collect();
        let starts = (0..tokens.len()).filter(|at| *at == 0 || tokens[at - 1].to_string() == ",");
        let mut said = starts.filter_map(|at| match &tokens[at..] {
            [key, equals, TokenTree::Literal(value), ..]
                if key.to_string() == "name" && equals.to_string() == "=" =>
            {
                syn::parse_str::<syn::LitStr>(&value.to_string()).ok()
            }
            _ => None,
        });
        said.next().map(|said| said.value().trim_start_matches("r#").to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_name_of_the_model() {
        for (source, expected) in [
            ("#[model(name = \"Author\")] struct Model;", Some("Author")),
            ("#[model(table = \"a\", name = r#\"Author\"#)] struct Model;", Some("Author")),
            ("#[model(index(fields(a), name = \"author\"))] struct Model;", None),
            ("#[field(name = \"Author\")] struct Model;", None),
        ] {
            let item: syn::ItemStruct = syn::parse_str(source).unwrap();
            assert_eq!(model_name(&item.attrs).as_deref(), expected, "{source}");
        }
    }

    #[test]
    fn finds_the_derive_among_others() {
        for (source, expected) in [
            ("#[derive(Model)] struct A;", true),
            ("#[derive(Debug, modelshift::Model)] struct A;", true),
            ("#[derive(Clone, ::modelshift::Model,)] struct A;", true),
            ("#[cfg_attr(feature = \"db\", derive(Model))] struct A;", true),
            ("#[derive(sea_orm::Model)] struct A;", false),
            ("#[model] #[derive(Debug)] struct A;", false),
        ] {
            let item: syn::ItemStruct = syn::parse_str(source).unwrap();
            assert_eq!(derives_model(&item.attrs), expected, "{source}");
            assert!(!derives_choices(&item.attrs), "{source}");
        }
    }
}
