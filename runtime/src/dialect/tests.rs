//! What holds for every dialect, without a server.

use std::collections::BTreeSet;
use std::sync::Arc;

use modelshift_schema::choices::Choices;
use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::ExclusionPart;
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::index::{IndexMethod, IndexPart};
use modelshift_schema::name::{ColumnName, ObjectName, TableName};
use modelshift_schema::native_type::NativeType;
use modelshift_schema::relation::{Deferrable, ReferentialAction};
use modelshift_schema::sqlite_options::SqliteOptions;
use modelshift_schema::step::{Change, Lookup, Step};
use modelshift_schema::table::{
    Check, Column, Exclusion, ForeignKeyConstraint, PrimaryKey, Table, TableIndex, Unique,
};

use super::*;

fn column(name: &str, holds: &ColumnType) -> Column {
    let default = (name == "kept").then(|| holds.neutral_value());
    let is_text = matches!(holds, ColumnType::Text | ColumnType::Varchar { .. });
    Column {
        default,
        comment: (name == "kept").then(|| "it's kept".to_owned()),
        collation: (name == "kept" && is_text).then(|| Collation::everywhere("NOCASE")),
        ..Column::new(ColumnName::new(name), holds.clone())
    }
}

/// A table with everything, whose columns are all of one type.
fn full(holds: &ColumnType) -> Table {
    let name = |name: &str| ObjectName::new(name);
    let columns = |names: &[&str]| names.iter().map(|name| ColumnName::new(*name)).collect::<Vec<_>>();
    let reference = |target: &str| ForeignKeyConstraint {
        name: ObjectName::new(format!("{target}_fk")),
        columns: columns(&["value"]),
        target: TableName::new(target),
        target_columns: columns(&["id"]),
        on_delete: ReferentialAction::Cascade,
        on_update: ReferentialAction::NoAction,
        deferrable: None,
    };
    Table {
        name: TableName::new("thing"),
        comment: None,
        sqlite: SqliteOptions::default(),
        columns: ["id", "value", "kept"].map(|name| column(name, holds)).to_vec(),
        primary_key: Some(PrimaryKey { name: name("thing_pkey"), columns: columns(&["id"]) }),
        indexes: vec![TableIndex::new(name("thing_idx"), vec![IndexPart::descending(Expr::name("value"))])],
        uniques: vec![Unique::new(name("thing_key"), columns(&["value", "kept"]))],
        checks: vec![Check {
            name: name("thing_check"),
            condition: Expr::binary(BinaryOp::Ne, Expr::name("value"), holds.neutral_value()),
        }],
        references: vec![reference("other"), reference("thing")],
        exclusions: Vec::new(),
    }
}

/// Every type that a column of a table has.
fn types() -> Vec<ColumnType> {
    let enums = Choices::samples().into_iter().map(|choices| choices.stored());
    ColumnType::samples().into_iter().chain(enums.filter(|it| it.choices().is_some())).collect()
}

fn in_schema() -> TableName {
    TableName::new("thing").within(Some(&"audit".into()))
}

fn lookup(by: &ColumnName) -> Lookup {
    Lookup { table: TableName::new("other"), by: by.clone(), value: ColumnName::new("found") }
}

