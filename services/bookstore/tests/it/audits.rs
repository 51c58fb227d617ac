//! GraphQL over HTTP to the letter: the audits of the npm package `graphql-http`, on all services.

use bookstore::parts::SERVICES;
use testkit::Kind;

use crate::kit::Bookstore;
use crate::node::Script;

const AUDITS: Script = Script { name: "audit", packages: &[("graphql-http", "1.23.1"), ("graphql", "16.15.0")] };

#[tokio::test(flavor = "multi_thread")]
async fn all_services_pass_all_audits() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for service in SERVICES.iter().map(|service| service.name) {
        let url = format!("http://{}/graphql", store.at(service));
        let report = AUDITS.run(&[&url, &store.token(), "."]);
        let all = report.text.lines().any(|line| line == "61 of 61 audits passed");
        assert!(report.succeeded && all, "{service} failed:\n{}", report.text);
    }
}
