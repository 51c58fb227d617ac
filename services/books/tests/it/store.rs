//! The book store on a SQLite file and on a private MariaDB.

use books::book::{Draft, Isbn, NewBook};
use books::store::{BookRow, BookStore, Columns, Cursor, Filter, Imported, MIGRATIONS, Order, Range};
use store::{Added, Db, Guarded, migrate};
use testkit::{Database, Kind, MariaDb};

/// Runs a test on an empty store of each kind.
async fn on_each(test: impl AsyncFn(BookStore)) {
    for kind in Kind::ALL {
        let database = Database::new(kind);
        println!("on {kind:?}");
        test(open(database.url()).await).await;
    }
}

async fn open(url: &str) -> BookStore {
    let url = url.parse().unwrap();
    migrate(&url, MIGRATIONS).await.unwrap();
    BookStore::new(Db::open(&url).unwrap(), events::Outbox::nowhere("books"))
}

fn draft(isbn: &str, title: &str, price: &str) -> Draft {
    Draft {
        isbn: isbn.into(),
        title: title.into(),
        author: "Groot".into(),
        description: "I am Groot 🌱".into(),
        genre: "fiction".into(),
        price: price.into(),
        quantity: 3,
    }
}

fn book(isbn: &str, title: &str, price: &str) -> NewBook {
    NewBook::try_new(draft(isbn, title, price)).unwrap()
}

/// Adds a book and gives the row that was stored.
async fn add(store: &BookStore, book: &NewBook) -> BookRow {
    match store.add(book, None).await.unwrap() {
        Added::New(row) => row,
        other => panic!("{other:?}"),
    }
}

fn isbn(text: &str) -> Isbn {
    Isbn::try_new(text).unwrap()
}

fn page(order: Order, descending: bool, rows: i64) -> Range {
    Range { order, descending, after: None, before: None, backward: false, rows }
}

