//! What can be wrong with a history or with models: errors named after the user's trouble.

use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, ObjectName, TableName};

/// An operation that does not fit the state it meets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// There is no such model.
    #[error("there is no model `{model}` at this point of the history")]
    NoModel {
        /// The model that was looked for.
        model: ModelKey,
    },
    /// A model of that name is there already.
    #[error("model `{model}` exists already at this point of the history")]
    ModelExists {
        /// The model that is there.
        model: ModelKey,
    },
    /// The model would be without a primary key.
    #[error("model `{model}` would have no primary key; keep a field `id` or one with `primary_key`")]
    NoKey {
        /// The model.
        model: ModelKey,
    },
    /// The values of a reference would become others, and another reference holds them too.
    #[error(
        "`{field}` of `{model}` cannot refer by another field while `{by}` refers to it by its value; let that reference go \
         first, in a migration of its own, and add it again afterwards"
    )]
    TranslatedKey {
        /// The model.
        model: ModelKey,
        /// The field whose values would become others.
        field: FieldName,
        /// A model that refers to it.
        by: ModelKey,
    },
    /// The order that is told of a primary key does not name each of its fields once.
    #[error(
        "the order of the primary key of `{model}` must name each of its fields once, and nothing else; compare it with the fields that are `primary_key`"
    )]
    KeyOrder {
        /// The model.
        model: ModelKey,
    },
    /// Another model refers to the one that is to go.
    #[error("model `{model}` cannot go: `{field}` of `{by}` refers to it; remove that first")]
    PastReferences {
        /// The model that is to go.
        model: ModelKey,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
    },
    /// There is no such field.
    #[error("model `{model}` has no field `{field}` at this point of the history")]
    NoField {
        /// The model.
        model: ModelKey,
        /// The field that was looked for.
        field: FieldName,
    },
    /// A field of that name is there already.
    #[error("model `{model}` has a field `{field}` already at this point of the history")]
    FieldExists {
        /// The model.
        model: ModelKey,
        /// The field that is there.
        field: FieldName,
    },
    /// An index or a constraint names the field that is to go.
    #[error("field `{field}` of `{model}` cannot go: `{by}` uses it; remove that first")]
    FieldInUse {
        /// The model.
        model: ModelKey,
        /// The field that is to go.
        field: FieldName,
        /// The index or constraint that names it.
        by: ObjectName,
    },
    /// There is no index or constraint of that name.
    #[error("model `{model}` has no index or constraint `{name}` at this point of the history")]
    NoObject {
        /// The model.
        model: ModelKey,
        /// The name that was looked for.
        name: ObjectName,
    },
    /// An index or a constraint of that name is there already.
    #[error("model `{model}` has an index or constraint `{name}` already; give one of them another `name`")]
    ObjectExists {
        /// The model.
        model: ModelKey,
        /// The name that is taken.
        name: ObjectName,
    },
    /// A field without a column where one is needed.
    #[error("field `{field}` of `{model}` has no column: its rows are in a table of their own")]
    NoColumn {
        /// The model.
        model: ModelKey,
        /// The field.
        field: FieldName,
    },
    /// A model that a relation leads through, and that does not refer to both ends.
    #[error(
        "field `{field}` of `{model}` goes through `{through}`, which has no reference to `{to}`; give it one, such \
         as a field of the type `ForeignKey<{}>`",
        .to.name
    )]
    NoWayThrough {
        /// The model that has the relation.
        model: ModelKey,
        /// The field.
        field: FieldName,
        /// The model whose rows are the relation.
        through: ModelKey,
        /// The end that it does not refer to.
        to: ModelKey,
    },
    /// A reference by a field that is not there, or has no column.
    #[error(
        "`{field}` of `{model}` refers to `{to}.{to_field}`, which is no field with a column; name one of `{to}` that is \
         unique, or refer to the primary key"
    )]
    NoTargetField {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is looked for.
        to_field: FieldName,
    },
    /// A reference by fields of which two rows may hold the same values.
    #[error(
        "`{field}` of `{model}` refers to `{to}` by `{to_fields}`, which is not unique; say `unique` at the field, or \
         `unique(fields({to_fields}))` without a condition, or let the reference go first"
    )]
    TargetNotUnique {
        /// The model that refers.
        model: ModelKey,
        /// The field or constraint by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The fields that are referred to.
        to_fields: String,
    },
    /// A field of a reference over several that holds something else than what it refers to.
    #[error(
        "field `{field}` of `{model}` refers to `{to}.{to_field}`, which is of another type; give both the same type and \
         `collation`"
    )]
    OtherType {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
        /// The field that is referred to.
        to_field: FieldName,
    },
    /// Something else refers to the field that is to go.
    #[error("field `{field}` of `{model}` cannot go: `{by_field}` of `{by}` refers to it; change that first")]
    FieldReferred {
        /// The model.
        model: ModelKey,
        /// The field that is to go.
        field: FieldName,
        /// The model that refers to it.
        by: ModelKey,
        /// The field or constraint by which it does.
        by_field: FieldName,
    },
    /// A reference to a model whose primary key has several fields.
    #[error(
        "field `{field}` of `{model}` refers to `{to}`, whose primary key has more than one field, and a field holds one \
         value; write a field for each and `#[model(foreign_key(fields(…), references = {}(…)))]`, or in place of a \
         `ManyToMany<…>` a model that it goes `through`",
        .to.name
    )]
    CompositeTarget {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
        /// The model that is referred to.
        to: ModelKey,
    },
    /// A reference to a model whose primary key is of a type that the database makes for that column alone.
    #[error(
        "field `{field}` of `{model}` refers to a model whose primary key is an enum with `#[choices(native)]`; store \
         that enum as text or as an integer"
    )]
    NativeKey {
        /// The model that refers.
        model: ModelKey,
        /// The field by which it does.
        field: FieldName,
    },
    /// Keys that refer to each other in a circle, so that none of them has a type.
    #[error(
        "the primary key of `{model}` refers to itself through other primary keys, so that it has no type"
    )]
    KeyCycle {
        /// A model in the circle.
        model: ModelKey,
    },
    /// The operation cannot be taken back.
    #[error("{operation} cannot be taken back; {remedy}")]
    Irreversible {
        /// What the operation does, as it describes itself.
        operation: String,
        /// What to do about it.
        remedy: String,
    },
}

impl StateError {
    /// Returns the field of the model that the error is about, where it is about one.
    pub fn field(&self) -> Option<&FieldName> {
        match self {
            Self::NoField { field, .. }
            | Self::FieldExists { field, .. }
            | Self::FieldInUse { field, .. }
            | Self::NoColumn { field, .. }
            | Self::NoWayThrough { field, .. }
            | Self::NoTargetField { field, .. }
            | Self::TargetNotUnique { field, .. }
            | Self::OtherType { field, .. }
            | Self::FieldReferred { field, .. }
            | Self::NativeKey { field, .. }
            | Self::CompositeTarget { field, .. }
            | Self::TranslatedKey { field, .. } => Some(field),
            Self::NoModel { .. }
            | Self::ModelExists { .. }
            | Self::NoKey { .. }
            | Self::KeyOrder { .. }
            | Self::PastReferences { .. }
            | Self::NoObject { .. }
            | Self::ObjectExists { .. }
            | Self::KeyCycle { .. }
            | Self::Irreversible { .. } => None,
        }
    }
}

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
