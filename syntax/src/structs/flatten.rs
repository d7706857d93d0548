//! `#[field(flatten)]`: the fields, indexes and constraints of shared structs in the place of one field.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::generated::Generated;
use modelshift_schema::hints::FieldHints;
use modelshift_schema::index::Index;
use modelshift_schema::model::Model;
use modelshift_schema::name::{ColumnName, FieldName};
use serde::{Serialize, Serializer};
use syn::Path;

use crate::grammar::ctxt::Ctxt;
use crate::grammar::ident;
use crate::structs::ParsedModel;
use crate::structs::ast::{FieldAst, StructAst};
use crate::structs::check;

/// A flattened field.
#[derive(Clone, Debug, Serialize)]
pub struct Flattened {
    /// The field.
    pub field: FieldName,
    /// The number of fields of the struct itself before it.
    pub position: usize,
    /// The prefix of the names of the other struct's fields; mostly empty.
    pub prefix: String,
    /// Their earlier prefix, if it was another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// The other struct; only the last name of its path is stored.
    #[serde(serialize_with = "last_name")]
    pub shared: Path,
}

/// Where a field comes from that another struct has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedField {
    /// The struct, by the number that the caller gave it.
    pub owner: usize,
    /// The field's name there.
    pub name: FieldName,
    /// The prefix that its name has here.
    pub prefix: String,
    /// The flattened field that it comes from.
    pub place: FieldName,
}

impl Flattened {
    /// Returns the name of the other struct, as it is written here.
    pub fn written(&self) -> String {
        last(&self.shared)
    }
}

fn last(path: &Path) -> String {
    path.segments.last().map(|segment| ident::name(&segment.ident)).unwrap_or_default()
}

fn last_name<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&last(path))
}

/// Lists the flattened fields of a struct.
pub(crate) fn flattened(ast: &StructAst) -> Vec<Flattened> {
    let mut position = 0;
    let mut found = Vec::new();
    for field in ast.fields.iter().filter(|field| field.attrs.skip.is_none()) {
        match &field.shared {
            Some(shared) => found.push(Flattened {
                field: FieldName::new(&field.name),
                position,
                prefix: field.attrs.prefix.as_ref().map(|at| at.value.clone()).unwrap_or_default(),
                renamed_from: field.attrs.renamed_from.as_ref().map(|at| at.value.clone()),
                shared: shared.clone(),
            }),
            None => position += 1,
        }
    }
    found
}

impl ParsedModel {
    /// Puts the fields of other structs, each with a number of the caller's, in the place of the flattened fields.
    ///
    /// # Errors
    /// What contradicts itself then, at the place in this struct where it can be changed.
    pub fn embedding(&self, others: &BTreeMap<FieldName, (usize, Self)>) -> syn::Result<Self> {
        let mut whole = self.clone();
        whole.flattened.clear();
        whole.ast.fields.clear();
        whole.source.model.fields.clear();
        for field in &self.ast.fields {
            let name = FieldName::new(&field.name);
            if let Some((owner, other)) = others.get(&name).filter(|_| field.attrs.flatten.is_some()) {
                whole.embed(field, *owner, other);
            } else {
                whole.source.model.fields.extend(self.source.model.field(&name).cloned());
                whole.ast.fields.push(field.clone());
            }
        }
        update_key(&mut whole);
        whole.source.model.remove_repetitions();
        let mut ctxt = Ctxt::default();
        check::embedded(&whole.ast, &whole.source.model, &mut ctxt);
        ctxt.finish(Some(whole))
    }

