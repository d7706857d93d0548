//! What an operation changes and what it needs to stay as it is: two operations may change places where neither
//! changes what the other changes or needs.
//!
//! A migration changes models of its own app only, so that all names here are of that app.

use crate::model::constraint::ReferenceRule;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::naming::{begins_with, table_name};
use crate::model::raw_sql;
use crate::name::{AppLabel, FieldName, ModelName, ObjectName};

/// A part of the state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Everything that there is: for what cannot be looked into.
    Everything,
    /// A model with all its parts.
    Model(ModelName),
    /// That a model is there, under this name.
    Presence(ModelName),
    /// Which fields are the primary key of a model.
    Key(ModelName),
    /// Any field of a model.
    Fields(ModelName),
    /// One field of a model.
    Field(ModelName, FieldName),
    /// What a model is told beside its fields.
    Options(ModelName),
    /// Any index or constraint of a model.
    Objects(ModelName),
    /// One index or constraint of a model.
    Object(ModelName, ObjectName),
    /// A name that a table, an index or a constraint has in the database, with all that begin with it: those that nobody
    /// chose begin with that of their table. Of a model, only what was chosen is said, since what was derived is its own.
    Name(String),
    /// Any such name: of a model that goes, what names it had is not said.
    Names,
    /// References that are let go, before what they refer to can go.
    References,
}

/// What an operation changes and what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// What is another thing afterwards.
    pub changes: Vec<Part>,
    /// What must be as it is, and stays so.
    pub needs: Vec<Part>,
    /// What raw text may read beside that: it must be as it is too, as far as nobody knows better.
    pub reads: Vec<Part>,
}

impl Part {
    /// Returns the model of which it is a part; none for what belongs to no model.
    pub(crate) fn model(&self) -> Option<&ModelName> {
        match self {
            Self::Everything | Self::References | Self::Name(_) | Self::Names => None,
            Self::Model(model)
            | Self::Presence(model)
            | Self::Key(model)
            | Self::Options(model)
            | Self::Fields(model)
            | Self::Field(model, _)
            | Self::Objects(model)
            | Self::Object(model, _) => Some(model),
        }
    }

    /// Returns whether one part is the other, holds it, or is held by it.
    pub fn overlaps(&self, other: &Self) -> bool {
        if matches!(self, Self::Everything) || matches!(other, Self::Everything) {
            return true;
        }
        if self.model() != other.model() {
            return false;
        }
        match (self, other) {
            (Self::Model(_), _)
            | (_, Self::Model(_))
            | (Self::Fields(_), Self::Fields(_) | Self::Field(..))
            | (Self::Field(..), Self::Fields(_))
            | (Self::Name(_), Self::Names)
            | (Self::Names, Self::Name(_))
            | (Self::Objects(_), Self::Objects(_) | Self::Object(..))
            | (Self::Object(..), Self::Objects(_)) => true,
            (Self::Name(one), Self::Name(other)) => begins_with(one, other) || begins_with(other, one),
            (one, other) => one == other,
        }
    }
}

impl Footprint {
    /// Starts with what is changed.
    pub fn changes(parts: impl IntoIterator<Item = Part>) -> Self {
        Self { changes: parts.into_iter().collect(), ..Self::default() }
    }

    /// Adds what is needed.
    #[must_use]
    pub fn needs(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        self.needs.extend(parts);
        self
    }

    /// Adds that fields that an expression or a list names are needed.
    #[must_use]
    pub fn needs_fields<'a>(self, model: &ModelName, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.needs(names.into_iter().map(|name| Part::Field(model.clone(), name.into())))
    }

    /// Adds that a field's target, the names in its backfill and what it is computed from are needed.
    #[must_use]
    pub fn needs_of_field(
        self,
        app: &AppLabel,
        model: &ModelName,
        field: &Field,
        backfill: Option<&Expr>,
    ) -> Self {
        let names = backfill.into_iter().flat_map(Expr::names).filter(|name| field.name != *name);
        let target = target_field(app, field);
        self.needs(targets(app, field).map(Part::Presence))
            .needs(target)
            .needs_fields(model, names)
            .needs_fields(model, field.reckoned_from())
            .needs_of_raw_text(model, field.expressions().chain(backfill))
    }

    /// Adds what the raw text of expressions over a model may read: any field of it, and what a query may, anything.
    #[must_use]
    pub fn needs_of_raw_text<'a>(
        mut self,
        model: &ModelName,
        expressions: impl IntoIterator<Item = &'a Expr>,
    ) -> Self {
        for text in expressions.into_iter().flat_map(Expr::raw_texts) {
            let is_query = raw_sql::holds_word(text, "select");
            self.reads.push(if is_query { Part::Everything } else { Part::Fields(model.clone()) });
            self.needs.extend(raw_sql::fields(text).into_iter().map(|name| Part::Field(model.clone(), name)));
        }
        self
    }

    /// Returns whether nothing may change places with the operation.
    pub fn is_everything(&self) -> bool {
        self.changes.contains(&Part::Everything)
    }

    /// Returns whether the two operations may not change places.
    pub fn conflict_with(&self, other: &Self) -> bool {
        self.contradict(other) || meet(&self.changes, &other.reads) || meet(&self.reads, &other.changes)
    }

    /// Returns whether the two operations cannot both be done, each without knowledge of the other: raw text counts by
    /// the fields whose names it holds.
    pub fn contradict(&self, other: &Self) -> bool {
        meet(&self.changes, &other.changes)
            || meet(&self.changes, &other.needs)
            || meet(&self.needs, &other.changes)
    }
}

