//! What a person reads after the start: where things are, and what to try.

use std::time::Duration;

use books::store::{BookStore, Columns, Filter, Order, Range};
use customers::store::{Columns as CustomerColumns, CustomerStore, Range as CustomerRange};
use graph_host::tokens::Tokens;
use store::StoreError;

use crate::parts::{CLIENTS, SERVICES};
use crate::ports::{Addresses, GATEWAY};

/// How long the printed token is valid.
const TOKEN_TTL: Duration = Duration::from_secs(24 * 60 * 60);

/// A book and a customer that are there, to be asked for.
pub struct Examples {
    isbn: String,
    user_id: String,
}

impl Examples {
    /// Picks a non-fiction book, because mobile shows its genre differently, and a customer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pick(books: &BookStore, customers: &CustomerStore) -> Result<Self, StoreError> {
        let filter = Filter { genre: Some("non-fiction".to_owned()), ..Filter::default() };
        let range =
            Range { order: Order::Isbn, descending: false, after: None, before: None, backward: false, rows: 1 };
        let books = books.list(&filter, &range, Columns { isbn: true, ..Columns::default() }).await?;
        let range = CustomerRange { after: None, before: None, backward: false, rows: 1 };
        let columns = CustomerColumns { user_id: true, ..CustomerColumns::default() };
        let customers = customers.list(range, columns).await?;
        let first = |found: Option<String>| found.unwrap_or_default();
        Ok(Self {
            isbn: first(books.into_iter().next().and_then(|book| book.isbn)),
            user_id: first(customers.into_iter().next().and_then(|customer| customer.user_id)),
        })
    }
}

/// The text that is printed once everything answers.
///
/// # Errors
/// A sentence when no token can be made.
pub fn text(listen: &Addresses, tokens: &Tokens, examples: &Examples) -> Result<String, String> {
    let subject = tokens.subjects().first().map_or("", String::as_str);
    let token = tokens.mint(subject, TOKEN_TTL)?;
    let at = |name| listen.at(name).ok_or_else(|| format!("{name} has no address"));
    let (gateway, books) = (at(GATEWAY)?, at(books::SERVICE.name)?);
    let mut parts = format!("  {:<17} http://{gateway}\n", "front door");
    for (nth, client) in CLIENTS.iter().enumerate() {
        let what = if nth == 0 { "open /docs in a browser to try calls" } else { "the same" };
        parts.push_str(&format!("  {:<17} http://{}      ({what})\n", client.label(), at(client.name)?));
    }
    for (nth, service) in SERVICES.iter().enumerate() {
        let what = if nth == 0 { "open it in a browser to play" } else { "the same" };
        parts.push_str(&format!("  {:<17} http://{}/graphql      ({what})\n", service.label(), at(service.name)?));
    }
    let Examples { isbn, user_id } = examples;
    let user_id = user_id.replace('+', "%2B");
    Ok(format!(
        r#"The bookstore is open.

{parts}
A token for {subject}, an admin, valid for a day ("bookstore token" prints another):

{token}

Things to try; each line can be pasted by itself:

# Is it up?
curl http://{gateway}/status
# A book as the web sees it, and as an iPhone does: its genre is "3".
curl -H "Authorization: Bearer {token}" -H "X-Client-Type: Web" http://{gateway}/books/{isbn}
curl -H "Authorization: Bearer {token}" -H "X-Client-Type: iOS" http://{gateway}/books/{isbn}
# A customer with an address, and the same one without: the apps never fetch it.
curl -H "Authorization: Bearer {token}" -H "X-Client-Type: Web" "http://{gateway}/customers?userId={user_id}"
curl -H "Authorization: Bearer {token}" -H "X-Client-Type: Android" "http://{gateway}/customers?userId={user_id}"
# A new book: 201 the first time, 422 after that.
curl -i -H "Authorization: Bearer {token}" -H "X-Client-Type: Web" -H "Content-Type: application/json" -d '{{"ISBN": "979-5-0000-0000-1", "title": "A Book of My Own", "Author": "Me", "description": "It has a beginning and an end.", "genre": "fiction", "price": 9.99, "quantity": 3}}' http://{gateway}/books
# An account of your own, and a token of your own in the answer: it buys books; with "role": "seller" it sells them too.
curl -i -H "X-Client-Type: Web" -H "Content-Type: application/json" -d '{{"email": "me@example.com", "password": "a password of my own", "name": "Me", "role": "buyer"}}' http://{gateway}/signup
# Buy that book: accepted at once, and a moment later it is paid (no money moves), put aside, and to be delivered.
curl -i -H "Authorization: Bearer {token}" -H "X-Client-Type: Web" -H "Content-Type: application/json" -d '{{"name": "Me", "email": "me@example.com", "phone": "1-555-014-2222", "street": "1 Main Street", "city": "Pittsburgh", "customerType": "B2C", "market": "US", "products": [{{"ISBN": "{isbn}", "quantity": 1}}], "paymentMethodId": "pm_card_visa"}}' http://{gateway}/orders
curl -H "Authorization: Bearer {token}" -H "X-Client-Type: Web" "http://{gateway}/orders?limit=1"
# Straight to the graph: three titles, and nothing but titles.
curl -H "Authorization: Bearer {token}" -H "Content-Type: application/json" -d '{{"query": "{{ books(first: 3, orderBy: TITLE_ASC) {{ nodes {{ title }} }} }}"}}' http://{books}/graphql

Ctrl-C stops it.
"#
    ))
}
