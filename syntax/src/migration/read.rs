//! `migration! { … }` -> operations, in one pass.

use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::name::{AppLabel, ModelName};
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, AlterModelOptions, AlterModelTable, CreateModel,
    DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex, RenameConstraint, RenameField,
    RenameIndex, RenameModel,
};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Token};

use super::MigrationBody;
use super::parts::{
    add_constraint, add_index, arrow, at_end, in_braces, in_parentheses, label, migrations, name, of_model,
    options, run_sql, table, text,
};
use crate::ast::{FieldAst, Source, StructAst};
use crate::ctxt::Ctxt;
use crate::ident;
use crate::lower;
use crate::resolver::InMigration;
use crate::symbol::nearest;

/// The operations, as they are spelled.
const KEYWORDS: [&str; 16] = [
    "CreateModel",
    "DeleteModel",
    "RenameModel",
    "AlterModelTable",
    "AlterModelOptions",
    "AddField",
    "RemoveField",
    "AlterField",
    "RenameField",
    "AddIndex",
    "RemoveIndex",
    "RenameIndex",
    "AddConstraint",
    "RemoveConstraint",
    "RenameConstraint",
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
        if head(&word, input, body)? {
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
            "AlterModelOptions" => {
                let read = |input: ParseStream<'_>| of_model(input, options);
                let (model, comment) = in_parentheses(word, input, "Post: comment = \"what is read\"", read)?;
                Operation::AlterModelOptions(AlterModelOptions { model, comment })
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
            "RenameConstraint" => {
                let read = |input: ParseStream<'_>| of_model(input, |input| arrow(input, text));
                let (model, (before, after)) =
                    in_parentheses(word, input, "Post: \"rating_check\" -> \"rating_range\"", read)?;
                let (before, after) = (before.into(), after.into());
                Operation::RenameConstraint(RenameConstraint { model, before, after })
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
        if let Some(said) = &attrs.is_abstract {
            ctxt.error(said.span, HINT);
        }
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
        let model = in_parentheses(word, input, "Post", <Ident as Parse>::parse)?;
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

/// Reads what stands before the operations; tells whether the word begins such a thing.
fn head(word: &Ident, input: ParseStream<'_>, body: &mut MigrationBody) -> syn::Result<bool> {
    let is_free = body.operations.is_empty();
    let once = |is_first: bool| {
        let message = || format!("expected one `{word}`, before the operations");
        if is_free && is_first { Ok(()) } else { Err(syn::Error::new(word.span(), message())) }
    };
    match word.to_string().as_str() {
        "app" => {
            once(body.app.is_none())?;
            body.app = Some(label(word, input)?);
        }
        "depends_on" => {
            once(body.depends_on.is_empty())?;
            body.depends_on = migrations(word, input)?;
        }
        "run_before" => {
            once(body.run_before.is_empty())?;
            body.run_before = migrations(word, input)?;
        }
        "replaces" => {
            once(body.replaces.is_empty())?;
            body.replaces = migrations(word, input)?;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The words that stand before the operations.
const HEAD: [&str; 4] = ["app", "depends_on", "run_before", "replaces"];

const HINT: &str = "`renamed_from`, `new`, `skip`, `abstract` and `flatten` cannot be used in a migration; they are for structs, leave \
     them out";

fn refuse_hints(field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let renamed_from = attrs.renamed_from.as_ref().map(|at| at.span);
    let flags = [attrs.new.as_ref(), attrs.skip.as_ref(), attrs.flatten.as_ref()];
    let said = flags.into_iter().flatten().map(|at| at.span).chain(renamed_from);
    said.for_each(|span| ctxt.error(span, HINT));
}

fn unknown_operation(word: &str) -> String {
    match nearest(word, KEYWORDS.into_iter().chain(HEAD)) {
        Some(near) => format!("unknown operation `{word}`; did you mean `{near}`?"),
        None => format!("unknown operation `{word}`; expected one of `{}`", KEYWORDS.join("`, `")),
    }
}
