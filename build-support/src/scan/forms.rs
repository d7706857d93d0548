//! A struct or an enum -> the item as the derive sees it, and its forms in other builds.
//!
//! Conditions apply to the item, to fields and variants (`cfg`), and to attributes (`cfg_attr`). This build sees one form of
//! the item. All builds together see several: the fullest form has every field and every attribute; there are more if two
//! fields have one name, or two attributes contradict each other.

use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Fields, Token, Variant};

use crate::scan::cfg::{Conditions, Verdict};
use crate::scan::crate_tree::Presence;
use crate::scan::modules::plain;

/// An item that derives `Model` or `Choices`.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    /// The item as the derive sees it, with every field that may exist.
    pub(crate) item: DeriveInput,
    /// The item without the fields with undecidable conditions, if there are any.
    pub(crate) without_undecided: Option<DeriveInput>,
    pub(crate) presence: Presence,
    /// See [`Found::forms`](crate::scan::crate_tree::Found::forms).
    pub(crate) forms: Vec<DeriveInput>,
    /// See [`Found::parts`](crate::scan::crate_tree::Found::parts).
    pub(crate) parts: Vec<DeriveInput>,
    /// True if a part of the item is behind a false condition.
    pub(crate) is_conditional: bool,
}

/// A field or a variant, or the item itself without them.
struct Part<T> {
    /// The part as the derive sees it.
    item: T,
    /// The attributes without a condition.
    plain: Vec<Attribute>,
    /// The attributes that other builds add, a list for each condition.
    elsewhere: Vec<Vec<Attribute>>,
    /// True if only other builds see it.
    is_elsewhere: bool,
    /// True if it cannot be decided whether it exists.
    is_undecided: bool,
}

/// The conditions that were found.
#[derive(Default)]
struct Notes {
    /// The first undecidable condition.
    undecided: Option<String>,
    /// True if a part is behind a false condition.
    is_conditional: bool,
}

/// An item with attributes and a name.
trait Item: Clone {
    fn attributes(&mut self) -> &mut Vec<Attribute>;
    fn name(&self) -> String;
}

impl Item for Field {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }

    fn name(&self) -> String {
        self.ident.as_ref().map(plain).unwrap_or_default()
    }
}

impl Item for Variant {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }

    fn name(&self) -> String {
        plain(&self.ident)
    }
}

impl Item for DeriveInput {
    fn attributes(&mut self) -> &mut Vec<Attribute> {
        &mut self.attrs
    }

    fn name(&self) -> String {
        plain(&self.ident)
    }
}

impl<T: Item> Part<T> {
    /// Reads the conditions of a field or a variant; none if no build sees it.
    fn read(mut item: T, conditions: &Conditions<'_>, notes: &mut Notes) -> Option<Self> {
        let attributes = std::mem::take(item.attributes());
        let verdict = conditions.verdict(&attributes);
        if verdict == Verdict::Off {
            notes.is_conditional = true;
            return None;
        }
        let is_elsewhere = matches!(verdict, Verdict::Elsewhere(_));
        notes.is_conditional |= is_elsewhere;
        let part = Self::of(item, attributes, conditions, notes);
        let is_undecided = match verdict {
            Verdict::On | Verdict::Off | Verdict::Elsewhere(_) => part.is_undecided,
            // A column cannot exist for tools only.
            Verdict::ForTools(why) | Verdict::Undecided(why) => {
                notes.undecided.get_or_insert(why);
                true
            }
        };
        Some(Self { is_elsewhere, is_undecided, ..part })
    }

    /// Replaces conditional attributes by their content.
    fn of(mut item: T, attributes: Vec<Attribute>, conditions: &Conditions<'_>, notes: &mut Notes) -> Self {
        let elsewhere = if conditions.are_wide() { conditions.elsewhere(&attributes) } else { Vec::new() };
        notes.is_conditional |= !conditions.elsewhere(&attributes).is_empty();
        let plain = attributes.iter().filter(|it| !it.path().is_ident("cfg_attr")).cloned().collect();
        let (attributes, is_undecided) = match conditions.expand(&attributes) {
            Ok(expanded) => (expanded, false),
            Err(why) => {
                notes.undecided.get_or_insert(why);
                (attributes, true)
            }
        };
        *item.attributes() = attributes;
        Self { item, plain, elsewhere, is_elsewhere: false, is_undecided }
    }

