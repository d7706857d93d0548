//! `dumpdata`: writes rows of the database as a fixture, or as a script of SQL.

use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::screen::warn;
use super::{NamedFormat, Place};
use crate::error::{Error, ErrorKind};
use crate::fixtures::packing::{Packed, packing};
use crate::fixtures::{Dump, Format};
use crate::model::embedded::Migrations;

/// The options of `dumpdata`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The apps (`blog`) and models (`blog.post`) to dump. The default is all.
    #[arg(value_name = "APP[.MODEL]")]
    labels: Vec<String>,
    /// An app or a model that is left out; may be given several times.
    #[arg(short, long, value_name = "APP[.MODEL]")]
    exclude: Vec<String>,
    /// The number of spaces for each level. By default, all is one line.
    #[arg(long, value_name = "SPACES", value_parser = clap::value_parser!(u8).range(0..=16))]
    indent: Option<u8>,
    /// Only the rows with these keys, separated by commas; for one model.
    #[arg(long, value_name = "KEYS")]
    pks: Option<String>,
    /// Accepted as Django accepts it: all rows are always written.
    #[arg(short, long)]
    all: bool,
    /// Leaves out the primary keys of models with a natural key.
    #[arg(long)]
    natural_primary: bool,
    /// Writes references to models with a natural key as natural keys.
    #[arg(long)]
    natural_foreign: bool,
    /// Writes into a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let _ = options.all;
    let wanted = Dump {
        labels: options.labels.clone(),
        exclude: options.exclude.clone(),
        pks: options.pks.iter().flat_map(|keys| keys.split(',')).map(|key| key.trim().to_owned()).collect(),
        format: place
            .named_format
            .and_then(NamedFormat::of_fixtures)
            .or_else(|| of_name(options))
            .unwrap_or(Format::Json),
        indent: options.indent.map(usize::from),
        natural_primary: options.natural_primary,
        natural_foreign: options.natural_foreign,
    };
    let is_sql = match place.named_format {
        Some(format) => format == NamedFormat::Sql,
        None => end_of_name(options).is_some_and(|end| end == "sql"),
    };
    let mut migrator = place.connect(migrations).await?;
    let Some(path) = &options.output else {
        let mut out = BufWriter::new(io::stdout());
        if is_sql {
            migrator.dump_sql(&wanted, "-", &mut out).await?;
        } else {
            migrator.dump(&wanted, "-", &mut out).await?;
        }
        migrator.close().await;
        return Ok(ExitCode::SUCCESS);
    };
    let path = without_unknown_packing(path);
    let name = path.display().to_string();
    let unwritable = |source| Error::from(ErrorKind::UnwritableFixture { file: name.clone(), source });
    // What is there stays until the new fixture is whole.
    let packed = packing(&path).map_or(String::new(), |end| format!(".{end}"));
    let unfinished = PathBuf::from(format!("{name}.unfinished{packed}"));
    let mut file = BufWriter::new(Packed::create(&unfinished).map_err(unwritable)?);
    let dumped = if is_sql {
        migrator.dump_sql(&wanted, &name, &mut file).await
    } else {
        migrator.dump(&wanted, &name, &mut file).await
    };
    let finished = match dumped {
        Ok(_) => match file.into_inner() {
            Ok(file) => file.finish().and_then(|()| fs::rename(&unfinished, &path)).map_err(unwritable),
            Err(error) => Err(unwritable(error.into_error())),
        },
        Err(error) => Err(error),
    };
    migrator.close().await;
    if finished.is_err() {
        // The error counts, and not that this file may be left.
        let _ = fs::remove_file(&unfinished);
    }
    finished.map(|()| ExitCode::SUCCESS)
}

/// Returns the format that the name of the file says.
fn of_name(options: &Options) -> Option<Format> {
    Format::of_name(&end_of_name(options)?)
}

/// Returns the end of the name of the file, without that of a packing.
fn end_of_name(options: &Options) -> Option<String> {
    let path = options.output.as_ref()?;
    let path = if packing(path).is_some() { path.with_extension("") } else { path.clone() };
    Some(path.extension()?.to_str()?.to_owned())
}

/// Returns the path without the end of a packing that is not known, and says so.
fn without_unknown_packing(path: &Path) -> PathBuf {
    const UNKNOWN: [&str; 4] = ["7z", "bz2", "lzma", "zip"];
    match path.extension().and_then(|end| end.to_str()) {
        Some(end) if UNKNOWN.contains(&end) => {
            let saved = path.with_extension("");
            let saved_as = saved.display();
            warn(&format!("unsupported file extension (`.{end}`); the fixture is saved in `{saved_as}`"));
            saved
        }
        Some(_) | None => path.to_owned(),
    }
}
