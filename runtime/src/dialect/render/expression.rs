//! [`Expr`] -> text, for any dialect.
//!
//! A literal has the type of the column that it is compared with or assigned to. A name must be a column of the table,
//! since SQLite reads an unknown name between double quotes as text.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::name::ColumnName;
use modelshift_schema::table::Table;
use sea_query::{BinOper, Expr as Sql, Func, Keyword};

use super::built::word;
use super::literal::{self, Place};
use crate::dialect::{Spelling, Unsupported};

/// Writes expressions over the columns of a table.
#[derive(Clone, Copy)]
pub(crate) struct Expressions<'a> {
    spelling: &'a dyn Spelling,
    table: &'a Table,
    qualified: bool,
}

impl<'a> Expressions<'a> {
    /// Creates a writer for the table's columns.
    pub(crate) fn new(spelling: &'a dyn Spelling, table: &'a Table) -> Self {
        Self { spelling, table, qualified: false }
    }

    /// Returns a writer that qualifies each column with its table.
    pub(crate) fn qualified(self) -> Self {
        Self { qualified: true, ..self }
    }

    /// Writes a condition, or an indexed expression.
    pub(crate) fn condition(&self, expr: &Expr) -> Result<String, Unsupported> {
        self.built_condition(expr).map(|sql| self.spelling.expression(&sql))
    }

    /// Returns a condition, or an indexed expression, for sea-query.
    pub(crate) fn built_condition(&self, expr: &Expr) -> Result<Sql, Unsupported> {
        self.build(expr, None, Place::Operand)
    }

    /// Writes an expression that is assigned to a column.
    pub(crate) fn value(&self, expr: &Expr, holds: &ColumnType) -> Result<String, Unsupported> {
        self.built_value(expr, holds).map(|sql| self.spelling.expression(&sql))
    }

    /// Returns an expression that is assigned to a column, for sea-query.
    pub(crate) fn built_value(&self, expr: &Expr, holds: &ColumnType) -> Result<Sql, Unsupported> {
        self.build(expr, Some(holds), Place::Value)
    }

    fn build(&self, expr: &Expr, holds: Option<&ColumnType>, place: Place) -> Result<Sql, Unsupported> {
        match expr {
            Expr::Name(name) => self.name(name, place),
            Expr::Literal(literal) => self.literal_of(literal, holds, place),
            Expr::Not(operand) => {
                let operand = self.build(operand, Some(&ColumnType::Bool), Place::Operand)?;
                // A mode of MySQL binds NOT more tightly than a comparison. sea-query puts parentheses around raw SQL.
                Ok(Sql::cust(format!("NOT ({})", self.spelling.expression(&operand))))
            }
            Expr::Neg(operand) => self.negated(operand, holds, place),
            Expr::Binary { op, left, right } => self.binary(*op, left, right),
            Expr::IsNull { operand, negated } => {
                let operand = self.build(operand, None, Place::Value)?;
                let operator = if *negated { BinOper::IsNot } else { BinOper::Is };
                Ok(binary(operand, operator, Sql::Keyword(Keyword::Null)))
            }
            Expr::InList { operand, list } => {
                let holds = self.type_of(operand);
                let operand = self.build(operand, None, Place::Operand)?;
                let items = list.iter().map(|item| self.build(item, holds.as_ref(), Place::Operand));
                Ok(binary(operand, BinOper::In, Sql::Tuple(items.collect::<Result<_, _>>()?)))
            }
            Expr::Like { operand, pattern } => {
                let operand = self.build(operand, None, Place::Operand)?;
                Ok(binary(operand, BinOper::Like, word(self.spelling.pattern(pattern)?)))
            }
            Expr::Call { function, arguments } => self.call(*function, arguments, holds, place),
            Expr::Raw(text) => Ok(Sql::cust(text.clone())),
            Expr::Variant { choices, variant } => {
                let what = format!("`{choices}::{variant}` says no value");
                Err(Unsupported::new(what, "write what the column holds, such as `\"draft\"`"))
            }
        }
    }

