//! Keeps the parts of models behind conditions that are false in this build, as the migrations have them.
//!
//! A build sees one form of each model. Other builds (with other features, for another target) see others, and one table
//! serves all of them. So the history is compared with the models of all builds together: parts that this build does not
//! see are neither removed nor altered, and those that are in no migration yet are not added here.

mod keep;

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, ModelKey};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::parse_model;

use crate::config::Build;
use crate::error::Fault;
use crate::files::slashed;
use crate::models::abstract_structs::embed;
use crate::models::{declarations, key};
use crate::resolve::{Declarations, InModule};
use crate::scan::apps::App;
use crate::scan::crate_tree::{Found, Tree};

/// The models as all builds see them together.
#[derive(Debug, Default)]
pub(crate) struct Elsewhere {
    /// The models that other builds may see differently, in all their forms.
    forms: BTreeMap<ModelKey, Vec<SourceModel>>,
    /// The position of every model among those of all builds.
    positions: BTreeMap<ModelKey, usize>,
    /// The models with a form that cannot be read.
    unread: BTreeSet<ModelKey>,
    /// The files behind false conditions that cannot be read.
    files: Vec<String>,
}

/// The history with which models are compared.
#[derive(Clone, Copy)]
pub(crate) struct Past<'a> {
    /// The recorded state, without drafts.
    pub(crate) recorded: &'a ProjectState,
    /// The state after the drafts.
    pub(crate) drafted: &'a ProjectState,
}

impl Elsewhere {
    /// Reads the models that all builds see together; none if they do not differ from those of this build.
    pub(crate) fn read(tree: &Tree, build: &Build) -> Self {
        let mut elsewhere = Self::default();
        let Some(wide) = &tree.wide else { return elsewhere };
        let declarations = declarations(wide);
        let width = width(wide);
        // A model with a conditional enum or flattened struct is conditional itself.
        let items = wide.models.iter().chain(&wide.choices).filter(|it| it.is_conditional());
        let mut parts = items.filter(|it| it.is_abstract || matches!(it.item.data, syn::Data::Enum(_)));
        let are_all = parts.next().is_some() || wide.foreign.exported() != tree.foreign.exported();
        let models = wide.models.iter().enumerate();
        let models = models.filter(|(_, it)| it.presence.skipped.is_none() && !it.is_abstract);
        let keys: BTreeMap<ModelKey, usize> =
            models.clone().map(|(number, found)| (key(found), number)).collect();
        let conditional: BTreeSet<ModelKey> =
            wide.models.iter().filter(|found| found.is_conditional()).map(key).collect();
        for (number, found) in models {
            if !are_all && !conditional.contains(&key(found)) {
                continue;
            }
            let read = forms(wide, &declarations, (number, found), width);
            if read.is_none() {
                elsewhere.unread.insert(key(found));
            }
            for source in read.into_iter().flatten() {
                let mut source = SourceModel { model: build.with_prefix(source.model), ..source };
                source.hints.position = keys.get(&key(found)).copied().unwrap_or(number);
                let known = elsewhere.forms.entry(key(found)).or_default();
                if !known.contains(&source) {
                    known.push(source);
                }
            }
        }
        let broken = wide.broken.iter().map(|(file, _)| file);
        let broken = broken.filter(|file| tree.broken.iter().all(|(it, _)| it != *file));
        elsewhere.positions = keys;
        elsewhere.files = broken.map(|file| slashed(file)).collect();
        elsewhere
    }

