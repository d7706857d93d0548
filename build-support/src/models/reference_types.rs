//! Checks that references hold values of the type that they refer to.
//!
//! The derive sees one struct at a time, and assumes that a `ForeignKey<Author>` holds the key of an `Author`. For another
//! field (`to_field`), the type is declared (`ForeignKey<Author, String>`), and compared here.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::name::ModelKey;
use modelshift_schema::relation::ForeignKey;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::findings::FoundQuestion;
use modelshift_syntax::spelled_type;

use crate::models::{Models, ScannedModel};

/// Adds a question for each reference whose value has another type than the field that it refers to.
pub(crate) fn ask(models: &mut Models<'_>) {
    let mut state = ProjectState::default();
    for (key, source) in models.wanted() {
        // Two models of one name are reported elsewhere.
        let _ = state.insert(&key, source.model);
    }
    for scanned in &mut models.scanned {
        let questions = scanned.source.iter().flat_map(|source| &source.model.fields);
        let questions: Vec<_> =
            questions.filter_map(|field| question(&state, scanned, field, field.relation()?)).collect();
        scanned.questions.extend(questions);
    }
}

fn question(
    state: &ProjectState,
    scanned: &ScannedModel<'_>,
    field: &Field,
    relation: &ForeignKey,
) -> Option<FoundQuestion> {
    // The detector reports an inconsistent model.
    let wanted = state.column_type(&scanned.key, field).ok()?;
    let held = match scanned.held.get(&field.name) {
        // A type with an unknown name is not checked.
        Some(held) => held.clone()?,
        None => key_type(state, &relation.to)?,
    };
    if is_same(&held, &wanted) {
        return None;
    }
    let (model, name, to) = (&scanned.key.name, &field.name, &relation.to.name);
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
    // The detector reports a reference to a key of several fields.
    if keys.next().is_some() { None } else { state.column_type(to, key).ok() }
}

/// Returns whether two columns hold values of one Rust type, in any size.
fn is_same(one: &ColumnType, other: &ColumnType) -> bool {
    spelled_type(one) == spelled_type(other)
}
