//! Generated expressions, models and operations: whatever the grammar can say, hostile names and texts included.
//!
//! It stands beside `tests/evolution`, which makes only what edits of models lead to, from few names that meet.

mod database;

use modelshift_schema::choices::{self, Choice, ChoiceMoves, Choices};
use modelshift_schema::collation::Collation;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::{Constraint, ExclusionPart, ExclusionRule, ReferenceRule, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::generated::{Generated, Identity, Storage};
use modelshift_schema::index::{Index, IndexMethod, IndexPart, Nulls};
use modelshift_schema::model::Model;
use modelshift_schema::name::{
    ColumnName, FieldName, MigrationId, ModelKey, ModelName, ObjectName, SchemaName, TableName,
};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::rename_field::Place;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterConstraint, AlterField, AlterModelOptions, AlterModelTable,
    AlterNaturalKey, AlterPrimaryKey, CreateModel, DeleteModel, MoveModel, Operation, RemoveConstraint,
    RemoveField, RemoveIndex, RenameConstraint, RenameField, RenameIndex, RenameModel,
};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::relation::{Deferrable, ForeignKey, ManyToMany, ReferentialAction};
use modelshift_schema::sqlite_options::SqliteOptions;
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// A name that Rust allows, words of the language and of the grammar included.
pub(crate) fn identifier() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z][a-z0-9_]{0,12}",
        1 => select(vec!["type", "match", "gen", "async", "true", "name", "index", "fields", "union", "größe", "_x"])
            .prop_map(str::to_owned),
    ]
    .boxed()
}

fn model_name() -> BoxedStrategy<String> {
    prop_oneof![4 => "[A-Z][A-Za-z0-9]{0,10}", 1 => select(vec!["struct", "Struct", "Ä"]).prop_map(str::to_owned)]
        .prop_filter("no Rust type of this name", |name| name != "Self")
        .boxed()
}

/// Text with everything that may go wrong between two quotes.
pub(crate) fn text() -> BoxedStrategy<String> {
    let hostile = [
        "\"",
        "\\",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "'",
        "`",
        "{",
        "}",
        "#",
        "\"#",
        "\u{202e}",
        "\u{feff}",
        "é",
        "🦀",
        "*/",
        "// modelshift 1 x",
        "\u{1b}",
    ];
    let piece = prop_oneof![
        select(hostile.to_vec()).prop_map(str::to_owned),
        "[ -~]{0,6}",
        any::<char>().prop_map(String::from)
    ];
    vec(piece, 0..5).prop_map(|pieces| pieces.concat()).boxed()
}

/// A name in the database: anything, within the limit.
fn object_name() -> BoxedStrategy<String> {
    text().prop_filter("1 to 63 bytes", |name| (1..=63).contains(&name.len())).boxed()
}

fn sqlite_options() -> impl Strategy<Value = SqliteOptions> {
    (any::<bool>(), any::<bool>()).prop_map(|(strict, without_rowid)| SqliteOptions { strict, without_rowid })
}

fn schema() -> BoxedStrategy<SchemaName> {
    let is_free = |name: &String| !name.contains('.') && !name.starts_with("pg_");
    object_name().prop_filter("a schema of its own", is_free).prop_map(SchemaName::new).boxed()
}

fn literal() -> BoxedStrategy<Literal> {
    prop_oneof![
        any::<bool>().prop_map(Literal::Bool),
        any::<i64>().prop_map(|number| Literal::Int(number.into())),
        any::<u64>().prop_map(|number| Literal::Int(number.into())),
        (any::<u16>(), any::<u16>()).prop_map(|(whole, part)| Literal::Float(format!("{whole}.{part}"))),
        (1..9u8, 1..9u8).prop_map(|(digits, power)| Literal::Float(format!("{digits}e{power}"))),
        text().prop_map(Literal::Text),
        vec(any::<u8>(), 0..6).prop_map(Literal::Bytes),
    ]
    .boxed()
}

