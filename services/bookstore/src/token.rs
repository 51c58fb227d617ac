//! `bookstore token`: a token to try things with.

use std::process::ExitCode;
use std::time::Duration;

use graph_host::settings::{Mistakes, WrongSettings};

use crate::settings::Args;

/// What the token shall say.
#[derive(clap::Args, Debug)]
pub struct TokenCommandArgs {
    /// Subject of the token, one of JWT_SUBJECTS; the first of them when it is not given
    #[arg(long)]
    pub sub: Option<String>,
    /// How long the token is valid, such as 1h or 30m
    #[arg(long, default_value = "1d")]
    pub ttl: String,
}

/// Prints a token.
pub fn run(args: &Args, asked: &TokenCommandArgs) -> ExitCode {
    match token(args, asked) {
        Ok(token) => {
            println!("{token}");
            ExitCode::SUCCESS
        }
        Err(wrong) => wrong.report(),
    }
}

fn token(args: &Args, asked: &TokenCommandArgs) -> Result<String, WrongSettings> {
    let mut mistakes = Mistakes::default();
    let tokens = args.tokens(&mut mistakes);
    let ttl = mistakes.check("--ttl", &asked.ttl, lifetime);
    let token = tokens.zip(ttl).and_then(|(tokens, ttl)| {
        let subject = asked.sub.as_ref().or(tokens.subjects().first())?;
        tokens.mint(subject, ttl).map_err(|error| mistakes.note("--sub", error)).ok()
    });
    mistakes.finish(token)
}

fn lifetime(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(ttl) if ttl.is_zero() => Err("is no time at all".to_owned()),
        Ok(ttl) => Ok(ttl),
        Err(error) => Err(format!("is not a time such as 1h or 30m: {error}")),
    }
}