/// One change of every kind, with the table before and after it.
fn changes(holds: &ColumnType, other: &ColumnType) -> Vec<(Change, Table, Table)> {
    let table = full(holds);
    let text = |value: &str| vec![Literal::Text(value.to_owned())];
    let with = |alter: &dyn Fn(&mut Table)| {
        let mut table = table.clone();
        alter(&mut table);
        table
    };
    let (name, value, fresh) =
        (|name: &str| ObjectName::new(name), ColumnName::new("value"), column("fresh", holds));
    let grown = with(&|table| table.columns.push(fresh.clone()));
    let retyped = with(&|table| table.columns[1] = Column { null: true, ..column("value", other) });
    let add = |fill| Change::AddColumn { column: fresh.name.clone(), fill };
    let alter = |fill| Change::AlterColumn { column: value.clone(), fill };
    let index = with(&|table| table.indexes.clear());
    let indexed = with(&|table| table.indexes[0].name = name("new"));
    let unique = with(&|table| table.uniques.clear());
    let uniqued = with(&|table| table.uniques[0].name = name("new"));
    let rechecked = with(&|table| table.checks[0].name = name("new"));
    let unchecked = with(&|table| table.checks.clear());
    let alone = with(&|table| {
        table.references.pop();
    });
    let rereferred = with(&|table| table.references[0].name = name("new"));
    let put_off = with(&|table| table.references[0].deferrable = Some(Deferrable::Deferred));
    let exclusion = |called: &str| Exclusion {
        name: name(called),
        parts: vec![ExclusionPart {
            part: IndexPart::ascending(Expr::name("value")),
            operator: "=".to_owned(),
        }],
        method: IndexMethod::Hash,
        when: None,
        deferrable: None,
    };
    let exclusive = with(&|table| table.exclusions.push(exclusion("thing_excl")));
    let renamed = with(&|table| table.exclusions.push(exclusion("new")));
    let key = with(&|table| table.primary_key.as_mut().unwrap().columns.push(ColumnName::new("kept")));
    let lookup = lookup(&value);
    let rekeyed = with(&|table| table.primary_key.as_mut().unwrap().name = name("new"));
    vec![
        (Change::MoveTable, table.clone(), with(&|table| table.name = in_schema())),
        (Change::RenameTable, table.clone(), with(&|table| table.name = TableName::new("new"))),
        (Change::AlterComment, table.clone(), with(&|table| table.comment = Some("it's a table".to_owned()))),
        (Change::AlterSqliteOptions, table.clone(), with(&|table| table.sqlite.strict = true)),
        (Change::RenamePrimaryKey, table.clone(), rekeyed),
        (Change::AlterPrimaryKey, table.clone(), key),
        (add(Some(holds.neutral_value())), table.clone(), grown.clone()),
        (add(Some(Expr::name("value"))), table.clone(), grown.clone()),
        (add(None), table.clone(), grown.clone()),
        (Change::DropColumn { column: fresh.name.clone() }, grown, table.clone()),
        (
            Change::RenameColumn { before: value.clone(), after: ColumnName::new("new") },
            table.clone(),
            with(&|table| table.rename_column(&value, &ColumnName::new("new"))),
        ),
        (alter(None), table.clone(), retyped.clone()),
        (alter(Some(holds.neutral_value())), retyped, table.clone()),
        (Change::RequireValues { column: value.clone(), values: text("a") }, table.clone(), table.clone()),
        (
            Change::ConvertValues {
                column: value.clone(),
                values: text("a").into_iter().zip(text("b")).collect(),
            },
            table.clone(),
            table.clone(),
        ),
        (Change::RequireRow { column: value.clone(), lookup: lookup.clone() }, table.clone(), table.clone()),
        (
            Change::AddTranslated { column: fresh.name.clone(), from: value.clone(), lookup },
            table.clone(),
            with(&|table| table.columns.push(Column { null: true, default: None, ..fresh.clone() })),
        ),
        (Change::RenameType { column: value.clone() }, table.clone(), table.clone()),
        (Change::AddIndex { name: name("thing_idx") }, index.clone(), table.clone()),
        (Change::DropIndex { name: name("thing_idx") }, table.clone(), index.clone()),
        (Change::AddIndexConcurrently { name: name("thing_idx") }, index.clone(), table.clone()),
        (Change::DropIndexConcurrently { name: name("thing_idx") }, table.clone(), index),
        (Change::RenameIndex { before: name("thing_idx"), after: name("new") }, table.clone(), indexed),
        (Change::AddUnique { name: name("thing_key") }, unique.clone(), table.clone()),
        (Change::DropUnique { name: name("thing_key") }, table.clone(), unique),
        (Change::RenameUnique { before: name("thing_key"), after: name("new") }, table.clone(), uniqued),
        (Change::AddCheck { name: name("thing_check") }, unchecked.clone(), table.clone()),
        (Change::DropCheck { name: name("thing_check") }, table.clone(), unchecked.clone()),
        (Change::AddCheckNotValid { name: name("thing_check") }, unchecked, table.clone()),
        (Change::ValidateCheck { name: name("thing_check") }, table.clone(), table.clone()),
        (Change::RenameCheck { before: name("thing_check"), after: name("new") }, table.clone(), rechecked),
        (Change::AddForeignKey { name: name("thing_fk") }, alone.clone(), table.clone()),
        (Change::DropForeignKey { name: name("thing_fk") }, table.clone(), alone),
        (
            Change::RenameForeignKey { before: name("other_fk"), after: name("new") },
            table.clone(),
            rereferred,
        ),
        (Change::AlterForeignKey { name: name("other_fk") }, put_off, table.clone()),
        (Change::AddExclusion { name: name("thing_excl") }, table.clone(), exclusive.clone()),
        (Change::DropExclusion { name: name("thing_excl") }, exclusive.clone(), table.clone()),
        (Change::RenameExclusion { before: name("thing_excl"), after: name("new") }, exclusive, renamed),
    ]
}

fn render_one(dialect: Dialect, capabilities: &Capabilities, step: Step) -> Result<usize, Unsupported> {
    let planned = PlannedStep { operation: 3, why: "tests".to_owned(), step };
    match render(dialect, capabilities, &[planned], false) {
        Ok(rendering) => Ok(rendering.actions.len()),
        Err((operation, error)) => {
            assert_eq!(operation, 3, "an error bears the position of its operation");
            assert!(!error.what.is_empty() && !error.remedy.is_empty(), "{error}");
            Err(error)
        }
    }
}

