//! The sample catalogue, and a few made-up customers, for a store that is empty.

use books::book::NewBook;
use books::store::{BookStore, Filter};
use customers::customer::{Draft as CustomerDraft, NewCustomer};
use customers::store::CustomerStore;
use graph_serve::outcome::InvalidInput;
use serde::Deserialize;
use store::StoreError;

use crate::import::records;

const BOOKS: &str = include_str!("../sample/books.jsonl");
const CUSTOMERS: &str = include_str!("../sample/customers.jsonl");

/// Why the sample cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sample itself is faulty; a test keeps this from happening.
    #[error("the sample is faulty: {0}")]
    Faulty(String),
}

/// Fills each store that is empty; all of a sample, or none of it. A catalogue that was emptied is filled again.
///
/// # Errors
/// [`SampleError`].
pub async fn load(books: &BookStore, customers: &CustomerStore) -> Result<(), SampleError> {
    if books.count(&Filter::default()).await? == 0 {
        books.import(&sample_books()?).await?;
    }
    customers.fill_if_empty(&sample_customers()?).await?;
    Ok(())
}

fn sample_books() -> Result<Vec<NewBook>, SampleError> {
    records::read(BOOKS.as_bytes())
        .map(|(line, book)| book.map_err(|fault| SampleError::Faulty(format!("line {line}: {fault}"))))
        .collect()
}

fn sample_customers() -> Result<Vec<NewCustomer>, SampleError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Line {
        user_id: String,
        name: String,
        phone: String,
        address: String,
        address2: Option<String>,
        city: String,
        state: String,
        zipcode: String,
    }
    let customer = |line: &str| {
        let Line { user_id, name, phone, address, address2, city, state, zipcode } =
            serde_json::from_str(line).map_err(|error| SampleError::Faulty(error.to_string()))?;
        let draft = CustomerDraft { user_id, name, phone, address, address2, city, state, zipcode };
        NewCustomer::try_new(draft).map_err(|invalid: InvalidInput| SampleError::Faulty(invalid.message))
    };
    CUSTOMERS.lines().map(customer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_is_sound() {
        let books = sample_books().unwrap();
        assert!(books.len() >= 100, "{} books", books.len());
        assert!(books.iter().filter(|book| book.genre == "non-fiction").count() >= 2);
        assert!(sample_customers().unwrap().len() >= 3);
    }
}
