//! Models that are invalid, or that no migration leads to.

use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, ObjectName, TableName};
use crate::state::error::StateError;

/// Models that cannot be what is wanted, or that no migration leads to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// A model does not hold together.
    #[error("{source}")]
    Model {
        /// The model.
        model: ModelKey,
        /// What is wrong with it.
        source: StateError,
    },
    /// A field refers to what is no model.
    #[error(
        "`{field}` of `{model}` refers to `{to}`, which is no model; give that struct `#[derive(Model)]`, or \
         name another one{}",
        likewise(.others)
    )]
    NoTarget {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
        /// What it refers to.
        to: ModelKey,
        /// The other fields of the app that do so, each with its model and what it refers to.
        others: Vec<(ModelKey, FieldName, ModelKey)>,
    },
    /// Two models have one table.
    #[error(
        "models `{model}` and `{other}` would both have the table `{table}`; give one of them another `table`"
    )]
    SameTable {
        /// One model.
        model: ModelKey,
        /// The other.
        other: ModelKey,
        /// The table of both.
        table: TableName,
    },
    /// Two fields have one column.
    #[error(
        "fields `{field}` and `{other}` of `{model}` would both have the column `{column}`; give one of them another `column`"
    )]
    SameColumn {
        /// The model.
        model: ModelKey,
        /// One field.
        field: FieldName,
        /// The other.
        other: FieldName,
        /// The column of both.
        column: ColumnName,
    },
    /// Two indexes or constraints have one name in the database.
    #[error(
        "`{model}` and `{other}` would both have an index or constraint `{name}`; give one of them another `name`"
    )]
    SameObject {
        /// One model.
        model: ModelKey,
        /// The other, or the same.
        other: ModelKey,
        /// The name of both.
        name: ObjectName,
    },
    /// A table has the name of one that we keep.
    #[error(
        "model `{model}` would have the table `{table}`, in which modelshift keeps its own rows; give it another `table`"
    )]
    OwnTable {
        /// The model.
        model: ModelKey,
        /// The table.
        table: TableName,
    },
    /// An index, or a constraint that is one, has the name of a table.
    #[error(
        "the table of `{other}` would have the name `{name}`, which an index, a key, a sequence or a type of `{model}` \
         has in some databases; give one of them another"
    )]
    NameOfTable {
        /// The model with the index or the constraint.
        model: ModelKey,
        /// The model with the table.
        other: ModelKey,
        /// The name of both.
        name: ObjectName,
    },
    /// The primary key moves to another field while rows elsewhere hold the old one.
    #[error(
        "the primary key of `{model}` cannot move from `{before}` to `{after}` while `{by}.{field}` refers to it; \
         if it is the same key by another name, say `renamed_from = \"{before}\"`, else remove the reference in a \
         migration of its own first"
    )]
    KeyMoved {
        /// The model.
        model: ModelKey,
        /// The field that was the key.
        before: FieldName,
        /// The field that is to be.
        after: FieldName,
        /// A model that refers to it.
        by: ModelKey,
        /// The field by which it does.
        field: FieldName,
    },
    /// A table or a column cannot get its new name, since another has it until it gets its own.
    #[error(
        "on the way to what `{model}` is to be, its table or one of its columns would have a name that another still \
         has; {}", in_two_steps(.first.as_ref(), "make the change in two migrations")
    )]
    InTheWay {
        /// The model that would get the name.
        model: ModelKey,
        /// What leaves nothing in the way where it is done before.
        first: Option<FirstEdit>,
    },
    /// Operations, perhaps of several apps, need each other in a circle.
    #[error(
        "the changes of {} need each other in a circle, so that none can come first; {}",
        .apps.iter().map(|app| format!("app `{app}`")).collect::<Vec<_>>().join(", "),
        in_two_steps(
            .first.as_ref(),
            "make them in two migrations, such as the new references first and what goes afterwards"
        )
    )]
    Circle {
        /// The app.
        app: AppLabel,
        /// All apps of the circle.
        apps: Vec<AppLabel>,
        /// What leaves no circle where it is done before.
        first: Option<FirstEdit>,
    },
    /// The operations found do not lead to the models: a fault of the detector, found before anything is written.
    #[error(
        "the changes of app `{app}` were not understood{}; nothing is written. please report this with the models and \
         the newest migration; until then, make the change in two smaller steps",
        .model.as_ref().map(|model| format!(" (model `{model}`)")).unwrap_or_default()
    )]
    NotConverged {
        /// The app.
        app: AppLabel,
        /// The model where the difference shows.
        model: Option<ModelKey>,
    },
}

