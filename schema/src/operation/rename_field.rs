//! Renames a field; its column follows unless it has a chosen name, before or from now on.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveField};
use crate::error::StateError;
use crate::model::field::{Field, FieldKind};
use crate::model::naming::join_table_name;
use crate::model::relation::ManyToMany;
use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, ModelName, TableName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::between_states::Lineage;

/// Renames a field; its column follows unless it has a chosen name, before or from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameField {
    /// The model that owns the field.
    pub model: ModelName,
    /// The name before.
    pub before: FieldName,
    /// The name after.
    pub after: FieldName,
    /// The column or the join table from now on, where its name is chosen in the same edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// Where the values of a field are, by a name that is chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// `column = "…"`: the column.
    #[serde(rename = "column")]
    Column(ColumnName),
    /// `table = "…"`: the join table of a many-to-many field.
    #[serde(rename = "table")]
    JoinTable(TableName),
}

impl Place {
    /// Returns where the values of a field are; none where they are in the table of another model.
    pub(crate) fn of(
        state: &ProjectState,
        key: &ModelKey,
        field: &Field,
    ) -> Result<Option<Self>, StateError> {
        if field.has_column() {
            return Ok(Some(Self::Column(field.column_name())));
        }
        let mut tables = state.model(key)?.join_table_names(key);
        Ok(tables.find(|(it, _)| it.name == field.name).map(|(_, table)| Self::JoinTable(table.within(None))))
    }

    /// Returns the field with its values there; none where it has no such place.
    pub(crate) fn chosen_for(&self, field: &Field) -> Option<Field> {
        match (self, &field.kind) {
            (Self::Column(column), FieldKind::Column(_) | FieldKind::ForeignKey(_)) => {
                Some(Field { column: Some(column.clone()), ..field.clone() })
            }
            (Self::JoinTable(table), FieldKind::ManyToMany(relation)) if relation.through.is_none() => {
                let relation = ManyToMany { table: Some(table.clone()), ..relation.clone() };
                Some(Field { kind: FieldKind::ManyToMany(relation), ..field.clone() })
            }
            (Self::Column(_), FieldKind::ManyToMany(_))
            | (
                Self::JoinTable(_),
                FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_),
            ) => None,
        }
    }
}

impl RenameField {
    /// Creates a rename that chooses no column.
    pub fn new(
        model: impl Into<ModelName>,
        before: impl Into<FieldName>,
        after: impl Into<FieldName>,
    ) -> Self {
        Self { model: model.into(), before: before.into(), after: after.into(), place: None }
    }

    /// Returns the field, by either name, as the rename leaves it; none where it has no such place.
    pub(crate) fn renamed(&self, field: &Field) -> Option<Field> {
        let renamed = Field { name: self.after.clone(), ..field.clone() };
        self.place.as_ref().map_or(Some(renamed.clone()), |place| place.chosen_for(&renamed))
    }
}

