//! How many requests each subject may send.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{HeaderName, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use lru::LruCache;

use crate::auth::Caller;
use crate::identity::Role;
use crate::problem::{Code, Problem};

/// What is left of a subject's quota (draft-ietf-httpapi-ratelimit-headers-10).
pub const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// The quota itself.
pub const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The longest window of a quota.
const WINDOW_MAX: Duration = Duration::from_secs(24 * 60 * 60);

type Limiter = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// How many subjects are known at once; one that has not asked for long has a full quota again.
const SUBJECTS_MAX: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);

/// The quota of each subject.
pub struct Rates {
    clock: DefaultClock,
    policy: HeaderValue,
    quota: Quota,
    limiters: Mutex<LruCache<Arc<str>, Arc<Limiter>>>,
}

/// So many requests in so much time. Unused ones come back one by one, not all at the window's end.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    requests: NonZeroU32,
    window: Duration,
}

impl std::str::FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "is not a number of requests in a time up to a day, such as 100/60s";
        let (requests, window) = text.split_once('/').ok_or(wrong)?;
        let window = humantime::parse_duration(window.trim()).map_err(|_| wrong)?;
        let requests = requests.trim().parse().map_err(|_| wrong)?;
        let sane = (Duration::from_secs(1)..=WINDOW_MAX).contains(&window);
        if sane { Ok(Self { requests, window }) } else { Err(wrong) }
    }
}

impl Rates {
    /// A full quota for everybody.
    ///
    /// # Errors
    /// A sentence when requests come so often that the time between two is nothing.
    pub fn try_new(rate: Rate) -> Result<Self, &'static str> {
        let between = rate.window / rate.requests.get();
        let quota = Quota::with_period(between).ok_or("allows more requests than can be counted")?;
        let quota = quota.allow_burst(rate.requests);
        let policy = format!("\"subject\";q={};w={}", rate.requests, rate.window.as_secs());
        Ok(Self {
            clock: DefaultClock::default(),
            policy: HeaderValue::try_from(policy).map_err(|_| "cannot be written in a header")?,
            quota,
            limiters: Mutex::new(LruCache::new(SUBJECTS_MAX)),
        })
    }

    /// Takes one request from a subject's quota.
    ///
    /// # Errors
    /// After how many seconds there is one again.
    fn take(&self, subject: Arc<str>) -> Result<StateSnapshot, u64> {
        let limiter = {
            let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(RateLimiter::direct(self.quota).with_middleware::<StateInformationMiddleware>());
            Arc::clone(limiters.get_or_insert(subject, new))
        };
        limiter.check().map_err(|not_until| seconds(not_until.wait_time_from(self.clock.now())))
    }

    fn note(&self, headers: &mut HeaderMap, left: u32, until_full: u64) {
        headers.insert(RATE_LIMIT_POLICY, self.policy.clone());
        let state = HeaderValue::try_from(format!("\"subject\";r={left};t={until_full}"));
        headers.extend(state.ok().map(|state| (RATE_LIMIT, state)));
    }
}

/// Lets a request pass while its subject has quota left; answers 429 otherwise. It stands behind the token.
pub async fn limit_rate<F: Future<Output = Response>>(
    rates: Option<&Rates>,
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let caller = request.extensions().get::<Caller>();
    let Some((rates, caller)) = rates.zip(caller) else { return next(request).await };
    match rates.take(payer(caller)) {
        Ok(state) => {
            let mut response = next(request).await;
            let (left, quota) = (state.remaining_burst_capacity(), state.quota());
            let spent = quota.burst_size().get() - left;
            rates.note(response.headers_mut(), left, seconds(quota.replenish_interval() * spent));
            response
        }
        Err(wait) => {
            let message = format!("Too many requests; please try again in {wait} s.");
            let problem = Problem::new(Code::RateLimited, message).with_header(RETRY_AFTER, HeaderValue::from(wait));
            let mut response = problem.into_response();
            rates.note(response.headers_mut(), 0, wait);
            response
        }
    }
}

/// Whose quota a request takes from: the subject's, or that of the address from which nobody in particular asks.
fn payer(caller: &Caller) -> Arc<str> {
    let known = [Role::Buyer, Role::Seller, Role::Admin].into_iter().any(|role| caller.who.roles.has(role));
    match caller.address {
        Some(address) if !known => format!("address {address}").into(),
        _ => Arc::clone(caller.subject()),
    }
}

/// Whole seconds, so that nobody comes back too early.
fn seconds(time: Duration) -> u64 {
    time.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1)
}
