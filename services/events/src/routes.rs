//! Who hears what.

use std::sync::LazyLock;

/// The table, of which all processes have the same.
static ROUTES: LazyLock<Vec<Route>> =
    LazyLock::new(|| include_str!("../../../graph/events/routes.txt").lines().filter_map(Route::read).collect());

/// A line of the table.
#[derive(Clone, Debug)]
pub struct Route {
    /// The type of the events.
    pub event: &'static str,
    /// The service that tells them.
    pub from: &'static str,
    /// The services that hear them.
    pub heard_by: Vec<&'static str>,
}

impl Route {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split('#').next()?.split_whitespace();
        let (event, from) = (words.next()?, words.next()?);
        Some(Self { event, from, heard_by: words.collect() })
    }
}

/// The one table of events, `graph/events/routes.txt`.
#[derive(Clone, Copy, Debug)]
pub struct Routes;

impl Routes {
    /// All lines.
    pub fn all() -> &'static [Route] {
        &ROUTES
    }

    /// The line of a type of events.
    pub fn of(event: &str) -> Option<&'static Route> {
        ROUTES.iter().find(|route| route.event == event)
    }

    /// The services that hear something.
    pub fn hearers() -> Vec<&'static str> {
        let mut all: Vec<_> = ROUTES.iter().flat_map(|route| route.heard_by.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The types of events that a service hears.
    pub fn heard_by(service: &str) -> impl Iterator<Item = &'static str> {
        ROUTES.iter().filter(move |route| route.heard_by.contains(&service)).map(|route| route.event)
    }
}
