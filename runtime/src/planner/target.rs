//! Targets of a run, as a person writes them, and the migrations that they name.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::str::FromStr;

use modelshift_schema::graph::Graph;
use modelshift_schema::name::{AppLabel, MigrationId};

use crate::error::{Error, ErrorKind};

/// The target of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// All migrations applied.
    #[default]
    Latest,
    /// No migration of an app applied. Without a label, the program must have one app.
    Zero {
        /// The app.
        app: Option<AppLabel>,
    },
    /// A migration by name.
    To {
        /// The app, if it is not part of the name.
        app: Option<AppLabel>,
        /// `0002`, `0002_author`, `blog.0002_author_rating`, or an app for its latest.
        name: String,
    },
    /// Some migrations, and all that depend on them, not applied. They are reverted by the operations in the history, so that
    /// the program need not have them.
    Without {
        /// The migrations: `0002`, `0002_author`, `blog.0002_author_rating`.
        names: Vec<String>,
    },
}

impl Target {
    /// Creates a target from the words of a command line: an app, a name, or both, in this order.
    pub fn from_words(first: Option<&str>, second: Option<&str>) -> Self {
        match (first, second) {
            (None, None) => Self::Latest,
            (Some(app), Some("zero")) => Self::Zero { app: Some(app.into()) },
            (Some(app), Some(name)) => Self::To { app: Some(app.into()), name: name.to_owned() },
            (Some(word), None) | (None, Some(word)) => Self::from(word),
        }
    }

    /// Creates the target at which these migrations, and all that depend on them, are not applied.
    ///
    /// ```no_run
    /// # async fn run(migrations: modelshift::Migrations) -> Result<(), modelshift::Error> {
    /// use modelshift::{Migrator, Target};
    ///
    /// let mut migrator = Migrator::connect("sqlite://db.sqlite3").await?.with(migrations);
    /// migrator.migrate_to(Target::without(["blog.0007_of_another_branch"])).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn without(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::Without { names: names.into_iter().map(Into::into).collect() }
    }
}

impl From<&str> for Target {
    /// Reads `zero`, `blog.zero`, `blog zero`, `blog`, `0002`, `blog.0002`, `blog 0002`; an empty text means the latest.
    fn from(text: &str) -> Self {
        let text = text.trim();
        if let Some((app, name)) = text.split_once(char::is_whitespace) {
            return Self::from_words(Some(app), Some(name.trim()));
        }
        match text.split_once('.') {
            None if text.is_empty() => Self::Latest,
            None if text == "zero" => Self::Zero { app: None },
            None => Self::To { app: None, name: text.to_owned() },
            Some((app, name)) => Self::from_words(Some(app), Some(name)),
        }
    }
}

impl FromStr for Target {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

/// A target, resolved in a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// These migrations, and all that they depend on, applied.
    Applied(Vec<MigrationId>),
    /// This migration applied, and nothing of its app that comes after it.
    At(MigrationId),
    /// Nothing of the app applied.
    Zero(AppLabel),
    /// These migrations, and all that depend on them, not applied.
    Without(Vec<MigrationId>),
}

impl Target {
    /// Resolves the target among the migrations of a graph.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownTarget`], [`ErrorKind::AmbiguousTarget`], and [`ErrorKind::TwoLeaves`] if the latest
    /// migration is ambiguous.
    pub(crate) fn find(&self, graph: &Graph) -> Result<Destination, Error> {
        match self {
            Self::Latest => {
                let apps = graph.apps();
                let latest = apps.into_iter().map(|app| latest(graph, app)).collect::<Result<Vec<_>, _>>()?;
                Ok(Destination::Applied(latest.into_iter().flatten().collect()))
            }
            Self::Zero { app: Some(app) } => known(graph, app, "zero").map(Destination::Zero),
            Self::Zero { app: None } => match graph.apps().into_iter().collect::<Vec<_>>().as_slice() {
                [app] => Ok(Destination::Zero((*app).clone())),
                apps => Err(unclear("zero", apps.iter().map(|app| format!("{app} zero")).collect())),
            },
            Self::To { app: Some(app), name } => find_name(graph, Some(&known(graph, app, name)?), name),
            Self::To { app: None, name } => {
                let app = AppLabel::new(name.as_str());
                if graph.apps().contains(&app) {
                    return latest(graph, &app)
                        .map(|latest| Destination::Applied(latest.into_iter().collect()));
                }
                find_name(graph, None, name)
            }
            Self::Without { names } => {
                let ids = names.iter().map(|name| find_migration(graph, name)).collect::<Result<_, _>>()?;
                Ok(Destination::Without(ids))
            }
        }
    }
}

