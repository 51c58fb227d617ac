//! The process itself, as Linux tells it in `/proc/self`; elsewhere there is only the time of its start.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Family, Gauges, at_scrape};

static START: Gauges<0> =
    Family::gauges("process_start_time_seconds", "When this process began to serve, in seconds since 1970", []);
static RESIDENT: Gauges<0> = Family::gauges("process_resident_memory_bytes", "Resident memory", []);
static OPEN_FILES: Gauges<0> = Family::gauges("process_open_fds", "Open file descriptors", []);
static MAX_FILES: Gauges<0> = Family::gauges("process_max_fds", "How many file descriptors may be open", []);

/// Makes the process's own series.
pub(super) fn begin() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    START.of([]).set(i64::try_from(now).unwrap_or(i64::MAX));
    at_scrape(|| {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        set(&RESIDENT, number_after(&status, "VmRSS:").map(|kib| kib * 1024));
        let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        set(&MAX_FILES, number_after(&limits, "Max open files"));
        let open = fs::read_dir("/proc/self/fd").ok();
        // The folder itself is open while it is read.
        set(&OPEN_FILES, open.and_then(|files| i64::try_from(files.count()).ok()).map(|files| files - 1));
        true
    });
}

fn set(gauge: &Gauges<0>, value: Option<i64>) {
    if let Some(value) = value {
        gauge.of([]).set(value);
    }
}

/// The first number behind `name`.
fn number_after(text: &str, name: &str) -> Option<i64> {
    let (_, behind) = text.split_once(name)?;
    behind.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_names() {
        let status = "Name:\tbookstore\nVmRSS:\t   12345 kB\nThreads:\t4\n";
        assert_eq!(number_after(status, "VmRSS:"), Some(12_345));
        assert_eq!(number_after(status, "VmHWM:"), None);
        let limits =
            "Max processes  100  100  processes\nMax open files            1024                 524288    files\n";
        assert_eq!(number_after(limits, "Max open files"), Some(1024));
    }
}
