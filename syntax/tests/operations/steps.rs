//! Steps in few words: `blog_rider: AddColumn pony_id`.

use modelshift_schema::collation::Collation;
use modelshift_schema::dialect::Dialect;
use modelshift_schema::expr::Expr;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

/// Spells the steps of an operation.
pub(crate) fn spell(steps: &[Step]) -> Vec<String> {
    let spelled = || steps.iter().map(step);
    let is_rename = |it: &String| it.contains(": RenameTable") || it.contains(": RenameColumn");
    let follows = |it: &String| {
        ["PrimaryKey", "Index", "Unique"].iter().any(|what| it.contains(&format!(": Rename{what}")))
    };
    if spelled().any(|it| is_rename(&it)) {
        spelled().filter(|it| !follows(it)).collect()
    } else {
        spelled().collect()
    }
}

fn step(step: &Step) -> String {
    if let Step::CreateTable { after } = step {
        return format!("CreateTable {}", columns(after));
    }
    if let Step::DropTable { before } = step {
        return format!("DropTable {}", before.name);
    }
    if let Step::LoadData { file, .. } = step {
        return format!("LoadData {file}");
    }
    let Step::AlterTable { before, after, change } = step else { return plain(step) };
    let told = if *change == Change::RenameTable {
        format!("RenameTable {}", after.name)
    } else if let Change::AddColumn { column, fill } = change {
        let generated = after.column(column).and_then(|it| it.generated.as_ref());
        let generated = generated.map(|it| format!(", {}", plain(&it.storage))).unwrap_or_default();
        format!("AddColumn {column}{generated}{}", filled(fill.as_ref()))
    } else if let Change::AlterColumn { column, fill, .. } = change {
        let of = |table: &Table| table.column(column).unwrap().clone();
        format!("AlterColumn {column}{}{}", altered(&of(before), &of(after)), filled(fill.as_ref()))
    } else {
        plain(change)
    };
    format!("{}: {told}", before.name)
}

/// `blog_rider (id I64, pony_id I64 >blog_pony) with unique one_pony`.
fn columns(table: &Table) -> String {
    let column = |it: &Column| {
        let target = table.references.iter().find(|reference| reference.columns.contains(&it.name));
        let target = target.map(|it| format!(" >{}", it.target)).unwrap_or_default();
        let collation = it.collation.as_ref().map(|it| format!(" {}", sorted(it))).unwrap_or_default();
        format!("{} {}{collation}{target}", it.name, plain(&it.column_type))
    };
    let columns: Vec<String> = table.columns.iter().map(column).collect();
    let uniques = table.uniques.iter().map(|it| format!("unique {}", it.name));
    let checks = table.checks.iter().map(|it| format!("check {}", it.name));
    let indexes = table.indexes.iter().map(|it| {
        let kind = if it.unique { "unique index" } else { "index" };
        format!("{kind} {}{}", it.name, if it.when.is_some() { " of some rows" } else { "" })
    });
    let parts: Vec<String> = uniques.chain(checks).chain(indexes).collect();
    let with = if parts.is_empty() { String::new() } else { format!(" with {}", parts.join(", ")) };
    format!("{} ({}){with}", table.name, columns.join(", "))
}

fn altered(before: &Column, after: &Column) -> String {
    let mut told = String::new();
    if before.column_type != after.column_type {
        told = format!(", {} -> {}", plain(&before.column_type), plain(&after.column_type));
    }
    let flags = [
        (before.null, after.null, ", NULL", ", NOT NULL"),
        (before.automatic, after.automatic, ", automatic", ", not automatic"),
    ];
    for (before, after, yes, no) in flags {
        let word = if after { yes } else { no };
        told.push_str(if before == after { "" } else { word });
    }
    let parts = [
        ("default", before.default.as_ref().map(written), after.default.as_ref().map(written)),
        ("comment", before.comment.clone(), after.comment.clone()),
        ("collation", before.collation.as_ref().map(sorted), after.collation.as_ref().map(sorted)),
    ];
    for (name, before, after) in parts {
        if before != after {
            told.push_str(&after.map_or_else(|| format!(", no {name}"), |after| format!(", {name} {after}")));
        }
    }
    told
}

/// `sorted C`: how PostgreSQL sorts.
fn sorted(collation: &Collation) -> String {
    format!("sorted {}", collation.get(Dialect::Postgres).map_or("as elsewhere", String::as_str))
}

/// ` = 1`: the value of existing rows.
fn filled(value: Option<&Expr>) -> String {
    value.map(|value| format!(" = {}", written(value))).unwrap_or_default()
}

fn written(value: &Expr) -> String {
    if let Expr::Literal(literal) = value { format!("{literal:?}") } else { format!("{value:?}") }
}

/// Returns what the compiler derives, without what only it needs.
fn plain(value: &impl std::fmt::Debug) -> String {
    let mut text = format!("{value:?}");
    for noise in
        ["ColumnName", "ObjectName", "TableName", "column:", "name:", "before:", "after:", "max_length:"]
    {
        text = text.replace(noise, "");
    }
    let text: String = text.chars().filter(|it| !"\"(){},".contains(*it)).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
