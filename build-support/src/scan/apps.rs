//! The apps of a crate, and the folders of their migrations.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use modelshift_schema::name::AppLabel;
use modelshift_syntax::findings::Checkout;

use crate::config::Build;
use crate::error::Fault;
use crate::scan::crate_tree::{Invocation, Tree};

/// An app of the crate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct App {
    /// The folder of its migrations; none if no `migrations!` declares them.
    pub(crate) folder: Option<PathBuf>,
    /// The errors of the app.
    pub(crate) faults: Vec<Fault>,
    /// The data of the checkout for `migrate`, in a build that runs there.
    pub(crate) checkout: Option<Checkout>,
}

/// Returns every app that is configured, has models, or has its migrations declared.
pub(crate) fn apps(tree: &Tree, build: &Build, default: &AppLabel) -> BTreeMap<AppLabel, App> {
    let models = tree.models.iter().filter(|found| found.presence.skipped.is_none() && !found.is_abstract);
    let with_models: BTreeSet<&AppLabel> = models.map(|found| &found.app).collect();
    let declared = tree.invocations.iter().map(|invocation| &invocation.app);
    let labels: BTreeSet<&AppLabel> =
        with_models.iter().copied().chain(declared).chain(build.labels()).collect();
    labels
        .into_iter()
        .map(|label| {
            let mut app = App::default();
            if !is_label(label) {
                app.faults.push(Fault::Label { label: label.clone() });
            }
            let of_app: Vec<&Invocation> =
                tree.invocations.iter().filter(|invocation| invocation.app == *label).collect();
            place(&mut app, label, default, &of_app);
            if of_app.is_empty() && with_models.contains(label) {
                app.faults.push(no_place(build, label, default));
            }
            (label.clone(), app)
        })
        .collect()
}

fn place(app: &mut App, label: &AppLabel, default: &AppLabel, invocations: &[&Invocation]) {
    app.folder = invocations.first().map(|invocation| invocation.folder.clone());
    if let [first, second, ..] = invocations {
        app.faults.push(Fault::TwoPlaces {
            app: label.clone(),
            first: first.place.to_string(),
            second: second.place.to_string(),
        });
    }
    // A place outside the app's own folder is valid; a place inside another app's folder is a mistake.
    let astray = invocations.iter().find(|it| it.app_of_file != *label && it.app_of_file != *default);
    if let Some(invocation) = astray {
        app.faults.push(Fault::WrongPlace {
            place: invocation.place.to_string(),
            lies_in: invocation.app_of_file.clone(),
            declares: label.clone(),
            line: format!("modelshift::migrations!({});", invocation.app_of_file),
        });
    }
}

fn no_place(build: &Build, label: &AppLabel, default: &AppLabel) -> Fault {
    let configured = build.folder_of(label);
    let folder = configured.map_or_else(|| "src".to_owned(), crate::files::slashed);
    let argument = if label == default { String::new() } else { label.to_string() };
    Fault::NoPlace {
        app: label.clone(),
        file: format!("{folder}/migrations.rs"),
        line: format!("modelshift::migrations!({argument});"),
    }
}

/// Returns whether a label can stand in names of files, tables and migrations.
fn is_label(label: &AppLabel) -> bool {
    let text = label.as_str();
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|character| matches!(character, 'a'..='z' | '0'..='9' | '_'))
}

#[cfg(test)]
mod tests {
    use modelshift_schema::name::AppLabel;

    use super::*;
    use crate::scan::crate_tree::Place;

    /// Returns the faults of an app that is declared at these places: the label it declares, the app of the file.
    fn faults(label: &str, invocations: &[(&str, &str)]) -> Vec<String> {
        let invocation = |(position, (app, lies_in)): (usize, &(&str, &str))| Invocation {
            app: AppLabel::new(*app),
            app_of_file: AppLabel::new(*lies_in),
            folder: PathBuf::from("src/migrations"),
            place: Place { file: "src/migrations.rs".to_owned(), line: position + 1, column: 1 },
        };
        let invocations = invocations.iter().enumerate().map(invocation).collect();
        let tree = Tree { invocations, ..Tree::default() };
        let build = Build::new().app(label, "src/blog");
        let apps = apps(&tree, &build, &AppLabel::new("site"));
        apps[&AppLabel::new(label)].faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn migrations_may_lie_anywhere_but_in_another_app() {
        assert_eq!(faults("blog", &[("blog", "blog")]), Vec::<String>::new());
        assert_eq!(faults("blog", &[("blog", "site")]), Vec::<String>::new());
        let astray = faults("blog", &[("blog", "shop")]);
        assert_eq!(astray.len(), 1);
        assert!(astray[0].contains("write `modelshift::migrations!(shop);`"), "{astray:?}");
    }

    #[test]
    fn one_app_has_one_place() {
        let twice = faults("blog", &[("blog", "blog"), ("blog", "blog")]);
        assert_eq!(twice.len(), 1);
        assert!(twice[0].contains("at src/migrations.rs:1:1 and at src/migrations.rs:2:1"), "{twice:?}");
    }

    #[test]
    fn labels_are_safe_as_names_of_files() {
        for label in ["Blog", "../blog", "2blog", "", "blog-site"] {
            let faults = faults(label, &[]);
            assert!(faults[0].contains("invalid label of an app"), "{label}: {faults:?}");
        }
    }
}
