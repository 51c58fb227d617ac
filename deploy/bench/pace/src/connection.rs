//! One connection that asks and waits for the answer, as much of HTTP/1.1 as that takes.

use std::io::{Error, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection that is kept.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// The GETs of a file for `load.lua`, as bytes to be sent.
pub fn requests(lines: &str, token: &str) -> Vec<Vec<u8>> {
    let paths = lines.lines().filter_map(|line| line.strip_prefix("GET\t")).map(str::trim_end);
    let request = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nX-Client-Type: Web\r\n\r\n")
    };
    paths.map(|path| request(path).into_bytes()).collect()
}

impl Connection {
    /// To a port of this machine.
    pub fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream, received: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its answer to the end: whether it is a 200 rather than a 503. It must have a length.
    pub fn ask(&mut self, request: &[u8]) -> Result<bool> {
        self.stream.write_all(request)?;
        self.received.clear();
        let (taken, end) = loop {
            if let Some(found) = self.end()? {
                break found;
            }
            self.more()?;
        };
        while self.received.len() < end {
            self.more()?;
        }
        Ok(taken)
    }

    fn more(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        match self.stream.read(&mut chunk)? {
            0 => Err(Error::other("the connection was closed")),
            read => {
                self.received.extend_from_slice(&chunk[..read]);
                Ok(())
            }
        }
    }

    /// Whether the answer is a 200, and where it ends, once its head is there.
    fn end(&self) -> Result<Option<(bool, usize)>> {
        let Some(head) = self.received.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&self.received[..head]).to_ascii_lowercase();
        let taken = text.starts_with("http/1.1 200");
        if !taken && !text.starts_with("http/1.1 503") {
            return Err(Error::other(format!("the answer was {}", text.lines().next().unwrap_or_default())));
        }
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: Option<usize> = length.and_then(|length| length.trim().parse().ok());
        length.map(|length| Some((taken, head + 4 + length))).ok_or_else(|| Error::other("the answer has no length"))
    }
}
