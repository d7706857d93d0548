use super::*;
use crate::detect::detect;
use crate::model::expr::Expr;
use crate::notation;
use crate::step::Change;

/// Compares the steps of what the detector finds, each by its table before and its change.
fn check(before: &str, after: &str, expect: &[&str]) {
    let app = "blog".into();
    let mut state = notation::state(before);
    let mut found = Vec::new();
    for operation in detect(&state, &notation::models(after), &app).unwrap().operations {
        let old = state.clone();
        operation.behaviour().apply(&app, &mut state).unwrap();
        let steps = operation.behaviour().steps(&app, &old, &state).unwrap();
        found.extend(steps.iter().map(spell));
    }
    assert_eq!(found, expect);
}

fn spell(step: &Step) -> String {
    match step {
        Step::CreateTable { after } => format!("create {}", after.name),
        Step::DropTable { before } => format!("drop {}", before.name),
        Step::AlterTable { before, after, change }
            if [Change::RenameTable, Change::MoveTable].contains(change) =>
        {
            format!("{}: to {}", before.name, after.name)
        }
        Step::AlterTable { before, change, .. } => format!("{}: {}", before.name, spell_change(change)),
        Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => "sql".to_owned(),
    }
}

fn spell_change(change: &Change) -> String {
    let fill = |fill: &Option<Expr>| fill.as_ref().map_or(String::new(), |fill| format!(" with {fill:?}"));
    match change {
        Change::RenameTable => "to".to_owned(),
        Change::MoveTable => "move".to_owned(),
        Change::AlterComment => "comment".to_owned(),
        Change::AlterSqliteOptions => "sqlite".to_owned(),
        Change::RenamePrimaryKey => "rename key".to_owned(),
        Change::AlterPrimaryKey => "alter key".to_owned(),
        Change::AddColumn { column, fill: value } => format!("add {column}{}", fill(value)),
        Change::DropColumn { column } => format!("drop {column}"),
        Change::RenameColumn { before, after } => format!("rename {before} {after}"),
        Change::AlterColumn { column, fill: value } => format!("alter {column}{}", fill(value)),
        Change::AddIndex { name } | Change::AddIndexConcurrently { name } => format!("add index {name}"),
        Change::DropIndex { name } | Change::DropIndexConcurrently { name } => format!("drop index {name}"),
        Change::RenameIndex { before, after } => format!("rename index {before} {after}"),
        Change::AddUnique { name } => format!("add unique {name}"),
        Change::DropUnique { name } => format!("drop unique {name}"),
        Change::RenameUnique { before, after } => format!("rename unique {before} {after}"),
        Change::ValidateCheck { name } => format!("validate {name}"),
        Change::AddCheck { name } | Change::AddCheckNotValid { name } => format!("add check {name}"),
        Change::DropCheck { name } => format!("drop check {name}"),
        Change::RenameCheck { before, after } => format!("rename check {before} {after}"),
        Change::AddForeignKey { name } => format!("add reference {name}"),
        Change::DropForeignKey { name } => format!("drop reference {name}"),
        Change::RenameForeignKey { before, after } => format!("rename reference {before} {after}"),
        Change::AlterForeignKey { name } => format!("alter reference {name}"),
        Change::AddExclusion { name } => format!("add exclusion {name}"),
        Change::DropExclusion { name } => format!("drop exclusion {name}"),
        Change::RenameExclusion { before, after } => format!("rename exclusion {before} {after}"),
        Change::RequireValues { column, values } => format!("require {} values of {column}", values.len()),
        Change::RequireRow { column, lookup } => {
            format!("require {column} in {} {}", lookup.table, lookup.by)
        }
        Change::AddTranslated { column, from, lookup } => {
            format!("add {column} as {} of {} by {from}", lookup.value, lookup.table)
        }
        Change::ConvertValues { column, values } => format!("convert {} values of {column}", values.len()),
        Change::RenameType { column } => format!("rename type of {column}"),
    }
}

#[test]
fn rows_that_hold_null_get_a_value() {
    check("A: id, x i32 ?", "A: id, x i32 default=1", &["blog_a: alter x with Literal(Int(1))"]);
    check("A: id, x i32 ?", "A: id, x i32 default=1 backfill=2", &["blog_a: alter x with Literal(Int(2))"]);
    check("A: id, x i32 ?", "A: id, x i32 ? default=1", &["blog_a: alter x"]);
    check("A: id, x i32", "A: id, x i32 default=1", &["blog_a: alter x"]);
    check("A: id", "A: id, x i32 backfill=2", &["blog_a: add x with Literal(Int(2))"]);
}

#[test]
fn variants_that_go_are_looked_for_first_and_their_check_is_another() {
    let (before, after) = (notation::state("A: id, x @A+B"), notation::state("A: id, x @A+C"));
    let found: Vec<_> = steps(&before, &after, &Lineage::default()).unwrap().iter().map(spell).collect();
    let expect = ["require 1 values of x", "drop check blog_a_x_check", "add check blog_a_x_check"];
    assert_eq!(found, expect.map(|it| format!("blog_a: {it}")));
    check(
        "A: id, x @A+B",
        "A: id, y <x @A+B",
        &["blog_a: rename x y", "blog_a: rename check blog_a_x_check blog_a_y_check"],
    );
    check("A: id, x #A+B", "A: id, y <x #A+B", &["blog_a: rename x y", "blog_a: rename type of y"]);
    check("A: id, x @A+B", "A: id, x #A+B", &["blog_a: drop check blog_a_x_check", "blog_a: alter x"]);
}

