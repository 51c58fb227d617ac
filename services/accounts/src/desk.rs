//! The desk at which people sign up, in and out.

use std::net::IpAddr;
use std::sync::Arc;

use graph_host::exit::causes;
use graph_host::metrics::{Counters, Family};
use graph_serve::errors::{Code, hidden};
use store::{Added, StoreError};
use tokio::sync::Semaphore;

use crate::account::{Email, NewAccount, Password};
use crate::hashing::{Hasher, NotHashed};
use crate::letters::Letters;
use crate::signing::{NotSigned, Signer};
use crate::store::{AccountRow, AccountStore, Bucket, Columns, Credentials, Key, Opened, Refreshed};

static SIGN_INS: Counters<1> = Family::counters("bookstore_sign_ins", "Sign-ins, by what became of them", ["outcome"]);

/// What the desk is made of. Cloning it shares all of it.
#[derive(Clone)]
pub struct Desk {
    pub(crate) store: AccountStore,
    pub(crate) hasher: Hasher,
    pub(crate) signer: Signer,
    letters: Letters,
    /// Room for letters that are being written.
    writing: Arc<Semaphore>,
}

/// How many letters are written at once; a further one is not, and can be asked for again.
const LETTERS_MAX: usize = 64;

/// Something did not work at the desk.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password was not hashed.
    #[error(transparent)]
    Hashing(#[from] NotHashed),
    /// A token was not signed.
    #[error(transparent)]
    Signing(#[from] NotSigned),
}

/// Faults are the log's; clients read whether they can try again.
impl From<Fault> for async_graphql::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) | Fault::Signing(NotSigned::Store(error)) => error.into(),
            // So that those who are asked know that it is theirs to wait.
            Fault::Hashing(error @ NotHashed::Busy) => {
                tracing::info!(%error, "a sign-in was put off");
                Code::StoreUnavailable.error("Too many people are signing in at the moment; please try again.")
            }
            Fault::Hashing(error) => hidden(Code::Internal, &error),
            Fault::Signing(error) => hidden(Code::Internal, &error),
        }
    }
}

/// Somebody is signed in: an account, and the tokens of its session.
#[derive(Debug)]
pub struct SignedIn {
    /// The account.
    pub account: AccountRow,
    /// What shows who they are, for 15 minutes.
    pub access_token: String,
    /// What makes the next tokens, once.
    pub refresh_token: String,
}

/// What signing in can lead to.
#[derive(Debug)]
pub enum SignIn {
    /// It was right.
    Done(Box<SignedIn>),
    /// The address and the password do not belong together.
    Wrong,
    /// It was tried too often; after so many seconds it can be tried again.
    Wait(u32),
}

impl Desk {
    /// A desk over `store`, which signs for `issuer` and sends `letters`.
    ///
    /// # Errors
    /// When there is no thread to hash on.
    pub fn new(store: AccountStore, issuer: &str, letters: Letters) -> std::io::Result<Self> {
        let signer = Signer::new(store.clone(), issuer);
        let writing = Arc::new(Semaphore::new(LETTERS_MAX));
        Ok(Self { store, hasher: Hasher::start()?, signer, letters, writing })
    }

    /// How much was hashed since the start; see [`Hasher::work`].
    pub fn work(&self) -> u64 {
        self.hasher.work()
    }

