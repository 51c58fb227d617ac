//! GraphQL over HTTP to the letter: the audits of the npm package `graphql-http`, on both services.

use testkit::Kind;

use crate::kit::Bookstore;
use crate::node::Script;

const AUDITS: Script = Script { name: "audit", packages: &[("graphql-http", "1.23.1"), ("graphql", "16.15.0")] };

#[tokio::test(flavor = "multi_thread")]
async fn both_services_pass_all_audits() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let services = [("book service", store.listen.books), ("customer service", store.listen.customers)];
    for (service, address) in services {
        let url = format!("http://{address}/graphql");
        let report = AUDITS.run(&[&url, &store.token(), "."]);
        let all = report.text.lines().any(|line| line == "61 of 61 audits passed");
        assert!(report.succeeded && all, "the {service} failed:\n{}", report.text);
    }
}
