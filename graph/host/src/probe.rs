//! `health`: asks a running part whether it is alive. Images without a shell and curl check their health by it.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

use crate::settings::{Mistakes, listen_address};

/// How long connecting, and each read and write, may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks what listens on the address in `setting` for `/livez`: 0 when it answers 200, 1 when not, 64 when the setting
/// is wrong.
pub fn check(setting: &str, address: &str) -> ExitCode {
    let mut mistakes = Mistakes::default();
    let address = mistakes.check(setting, address, listen_address);
    match mistakes.finish(address) {
        Err(wrong) => wrong.report(),
        Ok(address) => match ask(reachable(address)) {
            Ok(line) if line.starts_with("HTTP/1.1 200 ") => ExitCode::SUCCESS,
            Ok(line) => failed(address, line.trim_end()),
            Err(error) => failed(address, &error.to_string()),
        },
    }
}

/// The address under which this machine reaches what listens on `address`.
pub fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        let loopback = if address.is_ipv4() { "127.0.0.1" } else { "::1" };
        address.set_ip(loopback.parse().unwrap_or(address.ip()));
    }
    address
}

/// The first line of the answer.
fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /livez HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

fn failed(address: SocketAddr, why: &str) -> ExitCode {
    eprintln!("error: {address} is not well: {why}");
    ExitCode::FAILURE
}
