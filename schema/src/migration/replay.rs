//! Migrations in order -> the state of the project after them.

use crate::error::StateError;
use crate::migration::Migration;
use crate::migration::graph::Graph;
use crate::name::MigrationId;
use crate::state::ProjectState;

/// A migration whose operation does not fit the history before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("migration `{migration}`, operation {} ({describe})", .operation + 1)]
pub struct ReplayError {
    /// The migration.
    pub migration: MigrationId,
    /// The position of the operation, from 0; the text counts from 1.
    pub operation: usize,
    /// What the operation does, as it describes itself.
    pub describe: String,
    /// What is wrong.
    #[source]
    pub source: StateError,
}

/// Returns the state after the migrations, applied in the given order to an empty project.
///
/// # Errors
/// Returns the first operation that does not fit the state before it.
pub fn replay<'a>(order: impl IntoIterator<Item = &'a Migration>) -> Result<ProjectState, ReplayError> {
    let mut state = ProjectState::default();
    for migration in order {
        advance(&mut state, migration)?;
    }
    Ok(state)
}

/// Applies one migration to a state.
///
/// # Errors
/// Returns the error of [`replay`]. The state is then partially changed and must not be used.
pub fn advance(state: &mut ProjectState, migration: &Migration) -> Result<(), ReplayError> {
    migration.apply(state).map_err(|(operation, source)| ReplayError {
        migration: migration.id.clone(),
        operation,
        describe: migration.operations[operation].behaviour().describe(),
        source,
    })
}

impl Graph {
    /// Returns the state of the project after a migration and all that it depends on.
    ///
    /// # Errors
    /// Returns the error of [`replay`].
    pub fn state_at(&self, id: &MigrationId) -> Result<ProjectState, ReplayError> {
        replay(self.ancestors(id).into_iter().filter_map(|id| self.get(id)))
    }