    fn name(&self, name: &str, place: Place) -> Result<Sql, Unsupported> {
        let Some(column) = self.table.column(&ColumnName::new(name)) else {
            let what = format!("table `{}` has no column `{name}`", self.table.name);
            return Err(Unsupported::new(what, "name a field of the model"));
        };
        let quoted = if self.qualified {
            let table = self.spelling.table(&self.table.name)?;
            format!("{table}.{}", self.spelling.identifier(name)?)
        } else {
            self.spelling.read_column(name)?
        };
        Ok(word(match place {
            Place::Value => quoted,
            Place::Operand => self.spelling.operand(quoted, &column.column_type),
        }))
    }

    fn literal_of(
        &self,
        literal: &Literal,
        holds: Option<&ColumnType>,
        place: Place,
    ) -> Result<Sql, Unsupported> {
        self.spelling.literal(&literal::value(literal, holds, place)?).map(word)
    }

    fn negated(&self, operand: &Expr, holds: Option<&ColumnType>, place: Place) -> Result<Sql, Unsupported> {
        // A negative constant is one literal, and its range is that of the type.
        if let Expr::Literal(Literal::Int(value)) = operand
            && let Some(value) = value.checked_neg()
        {
            return self.literal_of(&Literal::Int(value), holds, place);
        }
        if let Expr::Literal(Literal::Float(text)) = operand {
            return self.literal_of(&Literal::Float(format!("-{text}")), holds, place);
        }
        let operand = self.build(operand, holds, Place::Operand)?;
        Ok(word(format!("(-({}))", self.spelling.expression(&operand))))
    }

    fn binary(&self, op: BinaryOp, left: &Expr, right: &Expr) -> Result<Sql, Unsupported> {
        let (left_type, right_type) = (self.type_of(left), self.type_of(right));
        let both_integers = [(left, &left_type), (right, &right_type)].into_iter().all(|(side, holds)| {
            matches!(side, Expr::Literal(Literal::Int(_)))
                || holds.as_ref().is_some_and(ColumnType::is_integer)
        });
        let operator = match op {
            BinaryOp::Or => BinOper::Or,
            BinaryOp::And => BinOper::And,
            BinaryOp::Eq => BinOper::Equal,
            BinaryOp::Ne => BinOper::NotEqual,
            BinaryOp::Lt => BinOper::SmallerThan,
            BinaryOp::Le => BinOper::SmallerThanOrEqual,
            BinaryOp::Gt => BinOper::GreaterThan,
            BinaryOp::Ge => BinOper::GreaterThanOrEqual,
            BinaryOp::Add => BinOper::Add,
            BinaryOp::Sub => BinOper::Sub,
            BinaryOp::Mul => BinOper::Mul,
            BinaryOp::Div if both_integers => BinOper::Custom(self.spelling.integer_division()),
            BinaryOp::Div => BinOper::Div,
            BinaryOp::Rem => BinOper::Mod,
        };
        // A literal has the type of the other side.
        let left = self.build(left, right_type.as_ref(), Place::Operand)?;
        let right = self.build(right, left_type.as_ref(), Place::Operand)?;
        Ok(binary(left, operator, right))
    }

    fn call(
        &self,
        function: Function,
        arguments: &[Expr],
        holds: Option<&ColumnType>,
        place: Place,
    ) -> Result<Sql, Unsupported> {
        let shared = arguments.iter().find_map(|argument| self.type_of(argument)).or(holds.cloned());
        let shared = shared.as_ref();
        Ok(match function {
            Function::Now | Function::CurrentDate | Function::CurrentTime | Function::RandomUuid => {
                return self.volatile(function, holds);
            }
            Function::Lower => Func::lower(self.argument(arguments, shared)?).into(),
            Function::Upper => Func::upper(self.argument(arguments, shared)?).into(),
            Function::Length => {
                let argument = self.argument(arguments, shared)?;
                Func::cust(self.spelling.length_function()).arg(argument).into()
            }
            Function::Abs => Func::abs(self.argument(arguments, shared)?).into(),
            Function::Coalesce => {
                let all = arguments.iter().map(|argument| self.build(argument, shared, place));
                Func::coalesce(all.collect::<Result<Vec<_>, _>>()?).into()
            }
        })
    }

