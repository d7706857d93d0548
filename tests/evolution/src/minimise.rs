//! What fails -> less of it that still does.

use std::collections::BTreeSet;

use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::relation::{ForeignKey, ManyToMany};
use modelshift_schema::sqlite_options::SqliteOptions;

use crate::campaign::{caught, told};
use crate::laws::Law;
use crate::project::{drop_field, drop_shared_field, remove_model};
use crate::sequence::{Sequence, Turn};
use crate::sources::Sources;
use crate::story::{Story, tidied};

/// Drops edits, and builds, while the same law fails.
pub(crate) fn minimise(sequence: Sequence, law: Law) -> Sequence {
    smallest(sequence, turns, |it| caught(it).is_err_and(|failed| failed.fault.law == law))
}

/// Drops builds, models, fields and all that is said of them, while the story still shows the same.
pub fn minimise_story(story: Story, shows: impl Fn(&Story) -> bool) -> Story {
    smallest(story, parts, shows)
}

/// Returns whether a story fails by a law.
pub(crate) fn fails(story: &Story, law: Law) -> bool {
    told(story).is_err_and(|fault| fault.law == law)
}

fn smallest<T>(mut whole: T, candidates: fn(&T) -> Vec<T>, is_enough: impl Fn(&T) -> bool) -> T {
    loop {
        match candidates(&whole).into_iter().find(&is_enough) {
            Some(smaller) => whole = smaller,
            None => return whole,
        }
    }
}

fn turns(sequence: &Sequence) -> Vec<Sequence> {
    let turns = &sequence.turns;
    let of = |turns: Vec<Turn>| Sequence { turns, ..sequence.clone() };
    let mut smaller = Vec::new();
    let mut width = turns.len() / 2;
    while width > 0 {
        for start in (0..turns.len()).step_by(width) {
            let rest =
                turns.iter().enumerate().filter(|(position, _)| !(start..start + width).contains(position));
            smaller.push(of(rest.map(|(_, turn)| *turn).collect()));
        }
        width /= 2;
    }
    for position in (0..turns.len()).filter(|position| turns[*position].builds) {
        let mut turns = turns.clone();
        turns[position].builds = false;
        smaller.push(of(turns));
    }
    smaller.retain(|it| !it.turns.is_empty());
    smaller
}