    /// Returns whether this build sees all models in full.
    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty() && self.unread.is_empty() && self.files.is_empty()
    }

    /// Adds the models and parts that this build does not see to the wanted ones, as the history has them; returns the
    /// reasons why that cannot be done.
    pub(crate) fn keep(
        &self,
        past: Past<'_>,
        apps: &BTreeMap<AppLabel, App>,
        wanted: &mut BTreeMap<ModelKey, SourceModel>,
    ) -> Vec<(AppLabel, Fault)> {
        let mut faults = Vec::new();
        for (key, source) in &mut *wanted {
            // New models follow the order of the source in all builds.
            source.hints.position = self.positions.get(key).copied().unwrap_or(source.hints.position);
        }
        let seen = wanted.clone();
        // A model that only a draft removes or renames still exists: drafts are written again from the recorded state.
        let undrafted = past.recorded.models().filter(|(key, _)| !past.drafted.contains(key));
        let models = past.drafted.models().chain(undrafted);
        let mut done = BTreeSet::new();
        for (key, before) in models.filter(|(key, _)| apps.contains_key(&key.app)) {
            let kept = match now(&seen, key) {
                Some(now) if !done.insert(now) => Ok(()),
                Some(now) => {
                    let forms = self.forms_of(&[now, key]);
                    let is_unread = self.unread.contains(now) || self.unread.contains(key);
                    let recorded = recorded(past, key, &seen[now].hints);
                    let source = wanted.get_mut(now);
                    source.map_or(Ok(()), |source| {
                        keep::parts(key, before, recorded, &forms, is_unread, source)
                    })
                }
                None => self.whole(past, key, before, &seen).map(|kept| wanted.extend(kept)),
            };
            if let Err(message) = kept {
                faults
                    .push((key.app.clone(), Fault::Incomparable { message, code: ErrorCode::Incomparable }));
            }
        }
        keep_targets(past, apps, &seen, wanted);
        faults
    }

    fn forms_of(&self, keys: &[&ModelKey]) -> Vec<&SourceModel> {
        keys.iter().filter_map(|key| self.forms.get(*key)).flatten().collect()
    }

    /// Returns a model that another build sees; none if it is removed.
    ///
    /// # Errors
    /// The reason why that cannot be decided.
    fn whole(
        &self,
        past: Past<'_>,
        key: &ModelKey,
        before: &Model,
        seen: &BTreeMap<ModelKey, SourceModel>,
    ) -> Result<Option<(ModelKey, SourceModel)>, String> {
        let forms = self.forms_of(&[key]);
        let mut others = self.forms.iter().filter(|(it, _)| {
            [past.drafted, past.recorded].iter().all(|state| !state.contains(it)) && !seen.contains_key(*it)
        });
        let is_renamed =
            others.clone().any(|(it, forms)| forms.iter().any(|form| is_from(&form.hints, it, key)));
        if !forms.is_empty() || is_renamed {
            let hints = forms.first().map(|form| form.hints.clone()).unwrap_or_default();
            let recorded = recorded(past, key, &hints);
            let model = keep::whole(before, recorded, &forms);
            let hints = keep::hints(hints, &model, recorded);
            return Ok(Some((key.clone(), SourceModel { model, hints })));
        }
        // A model that is only drafted has no rows yet.
        if past.recorded.model(key).is_err() {
            return Ok(None);
        }
        if self.unread.contains(key) {
            return Err(format!(
                "the model `{key}` is not seen any more, and the struct with its name behind a false condition cannot be \
                 read; correct that struct, or remove it"
            ));
        }
        if let Some(file) = self.files.first() {
            return Err(format!(
                "the model `{key}` is not seen any more, and it may be in `{file}`, which is behind a false condition \
                 and cannot be read as Rust; correct that file, or remove it"
            ));
        }
        let similar = others.find(|(it, forms)| {
            it.app == key.app
                && forms.iter().all(|form| says_nothing(&form.hints))
                && forms.iter().any(|form| is_similar(before, &form.model))
        });
        match similar {
            None => Ok(None),
            Some((other, _)) => Err(format!(
                "the model `{name}` is gone, and `{other}`, which is behind a false condition, may be it under a new \
                 name\n  - `#[model(renamed_from = \"{name}\")]` on `{other}` if it is\n  - `#[model(new)]` on `{other}` if \
                 `{name}` is gone for good",
                name = key.name,
                other = other.name
            )),
        }
    }
}

