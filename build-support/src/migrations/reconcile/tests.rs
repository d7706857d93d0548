use std::time::Duration;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::hints::ModelHints;
use modelshift_schema::model::Model;

use super::*;
use crate::migrations::options::RunOptions;
use crate::models::elsewhere::Elsewhere;
use crate::scan::apps::App;
use crate::scan::crate_tree::Tree;

#[test]
fn what_was_saved_meanwhile_is_left_to_the_next_run() {
    let package = tempfile::tempdir().unwrap();
    let source = package.path().join("models.rs");
    std::fs::write(&source, "").unwrap();
    let label = AppLabel::new("blog");
    let folder = package.path().join("migrations");
    let app = App { folder: Some(folder.clone()), ..App::default() };
    let apps = BTreeMap::from([(label.clone(), app)]);
    let id = Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let model = SourceModel { model: Model::new("Post", vec![id]), hints: ModelHints::default() };
    let wanted = BTreeMap::from([(ModelKey::new(&label, "Post"), model)]);

    let saved = newest([source.as_path()]);
    let inputs = BTreeSet::from([source]);
    let permission = Permission::Write(None);
    let (tree, elsewhere, options) = (Tree::default(), Elsewhere::default(), RunOptions::default());
    let workspace = |read| Workspace {
        package: package.path(),
        permission: &permission,
        apps: &apps,
        tree: &tree,
        elsewhere: &elsewhere,
        inputs: &inputs,
        read,
        options: &options,
    };

    let before = saved.map(|saved| saved - Duration::from_millis(1));
    assert_eq!(reconcile(&workspace(before), &wanted).outcomes, BTreeMap::new());
    assert!(!folder.exists());
    let outcomes = reconcile(&workspace(saved), &wanted).outcomes;
    assert!(matches!(outcomes[&label], Outcome::Written { changed: true, .. }), "{outcomes:?}");
    assert!(folder.join("m0001_initial.rs").exists());
}
