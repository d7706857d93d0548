//! [`Tree`] -> the wanted models, each with the questions for its derive.

pub(crate) mod abstract_structs;
pub(crate) mod elsewhere;
pub(crate) mod enum_questions;
pub(crate) mod enums;
mod exported_scope;
pub(crate) mod field_types;
pub(crate) mod reference_types;

use std::collections::BTreeMap;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::{AppLabel, FieldName, ModelKey, ObjectName, TableName};
use modelshift_schema::naming;
use modelshift_schema::question::Question;
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::ident;
use modelshift_syntax::{ParsedModel, SharedField, choices_hash, nearest, parse_model, schema_hash};

use self::enums::ScannedChoices;
use crate::config::Build;
use crate::error::Fault;
use crate::scan::apps::App;

use self::abstract_structs::{SharedQuestion, embed, struct_of};
use self::enum_questions::{Asked, Held};
use crate::crates::unresolved;
use crate::crates::unresolved::ItemKind;
use crate::resolve::{Declarations, InModule, NOWHERE, Target, resolve};
use crate::scan::crate_tree::{Found, Place, Tree};

/// A struct that derives `Model`, as it was read.
#[derive(Debug)]
pub(crate) struct ScannedModel<'a> {
    /// The item that the scan found.
    pub(crate) found: &'a Found,
    /// The app and the name of the model.
    pub(crate) key: ModelKey,
    /// The name of its table.
    pub(crate) table: TableName,
    /// The hashes that the derive may compute for the struct; none if the struct has errors.
    pub(crate) hashes: Vec<String>,
    /// The model, if it can be compared.
    pub(crate) source: Option<SourceModel>,
    /// The declared value types of references; see [`ParsedModel::held`](modelshift_syntax::ParsedModel::held).
    pub(crate) held: BTreeMap<FieldName, Option<ColumnType>>,
    /// The questions that the derive reports.
    pub(crate) questions: Vec<FoundQuestion>,
    /// The questions about its fields in the models that embed them.
    asked: Vec<SharedQuestion>,
    /// The fields that are embedded from other structs.
    pub(crate) shared: BTreeMap<FieldName, SharedField>,
    /// The enums of the struct's own fields.
    pub(crate) enums: BTreeMap<FieldName, Held>,
    /// The hashes of these enums, which the derive checks.
    pub(crate) choices: BTreeMap<String, String>,
}

impl ScannedModel<'_> {
    /// Returns all questions that the derive reports.
    pub(crate) fn questions(&self) -> impl Iterator<Item = FoundQuestion> {
        self.questions.iter().cloned().chain(self.asked.iter().map(SharedQuestion::found))
    }
}

/// All structs that derive `Model`.
#[derive(Debug, Default)]
pub(crate) struct Models<'a> {
    pub(crate) scanned: Vec<ScannedModel<'a>>,
    /// The scanned sources.
    pub(crate) tree: Option<&'a Tree>,
    /// All enums that derive `Choices`, in the order of the tree.
    pub(crate) choices: Vec<ScannedChoices<'a>>,
    /// The variants of other crates' enums about which there is a question.
    pub(crate) asked_enums: Vec<Asked>,
    /// False if a source file or an enum cannot be read.
    pub(crate) is_whole: bool,
}

