//! Passwords: argon2id in a bounded pool with a queue.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{ErrorKind, Secret};
use tokio::sync::Semaphore;

/// How many checks may wait.
const QUEUE: usize = 64;
/// The bytes that a password may have; more would let one request cost much.
const LONGEST: usize = 1024;
/// The characters that a new password must have.
const SHORTEST: usize = 8;

/// Failures of hashing and checking.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The queue is full.
    #[error("too many passwords are being checked; try again shortly")]
    Busy,
    /// The password is too short.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// The password is too long.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// Hashing failed.
    #[error("hashing a password: {message}")]
    Hash {
        /// What the hasher said.
        message: String,
    },
}

impl PasswordError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Busy => ErrorKind::TooMany,
            Self::TooShort | Self::TooLong => ErrorKind::Invalid,
            Self::Hash { .. } => ErrorKind::Internal,
        }
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy => "BUSY",
            Self::TooShort | Self::TooLong => "PASSWORD_INVALID",
            Self::Hash { .. } => "INTERNAL",
        }
    }
}

#[derive(Debug)]
struct Pool {
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
    /// The hash of a password that nobody has, checked where there is none: unknown users cost the same.
    nobody: String,
    cost: Cost,
}

/// What one check costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
}

/// The pool that hashes and checks passwords; cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Pool>);

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passwords")
    }
}

impl Passwords {
    /// Makes a pool with OWASP's recommended cost (19 MiB, two passes) and half of the processors.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn new() -> Result<Self, PasswordError> {
        Self::with_cost(Cost { memory_kib: 19 * 1024, passes: 2 })
    }

    /// Makes a pool whose checks cost nearly nothing; for tests alone.
    ///
    /// # Errors
    /// If the machine has no random numbers.
    pub fn cheap() -> Result<Self, PasswordError> {
        Self::with_cost(Cost { memory_kib: 8, passes: 1 })
    }

    fn with_cost(cost: Cost) -> Result<Self, PasswordError> {
        let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).div_ceil(2);
        let secret = pki::random_token().map_err(|error| PasswordError::Hash { message: error.to_string() })?;
        let nobody = hash(cost, secret.expose())?;
        Ok(Self(Arc::new(Pool {
            running: Arc::new(Semaphore::new(workers)),
            waiting: AtomicUsize::new(0),
            nobody,
            cost,
        })))
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// If it is too short or too long, or too many wait.
    pub async fn hash(&self, password: &Secret) -> Result<String, PasswordError> {
        if password.expose().chars().count() < SHORTEST {
            return Err(PasswordError::TooShort);
        }
        if password.expose().len() > LONGEST {
            return Err(PasswordError::TooLong);
        }
        let (cost, password) = (self.0.cost, password.clone());
        self.run(move || hash(cost, password.expose())).await?
    }

    /// Checks a password against a stored hash; without one it costs the same and the answer is no.
    ///
    /// # Errors
    /// If too many wait.
    pub async fn verify(&self, password: &Secret, stored: Option<&str>) -> Result<bool, PasswordError> {
        if password.expose().len() > LONGEST {
            return Ok(false);
        }
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.0.nobody).to_owned();
        let password = password.clone();
        let matches = self.run(move || verify(password.expose(), &stored)).await?;
        Ok(matches && known)
    }

    async fn run<T: Send + 'static>(&self, f: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let _waiting = Waiting::enter(&self.0)?;
        let closed = |message: String| PasswordError::Hash { message };
        let running = Arc::clone(&self.0.running);
        let permit = running.acquire_owned().await.map_err(|error| closed(error.to_string()))?;
        // The permit goes with the work: a caller who leaves does not make room for more of it.
        let work = tokio::task::spawn_blocking(move || {
            let done = f();
            drop(permit);
            done
        });
        work.await.map_err(|error| closed(error.to_string()))
    }
}

/// A place in the queue, given back when its holder leaves.
struct Waiting<'a>(&'a Pool);

impl<'a> Waiting<'a> {
    fn enter(pool: &'a Pool) -> Result<Self, PasswordError> {
        if pool.waiting.fetch_add(1, Ordering::Relaxed) >= QUEUE {
            pool.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(PasswordError::Busy);
        }
        Ok(Self(pool))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(cost: Cost, password: &str) -> Result<String, PasswordError> {
    let failed = |error: String| PasswordError::Hash { message: error };
    let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(|error| failed(error.to_string()))?;
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher
        .hash_password(password.as_bytes())
        .map(|hash: PasswordHash| hash.to_string())
        .map_err(|error| failed(error.to_string()))
}

fn verify(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = Passwords::cheap().unwrap();
        let stored = passwords.hash(&Secret::new("correct horse")).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(passwords.verify(&Secret::new("correct horse"), Some(&stored)).await.unwrap());
        assert!(!passwords.verify(&Secret::new("correct hors"), Some(&stored)).await.unwrap());
        assert!(!passwords.verify(&Secret::new("correct horse"), None).await.unwrap());
        assert!(!passwords.verify(&Secret::new("correct horse"), Some("nonsense")).await.unwrap());
    }

    #[tokio::test]
    async fn passwords_out_of_bounds_are_refused() {
        let passwords = Passwords::cheap().unwrap();
        assert!(matches!(passwords.hash(&Secret::new("short")).await, Err(PasswordError::TooShort)));
        assert!(matches!(passwords.hash(&Secret::new("x".repeat(1025))).await, Err(PasswordError::TooLong)));
        assert!(!passwords.verify(&Secret::new("x".repeat(1025)), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_more() {
        let passwords = Passwords::cheap().unwrap();
        let places: Vec<_> = (0..QUEUE).map(|_| Waiting::enter(&passwords.0).unwrap()).collect();
        let refused = passwords.verify(&Secret::new("anything"), None).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::TooMany);
        drop(places);
        assert!(!passwords.verify(&Secret::new("anything"), None).await.unwrap());
    }
}
