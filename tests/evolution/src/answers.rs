//! Questions -> answers in the source, as a person may give them.

use modelshift_schema::expr::{Expr, Function};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::{FieldHints, SourceModel};
use modelshift_schema::name::{FieldName, ModelKey, ObjectName};
use modelshift_schema::question::{MissingValue, Question, QuestionKind};

use crate::random::Random;
use crate::sources::Sources;
use crate::{fields, values};

/// Answers a question by chance; after some rounds by what certainly ends them. None where nothing can be answered: a key
/// without values can only be made in several migrations.
pub(crate) fn answer(
    random: &mut Random,
    sources: &mut Sources,
    question: &Question,
    round: usize,
) -> Option<()> {
    let is_patient = round < 8;
    if may_be_another_model(&question.kind) && (!is_patient || random.one_in(2)) {
        let hints = &mut sources.get_mut(&question.model)?.hints;
        (hints.new, hints.renamed_from, hints.moved_from) = (true, None, None);
        return Some(());
    }
    let origin = question.field.as_ref().and_then(|field| sources.origin(&question.model, field));
    let Some((shared, prefix, name)) = origin else {
        if is_patient && random.one_in(2) && answer_elsewhere(sources, question).is_some() {
            return Some(());
        }
        return answer_in(random, sources.get_mut(&question.model)?, question, is_patient);
    };
    // What is asked about a field of an abstract struct is answered there, for all that flatten it.
    let kind = question.kind.with_names(|name| name.strip_prefix(&prefix).map(str::to_owned));
    let question = Question { model: shared.clone(), field: Some(name.clone()), kind };
    answer_in(random, sources.any_mut(&shared)?, &question, is_patient)?;
    sources.spread(&shared, &name)
}

/// Returns whether the question is about a key that another model may have, under the name of the recorded one.
fn may_be_another_model(kind: &QuestionKind) -> bool {
    if let QuestionKind::NewNotNull(missing)
    | QuestionKind::RenamedField { missing: Some(missing), .. }
    | QuestionKind::ReplacedField { missing: Some(missing), .. } = kind
    {
        return missing.may_be_another_model;
    }
    false
}

/// Answers a question at another thing than it is about; none where that is not possible.
fn answer_elsewhere(sources: &mut Sources, question: &Question) -> Option<()> {
    match (&question.kind, &question.field) {
        (QuestionKind::OtherTarget(it), _) if it.may_be_renamed => {
            let target = sources.get_mut(&it.after)?;
            if target.hints.renamed_from.is_some() || target.hints.moved_from.is_some() {
                return None;
            }
            let origin = if it.before.app == it.after.app {
                it.before.name.to_string()
            } else {
                it.before.to_string()
            };
            said(target, None, Some(origin));
            Some(())
        }
        (QuestionKind::OriginStillThere { from }, Some(_)) => {
            let source = sources.get_mut(&question.model)?;
            let from = source.model.field(&FieldName::new(from))?.name.clone();
            let hints = hints(source, &from);
            (hints.new, hints.keep_values) = (true, false);
            Some(())
        }
        (QuestionKind::OriginStillThere { from }, None) => {
            sources.get_mut(&ModelKey::new(&question.model.app, from.as_str()))?.hints.new = true;
            Some(())
        }
        (_, _) => None,
    }
}

/// Answers what a reference, a name or a field means from now on.
fn answer_about_meaning(
    random: &mut Random,
    source: &mut SourceModel,
    question: &Question,
    is_patient: bool,
) -> Option<()> {
    if let (QuestionKind::OtherTarget(it), Some(field)) = (&question.kind, &question.field) {
        if it.can_keep && !(is_patient && it.fields.is_empty() && random.one_in(2)) {
            keep_values(source, field);
            hints(source, field).was = Some(it.was.clone());
            return Some(());
        }
        said(source, Some(field), None);
        hints(source, field).was = Some(it.was.clone());
        if let Some(missing) = &it.missing {
            provide(random, source, field, missing, is_patient)?;
        }
    }
    if let QuestionKind::TakenName(it) = &question.kind {
        let from = candidate(random, &it.candidates, is_patient).cloned();
        let from = from.or_else(|| it.candidates.first().filter(|_| !it.can_keep).cloned());
        match &question.field {
            Some(field) if from.is_none() => keep_values(source, field),
            Some(field) => {
                said(source, Some(field), from);
                hints(source, field).new = true;
            }
            None => {
                said(source, None, from);
                source.hints.new = true;
            }
        }
    }
    if let (QuestionKind::MovedField(it), Some(field)) = (&question.kind, &question.field) {
        if let Some(values) = it.values.as_ref().filter(|_| is_patient && random.one_in(2)) {
            let hints = hints(source, field);
            (hints.new, hints.backfill) = (true, Some(values.value.clone()));
            return Some(());
        }
        said(source, Some(field), None);
        if let Some(missing) = &it.missing {
            provide(random, source, field, missing, is_patient)?;
        }
    }
    Some(())
}

