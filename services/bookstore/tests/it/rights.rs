//! The table of rights: everything stands in it, and everybody gets what it says, whoever they are and whosever the thing is.

use std::collections::BTreeSet;

use bookstore::parts::{CLIENTS, SERVICES};
use graph_check::fields;
use graph_check::workspace::graphs;
use graph_host::identity::Role;
use graph_host::rights::{Cell, Rights};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::Kind;

use crate::kit::{Answer, App, Bookstore, book, customer};
use crate::orders::kit::{known, order, place};
use crate::people::Person;

/// The fields that every graph has besides those that are committed.
const EVERYWHERE: [&str; 5] = ["Query.__schema", "Query.__type", "Query._service", "Query._entities", "_Service.sdl"];

fn in_table(section: &str) -> BTreeSet<String> {
    Rights::at(section).unwrap().all().map(|(thing, _)| thing.to_owned()).collect()
}

#[test]
fn every_field_of_every_graph_stands_in_the_table_and_nothing_else_does() {
    for (service, sdl) in graphs().unwrap() {
        let mut wanted = fields(&service, &sdl).unwrap();
        wanted.extend(EVERYWHERE.map(str::to_owned));
        assert_eq!(in_table(&service), wanted, "{service}");
    }
}

#[test]
fn every_route_of_every_bff_stands_in_the_table_and_nothing_else_does() {
    let routes = |client: &graph_rest::Client| -> BTreeSet<String> {
        let asks = client.routes.iter().flat_map(|(path, asks)| asks.iter().map(move |ask| (path, ask)));
        asks.map(|(path, ask)| format!("{} {path}", ask.method().to_uppercase())).collect()
    };
    for client in CLIENTS {
        assert_eq!(in_table("rest"), routes(client), "{}", client.name);
    }
}

