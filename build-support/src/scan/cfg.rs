//! Decides `#[cfg(…)]` predicates, from the variables that cargo sets for a build script.
//!
//! A build sees the items whose conditions are true. The scan also reads those that other builds see (other features,
//! another target), since an item behind a false condition is not removed.
//!
//! A predicate may be true only for tools (`test`, `doc`, …), which see other sources than a build does. Some predicates
//! cannot be decided for all builds, such as `debug_assertions` or a flag that another build script sets.

use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Ident, LitBool, LitStr, Meta, Token};

use crate::environment::Environment;

/// Names that are set only when a tool reads the sources.
const OF_TOOLS: [&str; 6] = ["test", "doc", "doctest", "miri", "clippy", "rust_analyzer"];

/// Names that depend on the profile: builds of several profiles use the same tables.
const OF_PROFILE: [&str; 3] = ["debug_assertions", "overflow_checks", "panic"];

/// Names for which cargo always sets a variable if they are true, so that a missing variable means false.
const OF_TARGET: [&str; 13] = [
    "unix",
    "windows",
    "proc_macro",
    "target_abi",
    "target_arch",
    "target_endian",
    "target_env",
    "target_family",
    "target_feature",
    "target_has_atomic",
    "target_os",
    "target_pointer_width",
    "target_vendor",
];

/// The result of the `cfg` attributes of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The item exists.
    On,
    /// The item does not exist.
    Off,
    /// The item exists in other builds only; used in the scan of all builds.
    Elsewhere(String),
    /// The item exists only for tools, for example with `cfg(test)`.
    ForTools(String),
    /// The predicate cannot be decided; the text is the predicate.
    Undecided(String),
}

/// A predicate as it is written.
enum Predicate {
    Constant(bool),
    Name(String),
    Value(String, String),
    Not(Box<Predicate>),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
    Unknown,
}

impl Parse for Predicate {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitBool) {
            return Ok(Self::Constant(input.parse::<LitBool>()?.value));
        }
        let name = input.call(<Ident as syn::ext::IdentExt>::parse_any)?.to_string();
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(Self::Value(name, input.parse::<LitStr>()?.value()));
        }
        if !input.peek(syn::token::Paren) {
            return Ok(Self::Name(name));
        }
        let content;
        syn::parenthesized!(content in input);
        match name.as_str() {
            "not" => Ok(Self::Not(Box::new(content.parse()?))),
            "all" | "any" => {
                let parts = Punctuated::<Self, Token![,]>::parse_terminated(&content)?.into_iter().collect();
                Ok(if name == "all" { Self::All(parts) } else { Self::Any(parts) })
            }
            _ => {
                content.parse::<proc_macro2::TokenStream>()?;
                Ok(Self::Unknown)
            }
        }
    }
}

/// Decides predicates for one build.
#[derive(Clone, Debug)]
pub(crate) struct Conditions<'a> {
    environment: &'a Environment,
    /// True in the scan of all builds.
    is_wide: bool,
}

impl<'a> Conditions<'a> {
    pub(crate) fn new(environment: &'a Environment) -> Self {
        Self { environment, is_wide: false }
    }

    /// Returns the same conditions for the scan of all builds.
    pub(crate) fn wide(&self) -> Self {
        Self { is_wide: true, ..self.clone() }
    }

    /// Returns whether this is the scan of all builds.
    pub(crate) fn are_wide(&self) -> bool {
        self.is_wide
    }

