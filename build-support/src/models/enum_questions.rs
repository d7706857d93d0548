//! Finds the enum of a field, so that a question about a variant is asked once for all fields of the enum.

use modelshift_schema::answers::Subject;
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_syntax::findings::FoundQuestion;

use crate::crates::exported_types::ExportedTypes;
use crate::models::Models;
use crate::models::abstract_structs::{ELSEWHERE, struct_of, with_line};

/// An enum that fields hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// An enum of this crate, by its number in the tree.
    Own(usize),
    /// An enum that another crate exports under this name.
    Exported(String),
}

/// A variant of an enum about which there is a question.
pub(crate) type Asked = (Held, String);

impl Models<'_> {
    /// Attaches a question about a variant to its enum or, if that is of another crate, to the first field that holds it;
    /// returns whether the question is one, and could be attached.
    pub(crate) fn ask_enum(&mut self, question: &Question) -> bool {
        let Some(asked) = self.variant(question) else { return false };
        let id = match &asked.0 {
            Held::Own(number) => return self.choices[*number].ask(question),
            Held::Exported(id) => id,
        };
        if self.asked_enums.contains(&asked) {
            return true;
        }
        let line = format!("the crate `{}` has the enum, {ELSEWHERE}", ExportedTypes::crate_of(id));
        let mut models = self.scanned.iter_mut();
        let scanned = models.find(|it| it.key == question.model && it.source.is_some());
        let Some(scanned) = scanned else { return false };
        let origin = question.field.as_ref().and_then(|field| scanned.shared.get(field));
        let place = origin.map(|origin| &origin.place).or(question.field.as_ref()).map(ToString::to_string);
        let found = FoundQuestion::new(place, with_line(&question.message(), &line));
        scanned.questions.push(found.coded(question.code()));
        self.asked_enums.push(asked);
        true
    }

    /// Returns the variant of a question; none if it is not about a variant, or if the field declares its own variants.
    pub(crate) fn variant(&self, question: &Question) -> Option<Asked> {
        let QuestionKind::RemovedChoice { gone, .. } = &question.kind else { return None };
        Some((self.held(&question.model, question.field.as_ref()?)?, gone.clone()))
    }

    /// Returns the fields that hold the enum of a question about a variant.
    pub(crate) fn holders(&self, question: &Question) -> Vec<Subject> {
        let Some((held, _)) = self.variant(question) else { return Vec::new() };
        let fields = self.scanned.iter().filter_map(|scanned| Some((scanned, scanned.source.as_ref()?)));
        let fields = fields.flat_map(|(scanned, source)| {
            source.model.fields.iter().map(|field| (scanned.key.clone(), field.name.clone()))
        });
        let holders = fields.filter(|(model, field)| self.held(model, field).as_ref() == Some(&held));
        holders.map(|(model, field)| Subject { model, field: Some(field) }).collect()
    }

    fn held(&self, model: &ModelKey, field: &FieldName) -> Option<Held> {
        let scanned = self.scanned.iter().find(|it| it.key == *model && it.source.is_some())?;
        let Some(origin) = scanned.shared.get(field) else { return scanned.enums.get(field).cloned() };
        if let Some(owner) = self.scanned.get(origin.owner) {
            return owner.enums.get(&origin.name).cloned();
        }
        let exported = struct_of(self.tree?, origin.owner)?.1;
        exported.fields.get(origin.name.as_str()).cloned().map(Held::Exported)
    }
}
