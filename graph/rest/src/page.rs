//! A page of a list, cut from the graph's answer once for all who asked for it together.

use bytes::Bytes;
use graph_call::{Answer, Keep};
use graph_host::problem::Problem;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::answers::unreadable;
use crate::operation::{AFTER, Parameter, blamed};
use crate::view::View;

/// Some things as a client gets them, and where the next ones begin. Cloning it shares the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// The things, with a comma before each.
    rows: Bytes,
    next: Option<String>,
}

/// A page as the graph gives it.
#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    page: Connection<'a>,
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

impl Page {
    /// The page in `answer`, each of its rows as `view` shows it.
    ///
    /// # Errors
    /// What the service refused, blamed on one of `parameters`, and an answer that is no page.
    pub(crate) fn read(answer: &Answer, view: &View, parameters: &[Parameter]) -> Result<Self, Problem> {
        let data = answer.data::<Data<'_>>();
        let data = data.map_err(|error| blamed(error, parameters).or_blame_parameter(AFTER))?;
        let Connection { nodes, page_info } = data.page;
        let mut rows = Vec::with_capacity(answer.len());
        for row in nodes {
            rows.push(b',');
            view.write(row.get(), &mut rows).map_err(|error| unreadable(&error))?;
        }
        Ok(Self { rows: rows.into(), next: page_info.end_cursor.filter(|_| page_info.has_next_page) })
    }

    /// The rows at the beginning of an array: with commas between them.
    pub(crate) fn first(&self) -> Bytes {
        self.rows.slice(self.rows.len().min(1)..)
    }

    /// The rows behind others: with a comma before each.
    pub(crate) fn following(&self) -> Bytes {
        self.rows.clone()
    }

    /// Where the next page begins, when there is one.
    pub(crate) fn next(self) -> Option<String> {
        self.next
    }
}

impl Keep for Page {
    fn to_keep(&self) -> Option<(Self, usize)> {
        Some((self.clone(), self.rows.len()))
    }
}
