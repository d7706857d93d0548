//! Columns, and conditions and expressions over them, which the compiler checks.

use std::marker::PhantomData;

use modelshift_schema::expr::{BinaryOp, Expr};

use super::stored::Stored;

/// A column of a model `R` with values of type `T`; `Post::COLUMNS` has them all.
#[derive(Debug)]
pub struct Column<R, T> {
    field: &'static str,
    holds: PhantomData<fn() -> (R, T)>,
}

impl<R, T> Clone for Column<R, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> Copy for Column<R, T> {}

/// A condition over the rows of a model `R`.
#[derive(Clone, Debug)]
pub struct Condition<R> {
    pub(crate) expr: Option<Expr>,
    of: PhantomData<fn() -> R>,
}

/// A value that the database computes for each row of a model `R`.
#[derive(Clone, Debug)]
pub struct Expression<R, T> {
    /// None for NULL.
    expr: Option<Expr>,
    of: PhantomData<fn() -> (R, T)>,
}

/// A new value for a column.
#[derive(Clone, Debug)]
pub struct Assignment<R> {
    pub(crate) field: &'static str,
    pub(crate) value: Option<Expr>,
    of: PhantomData<fn() -> R>,
}

/// What a column of type `T` of a model `R` can be compared with and set to.
pub trait Operand<R, T> {
    /// Returns it as an expression.
    fn into_expression(self) -> Expression<R, T>;
}

impl<R, T: Stored> Operand<R, T> for T {
    fn into_expression(self) -> Expression<R, T> {
        Expression::new(self.to_literal().map(Expr::Literal))
    }
}

impl<R, T: Stored> Operand<R, Option<T>> for T {
    fn into_expression(self) -> Expression<R, Option<T>> {
        Expression::new(self.to_literal().map(Expr::Literal))
    }
}

impl<R> Operand<R, String> for &str {
    fn into_expression(self) -> Expression<R, String> {
        Expression::new(Some(Expr::text(self)))
    }
}

impl<R> Operand<R, Option<String>> for &str {
    fn into_expression(self) -> Expression<R, Option<String>> {
        Expression::new(Some(Expr::text(self)))
    }
}

impl<R, T> Operand<R, T> for Column<R, T> {
    fn into_expression(self) -> Expression<R, T> {
        Expression::new(Some(Expr::name(self.field)))
    }
}

impl<R, T> Operand<R, T> for Expression<R, T> {
    fn into_expression(self) -> Self {
        self
    }
}

impl<R, T> Expression<R, T> {
    fn new(expr: Option<Expr>) -> Self {
        Self { expr, of: PhantomData }
    }
}

impl<R, T> Column<R, T> {
    /// Creates a column by the name of its field.
    pub const fn new(field: &'static str) -> Self {
        Self { field, holds: PhantomData }
    }

    /// Returns the rows where it equals a value; NULL equals NULL.
    pub fn eq(self, other: impl Operand<R, T>) -> Condition<R> {
        match other.into_expression().expr {
            Some(other) => self.compare(BinaryOp::Eq, other),
            None => self.is_null(),
        }
    }

    /// Returns the rows where it does not equal a value; as in SQL, NULL is in neither.
    pub fn ne(self, other: impl Operand<R, T>) -> Condition<R> {
        match other.into_expression().expr {
            Some(other) => self.compare(BinaryOp::Ne, other),
            None => self.is_not_null(),
        }
    }

    /// Returns the rows where it is less than a value.
    pub fn lt(self, other: impl Operand<R, T>) -> Condition<R> {
        self.ordered(BinaryOp::Lt, other)
    }

    /// Returns the rows where it is at most a value.
    pub fn le(self, other: impl Operand<R, T>) -> Condition<R> {
        self.ordered(BinaryOp::Le, other)
    }

    /// Returns the rows where it is greater than a value.
    pub fn gt(self, other: impl Operand<R, T>) -> Condition<R> {
        self.ordered(BinaryOp::Gt, other)
    }

    /// Returns the rows where it is at least a value.
    pub fn ge(self, other: impl Operand<R, T>) -> Condition<R> {
        self.ordered(BinaryOp::Ge, other)
    }

