//! `customer-service`: the customer service as a process of its own.

use std::process::ExitCode;

use customers::service::{self, Args};
use graph_host::settings;

#[global_allocator]
static ALLOCATOR: graph_host::Allocator = graph_host::Allocator;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Args = settings::parse();
    service::run(args).await
}
