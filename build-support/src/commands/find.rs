//! Names on a command line -> migrations, and the nearest names to one that is unknown.

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::closest;

use super::{CommandContext, CommandError, listed};

/// How many names an error lists.
const LISTED: usize = 3;

/// Lists the nearest names to the one that was asked for.
pub(super) fn nearest<T: std::fmt::Display>(asked: &str, names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let near = closest(asked, names.iter().map(String::as_str), LISTED);
    let more = names.len() - near.len();
    if more == 0 { listed(&near) } else { format!("{} and {more} more", listed(&near)) }
}

impl CommandContext {
    /// Finds a migration of the app by its name or the beginning of it.
    pub(super) fn find(&self, asked: &str) -> Result<MigrationId, CommandError> {
        self.find_among(asked, |_| true, |id| id.name.starts_with(asked))
    }

    /// Finds a migration of the app that replaces others: by its name or the beginning of it, or by its number as in
    /// `0001_squashed`, which skips the words between the two.
    pub(super) fn find_squash(&self, asked: &str) -> Result<MigrationId, CommandError> {
        let found = self.find_among(asked, replaces_others, |id| id.name.starts_with(asked));
        match found {
            Err(CommandError::NoMigration { .. }) => {
                match self.find_among(asked, replaces_others, |id| is_squash_of_number(id, asked)) {
                    // It may be one that replaces nothing.
                    Err(CommandError::NoMigration { .. }) => self.find(asked),
                    found => found,
                }
            }
            found => found,
        }
    }

    fn find_among(
        &self,
        asked: &str,
        is_candidate: impl Fn(&Migration) -> bool,
        is_meant: impl Fn(&MigrationId) -> bool,
    ) -> Result<MigrationId, CommandError> {
        let of_app = self.graph.order().into_iter().filter(|it| it.id.app == self.app);
        let candidates: Vec<&MigrationId> = of_app.filter(|it| is_candidate(it)).map(|it| &it.id).collect();
        let found: Vec<&MigrationId> = candidates.iter().copied().filter(|id| is_meant(id)).collect();
        let (app, asked_for) = (self.app.clone(), asked.to_owned());
        match found.as_slice() {
            [id] => Ok((*id).clone()),
            [] => Err(CommandError::NoMigration { app, asked: asked_for, known: names_of(&candidates) }),
            several => match several.iter().find(|id| id.name == asked) {
                Some(exact) => Ok((*exact).clone()),
                None => {
                    Err(CommandError::SeveralMigrations { app, asked: asked_for, found: names_of(several) })
                }
            },
        }
    }
}

fn names_of(ids: &[&MigrationId]) -> Vec<String> {
    ids.iter().map(|id| id.name.clone()).collect()
}

fn replaces_others(migration: &Migration) -> bool {
    !migration.replaces.is_empty()
}

/// Returns whether `0001_squashed_0004` is asked for, and the migration is `0001_initial_squashed_0004…`.
fn is_squash_of_number(id: &MigrationId, asked: &str) -> bool {
    let Some((number, rest)) = asked.split_once("_squashed") else { return false };
    id.name.split('_').next() == Some(number) && id.name.contains(&format!("_squashed{rest}"))
}
