//! A live database, as the runner sees it.

pub mod live_schema;
