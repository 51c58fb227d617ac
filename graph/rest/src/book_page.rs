//! A page of books, cut from the graph's answer once for all who asked for it together.

use bytes::Bytes;
use graph_call::{Answer, CallError, Keep};
use graph_host::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answers::unreadable;
use crate::view::View;

/// Some books as a client gets them, and where the next ones begin. Cloning it shares the bytes.
#[derive(Clone, Debug)]
pub struct BookPage {
    /// The books, with a comma before each.
    books: Bytes,
    next: Option<String>,
}

/// A page as the graph gives it.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    books: Connection<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connection<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

impl BookPage {
    /// The page in `answer`, each of its books as `view` shows it.
    ///
    /// # Errors
    /// What the service refused, and an answer that is no page.
    pub(crate) fn read(answer: &Answer, view: View) -> Result<Self, Problem> {
        let data = answer.data::<Data<'_>>().map_err(blamed)?;
        let Connection { nodes, page_info } = data.books;
        let mut books = Vec::with_capacity(answer.len());
        for book in nodes {
            books.push(b',');
            view(book.get(), &mut books).map_err(|error| unreadable(&error))?;
        }
        Ok(Self { books: books.into(), next: page_info.end_cursor.filter(|_| page_info.has_next_page) })
    }

    /// The books at the beginning of an array: with commas between them.
    pub(crate) fn first(&self) -> Bytes {
        self.books.slice(self.books.len().min(1)..)
    }

    /// The books behind others: with a comma before each.
    pub(crate) fn following(&self) -> Bytes {
        self.books.clone()
    }

    /// Where the next page begins, when there is one.
    pub(crate) fn next(self) -> Option<String> {
        self.next
    }
}

impl Keep for BookPage {
    fn to_keep(&self) -> Option<(Self, usize)> {
        Some((self.clone(), self.books.len()))
    }
}

/// The problem of a call that failed, blamed on the parameter whose value the service refused: those that are not checked
/// here are the text and the cursor.
fn blamed(error: CallError) -> Problem {
    match &error {
        CallError::BadInput { reason, .. } => match reason.strip_prefix("filter.text ") {
            Some(what) => Problem::bad_parameter("text", what.to_owned()),
            None => Problem::from(error).or_blame_parameter("after"),
        },
        _ => error.into(),
    }
}
