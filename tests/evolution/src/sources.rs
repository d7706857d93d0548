//! The structs of a project: models, what they flatten, and which types they name as their own.
//!
//! A model is kept with all its fields, as the detector sees it, so that an edit need not know where a field comes from:
//! [`Sources::settle`] finds out what still comes from another struct, and [`Sources::written`] what the struct itself
//! says.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::generated::Generated;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::{ColumnName, FieldName, ModelKey};

/// Models by their names.
pub type Models = BTreeMap<ModelKey, SourceModel>;

/// The structs of every app, as source has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    models: Models,
    /// The structs with `#[model(abstract)]`; none has the name of a model.
    pub shared: Models,
    /// The flattened fields, each by the struct that it is in and its name.
    pub places: BTreeMap<(ModelKey, FieldName), Place>,
    /// What the types of fields are called that are the crate's own.
    pub newtypes: BTreeMap<(ModelKey, FieldName), String>,
}

/// A field in whose place those of an abstract struct stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The abstract struct.
    pub shared: ModelKey,
    /// What the names of its fields begin with here.
    pub prefix: String,
    /// What they began with before, where the source says so.
    pub renamed_from: Option<String>,
}

/// A struct as a person writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it says itself.
    pub own: SourceModel,
    /// Whether others flatten it.
    pub is_abstract: bool,
    /// The flattened fields, each behind so many of its own.
    pub flattened: Vec<(usize, FieldName, Place)>,
    /// What the types of its own fields are called.
    pub newtypes: BTreeMap<FieldName, String>,
}

impl Deref for Sources {
    type Target = Models;

    fn deref(&self) -> &Models {
        &self.models
    }
}

impl DerefMut for Sources {
    fn deref_mut(&mut self) -> &mut Models {
        &mut self.models
    }
}

impl Sources {
    /// Puts structs together, each with the fields of those that it flattens.
    pub fn of(structs: &BTreeMap<ModelKey, Written>) -> Self {
        let mut sources = Self::default();
        for (key, written) in structs {
            for (_, field, place) in &written.flattened {
                sources.places.insert((key.clone(), field.clone()), place.clone());
            }
            for (field, name) in &written.newtypes {
                sources.newtypes.insert((key.clone(), field.clone()), name.clone());
            }
        }
        let mut rest: Vec<(&ModelKey, &Written)> = structs.iter().collect();
        // What flattens others comes after them; what leads to itself is left out.
        while !rest.is_empty() {
            let count = rest.len();
            rest.retain(|(key, written)| {
                let known =
                    |(_, _, place): &(usize, FieldName, Place)| sources.shared.contains_key(&place.shared);
                if !written.flattened.iter().all(known) {
                    return true;
                }
                let whole = sources.assembled(written);
                let all = if written.is_abstract { &mut sources.shared } else { &mut sources.models };
                all.insert((*key).clone(), whole);
                false
            });
            if rest.len() == count {
                break;
            }
        }
        sources
    }

    fn assembled(&self, written: &Written) -> SourceModel {
        let mut whole = written.own.clone();
        for (position, _, place) in written.flattened.iter().rev() {
            let image = self.image(place).map(|image| image.fields).unwrap_or_default();
            whole.model.fields.splice(position..position, image);
        }
        for image in written.flattened.iter().filter_map(|(_, _, place)| self.image(place)) {
            whole.model.indexes.extend(image.indexes);
            whole.model.constraints.extend(image.constraints);
        }
        whole
    }

    /// Returns all structs as they are written.
    pub fn all_written(&self) -> BTreeMap<ModelKey, Written> {
        let keys = self.models.keys().chain(self.shared.keys());
        keys.filter_map(|key| Some((key.clone(), self.written(key)?))).collect()
    }

    /// Returns a struct as it is written.
    pub fn written(&self, key: &ModelKey) -> Option<Written> {
        let whole = self.any(key)?;
        let mut own = whole.clone();
        let mut flattened = Vec::new();
        for (field, place) in self.places_in(key) {
            let image = self.image(place)?;
            let is_here = |it: &Field| image.field(&it.name).is_some();
            let position = own.model.fields.iter().position(is_here)?;
            own.model.fields.retain(|it| !is_here(it));
            take_out(&mut own.model.indexes, &image.indexes);
            take_out(&mut own.model.constraints, &image.constraints);
            flattened.push((position, field.clone(), place.clone()));
        }
        let own_types = self.newtypes.iter().filter(|((holder, _), _)| holder == key);
        let newtypes = own_types.map(|((_, field), name)| (field.clone(), name.clone())).collect();
        Some(Written { own, is_abstract: self.shared.contains_key(key), flattened, newtypes })
    }

