//! Random documents, held to the ceiling.
//!
//! At full length: `FUZZ_DOCUMENTS=100000 cargo test -p bookstore --release --test ceiling random -- --nocapture`.

use std::collections::BTreeMap;

use testkit::number;

use crate::documents::Documents;
use crate::meter::{Meter, Spent};
use crate::services::{Service, Services};

/// How many documents are tried when `FUZZ_DOCUMENTS` does not say, and the first seed without `FUZZ_SEED`.
const DOCUMENTS: u64 = 400;
const FIRST_SEED: u64 = 0;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn random_documents_are_answered_in_full_and_stay_under_the_ceiling() {
    let meter = Meter::alone().await;
    let (services, documents) = (Services::open().await, Documents::new());
    let first = number("FUZZ_SEED", FIRST_SEED);
    let (mut outcomes, mut most) = (BTreeMap::<_, u64>::new(), Spent::default());
    for seed in first..first + number("FUZZ_DOCUMENTS", DOCUMENTS) {
        let service = Service::ALL[(seed % 2) as usize];
        let body = documents.request(service, seed);
        let (answer, spent) = meter.of(|| services.post(service, body.clone())).await;
        let again = || format!("FUZZ_SEED={seed} FUZZ_DOCUMENTS=1, {service:?}: {}", String::from_utf8_lossy(&body));
        let outcome = answer.outcome().unwrap_or_else(|fault| panic!("{fault}\n{}", again()));
        assert!(spent.is_allowed(), "{spent}\n{}", again());
        *outcomes.entry(outcome).or_default() += 1;
        most = most.max(spent);
    }
    println!("the most that a document took: {most}");
    outcomes.iter().for_each(|(outcome, count)| println!("{count:>8} {outcome}"));
    assert!(outcomes.contains_key("data"), "no document was answered");
}
