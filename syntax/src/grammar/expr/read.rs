//! A Rust expression -> [`Expr`], with the places of the names in it.

use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use proc_macro2::Span;
use syn::parse::ParseStream;

use crate::grammar::ident;
use crate::grammar::nesting::MAX_EXPRESSION_LEVELS;
use crate::grammar::resolver;
use crate::structs::attr::symbol::nearest;

/// An expression as it was spelled.
#[derive(Clone, Debug)]
pub(crate) struct Spelled {
    /// What it means.
    pub(crate) expr: Expr,
    /// The names in it, with their places.
    pub(crate) names: Vec<(String, Span)>,
    /// The source, for the place of an error.
    source: Box<syn::Expr>,
}

impl Spelled {
    /// Takes the name of a field for an expression.
    pub(crate) fn field(ident: &syn::Ident) -> Self {
        let name = ident::name(ident);
        let path = syn::ExprPath { attrs: Vec::new(), qself: None, path: ident.clone().into() };
        Self {
            expr: Expr::Name(name.clone()),
            names: vec![(name, ident.span())],
            source: Box::new(syn::Expr::Path(path)),
        }
    }

    /// Creates an error that points at the whole expression.
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> syn::Error {
        syn::Error::new_spanned(&self.source, message)
    }
}

/// Reads an expression over fields.
pub(crate) fn read(input: ParseStream<'_>) -> syn::Result<Spelled> {
    let source: Box<syn::Expr> = input.parse()?;
    let mut names = Vec::new();
    let expr = expr(&source, &mut names)?;
    if expr.levels() > MAX_EXPRESSION_LEVELS {
        let message = format!(
            "this expression has more than {MAX_EXPRESSION_LEVELS} operators one inside the other; write it in parts, such as \
             several rules, or with `x.is_in([…])`"
        );
        return Err(syn::Error::new_spanned(&source, message));
    }
    Ok(Spelled { expr, names, source })
}

type Names = Vec<(String, Span)>;

const WAY_OUT: &str = "`sql(\"…\")` is the way out";

#[expect(clippy::wildcard_enum_match_arm, reason = "syn has many expressions, and adds more")]
fn expr(source: &syn::Expr, names: &mut Names) -> syn::Result<Expr> {
    match source {
        syn::Expr::Lit(literal) => read_literal(&literal.lit).map(Expr::Literal),
        syn::Expr::Path(path) => read_name(path, names),
        syn::Expr::Paren(paren) => expr(&paren.expr, names),
        syn::Expr::Group(group) => expr(&group.expr, names),
        syn::Expr::Unary(unary) => read_unary(unary, names),
        syn::Expr::Binary(binary) => read_binary(binary, names),
        syn::Expr::MethodCall(call) => read_method(call, names),
        syn::Expr::Call(call) => read_call(call, names),
        other => Err(refused(other)),
    }
}

/// Describes what to write in place of an expression that is not supported.
#[expect(clippy::wildcard_enum_match_arm, reason = "syn has many expressions, and adds more")]
fn refused(source: &syn::Expr) -> syn::Error {
    let remedy = match source {
        syn::Expr::Assign(_) => "expected a comparison with `==`".to_owned(),
        syn::Expr::Field(field) if is_self(&field.base) => {
            "expected the bare name of a field, such as `rating` in place of `self.rating`".to_owned()
        }
        syn::Expr::Field(_) => format!("expected the name of a field of this struct; {WAY_OUT}"),
        syn::Expr::Reference(_) => "expected an expression without `&`".to_owned(),
        syn::Expr::Range(_) => {
            "expected two comparisons in place of a range, such as `rating >= 0 && rating <= 5`".to_owned()
        }
        syn::Expr::Array(_) => "expected a single value; a list stands in `x.is_in([…])` only".to_owned(),
        syn::Expr::Cast(_) => format!("expected an expression without `as`; {WAY_OUT}"),
        syn::Expr::Macro(_) => {
            format!("expected an expression without macros, such as `rating >= 0`; {WAY_OUT}")
        }
        _ => format!("expected an expression over fields, such as `rating >= 0`; {WAY_OUT}"),
    };
    syn::Error::new_spanned(source, remedy)
}

