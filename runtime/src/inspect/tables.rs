//! Tables -> structs, with what there is to say of each.

use std::collections::BTreeMap;

use modelshift_schema::constraint::{Constraint, ReferenceRule};
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ModelName, ObjectName};
use modelshift_schema::naming::{join_table_name, object_name};
use modelshift_schema::relation::{ForeignKey, ManyToMany};
use modelshift_syntax::{SourceItem, SourceStruct};

use super::columns::{self, Wanted};
use super::described::Described;
use super::exact::Exact;
use super::indexes;
use super::names::{FieldNames, TypeNames};
use super::relations::{Join, Link, Tables, action, deferrable, joins, links};
use crate::dialect::Dialect;
use crate::session::details::{ColumnDetails, Kind, TableDetails};

/// The names of a table's struct and fields.
#[derive(Debug, Default)]
struct Names {
    model: String,
    fields: BTreeMap<String, FieldName>,
    taken: FieldNames,
    /// The enums by column.
    enums: BTreeMap<String, String>,
}

struct House<'a> {
    dialect: Dialect,
    app: &'a AppLabel,
    exact: &'a Exact,
    tables: Tables<'a>,
    names: BTreeMap<&'a str, Names>,
}

/// Returns what the file has for each table, in their order.
pub(super) fn describe(
    details: &[TableDetails],
    dialect: Dialect,
    app: &AppLabel,
    exact: &Exact,
) -> Vec<Described> {
    let keyed: Vec<TableDetails> = details.iter().map(with_key).collect();
    let tables: Tables<'_> = keyed
        .iter()
        .filter(|table| refusal(table).is_none())
        .map(|table| (table.name.as_str(), table))
        .collect();
    let names = names(&tables, dialect, app);
    let house = House { dialect, app, exact, tables, names };
    let model = |table: &str| house.names.get(table).map(|names| names.model.clone());
    let joins: Vec<Join<'_>> = joins(&house.tables, dialect, model);
    let is_made = |table: &str| {
        joins.iter().any(|join| join.table.name == table && join.is_plain && !exact.has_struct(table))
    };
    let mut described = Vec::new();
    for table in &keyed {
        if let Some(why) = refusal(table) {
            described.push(comment(table, vec![why]));
        } else if !is_made(&table.name) {
            described.push(house.structure(table, &joins));
        }
    }
    described
}

/// Views have no key; a model needs one.
fn with_key(table: &TableDetails) -> TableDetails {
    let mut table = table.clone();
    if table.kind == Kind::View && table.primary_key.is_empty() {
        let id = table.columns.iter().find(|column| column.name == "id").or(table.columns.first());
        table.primary_key = id.map(|column| column.name.clone()).into_iter().collect();
    }
    table
}

/// Returns why a table becomes no struct.
fn refusal(table: &TableDetails) -> Option<String> {
    let name = &table.name;
    if let Some(error) = &table.error {
        return Some(format!("Unable to inspect table `{name}`: {error}."));
    }
    if !table.primary_key.is_empty() {
        return None;
    }
    let columns = table.columns.iter().map(|column| format!("`{}` {}", column.name, column.declared));
    let columns: Vec<String> = columns.collect();
    Some(format!(
        "Table `{name}` has no primary key, which a model needs, so that there is no struct for it. Its columns: {}.",
        columns.join(", ")
    ))
}

fn comment(table: &TableDetails, notes: Vec<String>) -> Described {
    Described {
        table: table.name.clone(),
        item: SourceItem::Comment(notes),
        joins: BTreeMap::new(),
        holders: BTreeMap::new(),
    }
}

fn names<'a>(tables: &Tables<'a>, dialect: Dialect, app: &AppLabel) -> BTreeMap<&'a str, Names> {
    let mut types = TypeNames::default();
    let mut names: BTreeMap<&str, Names> = BTreeMap::new();
    for (name, table) in tables {
        let whole = table.name_in_schema();
        // What the app says already is not said again.
        let own = whole.strip_prefix(app.as_str()).and_then(|rest| rest.strip_prefix('_')).unwrap_or(whole);
        names.insert(name, Names { model: types.take(own, "Table"), ..Names::default() });
    }
    // An enum type of the database is one enum for all its columns.
    let mut enums: BTreeMap<String, String> = BTreeMap::new();
    for (name, table) in tables {
        let Some(own) = names.get_mut(name) else { continue };
        let links = links(table, tables, dialect);
        for column in &table.columns {
            let is_reference =
                links.iter().any(|link| matches!(link, Link::Field { column: it, .. } if *it == column.name));
            let field = own.taken.take(&column.name, is_reference);
            own.fields.insert(column.name.clone(), FieldName::new(field));
            if columns::has_choices(column) {
                let key = match dialect {
                    Dialect::Postgres => column.declared.clone(),
                    Dialect::Sqlite | Dialect::Mysql => format!("{name}_{}", column.name),
                };
                let wanted =
                    if dialect == Dialect::Postgres { own_name(&column.declared) } else { key.clone() };
                let given = enums.entry(key).or_insert_with(|| types.take(&wanted, "Choice"));
                own.enums.insert(column.name.clone(), given.clone());
            }
        }
    }
    names
}