    /// Returns the state of the project after all migrations.
    ///
    /// # Errors
    /// Returns the error of [`replay`].
    pub fn state(&self) -> Result<ProjectState, ReplayError> {
        replay(self.order())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::model::column_type::ColumnType;
    use crate::model::constraint::{Constraint, ReferenceRule, UniqueRule};
    use crate::model::field::Field;
    use crate::model::relation::ForeignKey;
    use crate::name::{FieldName, ModelKey};
    use crate::operation::{CreateModel, DeleteModel, Operation, RenameField, RenameModel};

    fn create(number: usize) -> Migration {
        let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
        let name = |number: usize| MigrationId::new("blog", format!("{number:04}_model"));
        let model = Model::new(format!("Model{number}"), vec![id]);
        Migration::new(
            name(number),
            (number > 1).then(|| name(number - 1)).into_iter().collect(),
            vec![Operation::CreateModel(CreateModel { model })],
        )
    }

    #[test]
    fn a_history_is_replayed_to_any_of_its_points() {
        let graph = Graph::new((1..=5).map(create).collect()).unwrap();
        assert_eq!(graph.state().unwrap().models().count(), 5);
        assert_eq!(graph.state_at(&"blog.0003_model".parse().unwrap()).unwrap().models().count(), 3);
    }

    #[test]
    fn ld_005_what_other_apps_made_is_there_for_a_migration_that_depends_on_it() {
        let with = |id: &str, on: &[&str], name: &str, to: Option<&str>| {
            let key = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
            let to = to.map(|to| Field::foreign_key("to", ForeignKey::new(to.parse().unwrap())));
            let model = Model::new(name, [Some(key), to].into_iter().flatten().collect());
            let depends_on = on.iter().map(|id| id.parse().unwrap()).collect();
            let create = Operation::CreateModel(CreateModel { model });
            Migration::new(id.parse().unwrap(), depends_on, vec![create])
        };
        let graph = Graph::new(vec![
            with("blog.0001_initial", &["users.0001_initial"], "Book", Some("users.User")),
            with("users.0001_initial", &["kinds.0001_initial"], "User", Some("kinds.Kind")),
            with("kinds.0001_initial", &[], "Kind", None),
            with("other.0001_initial", &[], "Other", None),
        ])
        .unwrap();
        let last = "blog.0001_initial".parse().unwrap();
        let order: Vec<&str> = graph.ancestors(&last).into_iter().map(|id| id.app.as_str()).collect();
        assert_eq!(order, ["kinds", "users", "blog"]);
        let state = graph.state_at(&last).unwrap();
        let models: Vec<String> = state.models().map(|(key, _)| key.to_string()).collect();
        assert_eq!(models, ["blog.Book", "kinds.Kind", "users.User"]);
        let book = state.model(&"blog.Book".parse().unwrap()).unwrap();
        assert_eq!(book.fields.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["id", "to"]);
    }

    #[test]
    fn what_does_not_fit_is_named_by_migration_and_operation() {
        let mut wrong = create(2);
        wrong.operations.push(Operation::DeleteModel(DeleteModel { model: "Gone".into() }));
        let error = replay(&[create(1), wrong]).unwrap_err();
        assert_eq!(error.to_string(), "migration `blog.0002_model`, operation 2 (deletes model `Gone`)");
        assert_eq!(error.source.to_string(), "model `blog.Gone` does not exist at this point of the history");
    }

    #[test]
    fn a_reference_of_another_app_finds_a_model_that_was_renamed_meanwhile() {
        let rename = |number: &str, before: &str, after: &str| {
            let rename = RenameModel::new(before, after);
            Migration::new(MigrationId::new("blog", number), Vec::new(), vec![Operation::RenameModel(rename)])
        };
        let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
        let to = ForeignKey::new(ModelKey::new("blog", "Model1"));
        let model = Model::new("Order", vec![id, Field::foreign_key("model", to)]);
        let order = Operation::CreateModel(CreateModel { model });
        let order = Migration::new(MigrationId::new("shop", "0001_initial"), Vec::new(), vec![order]);
        let (second, third) = (rename("0002_b", "Model1", "B"), rename("0003_c", "B", "C"));
        let before = replay([&create(1), &order, &second, &third]).unwrap();
        let after = replay([&create(1), &second, &third, &order]).unwrap();
        assert_eq!(before, after);
        let target = after.model(&ModelKey::new("shop", "Order")).unwrap();
        assert!(target.fields[1].refers_to(&ModelKey::new("blog", "C")));
    }

    #[test]
    fn a_reference_of_another_app_finds_fields_that_were_renamed_meanwhile() {
        let field = |name: &str| Field { unique: true, ..Field::new(name, ColumnType::I64) };
        let id = || Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
        let (row, seat) = (|| Field::new("row", ColumnType::I64), || Field::new("seat", ColumnType::I64));
        let together = UniqueRule::over(vec!["row".into(), "seat".into()]);
        let place = Model {
            constraints: vec![Constraint::Unique(together)],
            ..Model::new("Place", vec![id(), field("slug"), row(), seat()])
        };
        let create = |id: &str, model: Model| {
            let create = Operation::CreateModel(CreateModel { model });
            Migration::new(id.parse().unwrap(), Vec::new(), vec![create])
        };
        let rename = |id: &str, before: &str, after: &str| {
            let rename = RenameField::new("Place", before, after);
            Migration::new(id.parse().unwrap(), Vec::new(), vec![Operation::RenameField(rename)])
        };
        let to = ModelKey::new("blog", "Place");
        let by_slug = ForeignKey { to_field: Some("slug".into()), ..ForeignKey::new(to.clone()) };
        let rule =
            ReferenceRule::new(vec!["row".into(), "seat".into()], to, vec!["row".into(), "seat".into()]);
        let ticket = Model {
            constraints: vec![Constraint::Reference(rule)],
            ..Model::new("Ticket", vec![id(), Field::foreign_key("place", by_slug), row(), seat()])
        };
        let (first, ticket) = (create("blog.0001_initial", place), create("shop.0001_initial", ticket));
        let later = [
            rename("blog.0002_a", "slug", "name"),
            rename("blog.0003_b", "name", "handle"),
            rename("blog.0004_c", "seat", "chair"),
        ];
        let before = replay([&first, &ticket].into_iter().chain(&later)).unwrap();
        let after = replay([&first].into_iter().chain(&later).chain([&ticket])).unwrap();
        assert_eq!(before, after);
        let model = after.model(&ModelKey::new("shop", "Ticket")).unwrap();
        assert_eq!(model.fields[1].relation().unwrap().to_field, Some("handle".into()));
        assert_eq!(
            model.constraints[0].reference().unwrap().to_fields,
            vec![FieldName::new("row"), FieldName::new("chair")]
        );
    }
}