fn titles(rows: &[BookRow]) -> Vec<&str> {
    rows.iter().map(|row| row.title.as_deref().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_book_is_found_under_every_spelling_and_comes_back_as_written() {
    on_each(async |store| {
        let written = book("0-8044-2957-x", "Twigs", "12.34");
        let stored = add(&store, &written).await;
        assert_eq!(BookRow { version: None, ..stored.clone() }, BookRow::from(&written));
        for spelling in ["080442957X", "0-8044-2957-X", "080442957x"] {
            let found = store.find(&isbn(spelling), Columns::ALL).await.unwrap();
            assert_eq!(found.as_ref(), Some(&stored), "{spelling}");
        }
        assert_eq!(store.find(&isbn("1"), Columns::ALL).await.unwrap(), None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_book_with_the_isbn_is_refused_and_the_first_one_stays() {
    on_each(async |store| {
        add(&store, &book("12-3", "First", "1")).await;
        assert_eq!(store.add(&book("1-23", "Second", "2"), None).await.unwrap(), Added::Taken);
        let kept = store.find(&isbn("123"), Columns::ALL).await.unwrap().unwrap();
        assert_eq!(kept.title.as_deref(), Some("First"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replacing_and_removing_say_whether_there_was_a_book() {
    on_each(async |store| {
        assert_eq!(store.replace(&book("1", "A", "1"), None).await.unwrap(), Guarded::NotFound);
        let first = add(&store, &book("1", "A", "1")).await;
        let Guarded::Done(second) = store.replace(&book("1", "B", "2"), None).await.unwrap() else { panic!() };
        let Guarded::Done(third) = store.replace(&book("1", "B", "2"), None).await.unwrap() else { panic!() };
        assert!(first.version != second.version && second.version != third.version, "each change is another version");
        assert_eq!(store.find(&isbn("1"), Columns::ALL).await.unwrap(), Some(third));
        assert_eq!(store.remove(&isbn("1"), None).await.unwrap(), Guarded::Done(()));
        assert_eq!(store.remove(&isbn("1"), None).await.unwrap(), Guarded::NotFound);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lowest_and_the_highest_values_survive() {
    on_each(async |store| {
        for (key, price, quantity) in [("1", "0.01", 0), ("2", "99999999.99", 2_147_483_647)] {
            let extreme = NewBook::try_new(Draft { quantity, ..draft(key, "T", price) }).unwrap();
            let stored = add(&store, &extreme).await;
            assert_eq!(store.find(&isbn(key), Columns::ALL).await.unwrap(), Some(stored));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_columns_that_were_asked_for_are_read() {
    on_each(async |store| {
        add(&store, &book("1", "A", "1")).await;
        let columns = Columns { title: true, ..Columns::default() };
        let found = store.find(&isbn("1"), columns).await.unwrap().unwrap();
        assert_eq!(found, BookRow { title: Some("A".into()), ..BookRow::default() });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_keys_is_one_statement_with_no_other_column() {
    let server = MariaDb::start();
    server.run("CREATE DATABASE logged");
    let store = open(&server.url("logged")).await;
    add(&store, &book("1", "A", "1")).await;
    let keys = [isbn("1"), isbn("2"), isbn("3")];
    let columns = Columns { title: true, ..Columns::default() };
    let (found, statements) = server.statements_of(store.find_all(&keys, columns)).await;
    assert_eq!(found.unwrap().len(), 1);
    let list = "SELECT `books`.`isbn_key`, NULL, `books`.`title`, NULL, NULL, NULL, NULL, NULL, NULL FROM `books`";
    assert_eq!(statements, [format!("{list} WHERE `books`.`isbn_key` IN ('1', '2', '3', '3', '3', '3', '3', '3')")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other_in_every_order_and_direction() {
    on_each(async |store| {
        for (key, title, price) in [("1", "c", "3"), ("2", "a", "2"), ("3", "b", "2"), ("4", "a", "1"), ("5", "Z", "9")]
        {
            add(&store, &book(key, title, price)).await;
        }
        for (order, expected) in [
            (Order::Isbn, ["1", "2", "3", "4", "5"]),
            (Order::Title, ["5", "2", "4", "3", "1"]),
            (Order::Price, ["4", "2", "3", "1", "5"]),
            (Order::Author, ["1", "2", "3", "4", "5"]),
        ] {
            for descending in [false, true] {
                let mut expected: Vec<&str> = expected.to_vec();
                if descending {
                    expected.reverse();
                }
                assert_eq!(walk(&store, order, descending, false).await, expected, "{order:?} {descending}");
                expected.reverse();
                assert_eq!(walk(&store, order, descending, true).await, expected, "{order:?} {descending} backward");
            }
        }
    })
    .await;
}

/// The keys of all books, read two at a time.
async fn walk(store: &BookStore, order: Order, descending: bool, backward: bool) -> Vec<String> {
    let mut keys = Vec::new();
    let mut range = Range { backward, ..page(order, descending, 2) };
    loop {
        let rows = store.list(&Filter::default(), &range, Columns::default()).await.unwrap();
        let Some(last) = rows.last() else { return keys };
        let cursor = Cursor::of(order, last).unwrap();
        assert_eq!(Cursor::decode(order, &cursor.encode()), Some(cursor.clone()));
        if backward {
            range.before = Some(cursor);
        } else {
            range.after = Some(cursor);
        }
        keys.extend(rows.into_iter().filter_map(|row| row.isbn_key));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_the_list_and_the_count() {
    on_each(async |store| {
        add(&store, &book("1", "100% Tree", "5")).await;
        add(&store, &book("2", "100 Trees", "7.50")).await;
        let sold_out = NewBook::try_new(Draft { quantity: 0, genre: "drama".into(), ..draft("3", "Bark", "9") });
        add(&store, &sold_out.unwrap()).await;
        let prefix = |text: &str| Filter { title_prefix: Some(text.into()), ..Filter::default() };
        let genre = |text: &str| Filter { genre: Some(text.into()), ..Filter::default() };
        let stock = |in_stock| Filter { in_stock: Some(in_stock), ..Filter::default() };
        for (filter, expected) in [
            (Filter::default(), vec!["100% Tree", "100 Trees", "Bark"]),
            (prefix("100"), vec!["100% Tree", "100 Trees"]),
            (prefix("100%"), vec!["100% Tree"]),
            (prefix("1_0"), vec![]),
            (prefix("\\"), vec![]),
            (genre("drama"), vec!["Bark"]),
            (genre("Drama"), vec![]),
            (stock(true), vec!["100% Tree", "100 Trees"]),
            (stock(false), vec!["Bark"]),
        ] {
            let rows = store.list(&filter, &page(Order::Isbn, false, 9), Columns::ALL).await.unwrap();
            assert_eq!(titles(&rows), expected, "{filter:?}");
            assert_eq!(store.count(&filter).await.unwrap(), expected.len() as i64, "{filter:?}");
        }
    })
    .await;
}

#[test]
fn a_cursor_of_another_list_is_refused() {
    let by_price = Cursor::Price(100, "1".into()).encode();
    let by_title = Cursor::Text(Order::Title, "a".into(), "1".into()).encode();
    assert_eq!(Cursor::decode(Order::Title, &by_price), None);
    assert_eq!(Cursor::decode(Order::Author, &by_title), None);
    for forged in ["", "'; DROP TABLE books; --", "W10", "é"] {
        assert_eq!(Cursor::decode(Order::Price, forged), None, "{forged:?}");
        assert_eq!(Cursor::decode(Order::Isbn, forged), None, "{forged:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_adds_updates_and_leaves_alone() {
    on_each(async |store| {
        let batch = [book("1", "A", "1"), book("2", "B", "2"), book("2-", "B", "3")];
        let imported = store.import(&batch).await.unwrap();
        assert_eq!(imported, Imported { added: 2, updated: 1, unchanged: 0 });
        let before = store.find(&isbn("2"), Columns::ALL).await.unwrap();
        let again = store.import(&batch[2..]).await.unwrap();
        assert_eq!(again, Imported { added: 0, updated: 0, unchanged: 1 });
        assert_eq!(store.find(&isbn("2"), Columns::ALL).await.unwrap(), before, "it keeps its version too");
        let found = before.unwrap();
        assert_eq!((found.isbn.as_deref(), found.price_cents), (Some("2-"), Some(300)));
    })
    .await;
}