/// Returns stories with less in them.
fn parts(story: &Story) -> Vec<Story> {
    let mut smaller = Vec::new();
    for position in 0..story.builds.len() {
        let mut less = story.clone();
        less.builds.remove(position);
        smaller.push(less);
    }
    let keys: BTreeSet<&ModelKey> = story.builds.iter().flat_map(|sources| sources.keys()).collect();
    for key in &keys {
        smaller.push(changed(story, |sources| remove_model(sources, key)));
    }
    for (position, sources) in story.builds.iter().enumerate() {
        for key in sources.keys() {
            let mut less = story.clone();
            remove_model(&mut less.builds[position], key);
            smaller.push(less);
        }
    }
    for key in &keys {
        let models = story.builds.iter().filter_map(|sources| sources.get(*key));
        let names: BTreeSet<&FieldName> =
            models.flat_map(|source| source.model.fields.iter().map(|field| &field.name)).collect();
        for name in names {
            smaller.push(of_model(story, key, |source| drop_field(source, name)));
            smaller.extend(plainer(story, key, name));
        }
        smaller.extend(with_fewer_objects(story, key));
        smaller.push(of_model(story, key, |source| source.model.table = None));
        smaller.push(of_model(story, key, |source| source.model.comment = None));
        smaller.push(of_model(story, key, |source| source.model.natural_key.clear()));
        smaller.push(of_model(story, key, |source| source.model.sqlite = SqliteOptions::default()));
        smaller.push(of_model(story, key, |source| source.model.managed = true));
    }
    for (position, sources) in story.builds.iter().enumerate() {
        for (key, source) in sources.iter().filter(|(_, source)| source.hints != ModelHints::default()) {
            let put = |hints: ModelHints| {
                let mut less = story.clone();
                less.builds[position].insert(key.clone(), SourceModel { hints, ..source.clone() });
                less
            };
            let ModelHints { renamed_from: _, moved_from: _, new: _, position, fields } =
                source.hints.clone();
            smaller.push(put(ModelHints { position, fields, ..ModelHints::default() }));
            for name in source.hints.fields.keys() {
                let mut hints = source.hints.clone();
                hints.fields.remove(name);
                smaller.push(put(hints));
            }
        }
    }
    let shared: BTreeSet<&ModelKey> = story.builds.iter().flat_map(|sources| sources.shared.keys()).collect();
    for key in shared {
        smaller.push(changed(story, |sources| sources.places.retain(|_, place| place.shared != *key)));
        let of_struct = story.builds.iter().filter_map(|sources| sources.shared.get(key));
        let names: BTreeSet<&FieldName> =
            of_struct.flat_map(|source| source.model.fields.iter().map(|field| &field.name)).collect();
        smaller.extend(
            names.into_iter().map(|name| changed(story, |sources| drop_shared_field(sources, key, name))),
        );
    }
    smaller.push(changed(story, |sources| sources.newtypes.clear()));
    let labels: BTreeSet<_> = keys.iter().map(|key| &key.app).collect();
    for app in story.apps.iter().filter(|app| !labels.contains(app)) {
        let mut less = story.clone();
        less.apps.remove(app);
        smaller.push(less);
    }
    for less in &mut smaller {
        less.builds.dedup();
    }
    smaller.retain(|less| less != story && !less.builds.is_empty());
    smaller
}

fn changed(story: &Story, change: impl Fn(&mut Sources)) -> Story {
    let mut less = story.clone();
    for sources in &mut less.builds {
        change(sources);
        *sources = tidied(std::mem::take(sources));
    }
    less
}

fn of_model(story: &Story, key: &ModelKey, change: impl Fn(&mut SourceModel)) -> Story {
    changed(story, |sources| sources.get_mut(key).into_iter().for_each(&change))
}

/// Takes away what is said of a field, one thing at a time.
fn plainer(story: &Story, key: &ModelKey, name: &FieldName) -> Vec<Story> {
    const PLAINER: [fn(&mut Field); 10] = [
        |field| field.comment = None,
        |field| field.default = None,
        |field| field.column = None,
        |field| field.collation = None,
        |field| field.sql_type = None,
        |field| field.generated = None,
        |field| field.identity = None,
        |field| field.unique = false,
        |field| field.index = field.relation().is_some() && !field.unique && !field.primary_key,
        |field| match &mut field.kind {
            FieldKind::Column(_) => {}
            FieldKind::ForeignKey(relation) => {
                let to_field = relation.to_field.take();
                *relation = ForeignKey { to_field, ..ForeignKey::new(relation.to.clone()) };
            }
            FieldKind::ManyToMany(relation) => {
                let through = relation.through.take();
                *relation = ManyToMany { through, ..ManyToMany::new(relation.to.clone()) };
            }
        },
    ];
    let of_field = |change: &fn(&mut Field)| {
        of_model(story, key, |source| {
            source.model.fields.iter_mut().filter(|it| it.name == *name).for_each(change);
        })
    };
    PLAINER.iter().map(of_field).collect()
}

fn with_fewer_objects(story: &Story, key: &ModelKey) -> Vec<Story> {
    let mut smaller = Vec::new();
    for source in story.builds.iter().filter_map(|sources| sources.get(key)) {
        for index in &source.model.indexes {
            smaller.push(of_model(story, key, |source| source.model.indexes.retain(|it| it != index)));
        }
        for rule in &source.model.constraints {
            smaller.push(of_model(story, key, |source| source.model.constraints.retain(|it| it != rule)));
        }
    }
    smaller
}
