//! Keeps the parts of one model that this build does not see, or sees in another form than another build.

use modelshift_schema::choices::{Choice, Choices};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{FieldHints, ModelHints, SourceModel};
use modelshift_schema::index::Index;
use modelshift_schema::model::Model;
use modelshift_schema::name::{FieldName, ModelKey};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::spelled_type;

/// Adds to a model the parts that other builds see, as the history has them.
///
/// # Errors
/// If the forms contradict each other, since one table serves all builds.
pub(super) fn parts(
    key: &ModelKey,
    before: &Model,
    recorded: Option<&Model>,
    forms: &[&SourceModel],
    is_unread: bool,
    source: &mut SourceModel,
) -> Result<(), String> {
    let of_forms = Forms { key, all: forms, is_unread };
    of_forms.options(before, source);
    let mut added = Vec::new();
    for field in &before.fields {
        if source.model.field(&field.name).is_some() {
            of_forms.field(field, source)?;
        } else if !is_renamed(source, &field.name) && of_forms.has_field(field, before, recorded, source)? {
            added.push(field.clone());
        }
    }
    for field in added {
        let name = field.name.clone();
        of_forms.insert(field, source);
        let said = forms.iter().find_map(|form| form.hints.fields.get(&name)).cloned();
        let said = said.filter(|_| is_unrecorded(&name, before, recorded));
        source.hints.fields.extend(said.map(|said| (name, said)));
    }
    of_forms.objects(before, source);
    recorded.map_or(Ok(()), |recorded| of_forms.undrafted(before, recorded, source))
}

/// Returns the hints about edits that are not recorded yet.
pub(super) fn hints(hints: ModelHints, before: &Model, recorded: Option<&Model>) -> ModelHints {
    let fields = hints.fields.into_iter().filter(|(name, _)| is_unrecorded(name, before, recorded)).collect();
    match recorded {
        Some(recorded) if recorded.name == before.name => {
            ModelHints { fields, position: hints.position, ..ModelHints::default() }
        }
        Some(_) | None => ModelHints { fields, ..hints },
    }
}

/// Returns a model that this build does not see: as it is drafted, without the edits of the draft that the source reverts.
pub(super) fn whole(drafted: &Model, recorded: Option<&Model>, forms: &[&SourceModel]) -> Model {
    let mut model = drafted.clone();
    let Some(recorded) = recorded.filter(|it| it.name == drafted.name) else { return model };
    model.fields.retain(|field| recorded.field(&field.name).is_some() || has_form(forms, &field.name));
    // A removed drafted field may have been the new name of a recorded one.
    let is_short = model.fields.len() < drafted.fields.len();
    let removed = recorded.fields.iter().filter(|field| drafted.field(&field.name).is_none());
    let back = removed.filter(|field| {
        has_form(forms, &field.name) || (is_short && !forms.iter().any(|form| is_renamed(form, &field.name)))
    });
    model.fields.extend(back.cloned());
    let names: Vec<String> = model.fields.iter().map(|field| field.name.to_string()).collect();
    model.indexes.retain(|index| index.field_names().iter().all(|it| names.iter().any(|name| name == it)));
    model.constraints.retain(|rule| rule.field_names().iter().all(|it| names.iter().any(|name| name == it)));
    model
}

fn has_form(forms: &[&SourceModel], field: &FieldName) -> bool {
    forms.iter().any(|form| form.model.field(field).is_some())
}

/// Returns whether a field of the source declares this earlier name.
fn is_renamed(source: &SourceModel, earlier: &FieldName) -> bool {
    source.hints.fields.values().any(|hints| hints.renamed_from.as_ref() == Some(earlier))
}

/// Returns whether a field is drafted, and not recorded in the same form.
fn is_unrecorded(name: &FieldName, before: &Model, recorded: Option<&Model>) -> bool {
    match (before.field(name), recorded.and_then(|recorded| recorded.field(name))) {
        (Some(before), Some(recorded)) => !before.is_equivalent_to(recorded),
        (Some(_), None) => true,
        (None, _) => false,
    }
}

