//! What answers at the paths of a client: one handler for each way of asking.

mod act;
mod follow;
mod list;
mod read;
mod show;
mod write;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};
use graph_call::Upstream;
use tokio::sync::Semaphore;

use crate::client::{Ask, Client};
use crate::etag::Shape;
use crate::kept::Kept;
use crate::operation::{Endpoint, Operation, Unfit};
use crate::upstreams::Upstreams;
use crate::view::View;
use act::Acting;
use follow::Following;
use list::{LISTS_MAX, Listing};
use read::Reading;
use show::Showing;
use write::Writing;

/// What all handlers of a client have in common.
pub(crate) struct Handlers<'a> {
    part: &'static str,
    upstreams: &'a Upstreams,
    /// The services that are called already: what is counted of one is counted once.
    called: BTreeMap<&'static str, Upstream>,
    stale: Option<Duration>,
    /// What the entity tags of this client begin with.
    tags: Shape,
    /// Room for whole lists that are being sent.
    lists: Arc<Semaphore>,
    /// The handlers that read, by their documents: a document that is at two paths is read by one.
    reading: BTreeMap<&'static str, Arc<Reading>>,
    kept: BTreeMap<&'static str, Kept>,
}

impl<'a> Handlers<'a> {
    /// Those of `client` over `upstreams`; while one of these is away they may give answers again that are no older
    /// than `stale`.
    pub(crate) fn new(client: &Client, upstreams: &'a Upstreams, stale: Option<Duration>) -> Self {
        Self {
            part: client.name,
            upstreams,
            called: BTreeMap::new(),
            stale,
            tags: Shape::of(client),
            lists: Arc::new(Semaphore::new(LISTS_MAX)),
            reading: BTreeMap::new(),
            kept: BTreeMap::new(),
        }
    }

    /// What answers at each of `endpoints`: first those that read.
    ///
    /// # Errors
    /// [`Unfit`] when one is for a service that is not known.
    pub(crate) fn of(mut self, endpoints: Vec<Endpoint>) -> Result<Vec<(&'static str, MethodRouter)>, Unfit> {
        // Those that change something have to know of all that is kept.
        let (writes, reads): (Vec<_>, Vec<_>) = endpoints.into_iter().partition(|one| {
            !matches!(one.ask, Ask::List(_) | Ask::Read(_) | Ask::Export(_) | Ask::Show(_) | Ask::Follow(_))
        });
        let mut routes = Vec::new();
        for one in reads {
            routes.push((one.path, self.reading(one)?));
        }
        let kept: BTreeMap<_, _> =
            std::mem::take(&mut self.kept).into_iter().map(|(name, kept)| (name, Arc::new(kept))).collect();
        for one in writes {
            let kept = kept.get(one.operation.service).cloned().unwrap_or_default();
            routes.push((one.path, self.writing(one, kept)?));
        }
        Ok(routes)
    }

    fn upstream(&mut self, service: &'static str) -> Result<Upstream, Unfit> {
        if let Some(known) = self.called.get(service) {
            return Ok(known.clone());
        }
        let upstream = self.upstreams.called_by(self.part, service)?;
        self.called.insert(service, upstream.clone());
        Ok(upstream)
    }

    fn reading(&mut self, endpoint: Endpoint) -> Result<MethodRouter, Unfit> {
        let Endpoint { ask, operation, .. } = endpoint;
        let upstream = self.upstream(operation.service)?;
        if let Ask::Follow(_) = ask {
            let following = Following::new(upstream, operation)?;
            return Ok(axum::routing::get(follow::follow).with_state(Arc::new(following)));
        }
        let view = view(&operation)?;
        if let Ask::Show(_) = ask {
            let showing = Showing { upstream, operation, view };
            return Ok(axum::routing::get(show::show).with_state(Arc::new(showing)));
        }
        let kept = self.kept.entry(operation.service).or_default();
        if let Ask::List(_) = ask {
            let pages = kept.pages(self.part, self.stale);
            let listing = Listing::new(upstream, operation, view, pages, self.tags.clone(), Arc::clone(&self.lists));
            return Ok(axum::routing::get(list::list).with_state(Arc::new(listing)));
        }
        let document = operation.document.operation;
        let reading = match self.reading.get(document) {
            Some(known) => Arc::clone(known),
            None => {
                let reading = Reading::new(upstream, operation, view, self.tags.clone(), |key| {
                    kept.rows(self.part, self.stale, key)
                })?;
                let reading = Arc::new(reading);
                self.reading.insert(document, Arc::clone(&reading));
                reading
            }
        };
        Ok(axum::routing::get(read::read).with_state(reading))
    }

    fn writing(&mut self, endpoint: Endpoint, kept: Arc<Kept>) -> Result<MethodRouter, Unfit> {
        let upstream = self.upstream(endpoint.operation.service)?;
        if let Ask::Do(method, _, status) = endpoint.ask {
            return acting(method, Acting::new(upstream, endpoint.operation, status, kept)?);
        }
        let (ask, place) = (endpoint.ask, endpoint.place());
        let state = Arc::new(Writing::new(upstream, endpoint.operation, place, self.tags.clone(), kept)?);
        Ok(match ask {
            Ask::Create(..) => axum::routing::post(write::create).with_state(state),
            Ask::Accept(..) => axum::routing::post(write::accept).with_state(state),
            Ask::Replace(_) => axum::routing::put(write::replace).with_state(state),
            _ => axum::routing::delete(write::delete).with_state(state),
        })
    }
}

/// What answers a request of this method that does something.
fn acting(method: &str, acting: Acting) -> Result<MethodRouter, Unfit> {
    let filter = method.to_uppercase().parse::<Method>().ok().and_then(|method| MethodFilter::try_from(method).ok());
    let filter = filter.ok_or_else(|| Unfit(format!("there is no method {method}")))?;
    let (with_body, acting) = (acting.has_body(), Arc::new(acting));
    Ok(match with_body {
        true => axum::routing::on(filter, act::with_body).with_state(acting),
        false => axum::routing::on(filter, act::without_body).with_state(acting),
    })
}

/// How a document's rows are shown.
fn view(operation: &Operation) -> Result<View, Unfit> {
    let row = operation.row.as_ref();
    row.map(View::of).ok_or_else(|| Unfit(format!("the document {} selects nothing", operation.document.operation)))
}
