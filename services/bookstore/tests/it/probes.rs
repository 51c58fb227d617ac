//! The thirteen things that graphql-cop looks for in a GraphQL endpoint, each asked as it asks. In trusted mode none is
//! found. The same probes in open mode find what is open there, so they do look.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore};
use crate::trusted::{graphs, trusted};

/// What a service answers to a document sent by POST.
async fn query(graph: &App, document: &str) -> Value {
    graph.post("/graphql", &json!({"query": document})).await.json()
}

fn errors(answer: &Value) -> usize {
    answer["errors"].as_array().map_or(0, Vec::len)
}

/// Whether the pages where a playground may be show one to a browser.
async fn playground(graph: &App) -> bool {
    for path in ["/graphiql", "/playground", "/console", "/graphql"] {
        let page = Answer::to(graph.request(Method::GET, path).header("accept", "text/html")).await;
        let text = page.text.to_lowercase();
        if page.status == 200 && ["graphiql", "graphql-playground"].iter().any(|name| text.contains(name)) {
            return true;
        }
    }
    false
}

/// Whether a form of another site can send a document.
async fn by_form(graph: &App) -> bool {
    let form = graph.request(Method::POST, "/graphql").header("content-type", "application/x-www-form-urlencoded");
    let answer = Answer::to(form.body("query=query+%7B+__typename+%7D")).await;
    serde_json::from_str::<Value>(&answer.text).is_ok_and(|answer| !answer["data"]["__typename"].is_null())
}

/// The names of all probes that find something.
async fn found(graph: &App) -> Vec<&'static str> {
    let aliases: String = (0..101).map(|n| format!("alias{n}: __typename ")).collect();
    let circle = "query { __schema { types { fields { type { fields { type { fields { type { fields { type { name } \
                  } } } } } } } } } }";
    let many = "__typename ".repeat(500);
    let batch = graph.post("/graphql", &json!(vec![json!({"query": "{ __typename }"}); 10])).await.json();
    let broken = query(graph, "qwerty cop { abc }").await;
    let by_get = |document: &'static str| async move {
        let answer = graph.get(&format!("/graphql?query={document}")).await.json();
        !answer["data"]["__typename"].is_null()
    };
    let probes = [
        ("aliases", !query(graph, &format!("{{ {aliases} }}")).await["data"]["alias100"].is_null()),
        ("batch", batch.as_array().is_some_and(|answers| answers.len() >= 10)),
        ("directives", errors(&query(graph, "{ __typename @aa@aa@aa@aa@aa@aa@aa@aa@aa@aa }").await) == 10),
        ("field duplication", !query(graph, &format!("{{ {many} }}")).await["data"]["__typename"].is_null()),
        ("circular introspection", query(graph, circle).await["data"]["__schema"]["types"].is_array()),
        ("mutation by GET", by_get("mutation%20%7B__typename%7D").await),
        ("query by GET", by_get("%7B__typename%7D").await),
        ("urlencoded form", by_form(graph).await),
        ("suggestions", query(graph, "{ __schema { directive } }").await.to_string().contains("did you mean")),
        ("introspection", query(graph, "{ __schema { types { name } } }").await["data"]["__schema"].is_object()),
        ("playground", playground(graph).await),
        ("tracing", query(graph, "{ __typename }").await.to_string().contains("trac")),
        ("unhandled errors", broken.to_string().contains("exception")),
    ];
    probes.into_iter().filter(|(_, found)| *found).map(|(name, _)| name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_trusted_mode_nothing_is_found() {
    let store = Bookstore::with(Kind::Sqlite, trusted(false)).await;
    for graph in graphs(&store) {
        assert_eq!(found(&graph).await, Vec::<&str>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_open_mode_is_found_what_is_open() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for graph in graphs(&store) {
        assert_eq!(found(&graph).await, ["query by GET", "suggestions", "introspection", "playground"]);
    }
}
