//! `X-Client-Type` decides who answers, before the token is looked at.

use testkit::Kind;

use crate::kit::{App, Bookstore, book};

#[tokio::test(flavor = "multi_thread")]
async fn the_front_door_leads_each_client_to_its_bff() {
    let store = Bookstore::open(Kind::Sqlite).await;
    assert_eq!(store.app("Web").post("/books", &book("1")).await.status, 201);
    for (client_type, genre) in
        [("Web", "non-fiction"), ("iOS", "3"), ("Android", "3"), ("wEB", "non-fiction"), ("ANDROID", "3")]
    {
        assert_eq!(store.app(client_type).get("/books/1").await.json()["genre"], genre, "{client_type}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_or_unknown_type_is_refused_everywhere_before_the_token() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for address in ["gateway", "web-bff", "mobile-bff"].map(|part| store.at(part)) {
        let app = App::new(format!("http://{address}"));
        for path in ["/books", "/books/1", "/nothing"] {
            app.get(path).await.is_problem(400, &["X-Client-Type"]);
            app.with_token(&store.token()).get(path).await.is_problem(400, &["X-Client-Type"]);
            for client_type in ["", "Windows", "Web, iOS", "W eb", "iOS2"] {
                app.of_type(client_type).get(path).await.is_problem(400, &["X-Client-Type"]);
            }
        }
        let twice = app.of_type("Web").request(reqwest::Method::GET, "/books").header("x-client-type", "iOS");
        crate::kit::Answer::to(twice).await.is_problem(400, &["X-Client-Type"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bff_refuses_the_clients_of_the_other() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (web, mobile) = (format!("http://{}", store.at("web-bff")), format!("http://{}", store.at("mobile-bff")));
    for (base, wrong) in [(web, ["iOS", "Android"]), (mobile, ["Web", "web"])] {
        for client_type in wrong {
            let app = App::new(base.clone()).of_type(client_type);
            app.get("/books").await.is_problem(400, &["X-Client-Type", client_type]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_comes_next_and_the_path_last() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let stranger = App::new(format!("http://{}", store.at("gateway"))).of_type("iOS");
    stranger.get("/nothing").await.is_problem(401, &[]);
    store.app("iOS").get("/nothing").await.is_problem(404, &["/nothing"]);
    let patched = crate::kit::Answer::to(store.app("iOS").request(reqwest::Method::PATCH, "/books")).await;
    patched.is_problem(405, &["PATCH"]);
    assert!(patched.header("allow").contains("POST"), "{:?}", patched.headers);
}
