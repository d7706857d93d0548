//! Whether two states are the same to a database: the order of fields, indexes and constraints does not count (unless it
//! is order of a primary key), nor what only readers see (unless fixtures need it), nor whether a name that would be derived is written out.

use crate::model::Model;
use crate::model::field::{Field, FieldKind};
use crate::model::relation::ForeignKey;
use crate::name::AppLabel;
use crate::state::ProjectState;

impl ProjectState {
    /// Returns whether both states have the same models, as a database sees them.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        self.len() == other.len()
            && self.models().all(|(key, model)| {
                other.model(key).is_ok_and(|it| model.name == it.name && model.is_equivalent_to(it, &key.app))
            })
    }
}

impl Model {
    /// Returns whether both models make the same table.
    pub fn is_equivalent_to(&self, other: &Self, app: &AppLabel) -> bool {
        self.table_name(app) == other.table_name(app)
            && self.comment == other.comment
            && self.managed == other.managed
            && self.sqlite == other.sqlite
            && self.natural_key == other.natural_key
            && self.fields.len() == other.fields.len()
            && self
                .fields
                .iter()
                .all(|field| other.field(&field.name).is_some_and(|it| field.is_equivalent_to(it)))
            && self.orders_key_as(other)
            && same_set(&self.indexes, &other.indexes)
            && same_set(&self.constraints, &other.constraints)
    }
}

impl Model {
    /// Returns whether the primary key has the order that the other model declares; where it declares none, that of the fields
    /// as they are here.
    pub(crate) fn orders_key_as(&self, other: &Self) -> bool {
        let order = &other.key_order;
        self.key_order == *order
            || if order.is_empty() {
                let of_fields = self.fields.iter().filter(|field| field.primary_key);
                of_fields.map(|field| &field.name).eq(&self.key_order)
            } else {
                self.primary_key().map(|field| &field.name).eq(order)
            }
    }
}

impl Field {
    /// Returns whether both fields have the same name and make the same column.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        self.name == other.name
            && self.column_name() == other.column_name()
            && same_kind(&self.kind, &other.kind)
            && self.null == other.null
            && self.primary_key == other.primary_key
            && self.makes_unique_constraint() == other.makes_unique_constraint()
            && self.makes_index() == other.makes_index()
            && self.default == other.default
            && self.comment == other.comment
            && self.collation == other.collation
            && self.generated == other.generated
            && self.identity == other.identity
            && self.sql_type == other.sql_type
    }
}

fn same_kind(one: &FieldKind, other: &FieldKind) -> bool {
    match (one, other) {
        (FieldKind::ForeignKey(one), FieldKind::ForeignKey(other)) => {
            // Only a reference that the database checks has rules.
            one.to == other.to
                && one.to_field == other.to_field
                && one.db_constraint == other.db_constraint
                && (!one.db_constraint || same_rules(one, other))
        }
        (FieldKind::Column(one), FieldKind::Column(other)) => match (one.choices(), other.choices()) {
            (Some(one), Some(other)) => one.is_equivalent_to(other),
            (Some(_) | None, None) | (None, Some(_)) => one == other,
        },
        (FieldKind::ManyToMany(one), FieldKind::ManyToMany(other)) => {
            one.to == other.to && one.through == other.through && one.table == other.table
        }
        (FieldKind::Column(_), FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_))
        | (FieldKind::ForeignKey(_), FieldKind::Column(_) | FieldKind::ManyToMany(_))
        | (FieldKind::ManyToMany(_), FieldKind::Column(_) | FieldKind::ForeignKey(_)) => false,
    }
}

fn same_rules(one: &ForeignKey, other: &ForeignKey) -> bool {
    one.on_delete == other.on_delete && one.on_update == other.on_update && one.deferrable == other.deferrable
}

/// Returns whether both hold the same items; in a state no item comes twice, since each has its own name.
fn same_set<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::column_type::ColumnType;
    use crate::model::relation::Deferrable;
    use crate::name::ModelKey;

    fn check(one: &Field, other: &Field, expect: bool) {
        assert_eq!(
            (one.is_equivalent_to(other), other.is_equivalent_to(one)),
            (expect, expect),
            "{one:?} {other:?}"
        );
    }

    #[test]
    fn fields_agree_where_their_columns_do() {
        let field = Field::new("title", ColumnType::Text);
        check(&field, &Field { column: Some("title".into()), ..field.clone() }, true);
        check(&field, &Field { column: Some("name".into()), ..field.clone() }, false);
        check(&field, &Field { index: true, ..field.clone() }, false);
        let unique = Field { unique: true, ..field.clone() };
        check(&unique, &Field { index: true, ..unique.clone() }, true);
        check(&unique, &field, false);
    }

    #[test]
    fn what_only_readers_see_does_not_count() {
        let relation = ForeignKey::new(ModelKey::new("blog", "Author"));
        let named = ForeignKey { related_name: Some("posts".into()), ..relation.clone() };
        let field = |relation: &ForeignKey| Field::foreign_key("author", relation.clone());
        check(&field(&relation), &field(&named), true);
        let loose = ForeignKey { db_constraint: false, ..relation.clone() };
        let late = Some(Deferrable::Deferred);
        check(&field(&relation), &field(&loose), false);
        check(&field(&relation), &field(&ForeignKey { deferrable: late, ..relation.clone() }), false);
        check(&field(&loose), &field(&ForeignKey { deferrable: late, ..loose.clone() }), true);
    }

    #[test]
    fn the_order_of_fields_does_not_count() {
        let fields = vec![Field::new("a", ColumnType::Text), Field::new("b", ColumnType::Text)];
        let reversed = fields.iter().rev().cloned().collect();
        let (one, other) = (Model::new("Post", fields), Model::new("Post", reversed));
        assert!(one.is_equivalent_to(&other, &"blog".into()));
    }
}
