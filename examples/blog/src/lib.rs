//! Authors, posts and comments: the models of the example, and the history of their tables.

pub mod migrations;
pub mod models;
