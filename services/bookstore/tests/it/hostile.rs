//! Documents that would stop a server, were they run.

use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{App, Bookstore};

/// A chain of fragments, each of which spreads the next one `times` times.
fn spreading(levels: usize, times: usize) -> String {
    let mut text = "{ ...F0 }".to_owned();
    for level in 0..levels {
        let spread = format!("...F{} ", level + 1).repeat(times);
        text.push_str(&format!(" fragment F{level} on Query {{ {spread}}}"));
    }
    format!("{text} fragment F{levels} on Query {{ __typename }}")
}

async fn graph(store: &Bookstore) -> App {
    App::new(format!("http://{}", store.at("books"))).with_token(&store.token())
}

async fn error(app: &App, request: &Value) -> Value {
    let answer = app.post("/graphql", request).await;
    assert!(answer.text.len() < 2_000, "a refusal of {} bytes", answer.text.len());
    let json = answer.json();
    assert!(json["data"].is_null(), "{json}");
    json["errors"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_too_much_is_refused_with_the_limit_and_both_numbers() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = graph(&store).await;
    let aliases: String = (0..200).map(|n| format!("a{n}: __typename ")).collect();
    let circle = (0..5).fold("name".to_owned(), |inner, _| format!("fields {{ type {{ {inner} }} }}"));
    let nested = "{ a ".repeat(30) + &" }".repeat(30);
    for (limit, document) in [
        ("fields", spreading(24, 2)),
        ("fields", spreading(5, 30)),
        ("depth", spreading(300, 2)),
        ("tokens", format!("{{ book(isbn: 1) {{ {} }} }}", "id ".repeat(20_000))),
        ("bytes", format!("{{ book(isbn: 1) {{ {} }} }}", "id ".repeat(200_000))),
        ("fields", format!("{{ book(isbn: 1) {{ {} }} }}", "id ".repeat(3_000))),
        ("root fields", format!("{{ {} }}", "__typename ".repeat(21))),
        ("aliases", format!("{{ {aliases} }}")),
        ("directives", format!("{{ __typename {} }}", "@a ".repeat(51))),
        ("depth", "{ a".repeat(10_000)),
        ("depth", format!("{{ a(b: {}", "[".repeat(4_000))),
        ("depth", nested),
        ("rows", format!("{{ __schema {{ types {{ {circle} }} }} }}")),
        (
            "rows",
            "{ a: books(first: 1000) { ...P } ".to_owned()
                + &(0..10).map(|n| format!("a{n}: books(first: 1000) {{ ...P }} ")).collect::<String>()
                + "} fragment P on BookConnection { nodes { isbn } }",
        ),
        ("values", "{ books(first: 1000) { nodes { description again: description } } }".to_owned()),
    ] {
        let error = error(&app, &json!({"query": document})).await;
        let extensions = &error["extensions"];
        assert_eq!(
            (extensions["code"].as_str(), extensions["limit"].as_str()),
            (Some("DOCUMENT_TOO_COSTLY"), Some(limit)),
            "{error}"
        );
        let (asked, allowed) = (extensions["asked"].as_u64().unwrap(), extensions["allowed"].as_u64().unwrap());
        let message = error["message"].as_str().unwrap();
        assert!(
            asked > allowed && message.contains(&asked.to_string()) && message.contains(&allowed.to_string()),
            "{message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_in_a_circle_and_broken_documents_are_refused() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = graph(&store).await;
    for (code, document) in [
        ("GRAPHQL_VALIDATION_FAILED", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned()),
        ("GRAPHQL_VALIDATION_FAILED", "{ ...A }".to_owned()),
        ("GRAPHQL_PARSE_FAILED", "{ book(isbn: \"".to_owned() + &"x".repeat(30_000)),
        ("GRAPHQL_PARSE_FAILED", "💥".repeat(1_000)),
        ("GRAPHQL_PARSE_FAILED", String::new()),
    ] {
        let error = error(&app, &json!({"query": document})).await;
        assert_eq!(error["extensions"]["code"], code, "{error}");
    }
    for body in [
        json!([]),
        json!({}),
        json!([{"query": "{ __typename }"}]),
        json!(["{ __typename }", null, null, null]),
        json!({"query": 7}),
        json!({"query": "{ __typename }", "variables": []}),
    ] {
        assert_eq!(app.post("/graphql", &body).await.status, 400, "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_and_tools_ask_is_let_through_and_says_its_cost_on_demand() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = graph(&store).await;
    let list = "{ books(first: 500) { nodes { isbn title } totalCount } }";
    let answer = app.post("/graphql", &json!({"query": list, "extensions": {"cost": true}})).await.json();
    let cost = &answer["extensions"]["cost"];
    assert_eq!((&cost["rows"], &cost["fields"], &cost["depth"]), (&json!(500), &json!(5), &json!(3)), "{answer}");
    assert!(app.post("/graphql", &json!({"query": list})).await.json()["extensions"].is_null());

    let of_type = (0..8).fold("name".to_owned(), |inner, _| format!("kind name ofType {{ {inner} }}"));
    let introspection = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ ...T }}
            directives {{ name description locations args {{ ...I }} }} }} }}
        fragment T on __Type {{ kind name description fields(includeDeprecated: true) {{ name description args {{ ...I }}
            type {{ ...R }} isDeprecated deprecationReason }} inputFields {{ ...I }} interfaces {{ ...R }}
            enumValues(includeDeprecated: true) {{ name description }} possibleTypes {{ ...R }} }}
        fragment I on __InputValue {{ name description type {{ ...R }} defaultValue }}
        fragment R on __Type {{ {of_type} }}"
    );
    let answer = app.post("/graphql", &json!({"query": introspection})).await.json();
    assert!(
        answer["errors"].is_null() && answer["data"]["__schema"]["types"].as_array().unwrap().len() > 20,
        "{answer}"
    );
}
