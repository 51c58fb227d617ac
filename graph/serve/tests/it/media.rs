//! The media type of an answer, by what the client says it can read.

use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use graph_serve::media::Media;

const JSON: Option<Media> = Some(Media::Json);
const GRAPHQL: Option<Media> = Some(Media::GraphqlResponse);

/// `Accept` headers, and what they get; nothing is 406.
const CASES: &[(&[&str], Option<Media>)] = &[
    // Nothing said, or anything allowed.
    (&[], JSON),
    (&[""], JSON),
    (&["*/*"], JSON),
    (&["application/*"], JSON),
    (&["application/json, text/plain, */*"], JSON),
    (&["text/html, image/gif, *; q=.2, */*; q=.2"], JSON),
    // Named.
    (&["application/json"], JSON),
    (&["application/graphql-response+json"], GRAPHQL),
    (&["application/graphql-response+json, application/json"], GRAPHQL),
    (&["application/json, application/graphql-response+json"], GRAPHQL),
    (&["*/*, application/graphql-response+json"], GRAPHQL),
    (&["application/json", "application/graphql-response+json"], GRAPHQL),
    (&["APPLICATION/JSON"], JSON),
    (&["text/html,,application/json"], JSON),
    // Weighed.
    (&["application/graphql-response+json, application/json;q=0.9"], GRAPHQL),
    (&["application/graphql-response+json;q=0.8, application/json;q=0.9"], JSON),
    (&["application/graphql-response+json;q=0.5, */*"], JSON),
    (&["application/graphql-response+json;q=0, */*"], JSON),
    (&["application/json;q=0, */*"], GRAPHQL),
    (&["*/*;q=0.9, application/json;q=0.1"], GRAPHQL),
    (&["application/*;q=0.1, */*"], JSON),
    // Character sets.
    (&["application/json; charset=utf-8"], JSON),
    (&["application/graphql-response+json; charset=\"UTF-8\""], GRAPHQL),
    (&["application/json; charset=latin1, application/graphql-response+json;q=0.1"], GRAPHQL),
    (&["application/json; charset=latin1"], None),
    // Neither.
    (&["text/html"], None),
    (&["text/*, image/png"], None),
    (&["application/graphql+json"], None),
    (&["application/json;q=0"], None),
    (&["*/*;q=0"], None),
    (&["application/json;q=0, application/graphql-response+json;Q=0.000, */*"], None),
    (&["json"], None),
    // A weight that is none.
    (&["application/json;q=2"], None),
    (&["application/json;q=NaN, application/graphql-response+json"], GRAPHQL),
];

fn accepted(lines: &[&str]) -> Result<Media, StatusCode> {
    let headers: HeaderMap = lines.iter().map(|line| (ACCEPT, line.parse().unwrap())).collect();
    Media::accepted(&headers).map_err(|problem| problem.into_response().status())
}

#[test]
fn the_accept_header_decides() {
    for (lines, expected) in CASES {
        assert_eq!(accepted(lines), expected.ok_or(StatusCode::NOT_ACCEPTABLE), "{lines:?}");
    }
}
