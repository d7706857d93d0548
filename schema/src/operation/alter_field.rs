//! Changes what a field is; its name stays.

use serde::{Deserialize, Serialize};

use super::alter_primary_key::restored;
use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::model::choices::ChoiceMoves;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::between_states::Lineage;

/// Changes what a field is; its name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterField {
    /// The model that owns the field.
    pub model: ModelName,
    /// The field as it is to be.
    pub field: Field,
    /// The value for rows with NULL, if NULL is no longer allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
    /// What becomes of variants of an enum that are gone.
    #[serde(default, skip_serializing_if = "ChoiceMoves::is_empty")]
    pub moves: ChoiceMoves,
}

impl AlterField {
    /// Creates a change without values for existing rows.
    pub fn new(model: impl Into<ModelName>, field: Field) -> Self {
        Self { model: model.into(), field, backfill: None, moves: ChoiceMoves::default() }
    }

    /// Returns the later of two changes of one field, with the value of both for rows that hold NULL before.
    ///
    /// None if no single operation sets that value.
    fn altered(&self, next: &Self) -> Option<Self> {
        if next.field.generated.is_some() {
            return Some(next.clone());
        }
        // Values that a reference by another field got on the way count.
        if let Some(relation) = self.field.relation()
            && next
                .field
                .relation()
                .is_none_or(|it| (&it.to, &it.to_field) != (&relation.to, &relation.to_field))
        {
            return None;
        }
        let has_choices = self.field.choices().is_some() || next.field.choices().is_some();
        // What a value became on the way counts.
        if has_choices && (self.field.kind != next.field.kind || !next.moves.is_empty()) {
            return None;
        }
        if self.field.makes_values() {
            return None;
        }
        let value =
            if self.field.null { None } else { self.backfill.as_ref().or(self.field.default.as_ref()) };
        let backfill = match value {
            None => next.backfill.clone(),
            Some(_) if next.field.null => return None,
            Some(value) if self.field.kind != next.field.kind && !value.is_constant_of(&next.field.kind) => {
                return None;
            }
            Some(value) if next.field.default.as_ref() == Some(value) => None,
            Some(value) => Some(value.clone()),
        };
        Some(Self { backfill, moves: self.moves.clone(), ..next.clone() })
    }
}

impl AlterField {
    /// Returns what becomes of variants on the way back: one that replaced another is replaced by it.
    fn moves_back(&self, before: &Field) -> ChoiceMoves {
        let Some(choices) = before.choices() else { return ChoiceMoves::default() };
        let all: Vec<_> = self.moves.renamed.iter().chain(&self.moves.removed).collect();
        let reversible = all.iter().filter(|(_, to)| {
            choices.variant(to).is_none() && all.iter().filter(|(_, other)| other == to).count() == 1
        });
        let renamed = reversible.map(|(from, to)| (to.clone(), from.clone()));
        ChoiceMoves { renamed: renamed.collect(), removed: Vec::new() }
    }
}

impl Behaviour for AlterField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        for name in self.backfill.iter().flat_map(Expr::names) {
            state.field(&key, &name.into())?;
        }
        state.alter_field(&key, self.field.clone())
    }

    /// Rows that hold NULL meanwhile need a value where it is forbidden again: the default, else the neutral one. A
    /// reference has none, nor has what must differ in each row; then no row may hold NULL, which is looked at before
    /// anything is done.
    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let field = before.field(&ModelKey::new(app, &self.model), &self.field.name)?;
        let forbids_null = self.field.null && !field.null && field.generated.is_none();
        let value = field.default.clone().or_else(|| field.assumed_value());
        let backfill = value.filter(|_| forbids_null);
        let moves = self.moves_back(field);
        let alter = Self { model: self.model.clone(), field: field.clone(), backfill, moves };
        let alter = Operation::AlterField(alter);
        if self.field.primary_key { Ok(alter) } else { restored(app, before, alter) }
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let fill = self.backfill.clone();
        let fill = fill.map(|value| (ModelKey::new(app, &self.model), self.field.name.clone(), value));
        let moves = (ModelKey::new(app, &self.model), self.field.name.clone(), self.moves.clone());
        Lineage { fill, moves: Some(moves), ..Lineage::default() }
    }

    fn fields(&self) -> &[Field] {
        std::slice::from_ref(&self.field)
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.field.expressions().chain(&self.backfill).collect()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        self.field.targets_mut().collect()
    }

    fn invalidates(&self, app: &AppLabel, before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        let key = ModelKey::new(app, &self.model);
        let name = &self.field.name;
        let moves_key =
            before.field(&key, name).is_ok_and(|before| before.primary_key != self.field.primary_key);
        Some((key, if moves_key { Invalidated::Model } else { Invalidated::Field(name) }))
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let model = || self.model.clone();
        let own = Resource::Field(model(), self.field.name.clone());
        // References to the old key go before.
        let changes = if self.field.primary_key {
            vec![own, Resource::Key(model()), Resource::References]
        } else {
            vec![own]
        };
        Footprint::writes(changes)
            .reads([Resource::Presence(model()), Resource::References, Resource::Key(model())])
            .reads_of_field(app, &self.model, &self.field, self.backfill.as_ref())
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let is_own = |model: &ModelName, field: &FieldName| *model == self.model && *field == self.field.name;
        if let Operation::RemoveField(next) = next
            && is_own(&next.model, &next.field)
        {
            return Some(vec![Operation::RemoveField(next.clone())]);
        }
        if let Operation::AlterField(next) = next
            && is_own(&next.model, &next.field.name)
        {
            return self.altered(next).map(|altered| vec![Operation::AlterField(altered)]);
        }
        // A rename first may meet other renames. One that keeps its column needs the column's name before.
        if let Operation::RenameField(next) = next
            && is_own(&next.model, &next.before)
            && self.field.column.is_none()
            && self.expressions().into_iter().all(|it| it.raw_texts().is_empty())
        {
            let field = next.renamed(&self.field)?;
            let backfill = self.backfill.as_ref();
            let backfill = backfill.map(|it| it.renamed(next.before.as_str(), next.after.as_str()));
            let alter = Self { field, backfill, ..self.clone() };
            return Some(vec![Operation::RenameField(next.clone()), Operation::AlterField(alter)]);
        }
        None
    }

    /// A variant whose rows got another is not told apart from it any more.
    fn is_destructive(&self) -> bool {
        !self.moves.removed.is_empty()
    }

    fn describe(&self) -> String {
        format!("alters field `{}` on `{}`", self.field.name, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_{}", self.model, self.field.name).to_lowercase())
    }
}