impl Models<'_> {
    /// Returns the wanted models, each with its position in the tree.
    pub(crate) fn wanted(&self) -> BTreeMap<ModelKey, SourceModel> {
        let mut wanted = BTreeMap::new();
        for (position, scanned) in self.scanned.iter().enumerate() {
            let Some(mut source) = scanned.source.clone() else { continue };
            source.hints.position = position;
            wanted.insert(scanned.key.clone(), source);
        }
        wanted
    }

    /// Attaches a question to its struct; if the struct is removed, it becomes a fault of the app.
    pub(crate) fn ask(&mut self, app: &AppLabel, question: &Question, apps: &mut BTreeMap<AppLabel, App>) {
        if self.ask_enum(question) {
            return;
        }
        let message = question.message();
        match self.scanned.iter_mut().find(|it| it.key == question.model && it.source.is_some()) {
            Some(scanned) => {
                let origin = question.field.as_ref().and_then(|field| scanned.shared.get(field)).cloned();
                let Some(origin) = origin else {
                    let field = question.field.as_ref().map(ToString::to_string);
                    return scanned.questions.push(FoundQuestion::new(field, message).coded(question.code()));
                };
                let here = scanned.key.clone();
                self.ask_at_struct(question, &origin, &here);
            }
            None => apps
                .entry(app.clone())
                .or_default()
                .faults
                .push(Fault::Question { message, code: question.code() }),
        }
    }

    /// Attaches a question to the struct from which a model embeds the field or, if it is of another crate, to the first
    /// model that flattens it.
    fn ask_at_struct(&mut self, question: &Question, origin: &SharedField, model: &ModelKey) {
        let exported = self.tree.and_then(|tree| struct_of(tree, origin.owner)).map(|(key, _)| key);
        // Structs are numbered by their order in the tree, which is that of the list.
        let own = self.scanned.get(origin.owner).map(|owner| owner.key.clone());
        let is_exported = exported.is_some();
        let Some(owner) = exported.or(own) else { return };
        let asked = SharedQuestion::new(question, origin, owner, is_exported);
        let places = if is_exported { 0..self.scanned.len() } else { origin.owner..origin.owner + 1 };
        if self.scanned[places].iter_mut().flat_map(|it| &mut it.asked).any(|known| known.join(&asked)) {
            return;
        }
        let first = self.scanned.iter().position(|it| it.key == *model && it.source.is_some());
        let at = if is_exported { first } else { Some(origin.owner) };
        if let Some(scanned) = at.and_then(|at| self.scanned.get_mut(at)) {
            scanned.asked.push(asked);
        }
    }

    /// Returns the place of the field of a question, if it is in the model's own struct, or else that of the struct.
    pub(crate) fn place(&self, question: &Question) -> String {
        let Some(scanned) = self.scanned.iter().find(|scanned| scanned.key == question.model) else {
            return question.about().to_string();
        };
        let fields = match &scanned.found.item.data {
            syn::Data::Struct(item) => item.fields.iter(),
            syn::Data::Enum(_) | syn::Data::Union(_) => return scanned.found.place.to_string(),
        };
        let mut names = fields.filter_map(|field| field.ident.as_ref());
        let field = question.field.as_ref().map_or("", FieldName::as_str);
        match names.find(|name| ident::name(name) == field) {
            Some(name) => {
                let file = std::path::Path::new(&scanned.found.place.file);
                Place::new(file, name.span().start()).to_string()
            }
            None => scanned.found.place.to_string(),
        }
    }

    /// Returns a fault for each visible model that cannot be compared, so that it does not count as removed.
    pub(crate) fn lost(&self) -> impl Iterator<Item = (AppLabel, Fault)> {
        let models = self.scanned.iter().filter(|it| self.is_whole && !it.found.is_abstract);
        let lost = models.filter(|it| it.found.presence.is_certain() && it.source.is_none());
        lost.map(|scanned| {
            let (place, model) = (&scanned.found.place, &scanned.key.name);
            let message =
                format!("{place}: the model `{model}` cannot be read, and so its table is kept as it is");
            (scanned.key.app.clone(), Fault::Incomparable { message, code: ErrorCode::Incomparable })
        })
    }

    /// Returns whether something must be answered before models can be compared at all.
    pub(crate) fn has_questions(&self) -> bool {
        self.scanned.iter().any(|scanned| scanned.questions().next().is_some())
            || self.choices.iter().any(|scanned| !scanned.questions.is_empty())
    }
}

