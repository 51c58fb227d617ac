//! Asks for the paths of a file at random, over a number of connections, at a set pace or as fast as it goes:
//! `pace PORT FILE TOKEN CONNECTIONS PACE seconds|requests COUNT [refusals]`; a pace of 0 is as fast as it goes. With
//! `refusals` a 503 is counted, without it the first one ends the run.
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
    /// Whether requests may be refused, and how many were.
    refusals: bool,
    refused: AtomicU64,
}

/// How late an answer was, in microseconds.
struct Delay {
    since_due: u32,
    since_sent: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (arguments, refusals) = match arguments.split_last() {
        Some((last, others)) if last == "refusals" => (others, true),
        _ => (&arguments[..], false),
    };
    let [port, file, token, connections, pace, unit, count] = arguments else {
        return Err("usage: pace PORT FILE TOKEN CONNECTIONS PACE seconds|requests COUNT [refusals]".into());
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
        refusals,
        refused: AtomicU64::new(0),
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
    print(&delays, plan.refused.load(Ordering::Relaxed), started.elapsed())
}

impl Plan {
    /// The delays of the answers on one connection.
    fn run(&self, nth: u64) -> Result<Vec<Delay>, Box<dyn Error + Send + Sync>> {
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
            let sent = Instant::now();
            match connection.ask(&self.requests[chance as usize % self.requests.len()])? {
                true => delays.push(Delay { since_due: micros(due), since_sent: micros(sent) }),
                false if self.refusals => drop(self.refused.fetch_add(1, Ordering::Relaxed)),
                false => return Err("the answer was 503".into()),
            }
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

fn micros(since: Instant) -> u32 {
    since.elapsed().as_micros().try_into().unwrap_or(u32::MAX)
}

fn print(delays: &[Delay], refused: u64, elapsed: Duration) -> Result<(), Box<dyn Error>> {
    let sorted = |of: fn(&Delay) -> u32| {
        let mut all: Vec<u32> = delays.iter().map(of).collect();
        all.sort_unstable();
        all
    };
    let (due, sent) = (sorted(|delay| delay.since_due), sorted(|delay| delay.since_sent));
    let share = |all: &[u32], part: f64| all.get((all.len() as f64 * part) as usize).copied();
    let (Some(p50), Some(p99), Some(p99_sent)) = (share(&due, 0.5), share(&due, 0.99), share(&sent, 0.99)) else {
        return Err("nothing was answered".into());
    };
    let (requests, seconds) = (delays.len(), elapsed.as_secs_f64());
    println!(
        r#"{{"requests": {requests}, "refused": {refused}, "seconds": {seconds:.6}, "p50_us": {p50}, "p99_us": {p99}, "p99_sent_us": {p99_sent}}}"#
    );
    Ok(())
}
