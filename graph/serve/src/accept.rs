//! Which of its media types a GraphQL answer has, by what its client can read.

use axum::http::HeaderMap;
use graph_host::accept::{Accept, Exactness};

use crate::media::Media;

/// The media type that the client likes best; nothing when it can read none.
///
/// One that likes both as much and does not name `application/graphql-response+json` may not know it.
pub(crate) fn best(headers: &HeaderMap) -> Option<Media> {
    let accept = Accept::of(headers);
    if accept.says_nothing() {
        return Some(Media::Json);
    }
    let weigh = |media: Media| accept.weigh(media.name());
    match (weigh(Media::Json), weigh(Media::GraphqlResponse)) {
        (Some((_, json)), Some((exactness, graphql))) => {
            let newer = graphql > json || (graphql >= json && exactness == Exactness::Named);
            Some(if newer { Media::GraphqlResponse } else { Media::Json })
        }
        (json, graphql) => json.map(|_| Media::Json).or(graphql.map(|_| Media::GraphqlResponse)),
    }
}
