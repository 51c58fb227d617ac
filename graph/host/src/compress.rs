//! Large answers travel compressed, when the client can read that.
//!
//! No answer of the bookstore has a secret beside text that somebody else chose, so its length gives nothing
//! away (BREACH): tokens and keys are only ever in headers.

use std::convert::Infallible;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tower::{ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::{Compression, predicate::SizeAbove};

/// The smallest answer that is compressed, in bytes: below it, less than a packet would be saved.
const COMPRESS_FROM_BYTES: u64 = 1400;

/// Compresses an answer that is long enough, or whose length is not known yet, by gzip or Brotli.
///
/// A short answer passes untouched. A list that is sent while it is fetched leaves page by page, as it would
/// uncompressed: the encoder is flushed whenever the next page is not there yet.
pub(crate) async fn compress<F: Future<Output = Response>>(
    request: Request,
    next: impl FnOnce(Request) -> F,
) -> Response {
    let accepted: Vec<HeaderValue> = request.headers().get_all(ACCEPT_ENCODING).iter().cloned().collect();
    let response = next(request).await;
    if !is_large(&response) {
        return response;
    }
    let status = response.status();
    let mut compressed = encoded(response, accepted).await;
    // To a client that can read nothing at all, not even what is not compressed, it is sent as it is.
    *compressed.status_mut() = status;
    mark_etag(compressed.headers_mut());
    compressed
}

fn is_large(response: &Response) -> bool {
    let bodyless = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&response.status());
    !bodyless && response.body().size_hint().exact().is_none_or(|length| length >= COMPRESS_FROM_BYTES)
}

async fn encoded(response: Response, accepted: Vec<HeaderValue>) -> Response {
    let mut question = Request::new(Body::empty());
    for one in accepted {
        question.headers_mut().append(ACCEPT_ENCODING, one);
    }
    let mut response = Some(response);
    let answer = service_fn(move |_: Request| {
        let response = response.take().unwrap_or_default();
        async move { Ok::<_, Infallible>(response) }
    });
    let compression = Compression::new(answer).compress_when(SizeAbove::new(COMPRESS_FROM_BYTES));
    // The usual levels save another quarter of the bytes, but Brotli's holds 20 MB for each answer, not 5.
    let compression = compression.quality(CompressionLevel::Fastest);
    match compression.oneshot(question).await {
        Ok(compressed) => compressed.map(Body::new),
        Err(never) => match never {},
    }
}

/// A strong entity tag names one sequence of bytes, so each coding has its own (RFC 9110, section 8.8.3.3).
fn mark_etag(headers: &mut HeaderMap) {
    let coding = headers.get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let plain = headers.get(ETAG).and_then(|value| value.to_str().ok()).and_then(|tag| tag.strip_suffix('"'));
    let Some(tag) = plain.filter(|tag| tag.starts_with('"') && !coding.is_empty()) else { return };
    if let Ok(marked) = HeaderValue::try_from(format!("{tag}-{coding}\"")) {
        headers.insert(ETAG, marked);
    }
}