    /// Finds a model or an abstract struct.
    pub fn any(&self, key: &ModelKey) -> Option<&SourceModel> {
        self.models.get(key).or_else(|| self.shared.get(key))
    }

    /// Finds a model or an abstract struct, to be changed.
    pub fn any_mut(&mut self, key: &ModelKey) -> Option<&mut SourceModel> {
        self.models.get_mut(key).or_else(|| self.shared.get_mut(key))
    }

    /// Returns models and abstract structs, to be changed.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut SourceModel> {
        self.models.values_mut().chain(self.shared.values_mut())
    }

    /// Returns what an abstract struct puts in a place.
    pub fn image(&self, place: &Place) -> Option<Model> {
        self.shared.get(&place.shared).map(|shared| prefixed(&shared.model, &place.prefix))
    }

    /// Returns the flattened fields of a struct in their order.
    pub fn places_in(&self, holder: &ModelKey) -> Vec<(&FieldName, &Place)> {
        let first = |place: &Place| {
            let (image, whole) = (self.image(place)?, self.any(holder)?);
            whole.model.fields.iter().position(|field| image.field(&field.name).is_some())
        };
        let own = self.places.iter().filter(|((it, _), _)| it == holder);
        let mut own: Vec<_> = own.map(|((_, field), place)| (field, place)).collect();
        own.sort_by_key(|(_, place)| first(place));
        own
    }

    /// Returns the structs that have the fields of an abstract struct, and what their names begin with there.
    pub fn reach(&self, shared: &ModelKey) -> Vec<(ModelKey, String)> {
        let mut reach = Vec::new();
        for ((holder, _), place) in self.places.iter().filter(|(_, place)| place.shared == *shared) {
            reach.push((holder.clone(), place.prefix.clone()));
            let further = self.reach(holder).into_iter();
            reach.extend(further.map(|(holder, prefix)| (holder, format!("{prefix}{}", place.prefix))));
        }
        reach
    }

    /// Returns the abstract struct that a field is said in, what the name begins with here, and its name there.
    pub fn origin(&self, holder: &ModelKey, field: &FieldName) -> Option<(ModelKey, String, FieldName)> {
        let own = self.places.iter().filter(|((it, _), _)| it == holder);
        own.into_iter().find_map(|(_, place)| {
            let inner = FieldName::new(field.as_str().strip_prefix(&place.prefix)?);
            self.shared.get(&place.shared)?.model.field(&inner)?;
            Some(match self.origin(&place.shared, &inner) {
                Some((shared, prefix, name)) => (shared, format!("{}{prefix}", place.prefix), name),
                None => (place.shared.clone(), place.prefix.clone(), inner),
            })
        })
    }

    /// Lets everything that has a field of an abstract struct have it as it is there.
    pub fn spread(&mut self, shared: &ModelKey, name: &FieldName) -> Option<()> {
        for (holder, prefix) in self.reach(shared) {
            let (image, name) = (prefixed(&self.shared.get(shared)?.model, &prefix), with(&prefix, name));
            let fields = &mut self.any_mut(&holder)?.model.fields;
            fields.iter_mut().find(|it| it.name == name)?.clone_from(image.field(&name)?);
        }
        Some(())
    }

    /// Lets what no longer is as the abstract struct has it be the model's own, and puts the rest in order.
    pub fn settle(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        loop {
            let before = (places.len(), self.shared.len());
            let mut taken: BTreeMap<ModelKey, BTreeSet<FieldName>> = BTreeMap::new();
            places.retain(|(holder, _), place| {
                let names = self.fits(holder, place);
                let taken = taken.entry(holder.clone()).or_default();
                names.is_some_and(|names| names.into_iter().all(|name| taken.insert(name)))
            });
            self.shared.retain(|key, it| {
                !it.model.fields.is_empty() && places.values().any(|place| place.shared == *key)
            });
            if before == (places.len(), self.shared.len()) {
                break;
            }
        }
        for place in places.values_mut() {
            place.renamed_from = place.renamed_from.take().filter(|earlier| *earlier != place.prefix);
        }
        self.places = places;
        // No struct that others flatten flattens one that does so itself.
        let holders: Vec<ModelKey> = self.shared.keys().chain(self.models.keys()).cloned().collect();
        for holder in &holders {
            let _ = self.arrange(holder);
        }
        let mut newtypes = std::mem::take(&mut self.newtypes);
        newtypes.retain(|(holder, name), _| {
            let field = self.any(holder).and_then(|source| source.model.field(name));
            field.is_some_and(may_be_newtype) && self.origin(holder, name).is_none()
        });
        self.newtypes = newtypes;
    }

    /// Returns the names of the fields that a place has, where they are there as the struct says.
    fn fits(&self, holder: &ModelKey, place: &Place) -> Option<Vec<FieldName>> {
        let (whole, image) = (&self.any(holder)?.model, self.image(place)?);
        let is_key = |it: &Field| it.name == "id" && it.primary_key;
        // A field that is part of a key says so in its struct, so that it would be one of every key.
        let keys_agree = image.fields.iter().all(|it| !it.primary_key && it.name != "id" || is_key(it))
            && (image.primary_key().next().is_none() || whole.primary_key().all(is_key));
        let is_there = keys_agree
            && image.fields.iter().all(|it| whole.field(&it.name) == Some(it))
            && image.indexes.iter().all(|it| whole.indexes.contains(it))
            && image.constraints.iter().all(|it| whole.constraints.contains(it));
        is_there.then(|| image.fields.into_iter().map(|field| field.name).collect())
    }

    /// Puts the fields of each place together and what is said of them last; what is said about an edit is said there.
    fn arrange(&mut self, holder: &ModelKey) -> Option<()> {
        let images: Vec<Model> =
            self.places_in(holder).into_iter().filter_map(|(_, place)| self.image(place)).collect();
        let source = self.any_mut(holder)?;
        for image in images {
            let is_here = |it: &Field| image.field(&it.name).is_some();
            let position = source.model.fields.iter().position(is_here)?;
            source.model.fields.retain(|it| !is_here(it));
            take_out(&mut source.model.indexes, &image.indexes);
            take_out(&mut source.model.constraints, &image.constraints);
            source.hints.fields.retain(|name, _| image.field(name).is_none());
            source.model.fields.splice(position..position, image.fields);
            source.model.indexes.extend(image.indexes);
            source.model.constraints.extend(image.constraints);
        }
        Some(())
    }

    /// Forgets what is said about edits.
    pub fn forget_hints(&mut self) {
        self.all_mut().for_each(|source| source.hints = ModelHints::default());
        self.places.values_mut().for_each(|place| place.renamed_from = None);
    }
}

