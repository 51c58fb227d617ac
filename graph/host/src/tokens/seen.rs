//! Tokens that were verified before. A client sends the same one with every request: to find it here took 0.1 µs where to
//! verify it took 1.6 (HS256), 35 (EdDSA), 157 (RS256) or 222 µs (ES256).

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::clock::{LEEWAY_SECONDS, now};
use crate::identity::Identity;

/// How many tokens are remembered.
const TOKENS_MAX: usize = 1024;
/// The longest token that is remembered, in bytes, so that all of them take 1 MiB at most.
const TOKEN_MAX_BYTES: usize = 1024;

/// Tokens that were good when they were last verified; only they get in.
#[derive(Default)]
pub(super) struct Seen(RwLock<HashMap<Box<str>, Verified>>);

struct Verified {
    identity: Arc<Identity>,
    /// Seconds since 1970.
    exp: f64,
    /// The public keys that it was verified with; with others it must be verified again.
    generation: u64,
}

impl Verified {
    fn holds(&self, generation: u64) -> bool {
        self.generation == generation && now().as_secs_f64() < self.exp + f64::from(LEEWAY_SECONDS)
    }
}

impl Seen {
    /// Who has a token that was verified with these keys and has not expired since.
    pub(super) fn identity(&self, token: &str, generation: u64) -> Option<Arc<Identity>> {
        let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
        seen.get(token).filter(|verified| verified.holds(generation)).map(|verified| Arc::clone(&verified.identity))
    }

    /// Remembers a token that has just been verified.
    pub(super) fn note(&self, token: &str, identity: &Arc<Identity>, exp: f64, generation: u64) {
        if token.len() > TOKEN_MAX_BYTES {
            return;
        }
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= TOKENS_MAX {
            seen.retain(|_, verified| verified.holds(generation));
        }
        if seen.len() >= TOKENS_MAX {
            seen.clear();
        }
        seen.insert(token.into(), Verified { identity: Arc::clone(identity), exp, generation });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_expired_or_was_verified_with_other_keys_is_not_known() {
        let (seen, groot, later) = (Seen::default(), Arc::new(Identity::nobody()), now().as_secs_f64() + 60.0);
        seen.note("good", &groot, later, 1);
        seen.note("expired", &groot, later - 60.0 - 11.0, 1);
        assert_eq!(seen.identity("good", 1), Some(groot));
        assert_eq!(seen.identity("good", 2), None);
        assert_eq!(seen.identity("expired", 1), None);
    }

    #[test]
    fn only_so_many_are_remembered() {
        let (seen, groot, later) = (Seen::default(), Arc::new(Identity::nobody()), now().as_secs_f64() + 60.0);
        for n in 0..3 * TOKENS_MAX {
            seen.note(&n.to_string(), &groot, later, 0);
            assert!(seen.0.read().unwrap().len() <= TOKENS_MAX);
            assert!(seen.identity(&n.to_string(), 0).is_some(), "the newest is remembered");
        }
        seen.note(&"x".repeat(TOKEN_MAX_BYTES + 1), &groot, later, 0);
        assert!(seen.identity(&"x".repeat(TOKEN_MAX_BYTES + 1), 0).is_none());
    }
}
