//! Expressions over the fields of a model (or the columns of a table): checks, partial indexes, defaults.
//!
//! The same tree serves both sides: in a model a [`Expr::Name`] is a field, in a table image a column.

use serde::{Deserialize, Serialize};

use crate::model::raw_sql;

/// A constant, as it is written in source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// An integer, from the smallest `i64` to the largest `u64`.
    Int(i128),
    /// A number with a point or exponent, as written and without a suffix, such as `1.50`.
    Float(String),
    /// Text.
    Text(String),
    /// Bytes, as in `b"…"`.
    Bytes(Vec<u8>),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `a || b`.
    Or,
    /// `a && b`.
    And,
    /// `a == b`.
    Eq,
    /// `a != b`.
    Ne,
    /// `a < b`.
    Lt,
    /// `a <= b`.
    Le,
    /// `a > b`.
    Gt,
    /// `a >= b`.
    Ge,
    /// `a + b`.
    Add,
    /// `a - b`.
    Sub,
    /// `a * b`.
    Mul,
    /// `a / b`.
    Div,
    /// `a % b`.
    Rem,
}

/// A function that every dialect has in some spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Function {
    /// The time now, `now()`.
    Now,
    /// The present date, `current_date()`.
    CurrentDate,
    /// The present time of day, `current_time()`.
    CurrentTime,
    /// A random UUID, `random_uuid()`.
    RandomUuid,
    /// Lower case, `lower(x)`.
    Lower,
    /// Upper case, `upper(x)`.
    Upper,
    /// The number of characters, `length(x)`.
    Length,
    /// The absolute value, `abs(x)`.
    Abs,
    /// The first operand that is not NULL, `coalesce(x, y)`.
    Coalesce,
}

impl Function {
    /// Every function, in the order of the enum.
    pub const ALL: [Self; 9] = [
        Self::Now,
        Self::CurrentDate,
        Self::CurrentTime,
        Self::RandomUuid,
        Self::Lower,
        Self::Upper,
        Self::Length,
        Self::Abs,
        Self::Coalesce,
    ];

    /// Returns the name in source, such as `current_date`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::CurrentDate => "current_date",
            Self::CurrentTime => "current_time",
            Self::RandomUuid => "random_uuid",
            Self::Lower => "lower",
            Self::Upper => "upper",
            Self::Length => "length",
            Self::Abs => "abs",
            Self::Coalesce => "coalesce",
        }
    }

    /// Returns the least and the largest number of arguments.
    pub fn arity(self) -> (usize, usize) {
        match self {
            Self::Now | Self::CurrentDate | Self::CurrentTime | Self::RandomUuid => (0, 0),
            Self::Lower | Self::Upper | Self::Length | Self::Abs => (1, 1),
            Self::Coalesce => (2, usize::MAX),
        }
    }

    /// Returns whether the value is the same for the same arguments at all times (an index needs that).
    pub fn is_immutable(self) -> bool {
        match self {
            Self::Now | Self::CurrentDate | Self::CurrentTime | Self::RandomUuid => false,
            Self::Lower | Self::Upper | Self::Length | Self::Abs | Self::Coalesce => true,
        }
    }
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// A field (in a model) or a column (in a table image).
    Name(String),
    /// A constant.
    Literal(Literal),
    /// `!x`.
    Not(Box<Expr>),
    /// `-x`.
    Neg(Box<Expr>),
    /// Two operands and their operator.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        left: Box<Expr>,
        /// The right operand.
        right: Box<Expr>,
    },
    /// `x.is_none()`, or `x.is_some()` when negated.
    IsNull {
        /// What is tested.
        operand: Box<Expr>,
        /// True for `is_some`.
        negated: bool,
    },
    /// `x.is_in([a, b])`.
    InList {
        /// What is looked for.
        operand: Box<Expr>,
        /// Where it is looked for; not empty.
        list: Vec<Expr>,
    },
    /// `x.like("a%")`.
    Like {
        /// What is matched.
        operand: Box<Expr>,
        /// The pattern, with SQL's `%` and `_`.
        pattern: String,
    },
    /// A function call.
    Call {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// `sql("…")`: text for the database as it is, in every dialect.
    Raw(String),
    /// `Status::Draft`, as in source; a migration has its value instead.
    Variant {
        /// The path of the enum, as written.
        choices: String,
        /// The name of the variant.
        variant: String,
    },
}

