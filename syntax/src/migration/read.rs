//! `migration! { … }` -> operations, in one pass.

use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::index::Index;
use modelshift_schema::name::{AppLabel, MigrationId, ModelName, TableName};
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, AlterModelTable, CreateModel, DeleteModel, Operation,
    RemoveConstraint, RemoveField, RemoveIndex, RenameField, RenameIndex, RenameModel, RunSql,
};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{Ident, LitStr, Token, braced, bracketed, parenthesized};

use super::MigrationBody;
use crate::ast::{FieldAst, Source, StructAst};
use crate::attr::container;
use crate::ctxt::Ctxt;
use crate::ident;
use crate::lower;
use crate::resolver::InMigration;
use crate::symbol::nearest;

/// The operations, as they are spelled.
const KEYWORDS: [&str; 14] = [
    "CreateModel",
    "DeleteModel",
    "RenameModel",
    "AlterModelTable",
    "AddField",
    "RemoveField",
    "AlterField",
    "RenameField",
    "AddIndex",
    "RemoveIndex",
    "RenameIndex",
    "AddConstraint",
    "RemoveConstraint",
    "RunSql",
];

/// Reads the body of a migration.
pub(super) fn body(app: &AppLabel, tokens: TokenStream) -> syn::Result<MigrationBody> {
    let reader = Reader { resolver: InMigration::new(app.clone()) };
    let parse = |input: ParseStream<'_>| {
        let mut ctxt = Ctxt::default();
        let mut body = MigrationBody::default();
        while !input.is_empty() {
            if let Err(error) = reader.item(input, &mut body, &mut ctxt) {
                ctxt.push(error);
                skip_to_next(input);
            }
            // An optional token can always be read.
            let _ = input.parse::<Option<Token![;]>>();
        }
        ctxt.finish(Some(body))
    };
    parse.parse2(tokens)
}

/// Goes on behind a mistake with the next word that may be meant for an operation.
fn skip_to_next(input: ParseStream<'_>) {
    let is_start = || {
        let word = input.fork().call(Ident::parse_any).map(|ident| ident.to_string());
        word.is_ok_and(|word| word.starts_with(char::is_uppercase))
    };
    while !input.is_empty() && !is_start() {
        let _ = input.parse::<TokenTree>();
    }
}

struct Reader {
    resolver: InMigration,
}

impl Reader {
    fn item(&self, input: ParseStream<'_>, body: &mut MigrationBody, ctxt: &mut Ctxt) -> syn::Result<()> {
        let at = input.span();
        let word = input.call(Ident::parse_any).map_err(|_| {
            syn::Error::new(at, "expected an operation, such as `AddField(Post) { rating: i32 }`")
        })?;
        if word == "depends_on" {
            if !body.operations.is_empty() || !body.depends_on.is_empty() {
                let message = "expected one `depends_on`, before the operations";
                return Err(syn::Error::new(word.span(), message));
            }
            body.depends_on = dependencies(&word, input)?;
            return Ok(());
        }
        body.operations.extend(self.operation(&word, input, ctxt)?);
        Ok(())
    }

