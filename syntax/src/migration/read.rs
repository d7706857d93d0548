//! `migration! { … }` -> operations, in one pass.

use modelshift_schema::field::Field;
use modelshift_schema::hints::FieldHints;
use modelshift_schema::name::{AppLabel, ModelName};
use modelshift_schema::operation::{
    AddConstraint, AddConstraintNotValid, AddField, AddIndex, AddIndexConcurrently, AlterConstraint,
    AlterField, AlterModelOptions, AlterModelTable, AlterNaturalKey, AlterPrimaryKey, CreateCollation,
    CreateExtension, CreateModel, DeleteModel, MoveModel, Operation, RemoveCollation, RemoveConstraint,
    RemoveExtension, RemoveField, RemoveIndex, RemoveIndexConcurrently, RenameConstraint, RenameField,
    RenameIndex, RenameModel, SeparateDatabaseAndState, ValidateConstraint,
};
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, Token};

use super::MigrationBody;
use super::head::{HEAD, head};
use super::load_data;
use super::parts::{
    Options, add_index, arrow, at_end, chosen_place, chosen_schema, chosen_table, collation, constraint,
    in_braces, in_parentheses, key, key_order, name, named_object, of_model, options, renamed, table, text,
};
use super::refused::{HINT, refuse_hints, refuse_moves, refuse_variants};
use super::run_rust;
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