/// Reads every struct that the scan found.
pub(crate) fn read<'a>(tree: &'a Tree, build: &Build) -> Models<'a> {
    let choices = enums::read(tree);
    let is_whole = tree.broken.is_empty() && !choices.iter().any(ScannedChoices::is_wrong);
    let mut models = Models { choices, is_whole, tree: Some(tree), ..Models::default() };
    let declarations = declarations(tree);
    for (number, found) in tree.models.iter().enumerate() {
        let own = key(found);
        let table = naming::table_name(&own.app, &own.name);
        let (module, own_key) = (&found.module, own.clone());
        let resolver = InModule { tree, declarations: &declarations, module, own: own_key, pick: 0 };
        let forms = [Some(&found.item), found.without_undecided.as_ref()];
        let forms = forms.into_iter().flatten().map(|item| parse_model(item, &resolver));
        let mut scanned = ScannedModel {
            found,
            key: own,
            table,
            hashes: Vec::new(),
            source: None,
            held: BTreeMap::new(),
            questions: Vec::new(),
            asked: Vec::new(),
            shared: BTreeMap::new(),
            enums: BTreeMap::new(),
            choices: BTreeMap::new(),
        };
        match forms.collect::<Result<Vec<_>, _>>() {
            Ok(forms) => {
                scanned.hashes = forms.iter().map(schema_hash).collect();
                if let Some(form) = forms.into_iter().next() {
                    find_enums(&mut scanned, &form, tree);
                    let is_certain = found.presence.is_certain();
                    let whole = if is_certain {
                        embed(tree, &declarations, &scanned.key, (number, 0), &form)
                    } else {
                        Ok(form)
                    };
                    match whole {
                        Ok(mut whole) => {
                            scanned.held = std::mem::take(&mut whole.held);
                            examine(&mut scanned, whole, (tree, &declarations), build);
                        }
                        Err(exported) => scanned.questions.extend(exported),
                    }
                }
            }
            // A struct that no build sees does not matter.
            Err(_) => models.is_whole &= found.presence.skipped.is_some(),
        }
        models.scanned.push(scanned);
    }
    ask_about_twins(&mut models.scanned);
    models
}

/// Returns a fault for each model with an undecidable condition.
pub(crate) fn undecided(tree: &Tree) -> Vec<(&Found, Fault)> {
    let built = tree.models.iter().filter(|found| found.presence.skipped.is_none());
    let undecided = built.filter_map(|found| {
        let condition = found.presence.undecided.clone()?;
        let fault = Fault::Undecided { place: found.place.to_string(), condition, model: found.name() };
        Some((found, fault))
    });
    undecided.collect()
}

/// Returns the app and the name of a model.
pub(crate) fn key(found: &Found) -> ModelKey {
    ModelKey::new(&found.app, found.model_name())
}

/// Returns the models that every build sees, by the place of their declaration.
pub(crate) fn declarations(tree: &Tree) -> Declarations {
    let certain = tree.models.iter().filter(|found| found.presence.is_certain() && !found.is_abstract);
    certain.map(|found| ((found.module.clone(), found.name()), key(found))).collect()
}

/// Finds the enums of the fields of a struct.
fn find_enums(scanned: &mut ScannedModel<'_>, form: &ParsedModel, tree: &Tree) {
    for (field, path) in &form.named {
        let held = match resolve(tree, &scanned.found.module, path) {
            Target::Foreign(there) => {
                tree.foreign.choices(&there).map(|(id, _)| Held::Exported(id.to_owned()))
            }
            Target::Own(..) | Target::Module(_) | Target::Unknown => {
                tree.choices_at(&scanned.found.module, path).map(Held::Own)
            }
        };
        scanned.enums.extend(held.map(|held| (field.clone(), held)));
        let resolved =
            form.source.model.field(field).and_then(|it| it.choices()).filter(|it| it.is_resolved());
        if let Some(choices) = resolved {
            let hints = form.source.hints.fields.get(field).map(|hints| hints.choices.clone());
            let hash = choices_hash(choices, &hints.unwrap_or_default());
            scanned.choices.insert(field.to_string(), hash);
        }
    }
}