    /// Reads one operation; none where what is wrong with it is noted already.
    fn operation(
        &self,
        word: &Ident,
        input: ParseStream<'_>,
        ctxt: &mut Ctxt,
    ) -> syn::Result<Option<Operation>> {
        let keyword = word.to_string();
        Ok(Some(match keyword.as_str() {
            "CreateModel" => return self.create_model(word, input, ctxt),
            "AddField" => {
                let Some((model, field, backfill)) = self.field(word, input, ctxt)? else { return Ok(None) };
                Operation::AddField(AddField { model, field, backfill })
            }
            "AlterField" => {
                let Some((model, field, backfill)) = self.field(word, input, ctxt)? else { return Ok(None) };
                Operation::AlterField(AlterField { model, field, backfill })
            }
            "DeleteModel" => {
                let model = in_parentheses(word, input, "Post", name)?;
                Operation::DeleteModel(DeleteModel { model: model.into() })
            }
            "RenameModel" => {
                let (before, after) =
                    in_parentheses(word, input, "Article -> Post", |input| arrow(input, name))?;
                Operation::RenameModel(RenameModel { before: before.into(), after: after.into() })
            }
            "AlterModelTable" => {
                let read = |input: ParseStream<'_>| of_model(input, table);
                let (model, table) = in_parentheses(word, input, "Post: \"blog_posts\"", read)?;
                Operation::AlterModelTable(AlterModelTable { model, table })
            }
            "RemoveField" => {
                let (model, field) =
                    in_parentheses(word, input, "Post: rating", |input| of_model(input, name))?;
                Operation::RemoveField(RemoveField { model, field: field.into() })
            }
            "RenameField" => {
                let read = |input: ParseStream<'_>| of_model(input, |input| arrow(input, name));
                let (model, (before, after)) = in_parentheses(word, input, "Post: name -> title", read)?;
                Operation::RenameField(RenameField { model, before: before.into(), after: after.into() })
            }
            "AddIndex" => {
                let (model, index) = add_index(word, input)?;
                Operation::AddIndex(AddIndex { model, index })
            }
            "RemoveIndex" => {
                let (model, name) =
                    in_parentheses(word, input, "Post: \"post_title_idx\"", |input| of_model(input, text))?;
                Operation::RemoveIndex(RemoveIndex { model, name: name.into() })
            }
            "RenameIndex" => {
                let read = |input: ParseStream<'_>| of_model(input, |input| arrow(input, text));
                let (model, (before, after)) =
                    in_parentheses(word, input, "Post: \"a_idx\" -> \"b_idx\"", read)?;
                Operation::RenameIndex(RenameIndex { model, before: before.into(), after: after.into() })
            }
            "AddConstraint" => {
                let (model, constraint) = add_constraint(word, input)?;
                Operation::AddConstraint(AddConstraint { model, constraint })
            }
            "RemoveConstraint" => {
                let (model, name) =
                    in_parentheses(word, input, "Post: \"rating_range\"", |input| of_model(input, text))?;
                Operation::RemoveConstraint(RemoveConstraint { model, name: name.into() })
            }
            "RunSql" => Operation::RunSql(run_sql(word, input)?),
            unknown => return Err(syn::Error::new(word.span(), unknown_operation(unknown))),
        }))
    }

    fn create_model(
        &self,
        word: &Ident,
        input: ParseStream<'_>,
        ctxt: &mut Ctxt,
    ) -> syn::Result<Option<Operation>> {
        let content = in_braces(word, input, "CreateModel { struct Post { id: i64 } }")?;
        let item: syn::ItemStruct = content.parse()?;
        at_end(&content, "one struct in an operation")?;
        let ast = StructAst::read(Source::from(&item), ctxt);
        let model = lower::model(&ast, &self.resolver, ctxt).model;
        let attrs = &ast.attrs;
        let said = [attrs.renamed_from.as_ref().map(|at| at.span), attrs.new.as_ref().map(|at| at.span)];
        said.into_iter().flatten().for_each(|span| ctxt.error(span, HINT));
        for field in &ast.fields {
            refuse_hints(field, ctxt);
            if let Some(backfill) = &field.attrs.backfill {
                let message = "`backfill` cannot be used with `CreateModel`, since a new table has no rows; leave it out";
                ctxt.error(backfill.span, message);
            }
        }
        Ok(Some(Operation::CreateModel(CreateModel { model })))
    }

    /// Reads `(Model) { field: Type }`.
    fn field(
        &self,
        word: &Ident,
        input: ParseStream<'_>,
        ctxt: &mut Ctxt,
    ) -> syn::Result<Option<(ModelName, Field, Option<Expr>)>> {
        let model = in_parentheses(word, input, "Post", |input| input.parse::<Ident>())?;
        let content = in_braces(word, input, &format!("{word}(Post) {{ rating: i32 }}"))?;
        let attributes = content.call(syn::Attribute::parse_outer)?;
        let mut field = content.call(syn::Field::parse_named)?;
        field.attrs.splice(0..0, attributes);
        content.parse::<Option<Token![,]>>()?;
        at_end(&content, "one field in an operation")?;
        let Some(ast) = FieldAst::read(&field, ctxt) else { return Ok(None) };
        refuse_hints(&ast, ctxt);
        let backfill = lower::field_hints(&ast.attrs).backfill;
        let field = lower::field(&ast, &model, &self.resolver, ctxt);
        Ok(field.map(|field| (ModelName::new(ident::name(&model)), field, backfill)))
    }
}