/// The forms of one model.
struct Forms<'a> {
    key: &'a ModelKey,
    all: &'a [&'a SourceModel],
    /// True if there are more forms, which cannot be read.
    is_unread: bool,
}

/// Keeps a property if this build changes it and another build does not.
macro_rules! keep {
    ($before:expr, $now:expr, $forms:expr, $($property:ident),*) => {
        $(
            if $now.$property != $before.$property && $forms.clone().any(|form| form.$property == $before.$property) {
                $now.$property.clone_from(&$before.$property);
            }
        )*
    };
}

impl Forms<'_> {
    fn models(&self) -> impl Iterator<Item = &Model> + Clone {
        self.all.iter().map(|form| &form.model)
    }

    /// Keeps recorded parts that only a draft removes: the draft is written again from the recorded state.
    ///
    /// # Errors
    /// As [`Self::variants`].
    fn undrafted(&self, drafted: &Model, recorded: &Model, source: &mut SourceModel) -> Result<(), String> {
        for field in &recorded.fields {
            let of_name = self.models().filter_map(|model| model.field(&field.name));
            let Some(now) = source.model.fields.iter_mut().find(|it| it.name == field.name) else {
                if drafted.field(&field.name).is_none()
                    && !is_renamed(source, &field.name)
                    && self.has_field(field, recorded, Some(recorded), source)?
                {
                    self.insert(field.clone(), source);
                }
                continue;
            };
            now.unique |= field.unique && of_name.clone().any(|it| it.unique);
            if field.index && of_name.clone().any(|it| it.index) {
                now.index = true;
            }
            if let (Some(had), FieldKind::Column(ColumnType::Choices(choices))) =
                (field.choices(), &mut now.kind)
            {
                let said = source.hints.fields.get(&field.name).cloned().unwrap_or_default();
                let forms: Vec<&Choices> = of_name.filter_map(Field::choices).collect();
                self.variants(field, had, &forms, &[], &said, choices)?;
            }
        }
        self.objects(recorded, source);
        Ok(())
    }

    fn options(&self, before: &Model, source: &mut SourceModel) {
        keep!(
            before,
            source.model,
            self.models(),
            table,
            schema,
            comment,
            managed,
            sqlite,
            key_order,
            natural_key
        );
    }

    /// Returns whether another build has a field that this one does not have.
    ///
    /// # Errors
    /// If a new field of another build may be this one under a new name.
    fn has_field(
        &self,
        field: &Field,
        before: &Model,
        recorded: Option<&Model>,
        source: &SourceModel,
    ) -> Result<bool, String> {
        let known: Vec<&Model> =
            [Some(before), recorded, Some(&source.model)].into_iter().flatten().collect();
        let mut new = Vec::new();
        for form in self.all {
            let fields = form.model.fields.iter();
            for it in fields.filter(|it| known.iter().all(|model| model.field(&it.name).is_none())) {
                new.push((it, form.hints.fields.get(&it.name).cloned().unwrap_or_default()));
            }
        }
        let is_renamed = new.iter().any(|(_, hints)| hints.renamed_from.as_ref() == Some(&field.name));
        if is_renamed || self.models().any(|model| model.field(&field.name).is_some()) {
            return Ok(true);
        }
        // A field that is only drafted has no values yet.
        if recorded.is_none_or(|recorded| recorded.field(&field.name).is_none()) {
            return Ok(false);
        }
        if self.is_unread {
            return Err(format!(
                "the field `{model}.{field}` is gone, and a form of `{model}` behind a false condition, which may have it, \
                 cannot be read; correct that form",
                model = self.key.name,
                field = field.name
            ));
        }
        let mut similar = new
            .iter()
            .filter(|(it, hints)| !hints.new && hints.renamed_from.is_none() && is_same_type(it, field));
        match similar.next() {
            None => Ok(false),
            Some((other, _)) => Err(format!(
                "the field `{model}.{field}` is gone, and `{model}.{other}`, which is behind a false condition, may be \
                 it under a new name\n  - `#[field(renamed_from = \"{field}\")]` on `{other}` if it is\n  - \
                 `#[field(new)]` on `{other}` if `{field}` is gone for good",
                model = self.key.name,
                field = field.name,
                other = other.name
            )),
        }
    }

    /// Keeps the properties of a field that another build declares as the history has them.
    fn field(&self, before: &Field, source: &mut SourceModel) -> Result<(), String> {
        let said = source.hints.fields.get(&before.name).cloned().unwrap_or_default();
        let Some(now) = source.model.fields.iter_mut().find(|field| field.name == before.name) else {
            return Ok(());
        };
        let forms = self.models().filter_map(|model| model.field(&before.name));
        if let (Some(had), FieldKind::Column(ColumnType::Choices(choices))) =
            (before.choices(), &mut now.kind)
        {
            let forms: Vec<&Choices> = forms.clone().filter_map(Field::choices).collect();
            let hints = self.all.iter().filter_map(|form| form.hints.fields.get(&before.name));
            let renamed: Vec<&(String, String)> = hints.flat_map(|it| &it.choices.moves.renamed).collect();
            self.variants(before, had, &forms, &renamed, &said, choices)?;
        }
        if !is_same_column(now, before) && forms.clone().any(|form| is_same_column(form, before)) {
            return Err(format!(
                "`{model}.{field}` is `{here}` here, and `{there}` in another build, as the migrations have it; one table \
                 serves all builds, so give the field one type in all of them",
                model = self.key.name,
                field = before.name,
                here = spelled(now),
                there = spelled(before)
            ));
        }
        if is_same_type(now, before) && forms.clone().any(|form| form.kind == before.kind) {
            now.kind.clone_from(&before.kind);
        }
        keep!(
            before,
            now,
            forms,
            primary_key,
            unique,
            index,
            default,
            column,
            comment,
            collation,
            generated,
            identity,
            sql_type
        );
        Ok(())
    }

    /// Keeps the variants that another build has.
    fn variants(
        &self,
        field: &Field,
        had: &Choices,
        forms: &[&Choices],
        renamed: &[&(String, String)],
        said: &FieldHints,
        now: &mut Choices,
    ) -> Result<(), String> {
        let moves = &said.choices.moves;
        let origins = moves.renamed.iter().chain(&moves.removed).map(|(from, _)| from);
        let settled: Vec<&String> = origins.chain(&said.choices.unused).collect();
        for (position, variant) in had.variants.iter().enumerate() {
            match now.variant(&variant.name).cloned() {
                Some(here)
                    if here.value != variant.value
                        && forms.iter().any(|form| form.variants.contains(variant)) =>
                {
                    return Err(format!(
                        "the value of `{choices}::{name}` in `{model}.{field}` is {here} here, and {there} in another \
                         build, as the migrations have it; one table serves all builds, so write the value out: `{name} = \
                         {there}`",
                        choices = now.name,
                        name = variant.name,
                        model = self.key.name,
                        field = field.name,
                        here = value(&here),
                        there = value(variant)
                    ));
                }
                Some(_) => {}
                None => {
                    let mut of_variant = renamed.iter().filter(|(from, _)| *from == variant.name);
                    let is_kept = forms.iter().any(|form| form.variant(&variant.name).is_some())
                        || of_variant.any(|(_, to)| now.variant(to).is_none());
                    if (is_kept || self.is_unread) && !settled.contains(&&variant.name) {
                        now.variants.insert(position.min(now.variants.len()), variant.clone());
                    }
                }
            }
        }
        if now.storage != had.storage && forms.iter().any(|form| form.storage == had.storage) {
            now.storage = had.storage;
        }
        Ok(())
    }

    /// Inserts a field after the one that it follows in a form that has it.
    fn insert(&self, field: Field, source: &mut SourceModel) {
        let fields = &mut source.model.fields;
        let form = self.models().find(|model| model.field(&field.name).is_some());
        let earlier = form.into_iter().flat_map(|model| &model.fields).take_while(|it| it.name != field.name);
        let behind = earlier.filter_map(|it| fields.iter().position(|known| known.name == it.name)).last();
        let at = match (form, behind) {
            (Some(_), Some(position)) => position + 1,
            (Some(_), None) => 0,
            (None, _) => fields.len(),
        };
        fields.insert(at, field);
    }

    /// Keeps the indexes and constraints that another build has.
    fn objects(&self, before: &Model, source: &mut SourceModel) {
        let now = self.named(&source.model);
        let forms: Vec<Model> = self.models().map(|model| self.named(model)).collect();
        let of_forms: Vec<&Index> = forms.iter().flat_map(|form| &form.indexes).collect();
        let indexes = before.indexes.iter().filter(|index| {
            let is_here = now.indexes.iter().any(|it| it.has_content_of(index) || it.name == index.name);
            let is_elsewhere = self.is_unread || of_forms.iter().any(|it| it.has_content_of(index));
            !is_here && is_elsewhere && has_fields(&source.model, &index.field_names())
        });
        let indexes: Vec<_> = indexes.cloned().collect();
        let of_forms: Vec<&Constraint> = forms.iter().flat_map(|form| &form.constraints).collect();
        let constraints = before.constraints.iter().filter(|rule| {
            let is_here =
                now.constraints.iter().any(|it| it.has_content_of(rule) || it.name() == rule.name());
            let is_elsewhere = self.is_unread || of_forms.iter().any(|it| it.has_content_of(rule));
            !is_here && is_elsewhere && has_fields(&source.model, &rule.field_names())
        });
        let constraints: Vec<_> = constraints.cloned().collect();
        source.model.indexes.extend(indexes);
        source.model.constraints.extend(constraints);
    }

    /// Returns a model with the names of its indexes and constraints.
    fn named(&self, model: &Model) -> Model {
        let mut state = ProjectState::default();
        // An inconsistent model is reported elsewhere.
        let _ = state.insert(self.key, model.clone());
        state.model(self.key).map_or_else(|_| model.clone(), |named| Model::clone(named))
    }
}

