//! The clauses of the queries that list books, as macros: each works on the boxed queries of both databases and of both
//! tables that a list can begin with.

/// Narrows a query to one value of a column whose index goes on with the ISBN.
///
/// MySQL may walk all the rows of an equality from its first one, rather than seek the one behind a cursor. A
/// range of one value, read in the order of the index, is always sought; SQLite is the other way round.
macro_rules! only {
    ($query:ident, $column:expr, $value:expr, $as_range:expr) => {
        $query = match $as_range {
            true => $query.filter($column.ge($value)).filter($column.le($value)),
            false => $query.filter($column.eq($value)),
        }
    };
}

/// Narrows a query that begins with books to those that fit a filter and have all of `words`.
macro_rules! fitting_books {
    ($query:ident, $filter:expr, $words:expr, $as_range:expr) => {
        match (&$filter.author, &$filter.genre) {
            // Of an author there are fewer books than of a genre, which is therefore said in the other way.
            (Some(author), Some(genre)) => {
                only!($query, books::author, author, $as_range);
                only!($query, books::genre, genre, !$as_range);
            }
            (Some(author), None) => only!($query, books::author, author, $as_range),
            (None, Some(genre)) => only!($query, books::genre, genre, $as_range),
            (None, None) => {}
        }
        fitting!($query, $filter);
        if !$words.is_empty() {
            $query = $query.filter(HasWords { key: books::isbn_key, words: $words });
        }
    };
}

/// A query that begins with the books that have a word.
macro_rules! books_with {
    ($word:expr, $as_range:expr, $columns:expr) => {{
        let books = books::table.on(books::isbn_key.eq(book_words::isbn_key));
        let columns = InOrder { columns: $columns, mysql: $as_range };
        let mut query = book_words::table.inner_join(books).select(columns).into_boxed();
        only!(query, book_words::word, $word, $as_range);
        query
    }};
}

/// Narrows a query that begins with a word to the books that fit a filter and have all of the `others`.
macro_rules! fitting_words {
    ($query:ident, $filter:expr, $others:expr) => {
        // As ranges, or SQLite might begin with one of them.
        if let Some(author) = &$filter.author {
            only!($query, books::author, author, true);
        }
        if let Some(genre) = &$filter.genre {
            only!($query, books::genre, genre, true);
        }
        fitting!($query, $filter);
        if !$others.is_empty() {
            $query = $query.filter(HasWords { key: book_words::isbn_key, words: $others });
        }
    };
}

/// Narrows a query to the books that fit the rest of a filter.
macro_rules! fitting {
    ($query:ident, $filter:expr) => {
        if let Some(prefix) = &$filter.title_prefix {
            $query = $query.filter(books::title.like($crate::store::clauses::begins_with(prefix)).escape('\\'));
        }
        if let Some(price) = $filter.price_from {
            $query = $query.filter(books::price_cents.ge(price.cents()));
        }
        if let Some(price) = $filter.price_to {
            $query = $query.filter(books::price_cents.le(price.cents()));
        }
        match $filter.in_stock {
            Some(true) => $query = $query.filter(books::quantity.gt(0)),
            Some(false) => $query = $query.filter(books::quantity.eq(0)),
            None => {}
        }
    };
}

/// `LIKE` pattern for texts that begin with `prefix`, whose own `%`, `_` and `\` mean themselves.
pub(super) fn begins_with(prefix: &str) -> String {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for c in prefix.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Narrows a query to the rows beyond a key, in the direction of reading.
macro_rules! beyond_key {
    ($query:ident, $column:expr, $key:expr, $upward:expr) => {
        $query = match $upward {
            true => $query.filter($column.gt($key)),
            false => $query.filter($column.lt($key)),
        }
    };
}

/// Narrows a query to the books beyond a [`Cursor`](super::Cursor), in the direction of reading.
macro_rules! beyond {
    ($query:ident, $isbn_key:expr, $cursor:expr, $upward:expr) => {
        match $cursor {
            None => {}
            Some(Cursor::Isbn(key)) => beyond_key!($query, $isbn_key, key, $upward),
            Some(Cursor::Price(cents, key)) => beyond!($query, $isbn_key, books::price_cents, *cents, key, $upward),
            Some(Cursor::Text(Order::Author, text, key)) => {
                beyond!($query, $isbn_key, books::author, text, key, $upward)
            }
            Some(Cursor::Text(_, text, key)) => beyond!($query, $isbn_key, books::title, text, key, $upward),
        }
    };
    // `a >= x AND (a > x OR key > k)` rather than `a > x OR (a = x AND key > k)`: the first half is a range
    // that both databases find in the index.
    ($query:ident, $isbn_key:expr, $column:expr, $value:expr, $key:expr, $upward:expr) => {
        if $upward {
            $query = $query.filter($column.ge($value)).filter($column.gt($value).or($isbn_key.gt($key)));
        } else {
            $query = $query.filter($column.le($value)).filter($column.lt($value).or($isbn_key.lt($key)));
        }
    };
}

/// Sorts a query by a column and the ISBN, in the direction of reading.
macro_rules! along {
    ($query:ident, $isbn_key:expr, $column:expr, $upward:expr) => {
        $query = match $upward {
            true => $query.order(($column.asc(), $isbn_key.asc())),
            false => $query.order(($column.desc(), $isbn_key.desc())),
        }
    };
}

/// Sorts a query by what an [`Order`](super::Order) says, in the direction of reading.
macro_rules! sorted {
    ($query:ident, $isbn_key:expr, $order:expr, $upward:expr) => {
        match $order {
            Order::Isbn if $upward => $query = $query.order($isbn_key.asc()),
            Order::Isbn => $query = $query.order($isbn_key.desc()),
            Order::Title => along!($query, $isbn_key, books::title, $upward),
            Order::Author => along!($query, $isbn_key, books::author, $upward),
            Order::Price => along!($query, $isbn_key, books::price_cents, $upward),
        }
    };
}

pub(super) use {along, beyond, beyond_key, books_with, fitting, fitting_books, fitting_words, only, sorted};
