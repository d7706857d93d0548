//! Random edits of a crate with features, and builds with any of them: what stands in the source is never removed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::test_runner::TestCaseError;

use super::Package;

const FEATURES: [&str; 2] = ["extra", "more"];
const TYPES: [&str; 4] = ["Option<i32>", "Option<String>", "Option<bool>", "Option<Vec<u8>>"];

/// What stands in the source. Names are used once, so that nothing may be another thing under a new name.
#[derive(Default)]
struct Source {
    models: BTreeMap<String, (Condition, Fields)>,
    names: usize,
}

/// The feature that something needs.
type Condition = Option<&'static str>;

/// The fields of a model, with their types.
type Fields = BTreeMap<String, (Condition, String)>;

impl Source {
    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    /// Makes one edit, which the numbers choose.
    fn edit(&mut self, (kind, which, condition): (u8, u8, u8)) {
        let condition = FEATURES.get(usize::from(condition % 4)).copied();
        let models: Vec<String> = self.models.keys().cloned().collect();
        let chosen = models.get(usize::from(which) % models.len().max(1));
        let added = self.name("added");
        match (kind % 7, chosen) {
            (0, _) | (_, None) => {
                let fields = BTreeMap::from([(added, (None, TYPES[usize::from(which) % 4].to_owned()))]);
                let name = self.name("Model");
                self.models.insert(name, (condition, fields));
            }
            (1, Some(model)) => {
                self.models.remove(model);
                for (_, fields) in self.models.values_mut() {
                    fields.retain(|_, (_, kind)| *kind != reference(model));
                }
            }
            (2, Some(model)) => self.models.entry(model.clone()).or_default().0 = condition,
            (3, Some(model)) => {
                let target = &models[usize::from(which / 7) % models.len()];
                let fields = &mut self.models.entry(model.clone()).or_default().1;
                fields.insert(added, (None, reference(target)));
            }
            (kind, Some(model)) => {
                let fields = &mut self.models.entry(model.clone()).or_default().1;
                let names: Vec<String> = fields.keys().cloned().collect();
                let chosen = names.get(usize::from(which / 7) % names.len().max(1));
                match (kind, chosen) {
                    (4, Some(field)) => drop(fields.remove(field)),
                    (5, Some(field)) if !fields[field].1.contains("ForeignKey") => {
                        fields.entry(field.clone()).and_modify(|it| it.0 = condition);
                    }
                    (_, _) => {
                        let kind = TYPES[usize::from(which) % 4].to_owned();
                        fields.insert(added, (condition, kind));
                    }
                }
            }
        }
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (model, (condition, fields)) in &self.models {
            // Writing into a `String` cannot fail.
            let _ = writeln!(text, "{} #[derive(Model)] struct {model} {{ id: i64,", attribute(*condition));
            for (field, (condition, kind)) in fields {
                // A reference is seen by the builds that see its target.
                let target = self.models.iter().find(|(model, _)| *kind == reference(model));
                let condition = target.map_or(*condition, |(_, (condition, _))| *condition);
                let _ = writeln!(text, "    {} {field}: {kind},", attribute(condition));
            }
            text.push_str("}\n");
        }
        text
    }

    /// Returns how a migration would remove what stands in the source.
    fn removals(&self) -> BTreeSet<String> {
        let models = self.models.keys().map(|model| format!("DeleteModel({model})"));
        let fields = self.models.iter().flat_map(|(model, (_, fields))| {
            fields.keys().map(move |field| format!("RemoveField({model}: {field})"))
        });
        models.chain(fields).collect()
    }
}

fn reference(model: &str) -> String {
    format!("Option<ForeignKey<{model}>>")
}

fn attribute(condition: Condition) -> String {
    condition.map(|feature| format!("#[cfg(feature = \"{feature}\")]")).unwrap_or_default()
}

/// Checks that nothing was said, or that something is gone which something new may be under another name.
fn is_about_names(said: &str, source: &Source) -> Result<(), TestCaseError> {
    let is_asked =
        |line: &str| line.contains("gone: renamed, or another") || line.contains("under a new name");
    prop_assert!(said.is_empty() || said.lines().any(is_asked), "{said}\n{}", source.text());
    Ok(())
}

fn check(edits: &[((u8, u8, u8), u8)]) -> Result<(), TestCaseError> {
    let mut source = Source::default();
    let package = Package::new("");
    for (edit, features) in edits {
        source.edit(*edit);
        package.models(&source.text());
        let on = FEATURES.iter().enumerate().filter(|(bit, _)| features & (1 << bit) != 0);
        let on: Vec<String> = on.map(|(_, feature)| feature.to_uppercase()).collect();
        let (said, migrations) = package.build_with(&on);
        is_about_names(&said, &source)?;
        for removal in source.removals() {
            prop_assert!(
                !migrations.concat().contains(&removal),
                "{removal} with {on:?}:\n{}",
                source.text()
            );
        }
    }
    // A build that sees all leaves nothing to do for any other, and holds what stands in the source.
    let all = FEATURES.map(str::to_uppercase);
    let (said, done) = package.build_with(&all);
    is_about_names(&said, &source)?;
    if !said.is_empty() {
        return Ok(());
    }
    let text = done.concat();
    for (model, (_, fields)) in &source.models {
        prop_assert!(text.contains(&format!("struct {model} {{")), "`{model}` is missing:\n{text}");
        for field in fields.keys() {
            prop_assert!(text.contains(&format!("{field}:")), "`{model}.{field}` is missing:\n{text}");
        }
    }
    for on in [&all[..0], &all[..1], &all[1..], &all[..]] {
        prop_assert_eq!(package.build_with(on), (String::new(), done.clone()), "with {:?}", on);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_stands_in_the_source_is_never_removed(edits in vec((any::<(u8, u8, u8)>(), any::<u8>()), 1..12)) {
        check(&edits)?;
    }
}