#[test]
fn a_route_gives_what_its_field_gives() {
    let rest = Rights::at("rest").unwrap();
    /// The field at the root of a client's document, by the name that it has in all of them.
    fn root(text: &str) -> &str {
        let found = ["result: ", "found: ", "page: "].into_iter().find_map(|alias| Some(text.split_once(alias)?.1));
        found.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next()).unwrap()
    }
    let mut seen = 0;
    for client in CLIENTS {
        for (path, asks) in client.routes {
            for ask in *asks {
                let documents =
                    client.sources.iter().flat_map(|one| one.documents.iter().map(|text| (one.service, text)));
                let (service, document) =
                    documents.into_iter().find(|(_, document)| document.operation == ask.operation()).unwrap();
                let field = root(document.text);
                let kind = if document.text.starts_with("mutation") { "Mutation" } else { "Query" };
                let (route, field) = (format!("{} {path}", ask.method().to_uppercase()), format!("{kind}.{field}"));
                assert_eq!(rest.to(&route), Rights::at(service).unwrap().to(&field), "{route} and {field}");
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn nobody_may_do_more_with_a_field_than_without_it() {
    // What is below a root is for no role that can reach no root.
    for service in SERVICES {
        let rights = Rights::at(service.name).unwrap();
        let roots = |role: Role| {
            let mut all = rights.all().filter(|(name, _)| name.starts_with("Query.") || name.starts_with("Mutation."));
            all.any(|(name, right)| {
                !name.contains("__") && name != "Query._service" && right.of(role.into()) != Cell::No
            })
        };
        for role in Role::ALL.into_iter().filter(|role| !roots(*role)) {
            let reached: Vec<&str> =
                rights.all().filter(|(_, right)| right.of(role.into()) != Cell::No).map(|(name, _)| name).collect();
            let harmless = |name: &&str| EVERYWHERE.contains(name);
            assert!(reached.iter().all(harmless), "{}: {role:?} {reached:?}", service.name);
        }
    }
}

/// A request of a route: with a thing of the caller's own, or with another one's where there is such a thing.
struct Asked {
    path: String,
    others: Option<String>,
    body: Option<Value>,
}

/// What each route is asked. `nth` makes what is new another one each time.
fn asked(route: &str, person: &Person, other: &Person, nth: usize, orders: [i64; 2]) -> Asked {
    let plain = |path: &str, body: Option<Value>| Asked { path: path.to_owned(), others: None, body };
    let whose = |path: &str, body: Option<Value>| Asked {
        path: path.replace("{}", if person.id.is_empty() { &other.id } else { &person.id }),
        others: Some(path.replace("{}", &other.id)),
        body,
    };
    // Sellers have a book of their own by then; those that are always there are the bookstore's.
    let theirs = |path: &str, body: Value| {
        let (path, body) = match person.seller {
            true => (format!("/books/8{nth}"), book(&format!("8{nth}"))),
            false => (path.to_owned(), body),
        };
        Asked { path, others: Some("/books/1".to_owned()), body: Some(body) }
    };
    let of_order = |path: &str, body: Option<Value>| Asked {
        path: path.replace("{}", &orders[0].to_string()),
        others: Some(path.replace("{}", &orders[1].to_string())),
        body,
    };
    let review = json!({"stars": 4, "title": "Good", "text": "It has a beginning and an end."});
    let account = json!({"email": format!("{nth}-{}", person.email), "name": "R"});
    match route {
        "GET /books" => plain("/books?limit=1", None),
        "POST /books" => plain("/books", Some(book(&format!("9{nth}")))),
        "GET /books/{ISBN}" => plain("/books/1", None),
        "GET /books/isbn/{ISBN}" => plain("/books/isbn/1", None),
        "PUT /books/{ISBN}" => theirs("/books/1", book("1")),
        "DELETE /books/{ISBN}" => Asked { body: None, ..theirs("/books/2", Value::Null) },
        "GET /books/{ISBN}/reviews" => plain("/books/1/reviews", None),
        "POST /books/{ISBN}/reviews" => plain(&format!("/books/{nth}/reviews"), Some(review)),
        "PUT /books/{ISBN}/reviews" => plain("/books/1/reviews", Some(review)),
        "DELETE /books/{ISBN}/reviews" => plain("/books/1/reviews", None),
        "GET /customers" => plain("/customers?userId=c@example.com", None),
        "POST /customers" => plain("/customers", Some(customer(&format!("{nth}@example.com")))),
        "GET /customers/{id}" => plain("/customers/1", None),
        "PUT /customers/{id}" => plain("/customers/1", Some(customer("c@example.com"))),
        "DELETE /customers/{id}" => plain("/customers/2", None),
        "POST /signup" => plain(
            "/signup",
            Some(json!({"email": format!("up-{nth}@example.com"), "password": crate::people::PASSWORD, "name": "N"})),
        ),
        "POST /signin" => plain("/signin", Some(json!({"email": other.email, "password": crate::people::PASSWORD}))),
        // That it is no good is told, not that it is not allowed.
        "POST /token" => plain("/token", Some(json!({"refreshToken": "none"}))),
        "POST /guest" => plain("/guest", None),
        "POST /password-resets" => plain("/password-resets", Some(json!({"email": "nobody@example.com"}))),
        "PUT /password-resets/{token}" => {
            plain(&format!("/password-resets/{}", "x".repeat(43)), Some(json!({"password": "raccoons are better"})))
        }
        "POST /signout" | "GET /signout" => plain("/signout", None),
        "GET /accounts" => Asked {
            path: format!("/accounts?email={}", if person.id.is_empty() { &other.email } else { &person.email }),
            others: Some(format!("/accounts?email={}", other.email)),
            body: None,
        },
        "POST /accounts" => plain("/accounts", Some(account)),
        "GET /accounts/{id}" | "DELETE /accounts/{id}" => whose("/accounts/{}", None),
        "PUT /accounts/{id}" => whose("/accounts/{}", Some(account)),
        "GET /accounts/{id}/export" => whose("/accounts/{}/export", None),
        "GET /orders" => plain("/orders?limit=1", None),
        "POST /orders" => plain("/orders", Some(order("1", 1))),
        "GET /orders/{orderId}" => of_order("/orders/{}", None),
        "GET /orders/{orderId}/updates" => of_order("/orders/{}/updates", None),
        "POST /orders/{orderId}/cancel" => of_order("/orders/{}/cancel", None),
        "POST /orders/{orderId}/delivery" => {
            of_order("/orders/{}/delivery", Some(json!({"deliveryTime": "1796029200000"})))
        }
        "GET /delivery-times" => plain("/delivery-times?city=Missouri", None),
        "GET /finance/ledger" => plain("/finance/ledger?limit=1", None),
        other => panic!("the walk does not know {other}: say here what it is asked"),
    }
}

/// An order of whoever uses this app.
async fn ordered(store: &Bookstore, app: &App) -> i64 {
    known(store, "1").await;
    place(app, &order("1", 1)).await
}

/// The same body for another thing: it names the book that the path does.
fn with(body: &Value, path: &str) -> Value {
    let mut body = body.clone();
    if let (Some(isbn), true) = (path.strip_prefix("/books/"), body.get("ISBN").is_some()) {
        body["ISBN"] = json!(isbn);
    }
    body
}

async fn send(app: &App, method: &Method, path: &str, body: Option<&Value>) -> Answer {
    match body {
        // It goes on, once it has begun.
        None if path.ends_with("/updates") => {
            let response = app.request(method.clone(), path).send().await.unwrap();
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let text = if status == 200 { String::new() } else { response.text().await.unwrap() };
            Answer { status, headers, text }
        }
        Some(body) => app.send(method.clone(), path, body.to_string()).await,
        None => Answer::to(app.request(method.clone(), path)).await,
    }
}

/// The code of a problem.
fn code(answer: &Answer) -> String {
    serde_json::from_str::<Value>(&answer.text)
        .map_or_else(|_| String::new(), |one| one["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_gets_of_every_route_what_the_table_says() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let (rights, mut nth) = (Rights::at("rest").unwrap(), 0);
    let admin = store.person("Web", Role::Admin, "").await;
    for client_type in ["Web", "iOS"] {
        for (route, right) in rights.all() {
            let (method, _) = route.split_once(' ').unwrap();
            let method: Method = method.parse().unwrap();
            for role in Role::ALL {
                nth += 1;
                // Everything is there anew, whatever was removed before.
                for body in [book("1"), book("2")] {
                    admin.app.post("/books", &body).await;
                }
                let person = store.person(client_type, role, &format!("p{nth}@example.com")).await;
                let other = store.person(client_type, Role::Buyer, &format!("o{nth}@example.com")).await;
                admin.app.post("/customers", &customer("c@example.com")).await;
                person.app.post("/books", &book(&format!("8{nth}"))).await;
                person.app.post("/books/1/reviews", &json!({"stars": 1, "title": "T", "text": "X"})).await;
                let mut orders = [0; 2];
                if route.contains("{orderId}") {
                    orders[1] = ordered(&store, &other.app).await;
                    orders[0] = if person.id.is_empty() { orders[1] } else { ordered(&store, &person.app).await };
                }
                let Asked { path, others, body } = asked(route, &person, &other, nth, orders);
                let about = format!("{client_type} {role:?} {route}");
                let cell = right.of(role.into());
                if let Some(others) = others.as_ref().filter(|_| cell == Cell::Own) {
                    let body = body.as_ref().map(|body| with(body, others));
                    let answer = send(&person.app, &method, others, body.as_ref()).await;
                    // That there is a book everybody may know.
                    let refused = if route.contains("/books") { (403, "NOT_ALLOWED") } else { (404, "NOT_FOUND") };
                    assert_eq!((answer.status, &*code(&answer)), refused, "{about}: {}", answer.text);
                }
                let answer = send(&person.app, &method, &path, body.as_ref()).await;
                let told = (answer.status, code(&answer));
                match (cell, role) {
                    (Cell::No, Role::Nobody) => assert_eq!(told, (401, "TOKEN_REQUIRED".to_owned()), "{about}"),
                    (Cell::No, _) => assert_eq!(told, (403, "NOT_ALLOWED".to_owned()), "{about}: {}", answer.text),
                    _ => {
                        assert!(answer.status < 500 && told.0 != 403, "{about}: {}", answer.text);
                        assert_ne!(told.1, "TOKEN_REQUIRED", "{about}");
                    }
                }
            }
        }
    }
}

/// A document for each field at the root of a graph, with its arguments as they must be.
fn document(service: &str, field: &str) -> String {
    let call = match field {
        "Query.book" => "book(isbn: \"1\") { isbn }",
        "Query.booksByIsbn" => "booksByIsbn(isbns: [\"1\"]) { isbn }",
        "Query.books" => "books(first: 1) { nodes { isbn } }",
        "Query.customer" => "customer(id: 1) { id }",
        "Query.customerByUserId" => "customerByUserId(userId: \"c@example.com\") { id }",
        "Query.customersById" => "customersById(ids: [1]) { id }",
        "Query.customersByUserId" => "customersByUserId(userIds: [\"c@example.com\"]) { id }",
        "Query.customers" => "customers(first: 1) { nodes { id } }",
        "Query.reviews" => "reviews(isbn: \"1\") { nodes { id } }",
        "Query.reviewedBooks" => "reviewedBooks(isbns: [\"1\"]) { isbn }",
        "Query.account" => "account(id: \"x\") { id }",
        "Query.accountsById" => "accountsById(ids: [\"x\"]) { id }",
        "Query.accountsByEmail" => "accountsByEmail(emails: [\"a@example.com\"]) { id }",
        "Query.accounts" => "accounts(first: 1) { nodes { id } }",
        "Query.getOrder" => "getOrder(id: 1) { orderId }",
        "Query.ordersById" => "ordersById(ids: [1]) { orderId }",
        "Query.orders" => "orders(first: 1) { nodes { orderId } }",
        "Query.getAllTestOrders" => "getAllTestOrders(testId: 1) { orderId }",
        "Query.payment" => "payment(orderId: 1) { state }",
        "Query.paymentsByOrder" => "paymentsByOrder(orderIds: [1]) { state }",
        "Query.ledger" => "ledger(first: 1) { nodes { amount } }",
        "Query.delivery" => "delivery(orderId: 1) { state }",
        "Query.deliveriesByOrder" => "deliveriesByOrder(orderIds: [1]) { state }",
        "Query.deliveryTimes" => "deliveryTimes(city: \"A\") { deliveryOptions }",
        "Query.__schema" => "__schema { queryType { name } }",
        "Query.__type" => "__type(name: \"Query\") { name }",
        "Query._service" => "_service { sdl }",
        "Query._entities" => match service {
            "books" => "_entities(representations: [{__typename: \"Book\", isbn: \"1\"}]) { __typename }",
            "customers" => "_entities(representations: [{__typename: \"Customer\", id: 1}]) { __typename }",
            "reviews" => "_entities(representations: [{__typename: \"Book\", isbn: \"1\"}]) { __typename }",
            "orders" => "_entities(representations: [{__typename: \"Order\", orderId: 1}]) { __typename }",
            "payments" => "_entities(representations: [{__typename: \"Payment\", orderId: 1}]) { __typename }",
            "delivery" => "_entities(representations: [{__typename: \"Delivery\", orderId: 1}]) { __typename }",
            _ => "_entities(representations: [{__typename: \"Account\", id: \"x\"}]) { __typename }",
        },
        "Mutation.createBook" => {
            "createBook(input: {isbn: \" \", title: \"\", author: \"\", description: \"\", genre: \"\", price: 1, quantity: 1}) { __typename }"
        }
        "Mutation.updateBook" => {
            "updateBook(isbn: \"7\", input: {isbn: \" \", title: \"\", author: \"\", description: \"\", genre: \"\", price: 1, quantity: 1}) { __typename }"
        }
        "Mutation.deleteBook" => "deleteBook(isbn: \"7\") { __typename }",
        "Mutation.createCustomer" | "Mutation.updateCustomer" => {
            let input =
                "input: {userId: \"\", name: \"\", phone: \"\", address: \"\", city: \"\", state: \"\", zipcode: \"\"}";
            return match field {
                "Mutation.createCustomer" => format!("mutation {{ createCustomer({input}) {{ __typename }} }}"),
                _ => format!("mutation {{ updateCustomer(id: 7, {input}) {{ __typename }} }}"),
            };
        }
        "Mutation.deleteCustomer" => "deleteCustomer(id: 7) { __typename }",
        "Mutation.createReview" => {
            "createReview(isbn: \"1\", input: {stars: 9, title: \"\", text: \"\"}) { __typename }"
        }
        "Mutation.updateReview" => {
            "updateReview(isbn: \"1\", input: {stars: 9, title: \"\", text: \"\"}) { __typename }"
        }
        "Mutation.deleteReview" => "deleteReview(isbn: \"7\") { __typename }",
        "Mutation.signUp" => "signUp(input: {email: \"\", password: \"\", name: \"\"}) { __typename }",
        "Mutation.signIn" => "signIn(input: {email: \"\", password: \"\"}) { __typename }",
        "Mutation.refresh" => "refresh(input: {refreshToken: \"\"}) { __typename }",
        "Mutation.guest" => "guest { __typename }",
        "Mutation.requestPasswordReset" => "requestPasswordReset(input: {email: \"\"}) { __typename }",
        "Mutation.resetPassword" => "resetPassword(token: \"\", input: {password: \"\"}) { __typename }",
        "Mutation.signOut" => "signOut { __typename }",
        "Mutation.createAccount" => "createAccount(input: {email: \"\", name: \"\"}) { __typename }",
        "Mutation.updateAccount" => "updateAccount(id: \"x\", input: {email: \"\", name: \"\"}) { __typename }",
        "Mutation.deleteAccount" => "deleteAccount(id: \"x\") { __typename }",
        "Mutation.createOrder" => {
            "createOrder(input: {name: \"\", email: \"\", phone: \"\", street: \"\", city: \"\", customerType: B2C, market: US, products: []}) { __typename }"
        }
        "Mutation.cancelOrder" => "cancelOrder(id: 1) { __typename }",
        "Mutation.updateOrderStatus" => "updateOrderStatus(id: 1, status: STOCKED) { __typename }",
        "Mutation.addDeliveryDataToOrder" => {
            "addDeliveryDataToOrder(deliveryData: {orderId: 1, deliveryTime: \"\"}) { __typename }"
        }
        "Mutation.retryRefund" => "retryRefund(orderId: 1) { __typename }",
        "Mutation.bookDelivery" => "bookDelivery(orderId: 1, input: {deliveryTime: \"\"}) { __typename }",
        other => panic!("the walk does not know {other}: say here how it is asked for"),
    };
    let kind = if field.starts_with("Mutation") { "mutation " } else { "" };
    format!("{kind}{{ {call} }}")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_gets_of_every_graph_what_the_table_says() {
    let store = Bookstore::open(Kind::Sqlite).await;
    let mut asked = 0;
    for role in Role::ALL {
        let person = store.person("Web", role, &format!("{}@example.com", role.name())).await;
        for service in SERVICES {
            let graph = App::new(format!("http://{}", store.at(service.name)));
            let token = person.tokens["accessToken"].as_str().map(str::to_owned);
            let token = token.or_else(|| (role == Role::Admin).then(|| store.token()));
            let graph = token.map_or(graph.clone(), |token| graph.with_token(&token));
            let rights = Rights::at(service.name).unwrap();
            let roots = rights.all().filter(|(name, _)| name.starts_with("Query.") || name.starts_with("Mutation."));
            // Who signs out has no more to ask.
            for (field, right) in roots.filter(|(name, _)| *name != "Mutation.signOut") {
                let answer = graph.post("/graphql", &json!({"query": document(service.name, field)})).await;
                let about = format!("{role:?} {field}: {}", answer.text);
                let allowed = right.of(role.into()) != Cell::No;
                if role == Role::Nobody && !allowed {
                    assert_eq!((answer.status, code(&answer)), (401, "TOKEN_REQUIRED".to_owned()), "{about}");
                } else {
                    let told = answer.json()["errors"][0]["extensions"]["code"].clone();
                    assert_eq!(told == "NOT_ALLOWED", !allowed, "{about}");
                    assert_eq!(answer.json().get("data").is_some(), allowed, "{about}");
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 200, "{asked}");
    // A field that is not for somebody is not for them by whichever way they come to it.
    let buyer = store.person("Web", Role::Buyer, "b@example.com").await;
    let customers =
        App::new(format!("http://{}", store.at("customers"))).with_token(buyer.tokens["accessToken"].as_str().unwrap());
    for query in [
        "{ a: customer(id: 1) { n: name } }",
        "query { ...F } fragment F on Query { customers(first: 1) { edges { node { address } } } }",
        "{ _entities(representations: [{__typename: \"Customer\", id: 1}]) { ... on Customer { address } } }",
        "query A { __typename } query B { customer(id: 1) { id } }",
    ] {
        let answer = customers
            .post("/graphql", &json!({"query": query, "operationName": query.contains("query A").then_some("B")}))
            .await;
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "NOT_ALLOWED", "{query}: {}", answer.text);
    }
}