fn answer_in(
    random: &mut Random,
    source: &mut SourceModel,
    question: &Question,
    is_patient: bool,
) -> Option<()> {
    match (&question.kind, &question.field) {
        (QuestionKind::NullToNotNull(_), Some(field)) if random.one_in(4) => {
            let hints = hints(source, field);
            (hints.filled, hints.backfill) = (true, None);
        }
        (QuestionKind::UnknownSource { .. } | QuestionKind::NullSource { .. }, Some(field)) => {
            let field = source.model.fields.iter_mut().find(|it| it.name == *field)?;
            field.null = true;
        }
        // Who writes raw text writes another one.
        (QuestionKind::RawColumn { object: None, .. }, Some(name)) => {
            let field = source.model.fields.iter_mut().find(|it| it.name == *name)?;
            field.generated = None;
            field.null = true;
            hints(source, name).backfill = None;
        }
        (QuestionKind::RawColumn { object, .. }, _) => {
            let is_other = |name: Option<&ObjectName>| name.map(ObjectName::to_string) != *object;
            source.model.indexes.retain(|it| it.name.is_some() && is_other(it.name.as_ref()));
            source.model.constraints.retain(|it| it.name().is_some() && is_other(it.name()));
        }
        (QuestionKind::Misfit { missing, .. }, Some(name)) => {
            hints(source, name).backfill = None;
            nullable(source.model.fields.iter_mut().find(|it| it.name == *name)?, missing);
        }
        (QuestionKind::NewNotNull(missing) | QuestionKind::NullToNotNull(missing), Some(field)) => {
            provide(random, source, field, missing, is_patient)?;
        }
        (QuestionKind::RenamedField { candidates, missing }, Some(field)) => {
            if let Some(from) = candidate(random, candidates, is_patient) {
                said(source, Some(field), Some(from.to_string()));
            } else {
                said(source, Some(field), None);
                if let Some(missing) = missing {
                    provide(random, source, field, missing, is_patient)?;
                }
            }
        }
        (QuestionKind::RenamedModel { candidates }, _) => {
            let from = candidate(random, candidates, is_patient);
            said(source, None, from.map(ToString::to_string));
        }
        (QuestionKind::UnknownOrigin { candidates, .. }, field) => {
            let from = candidate(random, candidates, is_patient).cloned();
            said(source, field.as_ref(), from);
        }
        (QuestionKind::OriginStillThere { .. } | QuestionKind::SharedOrigin { .. }, field) => {
            said(source, field.as_ref(), None);
        }
        (QuestionKind::ReplacedField { through_model: None, is_used: false, was, .. }, field) => {
            said(source, field.as_ref(), None);
            if let Some(field) = field {
                hints(source, field).was = Some(was.clone());
            }
        }
        // A field with a key or an index gets another name, and values of its own, in several migrations.
        (QuestionKind::ReplacedField { is_used: true, .. }, _) => return None,
        (QuestionKind::ReplacedField { through_model: Some(_), was, .. }, Some(field)) => {
            let keeps = is_patient || random.one_in(2);
            let hints = hints(source, field);
            (hints.keep_rows, hints.new) = (keeps, !keeps);
            hints.was = (!keeps).then(|| was.clone());
        }
        (QuestionKind::OtherTarget(_) | QuestionKind::TakenName(_) | QuestionKind::MovedField(_), _) => {
            answer_about_meaning(random, source, question, is_patient)?;
        }
        (QuestionKind::RemovedChoice { gone, came, kept, .. }, Some(field)) => {
            let choices = &mut hints(source, field).choices;
            match (candidate(random, came, is_patient), kept) {
                (Some(came), _) => choices.moves.renamed.push((gone.clone(), came.clone())),
                (None, Some(kept)) if random.one_in(2) => {
                    choices.moves.removed.push((gone.clone(), kept.clone()));
                }
                (None, _) => choices.unused.push(gone.clone()),
            }
        }
        (
            QuestionKind::ReplacedField { through_model: Some(_), .. }
            | QuestionKind::NewNotNull(_)
            | QuestionKind::NullToNotNull(_)
            | QuestionKind::UnknownSource { .. }
            | QuestionKind::NullSource { .. }
            | QuestionKind::Misfit { .. }
            | QuestionKind::RenamedField { .. }
            | QuestionKind::RemovedChoice { .. },
            None,
        ) => {}
    }
    Some(())
}