fn operator() -> BoxedStrategy<BinaryOp> {
    use BinaryOp::{Add, And, Div, Eq, Ge, Gt, Le, Lt, Mul, Ne, Or, Rem, Sub};
    select(vec![Or, And, Eq, Ne, Lt, Le, Gt, Ge, Add, Sub, Mul, Div, Rem]).boxed()
}

/// Any expression.
pub(crate) fn expr() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![
        identifier().prop_map(Expr::Name),
        literal().prop_map(Expr::Literal),
        text().prop_filter("not blank", |sql| !sql.trim().is_empty()).prop_map(Expr::Raw),
        Just(Expr::Call { function: Function::Now, arguments: Vec::new() }),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed.clone().prop_map(Expr::Not),
            boxed.clone().prop_map(Expr::Neg),
            (operator(), boxed.clone(), boxed.clone()).prop_map(|(op, left, right)| Expr::Binary {
                op,
                left,
                right
            }),
            (boxed.clone(), any::<bool>()).prop_map(|(operand, negated)| Expr::IsNull { operand, negated }),
            (boxed.clone(), vec(inner.clone(), 1..3))
                .prop_map(|(operand, list)| Expr::InList { operand, list }),
            (boxed, text()).prop_map(|(operand, pattern)| Expr::Like { operand, pattern }),
            inner.clone().prop_map(|it| Expr::Call { function: Function::Lower, arguments: vec![it] }),
            vec(inner, 2..4).prop_map(|arguments| Expr::Call { function: Function::Coalesce, arguments }),
        ]
    })
    .boxed()
}

fn action() -> BoxedStrategy<ReferentialAction> {
    select(ReferentialAction::ALL.to_vec()).boxed()
}

fn kind() -> BoxedStrategy<FieldKind> {
    let to = (select(vec!["blog", "accounts", "type"]), model_name())
        .prop_map(|(app, name)| ModelKey::new(app, name));
    let when = option::of(select(Deferrable::ALL.to_vec()));
    let join = (to.clone(), option::of(to.clone()), option::of(object_name()), option::of(text()));
    let to_field = option::of(identifier().prop_map(FieldName::new));
    let reference = (to, to_field, action(), action(), option::of(text()), any::<bool>(), when);
    prop_oneof![
        3 => select([ColumnType::samples(), ColumnType::native_samples()].concat()).prop_map(FieldKind::Column),
        1 => enumeration().prop_map(|choices| FieldKind::Column(ColumnType::Choices(choices))),
        1 => join.prop_map(|(to, through, table, related_name)| {
            let table = table.map(TableName::new);
            FieldKind::ManyToMany(ManyToMany { to, through, table, related_name })
        }),
        1 => reference.prop_map(|(to, to_field, on_delete, on_update, related_name, db_constraint, deferrable)| {
            FieldKind::ForeignKey(ForeignKey { to, to_field, on_delete, on_update, related_name, db_constraint, deferrable })
        }),
    ]
    .boxed()
}

/// The name of an enum that no column knows as a type of its own.
fn enum_name() -> BoxedStrategy<String> {
    model_name().prop_map(|name| format!("{name}Choice")).boxed()
}

fn enumeration() -> BoxedStrategy<Choices> {
    let names = btree_map(identifier(), Just(()), 1..4);
    let values = btree_map(text(), Just(()), 4);
    let numbers = btree_map(any::<i64>(), Just(()), 4);
    let storage = select(choices::Storage::ALL.to_vec());
    (enum_name(), storage, names, values, numbers)
        .prop_map(|(name, storage, names, values, numbers)| {
            let literals: Vec<Literal> = if storage.is_integer() {
                numbers.into_keys().map(|number| Literal::Int(number.into())).collect()
            } else {
                values.into_keys().map(Literal::Text).collect()
            };
            let variants =
                names.into_keys().zip(literals).map(|(name, value)| Choice { name, value }).collect();
            Choices { storage, variants, ..Choices::as_written(name) }
        })
        .boxed()
}

fn moves() -> BoxedStrategy<ChoiceMoves> {
    let pairs = || vec((identifier(), identifier()), 0..3);
    (pairs(), pairs()).prop_map(|(renamed, removed)| ChoiceMoves { renamed, removed }).boxed()
}

