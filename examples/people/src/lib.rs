//! An app whose history fills a field with a function: `migrations/m0003_combine_names.rs`.

pub mod migrations;
pub mod models;
