//! Authors, posts and comments: the models of the example, and their migrations.

pub mod migrations;
pub mod models;