    /// Returns the part with the attributes of all builds.
    fn whole(&self) -> T {
        let mut item = self.item.clone();
        item.attributes().extend(self.elsewhere.iter().flatten().cloned());
        item
    }

    /// Returns the part with the attributes of each condition: added to those of this build, and in place of them.
    fn each(&self) -> impl Iterator<Item = T> {
        self.elsewhere.iter().flat_map(|more| {
            let (mut beside, mut instead) = (self.item.clone(), self.item.clone());
            beside.attributes().extend(more.iter().cloned());
            *instead.attributes() = self.plain.iter().chain(more).cloned().collect();
            [beside, instead]
        })
    }
}

/// Reads a struct or an enum; none if no build derives `Model` or `Choices` for it.
pub(crate) fn read(item: &DeriveInput, conditions: &Conditions<'_>, presence: Presence) -> Option<Read> {
    if is_unconditional(item) {
        return derives(item).then(|| unconditional(item, conditions, presence));
    }
    by_parts(item, conditions, presence)
}

/// Reads an item part by part, each with its conditions.
fn by_parts(item: &DeriveInput, conditions: &Conditions<'_>, mut presence: Presence) -> Option<Read> {
    let mut notes = Notes::default();
    let mut head = item.clone();
    let attributes = std::mem::take(&mut head.attrs);
    let head = Part::of(head, attributes, conditions, &mut notes);
    if !derives(&head.item) {
        if !derives(&head.whole()) {
            // No build has one of the derives.
            return None;
        }
        presence.elsewhere.get_or_insert_with(|| "#[cfg_attr(…)]".to_owned());
    }
    let mut read = match head.item.data.clone() {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {
            let fields = data.fields.into_iter();
            let parts: Vec<Part<Field>> =
                fields.filter_map(|field| Part::read(field, conditions, &mut notes)).collect();
            assembled(&head, &parts, with_fields)
        }
        Data::Enum(data) => {
            let variants = data.variants.into_iter();
            let parts: Vec<Part<Variant>> =
                variants.filter_map(|variant| Part::read(variant, conditions, &mut notes)).collect();
            let read = assembled(&head, &parts, with_variants);
            Read { without_undecided: None, ..read }
        }
        Data::Struct(_) | Data::Union(_) => assembled::<Field>(&head, &[], |item, _| item.clone()),
    };
    let is_conditional = notes.is_conditional || presence.elsewhere.is_some();
    presence.undecided = presence.undecided.or(notes.undecided);
    if !conditions.are_wide() {
        (read.forms, read.parts) = (Vec::new(), Vec::new());
    }
    Some(Read { presence, is_conditional, ..read })
}

/// Returns whether neither the item nor a part of it has a condition.
fn is_unconditional(item: &DeriveInput) -> bool {
    let is_plain = |attributes: &[Attribute]| {
        !attributes.iter().any(|it| it.path().is_ident("cfg") || it.path().is_ident("cfg_attr"))
    };
    let is_plain_inside = match &item.data {
        Data::Struct(data) => data.fields.iter().all(|field| is_plain(&field.attrs)),
        Data::Enum(data) => data.variants.iter().all(|variant| is_plain(&variant.attrs)),
        Data::Union(_) => true,
    };
    is_plain_inside && is_plain(&item.attrs)
}

/// Returns an item without conditions: the same as through its parts, with less work.
fn unconditional(item: &DeriveInput, conditions: &Conditions<'_>, presence: Presence) -> Read {
    let mut item = item.clone();
    match &mut item.data {
        Data::Struct(syn::DataStruct { fields: Fields::Named(named), .. }) => {
            named.named = separated(std::mem::take(&mut named.named));
        }
        Data::Enum(data) => data.variants = separated(std::mem::take(&mut data.variants)),
        Data::Struct(_) | Data::Union(_) => {}
    }
    let forms = if conditions.are_wide() { vec![item.clone()] } else { Vec::new() };
    let is_conditional = presence.elsewhere.is_some();
    Read { item, without_undecided: None, presence, forms, parts: Vec::new(), is_conditional }
}

fn derives(item: &DeriveInput) -> bool {
    modelshift_syntax::derives_model(&item.attrs) || modelshift_syntax::derives_choices(&item.attrs)
}