/// Adds the models that are removed, and to which something refers that this build does not see: a build that sees it removes
/// both.
fn keep_targets(
    past: Past<'_>,
    apps: &BTreeMap<AppLabel, App>,
    seen: &BTreeMap<ModelKey, SourceModel>,
    wanted: &mut BTreeMap<ModelKey, SourceModel>,
) {
    loop {
        let mut missing = BTreeMap::new();
        for (key, source) in &*wanted {
            let of_source: BTreeSet<&ModelKey> =
                seen.get(key).into_iter().flat_map(|source| source.model.targets()).collect();
            let targets = source.model.targets().filter(|to| !of_source.contains(to));
            for to in targets.filter(|to| apps.contains_key(&to.app) && !wanted.contains_key(*to)) {
                let model = past.drafted.model(to).or_else(|_| past.recorded.model(to));
                if let (Ok(model), None) = (model, now(seen, to)) {
                    let source = SourceModel { model: Model::clone(model), hints: ModelHints::default() };
                    missing.insert(to.clone(), source);
                }
            }
        }
        if missing.is_empty() {
            return;
        }
        wanted.extend(missing);
    }
}

/// Returns the present key of a model; none if this build does not see it.
fn now<'a>(seen: &'a BTreeMap<ModelKey, SourceModel>, key: &ModelKey) -> Option<&'a ModelKey> {
    let same = seen.get_key_value(key).map(|(key, _)| key);
    same.or_else(|| seen.iter().find(|(it, source)| is_from(&source.hints, it, key)).map(|(it, _)| it))
}

/// Returns whether a model declares that it had another key.
fn is_from(hints: &ModelHints, key: &ModelKey, before: &ModelKey) -> bool {
    hints.moved_from.as_ref() == Some(before)
        || (key.app == before.app && hints.renamed_from.as_ref() == Some(&before.name))
}

fn says_nothing(hints: &ModelHints) -> bool {
    !hints.new && hints.renamed_from.is_none() && hints.moved_from.is_none()
}

/// Returns whether at least half of the fields have equal names.
fn is_similar(one: &Model, other: &Model) -> bool {
    let same = one.fields.iter().filter(|field| other.field(&field.name).is_some()).count();
    same * 2 >= one.fields.len().max(other.fields.len())
}

/// Returns the recorded form of a model, under its present or earlier name.
fn recorded<'a>(past: Past<'a>, key: &ModelKey, hints: &ModelHints) -> Option<&'a Model> {
    let renamed = hints.renamed_from.clone().map(|name| ModelKey::new(&key.app, name));
    let mut keys = [Some(key), renamed.as_ref(), hints.moved_from.as_ref()].into_iter().flatten();
    keys.find_map(|key| past.recorded.model(key).ok()).map(|model| &**model)
}

/// Returns the largest number of forms of an enum or a struct.
fn width(wide: &Tree) -> usize {
    let mut counts: BTreeMap<(&[String], String), usize> = BTreeMap::new();
    for found in wide.models.iter().filter(|found| found.is_abstract).chain(&wide.choices) {
        *counts.entry((&found.module, found.name())).or_default() += found.readable().len();
    }
    counts.into_values().max().unwrap_or(1).max(wide.foreign.exported().width())
}

/// Reads a model in all its forms; none if one of them cannot be read.
fn forms(
    wide: &Tree,
    declarations: &Declarations,
    (number, found): (usize, &Found),
    width: usize,
) -> Option<Vec<SourceModel>> {
    let own = key(found);
    let readable = found.readable();
    let picks = readable.iter().flat_map(|form| (0..width).map(move |pick| (*form, pick)));
    let read = picks.map(|(form, pick)| {
        let resolver = InModule { tree: wide, declarations, module: &found.module, own: own.clone(), pick };
        let parsed = parse_model(form, &resolver).ok()?;
        let whole = embed(wide, declarations, &own, (number, pick), &parsed).ok()?;
        Some(whole.source)
    });
    if readable.is_empty() { None } else { read.collect() }
}

#[cfg(test)]
mod tests;
