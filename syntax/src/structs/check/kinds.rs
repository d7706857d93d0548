//! Checks that the parts of an expression match: text is not compared with a number, and not computed with.
//!
//! Databases treat such a mistake differently: an error when the table is created, an error when a row is inserted, or
//! a condition that is never true. What is unknown here (raw SQL, a reference) matches everything.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::FieldKind;
use modelshift_schema::model::Model;
use modelshift_schema::type_family::TypeFamily;

use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;

/// The kind of value of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Truth,
    Number,
    Text,
    Bytes,
    Date,
    Time,
    Moment,
    Uuid,
    Unknown,
}

impl Kind {
    fn of_column(column_type: &ColumnType) -> Self {
        // Values that suit an enum are checked where its variants are known.
        if column_type.choices().is_some() {
            return Self::Unknown;
        }
        match column_type.family() {
            TypeFamily::Bool => Self::Truth,
            TypeFamily::Integer | TypeFamily::Float | TypeFamily::Decimal => Self::Number,
            TypeFamily::Text => Self::Text,
            TypeFamily::Bytes => Self::Bytes,
            TypeFamily::Date => Self::Date,
            TypeFamily::Time => Self::Time,
            TypeFamily::DateTime | TypeFamily::Timestamp => Self::Moment,
            TypeFamily::Uuid => Self::Uuid,
            TypeFamily::Json | TypeFamily::Enum | TypeFamily::Array | TypeFamily::Native => Self::Unknown,
        }
    }

    fn of_literal(literal: &Literal) -> Self {
        match literal {
            Literal::Bool(_) => Self::Truth,
            Literal::Int(_) | Literal::Float(_) => Self::Number,
            Literal::Text(_) => Self::Text,
            Literal::Bytes(_) => Self::Bytes,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Truth => "true or false",
            Self::Number => "a number",
            Self::Text => "text",
            Self::Bytes => "bytes",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Moment => "a timestamp",
            Self::Uuid => "a UUID",
            Self::Unknown => "a value",
        }
    }

    fn sample(self) -> &'static str {
        match self {
            Self::Truth => "`true`",
            Self::Number => "`0`",
            Self::Text => "`\"a\"`",
            Self::Bytes => "`b\"a\"`",
            Self::Date => "`\"1970-01-01\"`",
            Self::Time => "`\"12:30:00\"`",
            Self::Moment => "`\"1970-01-01 00:00:00+00:00\"`",
            Self::Uuid => "`\"00000000-0000-0000-0000-000000000000\"`",
            Self::Unknown => "another field",
        }
    }

    /// Returns whether values of the two kinds can be compared; dates, times and UUIDs are spelled as text.
    fn compares_with(self, other: Self, is_spelled: bool) -> bool {
        self == other
            || self == Self::Unknown
            || other == Self::Unknown
            || (self.is_day() && other.is_day())
            || (is_spelled && self == Self::Text && other.is_spelled_as_text())
            || (is_spelled && other == Self::Text && self.is_spelled_as_text())
    }

    fn is_day(self) -> bool {
        matches!(self, Self::Date | Self::Moment)
    }

    fn is_spelled_as_text(self) -> bool {
        match self {
            Self::Date | Self::Time | Self::Moment | Self::Uuid => true,
            Self::Truth | Self::Number | Self::Text | Self::Bytes | Self::Unknown => false,
        }
    }
}

/// Reports mismatches in a condition, which must be true or false.
pub(super) fn condition(spelled: &Spelled, model: &Model, ctxt: &mut Ctxt) {
    let mut reader = Reader { spelled, model, ctxt };
    reader.truth(&spelled.expr);
}

/// Reports mismatches in an expression of any kind.
pub(super) fn expression(spelled: &Spelled, model: &Model, ctxt: &mut Ctxt) {
    let mut reader = Reader { spelled, model, ctxt };
    reader.kind(&spelled.expr);
}

/// Reports mismatches in an expression that becomes the value of a column.
pub(super) fn value(spelled: &Spelled, holds: &ColumnType, model: &Model, ctxt: &mut Ctxt) {
    let mut reader = Reader { spelled, model, ctxt };
    let kind = reader.kind(&spelled.expr);
    let wanted = Kind::of_column(holds);
    if !wanted.compares_with(kind, matches!(spelled.expr, Expr::Literal(_))) {
        let message = format!(
            "expected {} for this field, and {} is {}; change the field's type, or what it is computed from",
            wanted.name(),
            subject(&spelled.expr),
            kind.name()
        );
        reader.error(&spelled.expr, &message);
    }
}