fn meet(one: &[Part], other: &[Part]) -> bool {
    one.iter().any(|it| other.iter().any(|part| it.overlaps(part)))
}

/// Returns the name of an index or a constraint of a model as a part of its own, where it does not begin with the name that
/// the model's table has unless another was chosen.
pub(crate) fn chosen(app: &AppLabel, model: &ModelName, name: &ObjectName) -> Option<Part> {
    let is_derived = begins_with(name.as_str(), table_name(app, model).as_str());
    (!is_derived).then(|| Part::Name(name.as_str().to_owned()))
}

/// Returns the name of a model's table, as it is where none was chosen.
pub(crate) fn derived(app: &AppLabel, model: &ModelName) -> Part {
    Part::Name(table_name(app, model).as_str().to_owned())
}

/// Returns the name of a field's join table, where one was chosen.
pub(crate) fn chosen_join(field: &Field) -> Option<Part> {
    Some(Part::Name(field.join()?.table.as_ref()?.as_str().to_owned()))
}

/// Returns the field of a model of the same app that a reference names.
pub(crate) fn target_field(app: &AppLabel, field: &Field) -> Option<Part> {
    let relation = field.relation().filter(|relation| relation.to.app == *app)?;
    Some(Part::Field(relation.to.name.clone(), relation.to_field.clone()?))
}

/// Returns what a reference over several fields needs of a model of the same app.
pub(crate) fn rule_targets(app: &AppLabel, rule: &ReferenceRule) -> Vec<Part> {
    if rule.to.app != *app {
        return Vec::new();
    }
    let model = || rule.to.name.clone();
    let fields = rule.to_fields.iter().map(|field| Part::Field(model(), field.clone()));
    fields.chain([Part::Presence(model()), Part::Key(model())]).collect()
}

/// Returns the models of the same app that a field refers to.
pub(crate) fn targets(app: &AppLabel, field: &Field) -> impl Iterator<Item = ModelName> {
    field.targets().filter(move |target| target.app == *app).map(|target| target.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::column_type::ColumnType;
    use crate::model::relation::ForeignKey;
    use crate::notation;
    use crate::operation::{AddField, DeleteModel, Operation, RenameField, RenameModel};

    fn app() -> AppLabel {
        AppLabel::new("blog")
    }

    fn touches(operation: &Operation) -> Footprint {
        operation.behaviour().touches(&app())
    }

    fn add(model: &str, field: Field) -> Operation {
        Operation::AddField(AddField { model: model.into(), field, backfill: None })
    }

    fn rename_field(model: &str, before: &str, after: &str) -> Operation {
        Operation::RenameField(RenameField {
            model: model.into(),
            before: before.into(),
            after: after.into(),
        })
    }

    #[test]
    fn op_149_a_field_needs_its_model_and_the_one_that_it_refers_to() {
        let field =
            touches(&add("Rider", Field::foreign_key("pony", ForeignKey::new("blog.Pony".parse().unwrap()))));
        for (model, is_met) in [("Rider", true), ("Pony", true), ("Whatever", false), ("pony", false)] {
            let delete = Operation::DeleteModel(DeleteModel { model: model.into() });
            let rename = Operation::RenameModel(RenameModel { before: model.into(), after: "Other".into() });
            assert_eq!(field.conflict_with(&touches(&delete)), is_met, "{model}");
            assert_eq!(field.conflict_with(&touches(&rename)), is_met, "{model}");
        }
    }

    #[test]
    fn op_150_a_field_needs_no_other_field_and_its_reference_follows_the_key_by_itself() {
        let reference =
            add("Rider", Field::foreign_key("pony", ForeignKey::new("blog.Pony".parse().unwrap())));
        let rename = rename_field("Pony", "id", "code");
        assert!(touches(&reference).conflict_with(&touches(&rename_field("Rider", "pony", "horse"))));
        assert!(touches(&reference).conflict_with(&touches(&rename_field("Rider", "horse", "pony"))));
        assert!(!touches(&reference).conflict_with(&touches(&rename_field("Whatever", "pony", "horse"))));
        assert!(
            !touches(&reference).conflict_with(&touches(&add("Rider", Field::new("age", ColumnType::I32))))
        );
        // Both ways round come to the same.
        assert!(!touches(&reference).conflict_with(&touches(&rename)));
        let after = |operations: [&Operation; 2]| {
            let mut state = notation::state("Pony: id\nRider: id");
            for operation in operations {
                operation.behaviour().apply(&app(), &mut state).unwrap();
            }
            state.tables(&"blog.Rider".parse().unwrap()).unwrap()
        };
        assert_eq!(after([&reference, &rename]), after([&rename, &reference]));
    }

    #[test]
    fn op_152_a_reference_by_another_field_needs_that_field() {
        let to =
            ForeignKey { to_field: Some("code".into()), ..ForeignKey::new("blog.Pony".parse().unwrap()) };
        let reference = touches(&add("Rider", Field::foreign_key("pony", to)));
        assert!(reference.conflict_with(&touches(&rename_field("Pony", "code", "slug"))));
        assert!(!reference.conflict_with(&touches(&rename_field("Pony", "whatever", "else"))));
    }
}
