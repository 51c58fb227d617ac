//! Taking in a JSON body.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, EXPECT};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

use crate::deadline::Deadline;
use crate::problem::{Code, Problem};

/// The largest request body, in bytes.
pub const BODY_MAX_BYTES: usize = 1024 * 1024;

/// How long, and for how many bytes, a client may go on sending what nobody reads.
const LINGER_MAX: Duration = Duration::from_secs(5);
const LINGER_MAX_BYTES: usize = 16 * 1024 * 1024;

/// The bytes of a body declared as `application/json`, at most [`BODY_MAX_BYTES`] of them.
///
/// Other types are refused, above all those that a plain HTML form can send to any site without asking
/// (`text/plain`, `multipart/form-data`, urlencoded).
pub struct JsonBody(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let message = "The body must be declared as Content-Type: application/json, in UTF-8.";
            return Err(Problem::new(Code::UnsupportedMediaType, message));
        }
        let deadline = request.extensions().get::<Deadline>().copied();
        let body = Limited::new(request.into_body(), BODY_MAX_BYTES).collect();
        let body = match deadline {
            Some(deadline) => deadline.hold(body).await.map_err(|_| too_slow())?,
            None => body.await,
        };
        body.map(|body| Self(body.to_bytes())).map_err(|error| unreadable(&*error))
    }
}

/// Lets the client finish sending a body that no handler reads to its end, such as one that is refused:
/// a client that is cut off while it sends often never reads why.
pub(crate) fn linger(request: Request) -> Request {
    // A client that waits to be asked for its body need not send it at all.
    if request.headers().contains_key(EXPECT) || request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(Lingering(Some(body))))
}

/// A body whose rest is read and thrown away when its reader has had enough.
struct Lingering(Option<Body>);

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        match &mut self.0 {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.0.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if let Some(body) = self.0.take()
            && !body.is_end_stream()
        {
            tokio::spawn(tokio::time::timeout(LINGER_MAX, throw_away(body)));
        }
    }
}

async fn throw_away(mut body: Body) {
    let mut left = LINGER_MAX_BYTES;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.parse::<mime::Mime>().is_ok_and(|media| {
        media.essence_str() == "application/json" && media.get_param(mime::CHARSET).is_none_or(|set| set == mime::UTF_8)
    })
}

fn too_slow() -> Problem {
    Problem::new(Code::RequestTimeout, "The body did not arrive in time.")
}

fn unreadable(error: &(dyn Error + 'static)) -> Problem {
    if error.is::<LengthLimitError>() {
        let message = format!("The body is too large: at most {BODY_MAX_BYTES} bytes are read.");
        return Problem::new(Code::BodyTooLarge, message);
    }
    Problem::bad_request("The body broke off before its end.")
}
