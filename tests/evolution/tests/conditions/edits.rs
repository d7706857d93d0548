//! Edits of a crate whose models stand behind features.

use modelshift_evolution::random::Random;

use super::source::{CONDITIONS, Condition, Entry, Kind, Named, Place, Source, Struct};

impl Source {
    fn named(&mut self, random: &mut Random, stem: &str) -> Named {
        self.last += 1;
        Named { names: vec![format!("{stem}{}", self.last)], condition: condition(random) }
    }

    fn entry(&mut self, random: &mut Random, may_flatten: bool) -> Entry {
        let named = self.named(random, "f");
        let targets: Vec<String> = self.models.iter().map(|it| it.named.first().to_owned()).collect();
        let (kind, is_null) = match random.below(8) {
            0 => (Kind::Status, true),
            1 if may_flatten && !self.part.is_empty() => (Kind::Part, false),
            2 | 3 => {
                random.pick(&targets).map_or((Kind::Text, true), |it| (Kind::Reference(it.clone()), true))
            }
            4 => (Kind::Text, random.one_in(2)),
            _ => (Kind::Small, random.one_in(2)),
        };
        let unique = (is_null && random.one_in(4)).then(|| condition(random));
        Entry { named, unique: unique.filter(|_| kind != Kind::Status), kind, is_null }
    }

    /// Takes other sources in place of these; no name is ever given twice.
    pub(crate) fn become_again(&mut self, other: &Self) {
        *self = Self { last: self.last, ..other.clone() };
    }

    /// Makes one edit; none where it could not be made.
    pub(crate) fn edit(&self, random: &mut Random) -> Option<(&'static str, Self)> {
        let mut source = self.clone();
        let what = source.edit_here(random)?;
        source.is_sound().then_some((what, source))
    }

    fn edit_here(&mut self, random: &mut Random) -> Option<&'static str> {
        let kind = random.below(16);
        if self.models.is_empty() || kind == 0 {
            let named = self.named(random, "M");
            let place = *random.pick(&[Place::Struct, Place::Module, Place::Derive])?;
            let fields = (0..random.below(4)).map(|_| self.entry(random, true)).collect();
            self.models.push(Struct { named, place, fields, indexes: Vec::new() });
            return Some("add a model");
        }
        let chosen = random.below(self.models.len());
        match kind {
            1 => {
                let gone = self.models.remove(chosen).named.first().to_owned();
                let stays = |it: &Entry| it.kind != Kind::Reference(gone.clone());
                self.part.retain(stays);
                for model in &mut self.models {
                    model.fields.retain(stays);
                }
                Some("remove a model")
            }
            2 => {
                self.last += 1;
                self.models[chosen].named.names.push(format!("M{}", self.last));
                Some("rename a model")
            }
            3 => {
                self.models[chosen].named.condition = condition(random);
                Some("another condition on a model")
            }
            4 => {
                self.models[chosen].place = *random.pick(&[Place::Struct, Place::Module, Place::Derive])?;
                Some("another place of a model")
            }
            5 => {
                let named = self.named(random, "V");
                self.variants.push(named);
                Some("add a variant")
            }
            6 => {
                let at = random.below(self.variants.len());
                self.variants.get_mut(at)?.condition = condition(random);
                Some("another condition on a variant")
            }
            7 => {
                let entry = self.entry(random, false);
                self.part.push(entry);
                Some("add a field to what is flattened")
            }
            8 => {
                let names: Vec<String> = self.models[chosen]
                    .fields
                    .iter()
                    .filter(|it| !matches!(it.kind, Kind::Part | Kind::Reference(_)))
                    .map(|it| it.named.now().to_owned())
                    .collect();
                let name = random.pick(&names)?.clone();
                let condition = condition(random);
                let indexes = &mut self.models[chosen].indexes;
                match indexes.iter().position(|(field, _)| *field == name) {
                    Some(position) => drop(indexes.remove(position)),
                    None => indexes.push((name, condition)),
                }
                Some("add or remove an index")
            }
            9 | 10 => {
                let entry = self.entry(random, true);
                let fields = &mut self.models[chosen].fields;
                if entry.kind == Kind::Part && fields.iter().any(|it| it.kind == Kind::Part) {
                    return None;
                }
                fields.insert(random.below(fields.len() + 1), entry);
                Some("add a field")
            }
            _ => {
                let is_of_part = random.one_in(4);
                let model = &mut self.models[chosen];
                let fields = if is_of_part { &mut self.part } else { &mut model.fields };
                let at = random.below(fields.len());
                self.last += 1;
                edit_field(random, kind, (fields, at), &mut model.indexes, self.last)
            }
        }
    }
}

fn edit_field(
    random: &mut Random,
    kind: usize,
    (fields, at): (&mut Vec<Entry>, usize),
    indexes: &mut Vec<(String, Condition)>,
    number: usize,
) -> Option<&'static str> {
    let field = fields.get_mut(at)?;
    match kind {
        11 => {
            let gone = fields.remove(at);
            indexes.retain(|(it, _)| it != gone.named.now());
            Some("remove a field")
        }
        12 => {
            let (before, after) = (field.named.now().to_owned(), format!("f{number}"));
            for (name, _) in indexes.iter_mut().filter(|(it, _)| *it == before) {
                name.clone_from(&after);
            }
            field.named.names.push(after);
            Some("rename a field")
        }
        13 if field.kind == Kind::Small => {
            field.kind = Kind::Large;
            Some("a larger type")
        }
        13 if !matches!(field.kind, Kind::Part) => {
            field.is_null = true;
            Some("allow NULL")
        }
        14 if field.is_null && !matches!(field.kind, Kind::Status) => {
            field.unique = if field.unique.is_some() { None } else { Some(condition(random)) };
            Some("another rule on a field")
        }
        _ => {
            field.named.condition = condition(random);
            Some("another condition on a field")
        }
    }
}

fn condition(random: &mut Random) -> Condition {
    let at = random.below(CONDITIONS.len() * 2);
    (at < CONDITIONS.len()).then_some(at)
}
