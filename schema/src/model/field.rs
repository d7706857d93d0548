//! One field of a model.

use serde::{Deserialize, Serialize};

use crate::model::choices::Choices;
use crate::model::collation::Collation;
use crate::model::column_type::ColumnType;
use crate::model::expr::{Expr, Literal};
use crate::model::generated::{Generated, Identity};
use crate::model::per_database::PerDatabase;
use crate::model::raw_sql;
use crate::model::relation::{ForeignKey, ManyToMany};
use crate::name::{ColumnName, FieldName, ModelKey};

/// The kind of a field: a plain column, or a relation that has a column or a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldKind {
    /// A plain column of this type.
    Column(ColumnType),
    /// A reference to a row of another model.
    ForeignKey(ForeignKey),
    /// A relation in a join table; the field has no column.
    ManyToMany(ManyToMany),
}

/// One field of a model, with everything that the database is to know of it.
///
/// What concerns one edit only (`backfill`, `renamed_from`, `new`) is not part of a field: see
/// [`crate::model::hints::FieldHints`].
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own, and all go together")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Field {
    /// The name in the struct.
    pub name: FieldName,
    /// What the field is.
    pub kind: FieldKind,
    /// True for `Option<T>`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub null: bool,
    /// True where the field is the primary key or part of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub primary_key: bool,
    /// True if no two rows may have the same value.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// True where the field has an index of its own; the grammar makes it true for relations unless told otherwise.
    #[serde(default, skip_serializing_if = "is_false")]
    pub index: bool,
    /// The database default, which stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Expr>,
    /// The name of the column, if it is not derived from the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<ColumnName>,
    /// The comment of the column in the database; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// How the text of the column is compared and sorted, if not by the database's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<Collation>,
    /// How the database computes the value, which cannot be written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// Whether the database counts the values, and how strictly; an automatic key needs no word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
    /// The type of the column as the database spells it, in place of ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql_type: Option<PerDatabase>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Field {
    /// Creates a NOT NULL field of a plain type, without attributes.
    pub fn new(name: impl Into<FieldName>, column_type: ColumnType) -> Self {
        Self::of_kind(name, FieldKind::Column(column_type))
    }

    /// Creates a NOT NULL reference to another model, with the index that references have.
    pub fn foreign_key(name: impl Into<FieldName>, relation: ForeignKey) -> Self {
        Self { index: true, ..Self::of_kind(name, FieldKind::ForeignKey(relation)) }
    }

    /// Creates a relation in a join table.
    pub fn many_to_many(name: impl Into<FieldName>, relation: ManyToMany) -> Self {
        Self::of_kind(name, FieldKind::ManyToMany(relation))
    }

    fn of_kind(name: impl Into<FieldName>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            null: false,
            primary_key: false,
            unique: false,
            index: false,
            default: None,
            column: None,
            comment: None,
            collation: None,
            generated: None,
            identity: None,
            sql_type: None,
        }
    }

    /// Returns whether its attribute `unique` makes a constraint; a primary key is unique without one.
    pub(crate) fn makes_unique_constraint(&self) -> bool {
        self.unique && !self.primary_key
    }

    /// Returns whether its attribute `index` makes an index; a unique or primary column has the database's own.
    pub(crate) fn makes_index(&self) -> bool {
        self.index && !self.unique && !self.primary_key
    }

    /// Returns whether the field has a column.
    pub fn has_column(&self) -> bool {
        match self.kind {
            FieldKind::Column(_) | FieldKind::ForeignKey(_) => true,
            FieldKind::ManyToMany(_) => false,
        }
    }

    /// Returns the name of the column: the given one, else the field's, with `_id` for a reference.
    ///
    /// Where the field has none, it is the name that a plain column would have.
    pub fn column_name(&self) -> ColumnName {
        match (&self.column, &self.kind) {
            (Some(column), _) => column.clone(),
            (None, FieldKind::Column(_) | FieldKind::ManyToMany(_)) => ColumnName::new(self.name.as_str()),
            (None, FieldKind::ForeignKey(_)) => ColumnName::new(format!("{}_id", self.name)),
        }
    }

    /// Returns whether the field has the column of this name.
    pub fn is_in_column(&self, column: &ColumnName) -> bool {
        let column = column.as_str();
        match (&self.column, &self.kind) {
            (_, FieldKind::ManyToMany(_)) => false,
            (Some(named), _) => named.as_str() == column,
            (None, FieldKind::Column(_)) => self.name == *column,
            (None, FieldKind::ForeignKey(_)) => {
                column.strip_suffix("_id").is_some_and(|name| self.name == *name)
            }
        }
    }

    /// Returns the default and the expression that the value is computed from.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let generated = self.generated.as_ref().map(|generated| &generated.expression);
        self.default.iter().chain(generated)
    }

    /// Returns the default and the expression that the value is computed from, mutably.
    pub(crate) fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let generated = self.generated.as_mut().map(|generated| &mut generated.expression);
        self.default.iter_mut().chain(generated)
    }

    /// Returns the enum of the field's column.
    pub fn choices(&self) -> Option<&Choices> {
        match &self.kind {
            FieldKind::Column(column_type) => column_type.choices(),
            FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// Returns the reference, where the field's column is one.
    pub fn relation(&self) -> Option<&ForeignKey> {
        match &self.kind {
            FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
            FieldKind::ForeignKey(relation) => Some(relation),
        }
    }

    /// Returns the reference, to be changed.
    pub(crate) fn relation_mut(&mut self) -> Option<&mut ForeignKey> {
        match &mut self.kind {
            FieldKind::Column(_) | FieldKind::ManyToMany(_) => None,
            FieldKind::ForeignKey(relation) => Some(relation),
        }
    }

    /// Returns the relation with an automatic join table, if the field is one.
    pub fn join(&self) -> Option<&ManyToMany> {
        match &self.kind {
            FieldKind::ManyToMany(relation) if relation.through.is_none() => Some(relation),
            FieldKind::Column(_) | FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }

    /// Returns the models that the field refers to.
    pub fn targets(&self) -> impl Iterator<Item = &ModelKey> {
        let (to, through) = match &self.kind {
            FieldKind::Column(_) => (None, None),
            FieldKind::ForeignKey(relation) => (Some(&relation.to), None),
            FieldKind::ManyToMany(relation) => (Some(&relation.to), relation.through.as_ref()),
        };
        to.into_iter().chain(through)
    }

    /// Returns the models that the field refers to, to be changed.
    pub fn targets_mut(&mut self) -> impl Iterator<Item = &mut ModelKey> {
        let (to, through) = match &mut self.kind {
            FieldKind::Column(_) => (None, None),
            FieldKind::ForeignKey(relation) => (Some(&mut relation.to), None),
            FieldKind::ManyToMany(relation) => (Some(&mut relation.to), relation.through.as_mut()),
        };
        to.into_iter().chain(through)
    }

    /// Returns whether rows get a generated value in every insert.
    pub fn makes_values(&self) -> bool {
        self.generated.is_some() || self.identity.is_some_and(Identity::counts)
    }

    /// Returns the names of the fields from which the value is computed.
    pub fn computed_from(&self) -> Vec<&str> {
        self.generated.as_ref().map(|it| it.expression.names()).unwrap_or_default()
    }

    /// Returns whether the field refers to a model.
    pub fn refers_to(&self, model: &ModelKey) -> bool {
        self.targets().any(|target| target == model)
    }

    /// Returns whether a column of the field of model `own`, or of its join table, holds primary keys of a model.
    pub fn holds_keys_of(&self, own: &ModelKey, model: &ModelKey) -> bool {
        match &self.kind {
            FieldKind::Column(_) => false,
            FieldKind::ForeignKey(relation) => relation.to == *model && relation.to_field.is_none(),
            FieldKind::ManyToMany(relation) => {
                relation.through.is_none() && (relation.to == *model || own == model)
            }
        }
    }

    /// Returns whether both fields store their values in the same kind of place, so that one can become the other.
    pub fn is_stored_like(&self, other: &Self) -> bool {
        self.has_column() == other.has_column() && self.join().is_some() == other.join().is_some()
    }

    /// Returns the neutral value, if all rows may have the same value.
    pub(crate) fn assumed_value(&self) -> Option<Expr> {
        if self.unique || self.primary_key { None } else { self.neutral_value() }
    }

    /// Returns the neutral value of the type (0, empty text, the first timestamp), for rows whose own value is lost.
    ///
    /// A reference has none: no row can be assumed to be there.
    pub fn neutral_value(&self) -> Option<Expr> {
        match &self.kind {
            FieldKind::Column(column_type) => Some(column_type.neutral_value()),
            FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_) => None,
        }
    }
}

impl Expr {
    /// Returns whether a field's value may be read: by its name, or by raw text in which its column or its name is a word.
    pub fn may_read(&self, field: &Field) -> bool {
        if self.names().iter().any(|name| field.name == **name) {
            return true;
        }
        let texts = self.raw_texts();
        if texts.is_empty() || !field.has_column() {
            return false;
        }
        let (name, column) = (field.name.as_str(), field.column_name());
        texts.iter().any(|text| raw_sql::holds_word(text, name) || raw_sql::holds_word(text, column.as_str()))
    }

    /// Returns whether the expression is a constant that a field of this kind accepts as it is written.
    pub(crate) fn is_constant_of(&self, kind: &FieldKind) -> bool {
        let FieldKind::Column(column_type) = kind else { return false };
        if let ColumnType::Choices(choices) = column_type {
            return matches!(self, Self::Literal(value) if choices.has_value(value));
        }
        match self {
            Self::Literal(Literal::Int(_)) => {
                column_type.is_integer()
                    || matches!(column_type, ColumnType::F64 | ColumnType::Decimal { .. })
            }
            Self::Literal(Literal::Text(_)) => matches!(column_type, ColumnType::Text),
            Self::Neg(operand) => operand.is_constant_of(kind),
            Self::Literal(Literal::Bool(_) | Literal::Float(_) | Literal::Bytes(_))
            | Self::Name(_)
            | Self::Not(_)
            | Self::Binary { .. }
            | Self::IsNull { .. }
            | Self::InList { .. }
            | Self::Like { .. }
            | Self::Call { .. }
            | Self::Raw(_)
            | Self::Variant { .. } => false,
        }
    }
}