    /// Writes the only argument of a function.
    fn argument(&self, arguments: &[Expr], holds: Option<&ColumnType>) -> Result<Sql, Unsupported> {
        let first = arguments.first().map(|argument| self.build(argument, holds, Place::Operand));
        first.unwrap_or_else(|| Ok(Sql::null()))
    }

    fn volatile(&self, function: Function, holds: Option<&ColumnType>) -> Result<Sql, Unsupported> {
        let natural = natural_type(function);
        let holds = holds.unwrap_or(&natural);
        let text = self.spelling.volatile(function, holds).ok_or_else(|| {
            let what = format!("`{}()` does not fit its column", function.name());
            Unsupported::new(what, format!("use it {}", whose(function)))
        })?;
        Ok(word(text))
    }

    /// Returns the type of an expression; `None` if it is unknown.
    fn type_of(&self, expr: &Expr) -> Option<ColumnType> {
        match expr {
            Expr::Name(name) => {
                self.table.column(&ColumnName::new(name)).map(|column| column.column_type.clone())
            }
            Expr::Literal(_) | Expr::Raw(_) | Expr::Variant { .. } => None,
            Expr::Neg(operand) => self.type_of(operand),
            Expr::Not(_) | Expr::IsNull { .. } | Expr::InList { .. } | Expr::Like { .. } => {
                Some(ColumnType::Bool)
            }
            Expr::Binary { op, left, right } => match op {
                BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => {
                    self.type_of(left).or_else(|| self.type_of(right))
                }
                BinaryOp::Or
                | BinaryOp::And
                | BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge => Some(ColumnType::Bool),
            },
            Expr::Call { function, arguments } => match function {
                Function::Lower | Function::Upper => Some(ColumnType::Text),
                Function::Length => Some(ColumnType::I64),
                Function::Abs | Function::Coalesce => arguments.iter().find_map(|it| self.type_of(it)),
                Function::Now | Function::CurrentDate | Function::CurrentTime | Function::RandomUuid => {
                    Some(natural_type(*function))
                }
            },
        }
    }
}

/// Refuses volatile functions in expressions that must be immutable.
pub(crate) fn refuse_volatile(expr: &Expr, whose: &str) -> Result<(), Unsupported> {
    let mut found = None;
    expr.visit(&mut |node| {
        if let Expr::Call { function, .. } = node
            && !function.is_immutable()
        {
            found = Some(function.name());
        }
    });
    let Some(name) = found else { return Ok(()) };
    let what = format!("{whose} uses `{name}()`, whose value changes with time");
    Err(Unsupported::new(what, "compare with a column that holds the time"))
}

/// Returns the type of a function's result; text if it depends on the arguments.
fn natural_type(function: Function) -> ColumnType {
    match function {
        Function::Now => ColumnType::DateTimeTz,
        Function::CurrentDate => ColumnType::Date,
        Function::CurrentTime => ColumnType::Time,
        Function::RandomUuid => ColumnType::Uuid,
        Function::Length | Function::Abs => ColumnType::I64,
        Function::Lower | Function::Upper | Function::Coalesce => ColumnType::Text,
    }
}

fn whose(function: Function) -> &'static str {
    match function {
        Function::Now => "for a date with a time",
        Function::CurrentDate => "for a date",
        Function::CurrentTime => "for a time of day",
        Function::RandomUuid => "for a UUID",
        Function::Length | Function::Abs => "for a number",
        Function::Lower | Function::Upper | Function::Coalesce => "for text",
    }
}

fn binary(left: Sql, operator: BinOper, right: Sql) -> Sql {
    Sql::Binary(Box::new(left), operator, Box::new(right))
}
