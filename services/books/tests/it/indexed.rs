//! The words of books are what their texts say, whatever is done to the books, on a SQLite file and on a private MariaDB.

use std::collections::{BTreeMap, BTreeSet};

use books::book::{Draft, NewBook};
use books::store::{BookStore, MIGRATIONS};
use books::words::words;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use store::{DatabaseUrl, Db, migrate, read, write};
use testkit::Database;

use crate::kit::{added, book, isbn, on_each, open};

/// What the table says: words and the keys of the books that have them.
type Index = BTreeSet<(String, String)>;

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = Text)]
    isbn_key: String,
}

fn db(database: &Database) -> Db {
    Db::open(&database.url().parse().unwrap()).unwrap()
}

async fn index(db: &Db) -> Index {
    let all = "SELECT word, isbn_key FROM book_words";
    let rows = read!(db, |connection| diesel::sql_query(all).load::<Row>(connection).await).await.unwrap();
    rows.into_iter().map(|row| (row.word, row.isbn_key)).collect()
}

async fn run(db: &Db, sql: &str) -> usize {
    write!(db, |connection| diesel::sql_query(sql).execute(connection).await).await.unwrap()
}

/// What the table should say.
fn expected<'a>(books: impl IntoIterator<Item = &'a NewBook>) -> Index {
    let of = |book: &NewBook| {
        let all = words(&format!("{} {} {}", book.title, book.author, book.description));
        let key = book.isbn.key().to_owned();
        all.into_iter().map(move |word| (word, key.clone())).collect::<Vec<_>>()
    };
    books.into_iter().flat_map(of).collect()
}

/// Numbers that look random, the same ones in each run (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    /// A book with one of a few keys, and a few words out of many; now and then with none, or with very many.
    fn book(&mut self) -> NewBook {
        let mut text =
            |most: usize| (0..1 + self.roll(most)).map(|_| format!("w{} ", self.roll(3_000))).collect::<String>();
        let (title, author) = (text(8), text(2));
        let description = match self.roll(20) {
            0 => "!!".to_owned(),
            1 => (0..1_300).map(|n| format!("x{n} ")).collect(),
            _ => (0..self.roll(60)).map(|n| format!("é{n} ")).collect::<String>() + "-",
        };
        let isbn = self.roll(30).to_string();
        let (genre, price) = ("G".to_owned(), (1 + self.roll(3)).to_string());
        NewBook::try_new(Draft { isbn, title, author, description, genre, price, quantity: 1 }).unwrap()
    }
}

