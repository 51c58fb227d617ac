//! Reading settings: clap collects flags and environment variables as text, this module checks them all
//! before it complains, and names each one that is wrong.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::Arc;

use clap::builder::StyledStr;
use clap::{Arg, ArgMatches, Command, FromArgMatches, Parser};

use crate::address::Proxies;
pub use crate::mistakes::{EXIT_USAGE, Mistakes, WrongSettings};
use crate::secret_files::Secret;
use crate::tokens::{Keyring, Pace, Source, Tokens};

/// Parses the command line, the environment and files with secrets of this process, or exits: 0 after `--help`, 64
/// when clap cannot make sense of it, or a file cannot be read.
pub fn parse<P: Parser>() -> P {
    read(&matches(P::command()))
}

/// The same, for a command that is put together; [`read`] and [`value`] take the settings from it.
pub fn matches(command: Command) -> ArgMatches {
    let secrets = Secret::all(&command);
    let command = command.args(secrets.iter().map(Secret::file_setting));
    let matches = matches_of(&command, None);
    let mut mistakes = Mistakes::default();
    let held: Vec<_> = secrets.iter().filter_map(|secret| secret.read(&matches, &mut mistakes)).collect();
    if let Err(wrong) = mistakes.finish(Some(())) {
        eprintln!("{wrong}");
        std::process::exit(i32::from(EXIT_USAGE))
    }
    if held.is_empty() { matches } else { matches_of(&command, Some(held)) }
}

/// The settings that a type has among `matches`; exits when they are not there.
pub fn read<T: FromArgMatches>(matches: &ArgMatches) -> T {
    T::from_arg_matches(matches).unwrap_or_else(|error| refuse(&error))
}

/// The setting of the variable `name`, such as `METRICS_LISTEN`, and of the flag that goes with it, `--metrics-listen`.
pub fn setting(name: &str, about: impl Into<StyledStr>) -> Arg {
    let flag = name.to_lowercase().replace('_', "-");
    Arg::new(name.to_lowercase()).long(flag).env(name.to_owned()).value_name(name.to_owned()).help(about).global(true)
}

/// The value of the setting `name`, when there is such a setting and it has one.
pub fn value<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a str> {
    let value = matches.try_get_one::<String>(&name.to_lowercase());
    value.ok().flatten().map(String::as_str)
}

/// The settings with `more` of them behind those of the command line.
fn matches_of(command: &Command, more: Option<Vec<OsString>>) -> ArgMatches {
    let arguments = std::env::args_os().chain(more.into_iter().flatten());
    command.clone().try_get_matches_from(arguments).unwrap_or_else(|error| refuse(&error))
}

fn refuse(error: &clap::Error) -> ! {
    let code = if error.use_stderr() { EXIT_USAGE } else { 0 };
    let _ = error.print();
    std::process::exit(i32::from(code))
}

/// Reads an address to listen on.
///
/// # Errors
/// A sentence with an example, when the text is not an IP address and a port.
pub fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "is not an address and a port, such as 127.0.0.1:8080")
}

/// The settings of tokens, the same for every process.
#[derive(clap::Args, Clone, Debug)]
pub struct TokenArgs {
    /// Secret that signs and checks tokens, 32 bytes or more
    #[arg(long, env = "JWT_SECRET", hide_env_values = true, global = true)]
    pub jwt_secret: Option<String>,
    /// Public keys that check tokens of RS256, ES256 and EdDSA: a JWK Set in a file, or at an http:// or https:// URL
    #[arg(long, env = "JWT_JWKS", hide_env_values = true, global = true)]
    pub jwt_jwks: Option<String>,
    /// Issuer that a token must name
    #[arg(long, env = "JWT_ISSUER", default_value = "cmu.edu", global = true)]
    pub jwt_issuer: String,
    /// Subjects that are served, separated by commas
    #[arg(long, env = "JWT_SUBJECTS", default_value = "starlord,gamora,drax,rocket,groot", global = true)]
    pub jwt_subjects: String,
    /// Issuer of the tokens that people get when they sign in
    #[arg(long, env = "ACCOUNTS_ISSUER", default_value = "bookstore", global = true)]
    pub accounts_issuer: String,
    /// Load balancers and BFFs whose word about a client's address is taken: addresses or networks, separated by commas;
    /// this machine's BFFs unless set
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "", global = true)]
    pub trusted_proxies: String,
}

