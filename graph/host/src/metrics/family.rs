//! Families of series, and the registry of all of them.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use prometheus_client::encoding::EncodeMetric;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family as Series;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// The bounds of histograms of time, in seconds.
const SECONDS: [f64; 15] =
    [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// The bounds of histograms of how many things go together.
const SIZES: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// Metrics of one name, told apart by the values of `N` labels.
pub struct Family<M, const N: usize> {
    name: &'static str,
    help: &'static str,
    labels: [&'static str; N],
    make: fn() -> M,
    series: OnceLock<Series<[(&'static str, &'static str); N], M>>,
}

/// Numbers that only grow. Their names get `_total` behind them.
pub type Counters<const N: usize> = Family<Counter, N>;
/// Numbers that go up and down.
pub type Gauges<const N: usize> = Family<Gauge, N>;
/// How often a number was in which range.
pub type Histograms<const N: usize> = Family<Histogram, N>;

impl<const N: usize> Counters<N> {
    /// Counters called `name` and `_total`; `help` is one sentence, and its full stop is added.
    pub const fn counters(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, make: Counter::default, series: OnceLock::new() }
    }
}

impl<const N: usize> Gauges<N> {
    /// Gauges called `name`.
    pub const fn gauges(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, make: Gauge::default, series: OnceLock::new() }
    }
}

impl<const N: usize> Histograms<N> {
    /// Histograms of seconds, from a quarter of a millisecond to ten seconds.
    pub const fn seconds(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, make: || Histogram::new(SECONDS), series: OnceLock::new() }
    }

    /// Histograms of how many things go together, from 1 to 256.
    pub const fn sizes(name: &'static str, help: &'static str, labels: [&'static str; N]) -> Self {
        Self { name, help, labels, make: || Histogram::new(SIZES), series: OnceLock::new() }
    }
}

impl<M: EncodeMetric + TypedMetric + Clone + Send + Sync + std::fmt::Debug + 'static, const N: usize> Family<M, N> {
    /// The series whose labels have these values, in the order of the labels. It is made when it is not there yet, and
    /// stays as long as the process; so whoever counts often keeps it.
    pub fn of(&self, values: [&'static str; N]) -> M {
        let series = self.series.get_or_init(|| self.register());
        let labels = std::array::from_fn(|nth| (self.labels[nth], values[nth]));
        series.get_or_create_owned(&labels)
    }

    fn register(&self) -> Series<[(&'static str, &'static str); N], M> {
        let series = Series::new_with_constructor(self.make);
        all().registry.register(self.name, self.help, series.clone());
        series
    }
}

/// All that this process counts.
struct All {
    registry: Registry,
    at_scrape: Vec<Box<dyn Fn() -> bool + Send>>,
}

fn all() -> MutexGuard<'static, All> {
    static ALL: OnceLock<Mutex<All>> = OnceLock::new();
    let all = ALL.get_or_init(|| Mutex::new(All { registry: Registry::default(), at_scrape: Vec::new() }));
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `set` before the metrics are read, for gauges of what is known elsewhere. It says whether it is to be run
/// again; what it measures may be gone.
pub fn at_scrape(set: impl Fn() -> bool + Send + 'static) {
    all().at_scrape.push(Box::new(set));
}

/// Everything in the text format of OpenMetrics 1.0.
pub(super) fn text() -> Result<String, std::fmt::Error> {
    // What they set may be new, and is registered then: they run without the lock.
    let mut setters = std::mem::take(&mut all().at_scrape);
    setters.retain(|set| set());
    let mut all = all();
    all.at_scrape.append(&mut setters);
    let mut text = String::new();
    encode(&mut text, &all.registry)?;
    Ok(text)
}
