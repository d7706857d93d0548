//! Sends a request to the build script of a package: see `modelshift_build::request`.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use modelshift_build::request::{Command, Request, Response, VARIABLE};
use modelshift_schema::error_code::ErrorCode;

use crate::Place;
use crate::package::{Package, cargo};
use crate::screen::Coded;

/// An error of a request to a build script.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// A file cannot be written or read.
    #[error("cannot {action} `{}`", .path.display())]
    File {
        /// The action.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// Cargo cannot be started.
    #[error("cargo cannot be started")]
    Start(#[source] std::io::Error),
    /// Cargo ended without a response.
    #[error(
        "the build script of `{package}` did not answer; it must call `modelshift_build::run()` (of this version) in \
         `build.rs`. the output of cargo:\n{said}"
    )]
    NoAnswer {
        /// The package.
        package: String,
        /// The output of cargo.
        said: String,
    },
}

impl Coded for ScriptError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::File { .. } => ErrorCode::FileAccess,
            Self::Start(_) => ErrorCode::NoCargo,
            Self::NoAnswer { .. } => ErrorCode::NoAnswer,
        }
    }
}

/// Sends a request, and waits for the response.
///
/// # Errors
/// If cargo or the script does not write a response.
pub(crate) fn ask(package: &Package, place: &Place, command: Command) -> Result<Response, ScriptError> {
    let folder = package.target.join("modelshift");
    std::fs::create_dir_all(&folder).map_err(at("make", &folder))?;
    // Another name for each request: cargo runs a script again when a variable changes.
    let stem = format!("{}-{}", std::process::id(), number());
    let (request, response) =
        (folder.join(format!("{stem}-request")), folder.join(format!("{stem}-response")));
    let asked = Request { package: package.folder().to_owned(), response: response.clone(), command };
    let text = serde_json::to_string(&asked).map_err(std::io::Error::from);
    let written = text.and_then(|text| std::fs::write(&request, text));
    written.map_err(at("write", &request))?;
    let output = Process::new(cargo())
        .args(["check", "--quiet", "--manifest-path"])
        .arg(&package.manifest)
        .args(place.arguments())
        .env(VARIABLE, &request)
        .output();
    let answer = std::fs::read_to_string(&response);
    for left in [&request, &response] {
        // A remaining file does no harm.
        let _ = std::fs::remove_file(left);
    }
    let output = output.map_err(ScriptError::Start)?;
    let response = answer.ok().and_then(|answer| serde_json::from_str(&answer).ok());
    response.ok_or_else(|| {
        let said = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        ScriptError::NoAnswer { package: package.name.clone(), said }
    })
}

fn at(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> ScriptError {
    let path = path.to_owned();
    move |source| ScriptError::File { action, path, source }
}

/// Returns another number for each call.
fn number() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