    /// Makes an account with a password, and signs its holder in; nothing when the address has an account.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn sign_up(&self, account: NewAccount, from: Option<IpAddr>) -> Result<Option<SignedIn>, Fault> {
        let Some(password) = account.password.clone() else { return Ok(None) };
        let hash = self.hasher.hash(password).await?;
        let Added::New(row) = self.store.add(&account, Some(&hash), None).await? else { return Ok(None) };
        if let (Some(address), Some(id)) = (from, &row.id) {
            self.store.note_address(&account.email, id, address).await?;
        }
        self.open(row.id.as_deref().unwrap_or_default(), &hash).await
    }

    /// Signs somebody in who knows the password. It takes as long for an address that has no account.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn sign_in(&self, email: &str, password: Password, from: Option<IpAddr>) -> Result<SignIn, Fault> {
        let signed_in = self.try_sign_in(email, password, from).await;
        let outcome = match &signed_in {
            Ok(SignIn::Done(_)) => "done",
            Ok(SignIn::Wrong) => "wrong",
            Ok(SignIn::Wait(_)) => "wait",
            Err(Fault::Hashing(NotHashed::Busy)) => "busy",
            Err(_) => "failed",
        };
        SIGN_INS.of([outcome]).inc();
        signed_in
    }

    async fn try_sign_in(&self, email: &str, password: Password, from: Option<IpAddr>) -> Result<SignIn, Fault> {
        let Ok(email) = Email::try_new(email) else {
            // Nobody has it, and that must not be told by the time it takes; nor is it a way around the limit.
            if let Some(address) = from
                && let Err(seconds) = self.store.take(Bucket::Address(address)).await?
            {
                return Ok(SignIn::Wait(seconds));
            }
            self.hasher.verify(password, None).await?;
            return Ok(SignIn::Wrong);
        };
        let (id, hash) = match self.guess(&email, password, from).await? {
            Guess::Wait(seconds) => return Ok(SignIn::Wait(seconds)),
            Guess::Wrong => return Ok(SignIn::Wrong),
            Guess::Right(Credentials { id, password, .. }) => (id, password.unwrap_or_default()),
        };
        if let Some(address) = from {
            self.store.note_address(&email, &id, address).await?;
        }
        Ok(self.open(&id, &hash).await?.map_or(SignIn::Wrong, |signed_in| SignIn::Done(Box::new(signed_in))))
    }

    /// Compares a password with that of an address; so many guesses in a time, and each counts before it is looked at.
    pub(crate) async fn guess(&self, email: &Email, password: Password, from: Option<IpAddr>) -> Result<Guess, Fault> {
        let mut buckets = Vec::new();
        if let Some(address) = from {
            buckets.push(Bucket::Address(address));
        }
        buckets.push(match from {
            Some(address) if self.store.knows(email, address).await? => Bucket::Known(email, address),
            _ => Bucket::Email(email),
        });
        for bucket in &buckets {
            if let Err(seconds) = self.store.take(*bucket).await? {
                return Ok(Guess::Wait(seconds));
            }
        }
        let known = self.store.credentials(email).await?;
        let hash = known.as_ref().and_then(|known| known.password.clone());
        let verified = self.hasher.verify(password, hash).await;
        // What was not compared is no guess either.
        if !matches!(verified, Ok(false)) {
            for bucket in &buckets {
                self.store.give_back(*bucket).await?;
            }
        }
        Ok(match known.filter(|_| matches!(verified, Ok(true))) {
            Some(known) => Guess::Right(known),
            None => verified.map(|_| Guess::Wrong)?,
        })
    }

    /// Makes new tokens of a refresh token, which is used up; nothing when it is not good.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn refresh(&self, token: &str) -> Result<Option<SignedIn>, Fault> {
        match self.store.refresh(token).await? {
            Refreshed::Done(account, opened) => Ok(Some(self.tokens(*account, opened).await?)),
            Refreshed::Unknown => Ok(None),
            Refreshed::Reused => {
                tracing::warn!("a refresh token was used again: its session has ended");
                Ok(None)
            }
        }
    }

    /// A token for somebody who only looks around.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn guest(&self) -> Result<String, Fault> {
        Ok(self.signer.token(&format!("guest-{}", uuid::Uuid::new_v4()), "guest", None).await?)
    }

    /// Sends whoever has an address the token to set the password anew, if they have an account and were not sent many of late.
    /// Nobody is told which: it is done afterwards, so that not even the time that it takes tells.
    pub fn ask_reset(&self, email: &str) {
        let (Ok(email), Ok(place)) = (Email::try_new(email), Arc::clone(&self.writing).try_acquire_owned()) else {
            return;
        };
        let desk = self.clone();
        tokio::spawn(async move {
            if let Err(cause) = desk.send_reset(&email).await {
                tracing::error!(cause, "a letter could not be sent");
            }
            drop(place);
        });
    }

    async fn send_reset(&self, email: &Email) -> Result<(), String> {
        let failed = |error: StoreError| causes(&error);
        let Some(known) = self.store.credentials(email).await.map_err(failed)? else { return Ok(()) };
        if self.store.take(Bucket::Letters(email)).await.map_err(failed)?.is_err() {
            return Ok(());
        }
        let token = self.store.ask_reset(&known.id).await.map_err(failed)?;
        // Not to the address as it was typed, which may be another one in the same small letters.
        self.letters.send_reset(&known.email, &token).await
    }

    /// Opens a session of an account whose password has this hash still. What the account is, is read afterwards: whoever changes
    /// its role ends the sessions that are open then.
    async fn open(&self, account: &str, hash: &str) -> Result<Option<SignedIn>, Fault> {
        let Some(opened) = self.store.open_session(account, hash).await? else { return Ok(None) };
        let rows = self.store.find(Key::Ids(vec![account.to_owned()]), None, Columns::ALL).await?;
        match rows.into_iter().next() {
            Some(row) => self.tokens(row, opened).await.map(Some),
            None => Ok(None),
        }
    }

    async fn tokens(&self, account: AccountRow, opened: Opened) -> Result<SignedIn, Fault> {
        let (id, role) = (account.id.as_deref().unwrap_or_default(), account.role.as_deref().unwrap_or_default());
        let access_token = self.signer.token(id, role, Some(&opened.session)).await?;
        Ok(SignedIn { account, access_token, refresh_token: opened.refresh_token })
    }
}

/// What became of a guess.
pub(crate) enum Guess {
    /// It was right, and whose it is.
    Right(Credentials),
    /// It was wrong.
    Wrong,
    /// There were too many; the next one after so many seconds.
    Wait(u32),
}
