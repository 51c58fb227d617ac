//! The book service over SQLite, whose own work is done by another thread and not counted.

use axum::body::{Body, Bytes};
use axum::http::{Request, header};
use books::book::{Draft, NewBook};
use books::store::{BookStore, MIGRATIONS};
use events::Outbox;
use graph_documents::Manifest;
use graph_serve::{DocumentSettings, GraphSettings};
use serde_json::{Value, json};
use service_host::{Setup, Values, Work};
use store::{DatabaseUrl, Db, migrate};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{Ready, book, isbn, runtime, tokens};

const BOOKS: usize = 600;

/// A document that is not in its cache: it is read, weighed and checked against the graph.
pub fn document_new() -> Ready {
    let first = text_of("BooksByIsbn");
    let second = format!("{first}\n# not met before");
    service(&[by_text(&first, json!({"ISBN": []}))], by_text(&second, json!({"keys": []})))
}

/// The same document when it comes again; no row is asked for.
pub fn document_known() -> Ready {
    let body = by_text(&text_of("BooksByIsbn"), json!({"ISBN": []}));
    service(std::slice::from_ref(&body), body.clone())
}

/// The same document by its id.
pub fn document_by_id() -> Ready {
    let body = json!({"documentId": document("BooksByIsbn").id, "variables": {"ISBN": []}});
    service(std::slice::from_ref(&body), body.clone())
}

/// A document of 24 fragments, each of which spreads the next one twice: refused by the cost ceiling.
pub fn too_costly() -> Ready {
    let mut text = "query { books { nodes { ...F0 } } }".to_owned();
    for nth in 0..24 {
        let next = nth + 1;
        text += &format!(" fragment F{nth} on Book {{ ...F{next} ...F{next} }}");
    }
    text += " fragment F24 on Book { title }";
    service(&[by_text(&text_of("BooksByIsbn"), json!({"ISBN": []}))], by_text(&text, json!({})))
}

/// A batch of books: from the selection to SQL, and from rows to JSON.
pub fn books_by_isbn(count: usize) -> Ready {
    let keys: Vec<String> = (0..count).map(isbn).collect();
    let body = by_text(&text_of("BooksByIsbn"), json!({"ISBN": keys}));
    service(std::slice::from_ref(&body), body.clone())
}

/// A page of the list.
pub fn page(count: usize) -> Ready {
    let body = by_text(&text_of("Books"), json!({"limit": count}));
    service(std::slice::from_ref(&body), body.clone())
}

fn document(operation: &str) -> graph_documents::Document {
    let manifest = Manifest::read(bff_web::CLIENT.manifest).expect("the manifest of the web BFF");
    manifest.documents.into_iter().find(|one| one.operation == operation).expect("a document of the web BFF")
}

fn text_of(operation: &str) -> String {
    document(operation).text
}

fn by_text(text: &str, variables: Value) -> Value {
    json!({"query": text, "variables": variables})
}

fn service(before: &[Value], last: Value) -> Ready {
    let runtime = runtime();
    let (tokens, authorization) = tokens();
    let manifests = vec![Manifest::read(bff_web::CLIENT.manifest).expect("the manifest of the web BFF")];
    let settings =
        GraphSettings { documents: DocumentSettings { manifests, ..Default::default() }, ..Default::default() };
    let app = books::routes(Setup { db: database(&runtime), tokens, graph: settings, outbox: Outbox::nowhere("counts"), data: None, own: Values::default(), work: Work::default(), address: ([127, 0, 0, 1], 0).into() }).expect("documents that fit the graph");
    let request = |body: &Value| {
        let request = Request::post("/graphql").header(header::AUTHORIZATION, &authorization);
        let request = request.header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(Bytes::from(body.to_string()))).expect("a request")
    };
    Ready::new(runtime, app, before.iter().map(request).collect(), request(&last))
}

fn database(runtime: &Runtime) -> Db {
    // It lives as long as the count, which is a process of its own.
    let folder = TempDir::new().expect("a temporary folder").keep();
    let url = DatabaseUrl::Sqlite(folder.join("books.db"));
    runtime.block_on(migrate(&url, MIGRATIONS)).expect("tables");
    let db = Db::open(&url).expect("a pool");
    let books: Vec<NewBook> = (0..BOOKS).map(new_book).collect();
    runtime.block_on(BookStore::new(db.clone(), Outbox::nowhere("counts")).import(&books)).expect("books");
    db
}

fn new_book(number: usize) -> NewBook {
    let row = book(number);
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let (isbn, title, author) = (text("ISBN"), text("title"), text("Author"));
    let (description, genre) = (text("description"), text("genre"));
    let draft = Draft { isbn, title, author, description, genre, price: "12.5".to_owned(), quantity: number as i64 };
    NewBook::try_new(draft).expect("a book")
}
