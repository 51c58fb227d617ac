//! The key by which a client makes sure that a request takes effect once, however often it is sent.

/// The most characters of a key.
pub const KEY_MAX: usize = 255;

/// An idempotency key: up to [`KEY_MAX`] visible ASCII characters that the client chose.
#[derive(Clone, Debug, PartialEq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key that `text` is.
    ///
    /// # Errors
    /// What it must be, to be read after the name of what holds it.
    pub fn try_new(text: impl Into<String>) -> Result<Self, &'static str> {
        let text = text.into();
        match text.len() {
            1..=KEY_MAX if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text)),
            _ => Err("must be 1 to 255 visible ASCII characters, such as a UUID"),
        }
    }

    /// The key as the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as the client wrote it.
    pub fn into_string(self) -> String {
        self.0
    }
}