fn is_self(source: &syn::Expr) -> bool {
    matches!(source, syn::Expr::Path(path) if path.path.is_ident("self"))
}

fn read_name(source: &syn::ExprPath, names: &mut Names) -> syn::Result<Expr> {
    match source.path.get_ident() {
        Some(ident) if source.qself.is_none() => {
            let name = ident::name(ident);
            if name == "None" {
                let message = "expected a test such as `deleted_at.is_none()` in place of `None`; a default of NULL \
                               is what an `Option` has without `default`";
                return Err(syn::Error::new_spanned(source, message));
            }
            names.push((name.clone(), ident.span()));
            Ok(Expr::Name(name))
        }
        None if is_variant(source) => Ok(variant(&source.path)),
        Some(_) | None => {
            let message =
                format!("expected the name of a field or a constant such as `5` or `\"draft\"`; {WAY_OUT}");
            Err(syn::Error::new_spanned(source, message))
        }
    }
}

/// Returns whether a path may be that of a variant: `Status::Draft`, `blog::Status::Draft`.
fn is_variant(source: &syn::ExprPath) -> bool {
    source.qself.is_none()
        && source.path.segments.len() > 1
        && source.path.segments.iter().all(|segment| segment.arguments.is_none())
}

fn variant(path: &syn::Path) -> Expr {
    let mut names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    names.pop();
    let start = if path.leading_colon.is_some() { "::" } else { "" };
    Expr::Variant { choices: format!("{start}{}", names.join("::")), variant: resolver::last_name(path) }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "syn has many literals, and adds more")]
fn read_literal(source: &syn::Lit) -> syn::Result<Literal> {
    match source {
        syn::Lit::Bool(literal) => Ok(Literal::Bool(literal.value)),
        syn::Lit::Str(literal) => Ok(Literal::Text(literal.value())),
        syn::Lit::ByteStr(literal) => Ok(Literal::Bytes(literal.value())),
        syn::Lit::Int(literal) => read_integer(literal, ""),
        syn::Lit::Float(literal) => {
            refuse_suffix(literal.suffix(), literal)?;
            let digits = literal.base10_digits();
            let point = if digits.ends_with('.') { "0" } else { "" };
            Ok(Literal::Float(format!("{digits}{point}")))
        }
        syn::Lit::Char(_) => {
            Err(syn::Error::new_spanned(source, "expected text in double quotes, such as `\"a\"`"))
        }
        other => Err(syn::Error::new_spanned(
            other,
            "expected a number, text, bytes, `true` or `false`, such as `5`",
        )),
    }
}

fn read_integer(literal: &syn::LitInt, sign: &str) -> syn::Result<Literal> {
    refuse_suffix(literal.suffix(), literal)?;
    let number = format!("{sign}{}", literal.base10_digits()).parse::<i128>().ok();
    number
        .filter(|number| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(number))
        .map(Literal::Int)
        .ok_or_else(|| syn::Error::new_spanned(literal, "expected a number of 64 bits, such as `5`"))
}

fn refuse_suffix(suffix: &str, literal: &impl quote::ToTokens) -> syn::Result<()> {
    if suffix.is_empty() {
        return Ok(());
    }
    Err(syn::Error::new_spanned(literal, format!("expected a number without `{suffix}`, such as `5`")))
}

fn read_unary(source: &syn::ExprUnary, names: &mut Names) -> syn::Result<Expr> {
    match (&source.op, &*source.expr) {
        (syn::UnOp::Neg(_), syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(literal), .. })) => {
            read_integer(literal, "-").map(Expr::Literal)
        }
        (syn::UnOp::Neg(_), operand) => Ok(Expr::Neg(Box::new(expr(operand, names)?))),
        (syn::UnOp::Not(_), operand) => Ok(Expr::Not(Box::new(expr(operand, names)?))),
        (_, _) => Err(syn::Error::new_spanned(source, "expected an expression without `*`")),
    }
}

