//! Problems on every path that a request can take, and what else HTTP asks of a good citizen.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, CLIENT_TYPES, book, customer, with};

/// Holds a request to be refused with this status and code, and gives the problem.
async fn refused(request: RequestBuilder, status: u16, code: &str) -> Value {
    let answer = Answer::to(request.header("x-request-id", "id-of.the_request-1")).await;
    answer.is_problem(status, &[]);
    let problem = answer.json();
    assert_eq!((&problem["code"], &problem["requestId"]), (&json!(code), &json!("id-of.the_request-1")), "{problem}");
    assert_eq!(answer.header("x-request-id"), "id-of.the_request-1");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(
        problem["title"].is_string() && problem["type"] == "about:blank" && problem["detail"] == problem["message"]
    );
    problem
}

fn json_body(app: &App, method: Method, path: &str, body: &Value) -> RequestBuilder {
    app.request(method, path).header("content-type", "application/json").body(body.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_its_code_and_the_id_of_its_request() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        let nobody = App::new(format!("http://{}", store.at("gateway")));
        refused(nobody.request(Method::GET, "/books"), 400, "INVALID_CLIENT_TYPE").await;
        refused(nobody.of_type(client_type).request(Method::GET, "/books"), 401, "TOKEN_REQUIRED").await;
        for (method, path, status, code) in [
            (Method::GET, "/nothing", 404, "PATH_NOT_FOUND"),
            (Method::GET, "/books/1", 404, "NOT_FOUND"),
            (Method::GET, "/customers/1", 404, "NOT_FOUND"),
            (Method::DELETE, "/books/1", 404, "NOT_FOUND"),
            (Method::PATCH, "/books/1", 405, "METHOD_NOT_ALLOWED"),
            (Method::from_bytes(b"BREW").unwrap(), "/books", 405, "METHOD_NOT_ALLOWED"),
            (Method::POST, "/status", 405, "METHOD_NOT_ALLOWED"),
            (Method::POST, "/books", 415, "UNSUPPORTED_MEDIA_TYPE"),
            (Method::GET, "/books?limit=0", 400, "INVALID_REQUEST"),
            (Method::GET, "/customers/x", 400, "INVALID_REQUEST"),
        ] {
            refused(app.request(method, path), status, code).await;
        }
        let large = json!({"title": "x".repeat(2 * 1024 * 1024)});
        refused(json_body(&app, Method::POST, "/books", &large), 413, "BODY_TOO_LARGE").await;
        assert_eq!(app.post("/books", &book("1")).await.status, 201);
        refused(json_body(&app, Method::POST, "/books", &book("1")), 422, "ALREADY_EXISTS").await;
        assert_eq!(app.delete("/books/1").await.status, 204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_places_at_fault_are_named_one_by_one() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        let faulty = with(&book("1"), json!({"title": "", "price": "7", "a/b~c": 1}));
        let problem = refused(json_body(&app, Method::POST, "/books", &faulty), 400, "INVALID_REQUEST").await;
        let expected = json!([
            {"pointer": "/price", "message": "must be a number"},
            {"pointer": "/a~1b~0c", "message": "is not a field of a book"},
        ]);
        assert_eq!(problem["errors"], expected, "{problem}");
        // These are the service's words, under REST's names.
        let faulty = with(&book("1"), json!({"Author": " ", "price": -1}));
        let problem = refused(json_body(&app, Method::PUT, "/books/1", &faulty), 400, "INVALID_REQUEST").await;
        assert_eq!(pointers(&problem), ["/Author", "/price"], "{problem}");
        let faulty = with(&customer("groot"), json!({"state": "XX"}));
        let problem = refused(json_body(&app, Method::POST, "/customers", &faulty), 400, "INVALID_REQUEST").await;
        assert_eq!(pointers(&problem), ["/userId", "/state"], "{problem}");
        let problem = refused(json_body(&app, Method::POST, "/books", &json!([])), 400, "INVALID_REQUEST").await;
        assert_eq!(pointers(&problem), [""], "{problem}");
    }
}

fn pointers(problem: &Value) -> Vec<&str> {
    problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_at_fault_is_named() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let app = store.app("Web");
    for (path, parameter) in [
        ("/books?limit=ten", "limit"),
        ("/books?limit=1&limit=2", "limit"),
        ("/books?after=%F0%9F%93%9A&limit=1", "after"),
        ("/books?pages=7", "pages"),
        ("/customers", "userId"),
        ("/customers?userId=groot", "userId"),
        ("/customers?userId=groot@example.com&name=Groot", "name"),
        ("/customers/one", "id"),
    ] {
        let problem = refused(app.request(Method::GET, path), 400, "INVALID_REQUEST").await;
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{problem}");
        assert!(problem["message"].as_str().unwrap().contains(parameter), "{problem}");
    }
    let problem = refused(app.of_type("Windows").request(Method::GET, "/"), 400, "INVALID_CLIENT_TYPE").await;
    assert_eq!(problem["errors"][0]["header"], "X-Client-Type");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_read_json_gets_406_and_nothing_is_done() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        for accept in
            ["text/html", "application/xml, text/*", "application/json;q=0", "*/*;q=0", "application/json;q=0, */*"]
        {
            for path in ["/books", "/books/1"] {
                refused(app.request(Method::GET, path).header("accept", accept), 406, "NOT_ACCEPTABLE").await;
            }
            let create = json_body(&app, Method::POST, "/books", &book("1")).header("accept", accept);
            refused(create, 406, "NOT_ACCEPTABLE").await;
        }
        for accept in [
            "",
            "*/*",
            "application/*",
            "application/json",
            "text/html, application/json;q=0.1",
            "text/html, */*;q=0.1",
        ] {
            let answer = Answer::to(app.request(Method::GET, "/books").header("accept", accept)).await;
            answer.is(200, &json!([]));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_and_options_are_answered_on_every_route() {
    let store = Bookstore::open(Kind::Sqlite).await;
    for client_type in CLIENT_TYPES {
        let app = store.app(client_type);
        assert_eq!(app.post("/books", &book("1")).await.status, 201);
        let customer = app.post("/customers", &customer("groot@example.com")).await.json();
        let (one, by_name) = (format!("/customers/{}", customer["id"]), "/customers?userId=groot@example.com");
        for (path, allow) in [
            ("/status", "GET, HEAD, OPTIONS"),
            ("/books", "GET, HEAD, POST, OPTIONS"),
            ("/books?limit=1", "GET, HEAD, POST, OPTIONS"),
            ("/books/1", "GET, HEAD, PUT, DELETE, OPTIONS"),
            ("/books/isbn/1", "GET, HEAD, OPTIONS"),
            (by_name, "GET, HEAD, POST, OPTIONS"),
            (&one, "GET, HEAD, PUT, DELETE, OPTIONS"),
        ] {
            let ask = async |method| Answer::to(app.request(method, path).header("x-request-id", "1")).await;
            let (get, mut head, options) =
                (ask(Method::GET).await, ask(Method::HEAD).await, ask(Method::OPTIONS).await);
            assert_eq!((get.status, head.status, head.text.as_str()), (200, 200, ""), "{path}");
            head.headers.insert("date", get.headers["date"].clone());
            // The length of a list that is sent while it is fetched is not known beforehand.
            assert!(
                get.headers
                    .keys()
                    .all(|name| name == "transfer-encoding" || head.headers.get(name) == get.headers.get(name)),
                "{path}: {:?} {:?}",
                get.headers,
                head.headers
            );
            assert_eq!((options.status, options.header("allow"), options.text.as_str()), (204, allow, ""), "{path}");
        }
        assert_eq!(Answer::to(app.request(Method::HEAD, "/books/2")).await.status, 404);
        assert_eq!((app.delete("/books/1").await.status, app.delete(&one).await.status), (204, 204));
    }
}
