//! What an operation writes and what it reads: two operations may be swapped if neither writes what the other writes or
//! reads.
//!
//! A migration changes models of its own app only, so that all names here are of that app.

use crate::model::constraint::ReferenceRule;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::naming::{begins_with, table_name};
use crate::model::raw_sql;
use crate::name::{AppLabel, FieldName, ModelName, ObjectName};

/// A part of the state, as far as operations distinguish it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resource {
    /// The whole state: for operations whose effect is unknown.
    Everything,
    /// A model with all its parts.
    Model(ModelName),
    /// The existence of a model under this name.
    Presence(ModelName),
    /// Which fields are the primary key of a model.
    Key(ModelName),
    /// Any field of a model.
    Fields(ModelName),
    /// One field of a model.
    Field(ModelName, FieldName),
    /// The options of a model: its comment and whether it is managed.
    Options(ModelName),
    /// Any index or constraint of a model.
    Objects(ModelName),
    /// One index or constraint of a model.
    Object(ModelName, ObjectName),
    /// The name of a table, an index or a constraint in the database, with all names that begin with it: derived names
    /// begin with the name of their table. Of a model, only chosen names are listed.
    Name(String),
    /// Any such name: the names of a model that is removed are not known.
    Names,
    /// References that are removed, before their targets can be removed.
    References,
}

/// What an operation writes and reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// The parts that the operation changes.
    pub writes: Vec<Resource>,
    /// The parts that must exist as they are, and that the operation does not change.
    pub reads: Vec<Resource>,
    /// The parts that raw SQL may read besides: nobody knows exactly which.
    pub may_read: Vec<Resource>,
}

impl Resource {
    /// Returns the model that it is a part of, if it belongs to one.
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

    /// Returns whether the two are equal, or one contains the other.
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
    /// Creates the footprint of an operation that changes these parts.
    pub fn writes(parts: impl IntoIterator<Item = Resource>) -> Self {
        Self { writes: parts.into_iter().collect(), ..Self::default() }
    }

    /// Adds parts that are read.
    #[must_use]
    pub fn reads(mut self, parts: impl IntoIterator<Item = Resource>) -> Self {
        self.may_read.extend(parts);
        self
    }

    /// Adds the fields of these names as read.
    #[must_use]
    pub fn reads_fields<'a>(self, model: &ModelName, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.reads(names.into_iter().map(|name| Resource::Field(model.clone(), name.into())))
    }

    /// Adds what a field reads: its target, the fields that its backfill names, and those that it is computed from.
    #[must_use]
    pub fn reads_of_field(
        self,
        app: &AppLabel,
        model: &ModelName,
        field: &Field,
        backfill: Option<&Expr>,
    ) -> Self {
        let names = backfill.into_iter().flat_map(Expr::names).filter(|name| field.name != *name);
        let target = target_field(app, field);
        self.reads(targets(app, field).map(Resource::Presence))
            .reads(target)
            .reads_fields(model, names)
            .reads_fields(model, field.computed_from())
            .reads_of_raw_text(model, field.expressions().chain(backfill))
    }

    /// Adds what raw SQL in expressions over a model may read: any field of the model; a query, anything.
    #[must_use]
    pub fn reads_of_raw_text<'a>(
        mut self,
        model: &ModelName,
        expressions: impl IntoIterator<Item = &'a Expr>,
    ) -> Self {
        for text in expressions.into_iter().flat_map(Expr::raw_texts) {
            let is_query = raw_sql::holds_word(text, "select");
            self.may_read.push(if is_query { Resource::Everything } else { Resource::Fields(model.clone()) });
            self.may_read
                .extend(raw_sql::fields(text).into_iter().map(|name| Resource::Field(model.clone(), name)));
        }
        self
    }

    /// Returns whether no other operation may be swapped with this one.
    pub fn is_everything(&self) -> bool {
        self.writes.contains(&Resource::Everything)
    }

    /// Returns whether the two operations may not be swapped.
    pub fn conflict_with(&self, other: &Self) -> bool {
        self.contradict(other) || meet(&self.writes, &other.may_read) || meet(&self.may_read, &other.writes)
    }

    /// Returns whether two operations of different branches exclude each other; raw SQL counts by the names of fields in it.
    pub fn contradict(&self, other: &Self) -> bool {
        meet(&self.writes, &other.writes)
            || meet(&self.writes, &other.may_read)
            || meet(&self.may_read, &other.writes)
    }
}