/// The service at which people sign in: the one service that every part knows, because all check its tokens.
pub const ISSUER: &str = "accounts";

/// The name of the setting that says where a service answers, such as `PLANTS_URL`.
pub fn url_setting(service: &str) -> String {
    format!("{}_URL", service.to_uppercase())
}

/// The setting of where a service answers, which has this port unless the setting says otherwise.
pub fn url_arg(service: &str, port: u16) -> Arg {
    let about = format!("Where the {service} service answers");
    setting(&url_setting(service), about).default_value(format!("http://127.0.0.1:{port}/graphql")).global(false)
}

/// Has `tokens` take those of people who signed in at [`ISSUER`], whose graph is where the settings say; an empty one says that
/// there is none. It must be called within a runtime. What is wrong is noted in `mistakes`.
pub fn trust_issuer(tokens: &Tokens, matches: &ArgMatches, mistakes: &mut Mistakes) {
    let name = url_setting(ISSUER);
    let Some(url) = value(matches, &name).filter(|url| !url.is_empty()) else { return };
    let trust = |url: &str| {
        let uri: axum::http::Uri = url.parse().map_err(|_| "is not a URL".to_owned())?;
        let (scheme, host) =
            uri.scheme_str().zip(uri.authority()).ok_or("is not a URL such as http://127.0.0.1:3003/graphql")?;
        tokens.trust(&format!("{scheme}://{host}"))
    };
    mistakes.check(&name, url, trust);
}

impl TokenArgs {
    /// The tokens that these settings describe; what is wrong is noted in `mistakes`. With JWT_JWKS, it must be called
    /// within a runtime.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<Arc<Tokens>> {
        let subjects = self.jwt_subjects.split(',').map(str::trim).filter(|one| !one.is_empty());
        let subjects: Vec<String> = subjects.map(str::to_owned).collect();
        if subjects.is_empty() {
            mistakes.note("JWT_SUBJECTS", "names no subject");
        }
        if self.jwt_issuer.is_empty() {
            mistakes.note("JWT_ISSUER", "is empty");
        }
        let keyring = self.jwt_jwks.as_deref().map(keyring).transpose();
        let keyring = keyring.map_err(|error| mistakes.note("JWT_JWKS", error));
        if self.jwt_secret.is_none() && matches!(keyring, Ok(None)) {
            let what = "is required: a secret of 32 bytes or more, the same for all parts; or JWT_JWKS";
            mistakes.note("JWT_SECRET", what);
            return None;
        }
        if self.accounts_issuer.is_empty() || self.accounts_issuer == self.jwt_issuer {
            mistakes.note("ACCOUNTS_ISSUER", "must be a name, and another one than JWT_ISSUER");
        }
        let proxies: Option<Proxies> = mistakes.check("TRUSTED_PROXIES", &self.trusted_proxies, str::parse);
        let secret = self.jwt_secret.as_deref().map(str::as_bytes);
        match Tokens::with_keys(secret, keyring.unwrap_or(None), &self.jwt_issuer, &subjects) {
            Ok(tokens) => Some(Arc::new(tokens.with(&self.accounts_issuer, proxies.unwrap_or_default()))),
            Err(_) if subjects.is_empty() || self.jwt_issuer.is_empty() => None,
            Err(error) => {
                mistakes.note("JWT_SECRET", error);
                None
            }
        }
    }
}

/// The public keys at a place, without the place in the error: it may hold a secret.
fn keyring(place: &str) -> Result<Keyring, String> {
    let source: Source = place.parse()?;
    let pace = Pace::of(&source);
    Keyring::watch(source, pace)
}