    /// Decides all `cfg` attributes of an item together.
    pub(crate) fn verdict(&self, attributes: &[Attribute]) -> Verdict {
        let mut verdict = Verdict::On;
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
            let one = self.one(attribute);
            verdict = match (verdict, one) {
                (Verdict::Off, _) | (_, Verdict::Off) => Verdict::Off,
                (Verdict::ForTools(why), _) | (_, Verdict::ForTools(why)) => Verdict::ForTools(why),
                (Verdict::Elsewhere(why), _) | (_, Verdict::Elsewhere(why)) => Verdict::Elsewhere(why),
                (Verdict::Undecided(why), _) | (_, Verdict::Undecided(why)) => Verdict::Undecided(why),
                (Verdict::On, Verdict::On) => Verdict::On,
            };
        }
        verdict
    }

    /// Replaces `cfg_attr` attributes by their content, as the compiler does before a derive sees the item.
    ///
    /// # Errors
    /// The text of a predicate that cannot be decided.
    pub(crate) fn expand(&self, attributes: &[Attribute]) -> Result<Vec<Attribute>, String> {
        let mut expanded = Vec::new();
        for attribute in attributes {
            if !attribute.path().is_ident("cfg_attr") {
                expanded.push(attribute.clone());
                continue;
            }
            let Ok((predicate, metas)) = attribute.parse_args_with(conditional_attributes) else { continue };
            match self.decide(&predicate, false) {
                Some(true) => {
                    let inner = metas.into_iter().map(|meta| Attribute { meta, ..attribute.clone() });
                    expanded.extend(self.expand(&inner.collect::<Vec<_>>())?);
                }
                Some(false) => {}
                None => return Err(written(attribute)),
            }
        }
        Ok(expanded)
    }

    /// Returns the content of `cfg_attr` attributes that only other builds use, a list for each attribute.
    pub(crate) fn elsewhere(&self, attributes: &[Attribute]) -> Vec<Vec<Attribute>> {
        let mut found = Vec::new();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg_attr")) {
            let Ok((predicate, metas)) = attribute.parse_args_with(conditional_attributes) else { continue };
            let inner = metas.into_iter().map(|meta| Attribute { meta, ..attribute.clone() });
            let inner: Vec<Attribute> = inner.collect();
            match self.decide(&predicate, false) {
                Some(true) => found.extend(self.elsewhere(&inner)),
                Some(false) if Self::may_hold(&predicate) != Some(false) => {
                    let plain = inner.iter().filter(|it| !it.path().is_ident("cfg_attr"));
                    found.push(plain.cloned().collect());
                    found.extend(self.elsewhere(&inner));
                }
                Some(false) | None => {}
            }
        }
        found
    }

    /// Returns false if the predicate is false in all builds, true if it is true in all builds, and none otherwise; tools do
    /// not count.
    fn may_hold(predicate: &Predicate) -> Option<bool> {
        match predicate {
            Predicate::Name(name) if OF_TOOLS.contains(&name.as_str()) => Some(false),
            Predicate::Constant(_) | Predicate::Name(_) | Predicate::Value(..) | Predicate::Unknown => None,
            Predicate::Not(inner) => Self::may_hold(inner).map(std::ops::Not::not),
            Predicate::All(parts) => Self::any_may_hold(parts, false),
            Predicate::Any(parts) => Self::any_may_hold(parts, true),
        }
    }

    /// Decides `any` (if `deciding` is true) or `all` (if it is false) as [`Self::may_hold`] does.
    fn any_may_hold(parts: &[Predicate], deciding: bool) -> Option<bool> {
        let decided: Vec<Option<bool>> = parts.iter().map(Self::may_hold).collect();
        if decided.contains(&Some(deciding)) {
            Some(deciding)
        } else if decided.is_empty() || decided.contains(&None) {
            None
        } else {
            Some(!deciding)
        }
    }

    fn one(&self, attribute: &Attribute) -> Verdict {
        let Ok(predicate) = attribute.parse_args::<Predicate>() else {
            return Verdict::Undecided(written(attribute));
        };
        match (self.decide(&predicate, false), self.decide(&predicate, true)) {
            (Some(true), _) => Verdict::On,
            (Some(false), Some(false)) if self.is_wide && Self::may_hold(&predicate) != Some(false) => {
                Verdict::Elsewhere(written(attribute))
            }
            (Some(false), Some(false)) => Verdict::Off,
            (Some(false), Some(true) | None) => Verdict::ForTools(written(attribute)),
            (None, _) => Verdict::Undecided(written(attribute)),
        }
    }

    fn decide(&self, predicate: &Predicate, for_tools: bool) -> Option<bool> {
        match predicate {
            Predicate::Constant(value) => Some(*value),
            Predicate::Name(name) | Predicate::Value(name, _) if OF_PROFILE.contains(&name.as_str()) => None,
            Predicate::Name(name) if OF_TOOLS.contains(&name.as_str()) => Some(for_tools),
            Predicate::Name(name) => self.name(name),
            Predicate::Value(name, value) => self.value(name, value),
            Predicate::Not(inner) => self.decide(inner, for_tools).map(std::ops::Not::not),
            Predicate::All(parts) => self.fold(parts, for_tools, false),
            Predicate::Any(parts) => self.fold(parts, for_tools, true),
            Predicate::Unknown => None,
        }
    }

    /// Decides `any` (if `deciding` is true) or `all` (if it is false): one part may decide alone.
    fn fold(&self, parts: &[Predicate], for_tools: bool, deciding: bool) -> Option<bool> {
        let mut answer = Some(!deciding);
        for part in parts {
            match self.decide(part, for_tools) {
                Some(value) if value == deciding => return Some(deciding),
                Some(_) => {}
                None => answer = None,
            }
        }
        answer
    }

    fn name(&self, name: &str) -> Option<bool> {
        let is_set = self.environment.get(&variable("CARGO_CFG_", name)).is_some();
        if is_set || OF_TARGET.contains(&name) { Some(is_set) } else { None }
    }

    fn value(&self, name: &str, value: &str) -> Option<bool> {
        if name == "feature" {
            return Some(self.environment.get(&variable("CARGO_FEATURE_", value)).is_some());
        }
        match self.environment.get(&variable("CARGO_CFG_", name)) {
            Some(set) => Some(set.split(',').any(|one| one == value)),
            None if OF_TARGET.contains(&name) => Some(false),
            None => None,
        }
    }
}

