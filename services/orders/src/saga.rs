//! The saga of an order, as data: its steps, and what each thing that is heard leads to. Its picture in `ARCHITECTURE.md` is
//! made of it ([`picture`]).

use std::fmt::Write as _;
use std::time::Duration;

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// How far an order is.
#[derive(Clone, Copy, Debug, Deserialize, Enum, Eq, PartialEq, Serialize)]
#[graphql(name = "OrderStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// It is to be paid.
    Pending,
    /// It is paid, or invoiced, and its books are to be put aside.
    Placed,
    /// Its books are put aside, and a time of delivery is to be booked.
    Stocked,
    /// It will be delivered.
    DeliveryBooked,
    /// It came to nothing; `reason` says why.
    Failed,
    /// It is not wanted any more.
    Cancelled,
}

/// How far the payment of an order is.
#[derive(Clone, Copy, Debug, Deserialize, Enum, Eq, PartialEq, Serialize)]
#[graphql(name = "PaymentStatus")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Payment {
    /// It is not known yet.
    Pending,
    /// The money is there.
    Paid,
    /// It is to be paid by invoice.
    Invoiced,
    /// There is no money.
    Declined,
    /// The money was given back, or the invoice was.
    Refunded,
    /// The money could not be given back: a person has to look after it.
    RefundFailed,
}

/// What can become of an order that exists.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum On {
    /// A business gets an invoice.
    Invoiced,
    /// The money is there.
    PaymentCaptured,
    /// There is no money.
    PaymentDeclined,
    /// The books are put aside.
    StockCreated,
    /// There are too few.
    StockRejected,
    /// It will be delivered.
    DeliveryBooked,
    /// It cannot be delivered.
    DeliveryFailed,
    /// Its buyer does not want it any more.
    CancelledByBuyer,
    /// A step took too long.
    TooLate,
    /// The money was given back.
    PaymentRefunded,
    /// The money could not be given back.
    RefundFailed,
}

/// What others are told when an order comes into a state, and again when nothing comes of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tells {
    /// `OrderCreated`: it is to be paid.
    Created,
    /// `OrderPlaced`: its books are to be put aside.
    Placed,
    /// `OrderDeliverable`: a time of delivery is to be booked.
    Deliverable,
    /// `OrderCompleted`: nothing is left to do.
    Completed,
    /// `OrderFailed`: what was done for it is to be undone.
    Failed,
    /// `OrderCancelled`: the same, because its buyer wanted so.
    Cancelled,
}

/// A step: what an order in a state waits for.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// The state in which an order waits for it.
    pub at: Status,
    /// What is told to have it done.
    pub tells: Tells,
    /// How long until that is told again.
    pub again_after: Duration,
    /// How long it may take in all.
    pub limit: Duration,
}

