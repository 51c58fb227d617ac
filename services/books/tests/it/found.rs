//! Lists of the books that have certain words, on a SQLite file and on a private MariaDB, beside a plain scan.

use books::book::{Draft, NewBook};
use books::store::{BookStore, Columns, Cursor, Filter, Order, Range};
use books::words::Wanted;

use crate::kit::{added, book, on_each, open};

/// The books that a list has, read `rows` at a time.
async fn listed(store: &BookStore, filter: &Filter, order: Order, descending: bool, rows: i64) -> Vec<String> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let range = Range { order, descending, after, before: None, backward: false, rows };
        let page = store.list(filter, &range, Columns::default()).await.unwrap();
        let Some(last) = page.last() else { return keys };
        after = Cursor::of(order, last);
        keys.extend(page.into_iter().filter_map(|row| row.isbn_key));
    }
}

fn text(text: &str) -> Filter {
    Filter { text: Some(Wanted::try_new(text).unwrap()), ..Filter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_words_must_be_in_the_title_the_author_or_the_description() {
    on_each(async |database| {
        let store = open(database.url()).await;
        added(&store, &book("1", "Moby-Dick; or, the Whale")).await;
        added(&store, &book("2", "The White Whale's ÉTÉ")).await;
        added(&store, &book("3", "!!!")).await;
        for (wanted, expected) in [
            ("whale", "12"),
            ("WHALE white", "2"),
            ("white, whale!", "2"),
            ("groot", "123"),
            ("Groot whale", "12"),
            ("am i GROOT 🌱", "123"),
            ("whal", ""),
            ("whales", ""),
            ("s", "2"),
            ("été", "2"),
            ("ete", ""),
            ("fiction", ""),
            ("dick the or a", ""),
            ("\0moby\0dick%_\\'", "1"),
        ] {
            assert_eq!(listed(&store, &text(wanted), Order::Isbn, false, 9).await.concat(), expected, "{wanted:?}");
            assert_eq!(store.count(&text(wanted)).await.unwrap(), expected.len() as i64, "{wanted:?}");
        }
    })
    .await;
}

/// The book number `n` of a shelf with common and rare words, in shuffled places.
fn nth(n: usize) -> NewBook {
    let word = |every: usize, word: &str| if n.is_multiple_of(every) { format!("{word}, ") } else { String::new() };
    NewBook::try_new(Draft {
        isbn: (n * 7919 % 100_003).to_string(),
        title: format!("{}{} Volume", word(400, "Rare"), n * 31 % 997),
        author: format!("Author {}", n % 3),
        description: format!("all {}{}{}{}", word(2, "even"), word(3, "third"), word(701, "odd"), word(5_000, "one")),
        genre: ["fiction", "poetry"][n / 7 % 2].to_owned(),
        price: (1 + n * 17 % 89).to_string(),
        quantity: 1,
    })
    .unwrap()
}

/// The keys of the books that fit, as a plain scan finds them.
fn scanned(shelf: &[NewBook], filter: &Filter, wanted: &str, order: Order, descending: bool) -> Vec<String> {
    let small = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), " ");
    let has = |book: &NewBook, word: &str| {
        let all = format!("{} {} {}", book.title, book.author, book.description);
        small(&all).split_whitespace().any(|one| one == word)
    };
    let fits = |book: &&NewBook| {
        filter.author.as_ref().is_none_or(|author| *author == book.author)
            && filter.genre.as_ref().is_none_or(|genre| *genre == book.genre)
            && filter.price_from.is_none_or(|price| book.price >= price)
            && small(wanted).split_whitespace().all(|word| has(book, word))
    };
    let mut found: Vec<&NewBook> = shelf.iter().filter(fits).collect();
    found.sort_by_cached_key(|book| {
        let text = match order {
            Order::Isbn => String::new(),
            Order::Title => book.title.clone(),
            Order::Author => book.author.clone(),
            Order::Price => format!("{:012}", book.price.cents()),
        };
        (text, book.isbn.key().to_owned())
    });
    if descending {
        found.reverse();
    }
    found.iter().map(|book| book.isbn.key().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn common_and_rare_words_are_found_in_every_order_with_every_filter() {
    let shelf: Vec<NewBook> = (0..2_600).map(nth).collect();
    let (author, genre) = (Some("Author 1".to_owned()), Some("poetry".to_owned()));
    let price_from = shelf[40].price.into();
    on_each(async |database| {
        let store = open(database.url()).await;
        store.import(&shelf).await.unwrap();
        for wanted in ["all", "even", "rare", "even all", "THIRD even", "all rare third", "odd one", "all even none"] {
            for filter in [
                text(wanted),
                Filter { author: author.clone(), ..text(wanted) },
                Filter { genre: genre.clone(), price_from, ..text(wanted) },
                Filter { author: author.clone(), genre: genre.clone(), ..text(wanted) },
            ] {
                for (order, descending) in [
                    (Order::Isbn, false),
                    (Order::Isbn, true),
                    (Order::Title, false),
                    (Order::Author, true),
                    (Order::Price, false),
                ] {
                    let expected = scanned(&shelf, &filter, wanted, order, descending);
                    let found = listed(&store, &filter, order, descending, 270).await;
                    assert!(found == expected, "{filter:?} {order:?} {descending}: {} found", found.len());
                }
                let expected = scanned(&shelf, &filter, wanted, Order::Isbn, false).len();
                assert_eq!(store.count(&filter).await.unwrap(), expected as i64, "{filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_before_a_cursor_end_there() {
    on_each(async |database| {
        let store = open(database.url()).await;
        for n in 1..=9 {
            added(&store, &book(&n.to_string(), if n % 2 == 0 { "even" } else { "odd" })).await;
        }
        let cursor = |key: &str| Some(Cursor::Isbn(key.to_owned()));
        let range = Range {
            order: Order::Isbn,
            descending: false,
            after: cursor("2"),
            before: cursor("9"),
            backward: true,
            rows: 2,
        };
        let page = store.list(&text("odd groot"), &range, Columns::default()).await.unwrap();
        assert_eq!(page.iter().filter_map(|row| row.isbn_key.as_deref()).collect::<Vec<_>>(), ["7", "5"]);
    })
    .await;
}