/// Returns whether the type of a field can be one of the crate's own.
pub fn may_be_newtype(field: &Field) -> bool {
    use modelshift_schema::field::FieldKind;
    matches!(&field.kind, FieldKind::Column(column_type) if column_type.choices().is_none())
}

/// Takes each of some items out once, the last of its like.
fn take_out<T: PartialEq>(items: &mut Vec<T>, gone: &[T]) {
    for item in gone.iter().rev() {
        if let Some(position) = items.iter().rposition(|it| it == item) {
            items.remove(position);
        }
    }
}

/// Returns the fields, indexes and constraints of a struct as they are where names begin with a prefix.
pub(crate) fn prefixed(model: &Model, prefix: &str) -> Model {
    let mut after = model.clone();
    let names: Vec<FieldName> = model.fields.iter().map(|field| field.name.clone()).collect();
    after.fields = model.fields.iter().map(|field| prefixed_field(field, prefix, &names)).collect();
    if prefix.is_empty() {
        return after;
    }
    // Over names that no field has, so that none is taken for another's.
    for (place, name) in names.iter().enumerate() {
        let aside = FieldName::new(format!("\0{place}"));
        after.indexes.iter_mut().for_each(|it| it.rename_field(name, &aside));
        after.constraints.iter_mut().for_each(|it| it.rename_field(name, &aside));
    }
    for (place, name) in names.iter().enumerate() {
        let (aside, name) = (FieldName::new(format!("\0{place}")), with(prefix, name));
        after.indexes.iter_mut().for_each(|it| it.rename_field(&aside, &name));
        after.constraints.iter_mut().for_each(|it| it.rename_field(&aside, &name));
    }
    after
}

/// Returns a name behind a prefix.
pub(crate) fn with(prefix: &str, name: &FieldName) -> FieldName {
    FieldName::new(format!("{prefix}{name}"))
}

fn prefixed_field(field: &Field, prefix: &str, names: &[FieldName]) -> Field {
    let follow = |value: &Expr| {
        let is_own = |name: &str| names.iter().any(|it| *it == *name);
        value.map_leaves(&|leaf| {
            if let Expr::Name(name) = leaf {
                return is_own(name).then(|| Expr::Name(format!("{prefix}{name}")));
            }
            // Raw text is no more than the name of a column here.
            let Expr::Raw(text) = leaf else { return None };
            is_own(text).then(|| Expr::Raw(format!("{prefix}{text}")))
        })
    };
    Field {
        name: with(prefix, &field.name),
        default: field.default.as_ref().map(follow),
        generated: field
            .generated
            .as_ref()
            .map(|it| Generated { expression: follow(&it.expression), ..it.clone() }),
        column: field.column.as_ref().map(|column| ColumnName::new(format!("{prefix}{column}"))),
        ..field.clone()
    }
}
