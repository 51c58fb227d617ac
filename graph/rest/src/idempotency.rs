//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07).

use axum::extract::FromRequestParts;
use axum::http::header::HeaderName;
use axum::http::request::Parts;
use graph_host::idempotency_key::IdempotencyKey;
use graph_host::problem::Problem;

/// The header by which a client makes sure that a POST takes effect once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The idempotency key of a request, when it has one.
pub struct Idempotency(pub(crate) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for Idempotency {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(IDEMPOTENCY_KEY).iter();
        let refused = |what| Problem::bad_header("Idempotency-Key", what);
        match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(_), Some(_)) => Err(refused("must not be given more than once")),
            (Some(value), None) => {
                let key = value.to_str().ok().and_then(unquoted).unwrap_or_default();
                let key = IdempotencyKey::try_new(key).map_err(refused)?;
                Ok(Self(Some(key.into_string())))
            }
        }
    }
}

/// The key in a header: a string in quotes as the draft wants it (RFC 9651, section 3.3.3), or bare as many
/// clients send it. Nothing when the quotes do not match.
fn unquoted(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        return (!value.contains('"')).then(|| value.to_owned());
    };
    let (mut key, mut chars) = (String::new(), quoted.chars());
    loop {
        match chars.next()? {
            '"' => return chars.as_str().is_empty().then_some(key),
            '\\' => key.push(chars.next().filter(|c| matches!(c, '"' | '\\'))?),
            c => key.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn read(values: &[&[u8]]) -> Result<Option<String>, Problem> {
        let request = values.iter().fold(Request::builder(), |request, value| request.header(IDEMPOTENCY_KEY, *value));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        Idempotency::from_request_parts(&mut parts, &()).await.map(|key| key.0)
    }

    #[tokio::test]
    async fn a_key_is_a_string_in_quotes_or_bare() {
        assert_eq!(read(&[]).await.unwrap(), None);
        for (value, key) in [
            // The example of the draft, section 2.1.
            (r#""8e03978e-40d5-43dd-bc93-6894a57f9324""#, "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", "8e03978e-40d5-43dd-bc93-6894a57f9324"),
            (r#""a\"b\\c""#, r#"a"b\c"#),
            ("x", "x"),
        ] {
            assert_eq!(read(&[value.as_bytes()]).await.unwrap().as_deref(), Some(key), "{value}");
        }
        let longest = "k".repeat(255);
        assert_eq!(read(&[longest.as_bytes()]).await.unwrap(), Some(longest));
    }

    #[tokio::test]
    async fn what_is_no_key_is_refused_by_the_name_of_the_header() {
        let long = "k".repeat(256);
        for values in [
            &[&b""[..]][..],
            &[b"\"\""],
            &[b"\"a"],
            &[b"a\""],
            &[b"\"a\"b"],
            &[b"\"a\";p=1"],
            &[br#""a\b""#],
            &[b"a b"],
            &[b"\"a b\""],
            &["schlüssel".as_bytes()],
            &[b"\xFF"],
            &[long.as_bytes()],
            &[b"a", b"a"],
        ] {
            let problem = read(values).await.unwrap_err();
            assert_eq!(problem.status(), 400);
            assert!(problem.message().contains("Idempotency-Key"), "{}", problem.message());
        }
    }
}