/// Finds one migration by its name or the beginning of it.
///
/// # Errors
/// [`ErrorKind::UnknownTarget`], [`ErrorKind::AmbiguousTarget`].
pub(crate) fn find_migration(graph: &Graph, text: &str) -> Result<MigrationId, Error> {
    let target = Target::from(text);
    match &target {
        Target::To { app, name } => {
            let app = app.as_ref().map(|app| known(graph, app, name)).transpose()?;
            match find_name(graph, app.as_ref(), name)? {
                Destination::At(id) => Ok(id),
                Destination::Applied(_) | Destination::Zero(_) | Destination::Without(_) => {
                    Err(unknown(text, graph, app.as_ref()))
                }
            }
        }
        Target::Latest | Target::Zero { .. } | Target::Without { .. } => Err(unknown(text, graph, None)),
    }
}

fn find_name(graph: &Graph, app: Option<&AppLabel>, name: &str) -> Result<Destination, Error> {
    let ids = ids_of(graph, app);
    let exact: Vec<_> = ids.iter().filter(|id| id.name == name).collect();
    let with_prefix: Vec<_> = ids.iter().filter(|id| id.name.starts_with(name)).collect();
    match (exact.as_slice(), with_prefix.as_slice()) {
        ([id], _) | ([], [id]) => Ok(Destination::At((**id).clone())),
        ([], []) => Err(unknown(name, graph, app)),
        ([], several) | (several, _) => Err(unclear(name, several.iter().map(ToString::to_string).collect())),
    }
}

fn latest(graph: &Graph, app: &AppLabel) -> Result<Option<MigrationId>, Error> {
    match graph.leaves(app).as_slice() {
        [] => Ok(None),
        [leaf] => Ok(Some((*leaf).clone())),
        several => Err(ErrorKind::TwoLeaves {
            app: app.clone(),
            leaves: several.iter().map(|leaf| (*leaf).clone()).collect(),
        }
        .into()),
    }
}

fn known(graph: &Graph, app: &AppLabel, name: &str) -> Result<AppLabel, Error> {
    let apps = graph.apps();
    if apps.contains(app) {
        return Ok(app.clone());
    }
    let candidates = nearest_apps(app.as_str(), apps.iter().map(ToString::to_string));
    let candidates = candidates.into_iter().map(|app| format!("{app} {name}")).collect();
    Err(ErrorKind::UnknownTarget { asked: format!("{app} {name}"), candidates }.into())
}

fn ids_of<'a>(graph: &'a Graph, app: Option<&AppLabel>) -> Vec<&'a MigrationId> {
    let ids = graph.order().into_iter().map(|it| &it.id);
    ids.filter(|id| app.is_none_or(|app| id.app == *app)).collect()
}

fn unknown(asked: &str, graph: &Graph, app: Option<&AppLabel>) -> Error {
    let candidates = nearest(asked, ids_of(graph, app).into_iter().map(ToString::to_string));
    ErrorKind::UnknownTarget { asked: asked.to_owned(), candidates }.into()
}

/// Checks that an app is known.
///
/// # Errors
/// [`ErrorKind::UnknownApp`].
pub(crate) fn check_app<'a>(app: &str, known: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let known: BTreeSet<&str> = known.collect();
    if known.contains(app) {
        return Ok(());
    }
    let candidates = nearest_apps(app, known.into_iter().map(str::to_owned));
    Err(ErrorKind::UnknownApp { asked: app.to_owned(), candidates }.into())
}

/// Returns the names that are most similar to a requested name, or to the beginning of one; a few of several.
fn nearest(asked: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    const FEW: usize = 5;
    let names: Vec<(usize, String)> = names.map(|name| (distance(asked, &name), name)).collect();
    let smallest = names.iter().map(|(distance, _)| *distance).min();
    let nearest = names.into_iter().filter(|(distance, _)| Some(*distance) == smallest);
    nearest.map(|(_, name)| name).take(FEW).collect()
}

/// Returns the apps that are similar to a label; all apps, if none is.
fn nearest_apps(asked: &str, apps: impl Iterator<Item = String>) -> Vec<String> {
    let apps: Vec<String> = apps.collect();
    let nearest = nearest(asked, apps.iter().cloned());
    let is_like = |app: &String| distance(asked, app) * 2 <= asked.chars().count();
    if nearest.iter().any(is_like) { nearest } else { apps }
}

/// Returns the edit distance between a text and a name, with or without its app, or the beginning of a name.
fn distance(asked: &str, name: &str) -> usize {
    let of_app = name.split_once('.').map_or(name, |(_, name)| name);
    let beginning = |text: &str| text.chars().take(asked.chars().count()).collect::<String>();
    let forms = [name.to_owned(), of_app.to_owned(), beginning(name), beginning(of_app)];
    forms.iter().map(|form| strsim::damerau_levenshtein(asked, form)).min().unwrap_or_default()
}

fn unclear(asked: &str, candidates: Vec<String>) -> Error {
    ErrorKind::AmbiguousTarget { asked: asked.to_owned(), candidates }.into()
}
