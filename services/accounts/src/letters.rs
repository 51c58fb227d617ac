//! Letters to people, as files `*.eml` (RFC 5322) in the data folder, from where a mail server takes them.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lettre::address::Envelope;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::{Address, Message};
use uuid::Uuid;

/// Who writes.
const FROM: &str = "Bookstore <no-reply@bookstore.example>";

/// Where letters go.
#[derive(Clone, Debug)]
pub struct Letters(Option<Arc<Path>>);

impl Letters {
    /// Letters into this folder; without one they go nowhere, which is told once.
    pub fn into(folder: Option<PathBuf>) -> Self {
        if folder.is_none() {
            tracing::warn!("there is no folder for letters: no password can be set anew (BOOKSTORE_DATA_DIR)");
        }
        Self(folder.map(Into::into))
    }

    /// Sends somebody the token by which they can set their password anew.
    ///
    /// # Errors
    /// A sentence for the log.
    pub async fn send_reset(&self, to: &str, token: &str) -> Result<(), String> {
        let Some(folder) = self.0.clone() else { return Ok(()) };
        let to: Address = to.parse().map_err(|error| format!("the address is none for a letter: {error}"))?;
        // Said by itself: of some addresses the library makes none.
        let from: Mailbox = FROM.parse().map_err(|error| format!("{error}"))?;
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.clone()]).map_err(|error| error.to_string())?;
        let letter = Message::builder()
            .envelope(envelope)
            .from(from)
            .to(Mailbox::new(None, to))
            .subject("Set your password anew")
            .header(ContentType::TEXT_PLAIN)
            .body(text(token))
            .map_err(|error| error.to_string())?
            .formatted();
        let written = tokio::task::spawn_blocking(move || write(&folder, &letter));
        written.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
    }
}

fn text(token: &str) -> String {
    format!(
        "Somebody, most likely you, asked to set the password of your account at the bookstore anew.\r\n\r\n\
         The token for it is good for an hour, and once:\r\n\r\n{token}\r\n\r\n\
         Send it with the new password: PUT /password-resets/{token} {{\"password\": \"...\"}}\r\n\r\n\
         If it was not you, there is nothing to do: your password stays as it is.\r\n"
    )
}

/// Puts a letter into a folder, whole or not at all, for nobody but the owner to read.
fn write(folder: &Path, letter: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::create_dir_all(folder)?;
    let name = Uuid::now_v7();
    let (begun, done) = (folder.join(format!("{name}.part")), folder.join(format!("{name}.eml")));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&begun)?;
    file.write_all(letter)?;
    file.sync_all()?;
    std::fs::rename(begun, done)
}
