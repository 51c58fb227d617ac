//! The REST BFF: web and mobile shapes of what the REST service gives.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, LINK};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router};
use rest_pair::model::Book;
use rest_pair::problem::Problem;
use rest_pair::process::{serve, setting};
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Answer = Result<Response, Problem>;
type Shared = State<Arc<Bff>>;

struct Bff {
    service: String,
    http: reqwest::Client,
}

#[derive(Clone, Copy, PartialEq)]
enum ClientType {
    Web,
    Mobile,
}

/// What a mobile app sees of a customer.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MobileCustomer {
    id: i64,
    user_id: String,
    name: String,
    phone: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().no_proxy().tcp_nodelay(true).timeout(Duration::from_secs(10)).build()?;
    let bff = Arc::new(Bff { service: setting("SERVICE_URL"), http });
    let routes = Router::new()
        .route("/books", get(books))
        .route("/books/{isbn}", get(book).put(replace))
        .route("/customers/{id}", get(customer))
        .with_state(bff);
    Ok(serve(routes.layer(from_fn(client_type))).await?)
}

async fn client_type(mut request: Request, next: Next) -> Answer {
    let header = request.headers().get("x-client-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let client = match header.to_ascii_lowercase().as_str() {
        "web" => ClientType::Web,
        "ios" | "android" => ClientType::Mobile,
        _ => return Err(Problem::new(StatusCode::BAD_REQUEST, "X-Client-Type must be Web, iOS or Android.")),
    };
    request.extensions_mut().insert(client);
    Ok(next.run(request).await)
}

async fn books(bff: Shared, client: Extension<ClientType>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let path = query.map_or("/books".to_owned(), |query| format!("/books?{query}"));
    let response = bff.call(Method::GET, &path, &headers, Bytes::new()).await?;
    if *client == ClientType::Web || response.status() != StatusCode::OK {
        return Ok(passed_on(response));
    }
    let link = response.headers().get(LINK).cloned();
    let books: Vec<Book> = response.json().await?;
    let mut answer = Json(books.into_iter().map(mobile).collect::<Vec<_>>()).into_response();
    answer.headers_mut().extend(link.map(|link| (LINK, link)));
    Ok(answer)
}

async fn book(bff: Shared, client: Extension<ClientType>, headers: HeaderMap, Path(isbn): Path<String>) -> Answer {
    one_book(*client, bff.call(Method::GET, &format!("/books/{isbn}"), &headers, Bytes::new()).await?).await
}

async fn replace(
    bff: Shared,
    client: Extension<ClientType>,
    Path(isbn): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    one_book(*client, bff.call(Method::PUT, &format!("/books/{isbn}"), &headers, body).await?).await
}

/// The web gets a book as the service gave it.
async fn one_book(client: ClientType, response: reqwest::Response) -> Answer {
    match client == ClientType::Web || response.status() != StatusCode::OK {
        true => Ok(passed_on(response)),
        false => Ok(Json(mobile(response.json().await?)).into_response()),
    }
}

async fn customer(bff: Shared, client: Extension<ClientType>, headers: HeaderMap, Path(id): Path<String>) -> Answer {
    let response = bff.call(Method::GET, &format!("/customers/{id}"), &headers, Bytes::new()).await?;
    match (response.status(), *client) {
        (StatusCode::OK, ClientType::Mobile) => Ok(Json(response.json::<MobileCustomer>().await?).into_response()),
        _ => Ok(passed_on(response)),
    }
}

impl Bff {
    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &HeaderMap,
        body: Bytes,
    ) -> reqwest::Result<reqwest::Response> {
        let mut request = self.http.request(method, format!("{}{path}", self.service));
        if let Some(authorization) = headers.get(AUTHORIZATION) {
            request = request.header(AUTHORIZATION, authorization);
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        request.send().await
    }
}

/// An answer of the service, given on as it comes in.
fn passed_on(response: reqwest::Response) -> Response {
    let status = response.status();
    let kept = |name: HeaderName| response.headers().get(&name).cloned().map(|value| (name, value));
    let headers: HeaderMap = [kept(CONTENT_TYPE), kept(LINK)].into_iter().flatten().collect();
    (status, headers, Body::new(reqwest::Body::from(response))).into_response()
}

/// The mobile apps know `non-fiction` by a code.
fn mobile(book: Book) -> Book {
    let genre = if book.genre == "non-fiction" { "3".to_owned() } else { book.genre };
    Book { genre, ..book }
}
