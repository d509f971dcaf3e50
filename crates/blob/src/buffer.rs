//! Reused buffers for reading files.

use std::sync::{Mutex, PoisonError};

/// The size of a read: large enough that the cost of a call does not matter.
pub(crate) const READ_BYTES: usize = 256 * 1024;
const KEPT: usize = 32;

static POOL: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer that goes back to the pool when the last reader of its bytes is done.
#[derive(Debug)]
pub(crate) struct Buffer {
    data: Vec<u8>,
    filled: usize,
}

impl Buffer {
    pub(crate) fn take() -> Self {
        let kept = POOL.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self { data: kept.unwrap_or_else(|| vec![0; READ_BYTES]), filled: 0 }
    }

    /// Returns the whole space.
    pub(crate) fn space(&mut self) -> &mut [u8] {
        &mut self.data
    }

    /// Notes how much of it holds data.
    pub(crate) fn fill(&mut self, bytes: usize) {
        self.filled = bytes.min(self.data.len());
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.data[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        if pool.len() < KEPT {
            pool.push(std::mem::take(&mut self.data));
        }
    }
}
