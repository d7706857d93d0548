//! Django's conditions and expressions -> ours. What has no counterpart becomes a text that differs where theirs does.

use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use serde_json::Value;

/// Reads a `Q`: lookups and other `Q`s, all of them (or one of them) true, or not.
pub(crate) fn condition(value: &Value) -> Expr {
    let op = if value["_connector"] == "OR" { BinaryOp::Or } else { BinaryOp::And };
    let parts = value["args"].as_array().into_iter().flatten().map(part);
    let whole = parts.reduce(|left, right| Expr::binary(op, left, right));
    let whole = whole.unwrap_or(Expr::Literal(Literal::Bool(true)));
    if value["_negated"] == true { Expr::Not(Box::new(whole)) } else { whole }
}

fn part(value: &Value) -> Expr {
    match value.as_array().map(Vec::as_slice) {
        Some([Value::String(path), operand]) => lookup(path, operand),
        _ if value["type"] == "Q" => condition(value),
        _ => expression(value),
    }
}

fn lookup(path: &str, operand: &Value) -> Expr {
    let (name, lookup) = path.split_once("__").unwrap_or((path, "exact"));
    let field = || Expr::name(name);
    let compare = |op| Expr::binary(op, field(), expression_or_constant(operand));
    let like = |before: &str, after: &str| Expr::Like {
        operand: Box::new(field()),
        pattern: format!("{before}{}{after}", operand.as_str().unwrap_or_default()),
    };
    match (lookup, &list(operand)) {
        ("exact", _) => compare(BinaryOp::Eq),
        ("gt", _) => compare(BinaryOp::Gt),
        ("gte", _) => compare(BinaryOp::Ge),
        ("lt", _) => compare(BinaryOp::Lt),
        ("lte", _) => compare(BinaryOp::Le),
        ("contains", _) => like("%", "%"),
        ("startswith", _) => like("", "%"),
        ("endswith", _) => like("%", ""),
        ("isnull", _) => Expr::IsNull { operand: Box::new(field()), negated: operand != true },
        ("in", Some(list)) => Expr::InList { operand: Box::new(field()), list: list.clone() },
        ("range", Some(ends)) if ends.len() == 2 => Expr::binary(
            BinaryOp::And,
            Expr::binary(BinaryOp::Ge, field(), ends[0].clone()),
            Expr::binary(BinaryOp::Le, field(), ends[1].clone()),
        ),
        _ => Expr::Raw(format!("{path} {operand}")),
    }
}

/// Reads the items of a list, or of what Python only shows as one: `dict_keys(['F', 'M'])`.
fn list(value: &Value) -> Option<Vec<Expr>> {
    let shown = |text: &str| {
        let inner = &text[text.find('[')?..=text.rfind(']')?];
        serde_json::from_str::<Value>(&inner.replace('\'', "\"")).ok()
    };
    let items = match value["repr"].as_str() {
        Some(text) => shown(text)?,
        None => value.clone(),
    };
    Some(items.as_array()?.iter().map(expression_or_constant).collect())
}

fn expression_or_constant(value: &Value) -> Expr {
    if value.is_object() { expression(value) } else { constant(value) }
}

/// Reads a constant.
pub(crate) fn constant(value: &Value) -> Expr {
    match value {
        Value::Bool(value) => Expr::Literal(Literal::Bool(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Expr::int(number),
            None => Expr::Literal(Literal::Float(number.to_string())),
        },
        Value::String(text) => Expr::text(text),
        Value::Null | Value::Array(_) | Value::Object(_) => Expr::Raw(value.to_string()),
    }
}

/// Reads an expression; a plain text is the name of a field.
pub(crate) fn expression(value: &Value) -> Expr {
    if let Some(name) = value.as_str() {
        return Expr::name(name);
    }
    let arguments = || value["args"].as_array().into_iter().flatten();
    let first = || arguments().next().cloned().unwrap_or_default();
    let function = |function| Expr::Call { function, arguments: arguments().map(expression).collect() };
    match value["type"].as_str().unwrap_or_default() {
        "F" => expression(&first()),
        "Value" => constant(&first()),
        "Q" => condition(value),
        "OrderBy" => expression(&value.get("expression").cloned().unwrap_or_else(first)),
        "Lower" => function(Function::Lower),
        "Upper" => function(Function::Upper),
        "Length" => function(Function::Length),
        "Abs" => function(Function::Abs),
        "Coalesce" => function(Function::Coalesce),
        "Now" => function(Function::Now),
        "CombinedExpression" => combined(value),
        _ => unknown(value),
    }
}

/// Reads what two expressions come to by an operator, which stands between them.
fn combined(value: &Value) -> Expr {
    let operators = [
        ("+", BinaryOp::Add),
        ("-", BinaryOp::Sub),
        ("*", BinaryOp::Mul),
        ("/", BinaryOp::Div),
        ("%%", BinaryOp::Rem),
    ];
    let args = &value["args"];
    match operators.into_iter().find(|(text, _)| args[1] == *text) {
        Some((_, op)) => Expr::binary(op, expression_or_constant(&args[0]), expression_or_constant(&args[2])),
        None => Expr::Raw(value.to_string()),
    }
}

/// Returns a call of what we have no function for: it uses the same fields, and differs where theirs does.
fn unknown(value: &Value) -> Expr {
    let Some(arguments) = value["args"].as_array() else { return Expr::Raw(value.to_string()) };
    let mut rest = value.clone();
    rest["args"] = Value::Null;
    let mut all = vec![Expr::Raw(rest.to_string())];
    all.extend(
        arguments
            .iter()
            .map(|it| if it.is_string() || it.is_object() { expression(it) } else { constant(it) }),
    );
    Expr::Call { function: Function::Coalesce, arguments: all }
}

/// Reads a default of the database.
pub(crate) fn default(value: &Value) -> Expr {
    if value.is_object() { expression(value) } else { constant(value) }
}