fn comment() -> BoxedStrategy<String> {
    text().prop_filter("not empty", |text| !text.is_empty() && !text.contains('\0')).boxed()
}

fn collation() -> BoxedStrategy<Collation> {
    let own = (option::of(object_name()), option::of(object_name()), object_name());
    let own = own.prop_map(|(sqlite, postgres, mysql)| Collation::from([sqlite, postgres, Some(mysql)]));
    prop_oneof![object_name().prop_map(Collation::everywhere), own].boxed()
}

fn sql_type() -> BoxedStrategy<PerDatabase> {
    prop_oneof![
        comment().prop_map(PerDatabase::everywhere),
        (option::of(comment()), comment()).prop_map(|(sqlite, postgres)| PerDatabase::from([
            sqlite,
            Some(postgres),
            None
        ])),
    ]
    .boxed()
}

fn generated() -> BoxedStrategy<Generated> {
    let storage = select(Storage::ALL.to_vec());
    (expr(), storage).prop_map(|(expression, storage)| Generated { expression, storage }).boxed()
}

/// Any field, under a given name.
fn field_named(name: String) -> BoxedStrategy<Field> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let told = (option::of(comment()), option::of(collation()), option::of(sql_type()));
    let given = (option::of(expr()), option::of(generated()), option::of(select(Identity::ALL.to_vec())));
    (kind(), flags, given, option::of(object_name()), told)
        .prop_map(move |(kind, flags, given, column, (comment, collation, sql_type))| {
            let (default, generated, identity) = given;
            let is_integer = matches!(&kind, FieldKind::Column(it) if it.is_integer());
            let is_column = matches!(kind, FieldKind::Column(_));
            let (null, primary_key, unique, index) = flags;
            let is_text = matches!(kind, FieldKind::Column(ColumnType::Text | ColumnType::Varchar { .. }));
            Field {
                name: FieldName::new(&name),
                kind,
                null,
                primary_key,
                unique,
                index,
                default,
                column: column.map(Into::into),
                comment,
                collation: collation.filter(|_| is_text),
                generated: generated.filter(|_| is_column),
                identity: identity.filter(|_| is_integer),
                sql_type: sql_type.filter(|_| is_column),
            }
        })
        .boxed()
}

fn field() -> BoxedStrategy<Field> {
    identifier().prop_flat_map(field_named).boxed()
}

fn index(name: BoxedStrategy<Option<ObjectName>>) -> BoxedStrategy<Index> {
    let class = option::of(text().prop_filter("a name", |class| !class.is_empty()));
    let nulls = option::of(select(Nulls::ALL.to_vec()));
    let part =
        (expr(), any::<bool>(), nulls, class).prop_map(|(value, descending, nulls, operator_class)| {
            IndexPart { value, descending, nulls, operator_class }
        });
    let plain = (identifier(), any::<bool>())
        .prop_map(|(name, descending)| IndexPart { descending, ..IndexPart::ascending(Expr::Name(name)) });
    let parts = prop_oneof![vec(part, 1..3), vec(plain, 1..4)];
    let include = vec(identifier().prop_map(FieldName::new), 0..3);
    let method = option::of(select(IndexMethod::ALL.to_vec()));
    (name, parts, option::of(expr()), include, method)
        .prop_map(|(name, parts, when, include, method)| Index { name, parts, when, include, method })
        .boxed()
}

