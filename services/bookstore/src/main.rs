//! `bookstore`: everything with one command.

use std::process::ExitCode;

use bookstore::settings::{Args, Command, GATEWAY_LISTEN};
use bookstore::{events, import, system, token};
use graph_host::probe;

#[global_allocator]
static ALLOCATOR: graph_host::Allocator = graph_host::Allocator;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let traces = graph_host::logs::start("bookstore", args.observe());
    let code = match args.command() {
        None => system::run(&args).await,
        Some(Command::Token(asked)) => token::run(&args, asked),
        Some(Command::Import(asked)) => import::run(&args, asked).await,
        Some(Command::Events(asked)) => events::run(&args, asked).await,
        Some(Command::Health) => probe::check(GATEWAY_LISTEN, args.gateway_listen()),
    };
    traces.flush().await;
    code
}
