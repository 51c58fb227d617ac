//! Preconditions of a request (RFC 9110, section 13): reads that are answered only when something is new, and
//! writes that take effect only when nothing is.

use axum::extract::FromRequestParts;
use axum::http::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use graph_host::problem::{Code, Problem};

use crate::etag::{Etag, Shape, Tags};

/// The preconditions that a request names.
#[derive(Debug)]
pub struct Conditions {
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
}

/// Whether a client has already what it asks for.
#[derive(Debug, PartialEq)]
pub(crate) enum Known {
    /// It has: 304.
    Already,
    /// It has not.
    Not,
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self {
            if_match: read(parts, &IF_MATCH, "If-Match")?,
            if_none_match: read(parts, &IF_NONE_MATCH, "If-None-Match")?,
        })
    }
}

fn read(parts: &Parts, name: &HeaderName, shown: &'static str) -> Result<Option<Tags>, Problem> {
    if !parts.headers.contains_key(name) {
        return Ok(None);
    }
    let values = parts.headers.get_all(name).iter().map(HeaderValue::as_bytes);
    Tags::parse(values).map(Some).map_err(|what| Problem::bad_header(shown, what))
}

impl Conditions {
    /// Holds a read of what has the tag `current` to its preconditions, `If-Match` first (section 13.2.2).
    ///
    /// # Errors
    /// 412 when `If-Match` names another state.
    pub(crate) fn on_read(&self, current: &Etag) -> Result<Known, Problem> {
        if self.if_match.as_ref().is_some_and(|tags| !current.strongly_in(tags)) {
            let message = "This is no longer in the state that If-Match names; fetch it without If-Match.";
            return Err(Problem::new(Code::PreconditionFailed, message));
        }
        match &self.if_none_match {
            Some(tags) if current.weakly_in(tags) => Ok(Known::Already),
            _ => Ok(Known::Not),
        }
    }

    /// The versions of which a thing must have one to be changed; nothing when any will do. Which it has is
    /// compared where it is stored, in the statement that changes it.
    ///
    /// # Errors
    /// 400 for `If-None-Match` with tags, which on a change says what nobody can mean.
    pub(crate) fn on_write(&self, shape: &Shape) -> Result<Option<Vec<&str>>, Problem> {
        match (&self.if_none_match, &self.if_match) {
            // Only what does not exist may be changed: no version will do.
            (Some(Tags::Any), _) => Ok(Some(Vec::new())),
            (Some(Tags::These(_)), _) => Err(Problem::bad_header(
                "If-None-Match",
                "can only be * here; use If-Match with the ETag that was read",
            )),
            // What does not exist is 404 before it is 412 (section 13.2.1), so * asks for nothing more.
            (None, None | Some(Tags::Any)) => Ok(None),
            (None, Some(Tags::These(named))) => Ok(Some(named.iter().filter_map(|tag| shape.version(tag)).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn conditions(headers: &[(&str, &str)]) -> Result<Conditions, Problem> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        Conditions::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn reads_follow_the_precedence_of_the_rfc() {
        let current = Shape::fixed("aa").tag("1");
        let (ours, other, weak) = (r#""aa-1""#, r#""aa-2""#, r#"W/"aa-1""#);
        for (headers, expected) in [
            (&[][..], Ok(Known::Not)),
            (&[("If-None-Match", ours)], Ok(Known::Already)),
            (&[("If-None-Match", weak)], Ok(Known::Already)),
            (&[("If-None-Match", "*")], Ok(Known::Already)),
            (&[("If-None-Match", other)], Ok(Known::Not)),
            (&[("If-None-Match", other), ("If-None-Match", ours)], Ok(Known::Already)),
            (&[("If-None-Match", r#""aa-1-gzip""#)], Ok(Known::Already)),
            (&[("If-Match", ours)], Ok(Known::Not)),
            (&[("If-Match", "*")], Ok(Known::Not)),
            (&[("If-Match", weak)], Err(412)),
            (&[("If-Match", other)], Err(412)),
            (&[("If-Match", ours), ("If-None-Match", ours)], Ok(Known::Already)),
            (&[("If-Match", other), ("If-None-Match", ours)], Err(412)),
        ] {
            let read = conditions(headers).await.unwrap().on_read(&current);
            assert_eq!(read.map_err(|problem| problem.status().as_u16()), expected, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn writes_name_the_versions_that_they_may_meet() {
        let shape = Shape::fixed("aa");
        for (headers, expected) in [
            (&[][..], Ok(None)),
            (&[("If-Match", "*")], Ok(None)),
            (&[("If-Match", r#""aa-1", "aa-2-br""#)], Ok(Some(vec!["1", "2"]))),
            (&[("If-Match", r#"W/"aa-1", "bb-1""#)], Ok(Some(vec![]))),
            (&[("If-None-Match", "*")], Ok(Some(vec![]))),
            (&[("If-None-Match", r#""aa-1""#)], Err(400)),
        ] {
            let conditions = conditions(headers).await.unwrap();
            let versions = conditions.on_write(&shape).map_err(|problem| problem.status().as_u16());
            assert_eq!(versions, expected, "{headers:?}");
        }
    }

    #[tokio::test]
    async fn a_malformed_header_is_named() {
        for name in ["If-Match", "If-None-Match"] {
            let problem = conditions(&[(name, "6f3")]).await.unwrap_err();
            assert_eq!(problem.status(), 400);
            assert!(problem.message().starts_with(name), "{}", problem.message());
        }
    }
}
