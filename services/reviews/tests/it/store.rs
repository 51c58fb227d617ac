//! Reviews on both databases.

use reviews::review::NewReview;
use reviews::store::{Columns, MIGRATIONS, Place, Range, Rating, ReviewRow, ReviewStore};
use store::isbn::Isbn;
use store::{Added, Db, Guarded};
use testkit::{Database, Kind};

/// Runs a test on an empty store of each kind.
async fn on_each(test: impl AsyncFn(&ReviewStore)) {
    for kind in Kind::ALL {
        println!("on {kind:?}");
        let database = Database::new(kind);
        let url = database.url().parse().unwrap();
        store::migrate(&url, MIGRATIONS).await.unwrap();
        test(&ReviewStore::new(Db::open(&url).unwrap())).await;
    }
}

fn isbn(text: &str) -> Isbn {
    Isbn::try_new(text).unwrap()
}

fn review(stars: i32, title: &str) -> NewReview {
    NewReview::try_new(stars, title.to_owned(), format!("On {title}.")).unwrap()
}

async fn add(store: &ReviewStore, book: &str, author: &str, stars: i32) -> ReviewRow {
    match store.add(&isbn(book), author, &review(stars, author), None).await.unwrap() {
        Added::New(row) => row,
        other => panic!("{other:?}"),
    }
}

const RANGE: Range = Range { buyers_first: false, after: None, before: None, backward: false, rows: 10 };

async fn authors(store: &ReviewStore, book: &str, range: Range) -> Vec<String> {
    let rows = store.list(&isbn(book), range, Columns { author: true, ..Columns::default() }).await.unwrap();
    assert!(rows.iter().all(|row| row.text.is_none() && row.id.is_some()), "what was not asked for is not read");
    rows.into_iter().map(|row| row.author.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_author_has_one_review_of_a_book_in_whatever_spelling() {
    on_each(async |store| {
        let row = add(store, "0-1x", "groot", 4).await;
        assert_eq!((row.stars, row.verified, row.title.as_deref()), (Some(4), Some(false), Some("groot")));
        let again = store.add(&isbn("01X"), "groot", &review(5, "again"), None).await.unwrap();
        assert_eq!(again, Added::Taken);
        add(store, "01X", "Groot", 2).await;
        add(store, "2", "groot", 1).await;
        assert_eq!(authors(store, "01x", RANGE).await, ["Groot", "groot"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rating_is_that_of_all_reviews_there_are() {
    on_each(async |store| {
        for (author, stars) in [("a", 5), ("b", 4), ("c", 1)] {
            add(store, "1", author, stars).await;
        }
        add(store, "2", "a", 3).await;
        let ratings = async || {
            let mut all = store.ratings(&[isbn("1"), isbn("2"), isbn("3"), isbn("1")]).await.unwrap();
            all.sort_by(|one, other| one.0.cmp(&other.0));
            // MySQL gives averages of whole numbers in four decimals.
            let rounded = |average: f64| (average * 1e4).round() / 1e4;
            all.into_iter().map(|(key, Rating(average, n))| (key, average.map(rounded), n)).collect::<Vec<_>>()
        };
        let of = |key: &str, average, count| (key.to_owned(), Some(average), count);
        assert_eq!(ratings().await, [of("1", 3.3333, 3), of("2", 3.0, 1)]);
        assert!(matches!(store.replace(&isbn("1"), "c", &review(3, "c"), None).await.unwrap(), Guarded::Done(_)));
        assert_eq!(store.remove(&isbn("2"), "a", None).await.unwrap(), Guarded::Done(()));
        assert_eq!(ratings().await, [of("1", 4.0, 3)]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_meets_its_version_or_changes_nothing() {
    on_each(async |store| {
        let (book, row) = (isbn("1"), add(store, "1", "groot", 4).await);
        let version = row.version.unwrap();
        let other = review(2, "other");
        assert_eq!(store.replace(&book, "groot", &other, Some(&[version + 1])).await.unwrap(), Guarded::Changed);
        assert_eq!(store.replace(&book, "groot", &other, Some(&[])).await.unwrap(), Guarded::Changed);
        assert_eq!(store.replace(&book, "drax", &other, None).await.unwrap(), Guarded::NotFound);
        assert_eq!(store.remove(&book, "groot", Some(&[1])).await.unwrap(), Guarded::Changed);
        assert_eq!(store.remove(&book, "drax", Some(&[1])).await.unwrap(), Guarded::NotFound);
        let Guarded::Done(changed) = store.replace(&book, "groot", &other, Some(&[1, version])).await.unwrap() else {
            panic!("it has that version");
        };
        assert_eq!((changed.id, changed.created_at, changed.stars), (row.id, row.created_at, Some(2)));
        assert_ne!(changed.version, row.version);
        assert_eq!(store.remove(&book, "groot", Some(&[version])).await.unwrap(), Guarded::Changed);
        assert_eq!(
            store.remove(&book, "groot", changed.version.as_ref().map(std::slice::from_ref)).await.unwrap(),
            Guarded::Done(())
        );
        assert_eq!(authors(store, "1", RANGE).await, [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_both_ways_in_both_orders() {
    on_each(async |store| {
        let mut ids = Vec::new();
        for author in ["a", "b", "c", "d", "e"] {
            ids.push(add(store, "1", author, 3).await.id.unwrap());
        }
        for buyers_first in [false, true] {
            let range = Range { buyers_first, ..RANGE };
            assert_eq!(authors(store, "1", range).await, ["e", "d", "c", "b", "a"]);
            let after = Range { after: Some(Place(false, ids[3])), rows: 2, ..range };
            assert_eq!(authors(store, "1", after).await, ["c", "b"]);
            let before = Range { before: Some(Place(false, ids[1])), backward: true, rows: 2, ..range };
            assert_eq!(authors(store, "1", before).await, ["c", "d"]);
        }
        // Behind the last of a buyer's come all others, and before it none of them.
        let others = Range { buyers_first: true, after: Some(Place(true, 0)), ..RANGE };
        assert_eq!(authors(store, "1", others).await, ["e", "d", "c", "b", "a"]);
        let buyers = Range { buyers_first: true, before: Some(Place(false, i64::MAX)), ..RANGE };
        assert_eq!(authors(store, "1", buyers).await, [""; 0]);
    })
    .await;
}