/// Does one thing to the books, and the same to those that `there` are expected to be.
async fn one_change(store: &BookStore, dice: &mut Dice, there: &mut BTreeMap<String, NewBook>) {
    let (book, kind) = (dice.book(), dice.roll(4));
    let key = book.isbn.key().to_owned();
    match kind {
        0 => {
            store.add(&book, None).await.unwrap();
            there.entry(key).or_insert(book);
        }
        1 => {
            store.replace(&book, None).await.unwrap();
            there.entry(key).and_modify(|old| *old = book);
        }
        2 => {
            store.remove(&book.isbn, None).await.unwrap();
            there.remove(&key);
        }
        _ => {
            let batch: Vec<NewBook> = (0..dice.roll(12)).map(|_| dice.book()).collect();
            store.import(&batch).await.unwrap();
            there.extend(batch.into_iter().map(|book| (book.isbn.key().to_owned(), book)));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_change_the_words_are_those_of_the_texts() {
    on_each(async |database| {
        let (store, db, mut dice) = (open(database.url()).await, db(&database), Dice(7));
        let mut there = BTreeMap::new();
        for step in 0..250 {
            one_change(&store, &mut dice, &mut there).await;
            if step % 5 == 0 {
                assert!(index(&db).await == expected(there.values()), "after step {step}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_no_words() {
    on_each(async |database| {
        let (store, db) = (open(database.url()).await, db(&database));
        added(&store, &book("1", "Before")).await;
        let before = index(&db).await;
        store.add(&book("1", "Another"), None).await.unwrap();
        for versions in [&[][..], &[12]] {
            store.replace(&book("1", "Another"), Some(versions)).await.unwrap();
            store.remove(&isbn("1"), Some(versions)).await.unwrap();
        }
        store.replace(&book("2", "Another"), None).await.unwrap();
        assert_eq!(index(&db).await, before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_changes_at_once_leave_the_words_of_the_last_ones() {
    on_each(async |database| {
        let (store, db) = (open(database.url()).await, db(&database));
        for n in 0..8 {
            added(&store, &book(&n.to_string(), "first")).await;
        }
        let mut all = tokio::task::JoinSet::new();
        for n in 0..160 {
            let store = store.clone();
            let title: String = (n..n + 9).map(|word| format!("w{word} ")).collect();
            all.spawn(async move { store.replace(&book(&(n % 8).to_string(), &title), None).await.unwrap() });
        }
        all.join_all().await;
        let mut last = Vec::new();
        for n in 0..8 {
            let row = store.find(&isbn(&n.to_string()), books::store::Columns::ALL).await.unwrap().unwrap();
            last.push(book(&n.to_string(), row.title.as_deref().unwrap()));
        }
        assert_eq!(index(&db).await, expected(&last));
    })
    .await;
}

/// 1,300 books that were there before there were words, two of them with none.
async fn from_before(database: &Database) -> (DatabaseUrl, Db, Vec<NewBook>) {
    let shelf: Vec<NewBook> = (0..1_300).map(|n| book(&format!("{n:04}"), &format!("Volume {n}"))).collect();
    let store = open(database.url()).await;
    store.import(&shelf).await.unwrap();
    let db = db(database);
    for sql in [
        "DELETE FROM book_words",
        "UPDATE books SET title = '!', author = '?', description = '-' WHERE isbn_key IN ('0000', '1299')",
        "REPLACE INTO book_words_due VALUES (1, '')",
    ] {
        run(&db, sql).await;
    }
    let shelf = shelf.into_iter().filter(|book| !["0000", "1299"].contains(&book.isbn.key())).collect();
    (database.url().parse().unwrap(), db, shelf)
}

#[tokio::test(flavor = "multi_thread")]
async fn books_from_before_get_their_words_by_several_processes_at_once() {
    on_each(async |database| {
        let (url, db, shelf) = from_before(&database).await;
        let start = |url: DatabaseUrl| async move { migrate(&url, MIGRATIONS).await.unwrap() };
        let all: tokio::task::JoinSet<_> = (0..12).map(|_| start(url.clone())).collect();
        all.join_all().await;
        assert!(index(&db).await == expected(&shelf));
        assert_eq!(run(&db, "DELETE FROM book_words_due").await, 0, "nothing is left to do");
        run(&db, "DELETE FROM book_words").await;
        start(url).await;
        assert!(index(&db).await.is_empty(), "and it is not done again");
    })
    .await;
}

const BLOCK_SQLITE: &str = "CREATE TRIGGER block BEFORE INSERT ON book_words WHEN NEW.isbn_key = '0700' \
    BEGIN SELECT RAISE(ABORT, 'blocked'); END";
const BLOCK_MYSQL: &str = "CREATE TRIGGER block BEFORE INSERT ON book_words FOR EACH ROW \
    IF NEW.isbn_key = '0700' THEN SIGNAL SQLSTATE '45000'; END IF";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_cut_off_goes_on_where_it_was() {
    on_each(async |database| {
        let (url, db, shelf) = from_before(&database).await;
        // A book of the second batch cannot be done as long as this stands in the way.
        run(&db, if database.url().starts_with("sqlite") { BLOCK_SQLITE } else { BLOCK_MYSQL }).await;
        migrate(&url, MIGRATIONS).await.unwrap_err();
        assert!(index(&db).await == expected(&shelf[..499]), "the first batch is kept, and nothing of the second");
        run(&db, "DROP TRIGGER block").await;
        // What was changed meanwhile is as it is now.
        let store = BookStore::new(db.clone(), events::Outbox::nowhere("books"));
        store.remove(&isbn("0001"), None).await.unwrap();
        store.replace(&book("0800", "Changed"), None).await.unwrap();
        migrate(&url, MIGRATIONS).await.unwrap();
        let changed = book("0800", "Changed");
        let shelf = shelf.iter().filter(|book| !["0001", "0800"].contains(&book.isbn.key()));
        assert!(index(&db).await == expected(shelf.chain([&changed])));
    })
    .await;
}