/// Returns the name of a type without its schema and quotes.
fn own_name(declared: &str) -> String {
    declared.rsplit('.').next().unwrap_or(declared).trim_matches('"').to_owned()
}

impl House<'_> {
    fn model_name(&self, table: &str) -> ModelName {
        ModelName::new(self.names.get(table).map(|it| it.model.clone()).unwrap_or_default())
    }

    fn field_name(&self, table: &str, column: &str) -> FieldName {
        let known = self.names.get(table).and_then(|it| it.fields.get(column));
        known.cloned().unwrap_or_else(|| FieldName::new(column))
    }

    fn key(&self, table: &str) -> ModelKey {
        ModelKey::new(self.app, self.model_name(table))
    }

    fn structure(&self, table: &TableDetails, all: &[Join<'_>]) -> Described {
        let links = links(table, &self.tables, self.dialect);
        let mut model = Model::new(self.model_name(&table.name), Vec::new());
        let mut notes = kind_notes(table);
        let mut field_notes = BTreeMap::new();
        let mut holders = BTreeMap::new();
        model.managed = table.kind != Kind::View;
        model.comment = table.comment.clone().filter(|comment| !comment.is_empty());
        model.sqlite = table.sqlite;
        for column in &table.columns {
            let name = self.field_name(&table.name, &column.name);
            let wanted = self.wanted(table, column, &name);
            let link = links
                .iter()
                .find(|link| matches!(link, Link::Field { column: it, .. } if *it == column.name));
            let (field, said) = match link {
                Some(link) => {
                    holders.extend(self.holder(table, &column.name, 0).map(|holder| (name.clone(), holder)));
                    self.reference(table, column, link, wanted, &model.fields)
                }
                None => columns::field(column, wanted),
            };
            if !said.is_empty() {
                field_notes.insert(name, said);
            }
            model.fields.push(field);
        }
        self.settle_key(&mut model, table);
        let field = |column: &str| self.field_name(&table.name, column);
        indexes::add(&mut model, table, self.dialect, &field, &mut notes);
        self.add_rules(&mut model, table, &links, &mut notes);
        let joins = self.add_joins(&mut model, table, all);
        let table_name = table.table_name();
        model.schema.clone_from(&table.schema);
        if self.app.as_str() == "_" || model.table_name(self.app) != table_name {
            model.table = Some(table_name.within(None));
        }
        let model = model.without_derived_names(self.app);
        let item = SourceItem::Struct(Box::new(SourceStruct { model, notes, field_notes }));
        Described { table: table.name.clone(), item, joins, holders }
    }

    fn wanted<'b>(
        &'b self,
        table: &'b TableDetails,
        column: &'b ColumnDetails,
        name: &'b FieldName,
    ) -> Wanted<'b> {
        let enums = self.names.get(table.name.as_str()).map(|names| &names.enums);
        Wanted {
            dialect: self.dialect,
            table,
            name,
            choices: enums.and_then(|enums| enums.get(&column.name)).map(String::as_str),
            spelled: self.exact.has_type(&table.name, &column.name),
            raw_default: self.exact.has_default(&table.name, &column.name),
        }
    }

    fn reference(
        &self,
        table: &TableDetails,
        column: &ColumnDetails,
        link: &Link<'_>,
        wanted: Wanted<'_>,
        before: &[Field],
    ) -> (Field, Vec<String>) {
        let Link::Field { reference, target, to_column, .. } = link else {
            return columns::field(column, wanted);
        };
        let to = self.key(&target.name);
        let is_second = before.iter().filter_map(Field::relation).any(|relation| relation.to == to);
        let way_back =
            format!("{}_{}_set", self.model_name(&table.name).as_str().to_lowercase(), wanted.name);
        let relation = ForeignKey {
            to_field: to_column.map(|column| self.field_name(&target.name, column)),
            on_delete: action(&reference.on_delete),
            on_update: action(&reference.on_update),
            deferrable: deferrable(reference.deferrable),
            related_name: is_second.then_some(way_back),
            ..ForeignKey::new(to)
        };
        let mut notes = Vec::new();
        let mut field = Field::foreign_key(wanted.name.clone(), relation);
        field.index = false;
        field.primary_key = table.primary_key.contains(&column.name);
        field.null = column.null && !field.primary_key;
        field.comment = column.comment.clone().filter(|comment| !comment.is_empty());
        columns::settle(&mut field, column, wanted, &mut notes);
        let derived = object_name(&table.table_name(), std::slice::from_ref(&column.name), "fk");
        if let Some(name) = &reference.name
            && self.dialect != Dialect::Sqlite
            && *derived.as_str() != *name.as_str()
        {
            notes.push(format!(
                "The constraint is called `{name}`; a migration that changes this field looks for `{derived}`."
            ));
        }
        (field, notes)
    }

    /// Returns the table and column whose type a reference has: that at the end of all references.
    fn holder(&self, table: &TableDetails, column: &str, depth: usize) -> Option<(String, String)> {
        for link in links(table, &self.tables, self.dialect) {
            let Link::Field { column: own, target, to_column, .. } = link else { continue };
            if own != column || depth > self.tables.len() {
                continue;
            }
            let to = to_column.or(target.primary_key.first().map(String::as_str))?;
            let here = (target.name.clone(), to.to_owned());
            return Some(self.holder(target, to, depth + 1).unwrap_or(here));
        }
        None
    }

    fn settle_key(&self, model: &mut Model, table: &TableDetails) {
        let order: Vec<FieldName> =
            table.primary_key.iter().map(|column| self.field_name(&table.name, column)).collect();
        let as_they_stand: Vec<&FieldName> = model.primary_key().map(|field| &field.name).collect();
        if order.len() > 1 && !order.iter().eq(as_they_stand) {
            model.key_order = order;
        }
    }

    /// Adds references over several columns, and says what becomes of none.
    fn add_rules(
        &self,
        model: &mut Model,
        table: &TableDetails,
        links: &[Link<'_>],
        notes: &mut Vec<String>,
    ) {
        for link in links {
            match link {
                Link::Field { .. } => {}
                Link::Rule { reference, target, to_columns } => {
                    let own = reference.columns.iter().map(|column| self.field_name(&table.name, column));
                    let to = to_columns.iter().map(|column| self.field_name(&target.name, column));
                    let rule = ReferenceRule {
                        name: reference.name.as_deref().map(ObjectName::new),
                        on_delete: action(&reference.on_delete),
                        on_update: action(&reference.on_update),
                        deferrable: deferrable(reference.deferrable),
                        index: false,
                        ..ReferenceRule::new(own.collect(), self.key(&target.name), to.collect())
                    };
                    model.constraints.push(Constraint::Reference(rule));
                }
                Link::Unknown { reference, why } => notes.push(format!(
                    "The reference from `{}` to `{}` ({}) is left out: {why}.",
                    reference.columns.join(", "),
                    reference.target,
                    reference.target_columns.join(", ")
                )),
            }
        }
    }

    /// Adds the `ManyToMany` fields of a table; returns the tables that they make for themselves.
    fn add_joins(
        &self,
        model: &mut Model,
        table: &TableDetails,
        all: &[Join<'_>],
    ) -> BTreeMap<FieldName, String> {
        let mut made = BTreeMap::new();
        for join in all.iter().filter(|join| join.owner == table.name) {
            let to = self.key(join.target);
            let mut name = FieldName::new(join.field(to.name.as_str()));
            while model.field(&name).is_some() {
                name = FieldName::new(format!("{name}_set"));
            }
            let is_made = join.is_plain && !self.exact.has_struct(&join.table.name);
            let own_table = table.table_name();
            let join_table = join.table.table_name();
            let is_derived = join_table_name(&own_table, &name) == join_table;
            let relation = ManyToMany {
                through: (!is_made).then(|| self.key(&join.table.name)),
                table: (is_made && !is_derived).then(|| join_table.within(None)),
                ..ManyToMany::new(to)
            };
            if is_made {
                made.insert(name.clone(), join.table.name.clone());
            }
            model.fields.push(Field::many_to_many(name, relation));
        }
        made
    }
}

fn kind_notes(table: &TableDetails) -> Vec<String> {
    let mut notes = Vec::new();
    match table.kind {
        Kind::Table => {}
        Kind::View => notes.push(format!(
            "Created from a view. It has no key, and a model needs one: `{}` is used as one.",
            table.primary_key.join(", ")
        )),
        Kind::Partition => notes.push("Created from a partition.".to_owned()),
    }
    let derived = object_name(&table.table_name(), &[], "pkey");
    if let Some(name) = table.key_name.as_deref().filter(|name| derived != *name) {
        notes.push(format!(
            "The primary key is called `{name}`; a migration that changes it looks for `{derived}`."
        ));
    }
    notes.extend(table.others.iter().cloned());
    notes
}
