//! `mobile-bff`: the BFF of the mobile apps as a process of its own.

use std::process::ExitCode;

use clap::Parser;
use graph_host::load::LoadArgs;
use graph_host::observe::ObserveArgs;
use graph_host::settings::{self, TokenArgs};
use graph_rest::AccessArgs;
use graph_rest::process::{Command, Process, UpstreamArgs};

/// The REST API of the bookstore for the mobile apps.
#[derive(Parser, Debug)]
#[command(version)]
struct Args {
    /// What to do instead of serving
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    own: bff_mobile::MobileArgs,
    #[command(flatten)]
    upstreams: UpstreamArgs,
    #[command(flatten)]
    access: AccessArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    tokens: TokenArgs,
    #[command(flatten)]
    observe: ObserveArgs,
}

#[global_allocator]
static ALLOCATOR: graph_host::Allocator = graph_host::Allocator;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Args = settings::parse();
    let traces = graph_host::logs::start("mobile-bff", &args.observe);
    let listen = (bff_mobile::LISTEN, args.own.mobile_bff_listen);
    let process = Process {
        listen,
        upstreams: args.upstreams,
        access: args.access,
        load: args.load,
        tokens: args.tokens,
        observe: args.observe,
        manifest: bff_mobile::MANIFEST,
        app: bff_mobile::app,
    };
    let code = process.run(args.command).await;
    traces.flush().await;
    code
}
