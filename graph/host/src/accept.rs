//! What a client can read, by its `Accept` headers (RFC 9110, section 12.5.1).

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use mime::Mime;

use crate::problem::{Code, Fault, Problem};

/// The ranges of all `Accept` headers; what is no media range is left out.
pub struct Accept {
    ranges: Vec<Range>,
    says_nothing: bool,
}

/// A media range, and how welcome it is: from 0, not at all, to 1.
struct Range {
    media: Mime,
    quality: f32,
}

/// How exactly a range names a media type. The most exact one that covers it decides.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Exactness {
    /// `*/*`.
    Anything,
    /// `application/*`.
    AnyApplication,
    /// The type itself.
    Named,
}

impl Accept {
    /// What a request's headers say.
    pub fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(ACCEPT).iter().map(|line| line.to_str().unwrap_or_default());
        let texts: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
        Self {
            ranges: texts.iter().filter_map(|text| Range::of(text)).collect(),
            says_nothing: texts.iter().all(|text| text.is_empty()),
        }
    }

    /// Whether the client leaves the choice open.
    pub fn says_nothing(&self) -> bool {
        self.says_nothing
    }

    /// How welcome the media type `name` of `application` is, from above 0 to 1, by the most exact range that
    /// covers it; nothing when it is not.
    pub fn weigh(&self, name: &str) -> Option<(Exactness, f32)> {
        let covering = self.ranges.iter().filter_map(|range| Some((range.covers(name)?, range.quality)));
        let decisive = covering.reduce(|one, other| if other > one { other } else { one });
        decisive.filter(|(_, quality)| *quality > 0.0)
    }
}

impl Range {
    fn of(text: &str) -> Option<Self> {
        let media: Mime = text.parse().ok()?;
        let quality = media.get_param("q").map_or(Some(1.0), |q| q.as_str().parse().ok())?;
        (0.0..=1.0).contains(&quality).then_some(Self { media, quality })
    }

    /// How exactly the range names a media type, when it does; the answers are in UTF-8.
    fn covers(&self, name: &str) -> Option<Exactness> {
        if self.media.get_param(mime::CHARSET).is_some_and(|set| set != mime::UTF_8) {
            return None;
        }
        match self.media.essence_str() {
            "*/*" => Some(Exactness::Anything),
            "application/*" => Some(Exactness::AnyApplication),
            range => (range == name).then_some(Exactness::Named),
        }
    }
}

/// Lets requests pass whose client can read server-sent events; answers 406 otherwise.
pub async fn events_only<F: Future<Output = Response>>(request: Request, next: impl FnOnce(Request) -> F) -> Response {
    let headers = request.headers();
    let reads = |accept: &Accept| {
        accept.says_nothing()
            || accept.weigh("text/event-stream").is_some_and(|(how, _)| how != Exactness::AnyApplication)
    };
    if !headers.contains_key(ACCEPT) || reads(&Accept::of(headers)) {
        return next(request).await;
    }
    let fault = Fault::in_header("Accept", "must allow text/event-stream");
    let problem = Problem::new(Code::NotAcceptable, "The answer is text/event-stream, which Accept does not allow.");
    problem.with_faults(vec![fault]).into_response()
}

/// Lets requests pass whose client can read JSON; answers 406 otherwise. Problems are sent to everybody.
pub async fn json_only<F: Future<Output = Response>>(request: Request, next: impl FnOnce(Request) -> F) -> Response {
    let headers = request.headers();
    if !headers.contains_key(ACCEPT) || reads_json(&Accept::of(headers)) {
        return next(request).await;
    }
    let fault = Fault::in_header("Accept", "must allow application/json");
    let problem = Problem::new(Code::NotAcceptable, "The answer is application/json, which Accept does not allow.");
    problem.with_faults(vec![fault]).into_response()
}

fn reads_json(accept: &Accept) -> bool {
    accept.says_nothing() || accept.weigh("application/json").is_some()
}
