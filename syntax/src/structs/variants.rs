//! `Status::Draft` in the defaults and conditions of a model -> the value of the column.
//!
//! The derive keeps such names as they are written; here they are resolved and checked.

use std::cell::RefCell;

use modelshift_schema::choices::Choices;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::index::Index;
use modelshift_schema::name::FieldName;

use crate::grammar::expr::print;
use crate::grammar::resolver::{NamedType, Resolver};

/// A mistake of a model that is found once its names are resolved: the field that it is about, if one, and the message.
pub type Problem = (Option<FieldName>, String);

/// Replaces variants by their values, and returns the mistakes: variants without a value, and values of another type.
pub(crate) fn resolve(source: &mut SourceModel, resolver: &dyn Resolver) -> Vec<Problem> {
    let fields = source.model.fields.clone();
    let reader = Reader { fields: &fields, resolver, problems: RefCell::default() };
    for field in &mut source.model.fields {
        if let Some(default) = &mut field.default {
            *default = reader.value(&field.name, default);
        }
        if let Some(generated) = &mut field.generated {
            generated.expression = reader.condition(&generated.expression);
        }
        if let Some(backfill) =
            source.hints.fields.get_mut(&field.name).and_then(|hints| hints.backfill.as_mut())
        {
            *backfill = reader.value(&field.name, backfill);
        }
    }
    let of_indexes = source.model.indexes.iter_mut().flat_map(Index::expressions_mut);
    let of_constraints = source.model.constraints.iter_mut().flat_map(Constraint::expressions_mut);
    of_indexes.chain(of_constraints).for_each(|expr| *expr = reader.condition(expr));
    reader.problems.into_inner()
}

fn is_comparison(op: BinaryOp) -> bool {
    match op {
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => true,
        BinaryOp::Or
        | BinaryOp::And
        | BinaryOp::Add
        | BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::Div
        | BinaryOp::Rem => false,
    }
}

struct Reader<'a> {
    fields: &'a [Field],
    resolver: &'a dyn Resolver,
    problems: RefCell<Vec<Problem>>,
}

impl Reader<'_> {
    fn problem(&self, field: Option<&Field>, message: String) {
        let problem = (field.map(|field| field.name.clone()), message);
        let mut problems = self.problems.borrow_mut();
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    fn value(&self, name: &FieldName, value: &Expr) -> Expr {
        if let Some(field) = self.field(name.as_str()) {
            self.suits(field, value);
        }
        self.replaced(value, self.field(name.as_str()))
    }

    fn condition(&self, expr: &Expr) -> Expr {
        let mut about = None;
        expr.visit(&mut |node| {
            let mut pairs: Vec<(&Expr, &Expr)> = Vec::new();
            if let Expr::Binary { op, left, right } = node
                && is_comparison(*op)
            {
                pairs.extend([(&**left, &**right), (&**right, &**left)]);
            } else if let Expr::InList { operand, list } = node {
                pairs.extend(list.iter().map(|item| (&**operand, item)));
            }
            for (side, value) in pairs {
                if let Expr::Name(name) = side
                    && let Some(field) = self.field(name)
                {
                    self.suits(field, value);
                    about = about.or(Some(field));
                }
            }
        });
        self.replaced(expr, about)
    }

    /// Reports a value that the field never has.
    fn suits(&self, field: &Field, value: &Expr) {
        let name = &field.name;
        match (field.choices().filter(|choices| choices.is_resolved()), value) {
            (Some(choices), Expr::Variant { choices: path, .. }) => {
                let Some(other) = self.choices(path).filter(|other| other != choices) else { return };
                let message = format!(
                    "`{name}` is `{}`, which is never `{}`; expected a variant of `{}`",
                    choices.name,
                    print(value),
                    choices.name
                );
                self.problem(Some(field), if other.is_resolved() { message } else { return });
            }
            (Some(choices), Expr::Literal(literal)) if !choices.has_value(literal) => {
                let example = choices.variants.first().map(|variant| variant.name.as_str());
                let message = format!(
                    "`{name}` is never {}; expected a variant, such as `{}::{}`",
                    print(value),
                    choices.name,
                    example.unwrap_or_default()
                );
                self.problem(Some(field), message);
            }
            (None, Expr::Variant { .. }) if field.choices().is_none() => {
                let message = format!(
                    "`{name}` is not an enum, and is never `{}`; expected a plain value",
                    print(value)
                );
                self.problem(Some(field), message);
            }
            (Some(_) | None, _) => {}
        }
    }

    /// Returns the enum at a path: that of the crate, else that of a field that describes its enum.
    fn choices(&self, path: &str) -> Option<Choices> {
        let parsed = syn::parse_str::<syn::Path>(path).ok()?;
        match self.resolver.named(&parsed) {
            NamedType::Choices(choices, _) => Some(choices),
            NamedType::AsWritten | NamedType::Unknown | NamedType::Unresolved(_) => {
                let name = crate::grammar::resolver::last_name(&parsed);
                let mut described = self.fields.iter().filter_map(Field::choices);
                described.find(|choices| choices.name == name && choices.is_resolved()).cloned()
            }
        }
    }

    fn takes_as_written(&self, path: &str) -> bool {
        syn::parse_str(path).is_ok_and(|path| self.resolver.named(&path) == NamedType::AsWritten)
    }

    fn replaced(&self, expr: &Expr, field: Option<&Field>) -> Expr {
        expr.map_leaves(&|leaf| {
            let Expr::Variant { choices: path, variant } = leaf else { return None };
            let Some(choices) = self.choices(path) else {
                if self.takes_as_written(path) {
                    return None;
                }
                let message = format!(
                    "unknown enum `{path}`; expected one with `#[derive(Choices)]`, in a file of this crate that \
                     `mod` declarations lead to, or of a crate with a `links` name"
                );
                self.problem(field, message);
                return None;
            };
            let value = choices.variant(variant).map(|variant| Expr::Literal(variant.value.clone()));
            if value.is_none() {
                let known: Vec<&str> = choices.variants.iter().map(|variant| variant.name.as_str()).collect();
                let message = format!(
                    "`{}` has no variant `{variant}`; expected one of `{}`",
                    choices.name,
                    known.join("`, `")
                );
                self.problem(field, message);
            }
            value
        })
    }
}

