//! `migration! { … }` -> operations, in one pass.

use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::hints::FieldHints;
use modelshift_schema::name::{AppLabel, ModelName};
use modelshift_schema::operation::{
    AddConstraint, AddConstraintNotValid, AddField, AddIndex, AddIndexConcurrently, AlterConstraint,
    AlterField, AlterModelOptions, AlterModelTable, AlterPrimaryKey, CreateCollation, CreateExtension,
    CreateModel, DeleteModel, MoveModel, Operation, RemoveCollation, RemoveConstraint, RemoveExtension,
    RemoveField, RemoveIndex, RemoveIndexConcurrently, RenameConstraint, RenameField, RenameIndex,
    RenameModel, SeparateDatabaseAndState, ValidateConstraint,
};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Token};

use super::MigrationBody;
use super::parts::{
    add_index, arrow, at_end, atomic, chosen_table, collation, constraint, in_braces, in_parentheses, key,
    key_order, label, migrations, name, named_object, of_model, options, table, text,
};
use super::sql;
use crate::grammar::ctxt::Ctxt;
use crate::grammar::ident;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;
use crate::grammar::resolver::{AsWritten, InMigration};
use crate::structs::ast::{FieldAst, Source, StructAst};
use crate::structs::attr;
use crate::structs::attr::symbol::nearest;
use crate::structs::lower;

/// The operations, as they are spelled.
const KEYWORDS: [&str; 28] = [
    "CreateModel",
    "DeleteModel",
    "RenameModel",
    "MoveModel",
    "AlterModelTable",
    "AlterModelOptions",
    "AlterPrimaryKey",
    "AddField",
    "RemoveField",
    "AlterField",
    "RenameField",
    "AddIndex",
    "RemoveIndex",
    "RenameIndex",
    "AddConstraint",
    "AlterConstraint",
    "RemoveConstraint",
    "RenameConstraint",
    "RunSql",
    "SeparateDatabaseAndState",
    "AddIndexConcurrently",
    "RemoveIndexConcurrently",
    "AddConstraintNotValid",
    "ValidateConstraint",
    "CreateCollation",
    "RemoveCollation",
    "CreateExtension",
    "RemoveExtension",
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
    nesting::check(tokens.clone(), Limit::MODEL)?;
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

fn operation_word(input: ParseStream<'_>) -> syn::Result<Ident> {
    let at = input.span();
    let expected = "expected an operation, such as `AddField(Post) { rating: i32 }`";
    input.call(Ident::parse_any).map_err(|_| syn::Error::new(at, expected))
}

/// Reads one of the operations that only PostgreSQL has a word for.
fn of_postgres(word: &Ident, input: ParseStream<'_>) -> syn::Result<Operation> {
    Ok(match word.to_string().as_str() {
        "AddIndexConcurrently" => {
            let (model, index) = add_index(word, input)?;
            Operation::AddIndexConcurrently(AddIndexConcurrently { model, index })
        }
        "RemoveIndexConcurrently" => {
            let (model, name) =
                in_parentheses(word, input, "Post: \"post_title_idx\"", |input| of_model(input, text))?;
            Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model, name: name.into() })
        }
        "AddConstraintNotValid" => {
            // What waits is a check, which refers to no model.
            let (model, constraint) = constraint(word, input, &AsWritten)?;
            Operation::AddConstraintNotValid(AddConstraintNotValid { model, constraint })
        }
        "ValidateConstraint" => {
            let (model, name) =
                in_parentheses(word, input, "Post: \"rating_range\"", |input| of_model(input, text))?;
            Operation::ValidateConstraint(ValidateConstraint { model, name: name.into() })
        }
        "CreateCollation" => {
            Operation::CreateCollation(CreateCollation { collation: collation(word, input)? })
        }
        "RemoveCollation" => {
            Operation::RemoveCollation(RemoveCollation { collation: collation(word, input)? })
        }
        "CreateExtension" => {
            Operation::CreateExtension(CreateExtension { name: named_object(word, input, "\"citext\"")? })
        }
        "RemoveExtension" => {
            Operation::RemoveExtension(RemoveExtension { name: named_object(word, input, "\"citext\"")? })
        }
        unknown => return Err(syn::Error::new(word.span(), unknown_operation(unknown))),
    })
}

