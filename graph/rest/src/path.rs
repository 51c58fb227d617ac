//! The parameters in a path, in whatever shape they come.

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use graph_host::problem::Problem;

use crate::field::{Bounds, Field, Kind};
use crate::operation::Parameter;

/// The longest key that is sent on, in bytes, unless keys are longer by their bounds. Keys travel together: one of many
/// kilobytes would make a batch too large for the service, and so fail those of others.
const KEY_MAX_BYTES: usize = 64;
/// The most bytes of a character.
const CHARACTER_MAX_BYTES: usize = 4;

/// The parameters of a path by their names; nothing when one is no text.
pub(crate) struct InPath(Option<RawPathParams>);

impl<S: Send + Sync> FromRequestParts<S> for InPath {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let path: Result<_, RawPathParamsRejection> = RawPathParams::from_request_parts(parts, state).await;
        Ok(Self(path.ok()))
    }
}

impl InPath {
    /// The value of a parameter.
    ///
    /// # Errors
    /// 400 when it must be a number and is none; 404 when no `thing` can have such a key.
    pub(crate) fn get(&self, field: &Field, thing: &str) -> Result<&str, Problem> {
        let nobody = || Problem::not_found(format!("No {thing} can have such {}.", named(field)));
        let mut all = self.0.iter().flatten();
        let value = all.find(|(name, _)| *name == field.rest).map(|(_, value)| value);
        match field.kind {
            Kind::Number | Kind::Integer => {
                let text = value.unwrap_or_default();
                let digits = text.strip_prefix('-').unwrap_or(text);
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(Problem::bad_parameter(&field.rest, "must be a number"));
                }
                text.parse::<i64>().map(|_| text).map_err(|_| nobody())
            }
            _ => value.filter(|value| value.len() <= longest(&field.bounds)).ok_or_else(nobody),
        }
    }

    /// The values of those of `parameters` that are in the path, with their names.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub(crate) fn all<'a>(
        &'a self,
        parameters: &'a [Parameter],
        thing: &str,
    ) -> Result<Vec<(&'a str, &'a str)>, Problem> {
        let known = parameters.iter().filter(|parameter| parameter.in_path).map(|parameter| &parameter.field);
        known.map(|field| Ok((field.rest.as_str(), self.get(field, thing)?))).collect()
    }
}

/// What people call a key.
fn named(field: &Field) -> String {
    match field.kind {
        Kind::Number | Kind::Integer => "a number".to_owned(),
        _ => format!("an {}", field.rest),
    }
}

fn longest(bounds: &Bounds) -> usize {
    bounds.max_length.map_or(KEY_MAX_BYTES, |most| KEY_MAX_BYTES.max(most.saturating_mul(CHARACTER_MAX_BYTES)))
}