fn databases() -> [(Dialect, Capabilities); 4] {
    let [sqlite, postgres, mysql] = Dialect::ALL.map(|dialect| (dialect, Capabilities::default_for(dialect)));
    [sqlite, postgres, mysql, (Dialect::Mysql, Capabilities::mariadb())]
}

/// Names the kind of a change; a new one must come here, and into [`changes`].
fn kind(change: &Change) -> &'static str {
    match change {
        Change::RenameTable => "RenameTable",
        Change::MoveTable => "MoveTable",
        Change::AlterComment => "AlterComment",
        Change::AlterSqliteOptions => "AlterSqliteOptions",
        Change::RenamePrimaryKey => "RenamePrimaryKey",
        Change::AlterPrimaryKey => "AlterPrimaryKey",
        Change::AddColumn { .. } => "AddColumn",
        Change::DropColumn { .. } => "DropColumn",
        Change::RenameColumn { .. } => "RenameColumn",
        Change::AlterColumn { .. } => "AlterColumn",
        Change::RequireValues { .. } => "RequireValues",
        Change::RequireRow { .. } => "RequireRow",
        Change::AddTranslated { .. } => "AddTranslated",
        Change::ConvertValues { .. } => "ConvertValues",
        Change::RenameType { .. } => "RenameType",
        Change::AddIndex { .. } => "AddIndex",
        Change::DropIndex { .. } => "DropIndex",
        Change::RenameIndex { .. } => "RenameIndex",
        Change::AddIndexConcurrently { .. } => "AddIndexConcurrently",
        Change::DropIndexConcurrently { .. } => "DropIndexConcurrently",
        Change::AddUnique { .. } => "AddUnique",
        Change::DropUnique { .. } => "DropUnique",
        Change::RenameUnique { .. } => "RenameUnique",
        Change::AddCheck { .. } => "AddCheck",
        Change::DropCheck { .. } => "DropCheck",
        Change::AddCheckNotValid { .. } => "AddCheckNotValid",
        Change::ValidateCheck { .. } => "ValidateCheck",
        Change::RenameCheck { .. } => "RenameCheck",
        Change::AddForeignKey { .. } => "AddForeignKey",
        Change::DropForeignKey { .. } => "DropForeignKey",
        Change::RenameForeignKey { .. } => "RenameForeignKey",
        Change::AlterForeignKey { .. } => "AlterForeignKey",
        Change::AddExclusion { .. } => "AddExclusion",
        Change::DropExclusion { .. } => "DropExclusion",
        Change::RenameExclusion { .. } => "RenameExclusion",
    }
}

#[test]
fn invariant_7_every_step_renders_or_is_unsupported() {
    for (dialect, capabilities) in databases() {
        let mut rendered = BTreeSet::new();
        for holds in types() {
            let table = Arc::new(full(&holds));
            // A refusal is looked at inside.
            let _ = render_one(dialect, &capabilities, Step::CreateTable { after: Arc::clone(&table) });
            assert!(render_one(dialect, &capabilities, Step::DropTable { before: table }).is_ok());
            for other in types() {
                for (change, before, after) in changes(&holds, &other) {
                    let (before, after) = (Arc::new(before), Arc::new(after));
                    let kind = kind(&change);
                    if render_one(dialect, &capabilities, Step::AlterTable { before, after, change }).is_ok()
                    {
                        rendered.insert(kind);
                    }
                }
            }
        }
        // Schemas and exclusion constraints are PostgreSQL's own; SQLite's rebuild without one is like any other.
        let expected = match dialect {
            Dialect::Sqlite => 32,
            Dialect::Postgres => 35,
            Dialect::Mysql => 31,
        };
        assert_eq!(rendered.len(), expected, "{dialect}: {rendered:?}");
    }
}

#[test]
fn what_a_database_cannot_do_says_what_to_do_instead() {
    let mysql = Capabilities::default_for(Dialect::Mysql);
    let of = |table: Table, capabilities: &Capabilities| {
        let step = Step::CreateTable { after: Arc::new(table) };
        render_one(Dialect::Mysql, capabilities, step).unwrap_err().to_string()
    };
    let text = full(&ColumnType::Text);
    assert_eq!(
        of(text, &mysql),
        "mysql cannot put column `id` of `thing` into the primary key: its type has no length; give the field a length: \
         `#[field(max_length = …)]`"
    );
    let json = of(full(&ColumnType::Json), &mysql);
    assert!(json.ends_with("max_length = …)] name: Option<String>`, and index that"), "{json}");
    let mut partial = full(&ColumnType::I32);
    partial.indexes[0].when = Some(Expr::IsNull { operand: Box::new(Expr::name("kept")), negated: false });
    assert_eq!(
        of(partial, &mysql),
        "mysql cannot index some rows only (`thing_idx`); leave `when` out, to index all rows"
    );
    let mut expression = full(&ColumnType::Varchar { max_length: 20 });
    let lower = Expr::Call { function: Function::Lower, arguments: vec![Expr::name("value")] };
    expression.indexes[0].parts[0].value = lower;
    assert_eq!(
        of(expression, &Capabilities::mariadb()),
        "mariadb cannot index an expression (`thing_idx`); index a field, and keep the value of the expression in it"
    );
}