struct Reader {
    resolver: InMigration,
}

impl Reader {
    fn item(&self, input: ParseStream<'_>, body: &mut MigrationBody, ctxt: &mut Ctxt) -> syn::Result<()> {
        let word = operation_word(input)?;
        if head(&word, input, body)? {
            return Ok(());
        }
        let operation = self.operation(&word, input, ctxt)?;
        if let Some(operation) = &operation {
            refuse_variants(operation, &word, ctxt);
        }
        body.operations.extend(operation);
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
                let Some((model, field, hints)) = self.field(word, input, ctxt)? else { return Ok(None) };
                Operation::AddField(AddField { model, field, backfill: hints.backfill })
            }
            "AlterField" => {
                let Some((model, field, hints)) = self.field(word, input, ctxt)? else { return Ok(None) };
                let (backfill, moves) = (hints.backfill, hints.choices.moves);
                Operation::AlterField(AlterField { model, field, backfill, moves })
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
            "MoveModel" => {
                let read = |input: ParseStream<'_>| Ok((arrow(input, key)?, chosen_table(input)?));
                let ((before, after), table) = in_parentheses(word, input, "blog.Post -> news.Post", read)?;
                Operation::MoveModel(MoveModel { before, after, table })
            }
            "AlterModelTable" => {
                let read = |input: ParseStream<'_>| of_model(input, table);
                let (model, table) = in_parentheses(word, input, "Post: \"blog_posts\"", read)?;
                Operation::AlterModelTable(AlterModelTable { model, table })
            }
            "AlterModelOptions" => {
                let read = |input: ParseStream<'_>| of_model(input, options);
                let (model, (comment, managed)) =
                    in_parentheses(word, input, "Post: comment = \"what is read\"", read)?;
                Operation::AlterModelOptions(AlterModelOptions { model, comment, managed })
            }
            "AlterPrimaryKey" => {
                let read = |input: ParseStream<'_>| of_model(input, key_order);
                let (model, order) = in_parentheses(word, input, "Line: (order, number)", read)?;
                Operation::AlterPrimaryKey(AlterPrimaryKey { model, order })
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
                let (model, constraint) = constraint(word, input, &self.resolver)?;
                Operation::AddConstraint(AddConstraint { model, constraint })
            }
            "AlterConstraint" => {
                let (model, constraint) = constraint(word, input, &self.resolver)?;
                Operation::AlterConstraint(AlterConstraint { model, constraint })
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
            "RunSql" => {
                let nested = |input: ParseStream<'_>| self.operations(input, ctxt);
                Operation::RunSql(sql::read(word, input, nested)?)
            }
            "SeparateDatabaseAndState" => {
                Operation::SeparateDatabaseAndState(self.separate(word, input, ctxt)?)
            }
            _ => return of_postgres(word, input).map(Some),
        }))
    }

    /// Reads operations up to the end; after a mistake it goes on with the next.
    fn operations(&self, input: ParseStream<'_>, ctxt: &mut Ctxt) -> Vec<Operation> {
        let mut operations = Vec::new();
        while !input.is_empty() {
            match operation_word(input).and_then(|word| self.operation(&word, input, ctxt)) {
                Ok(operation) => operations.extend(operation),
                Err(error) => {
                    ctxt.push(error);
                    skip_to_next(input);
                }
            }
            let _ = input.parse::<Option<Token![;]>>();
        }
        operations
    }

    /// Reads `{ database { … } state { … } }`.
    fn separate(
        &self,
        word: &Ident,
        input: ParseStream<'_>,
        ctxt: &mut Ctxt,
    ) -> syn::Result<SeparateDatabaseAndState> {
        const SAMPLE: &str = "SeparateDatabaseAndState { database { … } state { … } }";
        let content = in_braces(word, input, SAMPLE)?;
        let (mut database, mut state) = (None, None);
        while !content.is_empty() {
            let key = content.call(Ident::parse_any)?;
            let slot = match key.to_string().as_str() {
                "database" => &mut database,
                "state" => &mut state,
                _ => return Err(syn::Error::new(key.span(), format!("expected `{SAMPLE}`"))),
            };
            let inside = in_braces(&key, &content, SAMPLE)?;
            attr::set(slot, &key, self.operations(&inside, ctxt))?;
        }
        Ok(SeparateDatabaseAndState {
            database: database.map(|it| it.value).unwrap_or_default(),
            state: state.map(|it| it.value).unwrap_or_default(),
        })
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
            refuse_moves(field, ctxt);
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
    ) -> syn::Result<Option<(ModelName, Field, FieldHints)>> {
        let model = in_parentheses(word, input, "Post", <Ident as Parse>::parse)?;
        let content = in_braces(word, input, &format!("{word}(Post) {{ rating: i32 }}"))?;
        let attributes = content.call(syn::Attribute::parse_outer)?;
        let mut field = content.call(syn::Field::parse_named)?;
        field.attrs.splice(0..0, attributes);
        content.parse::<Option<Token![,]>>()?;
        at_end(&content, "one field in an operation")?;
        let Some(ast) = FieldAst::read(&field, ctxt) else { return Ok(None) };
        refuse_hints(&ast, ctxt);
        if word != "AlterField" {
            refuse_moves(&ast, ctxt);
        }
        let hints = lower::field_hints(&ast.attrs);
        if let Some(removed) = ast.attrs.choices.removed.as_ref().filter(|_| !hints.choices.unused.is_empty())
        {
            let message = "expected what rows get, such as `removed(Archived -> Draft)`; a variant that no row may hold \
                           is left out of `choices(…)` alone";
            ctxt.error(removed.span, message);
        }
        let field = lower::field(&ast, &ident::name(&model), &self.resolver, ctxt);
        Ok(field.map(|field| (ModelName::new(ident::name(&model)), field, hints)))
    }
}