fn read_binary(source: &syn::ExprBinary, names: &mut Names) -> syn::Result<Expr> {
    let op = operator(&source.op)?;
    if matches!(op, BinaryOp::Eq | BinaryOp::Ne)
        && let Some((other, test)) = test_for_null(source, op)
    {
        let message = format!("expected `.{test}` in place of a comparison with `None`");
        return Err(syn::Error::new_spanned(other, message));
    }
    // Both sides are read before an error is returned, so that the errors of both are shown.
    match (expr(&source.left, names), expr(&source.right, names)) {
        (Ok(left), Ok(right)) => Ok(Expr::binary(op, left, right)),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

fn test_for_null(source: &syn::ExprBinary, op: BinaryOp) -> Option<(&syn::Expr, &'static str)> {
    let side = [&*source.right, &*source.left]
        .into_iter()
        .find(|side| matches!(side, syn::Expr::Path(path) if path.path.is_ident("None")))?;
    Some((side, if op == BinaryOp::Eq { "is_none()" } else { "is_some()" }))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "syn's enum may grow")]
fn operator(source: &syn::BinOp) -> syn::Result<BinaryOp> {
    Ok(match source {
        syn::BinOp::Or(_) => BinaryOp::Or,
        syn::BinOp::And(_) => BinaryOp::And,
        syn::BinOp::Eq(_) => BinaryOp::Eq,
        syn::BinOp::Ne(_) => BinaryOp::Ne,
        syn::BinOp::Lt(_) => BinaryOp::Lt,
        syn::BinOp::Le(_) => BinaryOp::Le,
        syn::BinOp::Gt(_) => BinaryOp::Gt,
        syn::BinOp::Ge(_) => BinaryOp::Ge,
        syn::BinOp::Add(_) => BinaryOp::Add,
        syn::BinOp::Sub(_) => BinaryOp::Sub,
        syn::BinOp::Mul(_) => BinaryOp::Mul,
        syn::BinOp::Div(_) => BinaryOp::Div,
        syn::BinOp::Rem(_) => BinaryOp::Rem,
        syn::BinOp::BitAnd(_) => return Err(syn::Error::new_spanned(source, "expected `&&`")),
        syn::BinOp::BitOr(_) => return Err(syn::Error::new_spanned(source, "expected `||`")),
        other => {
            let message =
                format!("expected a comparison, `&&`, `||` or arithmetic, such as `a >= b`; {WAY_OUT}");
            return Err(syn::Error::new_spanned(other, message));
        }
    })
}

fn read_method(source: &syn::ExprMethodCall, names: &mut Names) -> syn::Result<Expr> {
    let arguments: Vec<&syn::Expr> = source.args.iter().collect();
    let method = ident::name(&source.method);
    let mismatch = match (method.as_str(), arguments.as_slice()) {
        ("is_none", []) => return is_null(&source.receiver, false, names),
        ("is_some", []) => return is_null(&source.receiver, true, names),
        ("is_in", [syn::Expr::Array(array)]) if !array.elems.is_empty() => {
            let operand = Box::new(expr(&source.receiver, names)?);
            let list: syn::Result<Vec<Expr>> = array.elems.iter().map(|item| expr(item, names)).collect();
            return Ok(Expr::InList { operand, list: list? });
        }
        ("like", [syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(pattern), .. })]) => {
            let operand = Box::new(expr(&source.receiver, names)?);
            return Ok(Expr::Like { operand, pattern: pattern.value() });
        }
        ("is_none", _) => "expected `x.is_none()`".to_owned(),
        ("is_some", _) => "expected `x.is_some()`".to_owned(),
        ("is_in", _) => "expected `x.is_in([1, 2])`".to_owned(),
        ("like", _) => "expected `x.like(\"a%\")`".to_owned(),
        (unknown, _) => unknown_method(unknown),
    };
    Err(syn::Error::new(source.method.span(), mismatch))
}

fn is_null(operand: &syn::Expr, negated: bool, names: &mut Names) -> syn::Result<Expr> {
    Ok(Expr::IsNull { operand: Box::new(expr(operand, names)?), negated })
}