fn examine(
    scanned: &mut ScannedModel<'_>,
    form: ParsedModel,
    (tree, declarations): (&Tree, &Declarations),
    build: &Build,
) {
    let ParsedModel { mut source, shared, is_abstract, problems, named, .. } = form;
    source.model = build.with_prefix(source.model);
    scanned.table = source.model.table_name(&scanned.key.app);
    if !scanned.found.presence.is_certain() {
        return;
    }
    // References of embedded fields are checked at their own struct.
    let own = source.model.fields.iter().filter(|field| !shared.contains_key(&field.name));
    let of_fields = own.flat_map(|field| field.targets().map(move |to| (field.name.as_str(), to)));
    let rules = source.model.constraints.iter().filter_map(Constraint::reference);
    let of_rules = rules.map(|rule| (rule.name.as_ref().map_or("foreign_key", ObjectName::as_str), &rule.to));
    for (field, to) in of_fields.chain(of_rules) {
        if to.app != NOWHERE {
            continue;
        }
        let message = format!(
            "`{model}.{field}` refers to `{to}`, {remedy}",
            model = scanned.key.name,
            to = to.name,
            remedy = unresolved(tree, declarations, &scanned.found.module, to.name.as_str())
        );
        let place = source.model.field(&field.into()).map(|field| field.name.to_string());
        scanned.questions.push(FoundQuestion::new(place, message));
    }
    let exported = problems.into_iter();
    let exported =
        exported.map(|(field, message)| FoundQuestion::new(field.map(|it| it.to_string()), message));
    scanned.questions.extend(exported);
    scanned.questions.extend(field_types::questions(scanned.found, tree, &named));
    if is_abstract {
        return;
    }
    scanned.source = Some(source);
    scanned.shared = shared;
}

/// Returns why a path does not resolve to a model, and what to do.
fn unresolved(tree: &Tree, declarations: &Declarations, module: &[String], path: &str) -> String {
    let target = syn::parse_str(path).map_or(Target::Unknown, |path| resolve(tree, module, &path));
    match target {
        Target::Foreign(path) if path.len() > 1 => unresolved::remedy(&tree.foreign, &path, ItemKind::Model),
        Target::Own(..) | Target::Module(_) | Target::Foreign(_) | Target::Unknown => format!(
            "and the build step sees no model of that name{}\n\
             a model must derive `Model` under that name, in a file of this crate that `mod` declarations lead to, \
             and not come from a macro",
            suggestion(declarations, path)
        ),
    }
}

/// Returns a suggestion for a path that does not resolve to a model.
fn suggestion(declarations: &Declarations, path: &str) -> String {
    let written = path.rsplit("::").next().unwrap_or(path);
    let mut same = declarations.keys().filter(|(_, name)| name == written);
    if let Some((module, name)) = same.next() {
        let whole =
            ["crate"].into_iter().chain(module.iter().map(String::as_str)).collect::<Vec<_>>().join("::");
        return format!("; there is `{whole}::{name}`");
    }
    let near = nearest(written, declarations.keys().map(|(_, name)| name.as_str()));
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

/// Asks about structs with equal names in one app, which would be one model.
fn ask_about_twins(scanned: &mut [ScannedModel<'_>]) {
    let mut places: BTreeMap<ModelKey, Vec<String>> = BTreeMap::new();
    for it in scanned.iter().filter(|it| it.source.is_some()) {
        places.entry(it.key.clone()).or_default().push(it.found.place.to_string());
    }
    for it in scanned.iter_mut().filter(|it| it.source.is_some()) {
        let Some(all) = places.get(&it.key).filter(|all| all.len() > 1) else { continue };
        let message = format!(
            "the app `{}` has more than one model `{}`: {}; rename all but one of them, or give each another name with `#[model(name = \"…\")]`",
            it.key.app,
            it.key.name,
            all.join(", ")
        );
        it.questions.push(FoundQuestion::new(None, message));
    }
}
