//! What a schema's answers look like over HTTP: order, codes, and what a panic makes of them.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{EmptySubscription, Object, Schema};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use graph_host::rights::Rights;
use graph_host::tokens::Tokens;
use graph_serve::GraphSettings;
use graph_serve::errors::{Code, hidden};
use graph_serve::row::Row;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::rows::Thing;

struct Query;

fn flooded() -> i32 {
    panic!("the cellar is flooded")
}

#[Object]
impl Query {
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(5)).await;
        1
    }

    async fn quick(&self, #[graphql(default = 2)] number: i32) -> i32 {
        number
    }

    async fn lobby(&self) -> i32 {
        3
    }

    async fn broken(&self) -> async_graphql::Result<i32> {
        Err(hidden(Code::Internal, &std::io::Error::other("the cellar is flooded")))
    }

    async fn may_break(&self) -> async_graphql::Result<Option<i32>> {
        Err(hidden(Code::Internal, &std::io::Error::other("the cellar is flooded")))
    }

    async fn panics(&self) -> i32 {
        flooded()
    }

    async fn rows(&self, #[graphql(default = 2)] first: u8) -> Vec<Option<Row<Thing>>> {
        (0..first).map(|number| (number != 1).then_some(Row(Thing(number)))).collect()
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn panics(&self) -> i32 {
        flooded()
    }
}

const RIGHTS: &str = "
    [test]
    Query { slow quick broken mayBreak panics rows __schema } - - - - all
    Query.lobby all - - - -
    Thing { name size slow broken parts long } - - - - all
    Part.number - - - - all
    Mutation.panics - - - - all
";

fn app(tokens: &Arc<Tokens>) -> Router {
    let schema = Schema::build(Query, Mutation, EmptySubscription);
    let rights = Some(Arc::new(Rights::read(RIGHTS, "test").unwrap()));
    let settings = GraphSettings { rights, ..GraphSettings::default() };
    let routes = graph_serve::routes("test", "test", schema, Arc::clone(tokens), settings, "").unwrap();
    graph_host::app::Part::new("test").app(routes)
}

/// Asks the same router for each of the requests.
async fn answers(requests: &[Value]) -> Vec<(StatusCode, String)> {
    let tokens = Arc::new(Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap());
    let token = tokens.mint("subject", Duration::from_secs(60)).unwrap();
    let (app, mut answers) = (app(&tokens), Vec::new());
    for body in requests {
        let request = Request::post("/graphql").header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}")).header("x-request-id", "request-7");
        let response = app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        answers.push((status, String::from_utf8(body.to_vec()).unwrap()));
    }
    answers
}

pub async fn answer(request: Value) -> (StatusCode, String) {
    answers(&[request]).await.remove(0)
}

#[tokio::test]
async fn fields_stand_in_the_order_of_the_document() {
    let (_, text) = answer(json!({"query": "{ a: slow ...F c: slow } fragment F on Query { b: quick }"})).await;
    assert_eq!(text, r#"{"data":{"a":1,"b":2,"c":1}}"#);
}

#[tokio::test]
async fn a_panic_is_one_500_with_a_code_and_the_service_lives_on() {
    let requests = ["{ panics }", "mutation { panics }", "{ quick }"].map(|query| json!({ "query": query }));
    let answers = answers(&requests).await;
    for (status, text) in &answers[..2] {
        assert_eq!(*status, StatusCode::INTERNAL_SERVER_ERROR);
        let error = &serde_json::from_str::<Value>(text).unwrap()["errors"][0];
        assert_eq!(error["extensions"], json!({"code": "INTERNAL", "requestId": "request-7"}));
        assert!(!text.contains("cellar"), "{text}");
    }
    assert_eq!(answers[2], (StatusCode::OK, r#"{"data":{"quick":2}}"#.to_owned()));
}

#[tokio::test]
async fn a_hidden_cause_is_found_in_the_log_by_the_requests_id() {
    let (status, text) = answer(json!({"query": "{ quick broken }"})).await;
    assert_eq!(status, StatusCode::OK);
    let error = &serde_json::from_str::<Value>(&text).unwrap()["errors"][0];
    assert_eq!(error["extensions"], json!({"code": "INTERNAL", "requestId": "request-7"}));
    assert!(!text.contains("cellar"), "{text}");
}

#[tokio::test]
async fn where_a_value_was_promised_and_failed_there_is_no_data() {
    let data = async |query: &str| {
        let (_, text) = answer(json!({ "query": query })).await;
        serde_json::from_str::<Value>(&text).unwrap()["data"].clone()
    };
    assert_eq!(data("{ quick broken }").await, Value::Null);
    assert_eq!(data("{ quick mayBreak }").await, json!({"quick": 2, "mayBreak": null}));
    assert_eq!(data("{ a: mayBreak }").await, json!({"a": null}));
}

#[tokio::test]
async fn a_document_that_comes_again_is_held_to_the_same_rules() {
    let document = "query Q($n: Int!) { quick(number: $n) }";
    let with = |variables: Value| json!({"query": document, "variables": variables});
    let mut requests = vec![with(json!({"n": 7})), with(json!({"n": "7"})), with(json!({})), with(json!({"n": null}))];
    let right_first = answers(&requests).await;
    requests.rotate_left(1);
    let mut right_last = answers(&requests).await;
    right_last.rotate_right(1);
    assert_eq!(right_first, right_last);
    assert_eq!(right_first[0].1, r#"{"data":{"quick":7}}"#);
    for (_, text) in &right_first[1..] {
        let error = &serde_json::from_str::<Value>(text).unwrap()["errors"][0];
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{text}");
    }
}

#[tokio::test]
async fn an_operation_that_is_not_there_is_named() {
    let document = "query A { quick } query B { slow }";
    for name in ["C", ""] {
        let (_, text) = answer(json!({"query": document, "operationName": name})).await;
        let error = &serde_json::from_str::<Value>(&text).unwrap()["errors"][0];
        assert_eq!(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{text}");
    }
}

#[tokio::test]
async fn what_is_not_for_the_caller_is_refused_before_it_is_run() {
    let not_for_admins =
        ["{ lobby }", "{ a: lobby }", "{ slow ...F } fragment F on Query { lobby }", "{ slow ... { lobby } }"];
    for query in not_for_admins {
        let answers = answers(&[json!({"query": query})]).await;
        let answer: Value = serde_json::from_str(&answers[0].1).unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_ALLOWED", "{query}");
        assert_eq!(answer["errors"][0]["message"], "Query.lobby is not for you: your role does not allow it.");
        assert!(answer.get("data").is_none());
    }
}

#[tokio::test]
async fn without_a_token_only_what_is_for_nobody_in_particular_is_answered() {
    let tokens = Arc::new(Tokens::try_new(&[b'x'; 32], "issuer", &["subject".to_owned()]).unwrap());
    let app = app(&tokens);
    for (query, status) in
        [("{ lobby }", 200), ("{ slow }", 401), ("{ lobby slow }", 401), ("{ none }", 401), ("{", 401)]
    {
        let request = Request::post("/graphql").header("content-type", "application/json");
        let request = request.body(Body::from(json!({"query": query}).to_string())).unwrap();
        assert_eq!(app.clone().oneshot(request).await.unwrap().status(), status, "{query}");
    }
    let request =
        Request::post("/graphql").header("content-type", "application/json").header("authorization", "Bearer x");
    let request = request.body(Body::from(json!({"query": "{ lobby }"}).to_string())).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 401, "a token that is there is looked at");
}
