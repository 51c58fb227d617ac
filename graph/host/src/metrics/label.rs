//! Values of labels that are only known at run time, and what is kept for each.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, OnceLock, PoisonError, RwLock};

/// How many different values are kept; a further one is `other`.
const LABELS_MAX: usize = 512;

/// What stands for a value that is one too many.
const OTHER: &str = "other";

/// A value that lives as long as the process: that of a path's template, of a schema's field. The first 512 different
/// ones are kept, any other is `other`; so neither a label nor memory grows without end.
pub fn label(text: &str) -> &'static str {
    static KNOWN: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = known.get(text) {
        return found;
    }
    if known.len() >= LABELS_MAX {
        return OTHER;
    }
    let kept: &'static str = Box::leak(Box::from(text));
    known.insert(kept);
    kept
}

/// The series of each label, made when it is met first and found by one look-up from then on.
#[derive(Debug)]
pub struct ByLabel<T>(RwLock<HashMap<&'static str, T>>);

impl<T> Default for ByLabel<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

impl<T: Clone> ByLabel<T> {
    /// What is kept for `text`, which `make` makes for its [`label`].
    pub fn get(&self, text: &str, make: impl FnOnce(&'static str) -> T) -> T {
        if let Some(found) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(text) {
            return found.clone();
        }
        let label = label(text);
        self.0.write().unwrap_or_else(PoisonError::into_inner).entry(label).or_insert_with(|| make(label)).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_values_are_kept() {
        let kept = ByLabel::default();
        assert_eq!(kept.get("/plants/{id}", |label| label), "/plants/{id}");
        let others = (0..2 * LABELS_MAX).filter(|n| kept.get(&format!("label {n}"), |label| label) == OTHER).count();
        assert!((LABELS_MAX..2 * LABELS_MAX).contains(&others), "{others}");
        assert!(kept.0.read().unwrap().len() <= LABELS_MAX + 1);
        assert_eq!(label("/plants/{id}"), "/plants/{id}");
        assert_eq!(kept.get("/plants/{id}", |_| "made anew"), "/plants/{id}");
    }
}