/// Reads what stands before the operations; returns whether the word begins such a thing.
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
        "atomic" => {
            once(body.atomic.is_none())?;
            body.atomic = Some(atomic(word, input)?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The words that stand before the operations.
const HEAD: [&str; 5] = ["app", "depends_on", "run_before", "replaces", "atomic"];

const HINT: &str = "`renamed_from`, `new`, `keep_rows`, `keep_values`, `filled`, `skip`, `abstract` and `flatten` cannot be used in a migration; they are for \
     structs, leave them out";

fn refuse_hints(field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let renamed_from = attrs.renamed_from.as_ref().map(|at| at.span);
    let flags =
        [&attrs.new, &attrs.keep_rows, &attrs.keep_values, &attrs.filled, &attrs.skip, &attrs.flatten]
            .map(Option::as_ref);
    let said = flags.into_iter().flatten().map(|at| at.span).chain(renamed_from);
    said.for_each(|span| ctxt.error(span, HINT));
}

/// Only what was there before can go.
fn refuse_moves(field: &FieldAst, ctxt: &mut Ctxt) {
    let moves = [&field.attrs.choices.renamed, &field.attrs.choices.removed];
    for moves in moves.into_iter().flatten() {
        ctxt.error(moves.span, "`renamed(…)` and `removed(…)` are for `AlterField`; leave them out");
    }
}

/// What a variant means is known in its source only, and a migration needs none.
fn refuse_variants(operation: &Operation, word: &Ident, ctxt: &mut Ctxt) {
    let mut found = None;
    for expr in operation.behaviour().expressions() {
        expr.visit(&mut |node| {
            if let Expr::Variant { choices, variant } = node {
                found = found.take().or_else(|| Some(format!("{choices}::{variant}")));
            }
        });
    }
    if let Some(variant) = found {
        let message =
            format!("expected a value in place of `{variant}`, such as `\"draft\"`: what the column holds");
        ctxt.error(word.span(), message);
    }
}

fn unknown_operation(word: &str) -> String {
    match nearest(word, KEYWORDS.into_iter().chain(HEAD)) {
        Some(near) => format!("unknown operation `{word}`; did you mean `{near}`?"),
        None => format!("unknown operation `{word}`; expected one of `{}`", KEYWORDS.join("`, `")),
    }
}