fn meet(one: &[Resource], other: &[Resource]) -> bool {
    one.iter().any(|it| other.iter().any(|part| it.overlaps(part)))
}

/// Returns the name of an index or a constraint of a model as a part of its own, where it does not begin with the name that
/// the model's table has unless another was chosen.
pub(crate) fn chosen(app: &AppLabel, model: &ModelName, name: &ObjectName) -> Option<Resource> {
    let is_derived = begins_with(name.as_str(), table_name(app, model).as_str());
    (!is_derived).then(|| Resource::Name(name.as_str().to_owned()))
}

/// Returns the name of a model's table, as it is where none was chosen.
pub(crate) fn derived(app: &AppLabel, model: &ModelName) -> Resource {
    Resource::Name(table_name(app, model).as_str().to_owned())
}

/// Returns the name of a field's join table, where one was chosen.
pub(crate) fn chosen_join(field: &Field) -> Option<Resource> {
    Some(Resource::Name(field.join()?.table.as_ref()?.as_str().to_owned()))
}

/// Returns the field of a model of the same app that a reference names.
pub(crate) fn target_field(app: &AppLabel, field: &Field) -> Option<Resource> {
    let relation = field.relation().filter(|relation| relation.to.app == *app)?;
    Some(Resource::Field(relation.to.name.clone(), relation.to_field.clone()?))
}

/// Returns what a reference over several fields needs of a model of the same app.
pub(crate) fn rule_targets(app: &AppLabel, rule: &ReferenceRule) -> Vec<Resource> {
    if rule.to.app != *app {
        return Vec::new();
    }
    let model = || rule.to.name.clone();
    let fields = rule.to_fields.iter().map(|field| Resource::Field(model(), field.clone()));
    fields.chain([Resource::Presence(model()), Resource::Key(model())]).collect()
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

    fn footprint(operation: &Operation) -> Footprint {
        operation.behaviour().footprint(&app())
    }

    fn add(model: &str, field: Field) -> Operation {
        Operation::AddField(AddField { model: model.into(), field, backfill: None })
    }

    fn rename_field(model: &str, before: &str, after: &str) -> Operation {
        Operation::RenameField(RenameField::new(model, before, after))
    }

    #[test]
    fn op_149_a_field_needs_its_model_and_the_one_that_it_refers_to() {
        let field = footprint(&add(
            "Rider",
            Field::foreign_key("pony", ForeignKey::new("blog.Pony".parse().unwrap())),
        ));
        for (model, is_met) in [("Rider", true), ("Pony", true), ("Whatever", false), ("pony", false)] {
            let delete = Operation::DeleteModel(DeleteModel { model: model.into() });
            let rename = Operation::RenameModel(RenameModel::new(model, "Other"));
            assert_eq!(field.conflict_with(&footprint(&delete)), is_met, "{model}");
            assert_eq!(field.conflict_with(&footprint(&rename)), is_met, "{model}");
        }
    }

    #[test]
    fn op_150_a_field_needs_no_other_field_and_its_reference_follows_the_key_by_itself() {
        let reference =
            add("Rider", Field::foreign_key("pony", ForeignKey::new("blog.Pony".parse().unwrap())));
        let rename = rename_field("Pony", "id", "code");
        assert!(footprint(&reference).conflict_with(&footprint(&rename_field("Rider", "pony", "horse"))));
        assert!(footprint(&reference).conflict_with(&footprint(&rename_field("Rider", "horse", "pony"))));
        assert!(!footprint(&reference).conflict_with(&footprint(&rename_field("Whatever", "pony", "horse"))));
        assert!(
            !footprint(&reference)
                .conflict_with(&footprint(&add("Rider", Field::new("age", ColumnType::I32))))
        );
        // Both ways round come to the same.
        assert!(!footprint(&reference).conflict_with(&footprint(&rename)));
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
        let reference = footprint(&add("Rider", Field::foreign_key("pony", to)));
        assert!(reference.conflict_with(&footprint(&rename_field("Pony", "code", "slug"))));
        assert!(!reference.conflict_with(&footprint(&rename_field("Pony", "whatever", "else"))));
    }
}
