//! How the process lets itself be watched: the settings of metrics and of traces.

use crate::metrics::{MetricsArgs, MetricsPort};
use crate::mistakes::Mistakes;
use crate::trace::TraceArgs;

/// The settings by which a process is watched, the same for every process.
#[derive(clap::Args, Clone, Debug)]
pub struct ObserveArgs {
    #[command(flatten)]
    metrics: MetricsArgs,
    #[command(flatten)]
    pub(crate) traces: TraceArgs,
}

impl ObserveArgs {
    /// Where the metrics are read. Traces have begun with the log; what is wrong with either is noted in `mistakes`.
    pub fn read(&self, mistakes: &mut Mistakes) -> Option<MetricsPort> {
        let (metrics, traces) = (self.metrics.read(mistakes), self.traces.read(mistakes));
        traces.and(metrics)
    }
}