#[cfg(test)]
mod tests {
    use modelshift_schema::choices::Choices;
    use modelshift_schema::hints::ChoiceHints;
    use modelshift_schema::name::ModelKey;

    use crate::{AsWritten, NamedType, Resolver, parse_choices, parse_model};

    struct Two;

    impl Resolver for Two {
        fn model(&self, path: &syn::Path) -> ModelKey {
            AsWritten.model(path)
        }

        fn own(&self, name: &str) -> ModelKey {
            AsWritten.own(name)
        }

        fn named(&self, path: &syn::Path) -> NamedType {
            let source = match path.segments.last().map(|segment| segment.ident.to_string()).as_deref() {
                Some("Status") => "enum Status { Draft, Live }",
                Some("Level") => "#[choices(integer)] enum Level { Low = 1, High = 10 }",
                _ => return NamedType::Unknown,
            };
            let parsed = parse_choices(&syn::parse_str(source).unwrap()).unwrap();
            let (choices, hints): (Choices, ChoiceHints) = (parsed.choices, parsed.hints);
            NamedType::Choices(choices, hints)
        }
    }

    fn said(attributes: &str, default: &str) -> (Vec<String>, String) {
        let source = format!(
            "#[model({attributes})] struct Post {{ id: i64, title: String, {default} status: Status, \
             level: Option<crate::Level> }}"
        );
        let parsed = parse_model(&syn::parse_str(&source).unwrap(), &Two).unwrap();
        let problem = |(field, message): crate::structs::variants::Problem| {
            format!("{}: {message}", field.map(|field| field.to_string()).unwrap_or_default())
        };
        let model = serde_json::to_string(&parsed.source.model).unwrap();
        (parsed.problems.into_iter().map(problem).collect(), model)
    }

    #[test]
    fn variants_become_their_values() {
        let condition = "check(status != Status::Live || level.is_in([Level::Low, crate::Level::High]))";
        let (problems, model) = said(condition, "#[field(default = Status::Draft)]");
        assert_eq!(problems, [""; 0]);
        assert!(model.contains(r#""default":{"Literal":{"Text":"draft"}}"#), "{model}");
        assert!(model.contains(r#"{"Literal":{"Int":10}}"#) && !model.contains("Variant"), "{model}");
    }

    #[test]
    fn what_is_no_variant_of_the_field_is_told_at_it() {
        for (condition, expected) in [
            (
                "check(status == Status::Gone)",
                "status: `Status` has no variant `Gone`; expected one of `Draft`, `Live`",
            ),
            ("check(status == Level::Low)", "status: `status` is `Status`, which is never `Level::Low`"),
            (
                "check(status == \"drfat\")",
                "status: `status` is never \"drfat\"; expected a variant, such as `Status::Draft`",
            ),
            ("check(title == Status::Draft)", "title: `title` is not an enum, and is never `Status::Draft`"),
            ("index(fields(title), when = status == Mood::Sad)", "status: unknown enum `Mood`"),
        ] {
            let (problems, _) = said(condition, "");
            assert_eq!(problems.len(), 1, "{condition}: {problems:?}");
            assert!(problems[0].starts_with(expected), "{condition}: {problems:?}");
        }
    }
}