/// Tells of further fields that refer to what is no model.
fn likewise(others: &[(ModelKey, FieldName, ModelKey)]) -> String {
    let told = |(model, field, to): &(ModelKey, FieldName, ModelKey)| format!("`{model}.{field}` to `{to}`");
    let told: Vec<String> = others.iter().map(told).collect();
    if told.is_empty() { String::new() } else { format!("; so do {}", told.join(", ")) }
}

impl DetectError {
    /// Returns the model that the error is about, where it is about one.
    pub fn model(&self) -> Option<&ModelKey> {
        match self {
            Self::Model { model, .. }
            | Self::NoTarget { model, .. }
            | Self::SameTable { model, .. }
            | Self::SameColumn { model, .. }
            | Self::SameObject { model, .. }
            | Self::OwnTable { model, .. }
            | Self::NameOfTable { model, .. }
            | Self::KeyMoved { model, .. }
            | Self::InTheWay { model, .. } => Some(model),
            Self::Circle { .. } => None,
            Self::NotConverged { model, .. } => model.as_ref(),
        }
    }

    /// Returns the field that the error is about, where it is about one.
    pub fn field(&self) -> Option<&FieldName> {
        match self {
            Self::Model { source, .. } => source.field(),
            Self::NoTarget { field, .. } | Self::SameColumn { field, .. } => Some(field),
            Self::KeyMoved { after, .. } => Some(after),
            Self::SameTable { .. }
            | Self::SameObject { .. }
            | Self::OwnTable { .. }
            | Self::NameOfTable { .. }
            | Self::InTheWay { .. }
            | Self::Circle { .. }
            | Self::NotConverged { .. } => None,
        }
    }
}

/// A name that is given up first, so that changes need each other no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstEdit {
    /// The table of a model gets another name.
    Table {
        /// The model, by its name so far.
        model: ModelKey,
        /// The other name.
        table: TableName,
    },
    /// The join table of a field gets another name.
    JoinTable {
        /// The model, by its name so far.
        model: ModelKey,
        /// The field, by its name so far.
        field: FieldName,
        /// The other name.
        table: TableName,
    },
    /// A field gets another column.
    Column {
        /// The model, by its name so far.
        model: ModelKey,
        /// The field, by its name so far.
        field: FieldName,
        /// The other name.
        column: ColumnName,
    },
    /// An index or a constraint gets another name.
    Object {
        /// The model, by its name so far.
        model: ModelKey,
        /// The name so far.
        name: ObjectName,
    },
}

/// Says how changes are made of which one must be first, or what to do where it is not known which.
fn in_two_steps(first: Option<&FirstEdit>, unknown: &str) -> String {
    let edit = match first {
        None => return unknown.to_owned(),
        Some(FirstEdit::Table { model, table }) => {
            format!("say `#[model(table = \"{table}\")]` at `{model}`")
        }
        Some(FirstEdit::JoinTable { model, field, table }) => {
            format!("say `#[field(table = \"{table}\")]` at `{model}.{field}`")
        }
        Some(FirstEdit::Column { model, field, column }) => {
            format!("say `#[field(column = \"{column}\")]` at `{model}.{field}`")
        }
        Some(FirstEdit::Object { model, name }) => {
            format!("give the index or constraint `{name}` of `{model}` another `name`")
        }
    };
    format!("make them in two steps: take them back, {edit}, and build; then make them, and build again")
}
