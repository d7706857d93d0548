//! Which enum a field holds, so that what becomes of a variant is asked once for all fields that hold it.

use modelshift_schema::answers::Subject;
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::question::{Question, QuestionKind};
use modelshift_syntax::findings::FoundQuestion;

use crate::crates::exported_types::Told;
use crate::models::abstract_structs::{ELSEWHERE, struct_of, with_line};
use crate::models::{Models, ScannedModel};

/// An enum that fields hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// It is of this crate, and this is its number in the tree.
    Own(usize),
    /// It is of another crate, which tells of it under this name.
    Told(String),
}

/// A variant of an enum, that somebody was asked about.
pub(crate) type Asked = (Held, String);

impl Models<'_> {
    /// Puts a question about a variant to its enum, or, where that is of another crate, to the first field that holds it;
    /// tells whether it is one, and there is whom to ask.
    pub(crate) fn ask_enum(&mut self, question: &Question) -> bool {
        let Some(asked) = self.variant(question) else { return false };
        let id = match &asked.0 {
            Held::Own(number) => return self.choices[*number].ask(question),
            Held::Told(id) => id,
        };
        if self.asked_enums.contains(&asked) {
            return true;
        }
        let line = format!("the crate `{}` has the enum, {ELSEWHERE}", Told::crate_of(id));
        let about =
            |sighted: &&mut ScannedModel<'_>| sighted.key == question.model && sighted.source.is_some();
        let Some(sighted) = self.sighted.iter_mut().find(about) else { return false };
        let origin = question.field.as_ref().and_then(|field| sighted.shared.get(field));
        let place = origin.map(|origin| &origin.place).or(question.field.as_ref()).map(ToString::to_string);
        sighted.questions.push(FoundQuestion::new(place, with_line(&question.message(), &line)));
        self.asked_enums.push(asked);
        true
    }

    /// Returns the variant that a question is about; none where it is about none, or the field says itself what it holds.
    pub(crate) fn variant(&self, question: &Question) -> Option<Asked> {
        let QuestionKind::RemovedChoice { gone, .. } = &question.kind else { return None };
        Some((self.held(&question.model, question.field.as_ref()?)?, gone.clone()))
    }

    /// Returns the fields that hold what a question about a variant is about.
    pub(crate) fn holders(&self, question: &Question) -> Vec<Subject> {
        let Some((held, _)) = self.variant(question) else { return Vec::new() };
        let fields = self.sighted.iter().filter_map(|sighted| Some((sighted, sighted.source.as_ref()?)));
        let fields = fields.flat_map(|(sighted, source)| {
            source.model.fields.iter().map(|field| (sighted.key.clone(), field.name.clone()))
        });
        let holds = |(model, field): &(ModelKey, FieldName)| self.held(model, field).as_ref() == Some(&held);
        fields.filter(holds).map(|(model, field)| Subject { model, field: Some(field) }).collect()
    }

    fn held(&self, model: &ModelKey, field: &FieldName) -> Option<Held> {
        let about = |sighted: &&ScannedModel<'_>| sighted.key == *model && sighted.source.is_some();
        let sighted = self.sighted.iter().find(about)?;
        let Some(origin) = sighted.shared.get(field) else { return sighted.enums.get(field).cloned() };
        if let Some(owner) = self.sighted.get(origin.owner) {
            return owner.enums.get(&origin.name).cloned();
        }
        let told = struct_of(self.tree?, origin.owner)?.1;
        told.fields.get(origin.name.as_str()).cloned().map(Held::Told)
    }
}
