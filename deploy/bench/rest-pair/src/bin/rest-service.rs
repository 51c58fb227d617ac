//! The REST service: books and customers from MySQL.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use rest_pair::model::{Book, Customer};
use rest_pair::problem::Problem;
use rest_pair::process::{serve, setting};
use serde::Deserialize;
use sqlx::Connection;
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Answer<T> = Result<T, Problem>;

const ALL: &str = "SELECT isbn, title, author, description, genre, price, quantity FROM books ORDER BY isbn";
const PAGE: &str = "SELECT isbn, title, author, description, genre, price, quantity FROM books \
    WHERE isbn > ? ORDER BY isbn LIMIT ?";
const ONE: &str = "SELECT isbn, title, author, description, genre, price, quantity FROM books WHERE isbn = ?";
const CHANGE: &str = "UPDATE books SET title = ?, author = ?, description = ?, genre = ?, price = ?, quantity = ? \
    WHERE isbn = ?";
const CUSTOMER: &str = "SELECT id, user_id, name, phone, address, address2, city, state, zipcode \
    FROM customers WHERE id = ?";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pool = pool(&setting("DATABASE_URL")).await?;
    let routes = Router::new()
        .route("/books", get(books))
        .route("/books/{isbn}", get(book).put(replace))
        .route("/customers/{id}", get(customer))
        .with_state(pool);
    Ok(serve(routes).await?)
}

/// Connections in steady use are trusted; those that lay idle for a second are asked before they are used.
async fn pool(url: &str) -> sqlx::Result<MySqlPool> {
    let size = setting("POOL_SIZE").parse().unwrap_or(16);
    MySqlPoolOptions::new()
        .max_connections(size)
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for > Duration::from_secs(1) {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect(url)
        .await
}

#[derive(Deserialize)]
struct Paging {
    limit: Option<u32>,
    #[serde(default)]
    after: String,
}

async fn books(State(pool): State<MySqlPool>, Query(Paging { limit, after }): Query<Paging>) -> Answer<Response> {
    let Some(limit) = limit else {
        let books: Vec<Book> = sqlx::query_as(ALL).fetch_all(&pool).await?;
        return Ok(Json(books).into_response());
    };
    if !(1..=1000).contains(&limit) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "limit must be a number from 1 to 1000."));
    }
    let mut books: Vec<Book> = sqlx::query_as(PAGE).bind(after).bind(limit + 1).fetch_all(&pool).await?;
    if books.len() <= limit as usize {
        return Ok(Json(books).into_response());
    }
    books.truncate(limit as usize);
    let last = books.last().map_or("", |book| book.isbn.as_str());
    let link = format!("</books?limit={limit}&after={last}>; rel=\"next\"");
    Ok(([(LINK, link)], Json(books)).into_response())
}

async fn book(State(pool): State<MySqlPool>, Path(isbn): Path<String>) -> Answer<Json<Book>> {
    let book: Option<Book> = sqlx::query_as(ONE).bind(&isbn).fetch_optional(&pool).await?;
    book.map(Json).ok_or_else(|| missing(&isbn))
}

async fn replace(
    State(pool): State<MySqlPool>,
    Path(isbn): Path<String>,
    Json(book): Json<Book>,
) -> Answer<Json<Book>> {
    let faults = book.faults();
    if !faults.is_empty() || book.isbn != isbn {
        return Err(Problem::new(StatusCode::BAD_REQUEST, format!("Not a book: {}.", faults.join(", "))));
    }
    let query = sqlx::query(CHANGE).bind(&book.title).bind(&book.author).bind(&book.description).bind(&book.genre);
    let done = query.bind(book.price).bind(book.quantity).bind(&isbn).execute(&pool).await?;
    match done.rows_affected() {
        0 => Err(missing(&isbn)),
        _ => Ok(Json(book)),
    }
}

fn missing(isbn: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("There is no book with the ISBN {isbn}."))
}

async fn customer(State(pool): State<MySqlPool>, Path(id): Path<i64>) -> Answer<Json<Customer>> {
    let customer: Option<Customer> = sqlx::query_as(CUSTOMER).bind(id).fetch_optional(&pool).await?;
    let missing = || Problem::new(StatusCode::NOT_FOUND, format!("There is no customer with the number {id}."));
    customer.map(Json).ok_or_else(missing)
}