fn unknown_method(method: &str) -> String {
    let remedy = match method {
        "len" | "count" | "chars" => "write `length(x)`".to_owned(),
        "to_lowercase" | "to_ascii_lowercase" => "write `lower(x)`".to_owned(),
        "to_uppercase" | "to_ascii_uppercase" => "write `upper(x)`".to_owned(),
        "is_empty" => "write `x == \"\"`".to_owned(),
        "contains" => "write `x.like(\"%a%\")`, or two comparisons in place of a range".to_owned(),
        "starts_with" => "write `x.like(\"a%\")`".to_owned(),
        "ends_with" => "write `x.like(\"%a\")`".to_owned(),
        "unwrap_or" | "unwrap_or_default" => "write `coalesce(x, 0)`".to_owned(),
        "is_null" => "write `x.is_none()`".to_owned(),
        "is_not_null" => "write `x.is_some()`".to_owned(),
        other => match Function::ALL.into_iter().find(|function| function.name() == other) {
            Some(function) => format!("write `{}(x)`", function.name()),
            None => match nearest(other, ["is_none", "is_some", "is_in", "like"]) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of `is_none`, `is_some`, `is_in`, `like`; {WAY_OUT}"),
            },
        },
    };
    format!("unknown method `{method}`; {remedy}")
}

fn read_call(source: &syn::ExprCall, names: &mut Names) -> syn::Result<Expr> {
    let syn::Expr::Path(syn::ExprPath { path, qself: None, .. }) = &*source.func else {
        return Err(syn::Error::new_spanned(
            &source.func,
            format!("expected the name of a function; {WAY_OUT}"),
        ));
    };
    let Some(function) = path.get_ident() else {
        let message = format!("expected a function without a path, such as `now()`; {WAY_OUT}");
        return Err(syn::Error::new_spanned(path, message));
    };
    let name = ident::name(function);
    if name == "sql" {
        return read_sql(source);
    }
    let known = Function::ALL.into_iter().find(|known| known.name() == name);
    let known = known.ok_or_else(|| syn::Error::new(function.span(), unknown_function(&name)))?;
    let arguments: syn::Result<Vec<Expr>> = source.args.iter().map(|item| expr(item, names)).collect();
    let arguments = arguments?;
    let (least, most) = known.arity();
    if arguments.len() < least || arguments.len() > most {
        let form = match known {
            Function::Coalesce => "coalesce(x, 0)".to_owned(),
            Function::Now | Function::CurrentDate | Function::CurrentTime | Function::RandomUuid => {
                format!("{name}()")
            }
            Function::Lower | Function::Upper | Function::Length | Function::Abs => format!("{name}(x)"),
        };
        return Err(syn::Error::new_spanned(source, format!("expected `{form}`")));
    }
    Ok(Expr::Call { function: known, arguments })
}

fn read_sql(source: &syn::ExprCall) -> syn::Result<Expr> {
    let arguments: Vec<&syn::Expr> = source.args.iter().collect();
    match arguments.as_slice() {
        [syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })]
            if !text.value().trim().is_empty() =>
        {
            Ok(Expr::Raw(text.value()))
        }
        _ => Err(syn::Error::new_spanned(
            source,
            "expected one piece of text, such as `sql(\"length(title) > 3\")`",
        )),
    }
}

fn unknown_function(name: &str) -> String {
    let known = Function::ALL.map(Function::name);
    let remedy = match name {
        "desc" | "nulls_first" | "nulls_last" => format!(
            "it stands around a whole part of `index(on(…))` only, such as `index(on({name}(lower(email))))`"
        ),
        "Some" => "write the value itself".to_owned(),
        "uuid" | "uuid4" | "gen_random_uuid" | "new_v4" => "write `random_uuid()`".to_owned(),
        "current_timestamp" | "localtimestamp" => "write `now()`".to_owned(),
        "len" | "char_length" => "write `length(x)`".to_owned(),
        other => match nearest(other, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("expected one of `{}`; {WAY_OUT}", known.join("`, `")),
        },
    };
    format!("unknown function `{name}`; {remedy}")
}
