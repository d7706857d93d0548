//! Enums and structs with `#[model(abstract)]` as crates export them, so that a field of one crate may be an enum of
//! another one, and a model may flatten a struct of another one.
//!
//! A struct is exported as source, with the meaning of each path in it, so that dependents read the same struct.

use std::collections::BTreeMap;

use modelshift_schema::choices::Choices;
use modelshift_schema::hints::ChoiceHints;
use modelshift_schema::name::ModelKey;
use serde::{Deserialize, Serialize};

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExportedEnum {
    pub(crate) choices: Choices,
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub(crate) hints: ChoiceHints,
    /// The other forms of the enum, in builds that see it differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<Self>,
}

impl ExportedEnum {
    /// Returns the form with this number, or else the last one.
    pub(crate) fn form(&self, pick: usize) -> &Self {
        pick.checked_sub(1).and_then(|other| self.others.get(other).or(self.others.last())).unwrap_or(self)
    }
}

/// A struct with `#[model(abstract)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExportedStruct {
    /// Its name.
    pub(crate) name: String,
    /// The item, without the parts behind false conditions.
    pub(crate) source: String,
    /// The models that its paths resolve to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) models: BTreeMap<String, ModelKey>,
    /// The enums that its paths resolve to, by their names in [`ExportedTypes`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, String>,
    /// The enum that each of its own fields holds, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: BTreeMap<String, String>,
    /// The structs that it flattens, by their names in [`ExportedTypes`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) structs: BTreeMap<String, String>,
    /// The other forms of the struct, in builds that see it differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) others: Vec<Self>,
}

impl ExportedStruct {
    /// Returns the form with this number, or else the last one.
    pub(crate) fn form(&self, pick: usize) -> &Self {
        pick.checked_sub(1).and_then(|other| self.others.get(other).or(self.others.last())).unwrap_or(self)
    }
}

/// Enums and structs, by the crate and the path of their declaration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExportedTypes {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, ExportedEnum>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) structs: BTreeMap<String, ExportedStruct>,
}

impl ExportedTypes {
    /// Returns whether it contains neither an enum nor a struct.
    pub(crate) fn is_empty(&self) -> bool {
        self.choices.is_empty() && self.structs.is_empty()
    }

    /// Returns the largest number of forms that one enum or struct has.
    pub(crate) fn width(&self) -> usize {
        let structs = self.structs.values().map(|exported| exported.others.len());
        self.choices.values().map(|exported| exported.others.len()).chain(structs).max().unwrap_or_default()
            + 1
    }

    /// Replaces the forms of one build by the forms of all builds together.
    pub(crate) fn widened(mut self, wide: &Self) -> Self {
        self.choices.extend(wide.choices.clone());
        self.structs.extend(wide.structs.clone());
        self
    }

    /// Removes the entries that are equal in the other list.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        self.choices.retain(|id, exported| other.choices.get(id) != Some(exported));
        self.structs.retain(|id, exported| other.structs.get(id) != Some(exported));
        self
    }

    /// Returns the crate of the type with this name.
    pub(crate) fn crate_of(id: &str) -> &str {
        id.split("::").next().unwrap_or(id)
    }

    /// Copies an enum from another list.
    pub(crate) fn take_choices(&mut self, id: &str, other: &Self) {
        if let Some(exported) = other.choices.get(id) {
            self.choices.entry(id.to_owned()).or_insert_with(|| exported.clone());
        }
    }

    /// Copies a struct from another list, with the enums and structs that it uses.
    pub(crate) fn take_struct(&mut self, id: &str, other: &Self) {
        let Some(exported) = other.structs.get(id).filter(|_| !self.structs.contains_key(id)) else { return };
        self.structs.insert(id.to_owned(), exported.clone());
        for exported in [exported].into_iter().chain(&exported.others) {
            exported.choices.values().for_each(|inner| self.take_choices(inner, other));
            exported.structs.values().for_each(|inner| self.take_struct(inner, other));
        }
    }
}
