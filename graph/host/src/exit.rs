//! Ending a process that cannot go on.

use std::error::Error;
use std::process::ExitCode;

/// Prints why a process cannot go on, and gives its exit code.
pub fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("error: {}", causes(error));
    ExitCode::FAILURE
}

/// An error and all its sources in one line.
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}