    fn embed(&mut self, place: &FieldAst, owner: usize, other: &Self) {
        let prefix = place.attrs.prefix.as_ref().map(|at| at.value.as_str()).unwrap_or_default();
        let renames = Renames::of(&other.source.model, prefix);
        let model = renamed(&other.source.model, &renames, prefix);
        for ast in &other.ast.fields {
            let inner = FieldName::new(&ast.name);
            let name = prefixed(prefix, &inner);
            let Some(field) = model.field(&name) else { continue };
            let here = FieldName::new(&place.name);
            let origin = match other.shared.get(&inner) {
                Some(origin) => {
                    let prefix = format!("{prefix}{}", origin.prefix);
                    SharedField { prefix, place: here, ..origin.clone() }
                }
                None => SharedField { owner, name: inner, prefix: prefix.to_owned(), place: here },
            };
            self.shared.insert(name.clone(), origin);
            self.source.model.fields.push(field.clone());
            // A mistake of it is reported at the field that flattens it.
            self.ast.fields.push(FieldAst {
                name: name.to_string(),
                span: place.span,
                shared: place.shared.clone(),
                ..ast.clone()
            });
        }
        let held = other.held.iter().map(|(name, held)| (prefixed(prefix, name), held.clone()));
        self.held.extend(held);
        self.source.model.indexes.extend(model.indexes);
        self.source.model.constraints.extend(model.constraints);
        let earlier = place.attrs.renamed_from.as_ref().map(|at| at.value.as_str());
        for name in other.source.model.fields.iter().map(|field| &field.name) {
            let said = other.source.hints.fields.get(name);
            if said.is_none() && earlier.is_none() {
                continue;
            }
            let hints = said.cloned().unwrap_or_default();
            let before = hints.renamed_from.as_ref().or(earlier.filter(|_| !hints.new).map(|_| name));
            let hints = FieldHints {
                renamed_from: before.map(|before| prefixed(earlier.unwrap_or(prefix), before)),
                new: hints.new,
                keep_rows: hints.keep_rows,
                keep_values: hints.keep_values,
                was: hints.was.clone(),
                filled: hints.filled,
                backfill: hints.backfill.as_ref().map(|value| follow(value, &renames)),
                is_shared: true,
                choices: hints.choices.clone(),
            };
            self.source.hints.fields.insert(prefixed(prefix, name), hints);
        }
    }
}

fn prefixed(prefix: &str, name: &FieldName) -> FieldName {
    FieldName::new(format!("{prefix}{name}"))
}

/// The names of the fields of a struct and of their columns, alone and flattened.
struct Renames {
    /// In an order in which no new name is one that is still to change.
    fields: Vec<(FieldName, FieldName)>,
    /// The same for columns, which raw text names.
    columns: Vec<(ColumnName, ColumnName)>,
}

impl Renames {
    fn of(model: &Model, prefix: &str) -> Self {
        let mut fields: Vec<_> =
            model.fields.iter().map(|field| (field.name.clone(), prefixed(prefix, &field.name))).collect();
        let with_columns = model.fields.iter().filter(|field| field.has_column());
        let mut columns: Vec<_> = with_columns
            .map(|field| (field.column_name(), ColumnName::new(format!("{prefix}{}", field.column_name()))))
            .collect();
        fields.retain(|(before, after)| before != after);
        columns.retain(|(before, after)| before != after);
        fields.sort_by_key(|(before, _)| std::cmp::Reverse(before.as_str().len()));
        columns.sort_by_key(|(before, _)| std::cmp::Reverse(before.as_str().len()));
        Self { fields, columns }
    }
}

fn follow(value: &Expr, renames: &Renames) -> Expr {
    let named = value.map_names(&|name| {
        let after = renames.fields.iter().find(|(before, _)| *before == *name);
        after.map_or_else(|| name.to_owned(), |(_, after)| after.to_string())
    });
    renames
        .columns
        .iter()
        .fold(named, |named, (before, after)| named.with_raw_column(before.as_str(), after.as_str()))
}

fn renamed(model: &Model, renames: &Renames, prefix: &str) -> Model {
    let mut model = model.clone();
    for field in &mut model.fields {
        *field = Field {
            name: prefixed(prefix, &field.name),
            default: field.default.as_ref().map(|value| follow(value, renames)),
            generated: field
                .generated
                .as_ref()
                .map(|it| Generated { expression: follow(&it.expression, renames), ..it.clone() }),
            column: field.column.as_ref().map(|column| ColumnName::new(format!("{prefix}{column}"))),
            ..field.clone()
        };
    }
    for (before, after) in &renames.fields {
        model.indexes.iter_mut().for_each(|index| index.rename_field(before, after));
        model.constraints.iter_mut().for_each(|constraint| constraint.rename_field(before, after));
    }
    for (before, after) in &renames.columns {
        let of_indexes = model.indexes.iter_mut().flat_map(Index::expressions_mut);
        let of_constraints = model.constraints.iter_mut().flat_map(Constraint::expressions_mut);
        of_indexes
            .chain(of_constraints)
            .for_each(|expr| *expr = expr.with_raw_column(before.as_str(), after.as_str()));
    }
    model
}

/// The field `id` is the key if no field declares that it is, in the struct and in flattened structs.
fn update_key(whole: &mut ParsedModel) {
    let keys: BTreeSet<FieldName> = whole
        .source
        .model
        .fields
        .iter()
        .map(|field| field.name.clone())
        .filter(|name| whole.ast.field(name.as_str()).is_some_and(|it| whole.ast.says_key(it)))
        .collect();
    for field in &mut whole.source.model.fields {
        field.primary_key = if keys.is_empty() { field.name == "id" } else { keys.contains(&field.name) };
    }
}
