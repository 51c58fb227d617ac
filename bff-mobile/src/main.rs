//! `mobile-bff`: the BFF of the mobile apps as a process of its own.

use std::process::ExitCode;

use clap::Parser;
use graph_host::settings::{self, TokenArgs};
use graph_rest::process::{Process, UpstreamArgs};

/// The REST API of the bookstore for the mobile apps.
#[derive(Parser, Debug)]
#[command(version)]
struct Args {
    #[command(flatten)]
    own: bff_mobile::MobileArgs,
    #[command(flatten)]
    upstreams: UpstreamArgs,
    #[command(flatten)]
    tokens: TokenArgs,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Args = settings::parse();
    graph_host::logs::start();
    let listen = (bff_mobile::LISTEN, args.own.mobile_bff_listen);
    Process { listen, upstreams: args.upstreams, tokens: args.tokens, app: bff_mobile::app }.run().await
}
