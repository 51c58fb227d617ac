//! The bounds of a customer's values, as the graph tells them. The numbers are those that the values are held to.

use graph_serve::constraint::Bounds;

use crate::customer::USER_ID_MAX;
use crate::states;

/// The number of a customer.
pub(super) fn id() -> Bounds {
    Bounds::from(1).format("int64")
}

/// An e-mail address.
pub(super) fn user_id() -> Bounds {
    Bounds::up_to(USER_ID_MAX).format("email")
}

/// The code of a state or territory.
pub(super) fn state() -> Bounds {
    Bounds::default().pattern(states::pattern())
}