/// What leads from a state to another one.
#[derive(Clone, Copy, Debug)]
pub struct Move {
    /// Before.
    pub at: Status,
    /// What is heard.
    pub on: On,
    /// After.
    pub to: Status,
    /// What is known of the payment then, if it is something else: before, and after.
    pub payment: Option<(&'static [Payment], Payment)>,
    /// What others are told.
    pub tells: Option<Tells>,
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The steps. A notice that fails fails no order, so it is none of them.
pub const STEPS: &[Step] = &[
    step("ProcessPayment", Status::Pending, Tells::Created, MINUTE, Duration::from_secs(15 * 60)),
    step("UpdateInventory", Status::Placed, Tells::Placed, MINUTE, Duration::from_secs(15 * 60)),
    step("PrepareDelivery", Status::Stocked, Tells::Deliverable, DAY, Duration::from_secs(14 * 24 * 60 * 60)),
];

const fn step(name: &'static str, at: Status, tells: Tells, again_after: Duration, limit: Duration) -> Step {
    Step { name, at, tells, again_after, limit }
}

/// All that leads anywhere. What is heard in another state changes nothing: it comes again, or too late.
pub const MOVES: &[Move] = {
    use Payment as P;
    use Status::{Cancelled, DeliveryBooked, Failed, Pending, Placed, Stocked};
    &[
        paid(Pending, On::Invoiced, Placed, (&[P::Pending], P::Invoiced)).tells(Tells::Placed),
        paid(Pending, On::PaymentCaptured, Placed, (&[P::Pending], P::Paid)).tells(Tells::Placed),
        paid(Pending, On::PaymentDeclined, Failed, (&[P::Pending], P::Declined)).tells(Tells::Failed),
        plain(Placed, On::StockCreated, Stocked).tells(Tells::Deliverable),
        plain(Placed, On::StockRejected, Failed).tells(Tells::Failed),
        plain(Stocked, On::DeliveryBooked, DeliveryBooked).tells(Tells::Completed),
        plain(Stocked, On::DeliveryFailed, Failed).tells(Tells::Failed),
        plain(Pending, On::TooLate, Failed).tells(Tells::Failed),
        plain(Placed, On::TooLate, Failed).tells(Tells::Failed),
        plain(Stocked, On::TooLate, Failed).tells(Tells::Failed),
        plain(Pending, On::CancelledByBuyer, Cancelled).tells(Tells::Cancelled),
        plain(Placed, On::CancelledByBuyer, Cancelled).tells(Tells::Cancelled),
        plain(Stocked, On::CancelledByBuyer, Cancelled).tells(Tells::Cancelled),
        paid(Failed, On::PaymentCaptured, Failed, (&[P::Pending], P::Paid)),
        paid(Cancelled, On::PaymentCaptured, Cancelled, (&[P::Pending], P::Paid)),
        paid(Failed, On::PaymentDeclined, Failed, (&[P::Pending], P::Declined)),
        paid(Cancelled, On::PaymentDeclined, Cancelled, (&[P::Pending], P::Declined)),
        paid(Failed, On::PaymentRefunded, Failed, (NOT_BACK, P::Refunded)),
        paid(Cancelled, On::PaymentRefunded, Cancelled, (NOT_BACK, P::Refunded)),
        paid(Failed, On::RefundFailed, Failed, (TAKEN, P::RefundFailed)),
        paid(Cancelled, On::RefundFailed, Cancelled, (TAKEN, P::RefundFailed)),
    ]
};

/// What was known of a payment that may have to be given back: also that there is none, when its answer came too late.
const TAKEN: &[Payment] = &[Payment::Pending, Payment::Paid, Payment::Invoiced, Payment::Declined];
/// The same, and that it could not be given back at first.
const NOT_BACK: &[Payment] =
    &[Payment::Pending, Payment::Paid, Payment::Invoiced, Payment::Declined, Payment::RefundFailed];

const fn plain(at: Status, on: On, to: Status) -> Move {
    Move { at, on, to, payment: None, tells: None }
}

const fn paid(at: Status, on: On, to: Status, payment: (&'static [Payment], Payment)) -> Move {
    Move { at, on, to, payment: Some(payment), tells: None }
}

impl Move {
    const fn tells(self, tells: Tells) -> Self {
        Self { tells: Some(tells), ..self }
    }

    /// What follows when `on` is heard of an order that is so far; nothing when nothing does.
    pub fn of(at: Status, payment: Payment, on: On) -> Option<&'static Self> {
        let fits = |one: &&Self| one.payment.is_none_or(|(before, _)| before.contains(&payment));
        MOVES.iter().filter(|one| one.at == at && one.on == on).find(fits)
    }
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Placed, Self::Stocked, Self::DeliveryBooked, Self::Failed, Self::Cancelled];

    /// Its name, as it is told and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Placed => "PLACED",
            Self::Stocked => "STOCKED",
            Self::DeliveryBooked => "DELIVERY_BOOKED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// What an order waits for that is so far.
    pub fn step(self) -> Option<&'static Step> {
        STEPS.iter().find(|step| step.at == self)
    }

    /// What others are told when an order is brought into it by hand.
    pub fn told_by_hand(self) -> Option<Tells> {
        match self {
            Self::Stocked => Some(Tells::Deliverable),
            Self::DeliveryBooked => Some(Tells::Completed),
            _ => None,
        }
    }
}

impl Payment {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Pending, Self::Paid, Self::Invoiced, Self::Declined, Self::Refunded, Self::RefundFailed];

    /// Its name, as it is told and stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Paid => "PAID",
            Self::Invoiced => "INVOICED",
            Self::Declined => "DECLINED",
            Self::Refunded => "REFUNDED",
            Self::RefundFailed => "REFUND_FAILED",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// The picture of the saga: a state diagram in Mermaid.
pub fn picture() -> String {
    let mut picture = String::from("stateDiagram-v2\n    [*] --> PENDING\n");
    for step in STEPS {
        let (at, name, minutes) = (step.at.name(), step.name, step.limit.as_secs() / 60);
        let limit = if minutes < 24 * 60 { format!("{minutes} min") } else { format!("{} days", minutes / (24 * 60)) };
        // A text cannot fail to be written to.
        let _ = writeln!(picture, "    {at}: {at} ({name}, {limit})");
    }
    for one in MOVES.iter().filter(|one| one.at != one.to) {
        let tells = one.tells.map(|tells| format!(" / Order{tells:?}")).unwrap_or_default();
        let _ = writeln!(picture, "    {} --> {}: {:?}{tells}", one.at.name(), one.to.name(), one.on);
    }
    for status in Status::ALL.into_iter().filter(|status| status.step().is_none()) {
        let _ = writeln!(picture, "    {} --> [*]", status.name());
    }
    picture
}
