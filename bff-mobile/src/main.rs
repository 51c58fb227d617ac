//! `mobile-bff`: the BFF of the mobile apps as a process of its own.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: graph_host::Allocator = graph_host::Allocator;

#[tokio::main]
async fn main() -> ExitCode {
    bff_mobile::CLIENT.main().await
}
