//! Values of labels that are only known at run time.

use std::collections::HashSet;
use std::sync::{OnceLock, PoisonError, RwLock};

/// How many different values are kept; a further one is `other`.
const LABELS_MAX: usize = 512;

/// What stands for a value that is one too many.
const OTHER: &str = "other";

/// A value that lives as long as the process: that of a path's template, of a schema's field, of a status. The first 512
/// different ones are kept, any other is `other`; so neither a label nor memory grows without end.
pub fn label(text: &str) -> &'static str {
    static KNOWN: OnceLock<RwLock<HashSet<&'static str>>> = OnceLock::new();
    let known = KNOWN.get_or_init(RwLock::default);
    if let Some(found) = known.read().unwrap_or_else(PoisonError::into_inner).get(text) {
        return found;
    }
    let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= LABELS_MAX {
        return OTHER;
    }
    let kept: &'static str = Box::leak(Box::from(text));
    known.insert(kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_values_are_kept() {
        assert_eq!(label("/books/{isbn}"), "/books/{isbn}");
        let kept = (0..2 * LABELS_MAX).filter(|n| label(&format!("label {n}")) != OTHER).count();
        assert!((LABELS_MAX / 2..LABELS_MAX).contains(&kept), "{kept}");
        assert_eq!(label("/books/{isbn}"), "/books/{isbn}");
    }
}
