//! Models that are invalid, or that no migration leads to.

use crate::error_code::ErrorCode;
use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, ObjectName, TableName};
use crate::state::error::StateError;

/// Models that are invalid, or that no migration leads to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetectError {
    /// A model is invalid.
    #[error("{source}")]
    Model {
        /// The model.
        model: ModelKey,
        /// What is wrong with it.
        source: StateError,
    },
    /// A field refers to something that is not a model.
    #[error(
        "`{field}` of `{model}` refers to `{to}`, which is not a model; give that struct `#[derive(Model)]`, or \
         name another one{}",
        likewise(.others)
    )]
    NoTarget {
        /// The model that refers.
        model: ModelKey,
        /// The field of the reference.
        field: FieldName,
        /// The missing target.
        to: ModelKey,
        /// The other such fields of the app, each with its model and its target.
        others: Vec<(ModelKey, FieldName, ModelKey)>,
    },
    /// Two models have the same table.
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
    /// Two fields have the same column.
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
    /// Two indexes or constraints have the same name in the database.
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
    /// A table has the name of a table of modelshift.
    #[error(
        "model `{model}` would have the table `{table}`, in which modelshift keeps its own rows; give it another `table`"
    )]
    OwnTable {
        /// The model.
        model: ModelKey,
        /// The table.
        table: TableName,
    },
    /// An index, or a constraint with an index, has a name of modelshift.
    #[error(
        "an index, a key, a sequence or a type of `{model}` would have the name `{name}`, which modelshift's own tables \
         have in some databases; give it another `name`"
    )]
    OwnName {
        /// The model.
        model: ModelKey,
        /// The name.
        name: ObjectName,
    },
    /// An index, or a constraint with an index, has the name of a table.
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
    /// The primary key moves to another field while references to the old one exist.
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
        /// The field that becomes the key.
        after: FieldName,
        /// A model that refers to it.
        by: ModelKey,
        /// The field of the reference.
        field: FieldName,
    },
    /// A table or a column cannot get its new name, since another one has it until it is renamed itself.
    #[error(
        "on the way to what `{model}` is to be, its table or one of its columns would have a name that another still \
         has; {}", in_two_steps(.first.as_ref(), "make the change in two migrations")
    )]
    InTheWay {
        /// The model that would get the name.
        model: ModelKey,
        /// The edit that frees the name if it is made before.
        first: Option<FirstEdit>,
    },
    /// Operations, possibly of several apps, require each other in a circle.
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
        /// The edit that resolves the circle if it is made before.
        first: Option<FirstEdit>,
    },
    /// The operations do not lead to the models: a bug in the detector, found before anything is written.
    #[error(
        "the changes of app `{app}` were not understood{}; nothing is written. please report this with the models and \
         the newest migration; until then, make the change in two smaller steps",
        .model.as_ref().map(|model| format!(" (model `{model}`)")).unwrap_or_default()
    )]
    NotConverged {
        /// The app.
        app: AppLabel,
        /// The model with the difference.
        model: Option<ModelKey>,
    },
}

/// Returns the part of the message about further fields that refer to something that is not a model.
fn likewise(others: &[(ModelKey, FieldName, ModelKey)]) -> String {
    let others: Vec<String> =
        others.iter().map(|(model, field, to)| format!("`{model}.{field}` to `{to}`")).collect();
    if others.is_empty() { String::new() } else { format!("; so do {}", others.join(", ")) }
}

impl DetectError {
    /// Returns the code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Model { .. } => ErrorCode::InvalidModel,
            Self::NoTarget { .. } => ErrorCode::NoTarget,
            Self::SameTable { .. } => ErrorCode::SameTable,
            Self::SameColumn { .. } => ErrorCode::SameColumn,
            Self::SameObject { .. } => ErrorCode::SameObject,
            Self::OwnTable { .. } | Self::OwnName { .. } => ErrorCode::OwnTable,
            Self::NameOfTable { .. } => ErrorCode::NameOfTable,
            Self::KeyMoved { .. } => ErrorCode::KeyMoved,
            Self::InTheWay { .. } => ErrorCode::NameInUse,
            Self::Circle { .. } => ErrorCode::Circle,
            Self::NotConverged { .. } => ErrorCode::NotConverged,
        }
    }

    /// Returns the model in which the error is, if it is in one.
    pub fn model(&self) -> Option<&ModelKey> {
        match self {
            Self::Model { model, .. }
            | Self::NoTarget { model, .. }
            | Self::SameTable { model, .. }
            | Self::SameColumn { model, .. }
            | Self::SameObject { model, .. }
            | Self::OwnTable { model, .. }
            | Self::OwnName { model, .. }
            | Self::NameOfTable { model, .. }
            | Self::KeyMoved { model, .. }
            | Self::InTheWay { model, .. } => Some(model),
            Self::Circle { .. } => None,
            Self::NotConverged { model, .. } => model.as_ref(),
        }
    }

    /// Returns the field in which the error is, if it is in one.
    pub fn field(&self) -> Option<&FieldName> {
        match self {
            Self::Model { source, .. } => source.field(),
            Self::NoTarget { field, .. } | Self::SameColumn { field, .. } => Some(field),
            Self::KeyMoved { after, .. } => Some(after),
            Self::SameTable { .. }
            | Self::SameObject { .. }
            | Self::OwnTable { .. }
            | Self::OwnName { .. }
            | Self::NameOfTable { .. }
            | Self::InTheWay { .. }
            | Self::Circle { .. }
            | Self::NotConverged { .. } => None,
        }
    }
}

/// An edit that releases a name first, so that the changes no longer require each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstEdit {
    /// The table of a model gets another name.
    Table {
        /// The model, by its current name.
        model: ModelKey,
        /// The temporary name.
        table: TableName,
    },
    /// The join table of a field gets another name.
    JoinTable {
        /// The model, by its current name.
        model: ModelKey,
        /// The field, by its current name.
        field: FieldName,
        /// The temporary name.
        table: TableName,
    },
    /// A field gets another column.
    Column {
        /// The model, by its current name.
        model: ModelKey,
        /// The field, by its current name.
        field: FieldName,
        /// The temporary name.
        column: ColumnName,
    },
    /// An index or a constraint gets another name.
    Object {
        /// The model, by its current name.
        model: ModelKey,
        /// The current name.
        name: ObjectName,
    },
}

/// Returns how to make changes of which one must be first, or what to do if that one is unknown.
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
    format!("make them in two steps: revert them, {edit}, and build; then make them, and build again")
}
