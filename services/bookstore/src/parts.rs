//! The one list of parts. Ports, databases, settings, start and stop, the front door and the welcome follow from it.

use graph_rest::Client;
use service_host::Service;

/// The services, in the order in which they start.
pub const SERVICES: &[&Service] = &[
    &books::SERVICE,
    &customers::SERVICE,
    &accounts::SERVICE,
    &orders::SERVICE,
    &payments::SERVICE,
    &delivery::SERVICE,
    &reviews::SERVICE,
];

/// The clients, each with a BFF.
pub const CLIENTS: &[&Client] = &[&bff_web::CLIENT, &bff_mobile::CLIENT];