fn constraint(name: BoxedStrategy<Option<ObjectName>>) -> BoxedStrategy<Constraint> {
    let part = || {
        (expr(), any::<bool>(), option::of(select(Nulls::ALL.to_vec()))).prop_map(
            |(value, descending, nulls)| IndexPart { descending, nulls, ..IndexPart::ascending(value) },
        )
    };
    let fields = || vec(identifier().prop_map(FieldName::new), 1..4);
    let over =
        prop_oneof![fields().prop_map(UniqueRule::over), vec(part(), 1..3).prop_map(UniqueRule::over_parts)];
    let when = || option::of(expr());
    let late = || option::of(select(Deferrable::ALL.to_vec()));
    let include = vec(identifier().prop_map(FieldName::new), 0..3);
    let unique = (name.clone(), over, when(), include, any::<bool>(), late());
    let pairs = vec((identifier(), identifier()), 1..4);
    let to = (select(vec!["blog", "accounts", "type"]), model_name());
    let reference = (name.clone(), pairs, to, (action(), action()), late(), any::<bool>());
    let operator = select(vec!["=", "&&", "<>", "@>"]).prop_map(str::to_owned);
    let compared = (part(), operator).prop_map(|(part, operator)| ExclusionPart { part, operator });
    let method = select(IndexMethod::ALL.to_vec());
    let exclude = (name.clone(), vec(compared, 1..3), method, when(), late());
    prop_oneof![
        unique.prop_map(|(name, over, when, include, nulls_not_distinct, deferrable)| {
            Constraint::Unique(UniqueRule { name, when, include, nulls_not_distinct, deferrable, ..over })
        }),
        (name, expr()).prop_map(|(name, condition)| Constraint::Check { name, condition }),
        reference.prop_map(|(name, pairs, (app, to), (on_delete, on_update), deferrable, index)| {
            let (own, target): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let names = |fields: Vec<String>| fields.into_iter().map(FieldName::new).collect();
            let rule = ReferenceRule::new(names(own), ModelKey::new(app, to), names(target));
            Constraint::Reference(ReferenceRule { name, on_delete, on_update, deferrable, index, ..rule })
        }),
        exclude.prop_map(|(name, parts, method, when, deferrable)| {
            Constraint::Exclude(ExclusionRule { name, parts, method, when, deferrable })
        }),
    ]
    .boxed()
}

fn optional_name() -> BoxedStrategy<Option<ObjectName>> {
    option::of(object_name().prop_map(ObjectName::new)).boxed()
}

fn given_name() -> BoxedStrategy<Option<ObjectName>> {
    object_name().prop_map(|name| Some(ObjectName::new(name))).boxed()
}

/// A model with a key.
pub(crate) fn model() -> BoxedStrategy<Model> {
    let fields = btree_map(identifier(), Just(()), 1..6)
        .prop_flat_map(|names| names.into_keys().map(field_named).collect::<Vec<_>>())
        .prop_map(|mut fields| {
            if !fields.iter().any(|field| field.primary_key) {
                fields[0].primary_key = true;
            }
            fields
        })
        .prop_flat_map(|fields| {
            let key = fields.iter().filter(|field| field.primary_key).map(|field| field.name.clone());
            let key: Vec<FieldName> = key.collect();
            let told =
                if key.len() < 2 { Just(Vec::new()).boxed() } else { Just(key).prop_shuffle().boxed() };
            (Just(fields), prop_oneof![Just(Vec::new()), told])
        });
    let objects = (vec(index(optional_name()), 0..3), vec(constraint(optional_name()), 0..3));
    // A dot stands between a schema and its table, which is refused.
    let table = object_name().prop_filter("no dot", |name| !name.contains('.'));
    let flags = (any::<bool>(), any::<bool>());
    let told = (option::of(table), option::of(schema()), option::of(comment()), flags, sqlite_options());
    (model_name(), told, fields, objects)
        .prop_map(
            |(
                name,
                (table, schema, comment, (managed, is_natural), sqlite),
                (fields, key_order),
                (indexes, constraints),
            )| {
                let columns = fields.iter().filter(|field: &&Field| field.has_column() && is_natural);
                let mut model = Model {
                    natural_key: columns.take(2).map(|field| field.name.clone()).collect(),
                    comment,
                    managed,
                    sqlite,
                    name: ModelName::new(name),
                    table: table.map(TableName::new),
                    schema,
                    fields,
                    key_order,
                    indexes,
                    constraints,
                };
                // Such a table counts no keys.
                model.sqlite.without_rowid &= model.automatic_key().is_none();
                model.remove_repetitions();
                model
            },
        )
        .boxed()
}

/// Any operation, others inside it included.
pub(crate) fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        8 => simple_operation(),
        1 => database::operation(),
        1 => database::compound(database::compound(simple_operation()).boxed()),
    ]
    .boxed()
}