impl Expr {
    /// Creates a name.
    pub fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }

    /// Creates an integer constant.
    pub fn int(value: impl Into<i128>) -> Self {
        Self::Literal(Literal::Int(value.into()))
    }

    /// Creates a text constant.
    pub fn text(value: impl Into<String>) -> Self {
        Self::Literal(Literal::Text(value.into()))
    }

    /// Creates a binary expression.
    pub fn binary(op: BinaryOp, left: Self, right: Self) -> Self {
        Self::Binary { op, left: Box::new(left), right: Box::new(right) }
    }

    /// Calls `visit` for this node and every node below it, parents first.
    pub fn visit<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::Name(_) | Self::Literal(_) | Self::Raw(_) | Self::Variant { .. } => {}
            Self::Not(operand)
            | Self::Neg(operand)
            | Self::IsNull { operand, .. }
            | Self::Like { operand, .. } => operand.visit(visit),
            Self::Binary { left, right, .. } => {
                left.visit(visit);
                right.visit(visit);
            }
            Self::InList { operand, list } => {
                operand.visit(visit);
                for item in list {
                    item.visit(visit);
                }
            }
            Self::Call { arguments, .. } => {
                for item in arguments {
                    item.visit(visit);
                }
            }
        }
    }

    /// Returns the number of levels of the expression; a name or a constant has none.
    pub fn levels(&self) -> usize {
        match self {
            Self::Name(_) | Self::Literal(_) | Self::Raw(_) | Self::Variant { .. } => 0,
            Self::Not(operand)
            | Self::Neg(operand)
            | Self::IsNull { operand, .. }
            | Self::Like { operand, .. } => 1 + operand.levels(),
            Self::Binary { left, right, .. } => 1 + left.levels().max(right.levels()),
            Self::InList { operand, list } => {
                1 + list.iter().chain([&**operand]).map(Self::levels).max().unwrap_or(0)
            }
            Self::Call { arguments, .. } => 1 + arguments.iter().map(Self::levels).max().unwrap_or(0),
        }
    }

    /// Returns the names in the expression, in order of first appearance.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        self.visit(&mut |node| {
            if let Self::Name(name) = node
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        });
        names
    }

    /// Returns the pieces of raw text in the expression.
    pub fn raw_texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        self.visit(&mut |node| {
            if let Self::Raw(text) = node {
                texts.push(text);
            }
        });
        texts
    }

    /// Returns whether a column may be read, of an expression over the columns of a table.
    pub fn may_read_column(&self, column: &str) -> bool {
        self.names().contains(&column)
            || self.raw_texts().iter().any(|text| raw_sql::holds_word(text, column))
    }

    /// Returns the expression with another name for a column in its raw text.
    #[must_use]
    pub fn with_raw_column(&self, before: &str, after: &str) -> Self {
        self.map_leaves(&|leaf| {
            let Self::Raw(text) = leaf else { return None };
            Some(Self::Raw(raw_sql::renamed(text, before, after)))
        })
    }

    /// Returns the expression over the columns of a table with another name for one of them.
    #[must_use]
    pub fn with_column(&self, before: &str, after: &str) -> Self {
        self.renamed(before, after).with_raw_column(before, after)
    }

    /// Returns the expression with every name replaced by what `map` returns for it.
    #[must_use]
    pub fn map_names(&self, map: &impl Fn(&str) -> String) -> Self {
        self.map_leaves(&|leaf| if let Self::Name(name) = leaf { Some(Self::Name(map(name))) } else { None })
    }

    /// Returns the expression with every part that has no parts itself replaced by what `map` returns for it, if anything.
    #[must_use]
    pub fn map_leaves(&self, map: &impl Fn(&Self) -> Option<Self>) -> Self {
        let boxed = |operand: &Self| Box::new(operand.map_leaves(map));
        let all = |list: &[Self]| list.iter().map(|item| item.map_leaves(map)).collect();
        match self {
            Self::Name(_) | Self::Literal(_) | Self::Raw(_) | Self::Variant { .. } => {
                map(self).unwrap_or_else(|| self.clone())
            }
            Self::Not(operand) => Self::Not(boxed(operand)),
            Self::Neg(operand) => Self::Neg(boxed(operand)),
            Self::Binary { op, left, right } => {
                Self::Binary { op: *op, left: boxed(left), right: boxed(right) }
            }
            Self::IsNull { operand, negated } => Self::IsNull { operand: boxed(operand), negated: *negated },
            Self::InList { operand, list } => Self::InList { operand: boxed(operand), list: all(list) },
            Self::Like { operand, pattern } => {
                Self::Like { operand: boxed(operand), pattern: pattern.clone() }
            }
            Self::Call { function, arguments } => {
                Self::Call { function: *function, arguments: all(arguments) }
            }
        }
    }

    /// Returns the expression with one name replaced by another.
    #[must_use]
    pub fn renamed(&self, before: &str, after: &str) -> Self {
        self.map_names(&|name| if name == before { after.to_owned() } else { name.to_owned() })
    }

    /// Returns whether the expression is a plain constant, a negated number included.
    pub fn is_constant(&self) -> bool {
        match self {
            Self::Literal(_) => true,
            Self::Neg(operand) => matches!(**operand, Self::Literal(_)),
            Self::Name(_)
            | Self::Not(_)
            | Self::Binary { .. }
            | Self::IsNull { .. }
            | Self::InList { .. }
            | Self::Like { .. }
            | Self::Call { .. }
            | Self::Raw(_)
            | Self::Variant { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_renamed_at_every_depth() {
        let expr = Expr::InList {
            operand: Box::new(Expr::Call { function: Function::Lower, arguments: vec![Expr::name("a")] }),
            list: vec![Expr::text("x"), Expr::Neg(Box::new(Expr::name("b")))],
        };
        assert_eq!(expr.names(), ["a", "b"]);
        assert_eq!(expr.renamed("b", "c").names(), ["a", "c"]);
    }
}
