//! An app whose history fills a field with a function (`migrations/m0003_combine_names.rs`) and loads rows of a file
//! (`migrations/m0005_title.rs`), with a fixture of each format for `loaddata`.

pub mod migrations;
pub mod models;
