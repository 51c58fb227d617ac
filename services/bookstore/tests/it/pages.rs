//! The pages for people, used in Chromium with the network cut off.

use testkit::Kind;

use crate::kit::{Bookstore, book, customer};
use crate::node::Script;

const BROWSER: &[(&str, &str)] = &[("playwright-core", "1.65.1")];
const PLAYGROUND: Script = Script { name: "playground", packages: BROWSER };
const DOCS: Script = Script { name: "docs", packages: BROWSER };

#[tokio::test(flavor = "multi_thread")]
async fn both_playgrounds_can_be_used() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    assert_eq!(app.post("/books", &book("1")).await.status, 201);
    assert_eq!(app.post("/customers", &customer("rocket@example.com")).await.status, 201);
    let services = [
        (store.at("books"), ["books", "title"], "Awesome Mix"),
        (store.at("customers"), ["customers", "name"], "Rocket"),
    ];
    for (address, [list, field], found) in services {
        let url = format!("http://{address}/graphql");
        let report = PLAYGROUND.run(&[&url, &store.token(), ".", list, field]);
        assert!(report.succeeded && report.text.contains(found), "the playground of {list} failed:\n{}", report.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_can_be_made_from_both_documentation_pages() {
    let store = Bookstore::open(Kind::Sqlite).await;
    assert_eq!(store.app("Web").post("/books", &book("1-2")).await.status, 201);
    for (address, genre) in
        [(store.at("web-bff"), r#""genre":"non-fiction""#), (store.at("mobile-bff"), r#""genre":"3""#)]
    {
        let url = format!("http://{address}/docs");
        let report = DOCS.run(&[&url, &store.token(), ".", "1-2"]);
        assert!(report.succeeded && report.text.contains(genre), "the page at {url} failed:\n{}", report.text);
    }
}
