//! Explains a path into another crate that this crate does not export.

use modelshift_syntax::NamedType;

use crate::crates::exports::Export;
use crate::crates::imports::Foreign;

/// The kind of item that a path should resolve to.
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

/// Returns why a path into another crate cannot be resolved and what to do, as the rest of a sentence.
pub(crate) fn remedy(foreign: &Foreign, path: &[String], kind: ItemKind) -> String {
    let (krate, name) = (path.first().map_or("", String::as_str), path.get(1..).unwrap_or_default());
    let (noun, name) = (kind.noun(), name.join("::"));
    let Some(known) = foreign.paths_of(krate) else {
        return format!(
            "a crate that does not export {}\n\
             if `{krate}` is a dependency that has {}, its Cargo.toml needs a `links` key below `[package]`, by which cargo \
             passes exports to dependents: `links = \"modelshift_{krate}\"`, and its build.rs `modelshift_build::run();`",
            kind.all(),
            if kind == ItemKind::Model { "models" } else { "it" },
        );
    };
    if foreign.is_older(krate) && kind != ItemKind::Model {
        return format!(
            "and the crate `{krate}` was built by a version of `modelshift-build` that exported models only; update \
             that in its `[build-dependencies]`"
        );
    }
    let last = path.last().map_or("", String::as_str);
    let alike = known.filter(|(known, export)| known.rsplit("::").next() == Some(last) && kind.is(export));
    let known: Vec<String> = alike.map(|(it, _)| format!("`{krate}::{it}`")).collect();
    let hint = if known.is_empty() { String::new() } else { format!("; there is {}", known.join(", ")) };
    format!("and the crate `{krate}` does not export the {noun} `{name}`{hint}")
}

/// Returns the meaning of a field's type that should be an enum of another crate.
pub(crate) fn named(foreign: &Foreign, path: &[String]) -> NamedType {
    match path {
        [krate, _, ..] if !["std", "core", "alloc"].contains(&krate.as_str()) => {
            let written = path.join("::");
            NamedType::Unresolved(format!("it is `{written}`, {}", remedy(foreign, path, ItemKind::Choices)))
        }
        _ => NamedType::Unknown,
    }
}
