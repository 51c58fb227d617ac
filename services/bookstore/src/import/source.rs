//! Where the bytes of an import come from.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, stdin};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use indicatif::ProgressBar;

/// The first two bytes of a gzip file (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Opens a file, or standard input for `-`, unpacks it when it is gzipped, and lets `bar` see how far it was read.
pub(super) fn open(path: &Path, bar: &ProgressBar) -> io::Result<Box<dyn BufRead>> {
    let raw: Box<dyn Read> = if path == Path::new("-") {
        Box::new(stdin())
    } else {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        bar.set_length(file.metadata()?.len());
        Box::new(file)
    };
    let mut buffered = BufReader::with_capacity(64 * 1024, bar.wrap_read(raw));
    if buffered.fill_buf()?.starts_with(&GZIP_MAGIC) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(buffered))));
    }
    Ok(Box::new(buffered))
}
