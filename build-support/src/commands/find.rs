//! Names on a command line -> migrations, and what is near to a name that means none.

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::closest;

use super::{CommandContext, UpkeepError, listed};

/// How many names an error lists.
const LISTED: usize = 3;

/// Lists the names that are nearest to one that was asked for.
pub(super) fn nearest<T: std::fmt::Display>(asked: &str, names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let near = closest(asked, names.iter().map(String::as_str), LISTED);
    let more = names.len() - near.len();
    if more == 0 { listed(&near) } else { format!("{} and {more} more", listed(&near)) }
}

impl CommandContext {
    /// Finds a migration of the app by its name or the beginning of it.
    pub(super) fn find(&self, asked: &str) -> Result<MigrationId, UpkeepError> {
        self.find_among(asked, |_| true, |id| id.name.starts_with(asked))
    }

    /// Finds a migration of the app that replaces others: by its name or the beginning of it, or by its number as in
    /// `0001_squashed`, whatever stands between the two.
    pub(super) fn find_squash(&self, asked: &str) -> Result<MigrationId, UpkeepError> {
        let replaces = |it: &Migration| !it.replaces.is_empty();
        let by_number = |id: &MigrationId| {
            let rest = asked
                .split_once("_squashed")
                .filter(|(number, _)| id.name.split('_').next() == Some(*number));
            rest.is_some_and(|(_, rest)| id.name.contains(&format!("_squashed{rest}")))
        };
        let found = self.find_among(asked, replaces, |id| id.name.starts_with(asked));
        match found {
            Err(UpkeepError::NoMigration { .. }) => match self.find_among(asked, replaces, by_number) {
                // It may be one that replaces nothing.
                Err(UpkeepError::NoMigration { .. }) => self.find(asked),
                found => found,
            },
            found => found,
        }
    }

    fn find_among(
        &self,
        asked: &str,
        is_candidate: impl Fn(&Migration) -> bool,
        is_meant: impl Fn(&MigrationId) -> bool,
    ) -> Result<MigrationId, UpkeepError> {
        let of_app = self.graph.order().into_iter().filter(|it| it.id.app == self.app);
        let candidates: Vec<&MigrationId> = of_app.filter(|it| is_candidate(it)).map(|it| &it.id).collect();
        let found: Vec<&MigrationId> = candidates.iter().copied().filter(|id| is_meant(id)).collect();
        let names = |ids: &[&MigrationId]| ids.iter().map(|id| id.name.clone()).collect();
        let (app, asked_for) = (self.app.clone(), asked.to_owned());
        match found.as_slice() {
            [id] => Ok((*id).clone()),
            [] => Err(UpkeepError::NoMigration { app, asked: asked_for, known: names(&candidates) }),
            several => match several.iter().find(|id| id.name == asked) {
                Some(exact) => Ok((*exact).clone()),
                None => Err(UpkeepError::SeveralMigrations { app, asked: asked_for, found: names(several) }),
            },
        }
    }
}