/// Chooses what a thing was before; none is that it is new.
fn candidate<'a, T>(random: &mut Random, candidates: &'a [T], is_patient: bool) -> Option<&'a T> {
    if is_patient && random.one_in(2) { random.pick(candidates) } else { None }
}

fn hints<'a>(source: &'a mut SourceModel, field: &FieldName) -> &'a mut FieldHints {
    source.hints.fields.entry(field.clone()).or_default()
}

/// Says that a field is the recorded one, with its values.
fn keep_values(source: &mut SourceModel, field: &FieldName) {
    let hints = hints(source, field);
    (hints.keep_values, hints.new) = (true, false);
}

/// Says where a field or a model comes from; none is that it is new.
fn said(source: &mut SourceModel, field: Option<&FieldName>, from: Option<String>) {
    if let Some(field) = field {
        let hints = hints(source, field);
        hints.new = from.is_none();
        hints.renamed_from = from.map(Into::into);
        hints.keep_values = false;
    } else {
        source.hints.new = from.is_none();
        source.hints.moved_from = from.as_ref().and_then(|from| from.parse().ok());
        source.hints.renamed_from = from.filter(|_| source.hints.moved_from.is_none()).map(Into::into);
    }
}

/// Returns existing rows a value, or lets them have none.
fn provide(
    random: &mut Random,
    source: &mut SourceModel,
    name: &FieldName,
    missing: &MissingValue,
    is_patient: bool,
) -> Option<()> {
    let other = other_field(random, source, name);
    let keys = source.model.primary_key().count();
    let field = source.model.fields.iter_mut().find(|field| field.name == *name)?;
    let value = values::value(random, field);
    let apart = missing.sample == "random_uuid()" && missing.reference.is_none();
    let way = if is_patient { random.below(4) } else { 0 };
    match (way, value) {
        _ if missing.unique && !apart => nullable(field, missing),
        (0, _) if missing.unique => {
            field.default = Some(Expr::Call { function: Function::RandomUuid, arguments: Vec::new() });
        }
        _ if missing.key || missing.unique => nullable(field, missing),
        (1, _) => nullable(field, missing),
        (2, Some(value)) if missing.reference.is_none() => field.default = Some(value),
        (3, _) if other.is_some() && missing.reference.is_none() => hints(source, name).backfill = other,
        (_, Some(value)) => hints(source, name).backfill = Some(value),
        (_, None) => nullable(field, missing),
    }
    (!missing.key || !source.model.field(name)?.null || keys > 1).then_some(())
}

fn nullable(field: &mut Field, missing: &MissingValue) {
    field.null = true;
    if missing.key {
        (field.primary_key, field.unique, field.index) = (false, true, false);
    }
}

/// Chooses another field of the same type, whose values a new one may get.
fn other_field(random: &mut Random, source: &SourceModel, name: &FieldName) -> Option<Expr> {
    let kind = &source.model.field(name)?.kind;
    let suits = |it: &&Field| {
        it.name != *name && !it.null && it.kind == *kind && matches!(kind, FieldKind::Column(_))
    };
    let others: Vec<&Field> = source.model.fields.iter().filter(suits).collect();
    let other = random.pick(&others)?;
    let is_raw = fields::is_plain_word(other) && random.one_in(2);
    let name = other.name.as_str();
    Some(if is_raw { Expr::Raw(name.to_owned()) } else { Expr::name(name) })
}