const HINT: &str =
    "`renamed_from`, `new` and `skip` cannot be used in a migration; they are for structs, leave them out";

fn refuse_hints(field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let renamed_from = attrs.renamed_from.as_ref().map(|at| at.span);
    let flags = [attrs.new.as_ref(), attrs.skip.as_ref()];
    let said = flags.into_iter().flatten().map(|at| at.span).chain(renamed_from);
    said.for_each(|span| ctxt.error(span, HINT));
}

fn unknown_operation(word: &str) -> String {
    match nearest(word, KEYWORDS.into_iter().chain(["depends_on"])) {
        Some(near) => format!("unknown operation `{word}`; did you mean `{near}`?"),
        None => format!("unknown operation `{word}`; expected one of `{}`", KEYWORDS.join("`, `")),
    }
}

/// Reads `= ["blog.0001_initial"]`.
fn dependencies(word: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<MigrationId>> {
    const SAMPLE: &str = "expected migrations, such as `depends_on = [\"blog.0001_initial\"];`";
    let expected = |_| syn::Error::new(word.span(), SAMPLE);
    input.parse::<Token![=]>().map_err(expected)?;
    if !input.peek(syn::token::Bracket) {
        return Err(syn::Error::new(word.span(), SAMPLE));
    }
    let content;
    bracketed!(content in input);
    let mut ids: Vec<MigrationId> = Vec::new();
    while !content.is_empty() {
        let at = content.span();
        let literal: LitStr = content.parse().map_err(|_| syn::Error::new(at, SAMPLE))?;
        let id = literal.value().parse::<MigrationId>();
        let id = id.map_err(|error| syn::Error::new(literal.span(), format!("{error}; {SAMPLE}")))?;
        if ids.contains(&id) {
            return Err(syn::Error::new(literal.span(), format!("duplicate dependency `{id}`; keep one")));
        }
        ids.push(id);
        crate::attr::comma(&content)?;
    }
    Ok(ids)
}

/// Reads `(…)` after the word of an operation.
fn in_parentheses<T>(
    word: &Ident,
    input: ParseStream<'_>,
    sample: &str,
    read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let expected = |at| syn::Error::new(at, format!("expected `{word}({sample})`"));
    if !input.peek(syn::token::Paren) {
        return Err(expected(word.span()));
    }
    let content;
    let parentheses = parenthesized!(content in input);
    let value = read(&content).map_err(|_| expected(parentheses.span.join()))?;
    if content.is_empty() { Ok(value) } else { Err(expected(parentheses.span.join())) }
}

fn in_braces<'a>(word: &Ident, input: ParseStream<'a>, sample: &str) -> syn::Result<ParseBuffer<'a>> {
    if !input.peek(syn::token::Brace) {
        return Err(syn::Error::new(word.span(), format!("expected `{sample}`")));
    }
    let content;
    braced!(content in input);
    Ok(content)
}

fn at_end(input: ParseStream<'_>, expected: &str) -> syn::Result<()> {
    if input.is_empty() {
        Ok(())
    } else {
        Err(input.error(format!("expected {expected}; write one operation for each")))
    }
}

fn name(input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<Ident>().map(|ident| ident::name(&ident))
}

fn text(input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<LitStr>().map(|literal| literal.value())
}

/// Reads `"posts"`, or `()` for the name that goes without saying.
fn table(input: ParseStream<'_>) -> syn::Result<Option<TableName>> {
    if input.peek(syn::token::Paren) {
        let nothing;
        parenthesized!(nothing in input);
        return at_end(&nothing, "`()`").map(|()| None);
    }
    text(input).map(|name| Some(name.into()))
}

