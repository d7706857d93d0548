//! Whether references hold values of the type that they refer to.
//!
//! The derive sees one struct at a time, and takes a `ForeignKey<Author>` to hold the key of an `Author`. Where it goes
//! by another field (`to_field`) the type is said (`ForeignKey<Author, String>`), and compared here.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::name::ModelKey;
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::spelled_type;

use crate::models::{Models, ScannedModel};

/// Asks about each reference whose value is of another type than what it refers to.
pub(crate) fn ask(models: &mut Models<'_>) {
    let mut state = ProjectState::default();
    for (key, source) in models.wanted() {
        // Two models of one name are told of elsewhere.
        let _ = state.insert(&key, source.model);
    }
    for sighted in &mut models.sighted {
        let questions = sighted.source.iter().flat_map(|source| &source.model.fields);
        let questions: Vec<_> =
            questions.filter_map(|field| question(&state, sighted, field, field.relation()?)).collect();
        sighted.questions.extend(questions);
    }
}

fn question(
    state: &ProjectState,
    sighted: &ScannedModel<'_>,
    field: &Field,
    relation: &ForeignKey,
) -> Option<FoundQuestion> {
    // What does not hold together is told of by the detector.
    let wanted = state.column_type(&sighted.key, field).ok()?;
    let held = match sighted.held.get(&field.name) {
        // A type that is not known by its name is the user's own affair.
        Some(held) => held.clone()?,
        None => key_type(state, &relation.to)?,
    };
    if is_same(&held, &wanted) {
        return None;
    }
    let (model, name, to) = (&sighted.key.name, &field.name, &relation.to.name);
    let target = relation.to_field.as_ref().map_or_else(|| to.to_string(), |target| format!("{to}.{target}"));
    let (wanted, held) = (spelled_type(&wanted), spelled_type(&held));
    let word = if field.unique { "OneToOne" } else { "ForeignKey" };
    let written =
        if relation.to_field.is_some() { format!("{word}<{to}, {wanted}>") } else { format!("{word}<{to}>") };
    let message = format!(
        "`{model}.{name}` refers to `{target}`, which is a `{wanted}`, and would hold a `{held}`\n\
         write the type of the value: `{written}`"
    );
    Some(FoundQuestion::new(Some(name.to_string()), message))
}

fn key_type(state: &ProjectState, to: &ModelKey) -> Option<ColumnType> {
    let model = state.model(to).ok()?;
    let mut keys = model.primary_key();
    let key = keys.next()?;
    // A key of several fields is no single value, which the detector tells of.
    if keys.next().is_some() { None } else { state.column_type(to, key).ok() }
}

/// Returns whether two columns hold values of one Rust type; sizes are none of its business.
fn is_same(one: &ColumnType, other: &ColumnType) -> bool {
    spelled_type(one) == spelled_type(other)
}
