//! The layers that every part has around its routes.

use std::any::Any;
use std::convert::Infallible;
use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use tower::Service;

use crate::body::linger;
use crate::compress::compress;
use crate::cors::{Cors, cors};
use crate::deadline::Deadline;
pub use crate::fallback::{method_not_allowed, path_not_found};
use crate::health::Look;
use crate::load::Load;
use crate::problem::{Code, Problem, complete};
use crate::queue::{Queue, Refused};
use crate::{health, logs, manners, metrics};

/// How long after its deadline a request is given up that did not end by itself.
const GIVE_UP_AFTER: Duration = Duration::from_millis(100);

/// A part of the bookstore: what makes its HTTP its own, beside its routes.
pub struct Part {
    /// Its name in the log.
    pub name: &'static str,
    /// The sites whose pages may use it as well.
    pub sites: Option<Cors>,
    /// How much it takes on.
    pub load: Load,
    /// Whether what it cannot do without is there.
    pub needs: Option<Look>,
}

impl Part {
    /// A part that no other site's pages use, that takes on as much as usual and needs nothing.
    pub fn new(name: &'static str) -> Self {
        Self { name, sites: None, load: Load::default(), needs: None }
    }

    /// `routes` with their own checks, and around them what all parts share.
    pub fn app(self, routes: Router) -> Router {
        let Self { name, sites, load, needs } = self;
        metrics::begin(name);
        let routes = routes
            // Added behind the checks that `routes` brings: they need no token and no client type.
            .merge(health::routes(needs))
            .layer(from_fn_with_state(load.deadline, routed));
        let (queue, requests) = (Arc::new(Queue::new(name, &load)), metrics::Requests::of(name));
        Router::new().fallback_service(Whole(Arc::new(Layers { queue, requests, sites, routes })))
    }
}

/// What is around the router of a part: functions, one within the other. A tower layer would copy all that is below it and put it
/// into a box of its own for each request.
struct Layers {
    queue: Arc<Queue>,
    requests: metrics::Requests,
    sites: Option<Cors>,
    routes: Router,
}

impl Layers {
    async fn answer(&self, request: Request) -> Response {
        // Every answer has its line and its id.
        logs::request_line(&self.requests, request, |request| {
            // What HTTP asks of every route: HEAD, OPTIONS, and headers that keep browsers safe. It is around the
            // router and not in it, because the router writes `Allow` behind its own layers.
            manners::mind(request, |request| {
                // Before all checks of the routes: browsers ask their question without a token and a client type.
                cors(self.sites.as_ref(), request, self.routes.clone())
            })
        })
        .await
    }
}

/// What is around each route, where its path is known.
async fn routed(State(most): State<Duration>, request: Request, next: Next) -> Response {
    // Large answers travel compressed, problems among them.
    compress(request, |request| {
        // What is late ends here, and every error becomes a whole problem.
        answered(most, request, |request| async {
            // A panic is one 500 and one line in the log; the process lives on.
            let answer = AssertUnwindSafe(next.run(linger(request))).catch_unwind();
            answer.await.unwrap_or_else(panicked)
        })
    })
    .await
}

/// A part as a service: it takes on only so much, and what is too much costs next to nothing.
#[derive(Clone)]
struct Whole(Arc<Layers>);

impl Service<Request> for Whole {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let place = match health::is_asked(request.uri().path()) {
            true => None,
            false => match self.0.queue.enter() {
                Some(place) => Some(place),
                None => return Box::pin(ready(Ok(refused(&request)))),
            },
        };
        let layers = Arc::clone(&self.0);
        Box::pin(async move {
            let answer = layers.answer(request).await;
            drop(place);
            Ok(answer)
        })
    }
}

/// 503 of a request that is one too many. It has no line of its own in the log.
fn refused(request: &Request) -> Response {
    let id = logs::request_id(request);
    let mut response = Problem::busy().answer(id.to_str().ok());
    response.headers_mut().insert(logs::REQUEST_ID, id);
    manners::make_safe(response.headers_mut());
    response.extensions_mut().insert(Refused);
    response
}

async fn answered<F: Future<Output = Response>>(
    most: Duration,
    mut request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let id = logs::request_id(&request);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let deadline = Deadline::asked(request.headers(), most);
    request.extensions_mut().insert(deadline);
    let late = || Problem::new(Code::UpstreamTimeout, "The bookstore is slow at the moment; please try again.");
    let run = tokio::time::timeout(deadline.left() + GIVE_UP_AFTER, next(request));
    let response = run.await.unwrap_or_else(|_| late().into_response());
    let mut response = complete(response, id.to_str().unwrap_or_default());
    // For the line in the log.
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    tracing::error!(panic = panic_text(&*panic), "a handler panicked");
    Problem::internal().into_response()
}

/// What a panic said, for the log.
pub fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message")
}
