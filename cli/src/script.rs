//! Asks the build script of a package: see `modelshift_build::request`.

use std::path::{Path, PathBuf};
use std::process::Command as Process;

use modelshift_build::request::{Command, Request, Response, VARIABLE};

use crate::Place;
use crate::package::{Package, cargo};

/// A build script that does not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ScriptError {
    /// A file cannot be written or read.
    #[error("cannot {action} `{}`", .path.display())]
    File {
        /// What was to be done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Cargo cannot be started.
    #[error("cargo cannot be started")]
    Start(#[source] std::io::Error),
    /// Cargo came to no answer.
    #[error(
        "the build script of `{package}` did not answer; it must call `modelshift_build::run()` (of this version) in \
         `build.rs`. cargo says:\n{said}"
    )]
    NoAnswer {
        /// The package.
        package: String,
        /// What cargo says.
        said: String,
    },
}

/// Asks, and waits for the answer.
///
/// # Errors
/// Where cargo or the script come to no answer.
pub(crate) fn ask(package: &Package, place: &Place, command: Command) -> Result<Response, ScriptError> {
    let folder = package.target.join("modelshift");
    let file = |action, path: &Path| {
        let path = path.to_owned();
        move |source| ScriptError::File { action, path, source }
    };
    std::fs::create_dir_all(&folder).map_err(file("make", &folder))?;
    // Another name for each question: cargo runs a script again when a variable changes.
    let stem = format!("{}-{}", std::process::id(), number());
    let (request, response) =
        (folder.join(format!("{stem}-request")), folder.join(format!("{stem}-response")));
    let asked = Request { package: package.folder().to_owned(), response: response.clone(), command };
    let text = serde_json::to_string(&asked).map_err(std::io::Error::from);
    let written = text.and_then(|text| std::fs::write(&request, text));
    written.map_err(file("write", &request))?;
    let output = Process::new(cargo())
        .args(["check", "--quiet", "--manifest-path"])
        .arg(&package.manifest)
        .args(place.words())
        .env(VARIABLE, &request)
        .output();
    let answer = std::fs::read_to_string(&response);
    for left in [&request, &response] {
        // What is left behind is of no use, and does no harm.
        let _ = std::fs::remove_file(left);
    }
    let output = output.map_err(ScriptError::Start)?;
    let no_answer = || {
        let said = String::from_utf8_lossy(&output.stderr).trim_end().to_owned();
        ScriptError::NoAnswer { package: package.name.clone(), said }
    };
    let answer = answer.map_err(|_| no_answer())?;
    serde_json::from_str(&answer).map_err(|_| no_answer())
}

/// Returns another number each time.
fn number() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
