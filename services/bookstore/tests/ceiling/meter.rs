//! What a piece of work costs the whole process.

use std::time::Duration;

use cpu_time::ProcessTime;
use peak_alloc::PeakAlloc;
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// The most CPU time that a request may take. An unoptimised build takes some four times as long.
pub const CPU_MAX: Duration = Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 50 });
/// The most memory that a request may hold at a time, in bytes, those of SQLite's own C code left out.
pub const MEMORY_MAX: usize = 32 * 1024 * 1024;

/// Measures one thing at a time, since it sees the whole process.
pub struct Meter {
    _alone: MutexGuard<'static, ()>,
}

/// What a piece of work cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    pub cpu: Duration,
    pub bytes: usize,
}

impl Meter {
    /// Waits for the other tests of this process to end.
    pub async fn alone() -> Self {
        static ONE: Mutex<()> = Mutex::const_new(());
        Self { _alone: ONE.lock().await }
    }

    /// Does `work` and says what it cost, with all the threads that took part in it. What is above the ceiling is done
    /// once more, since others may have disturbed it.
    pub async fn of<T>(&self, work: impl AsyncFn() -> T) -> (T, Spent) {
        let (done, spent) = once(&work).await;
        if spent.is_allowed() {
            return (done, spent);
        }
        let (_, again) = once(&work).await;
        (done, Spent { cpu: spent.cpu.min(again.cpu), bytes: spent.bytes.min(again.bytes) })
    }
}

async fn once<T>(work: impl AsyncFn() -> T) -> (T, Spent) {
    HEAP.reset_peak_usage();
    let (before, start) = (HEAP.current_usage(), ProcessTime::now());
    let done = work().await;
    let cpu = start.elapsed();
    (done, Spent { cpu, bytes: HEAP.peak_usage().saturating_sub(before) })
}

impl Spent {
    /// Whether it is below the ceiling.
    pub fn is_allowed(&self) -> bool {
        self.cpu <= CPU_MAX && self.bytes <= MEMORY_MAX
    }

    /// The larger of both, each for itself.
    pub fn max(self, other: Self) -> Self {
        Self { cpu: self.cpu.max(other.cpu), bytes: self.bytes.max(other.bytes) }
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (ms, mib) = (self.cpu.as_secs_f64() * 1e3, self.bytes as f64 / f64::from(1 << 20));
        write!(f, "{ms:7.1} ms {mib:6.2} MiB")
    }
}