    /// Returns the rows where it is one of these values.
    pub fn is_in<V: Operand<R, T>>(self, list: impl IntoIterator<Item = V>) -> Condition<R> {
        let list: Vec<Expr> = list.into_iter().filter_map(|item| item.into_expression().expr).collect();
        if list.is_empty() {
            return Condition::none();
        }
        Condition::new(Expr::InList { operand: Box::new(Expr::name(self.field)), list })
    }

    /// Returns the rows where it is NULL.
    pub fn is_null(self) -> Condition<R> {
        Condition::new(Expr::IsNull { operand: Box::new(Expr::name(self.field)), negated: false })
    }

    /// Returns the rows where it is not NULL.
    pub fn is_not_null(self) -> Condition<R> {
        Condition::new(Expr::IsNull { operand: Box::new(Expr::name(self.field)), negated: true })
    }

    /// Returns the rows whose text matches a pattern, in which `%` matches any text and `_` for one character.
    pub fn like(self, pattern: &str) -> Condition<R> {
        Condition::new(Expr::Like { operand: Box::new(Expr::name(self.field)), pattern: pattern.to_owned() })
    }

    /// Sets it to a value, or to what the database computes.
    pub fn set(self, value: impl Operand<R, T>) -> Assignment<R> {
        Assignment { field: self.field, value: value.into_expression().expr, of: PhantomData }
    }

    fn ordered(self, op: BinaryOp, other: impl Operand<R, T>) -> Condition<R> {
        // Nothing is less or greater than NULL.
        other.into_expression().expr.map_or_else(Condition::none, |other| self.compare(op, other))
    }

    fn compare(self, op: BinaryOp, other: Expr) -> Condition<R> {
        Condition::new(Expr::binary(op, Expr::name(self.field), other))
    }
}

impl<R> Condition<R> {
    fn new(expr: Expr) -> Self {
        Self { expr: Some(expr), of: PhantomData }
    }

    /// Returns the condition that every row fulfils.
    pub fn all() -> Self {
        Self { expr: None, of: PhantomData }
    }

    /// Returns the condition that no row fulfils.
    pub fn none() -> Self {
        Self::new(Expr::binary(BinaryOp::Eq, Expr::int(0), Expr::int(1)))
    }

    /// Returns the rows that fulfil both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.expr, other.expr) {
            (Some(one), Some(other)) => Self::new(Expr::binary(BinaryOp::And, one, other)),
            (one, other) => Self { expr: one.or(other), of: PhantomData },
        }
    }

    /// Returns the rows that fulfil one of them.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self.expr, other.expr) {
            (Some(one), Some(other)) => Self::new(Expr::binary(BinaryOp::Or, one, other)),
            (None, _) | (_, None) => Self::all(),
        }
    }
}

impl<R> std::ops::Not for Condition<R> {
    type Output = Self;

    fn not(self) -> Self {
        self.expr.map_or_else(Self::none, |expr| Self::new(Expr::Not(Box::new(expr))))
    }
}

/// Creates the operators of columns and expressions.
macro_rules! operators {
    ($($name:ident $method:ident $op:ident;)*) => {
        $(
            impl<R, T, V: Operand<R, T>> std::ops::$name<V> for Column<R, T> {
                type Output = Expression<R, T>;

                fn $method(self, other: V) -> Expression<R, T> {
                    self.into_expression().computed(BinaryOp::$op, other)
                }
            }

            impl<R, T, V: Operand<R, T>> std::ops::$name<V> for Expression<R, T> {
                type Output = Self;

                fn $method(self, other: V) -> Self {
                    self.computed(BinaryOp::$op, other)
                }
            }
        )*
    };
}

operators! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
    Rem rem Rem;
}

impl<R, T> Expression<R, T> {
    fn computed(self, op: BinaryOp, other: impl Operand<R, T>) -> Self {
        // What is computed with NULL is NULL.
        match (self.expr, other.into_expression().expr) {
            (Some(one), Some(other)) => Self::new(Some(Expr::binary(op, one, other))),
            (None, _) | (_, None) => Self::new(None),
        }
    }
}