/// Reads the body of a migration.
pub(super) fn body(app: &AppLabel, tokens: TokenStream) -> syn::Result<MigrationBody> {
    let reader = Reader { resolver: InMigration::new(app.clone()) };
    nesting::check(tokens.clone(), Limit::MODEL)?;
    (|input: ParseStream<'_>| reader.body(input)).parse2(tokens)
}

/// Continues after a mistake with the next word that may be an operation.
fn skip_to_next(input: ParseStream<'_>) {
    while !input.is_empty() && !starts_operation(input) {
        let _ = input.parse::<TokenTree>();
    }
}

fn starts_operation(input: ParseStream<'_>) -> bool {
    let word = input.fork().call(Ident::parse_any).map(|ident| ident.to_string());
    word.is_ok_and(|word| word.starts_with(char::is_uppercase))
}

fn operation_word(input: ParseStream<'_>) -> syn::Result<Ident> {
    let at = input.span();
    let expected = "expected an operation, such as `AddField(Post) { rating: i32 }`";
    input.call(Ident::parse_any).map_err(|_| syn::Error::new(at, expected))
}

/// Reads one of the operations that only PostgreSQL supports.
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
            // Such a constraint is a check, which refers to no model.
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

fn rename_field(word: &Ident, input: ParseStream<'_>) -> syn::Result<Operation> {
    let (model, ((before, after), place)) = in_parentheses(word, input, "Post: name -> title", |input| {
        of_model(input, |input| Ok((arrow(input, name)?, chosen_place(input)?)))
    })?;
    Ok(Operation::RenameField(RenameField { place, ..RenameField::new(model, before, after) }))
}

fn natural_key(word: &Ident, input: ParseStream<'_>) -> syn::Result<Operation> {
    let (model, fields) =
        in_parentheses(word, input, "Post: (author, slug)", |input| of_model(input, key_order))?;
    Ok(Operation::AlterNaturalKey(AlterNaturalKey { model, fields }))
}

fn rename_index(word: &Ident, input: ParseStream<'_>) -> syn::Result<Operation> {
    let (model, (before, after)) =
        in_parentheses(word, input, "Post: \"a_idx\" -> \"b_idx\"", |input| renamed(input, text))?;
    Ok(Operation::RenameIndex(RenameIndex { model, before: before.into(), after: after.into() }))
}

struct Reader {
    resolver: InMigration,
}

impl Reader {
    fn body(&self, input: ParseStream<'_>) -> syn::Result<MigrationBody> {
        let mut ctxt = Ctxt::default();
        let mut body = MigrationBody::default();
        while !input.is_empty() {
            if let Err(error) = self.item(input, &mut body, &mut ctxt) {
                ctxt.push(error);
                skip_to_next(input);
            }
            // An optional token can always be read.
            let _ = input.parse::<Option<Token![;]>>();
        }
        ctxt.finish(Some(body))
    }

    fn item(&self, input: ParseStream<'_>, body: &mut MigrationBody, ctxt: &mut Ctxt) -> syn::Result<()> {
        let word = operation_word(input)?;
        if head(&word, input, body)? {
            return Ok(());
        }
        let operation = self.operation(&word, input, ctxt)?;
        if let Some(operation) = &operation {
            refuse_variants(operation, &word, ctxt);
            if let Some(message) = run_rust::misplaced(operation, &body.operations) {
                ctxt.error(word.span(), message);
            }
        }
        body.operations.extend(operation);
        Ok(())
    }

    /// Reads one operation; `None` if its mistakes are reported already.
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
                let ((before, after), table) = in_parentheses(word, input, "Article -> Post", |input| {
                    Ok((arrow(input, name)?, chosen_table(input)?))
                })?;
                Operation::RenameModel(RenameModel { table, ..RenameModel::new(before, after) })
            }
            "MoveModel" => {
                let ((before, after), table) =
                    in_parentheses(word, input, "blog.Post -> news.Post", |input| {
                        Ok((arrow(input, key)?, chosen_table(input)?))
                    })?;
                Operation::MoveModel(MoveModel { before, after, table })
            }
            "AlterModelTable" => {
                let ((model, table), schema) =
                    in_parentheses(word, input, "Post: \"blog_posts\"", |input| {
                        Ok((of_model(input, table)?, chosen_schema(input)?))
                    })?;
                Operation::AlterModelTable(AlterModelTable { model, table, schema })
            }
            "AlterModelOptions" => {
                let (model, Options { comment, managed, sqlite }) =
                    in_parentheses(word, input, "Post: comment = \"what is read\"", |input| {
                        of_model(input, options)
                    })?;
                Operation::AlterModelOptions(AlterModelOptions { model, comment, managed, sqlite })
            }
            "AlterPrimaryKey" => {
                let (model, order) =
                    in_parentheses(word, input, "Line: (order, number)", |input| of_model(input, key_order))?;
                Operation::AlterPrimaryKey(AlterPrimaryKey { model, order })
            }
            "AlterNaturalKey" => natural_key(word, input)?,
            "RemoveField" => {
                let (model, field) =
                    in_parentheses(word, input, "Post: rating", |input| of_model(input, name))?;
                Operation::RemoveField(RemoveField { model, field: field.into() })
            }
            "RenameField" => rename_field(word, input)?,
            "AddIndex" => {
                let (model, index) = add_index(word, input)?;
                Operation::AddIndex(AddIndex { model, index })
            }
            "RemoveIndex" => {
                let (model, name) =
                    in_parentheses(word, input, "Post: \"post_title_idx\"", |input| of_model(input, text))?;
                Operation::RemoveIndex(RemoveIndex { model, name: name.into() })
            }
            "RenameIndex" => rename_index(word, input)?,
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
                let (model, (before, after)) =
                    in_parentheses(word, input, "Post: \"rating_check\" -> \"rating_range\"", |input| {
                        renamed(input, text)
                    })?;
                let (before, after) = (before.into(), after.into());
                Operation::RenameConstraint(RenameConstraint { model, before, after })
            }
            "RunSql" => Operation::RunSql(sql::read(word, input, |input| self.operations(input, ctxt))?),
            "RunRust" => Operation::RunRust(run_rust::read(word, input)?),
            "LoadData" => Operation::LoadData(load_data::read(word, input)?),
            "SeparateDatabaseAndState" => {
                Operation::SeparateDatabaseAndState(self.separate(word, input, ctxt)?)
            }
            _ => return of_postgres(word, input).map(Some),
        }))
    }

    /// Reads operations up to the end; after a mistake it continues with the next.
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
        for said in [&attrs.is_abstract, &attrs.from_row].into_iter().flatten() {
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

fn unknown_operation(word: &str) -> String {
    match nearest(word, Operation::KEYWORDS.iter().copied().chain(HEAD)) {
        Some(near) => format!("unknown operation `{word}`; did you mean `{near}`?"),
        None => format!("unknown operation `{word}`; expected one of `{}`", Operation::KEYWORDS.join("`, `")),
    }
}