impl Behaviour for RenameField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        if let Some(place) = &self.place {
            let field = place.chosen_for(state.field(&key, &self.before)?);
            let field = field
                .ok_or_else(|| StateError::NoColumn { model: key.clone(), field: self.before.clone() })?;
            state.alter_field(&key, field)?;
        }
        state.rename_field(&key, &self.before, &self.after)?;
        let derived = join_table_name(&state.model(&key)?.table_name(app), &self.after).within(None);
        let field = state.field(&key, &self.after)?;
        match (&self.place, field.join()) {
            // As in a source, nobody chose a name that goes without saying.
            (Some(Place::JoinTable(table)), Some(relation)) if *table == derived => {
                let kind = FieldKind::ManyToMany(ManyToMany { table: None, ..relation.clone() });
                let field = Field { kind, ..field.clone() };
                state.alter_field(&key, field)
            }
            (Some(_) | None, Some(_) | None) => Ok(()),
        }
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let key = ModelKey::new(app, &self.model);
        let place = match &self.place {
            Some(_) => Place::of(before, &key, before.field(&key, &self.before)?)?,
            None => None,
        };
        let (before, after) = (self.after.clone(), self.before.clone());
        Ok(Operation::RenameField(Self { model: self.model.clone(), before, after, place }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let field = Some((ModelKey::new(app, &self.model), self.before.clone(), self.after.clone()));
        Lineage { field, ..Lineage::default() }
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((ModelKey::new(app, &self.model), Invalidated::Field(&self.before)))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        let fields =
            [&self.before, &self.after].map(|name| Resource::Field(self.model.clone(), name.clone()));
        let place = match &self.place {
            Some(Place::JoinTable(table)) => vec![Resource::Name(table.as_str().to_owned())],
            // The field that has this column by its name gives it up before.
            Some(Place::Column(column)) => {
                let name = column.as_str();
                let names = [Some(name), name.strip_suffix("_id")].into_iter().flatten();
                names.map(|name| Resource::Field(self.model.clone(), FieldName::new(name))).collect()
            }
            None => Vec::new(),
        };
        Footprint::writes(fields.into_iter().chain(place)).reads([Resource::Presence(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RenameField(next) = next
            && next.model == self.model
            && next.before == self.after
        {
            let place = next.place.as_ref().or(self.place.as_ref()).cloned();
            let renamed = Self { after: next.after.clone(), place, ..self.clone() };
            if renamed.before != renamed.after {
                return Some(vec![Operation::RenameField(renamed)]);
            }
            // Only the column may be another one, which needs the whole field to say.
            return renamed.place.is_none().then(Vec::new);
        }
        if let Operation::RemoveField(next) = next
            && next.model == self.model
            && next.field == self.after
        {
            let field = self.before.clone();
            return Some(vec![Operation::RemoveField(RemoveField { model: self.model.clone(), field })]);
        }
        None
    }

    fn describe(&self) -> String {
        let renames = format!("renames field `{}` on `{}` to `{}`", self.before, self.model, self.after);
        match &self.place {
            Some(Place::Column(column)) => format!("{renames}, in the column `{column}`"),
            Some(Place::JoinTable(table)) => format!("{renames}, in the table `{table}`"),
            None => renames,
        }
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}_{}", self.before, self.model, self.after).to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation;
    use crate::operation::{AddField, RenameModel};

    fn check(operation: &Operation, before: &ProjectState) -> ProjectState {
        let app = "blog".into();
        let mut after = before.clone();
        operation.behaviour().apply(&app, &mut after).unwrap();
        assert_eq!(operation.behaviour().steps(&app, before, &after).unwrap(), []);
        let back = operation.behaviour().invert(&app, before).unwrap();
        let mut restored = after.clone();
        back.behaviour().apply(&app, &mut restored).unwrap();
        assert!(restored.is_equivalent_to(before), "{back:?} leads to {restored:?}");
        assert_eq!(back.behaviour().steps(&app, &after, &restored).unwrap(), []);
        after
    }

    fn column(name: &str) -> Place {
        Place::Column(name.into())
    }

    #[test]
    fn invariant_5_what_stays_where_it_is_changes_nothing_in_the_database() {
        let before = notation::state(
            "Author: id, name, age i32 | index(name) | unique(name,age)\nBook: id, author >Author",
        );
        let name =
            RenameField { place: Some(column("name")), ..RenameField::new("Author", "name", "full_name") };
        let after = check(&Operation::RenameField(name.clone()), &before);
        let renamed = after.field(&"blog.Author".parse().unwrap(), &"full_name".into()).unwrap();
        assert_eq!(renamed.column, Some("name".into()));
        let author =
            RenameField { place: Some(column("author_id")), ..RenameField::new("Book", "author", "writer") };
        check(&Operation::RenameField(author), &before);
        let model = RenameModel { table: Some("blog_author".into()), ..RenameModel::new("Author", "Writer") };
        check(&Operation::RenameModel(model), &before);
        // An added field ends where the two of them lead.
        let added = AddField {
            model: "Author".into(),
            field: before.field(&"blog.Author".parse().unwrap(), &"name".into()).unwrap().clone(),
            backfill: None,
        };
        let merged = added.merge(&"blog".into(), &Operation::RenameField(name)).unwrap();
        assert!(matches!(&merged[..], [Operation::AddField(it)] if it.field == *renamed), "{merged:?}");
    }

    #[test]
    fn invariant_5_a_join_table_that_stays_changes_nothing() {
        let before = notation::state("Author: id, friends *Author");
        let place = Some(Place::JoinTable("blog_author_friends".into()));
        check(
            &Operation::RenameField(RenameField { place, ..RenameField::new("Author", "friends", "pals") }),
            &before,
        );
    }

    #[test]
    fn a_field_without_a_column_gets_none() {
        let mut state = notation::state("Author: id, friends *Author");
        let place = Some(Place::Column("friends".into()));
        let rename = RenameField { place, ..RenameField::new("Author", "friends", "pals") };
        let error = rename.apply(&"blog".into(), &mut state).unwrap_err();
        assert!(matches!(error, StateError::NoColumn { .. }), "{error:?}");
    }

    #[test]
    fn invariant_2_what_chooses_nothing_is_written_as_before() {
        let field = serde_json::to_string(&RenameField::new("Post", "name", "title")).unwrap();
        assert_eq!(field, r#"{"model":"Post","before":"name","after":"title"}"#);
        let model = serde_json::to_string(&RenameModel::new("Article", "Post")).unwrap();
        assert_eq!(model, r#"{"before":"Article","after":"Post"}"#);
    }
}