/// Assembles the item in all its forms.
fn assembled<T: Item>(
    head: &Part<DeriveInput>,
    parts: &[Part<T>],
    with: fn(&DeriveInput, Vec<T>) -> DeriveInput,
) -> Read {
    let seen = |keep: &dyn Fn(&&Part<T>) -> bool| {
        parts.iter().filter(|it| !it.is_elsewhere).filter(keep).map(|it| it.item.clone()).collect::<Vec<_>>()
    };
    let item = with(&head.item, seen(&|_| true));
    let is_undecided = parts.iter().any(|it| it.is_undecided && !it.is_elsewhere);
    let without_undecided = is_undecided.then(|| with(&head.item, seen(&|it| !it.is_undecided)));

    let whole = head.whole();
    // If several parts have one name, the main form has the part of this build, and each other part makes another form.
    let names: Vec<String> = parts.iter().map(|it| it.item.name()).collect();
    let chosen = |position: usize| {
        let same = (0..parts.len()).filter(|other| names[*other] == names[position]);
        let first = same.clone().find(|other| !parts[*other].is_elsewhere);
        first.or_else(|| same.min()).unwrap_or(position)
    };
    let fullest: Vec<usize> = (0..parts.len()).filter(|position| chosen(*position) == *position).collect();
    let form = |positions: &[usize]| {
        with(&whole, positions.iter().map(|position| parts[*position].whole()).collect())
    };
    let mut forms = vec![form(&fullest)];
    for other in (0..parts.len()).filter(|position| !fullest.contains(position)) {
        let swap = |position: &usize| if names[*position] == names[other] { other } else { *position };
        forms.push(form(&fullest.iter().map(swap).collect::<Vec<_>>()));
    }
    let all = |changed: Option<(usize, T)>| -> Vec<T> {
        let part = |position: &usize| match &changed {
            Some((at, part)) if at == position => part.clone(),
            Some(_) | None => parts[*position].item.clone(),
        };
        fullest.iter().map(part).collect()
    };
    let of_head = head.each().map(|item| with(&item, all(None)));
    let of_parts = fullest.iter().flat_map(|position| {
        let all = &all;
        parts[*position].each().map(move |part| with(&head.item, all(Some((*position, part)))))
    });
    let mut single: Vec<DeriveInput> = of_head.chain(of_parts).collect();
    if !single.is_empty() {
        single.push(with(&head.item, all(None)));
    }
    Read {
        item,
        without_undecided,
        presence: Presence::default(),
        forms,
        parts: single,
        is_conditional: false,
    }
}

fn with_fields(item: &DeriveInput, fields: Vec<Field>) -> DeriveInput {
    let mut item = item.clone();
    if let Data::Struct(syn::DataStruct { fields: Fields::Named(named), .. }) = &mut item.data {
        named.named = separated(fields);
    }
    item
}

fn with_variants(item: &DeriveInput, variants: Vec<Variant>) -> DeriveInput {
    let mut item = item.clone();
    if let Data::Enum(data) = &mut item.data {
        data.variants = separated(variants);
    }
    item
}

fn separated<T>(items: impl IntoIterator<Item = T>) -> Punctuated<T, Token![,]> {
    let mut list = Punctuated::new();
    for item in items {
        list.push_value(item);
        list.push_punct(Token![,](Span::call_site()));
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    #[test]
    fn an_item_without_conditions_is_the_same_as_through_its_parts() {
        let environment = Environment::default();
        let conditions = Conditions::new(&environment);
        for text in [
            "#[derive(Debug, Model)] #[model(table = \"a\")] struct A { /// Text.\n #[field(unique)] pub id: i64, b: String }",
            "#[derive(Model)] struct A { id: i64, }",
            "#[derive(Model)] struct A {}",
            "#[derive(Model)] struct A(i64);",
            "#[derive(Model)] struct A;",
            "#[derive(Choices)] enum A { B, #[choices(renamed_from = \"D\")] C, }",
            "#[derive(Debug)] struct A { id: i64 }",
        ] {
            let item: DeriveInput = syn::parse_str(text).unwrap();
            assert!(is_unconditional(&item));
            for conditions in [&conditions, &conditions.wide()] {
                for elsewhere in [None, Some("a condition".to_owned())] {
                    let around = Presence { elsewhere, ..Presence::default() };
                    let read = read(&item, conditions, around.clone());
                    assert_eq!(read, by_parts(&item, conditions, around), "{text}");
                    assert_eq!(read.is_none(), text.contains("(Debug)]"));
                }
            }
        }
    }
}
