//! What to say of a path into another crate that leads to nothing which that crate tells of.

use modelshift_syntax::NamedType;

use crate::crates::exports::Export;
use crate::crates::imports::Foreign;

/// What a path should lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ItemKind {
    Model,
    Choices,
    Shared,
}

impl ItemKind {
    fn noun(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Choices => "enum",
            Self::Shared => "struct with `#[model(abstract)]`",
        }
    }

    fn all(self) -> &'static str {
        match self {
            Self::Model => "its models",
            Self::Choices => "its enums",
            Self::Shared => "its structs with `#[model(abstract)]`",
        }
    }

    fn is(self, export: &Export<'_>) -> bool {
        match export {
            Export::Model(_) => self == Self::Model,
            Export::Choices(_) => self == Self::Choices,
            Export::Shared(_) => self == Self::Shared,
        }
    }
}

/// Says what is to be done about a path that should lead to something of another crate, as the rest of a sentence.
pub(crate) fn remedy(foreign: &Foreign, path: &[String], sort: ItemKind) -> String {
    let (krate, name) = (path.first().map_or("", String::as_str), path.get(1..).unwrap_or_default());
    let (noun, name) = (sort.noun(), name.join("::"));
    let Some(known) = foreign.paths_of(krate) else {
        return format!(
            "a crate that tells nothing of {}\n\
             where `{krate}` is a dependency that has {}, its Cargo.toml needs a name for cargo to tell others, \
             below `[package]`: `links = \"modelshift_{krate}\"`, and its build.rs `modelshift_build::run();`",
            sort.all(),
            if sort == ItemKind::Model { "models" } else { "it" },
        );
    };
    if foreign.is_older(krate) && sort != ItemKind::Model {
        return format!(
            "and the crate `{krate}` was built by a version of `modelshift-build` that told of models alone; update \
             that in its `[build-dependencies]`"
        );
    }
    let last = path.last().map_or("", String::as_str);
    let is_alike =
        |(known, export): &(&str, Export<'_>)| known.rsplit("::").next() == Some(last) && sort.is(export);
    let known: Vec<String> = known.filter(is_alike).map(|(it, _)| format!("`{krate}::{it}`")).collect();
    let hint = if known.is_empty() { String::new() } else { format!("; there is {}", known.join(", ")) };
    format!("and the crate `{krate}` tells of no {noun} `{name}`{hint}")
}

/// Returns what a field's type is that should be an enum of another crate.
pub(crate) fn named(foreign: &Foreign, path: &[String]) -> NamedType {
    let is_of_rust = |krate: &String| ["std", "core", "alloc"].contains(&krate.as_str());
    match path {
        [krate, _, ..] if !is_of_rust(krate) => {
            let written = path.join("::");
            NamedType::Untold(format!("it is `{written}`, {}", remedy(foreign, path, ItemKind::Choices)))
        }
        _ => NamedType::Unknown,
    }
}
