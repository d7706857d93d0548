//! Constants that suit a field, and conditions over the fields of a model.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;

use crate::names;
use crate::random::Random;

/// Returns whether the type is text.
pub(crate) fn is_text(column_type: &ColumnType) -> bool {
    matches!(column_type, ColumnType::Text | ColumnType::Varchar { .. })
}

/// Chooses a value for a field: a default, or what existing rows get.
pub(crate) fn value(random: &mut Random, field: &Field) -> Option<Expr> {
    let column_type = match &field.kind {
        FieldKind::Column(column_type) => column_type,
        FieldKind::ForeignKey(_) => return Some(Expr::int(1)),
        FieldKind::ManyToMany(_) => return None,
    };
    let call = |function| Expr::Call { function, arguments: Vec::new() };
    let mut values = vec![column_type.neutral_value()];
    if column_type.is_integer() {
        values.push(Expr::int(7));
    }
    if is_text(column_type) {
        values.push(Expr::text(names::text(random)));
    }
    if let ColumnType::I32 | ColumnType::I64 = column_type {
        values.push(Expr::int(-1));
    } else if let ColumnType::F64 | ColumnType::Decimal { .. } = column_type {
        values.push(Expr::Literal(Literal::Float("1.5".to_owned())));
    } else if let ColumnType::Bytes | ColumnType::Varbinary { .. } = column_type {
        values.push(Expr::Literal(Literal::Bytes(vec![0, 34, 255])));
    } else if let ColumnType::DateTime | ColumnType::DateTimeTz = column_type {
        values.push(call(Function::Now));
    } else if let ColumnType::Date = column_type {
        values.push(call(Function::CurrentDate));
    } else if let ColumnType::Uuid = column_type {
        values.push(call(Function::RandomUuid));
    }
    random.pick(&values).cloned()
}

/// A way to ask something of a field.
type Ask = fn(&mut Random, &Field) -> Option<Expr>;

/// What can be asked of a field, by name; a new kind of condition is an entry here.
const CONDITIONS: [(&str, Ask); 14] = [
    ("not neutral", |_, field| Some(Expr::binary(BinaryOp::Ne, it(field), field.neutral_value()?))),
    ("compared", |random, field| {
        use BinaryOp::{Eq, Ge, Gt, Le, Lt};
        let op = *random.pick(&[Eq, Ge, Gt, Le, Lt])?;
        Some(Expr::binary(op, it(integer(field)?), Expr::int(u8::try_from(random.below(9)).ok()?)))
    }),
    ("computed with", |random, field| {
        use BinaryOp::{Add, Div, Mul, Rem, Sub};
        let sum = Expr::binary(*random.pick(&[Add, Div, Mul, Rem, Sub])?, it(integer(field)?), Expr::int(2));
        Some(Expr::binary(BinaryOp::Gt, sum, Expr::int(0)))
    }),
    ("in a list", |_, field| {
        let list = vec![Expr::int(1), Expr::int(2)];
        Some(Expr::InList { operand: Box::new(it(integer(field)?)), list })
    }),
    ("in a list of texts", |random, field| {
        let list = vec![Expr::text(names::text(random)), Expr::text("other")];
        Some(Expr::InList { operand: Box::new(it(text(field)?)), list })
    }),
    ("or else", |_, field| {
        let arguments = vec![it(integer(field)?), Expr::int(1)];
        let value = Expr::Call { function: Function::Coalesce, arguments };
        Some(Expr::binary(BinaryOp::Ne, Expr::Neg(Box::new(value)), Expr::int(4)))
    }),
    ("absolute", |_, field| {
        let absolute = Expr::Call { function: Function::Abs, arguments: vec![it(integer(field)?)] };
        Some(Expr::binary(BinaryOp::Lt, absolute, Expr::int(9)))
    }),
    ("like", |random, field| {
        Some(Expr::Like { operand: Box::new(it(text(field)?)), pattern: names::text(random) })
    }),
    ("lower", |random, field| {
        let function = *random.pick(&[Function::Lower, Function::Upper])?;
        let lower = Expr::Call { function, arguments: vec![it(text(field)?)] };
        Some(Expr::binary(BinaryOp::Eq, lower, Expr::text(names::text(random))))
    }),
    ("long", |_, field| {
        let length = Expr::Call { function: Function::Length, arguments: vec![it(text(field)?)] };
        Some(Expr::binary(BinaryOp::Gt, length, Expr::int(2)))
    }),
    ("true", |_, field| matches!(field.kind, FieldKind::Column(ColumnType::Bool)).then(|| it(field))),
    ("null", |random, field| {
        field.null.then(|| Expr::IsNull { operand: Box::new(it(field)), negated: random.one_in(2) })
    }),
    ("a row", |_, field| field.relation().map(|_| Expr::binary(BinaryOp::Gt, it(field), Expr::int(0)))),
    ("told in SQL", |random, field| {
        let raw = Expr::Raw(format!("1 <> '{}'", random.below(9)));
        Some(Expr::binary(BinaryOp::Or, Expr::binary(BinaryOp::Eq, it(field), it(field)), raw))
    }),
];

/// Chooses a condition over one or two fields of a model.
pub(crate) fn condition(random: &mut Random, model: &Model) -> Option<Expr> {
    let one = simple(random, model)?;
    Some(match random.below(6) {
        0 => Expr::binary(BinaryOp::And, one, simple(random, model)?),
        1 => Expr::binary(BinaryOp::Or, one, simple(random, model)?),
        2 => Expr::Not(Box::new(one)),
        _ => one,
    })
}

fn simple(random: &mut Random, model: &Model) -> Option<Expr> {
    let fields: Vec<&Field> = model.fields.iter().filter(|field| field.has_column()).collect();
    let field = *random.pick(&fields)?;
    let start = random.below(CONDITIONS.len());
    (0..CONDITIONS.len()).find_map(|turn| CONDITIONS[(start + turn) % CONDITIONS.len()].1(random, field))
}

fn it(field: &Field) -> Expr {
    Expr::name(field.name.as_str())
}

fn integer(field: &Field) -> Option<&Field> {
    matches!(&field.kind, FieldKind::Column(it) if it.is_integer()).then_some(field)
}

fn text(field: &Field) -> Option<&Field> {
    matches!(&field.kind, FieldKind::Column(it) if is_text(it)).then_some(field)
}
