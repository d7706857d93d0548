//! What the people who build modelshift run: each module is one job, and says what is wrong as text.

#![forbid(unsafe_code)]

pub mod build_cost;
pub mod compile_cost;
pub mod faults;
pub mod floors;
pub mod packages;
pub mod rows;
pub(crate) mod source;
pub mod tidy;

use std::path::{Path, PathBuf};

/// Returns the folder of the workspace.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}
