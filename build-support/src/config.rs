//! The configuration in `build.rs`: the apps of the crate, their source folders, and the prefix of their tables.

use std::path::{Path, PathBuf};

use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, TableName};
use modelshift_schema::naming;

/// The configuration of the build step of one package.
///
/// ```no_run
/// modelshift_build::new().app("blog", "src/blog").app("shop", "src/shop").run();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Build {
    apps: Vec<(AppLabel, PathBuf)>,
    table_prefix: Option<String>,
}

impl Build {
    /// Creates the default: one app with the name of the package.
    pub fn new() -> Self {
        Self::default()
    }

    /// Assigns the models below this folder (and in the file of its name, `src/blog.rs`) to the app.
    ///
    /// The path is relative to the folder of `Cargo.toml`. Models outside all such folders belong to the default app.
    #[must_use]
    pub fn app(mut self, label: &str, folder: impl Into<PathBuf>) -> Self {
        self.apps.push((AppLabel::new(label), folder.into()));
        self
    }

    /// Sets the prefix of table names, in place of the app's label and `_`.
    ///
    /// A model's own `#[model(table = "…")]` takes precedence.
    #[must_use]
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.table_prefix = Some(prefix.into());
        self
    }

    /// Returns the app of a source file, by its path from the folder of `Cargo.toml`: that of the longest matching folder.
    pub(crate) fn app_of(&self, file: &Path, default: &AppLabel) -> AppLabel {
        let apps = self.apps.iter().filter(|(_, folder)| {
            file.starts_with(folder) || file == Path::new(&format!("{}.rs", folder.display()))
        });
        let longest = apps.max_by_key(|(_, folder)| folder.components().count());
        longest.map_or_else(|| default.clone(), |(label, _)| label.clone())
    }

    /// Returns the labels that are configured.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &AppLabel> {
        self.apps.iter().map(|(label, _)| label)
    }

    /// Returns the folder that is configured for an app.
    pub(crate) fn folder_of(&self, label: &AppLabel) -> Option<&Path> {
        self.apps.iter().find(|(known, _)| known == label).map(|(_, folder)| folder.as_path())
    }

    /// Sets the configured prefix in the name of a model's table, if the model does not name its table.
    pub(crate) fn with_prefix(&self, mut model: Model) -> Model {
        if let (Some(prefix), None) = (&self.table_prefix, &model.table) {
            let name = format!("{prefix}{}", naming::snake_case(model.name.as_str()));
            model.table = Some(TableName::new(naming::shortened(&name)));
        }
        model
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_belongs_to_the_nearest_app() {
        let build = Build::new().app("blog", "src/blog").app("tags", "src/blog/tags");
        let app = |file: &str| build.app_of(Path::new(file), &AppLabel::new("site")).to_string();
        assert_eq!(app("src/blog/models.rs"), "blog");
        assert_eq!(app("src/blog.rs"), "blog");
        assert_eq!(app("src/blog/tags/mod.rs"), "tags");
        assert_eq!(app("src/blogs.rs"), "site");
    }

    #[test]
    fn a_prefix_gives_way_to_a_table_of_its_own() {
        let build = Build::new().table_prefix("old_");
        let model =
            |table: Option<&str>| Model { table: table.map(Into::into), ..Model::new("BlogPost", vec![]) };
        assert_eq!(build.with_prefix(model(None)).table, Some("old_blog_post".into()));
        assert_eq!(build.with_prefix(model(Some("posts"))).table, Some("posts".into()));
    }
}
