//! How much a part takes on: how long a request may take, how many at once, and how it stops.

use std::time::Duration;

use crate::mistakes::Mistakes;

/// The longest deadline that can be set.
const DEADLINE_MAX: Duration = Duration::from_secs(300);
/// The longest time of grace that can be set.
const GRACE_MAX: Duration = Duration::from_secs(300);

/// The settings of every part.
#[derive(clap::Args, Clone, Debug)]
pub struct LoadArgs {
    /// How long a request may take, from its arrival to the beginning of its answer; clients may ask for less
    #[arg(long, env = "REQUEST_DEADLINE", default_value = "10s", global = true)]
    pub request_deadline: String,
    /// How many requests a part works on at once; a further one is answered with 503 right away
    #[arg(long, env = "IN_FLIGHT_MAX", default_value = "2048", global = true)]
    pub in_flight_max: String,
    /// How long a part that is to stop still takes requests while /readyz says 503, so that load balancers notice
    #[arg(long, env = "STOP_GRACE", default_value = "0s", global = true)]
    pub stop_grace: String,
}

/// How much a part takes on.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How long a request may take, from its arrival to the beginning of its answer.
    pub deadline: Duration,
    /// How many requests it works on at once.
    pub in_flight: usize,
    /// How long it still takes requests when it is to stop.
    pub grace: Duration,
}

impl Default for Load {
    /// Ten seconds, 2,048 requests, no grace.
    fn default() -> Self {
        Self { deadline: Duration::from_secs(10), in_flight: 2048, grace: Duration::ZERO }
    }
}

impl LoadArgs {
    /// What these settings say; what is wrong is noted in `mistakes`.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<Load> {
        let deadline = mistakes.check("REQUEST_DEADLINE", &self.request_deadline, |text| {
            time(text, Duration::from_millis(1), DEADLINE_MAX).ok_or("is not a time from 1ms to 300s, such as 10s")
        });
        let in_flight = mistakes.check("IN_FLIGHT_MAX", &self.in_flight_max, |text| {
            let number = text.parse().ok().filter(|number| *number > 0);
            number.ok_or("is not a number of requests, such as 2048")
        });
        let grace = mistakes.check("STOP_GRACE", &self.stop_grace, |text| {
            time(text, Duration::ZERO, GRACE_MAX).ok_or("is not a time up to 300s, such as 5s")
        });
        Some(Load { deadline: deadline?, in_flight: in_flight?, grace: grace? })
    }
}

fn time(text: &str, least: Duration, most: Duration) -> Option<Duration> {
    humantime::parse_duration(text).ok().filter(|time| (least..=most).contains(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(deadline: &str, in_flight: &str, grace: &str) -> Result<Load, Vec<String>> {
        let mut mistakes = Mistakes::default();
        let [request_deadline, in_flight_max, stop_grace] = [deadline, in_flight, grace].map(str::to_owned);
        let load = LoadArgs { request_deadline, in_flight_max, stop_grace }.read(&mut mistakes);
        mistakes.finish(load).map_err(|wrong| wrong.0)
    }

    #[test]
    fn times_and_numbers_are_read_and_the_wrong_ones_named() {
        let load = read("250ms", "1", "1m").unwrap();
        assert_eq!((load.deadline, load.in_flight, load.grace.as_secs()), (Duration::from_millis(250), 1, 60));
        let wrong = read("0s", "0", "1h").unwrap_err();
        for (mistake, name) in wrong.iter().zip(["REQUEST_DEADLINE", "IN_FLIGHT_MAX", "STOP_GRACE"]) {
            assert!(mistake.starts_with(name), "{mistake}");
        }
        assert_eq!(wrong.len(), 3);
    }
}
