//! Which columns of a book a query reads.

use graph_serve::paging::json_bytes;

use super::schema::books;

store::columns! {
    /// A book as it was read; what was not asked for is missing.
    BookRow of books {
        isbn_key: String,
        isbn: String = "isbn",
        title: String = "title",
        author: String = "author",
        description: String = "description",
        genre: String = "genre",
        price_cents: i64 = "price",
        quantity: i64 = "quantity",
        version: i64 = "version",
    }
}

impl BookRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        json_bytes([&self.isbn, &self.title, &self.author, &self.description, &self.genre])
    }
}
