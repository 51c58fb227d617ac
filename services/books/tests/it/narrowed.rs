//! What a page of a narrowed list costs in a large table.

use books::store::{BookStore, Columns, Cursor, Filter, MIGRATIONS, Order, Range};
use books::words::Wanted;
use store::{Db, migrate};
use testkit::MariaDb;

/// 60,000 books of 12 genres by 900 authors; the ISBNs are spread evenly.
const BOOKS: &str = "INSERT INTO books.books (isbn_key, isbn, title, author, description, genre, price_cents, quantity) \
    SELECT k, k, 'Title', CONCAT('Author ', seq % 900), 'words', ELT(1 + seq % 12, 'fiction', 'non-fiction', 'poetry', \
        'drama', 'science', 'history', 'travel', 'art', 'law', 'music', 'crime', 'rare'), 100 + seq % 5000, seq % 100 \
    FROM (SELECT seq, LPAD(seq * 7919 % 1000003, 13, '0') k FROM books.seq_1_to_60000) s; ANALYZE TABLE books.books";

/// Words that each of them has, or each second, third, 3000th one.
const WORDS: &str = "INSERT INTO books.book_words (word, isbn_key) \
    SELECT word, LPAD(seq * 7919 % 1000003, 13, '0') FROM books.seq_1_to_60000 JOIN (SELECT 'each' word, 1 every \
        UNION SELECT 'second', 2 UNION SELECT 'third', 3 UNION SELECT 'rare', 3000) w ON seq % every = 0; \
    ANALYZE TABLE books.book_words";

/// How many index entries and rows the server has looked at.
fn looked_at(server: &MariaDb) -> i64 {
    let status = "SELECT SUM(variable_value) FROM information_schema.global_status \
        WHERE variable_name IN ('Handler_icp_attempts', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')";
    server.run(status).trim().lines().last().unwrap().parse::<f64>().unwrap() as i64
}

/// A large catalogue on a server of its own.
async fn large() -> (MariaDb, BookStore) {
    let server = MariaDb::start();
    server.run("CREATE DATABASE books");
    let url = server.url("books").parse().unwrap();
    migrate(&url, MIGRATIONS).await.unwrap();
    server.run(BOOKS);
    server.run(WORDS);
    (server, BookStore::new(Db::open(&url).unwrap(), events::Outbox::nowhere("books")))
}

/// Holds a page to a number of index entries and rows that are looked at for it.
async fn costs(server: &MariaDb, store: &BookStore, filter: &Filter, range: &Range, most: i64) {
    let before = looked_at(server);
    let idle = looked_at(server) - before;
    let rows = store.list(filter, range, Columns::ALL).await.unwrap();
    let cost = looked_at(server) - before - 2 * idle;
    println!("{filter:?} {range:?}: {} rows, {cost} looked at", rows.len());
    assert!(cost < most, "{filter:?} {range:?}: {cost} entries were looked at for {} rows", rows.len());
}

/// A page of a hundred books behind a place.
fn page(order: Order, place: u32, descending: bool) -> Range {
    let key = format!("{place:013}");
    let after = match order {
        Order::Price => Cursor::Price(i64::from(place / 200), key),
        Order::Title | Order::Author => Cursor::Text(order, format!("Author {}", place / 1_200), key),
        Order::Isbn => Cursor::Isbn(key),
    };
    Range { order, descending, after: Some(after), before: None, backward: false, rows: 101 }
}

fn narrowed(genre: Option<&str>, author: Option<&str>, text: Option<&str>) -> Filter {
    Filter {
        genre: genre.map(str::to_owned),
        author: author.map(str::to_owned),
        text: text.map(|text| Wanted::try_new(text).unwrap()),
        ..Filter::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_in_the_middle_costs_no_more_than_the_first_one() {
    let (server, store) = large().await;
    for (filter, most) in [
        (narrowed(Some("fiction"), None, None), 400),
        (narrowed(None, Some("Author 7"), None), 400),
        (narrowed(Some("drama"), Some("Author 3"), None), 400),
        (narrowed(None, None, None), 400),
        (narrowed(None, None, Some("each")), 400),
        (narrowed(None, None, Some("rare")), 400),
        // A word is common when a thousand rows of it are there to be looked at.
        (narrowed(None, None, Some("rare second third")), 400 + 3_000),
        (narrowed(None, None, Some("second third each")), 1_000 + 3_000),
        (narrowed(Some("fiction"), None, Some("each")), 400 + 1_000),
        (narrowed(Some("fiction"), Some("Author 6"), Some("third")), 400 + 1_000),
    ] {
        for (place, descending) in [(0, false), (300_000, false), (500_000, false), (500_000, true), (800_000, false)] {
            costs(&server, &store, &filter, &page(Order::Isbn, place, descending), most).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_books_with_words_in_another_order_costs_a_page_or_all_the_rows_of_a_rare_word() {
    let (server, store) = large().await;
    for text in ["each", "rare", "rare second", "second third"] {
        for order in [Order::Price, Order::Author] {
            for (place, descending) in [(0, false), (500_000, false), (500_000, true)] {
                let filter = narrowed(None, None, Some(text));
                costs(&server, &store, &filter, &page(order, place, descending), 2_000 + 2_000).await;
            }
        }
    }
}
