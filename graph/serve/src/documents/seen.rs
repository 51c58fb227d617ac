//! The documents that came as text lately, read and checked.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::plan::Document;

/// How many documents are remembered; those that were not asked for the longest go first.
const SEEN_MAX: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// The longest text that is remembered, in bytes. Read, a document takes up to two hundred times as much, so that
/// all together stay within some twenty megabytes.
const TEXT_MAX_BYTES: usize = 2048;
/// The most response keys of a document that is remembered. Each takes most of a kilobyte, so that the plans of all stay within
/// some twenty megabytes as well. Introspection by tools has half as many.
const KEYS_MAX: u64 = 500;

/// Documents by their text.
pub(crate) struct Seen(Mutex<LruCache<String, Arc<Document>>>);

impl Default for Seen {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(SEEN_MAX)))
    }
}

impl Seen {
    pub(crate) fn get(&self, text: &str) -> Option<Arc<Document>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned()
    }

    pub(crate) fn put(&self, text: String, document: Arc<Document>) {
        if text.len() <= TEXT_MAX_BYTES && document.keys() <= KEYS_MAX {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).put(text, document);
        }
    }
}