/// Reads `before -> after`.
fn arrow(
    input: ParseStream<'_>,
    part: impl Fn(ParseStream<'_>) -> syn::Result<String>,
) -> syn::Result<(String, String)> {
    let before = part(input)?;
    input.parse::<Token![->]>()?;
    Ok((before, part(input)?))
}

/// Reads `Model: …`.
fn of_model<T>(
    input: ParseStream<'_>,
    part: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(ModelName, T)> {
    let model = name(input)?;
    input.parse::<Token![:]>()?;
    Ok((model.into(), part(input)?))
}

fn add_index(word: &Ident, input: ParseStream<'_>) -> syn::Result<(ModelName, Index)> {
    const SAMPLE: &str = "AddIndex(Post) { index(name = \"post_title_idx\", fields(title)) }";
    let model = in_parentheses(word, input, "Post", name)?;
    let content = in_braces(word, input, SAMPLE)?;
    let key = content
        .call(Ident::parse_any)
        .map_err(|_| syn::Error::new(word.span(), format!("expected `{SAMPLE}`")))?;
    if key != "index" {
        return Err(syn::Error::new(key.span(), format!("expected `{SAMPLE}`")));
    }
    let index = container::index(&key, &content)?;
    named(&key, index.name.is_some())?;
    at_end(&content, "one index in an operation")?;
    Ok((model.into(), lower::index(&index)))
}

fn add_constraint(word: &Ident, input: ParseStream<'_>) -> syn::Result<(ModelName, Constraint)> {
    const SAMPLE: &str = "AddConstraint(Post) { check(name = \"rating_range\", rating >= 0) }";
    let model = in_parentheses(word, input, "Post", name)?;
    let content = in_braces(word, input, SAMPLE)?;
    let key = content
        .call(Ident::parse_any)
        .map_err(|_| syn::Error::new(word.span(), format!("expected `{SAMPLE}`")))?;
    if key != "unique" && key != "check" {
        return Err(syn::Error::new(key.span(), format!("expected `{SAMPLE}`")));
    }
    let constraint = lower::constraint(&container::constraint(&key, &content)?);
    named(&key, constraint.name().is_some())?;
    at_end(&content, "one constraint in an operation")?;
    Ok((model.into(), constraint))
}

/// A migration names what it makes, or a later rule for names would change what it did.
fn named(key: &Ident, is_named: bool) -> syn::Result<()> {
    if is_named {
        return Ok(());
    }
    Err(syn::Error::new(key.span(), format!("expected a name, such as `{key}(name = \"post_title\", …)`")))
}

/// Reads `{ forward = "…", reverse = "…" }`.
fn run_sql(word: &Ident, input: ParseStream<'_>) -> syn::Result<RunSql> {
    const SAMPLE: &str = "RunSql { forward = \"…\", reverse = \"…\" }";
    let content = in_braces(word, input, SAMPLE)?;
    let mut forward = None;
    let mut reverse = None;
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        let expected = || {
            syn::Error::new(
                key.span(),
                format!("expected `{SAMPLE}`; `reverse = ()` where nothing is to be done"),
            )
        };
        content.parse::<Token![=]>().map_err(|_| expected())?;
        if key == "reverse" && content.peek(syn::token::Paren) {
            let nothing;
            parenthesized!(nothing in content);
            at_end(&nothing, "`()`")?;
            crate::attr::set(&mut reverse, &key, String::new())?;
        } else if key == "reverse" || key == "forward" {
            let sql = text(&content).map_err(|_| expected())?;
            let slot = if key == "forward" { &mut forward } else { &mut reverse };
            crate::attr::set(slot, &key, sql)?;
        } else {
            return Err(expected());
        }
        crate::attr::comma(&content)?;
    }
    match forward {
        Some(forward) => Ok(RunSql { forward: forward.value, reverse: reverse.map(|reverse| reverse.value) }),
        None => Err(syn::Error::new(word.span(), format!("expected `{SAMPLE}`"))),
    }
}
