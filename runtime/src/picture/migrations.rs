//! A graph of migrations -> its picture.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::graph::Graph;
use modelshift_schema::name::MigrationId;

use super::{Applied, Arrow, Part, Picture, PictureBox, Subject};

/// Marks what a database has of each migration; what is not in the list is not applied.
pub(crate) fn mark_applied(picture: &mut Picture, applied: &BTreeMap<MigrationId, Applied>) {
    for it in &mut picture.boxes {
        let id = MigrationId::new(it.app.as_str(), it.name.as_str());
        it.applied = Some(applied.get(&id).copied().unwrap_or(Applied::Nothing));
    }
}

/// Returns the picture of the migrations of some apps (of all, if none is named), with what they depend on directly.
pub(crate) fn of_migrations(graph: &Graph, apps: &[String]) -> Picture {
    let is_wanted = |id: &MigrationId| apps.is_empty() || apps.iter().any(|app| id.app == app.as_str());
    let order = graph.order();
    let shown: BTreeSet<&MigrationId> = order
        .iter()
        .filter(|it| is_wanted(&it.id))
        .flat_map(|it| std::iter::once(&it.id).chain(graph.parents(&it.id)))
        .collect();
    let mut positions = BTreeMap::new();
    let mut boxes = Vec::new();
    for migration in order.into_iter().filter(|it| shown.contains(&it.id)) {
        positions.insert(&migration.id, boxes.len());
        let replaced = graph.replaced_by(&migration.id);
        let replaced = replaced.iter().map(|id| format!("replaces {id}"));
        let is_outside = !is_wanted(&migration.id);
        let operations = migration.operations.iter().filter(|_| !is_outside);
        boxes.push(PictureBox {
            app: migration.id.app.to_string(),
            name: migration.id.name.clone(),
            notes: replaced.chain((!migration.atomic).then(|| "not one transaction".to_owned())).collect(),
            parts: operations.map(|it| Part { name: it.behaviour().describe(), ..Part::default() }).collect(),
            is_outside,
            applied: None,
        });
    }
    let mut arrows = Vec::new();
    for (id, to) in positions.iter().filter(|(id, _)| is_wanted(id)) {
        for from in graph.parents(id).filter_map(|parent| positions.get(parent)) {
            let (from, to) = (*from, *to);
            arrows.push(Arrow { from, to, label: String::new(), is_optional: false, is_unique: false });
        }
    }
    arrows.sort_by_key(|it| (it.from, it.to));
    Picture { subject: Subject::Migrations, boxes, arrows }
}
