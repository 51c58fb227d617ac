//! The payment service: it asks a provider for money and to give it back, and keeps the ledger.
//!
//! [`provider`] is asked by HTTP, [`sandbox`] is a provider that moves no money, [`store`] keeps payments and the ledger, and
//! [`graph`] is the schema over it.

mod events;
pub mod graph;
mod metrics;
pub mod provider;
pub mod sandbox;
pub mod store;
mod work;

use axum::Router;
use data_encoding::HEXLOWER;
use graph_serve::Unfit;
use service_host::{Own, Service, Setup, own_address};

use crate::provider::{Provider, check_url};
use crate::store::{MIGRATIONS, PaymentStore};

/// The payment service.
pub const SERVICE: Service = Service {
    name: "payments",
    part: "payment-service",
    port: 3005,
    migrations: MIGRATIONS,
    routes,
    settings: &[PROVIDER_URL, PROVIDER_KEY],
    hears: |_| events::handlers(),
    tools: &[],
};

/// Where the provider is.
const PROVIDER_URL: Own = Own {
    name: "PAYMENT_PROVIDER_URL",
    about: "Provider of payments, in the shape of Stripe's API; unless set, a sandbox that moves no money",
    default: "",
    check: |text| if text.is_empty() { Ok(()) } else { check_url(text) },
    secret: true,
};

/// What it is asked with.
const PROVIDER_KEY: Own = Own {
    name: "PAYMENT_PROVIDER_KEY",
    about: "Secret key of the provider of payments",
    default: "",
    check: |text| match text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Ok(()),
        false => Err("must be of visible ASCII characters".to_owned()),
    },
    secret: true,
};

/// `/graphql`, and the sandbox when no provider is set.
///
/// # Errors
/// [`Unfit`], when a client's manifest has a document that does not fit the graph, or there are no random numbers.
pub fn routes(setup: Setup) -> Result<Router, Unfit> {
    metrics::begin();
    let store = PaymentStore::new(setup.db.clone(), setup.outbox);
    let (provider, sandbox) = match setup.own.get(PROVIDER_URL.name) {
        "" => {
            let mut key = [0; 16];
            getrandom::fill(&mut key).map_err(|error| Unfit::Start(error.to_string()))?;
            let key = format!("sk_test_{}", HEXLOWER.encode(&key));
            let base = format!("{}{}", own_address(setup.address), sandbox::PATH);
            tracing::info!("no money moves: PAYMENT_PROVIDER_URL is not set, so payments go to the sandbox");
            (Provider::new(&base, key.clone()), Some(sandbox::routes(setup.db, key)))
        }
        url => (Provider::new(url, setup.own.get(PROVIDER_KEY.name).to_owned()), None),
    };
    let asked = store.clone();
    setup.work.add(|stop| work::ask(asked, provider, stop));
    let schema = graph::schema(store);
    let graph = graph_serve::routes(SERVICE.part, SERVICE.name, schema, setup.tokens, setup.graph, graph::EXAMPLES)?;
    Ok(match sandbox {
        Some(sandbox) => graph.merge(sandbox),
        None => graph,
    })
}