/// Any column or join table that a rename chooses.
fn place() -> impl Strategy<Value = Place> {
    prop_oneof![
        object_name().prop_map(|column| Place::Column(ColumnName::new(column))),
        object_name().prop_map(|table| Place::JoinTable(TableName::new(table))),
    ]
}

/// Any operation of models.
fn simple_operation() -> BoxedStrategy<Operation> {
    let name = || model_name().prop_map(ModelName::new);
    let field_name = || identifier().prop_map(FieldName::new);
    let object = || object_name().prop_map(ObjectName::new);
    prop_oneof![
        model().prop_map(|model| Operation::CreateModel(CreateModel { model })),
        name().prop_map(|model| Operation::DeleteModel(DeleteModel { model })),
        (name(), name(), option::of(object_name().prop_map(TableName::new)))
            .prop_map(|(before, after, table)| Operation::RenameModel(RenameModel { before, after, table })),
        (name(), name(), name(), name(), option::of(object_name().prop_map(TableName::new))).prop_map(
            |(app, model, other, moved, table)| {
                let key = |app: ModelName, model| ModelKey::new(app.as_str(), model);
                Operation::MoveModel(MoveModel { before: key(app, model), after: key(other, moved), table })
            }
        ),
        (name(), option::of(object_name().prop_map(TableName::new)), option::of(schema())).prop_map(
            |(model, table, schema)| { Operation::AlterModelTable(AlterModelTable { model, table, schema }) }
        ),
        (name(), option::of(comment()), select(Management::ALL.to_vec()), option::of(sqlite_options()))
            .prop_map(|(model, comment, managed, sqlite)| {
                Operation::AlterModelOptions(AlterModelOptions { model, comment, managed, sqlite })
            }),
        (name(), vec(field_name(), 0..4))
            .prop_map(|(model, order)| Operation::AlterPrimaryKey(AlterPrimaryKey { model, order })),
        (name(), vec(field_name(), 0..4))
            .prop_map(|(model, fields)| Operation::AlterNaturalKey(AlterNaturalKey { model, fields })),
        (name(), field(), option::of(expr()))
            .prop_map(|(model, field, backfill)| Operation::AddField(AddField { model, field, backfill })),
        (name(), field(), option::of(expr()), moves()).prop_map(|(model, field, backfill, moves)| {
            let moves = if field.choices().is_some() { moves } else { ChoiceMoves::default() };
            Operation::AlterField(AlterField { model, field, backfill, moves })
        }),
        (name(), field_name())
            .prop_map(|(model, field)| Operation::RemoveField(RemoveField { model, field })),
        (name(), field_name(), field_name(), option::of(place())).prop_map(
            |(model, before, after, place)| {
                Operation::RenameField(RenameField { model, before, after, place })
            }
        ),
        (name(), index(given_name()))
            .prop_map(|(model, index)| Operation::AddIndex(AddIndex { model, index })),
        (name(), object()).prop_map(|(model, name)| Operation::RemoveIndex(RemoveIndex { model, name })),
        (name(), object(), object()).prop_map(|(model, before, after)| Operation::RenameIndex(RenameIndex {
            model,
            before,
            after
        })),
        (name(), constraint(given_name()))
            .prop_map(|(model, constraint)| Operation::AddConstraint(AddConstraint { model, constraint })),
        (name(), constraint(given_name())).prop_map(|(model, constraint)| Operation::AlterConstraint(
            AlterConstraint { model, constraint }
        )),
        (name(), object(), object()).prop_map(|(model, before, after)| {
            Operation::RenameConstraint(RenameConstraint { model, before, after })
        }),
        (name(), object())
            .prop_map(|(model, name)| Operation::RemoveConstraint(RemoveConstraint { model, name })),
    ]
    .boxed()
}

/// What a migration may depend on, each once.
pub(crate) fn dependencies() -> BoxedStrategy<Vec<MigrationId>> {
    btree_map("[a-z][a-z_]{0,8}", "[0-9]{4}_[a-z_]{1,12}", 0..4)
        .prop_map(|map| map.into_iter().map(|(app, name)| MigrationId::new(app, name)).collect())
        .boxed()
}
