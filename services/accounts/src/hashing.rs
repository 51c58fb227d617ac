//! Hashing passwords, on threads of its own: each hash takes tens of milliseconds and 19 MiB, so there are only so many at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::oneshot;

use crate::account::Password;

/// The memory of a hash, in KiB, and how often it is passed over: the first choice of OWASP's Password Storage Cheat Sheet.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// How many hashes may wait for each thread: at some 30 ms each they wait for a second.
const WAITING_MAX: usize = 32;
/// How much later than others a hashing thread's turn comes: it gets about a tenth of a core that others want.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;
/// A hash of nothing that anybody knows, to be compared with where there is no other, so that it takes as long.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdDE2IQ$x2cmpYbi1rn2z4Yp2G5YJkXcN8sBzjI8Jw0S6u3m3Xs";

/// A hash could not be made.
#[derive(Debug, thiserror::Error)]
pub enum NotHashed {
    /// Too many others are waiting.
    #[error("too many passwords are being hashed")]
    Busy,
    /// The library refused, or there is no randomness.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}

/// Hashes passwords with Argon2id (RFC 9106). Cloning it shares the threads, which end with the last of them.
#[derive(Clone)]
pub struct Hasher {
    jobs: SyncSender<Job>,
    work: Arc<AtomicU64>,
}

/// What a thread has to do, unless whoever asked has left.
struct Job {
    task: Task,
    answer: oneshot::Sender<Result<Done, NotHashed>>,
}

enum Task {
    Hash(Password),
    Verify(Password, Option<String>),
}

enum Done {
    Hash(String),
    Verified(bool),
}

impl Hasher {
    /// Starts the threads: half as many as there are cores, so that sign-ins leave the others alone.
    ///
    /// # Errors
    /// When the system has no thread.
    pub fn start() -> std::io::Result<Self> {
        let threads = thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1));
        let (jobs, waiting) = sync_channel(WAITING_MAX * threads);
        let (waiting, work) = (Arc::new(Mutex::new(waiting)), Arc::new(AtomicU64::new(0)));
        for _ in 0..threads {
            let (waiting, work) = (Arc::clone(&waiting), Arc::clone(&work));
            thread::Builder::new().name("hashing".to_owned()).spawn(move || {
                yield_to_others();
                run(&waiting, &work);
            })?;
        }
        Ok(Self { jobs, work })
    }

    /// The hash of a password, with a salt of its own (a PHC string).
    ///
    /// # Errors
    /// [`NotHashed`].
    pub async fn hash(&self, password: Password) -> Result<String, NotHashed> {
        match self.ask(Task::Hash(password)).await? {
            Done::Hash(hash) => Ok(hash),
            Done::Verified(_) => Err(NotHashed::Failed("something else was done".to_owned())),
        }
    }

    /// Whether a password is the one with this hash. It takes as long where there is no hash.
    ///
    /// # Errors
    /// [`NotHashed`].
    pub async fn verify(&self, password: Password, hash: Option<String>) -> Result<bool, NotHashed> {
        match self.ask(Task::Verify(password, hash)).await? {
            Done::Verified(fits) => Ok(fits),
            Done::Hash(_) => Err(NotHashed::Failed("something else was done".to_owned())),
        }
    }

    async fn ask(&self, task: Task) -> Result<Done, NotHashed> {
        let (answer, answered) = oneshot::channel();
        self.jobs.try_send(Job { task, answer }).map_err(|_| NotHashed::Busy)?;
        answered.await.unwrap_or_else(|_| Err(NotHashed::Failed("the thread ended".to_owned())))
    }

    /// How much was hashed since the start: KiB of memory, as often as they were passed over.
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }
}

/// Lets all other threads go before this one when the cores are busy: whoever signs in can wait a moment longer than whoever reads.
/// Elsewhere than on Linux this would be the whole process.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "hashing cannot be put behind other work");
    }
}

/// Does one job after the other, until nobody can ask any more.
fn run(waiting: &Mutex<Receiver<Job>>, work: &AtomicU64) {
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { task, answer }) = job else { return };
        if !answer.is_closed() {
            // Whoever asked may leave meanwhile.
            let _ = answer.send(done(task, work));
        }
    }
}

fn done(task: Task, work: &AtomicU64) -> Result<Done, NotHashed> {
    let failed = |error: &dyn std::fmt::Display| NotHashed::Failed(error.to_string());
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| failed(&error))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    work.fetch_add(u64::from(MEMORY_KIB * PASSES), Ordering::Relaxed);
    match task {
        Task::Hash(password) => {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|error| failed(&error))?;
            let hash = argon2.hash_password_with_salt(password.bytes(), &salt).map_err(|error| failed(&error))?;
            Ok(Done::Hash(hash.to_string()))
        }
        Task::Verify(password, hash) => {
            let known = hash.is_some() && password.can_be();
            let bytes = if password.can_be() { password.bytes() } else { &[] };
            let fits = argon2.verify_password(bytes, hash.as_deref().unwrap_or(NOBODYS));
            Ok(Done::Verified(known && fits.is_ok()))
        }
    }
}
