//! [`Expr`] -> the Rust expression that reads back as the same.

use std::fmt::Write;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};

use crate::grammar::ident;
use crate::grammar::text::quoted;

/// How tightly an expression holds together; an operand that holds less than its place asks gets parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Grip {
    Or,
    And,
    Compare,
    Add,
    Multiply,
    Prefix,
    Postfix,
}

/// Prints an expression.
pub(crate) fn print(expr: &Expr) -> String {
    let mut text = String::new();
    write_expr(&mut text, expr);
    text
}

fn write_expr(out: &mut String, expr: &Expr) {
    match expr {
        Expr::Name(name) => out.push_str(&ident::spell(name)),
        Expr::Literal(literal) => write_literal(out, literal),
        Expr::Not(operand) => write_prefix(out, '!', operand),
        Expr::Neg(operand) => write_prefix(out, '-', operand),
        Expr::Binary { op, left, right } => {
            let (symbol, grip) = operator(*op);
            // Comparisons do not chain; everything else groups to the left.
            let left_grip = if grip == Grip::Compare { Grip::Add } else { grip };
            write_operand(out, left, left_grip);
            out.push_str(symbol);
            write_operand(out, right, next(grip));
        }
        Expr::IsNull { operand, negated } => {
            write_operand(out, operand, Grip::Postfix);
            out.push_str(if *negated { ".is_some()" } else { ".is_none()" });
        }
        Expr::InList { operand, list } => {
            write_operand(out, operand, Grip::Postfix);
            out.push_str(".is_in([");
            write_list(out, list);
            out.push_str("])");
        }
        Expr::Like { operand, pattern } => {
            write_operand(out, operand, Grip::Postfix);
            out.push_str(".like(");
            out.push_str(&quoted(pattern));
            out.push(')');
        }
        Expr::Call { function, arguments } => {
            out.push_str(function.name());
            out.push('(');
            write_list(out, arguments);
            out.push(')');
        }
        Expr::Variant { choices, variant } => {
            out.push_str(choices);
            out.push_str("::");
            out.push_str(&ident::spell(variant));
        }
        Expr::Raw(sql) => {
            out.push_str("sql(");
            out.push_str(&quoted(sql));
            out.push(')');
        }
    }
}

fn write_list(out: &mut String, list: &[Expr]) {
    for (position, item) in list.iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write_expr(out, item);
    }
}

/// `-5` is a literal, so a negated literal is `-(5)`.
fn write_prefix(out: &mut String, sign: char, operand: &Expr) {
    out.push(sign);
    if sign == '-' && matches!(operand, Expr::Literal(Literal::Int(_))) {
        out.push('(');
        write_expr(out, operand);
        out.push(')');
    } else {
        write_operand(out, operand, Grip::Prefix);
    }
}

fn write_operand(out: &mut String, operand: &Expr, place: Grip) {
    if grip(operand) < place {
        out.push('(');
        write_expr(out, operand);
        out.push(')');
    } else {
        write_expr(out, operand);
    }
}

fn grip(expr: &Expr) -> Grip {
    match expr {
        Expr::Binary { op, .. } => operator(*op).1,
        Expr::Not(_) | Expr::Neg(_) => Grip::Prefix,
        Expr::Literal(Literal::Int(number)) if *number < 0 => Grip::Prefix,
        Expr::Name(_)
        | Expr::Literal(_)
        | Expr::IsNull { .. }
        | Expr::InList { .. }
        | Expr::Like { .. }
        | Expr::Call { .. }
        | Expr::Raw(_)
        | Expr::Variant { .. } => Grip::Postfix,
    }
}

fn next(grip: Grip) -> Grip {
    match grip {
        Grip::Or => Grip::And,
        Grip::And => Grip::Compare,
        Grip::Compare => Grip::Add,
        Grip::Add => Grip::Multiply,
        Grip::Multiply => Grip::Prefix,
        Grip::Prefix | Grip::Postfix => Grip::Postfix,
    }
}

fn operator(op: BinaryOp) -> (&'static str, Grip) {
    match op {
        BinaryOp::Or => (" || ", Grip::Or),
        BinaryOp::And => (" && ", Grip::And),
        BinaryOp::Eq => (" == ", Grip::Compare),
        BinaryOp::Ne => (" != ", Grip::Compare),
        BinaryOp::Lt => (" < ", Grip::Compare),
        BinaryOp::Le => (" <= ", Grip::Compare),
        BinaryOp::Gt => (" > ", Grip::Compare),
        BinaryOp::Ge => (" >= ", Grip::Compare),
        BinaryOp::Add => (" + ", Grip::Add),
        BinaryOp::Sub => (" - ", Grip::Add),
        BinaryOp::Mul => (" * ", Grip::Multiply),
        BinaryOp::Div => (" / ", Grip::Multiply),
        BinaryOp::Rem => (" % ", Grip::Multiply),
    }
}

fn write_literal(out: &mut String, literal: &Literal) {
    match literal {
        Literal::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Literal::Int(value) => {
            // Writing into a `String` cannot fail.
            let _ = write!(out, "{value}");
        }
        Literal::Float(digits) => out.push_str(digits),
        Literal::Text(text) => out.push_str(&quoted(text)),
        Literal::Bytes(bytes) => {
            out.push_str("b\"");
            for byte in bytes {
                match byte {
                    b'"' => out.push_str("\\\""),
                    b'\\' => out.push_str("\\\\"),
                    b' '..=b'~' => out.push(char::from(*byte)),
                    _ => {
                        let _ = write!(out, "\\x{byte:02x}");
                    }
                }
            }
            out.push('"');
        }
    }
}
