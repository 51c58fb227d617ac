//! What a page of a narrowed list costs in a large table.

use books::store::{BookStore, Columns, Cursor, Filter, MIGRATIONS, Order, Range};
use store::{Db, migrate};
use testkit::MariaDb;

/// 60,000 books of 12 genres by 900 authors; the ISBNs are spread evenly.
const BOOKS: &str = "INSERT INTO books.books (isbn_key, isbn, title, author, description, genre, price_cents, quantity) \
    SELECT k, k, 'Title', CONCAT('Author ', seq % 900), 'words', ELT(1 + seq % 12, 'fiction', 'non-fiction', 'poetry', \
        'drama', 'science', 'history', 'travel', 'art', 'law', 'music', 'crime', 'rare'), 100 + seq % 5000, seq % 100 \
    FROM (SELECT seq, LPAD(seq * 7919 % 1000003, 13, '0') k FROM books.seq_1_to_60000) s; ANALYZE TABLE books.books";

/// How many index entries and rows the server has looked at.
fn looked_at(server: &MariaDb) -> i64 {
    let status = "SELECT SUM(variable_value) FROM information_schema.global_status \
        WHERE variable_name IN ('Handler_icp_attempts', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')";
    server.run(status).trim().lines().last().unwrap().parse::<f64>().unwrap() as i64
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_the_middle_costs_no_more_than_the_first_one() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE books");
    let url = server.url("books").parse().unwrap();
    migrate(&url, MIGRATIONS).await.unwrap();
    server.run(BOOKS);
    let store = BookStore::new(Db::open(&url).unwrap());
    let named = |genre: Option<&str>, author: Option<&str>| Filter {
        genre: genre.map(str::to_owned),
        author: author.map(str::to_owned),
        ..Filter::default()
    };
    for filter in [
        named(Some("fiction"), None),
        named(None, Some("Author 7")),
        named(Some("drama"), Some("Author 3")),
        named(None, None),
    ] {
        for (place, descending) in [(0, false), (300_000, false), (500_000, false), (500_000, true), (800_000, false)] {
            let after = Some(Cursor::Isbn(format!("{place:013}")));
            let range = Range { order: Order::Isbn, descending, after, before: None, backward: false, rows: 101 };
            let before = looked_at(&server);
            let idle = looked_at(&server) - before;
            let rows = store.list(&filter, &range, Columns::ALL).await.unwrap();
            let cost = looked_at(&server) - before - 2 * idle;
            println!("{filter:?} after {place}: {} rows, {cost} looked at", rows.len());
            assert!(cost < 400, "{filter:?} after {place}: {cost} entries were looked at for {} rows", rows.len());
        }
    }
}
