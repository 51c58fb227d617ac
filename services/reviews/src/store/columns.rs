//! Which columns of a review a query reads or writes.

use graph_serve::paging::json_bytes;

use super::schema::reviews;

store::columns! {
    /// A review as it was read, or as it is written; other columns are missing.
    #[derive(diesel::AsChangeset, diesel::Insertable)]
    #[diesel(table_name = reviews)]
    ReviewRow of reviews {
        id: i64 = "id",
        isbn_key: String,
        author: String = "author",
        stars: i32 = "stars",
        title: String = "title",
        text: String = "text",
        excerpt: String = "excerpt",
        verified: bool = "verified",
        created_at: i64 = "createdAt",
        version: i64 = "version",
    }
}

impl ReviewRow {
    /// About how many bytes its texts take up in JSON.
    pub fn bytes(&self) -> usize {
        json_bytes([&self.author, &self.title, &self.text, &self.excerpt])
    }
}
