//! Asks for the paths of a file at random, over a number of connections, at a set pace or as fast as it goes:
//! `pace PORT FILE TOKEN CONNECTIONS PACE seconds|requests COUNT`; a pace of 0 is as fast as it goes.
//!
//! Each connection has a thread of its own and a timetable. A delay counts from the moment a request was due, not
//! from when it was sent, so an answer that comes late is not hidden by the requests that it held up. Threads wake
//! up to 0.1 ms late. Prints one line of JSON.

mod connection;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use connection::Connection;

/// What all connections share.
struct Plan {
    port: u16,
    requests: Vec<Vec<u8>>,
    connections: u64,
    /// Between two requests of all connections together; nothing when they go as fast as they can.
    every: Duration,
    started: Instant,
    until: Option<Instant>,
    /// How many requests may still be begun.
    left: AtomicU64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [port, file, token, connections, pace, unit, count] = arguments.as_slice() else {
        return Err("usage: pace PORT FILE TOKEN CONNECTIONS PACE seconds|requests COUNT".into());
    };
    let (connections, pace, count): (u64, f64, u64) = (connections.parse()?, pace.parse()?, count.parse()?);
    let by_time = unit == "seconds";
    let started = Instant::now();
    let plan = Arc::new(Plan {
        port: port.parse()?,
        requests: connection::requests(&std::fs::read_to_string(file)?, token),
        connections,
        every: if pace > 0.0 { Duration::from_secs_f64(1.0 / pace) } else { Duration::ZERO },
        started,
        until: by_time.then(|| started + Duration::from_secs(count)),
        left: AtomicU64::new(if by_time { u64::MAX } else { count }),
    });
    let threads: Vec<_> = (0..connections)
        .map(|nth| {
            let plan = Arc::clone(&plan);
            thread::spawn(move || plan.run(nth).map_err(|error| error.to_string()))
        })
        .collect();
    let mut delays = Vec::new();
    for thread in threads {
        delays.extend(thread.join().map_err(|_| "a thread panicked")??);
    }
    print(&mut delays, started.elapsed())
}

impl Plan {
    /// One connection's delays, in microseconds.
    fn run(&self, nth: u64) -> Result<Vec<u32>, Box<dyn Error + Send + Sync>> {
        let mut connection = Connection::open(self.port)?;
        let mut chance = nth.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut delays = Vec::new();
        for turn in 0.. {
            let due = self.due(nth + turn * self.connections);
            if self.until.is_some_and(|end| due >= end) || !self.may_begin() {
                break;
            }
            // xorshift64 (Marsaglia, 2003)
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            connection.ask(&self.requests[chance as usize % self.requests.len()])?;
            delays.push(due.elapsed().as_micros().try_into().unwrap_or(u32::MAX));
        }
        Ok(delays)
    }

    /// Waits until request `place` of all is due.
    fn due(&self, place: u64) -> Instant {
        if self.every.is_zero() {
            return Instant::now();
        }
        let due = self.started + Duration::from_nanos(self.every.as_nanos() as u64 * place);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        due
    }

    fn may_begin(&self) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

fn print(delays: &mut [u32], elapsed: Duration) -> Result<(), Box<dyn Error>> {
    delays.sort_unstable();
    let share = |part: f64| delays.get((delays.len() as f64 * part) as usize).copied();
    let (Some(p50), Some(p99)) = (share(0.5), share(0.99)) else {
        return Err("nothing was answered".into());
    };
    let seconds = elapsed.as_secs_f64();
    println!(r#"{{"requests": {}, "seconds": {seconds:.6}, "p50_us": {p50}, "p99_us": {p99}}}"#, delays.len());
    Ok(())
}