#[test]
fn what_a_method_of_an_index_cannot_do_is_told() {
    let refused = |method: IndexMethod, holds: ColumnType, change: &dyn Fn(&mut TableIndex)| {
        let mut table = full(&holds);
        table.indexes[0].parts = vec![IndexPart::ascending(Expr::name("value"))];
        table.indexes[0].method = Some(method);
        change(&mut table.indexes[0]);
        let step = Step::CreateTable { after: Arc::new(table) };
        let result = render_one(Dialect::Postgres, &Capabilities::default_for(Dialect::Postgres), step);
        result.err().map(|error| error.what)
    };
    let as_it_is = |_: &mut TableIndex| {};
    let told = |method: &str, what: &str| {
        Some(format!("postgres: an index of the method `{method}` {what} (`thing_idx`)"))
    };
    assert_eq!(refused(IndexMethod::Gin, ColumnType::Json, &as_it_is), None);
    assert_eq!(refused(IndexMethod::Hash, ColumnType::Json, &as_it_is), None);
    let strange = "cannot compare this type by itself";
    assert_eq!(refused(IndexMethod::Gin, ColumnType::Text, &as_it_is), told("gin", strange));
    assert_eq!(refused(IndexMethod::Gist, ColumnType::I32, &as_it_is), told("gist", strange));
    let class = |index: &mut TableIndex| index.parts[0].operator_class = Some("gin_trgm_ops".to_owned());
    assert_eq!(refused(IndexMethod::Gin, ColumnType::Text, &class), None);
    let include = |index: &mut TableIndex| index.include = vec![ColumnName::new("kept")];
    assert_eq!(
        refused(IndexMethod::Brin, ColumnType::I32, &include),
        told("brin", "cannot hold other fields")
    );
    let two = |index: &mut TableIndex| index.parts.push(IndexPart::ascending(Expr::name("kept")));
    assert_eq!(refused(IndexMethod::Hash, ColumnType::I32, &two), told("hash", "is over one field"));
    let descending = |index: &mut TableIndex| index.parts[0].descending = true;
    assert_eq!(refused(IndexMethod::Brin, ColumnType::I32, &descending), told("brin", "has no order"));
}

#[test]
fn an_exclusion_compares_as_its_method_can() {
    let refused = |operator: &str, method: IndexMethod| {
        let mut table = full(&ColumnType::Native(NativeType::Hstore));
        let part = IndexPart::ascending(Expr::name("value"));
        let parts = vec![ExclusionPart { part, operator: operator.to_owned() }];
        let name = ObjectName::new("thing_excl");
        table.exclusions = vec![Exclusion { name, parts, method, when: None, deferrable: None }];
        let step = Step::CreateTable { after: Arc::new(table) };
        let result = render_one(Dialect::Postgres, &Capabilities::default_for(Dialect::Postgres), step);
        result.err().map(|error| error.what)
    };
    let what = "postgres: an exclusion constraint of the method `gist` cannot compare this type by `=` (`thing_excl`)";
    assert_eq!(refused("=", IndexMethod::Gist), Some(what.to_owned()));
    assert_eq!(refused("@>", IndexMethod::Gist), None);
    assert_eq!(refused("=", IndexMethod::Hash), None);
}

#[test]
fn an_expression_names_columns_of_its_table_only() {
    let mut table = full(&ColumnType::I32);
    table.checks[0].condition = Expr::binary(BinaryOp::Gt, Expr::name("nosuch"), Expr::int(0));
    for (dialect, capabilities) in databases() {
        let step = Step::CreateTable { after: Arc::new(table.clone()) };
        let error = render_one(dialect, &capabilities, step).unwrap_err();
        assert_eq!(error.what, "table `thing` has no column `nosuch`");
    }
}

#[test]
fn versions_decide_what_a_server_can_do() {
    let postgres = |major| Capabilities::of(&Server { product: Product::Postgres, version: (major, 0, 0) });
    assert!(!postgres(14).nulls_not_distinct);
    assert!(postgres(15).nulls_not_distinct && !postgres(15).virtual_columns);
    assert!(postgres(18).virtual_columns);
    let mariadb = Server { product: Product::Mariadb, version: (11, 8, 0) };
    assert_eq!(Capabilities::of(&mariadb), Capabilities::mariadb());
}
