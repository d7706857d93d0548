//! The migrations of a package: reads them, compares them with the models, and writes the next ones.

pub(crate) mod applied;
pub(crate) mod compare;
pub(crate) mod deletions_elsewhere;
pub(crate) mod draft;
pub(crate) mod history;
pub(crate) mod options;
pub(crate) mod reconcile;
pub(crate) mod records;
pub(crate) mod replayed;
pub(crate) mod swap;
pub(crate) mod unseen;
pub(crate) mod workspace;
pub(crate) mod writer;
