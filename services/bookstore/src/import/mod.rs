//! `bookstore import`: adds or updates the books of a file.

pub mod records;
mod source;

use std::path::PathBuf;
use std::process::ExitCode;

use ::events::Outbox;
use books::book::NewBook;
use books::store::{BookStore, Imported, MIGRATIONS};
use graph_host::exit::failed;
use graph_host::settings::Mistakes;
use indicatif::{ProgressBar, ProgressStyle};
use store::{Db, StoreError, migrate};

use crate::settings::Args;

/// How many books are stored at a time; all of them, or none.
const BATCH: usize = 500;
/// The exit code when some lines could not be used (`EX_DATAERR` of sysexits.h).
const EXIT_BAD_LINES: u8 = 65;

/// What to import.
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    /// JSON Lines or CSV, also gzipped; - for standard input. Fields are named as in the REST API
    /// (ISBN, title, Author, ...) or isbn13, author, price_cents
    pub file: PathBuf,
}

/// Imports a file; says what it did, and which lines it could not use.
pub async fn run(args: &Args, asked: &ImportArgs) -> ExitCode {
    let mut mistakes = Mistakes::default();
    let (url, transport) = (args.database(&books::SERVICE, &mut mistakes), args.transport(&mut mistakes));
    let (url, transport) = match mistakes.finish(url.zip(transport)) {
        Ok(both) => both,
        Err(wrong) => return wrong.report(),
    };
    let opened = match migrate(&url, MIGRATIONS).await {
        Ok(_) => Db::open(&url),
        Err(error) => Err(error),
    };
    match opened {
        // The running bookstore carries what is told, or the next one does.
        Ok(db) => import(&BookStore::new(db, Outbox::new(books::SERVICE.name, &transport)), asked).await,
        Err(error) => failed(&error),
    }
}

async fn import(store: &BookStore, asked: &ImportArgs) -> ExitCode {
    let bar = ProgressBar::no_length().with_style(style());
    let input = match source::open(&asked.file, &bar) {
        Ok(input) => input,
        Err(error) => {
            eprintln!("error: {} cannot be read: {error}", asked.file.display());
            return ExitCode::FAILURE;
        }
    };
    let mut report = Report::default();
    let outcome = store_all(store, records::read(input), &bar, &mut report).await;
    bar.finish_and_clear();
    report.print();
    match outcome {
        Err(error) => failed(&error),
        Ok(()) if report.bad > 0 => ExitCode::from(EXIT_BAD_LINES),
        Ok(()) => ExitCode::SUCCESS,
    }
}

/// Drawn on standard error, and only when that is a terminal.
fn style() -> ProgressStyle {
    let template = "{msg} {wide_bar} {bytes}/{total_bytes} {eta}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[derive(Default)]
struct Report {
    done: Imported,
    bad: u64,
}

async fn store_all(
    store: &BookStore,
    records: impl Iterator<Item = (u64, Result<NewBook, String>)>,
    bar: &ProgressBar,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut batch = Vec::with_capacity(BATCH);
    for (line, book) in records {
        match book {
            Ok(book) => batch.push(book),
            Err(fault) => {
                report.bad += 1;
                bar.suspend(|| eprintln!("line {line}: {fault}"));
            }
        }
        if batch.len() == BATCH {
            report.done += store.import(&batch).await?;
            bar.set_message(format!("{} books", report.done.total()));
            batch.clear();
        }
    }
    report.done += store.import(&batch).await?;
    Ok(())
}

impl Report {
    fn print(&self) {
        let Imported { added, updated, unchanged } = self.done;
        if added + updated == 0 {
            println!("Nothing changed: {unchanged} books were there already.");
        } else {
            println!("{added} books added, {updated} updated, {unchanged} unchanged.");
        }
        if self.bad > 0 {
            println!("{} lines could not be used; they are named above.", self.bad);
        }
    }
}
