//! A few threads that read, each with a connection of its own.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex};
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::database;

type Job = Box<dyn FnOnce(&Connection) + Send>;

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

#[derive(Default)]
struct Pool {
    queue: Mutex<Queue>,
    waiting: Condvar,
}

/// The pool; the threads end when it is closed or dropped.
pub(crate) struct Readers {
    pool: Arc<Pool>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Readers {
    /// Opens the connections and starts the threads.
    pub(crate) fn start(path: &Path, name: &str, count: usize) -> Result<Self, StartError> {
        let readers = Self { pool: Arc::default(), threads: Mutex::default() };
        for number in 0..count.max(1) {
            let connection = database::open_reader(path).map_err(StartError::Open)?;
            let pool = Arc::clone(&readers.pool);
            let thread = std::thread::Builder::new()
                .name(format!("{name}-read-{number}"))
                .spawn(move || pool.serve(&connection))
                .map_err(StartError::Thread)?;
            readers.threads.lock().push(thread);
        }
        Ok(readers)
    }

    /// Runs a query inside one read transaction; `None` if the pool is closed or the query panicked.
    pub(crate) async fn run<T, E>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    ) -> Option<Result<T, E>>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        let (reply, waiting) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // Whoever asked may have gone away.
            if !reply.is_closed() {
                drop(reply.send(query(connection)));
            }
        });
        {
            let mut queue = self.pool.queue.lock();
            if queue.closed {
                return None;
            }
            queue.jobs.push_back(job);
        }
        self.pool.waiting.notify_one();
        waiting.await.ok()
    }

    /// Ends the threads; waits for queries under way.
    pub(crate) fn close(&self) {
        self.pool.close();
        for thread in self.threads.lock().drain(..) {
            // A thread that panicked has ended too.
            let _ = thread.join();
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.pool.close();
    }
}

impl Pool {
    fn close(&self) {
        let mut queue = self.queue.lock();
        queue.closed = true;
        queue.jobs.clear();
        drop(queue);
        self.waiting.notify_all();
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock();
        loop {
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            self.waiting.wait(&mut queue);
        }
    }

    fn serve(&self, connection: &Connection) {
        while let Some(job) = self.next() {
            // One view for all statements of a query.
            if let Err(error) = run(connection, "BEGIN") {
                tracing::warn!("a read cannot begin: {error}");
            }
            if catch_unwind(AssertUnwindSafe(|| job(connection))).is_err() {
                tracing::error!("a query panicked");
            }
            if !connection.is_autocommit()
                && let Err(error) = run(connection, "ROLLBACK")
            {
                tracing::warn!("a read cannot end: {error}");
            }
        }
    }
}

fn run(connection: &Connection, statement: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(statement)?.execute([]).map(drop)
}

/// Failures of starting the pool.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("opening a reader")]
    Open(#[source] rusqlite::Error),
    #[error("starting a reader's thread")]
    Thread(#[source] std::io::Error),
}