fn has_fields(model: &Model, names: &[&str]) -> bool {
    names.iter().all(|name| model.field(&(*name).into()).is_some())
}

fn is_same_column(one: &Field, other: &Field) -> bool {
    is_same_type(one, other) && one.null == other.null
}

/// Returns whether two fields have one Rust type, in any size.
fn is_same_type(one: &Field, other: &Field) -> bool {
    match (&one.kind, &other.kind) {
        (FieldKind::Column(one), FieldKind::Column(other)) => spelled_type(one) == spelled_type(other),
        (FieldKind::ForeignKey(one), FieldKind::ForeignKey(other)) => one.to == other.to,
        (FieldKind::ManyToMany(one), FieldKind::ManyToMany(other)) => one.to == other.to,
        (FieldKind::Column(_), FieldKind::ForeignKey(_) | FieldKind::ManyToMany(_))
        | (FieldKind::ForeignKey(_), FieldKind::Column(_) | FieldKind::ManyToMany(_))
        | (FieldKind::ManyToMany(_), FieldKind::Column(_) | FieldKind::ForeignKey(_)) => false,
    }
}

fn spelled(field: &Field) -> String {
    let bare = match &field.kind {
        FieldKind::Column(column_type) => spelled_type(column_type),
        FieldKind::ForeignKey(relation) => format!("ForeignKey<{}>", relation.to.name),
        FieldKind::ManyToMany(relation) => format!("ManyToMany<{}>", relation.to.name),
    };
    if field.null { format!("Option<{bare}>") } else { bare }
}

fn value(variant: &Choice) -> String {
    match &variant.value {
        modelshift_schema::expr::Literal::Int(number) => number.to_string(),
        modelshift_schema::expr::Literal::Text(text) => modelshift_syntax::text::quoted(text),
        modelshift_schema::expr::Literal::Bool(flag) => flag.to_string(),
        modelshift_schema::expr::Literal::Float(digits) => digits.clone(),
        modelshift_schema::expr::Literal::Bytes(bytes) => format!("{bytes:?}"),
    }
}
