//! The families of hostile documents, one by one.

use crate::families::{BYTES, families};
use crate::meter::Meter;
use crate::services::{Service, Services};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_family_of_hostile_requests_stays_under_the_ceiling() {
    let meter = Meter::alone().await;
    let services = Services::open().await;
    let mut above = Vec::new();
    for service in Service::ALL {
        for (name, body) in families(service) {
            assert!(body.len() <= BYTES, "{name} has {} bytes", body.len());
            let (answer, spent) = meter.of(|| services.post(service, body.clone())).await;
            let outcome = answer.outcome().unwrap_or_else(|fault| panic!("{name}: {fault}"));
            println!("{spent} {:>8} bytes {service:?}, {name}: {outcome}", answer.body.len());
            if !spent.is_allowed() {
                above.push(format!("{service:?}, {name}: {spent}"));
            }
        }
    }
    assert!(above.is_empty(), "above the ceiling:\n{}", above.join("\n"));
}