struct Reader<'a> {
    spelled: &'a Spelled,
    model: &'a Model,
    ctxt: &'a mut Ctxt,
}

impl Reader<'_> {
    /// Reports an error at the field that the part begins with, or at the whole expression.
    fn error(&mut self, part: &Expr, message: &str) {
        let first = part.names().first().copied();
        let place = self.spelled.names.iter().find(|(name, _)| Some(name.as_str()) == first);
        match place {
            Some((_, span)) => self.ctxt.error(*span, message),
            None => self.ctxt.push(self.spelled.error(message)),
        }
    }

    fn truth(&mut self, expr: &Expr) {
        let kind = self.kind(expr);
        // A bare constant is reported elsewhere.
        if !matches!(kind, Kind::Truth | Kind::Unknown) && !expr.names().is_empty() {
            let message = format!(
                "expected what is true or false, and {} is {}; compare it, such as `{} == {}`",
                subject(expr),
                kind.name(),
                name_of(expr),
                kind.sample().trim_matches('`')
            );
            self.error(expr, &message);
        }
    }

    /// Returns the kind of value, and reports mismatches inside.
    fn kind(&mut self, expr: &Expr) -> Kind {
        match expr {
            Expr::Name(name) => self.kind_of_field(name),
            Expr::Literal(literal) => Kind::of_literal(literal),
            Expr::Not(operand) => {
                self.truth(operand);
                Kind::Truth
            }
            Expr::Neg(operand) => self.number(operand),
            Expr::Binary { op, left, right } => self.binary(*op, left, right),
            Expr::IsNull { operand, .. } => {
                self.kind(operand);
                self.may_be_null(operand);
                Kind::Truth
            }
            Expr::InList { operand, list } => {
                let kind = self.kind(operand);
                for item in list {
                    let other = self.kind(item);
                    if !self.compare((operand, kind), (item, other)) {
                        break;
                    }
                }
                Kind::Truth
            }
            Expr::Like { operand, .. } => {
                let kind = self.kind(operand);
                self.require((operand, kind), Kind::Text, "`like` is for text");
                Kind::Truth
            }
            Expr::Call { function, arguments } => self.call(*function, arguments),
            Expr::Raw(_) | Expr::Variant { .. } => Kind::Unknown,
        }
    }

    fn kind_of_field(&self, name: &str) -> Kind {
        let field = self.model.fields.iter().find(|field| field.name == name);
        match field.map(|field| &field.kind) {
            Some(FieldKind::Column(column_type)) => Kind::of_column(column_type),
            Some(FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_)) | None => Kind::Unknown,
        }
    }

    /// PostgreSQL compares shapes by their area, or not at all.
    fn is_never_compared(&self, expr: &Expr) -> bool {
        let Expr::Name(name) = expr else { return false };
        let field = self.model.fields.iter().find(|field| field.name == **name);
        let mut holds = match field.map(|field| &field.kind) {
            Some(FieldKind::Column(column_type)) => column_type,
            Some(FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_)) | None => return false,
        };
        while let ColumnType::Array(item) = holds {
            holds = item;
        }
        matches!(holds, ColumnType::Native(native) if !native.has_order())
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) -> Kind {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                self.truth(left);
                self.truth(right);
                Kind::Truth
            }
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                let (kind, other) = (self.kind(left), self.kind(right));
                self.compare((left, kind), (right, other));
                Kind::Truth
            }
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                let kinds = (self.number(left), self.number(right));
                if kinds == (Kind::Number, Kind::Number) { Kind::Number } else { Kind::Unknown }
            }
        }
    }

    /// Returns whether two values compare, and notes where they do not.
    fn compare(&mut self, (left, kind): (&Expr, Kind), (right, other): (&Expr, Kind)) -> bool {
        if let Some(part) = [left, right].into_iter().find(|it| self.is_never_compared(it)) {
            let message = format!(
                "{} is of a type that databases have no such comparison for; write the condition as `sql(\"…\")`",
                subject(part)
            );
            self.error(part, &message);
            return false;
        }
        let has_literal = matches!((left, right), (Expr::Literal(_), _) | (_, Expr::Literal(_)));
        if kind.compares_with(other, has_literal) {
            return self.suits(left, right) && self.suits(right, left);
        }
        // The side with a field decides what the other side should be.
        let (part, kind, other) =
            if left.names().is_empty() { (right, other, kind) } else { (left, kind, other) };
        let message = format!(
            "{} is {}, which cannot be compared with {}; compare it with {}, such as {}",
            subject(part),
            kind.name(),
            other.name(),
            kind.name(),
            kind.sample()
        );
        self.error(part, &message);
        false
    }

    /// Returns whether a text that a column is compared with has the form of its values, and notes where it has not.
    fn suits(&mut self, column: &Expr, other: &Expr) -> bool {
        let (Expr::Name(name), Expr::Literal(literal)) = (column, other) else { return true };
        let field = self.model.fields.iter().find(|field| field.name == **name);
        let Some(FieldKind::Column(holds)) = field.map(|field| &field.kind) else { return true };
        let Err(expected) = modelshift_schema::constant::compares(literal, holds) else { return true };
        self.error(column, &format!("{} is compared with another value: {expected}", subject(column)));
        false
    }

    /// Requires something to compute with. Dates and times are left to the database.
    fn number(&mut self, operand: &Expr) -> Kind {
        let kind = self.kind(operand);
        match kind {
            Kind::Number | Kind::Unknown => kind,
            Kind::Date | Kind::Time | Kind::Moment => Kind::Unknown,
            Kind::Truth | Kind::Text | Kind::Bytes | Kind::Uuid => {
                let message = format!(
                    "{} is {}, which cannot be computed with; expected a number, such as `length(…)` of a text",
                    subject(operand),
                    kind.name()
                );
                self.error(operand, &message);
                Kind::Unknown
            }
        }
    }

    fn require(&mut self, (operand, kind): (&Expr, Kind), wanted: Kind, rule: &str) {
        if kind != wanted && kind != Kind::Unknown {
            let message =
                format!("{rule}, and {} is {}; use another field or rule", subject(operand), kind.name());
            self.error(operand, &message);
        }
    }

    fn may_be_null(&mut self, operand: &Expr) {
        let Expr::Name(name) = operand else { return };
        let field = self.model.fields.iter().find(|field| field.name == *name.as_str());
        if field.is_some_and(|field| !field.null) {
            let message =
                format!("field `{name}` is never NULL; make it an `Option<…>`, or leave the question out");
            self.error(operand, &message);
        }
    }

    fn call(&mut self, function: Function, arguments: &[Expr]) -> Kind {
        let (for_text, for_numbers) =
            (format!("`{}` is for text", function.name()), format!("`{}` is for numbers", function.name()));
        let kinds: Vec<(&Expr, Kind)> = arguments.iter().map(|it| (it, self.kind(it))).collect();
        match function {
            Function::Lower | Function::Upper => {
                for it in &kinds {
                    self.require(*it, Kind::Text, &for_text);
                }
                Kind::Text
            }
            Function::Length => {
                let others = kinds.iter().filter(|(_, kind)| *kind != Kind::Bytes);
                others.for_each(|it| self.require(*it, Kind::Text, &for_text));
                Kind::Number
            }
            Function::Abs => {
                for it in &kinds {
                    self.require(*it, Kind::Number, &for_numbers);
                }
                Kind::Number
            }
            Function::Coalesce => {
                let Some((first, rest)) = kinds.split_first() else { return Kind::Unknown };
                let suit = rest.iter().all(|it| self.compare(*first, *it));
                if suit { first.1 } else { Kind::Unknown }
            }
            Function::Now => Kind::Moment,
            Function::CurrentDate => Kind::Date,
            Function::CurrentTime => Kind::Time,
            Function::RandomUuid => Kind::Uuid,
        }
    }
}

/// Names a part of a condition for an error.
fn subject(expr: &Expr) -> String {
    if let Expr::Name(name) = expr { format!("field `{name}`") } else { "this".to_owned() }
}

fn name_of(expr: &Expr) -> String {
    if let Expr::Name(name) = expr { name.clone() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests;