#[test]
fn a_reference_by_another_field_gets_the_values_of_that_field() {
    let by_slug = "A: id, s short unique\nB: id, a >A to=s";
    let by_key = "A: id, s short unique\nB: id, a >A";
    let around = |one: &str, other: &str, of: &[&str]| {
        let head = ["require a_id in blog_a ", "drop reference blog_b_a_id_fk", "drop index blog_b_a_id_idx"];
        let mut expect: Vec<String> = head.map(|it| format!("blog_b: {it}")).to_vec();
        expect[0] = format!("{}{one}", expect[0]);
        expect.extend(of.iter().map(|it| format!("blog_b: {it}")));
        expect.push(format!("blog_b: add a_id_going as {other} of blog_a by a_id"));
        let tail = ["drop a_id", "rename a_id_going a_id", "alter a_id", "add index blog_b_a_id_idx"];
        expect.extend(tail.map(|it| format!("blog_b: {it}")));
        expect.push("blog_b: add reference blog_b_a_id_fk".to_owned());
        expect
    };
    for (before, after, one, other) in [(by_slug, by_key, "s", "id"), (by_key, by_slug, "id", "s")] {
        let expect = around(one, other, &[]);
        check(before, after, &expect.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn a_rename_moves_no_rows() {
    check("A: id, x", "A: id, y <x", &["blog_a: rename x y"]);
    check(
        "A: id, x | index(x) | unique(id,x)",
        "A: id, y <x | index(y) | unique(id,y)",
        &[
            "blog_a: rename x y",
            "blog_a: rename index blog_a_x_idx blog_a_y_idx",
            "blog_a: rename unique blog_a_id_x_key blog_a_id_y_key",
        ],
    );
    check("A: id, x", "A: id, y <x col=x", &[]);
    check("A: id", "B <A: id", &["blog_a: to blog_b", "blog_b: rename key"]);
    check("A: id", "B <A table=blog_a: id", &[]);
}

#[test]
fn a_key_that_changes_its_type_takes_its_references_along() {
    check(
        "A: id\nB: id, a >A",
        "A: id i32 key\nB: id, a >A",
        &[
            "blog_b: drop reference blog_b_a_id_fk",
            "blog_a: alter id",
            "blog_b: alter a_id",
            "blog_b: add reference blog_b_a_id_fk",
        ],
    );
    check(
        "A: id\nB: a >A key\nC: id, b >B",
        "A: id i32 key\nB: a >A key\nC: id, b >B",
        &[
            "blog_b: drop reference blog_b_a_id_fk",
            "blog_c: drop reference blog_c_b_id_fk",
            "blog_a: alter id",
            "blog_b: alter a_id",
            "blog_c: alter b_id",
            "blog_b: add reference blog_b_a_id_fk",
            "blog_c: add reference blog_c_b_id_fk",
        ],
    );
    check(
        "A: id\nB: id, a >A | unique(a)\nC: id, b >B to=a",
        "A: id i32 key\nB: id, a >A | unique(a)\nC: id, b >B to=a",
        &[
            "blog_b: drop reference blog_b_a_id_fk",
            "blog_c: drop reference blog_c_b_id_fk",
            "blog_a: alter id",
            "blog_b: alter a_id",
            "blog_c: alter b_id",
            "blog_b: add reference blog_b_a_id_fk",
            "blog_c: add reference blog_c_b_id_fk",
        ],
    );
}

#[test]
fn what_stands_in_the_way_goes_first() {
    check(
        "A: id, x unique",
        "A: id, x index",
        &["blog_a: drop unique blog_a_x_key", "blog_a: add index blog_a_x_idx"],
    );
    check("A: id, b >B\nB: id", "B: id", &["drop blog_a"]);
}

#[test]
fn a_column_leaves_the_key_before_it_becomes_nullable() {
    check("A: x text key, y text key", "A: x text ?, y text key", &["blog_a: alter key", "blog_a: alter x"]);
    check(
        "A: x i32 key, y text key",
        "A: x text ?, y text key",
        &["blog_a: alter x", "blog_a: alter key", "blog_a: alter x"],
    );
    check(
        "A: x text ?, y text key",
        "A: x text key backfill='', y text key",
        &["blog_a: alter x with Literal(Text(\"\"))", "blog_a: alter key"],
    );
}

/// The names of a table and of its indexes move along to the other schema, where another table may have them.
#[test]
fn a_table_moves_to_another_schema_before_or_after_its_names_change() {
    let before = "Book: id, title | index(title)\nOrder table=shop_order: id";
    let after = "Book table=shop_order schema=audit: id, title | index(title)\nOrder table=shop_order: id";
    check(
        before,
        after,
        &[
            "blog_book: to audit.blog_book",
            "audit.blog_book: to audit.shop_order",
            "audit.shop_order: rename key",
            "audit.shop_order: rename index blog_book_title_idx shop_order_title_idx",
        ],
    );
    check(
        after,
        before,
        &[
            "audit.shop_order: to audit.blog_book",
            "audit.blog_book: rename key",
            "audit.blog_book: rename index shop_order_title_idx blog_book_title_idx",
            "audit.blog_book: to blog_book",
        ],
    );
}
