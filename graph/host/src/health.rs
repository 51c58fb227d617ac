//! Whether a part lives, and whether it can be given work: `/status`, `/livez` and `/readyz`, which need no token and are
//! never refused for want of room.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::fallback::method_not_allowed;
use crate::problem::Problem;
use crate::serving::is_stopping;

/// The paths that say how a part is.
const PATHS: [&str; 3] = ["/status", "/livez", "/readyz"];
/// How long one look at what a part needs is good for, however often it is asked for.
const GOOD_FOR: Duration = Duration::from_millis(500);
/// How long such a look may take.
const LOOK_WITHIN: Duration = Duration::from_secs(2);

/// Finds out whether what a part cannot do without, such as its database, is there.
pub type Look = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// What a part cannot do without, and whether it was there when somebody last looked.
struct Needs {
    look: Look,
    there: AtomicBool,
    /// When somebody last looked, in milliseconds after `since`.
    looked: AtomicU64,
    since: Instant,
    /// Until it ended nobody can be told anything.
    first: OnceCell<()>,
}

impl Needs {
    fn new(look: Look) -> Self {
        Self {
            look,
            there: AtomicBool::new(false),
            looked: AtomicU64::new(0),
            since: Instant::now(),
            first: OnceCell::new(),
        }
    }

    /// Whether it is there: as one of those who ask at the same time finds out, at most every [`GOOD_FOR`].
    async fn are_there(&self) -> bool {
        let first = async {
            self.looked.store(self.now(), Ordering::Release);
            self.look().await;
        };
        self.first.get_or_init(|| first).await;
        let now = self.now();
        let looked = self.looked.load(Ordering::Acquire);
        let old = Duration::from_millis(now.saturating_sub(looked)) >= GOOD_FOR;
        if old && self.looked.compare_exchange(looked, now, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            self.look().await;
        }
        self.there.load(Ordering::Acquire)
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn look(&self) {
        let there = tokio::time::timeout(LOOK_WITHIN, (self.look)()).await.unwrap_or(false);
        self.there.store(there, Ordering::Release);
    }
}

/// Whether this path says how a part is.
pub(crate) fn is_asked(path: &str) -> bool {
    PATHS.contains(&path)
}

/// The three paths; `/readyz` looks for what the part needs, if it needs anything.
pub(crate) fn routes(look: Option<Look>) -> Router {
    let needs = look.map(|look| Arc::new(Needs::new(look)));
    let ready = move || {
        let needs = needs.clone();
        async move {
            match &needs {
                _ if is_stopping() => Problem::unavailable("This process is about to stop.").into_response(),
                Some(needs) if !needs.are_there().await => {
                    Problem::unavailable("What this service needs is not there.").into_response()
                }
                _ => ok(),
            }
        }
    };
    let fixed = |methods: MethodRouter| methods.fallback(method_not_allowed);
    Router::new()
        .route("/status", fixed(get(async || ok())))
        .route("/livez", fixed(get(async || ok())))
        .route("/readyz", fixed(get(ready)))
}

fn ok() -> Response {
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (StatusCode::OK, json, r#"{"status":"OK"}"#).into_response()
}
