//! What is counted of payments.

use graph_host::metrics::{Counters, Family};

static PAYMENTS: Counters<1> = Family::counters(
    "bookstore_payments",
    "Payments: captured, declined, gave_up (the provider did not answer), refunded, refund_failed or unclear",
    ["outcome"],
);

/// What became of a payment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counted {
    Captured,
    Declined,
    GaveUp,
    Refunded,
    RefundFailed,
    Unclear,
}

/// Counts what became of a payment; what a person has to look after is an error in the log.
pub(crate) fn count(counted: Counted) {
    PAYMENTS.of([counted.name()]).inc();
    if matches!(counted, Counted::RefundFailed | Counted::Unclear) {
        tracing::error!(outcome = counted.name(), "a payment needs a person: look for it in the payments");
    }
}

/// All begin at zero, so that the first one is seen.
pub(crate) fn begin() {
    use Counted::{Captured, Declined, GaveUp, RefundFailed, Refunded, Unclear};
    for counted in [Captured, Declined, GaveUp, Refunded, RefundFailed, Unclear] {
        PAYMENTS.of([counted.name()]);
    }
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Declined => "declined",
            Self::GaveUp => "gave_up",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
            Self::Unclear => "unclear",
        }
    }
}
