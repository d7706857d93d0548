//! Why a name in `models` is not a model at a place of the history, and what to do.

use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::replay;
use modelshift_schema::state::ProjectState;

use super::Place;

/// Describes why a model is not there.
pub(super) fn missing(place: &Place, key: &ModelKey) -> String {
    let spelled =
        if key.app == place.app { key.name.to_string() } else { format!("{}::{}", key.app, key.name) };
    if key.app != place.app
        && let Some(id) = first_with(place, key)
    {
        return format!(
            "`models::{spelled}` is not reached by this migration; add `{id}` to its `depends_on`, and build again"
        );
    }
    let mut known = place
        .state
        .models()
        .filter(|(other, _)| other.app == key.app)
        .map(|(other, _)| format!("`{}`", other.name));
    let known = known.by_ref().collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "there is none".to_owned() } else { format!("there is {known}") };
    format!("`models::{spelled}` is not a model of app `{}` at this migration; {known}", key.app)
}

/// Returns the first migration after which a model is there.
fn first_with(place: &Place, key: &ModelKey) -> Option<MigrationId> {
    let mut state = ProjectState::default();
    for migration in place.graph.order() {
        replay::advance(&mut state, migration).ok()?;
        if state.contains(key) {
            return Some(migration.id.clone());
        }
    }
    None
}

/// Describes why an app has no models.
pub(super) fn no_app(place: &Place, app: &AppLabel) -> String {
    missing(place, &ModelKey::new(app, "*"))
}