fn conditional_attributes(input: ParseStream<'_>) -> syn::Result<(Predicate, Vec<Meta>)> {
    let predicate = input.parse()?;
    let mut metas = Vec::new();
    while !input.is_empty() {
        input.parse::<Token![,]>()?;
        if !input.is_empty() {
            metas.push(input.parse()?);
        }
    }
    Ok((predicate, metas))
}

fn variable(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.to_uppercase().replace('-', "_"))
}

/// Returns an attribute as a person would write it, such as `#[cfg(not(test))]`.
fn written(attribute: &Attribute) -> String {
    let text = attribute.to_token_stream().to_string();
    let tight = text.replace(" (", "(").replace("( ", "(").replace(" )", ")").replace(" ,", ",");
    tight.replace("# [", "#[").replace("[ ", "[").replace(" ]", "]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(attribute: &str, expect: &Verdict) {
        let environment = Environment::from_iter([
            ("CARGO_CFG_UNIX", ""),
            ("CARGO_CFG_DEBUG_ASSERTIONS", ""),
            ("CARGO_CFG_TARGET_OS", "linux"),
            ("CARGO_CFG_TARGET_FEATURE", "sse,sse2"),
            ("CARGO_FEATURE_FULL_TEXT", "1"),
        ]);
        let item: syn::ItemStruct = syn::parse_str(&format!("{attribute} struct A;")).unwrap();
        assert_eq!(Conditions::new(&environment).verdict(&item.attrs), *expect, "{attribute}");
    }

    #[test]
    fn what_cargo_tells_decides() {
        for on in [
            "",
            "#[cfg(unix)]",
            "#[cfg(true)]",
            "#[cfg(target_os = \"linux\")]",
            "#[cfg(feature = \"full-text\")]",
            "#[cfg(not(windows))] #[cfg(target_feature = \"sse2\")]",
            "#[cfg(any(tokio_unstable, unix))]",
            "#[cfg(not(test))]",
        ] {
            check(on, &Verdict::On);
        }
        for off in ["#[cfg(windows)]", "#[cfg(feature = \"other\")]", "#[cfg(all(tokio_unstable, false))]"] {
            check(off, &Verdict::Off);
        }
    }

    #[test]
    fn what_other_builds_see_is_told_apart() {
        let environment = Environment::from_iter([("CARGO_CFG_UNIX", "")]);
        let conditions = Conditions::new(&environment).wide();
        let verdict = |text: &str| {
            let item: syn::ItemStruct = syn::parse_str(&format!("{text} struct A;")).unwrap();
            conditions.verdict(&item.attrs)
        };
        for text in [
            "#[cfg(windows)]",
            "#[cfg(feature = \"other\")]",
            "#[cfg(all(not(test), feature = \"other\"))]",
            "#[cfg(false)]",
            "#[cfg(any())]",
            "#[cfg(not(unix))]",
        ] {
            assert_eq!(verdict(text), Verdict::Elsewhere(text.to_owned()));
        }
        assert_eq!(verdict("#[cfg(all(test, feature = \"other\"))]"), Verdict::Off);
        assert_eq!(verdict("#[cfg(windows)] #[cfg(test)]"), Verdict::ForTools("#[cfg(test)]".to_owned()));
        assert_eq!(verdict("#[cfg(unix)]"), Verdict::On);
    }

    #[test]
    fn what_only_tools_see_is_told_apart() {
        check("#[cfg(test)]", &Verdict::ForTools("#[cfg(test)]".to_owned()));
        let any = "#[cfg(any(test, feature = \"mock\"))]";
        check(any, &Verdict::ForTools(any.to_owned()));
    }

    #[test]
    fn what_cargo_does_not_tell_is_undecided() {
        for text in ["#[cfg(debug_assertions)]", "#[cfg(all(my_flag, unix))]", "#[cfg(version(\"1.90\"))]"] {
            check(text, &Verdict::Undecided(text.to_owned()));
        }
    }

    #[test]
    fn conditional_attributes_are_put_in_place() {
        let environment = Environment::from_iter([("CARGO_CFG_UNIX", "")]);
        let item: syn::ItemStruct = syn::parse_str(
            "#[cfg_attr(unix, a, cfg_attr(windows, b))] #[cfg_attr(windows, c)] #[d] struct A;",
        )
        .unwrap();
        let expanded = Conditions::new(&environment).expand(&item.attrs).unwrap();
        let names: Vec<String> = expanded.iter().map(written).collect();
        assert_eq!(names, ["#[a]", "#[d]"]);
    }
}
