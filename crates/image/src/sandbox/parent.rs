//! The parent's side: it moves, counts and hashes bytes, and believes no child about a digest.

use std::io::{self, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use catalogue::LayerRecord;
use oci::Digest;

use super::child::{Order, Task, WORKER_COMMAND, pieces};
use super::frame::{self, FrameKind};
use crate::compress::Compression;
use crate::error::Error;
use crate::hash::Sha256;
use crate::layer::LayerJob;

/// Files of one layer that may kill their reader, each costing another pass, before the layer is given up.
const MAX_DEATHS: usize = 8;

/// What one pipe holds, if the system allows it.
const PIPE_BYTES: usize = 1 << 20;

/// Bytes moved at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// The program that becomes a child when it is given [`WORKER_COMMAND`].
#[derive(Debug, Clone)]
pub struct Worker {
    program: PathBuf,
    arguments: Vec<String>,
}

/// A layer as it was fed to a child.
#[derive(Debug)]
pub struct Feed {
    /// What the child read, under the digest that the parent saw.
    pub record: LayerRecord,
    /// The digest of the bytes as they came, compressed or not.
    pub blob: Digest,
}

/// How one pass ended.
enum Pass {
    Done(Box<Feed>),
    /// The child died.
    Died(Death),
}

impl Worker {
    /// Takes the program to start; it is given [`WORKER_COMMAND`] as its only argument.
    #[must_use]
    pub fn new(program: PathBuf) -> Self {
        Self { program, arguments: vec![WORKER_COMMAND.to_owned()] }
    }

    /// Takes the running program.
    ///
    /// # Errors
    /// When it cannot be found any more.
    pub fn this_program() -> Result<Self, Error> {
        std::env::current_exe().map(Self::new).map_err(|source| Error::Worker { source })
    }

    /// Reads a layer in a child. `open` is called for each pass: a file that kills its child is left out of the next one.
    ///
    /// # Errors
    /// When the layer's bytes cannot be read, or no child can be started or sealed off. A layer that kills its children
    /// again and again is no error: its record says that it is unreadable.
    pub fn read<'a>(
        &self,
        mut open: impl FnMut() -> Result<Box<dyn Read + Send + 'a>, Error>,
        job: &LayerJob,
    ) -> Result<Feed, Error> {
        let (deadline, mut job) = (job.limits.deadline, job.clone());
        let end = Instant::now() + deadline;
        let late = || format!("reading it took more than {} seconds", deadline.as_secs());
        let (mut layer_died, mut had_accident) = (None, false);
        while job.skip.len() <= MAX_DEATHS && layer_died.is_none() {
            // All passes share the time that the layer has.
            job.limits.deadline = end.saturating_duration_since(Instant::now());
            match self.pass(open()?, &job)? {
                Pass::Done(mut feed) => {
                    feed.record.had_accident |= had_accident;
                    return Ok(*feed);
                }
                Pass::Died(_) if Instant::now() >= end => layer_died = Some(late()),
                Pass::Died(Death { at: Some(path), is_accident, .. }) if !job.skip.contains(&path) => {
                    had_accident |= is_accident;
                    job.skip.push(path);
                }
                Pass::Died(death) => layer_died = Some(death.reason),
            }
        }
        lost(open()?, layer_died.as_deref().unwrap_or("too many of its files kill their reader"))
    }

    fn pass(&self, mut input: Box<dyn Read + Send + '_>, job: &LayerJob) -> Result<Pass, Error> {
        let mut head = vec![0; CHUNK_BYTES];
        let got = fill(&mut input, &mut head).map_err(|source| Error::Read { source })?;
        head.truncate(got);
        let compression = Compression::of(&head);
        let mut reader = self.start(Task::Read, job)?;
        let mut unpacker = match compression {
            Compression::None => None,
            Compression::Gzip | Compression::Zstd => Some(self.start(Task::Uncompress, job)?),
        };
        let (Some(out), Some(to_reader)) = (reader.child.stdout.take(), reader.child.stdin.take()) else {
            return Err(Error::Worker { source: io::Error::other("it has no pipes") });
        };
        let watchdog = Watchdog::start(&[Some(&reader), unpacker.as_ref()], job.limits.deadline);
        let outcome = std::thread::scope(|scope| {
            let feeding = match &mut unpacker {
                None => {
                    let feed = scope.spawn(move || {
                        let moved = feed(&head, &mut input, to_reader)?;
                        Ok((moved.digest.clone(), moved))
                    });
                    Feeding::Plain(feed)
                }
                Some(unpacker) => {
                    let pipes = (unpacker.child.stdin.take(), unpacker.child.stdout.take());
                    let (Some(to_unpacker), Some(unpacked)) = pipes else {
                        return Err(Error::Worker { source: io::Error::other("it has no pipes") });
                    };
                    let packed = scope.spawn(move || feed(&head, &mut input, to_unpacker));
                    let unpacked = scope.spawn(move || relay(unpacked, to_reader));
                    Feeding::Packed(packed, unpacked)
                }
            };
            let answer = listen(BufReader::new(out));
            if answer.is_err() {
                reader.kill();
            }
            Ok((answer, feeding.join()))
        });
        drop(watchdog);
        let (answer, moved) = outcome?;
        let (blob, layer, broken) = moved?;
        // Somebody else's kill: the system was out of memory, or whoever looks after it was impatient.
        let was_killed =
            answer.is_err() && reader.child.wait().is_ok_and(|status| status.signal() == Some(libc::SIGKILL));
        Ok(match answer {
            Ok(mut record) => {
                record.diff_id = layer.digest;
                record.size_bytes = layer.bytes;
                if let Some(reason) = broken {
                    record.unreadable.push(catalogue::Unreadable { path: "/".to_owned(), reason });
                    record.unreadable.sort();
                }
                Pass::Done(Box::new(Feed { record, blob }))
            }
            Err(Unheard::Failed(reason)) => return Err(Error::Unsealed { reason }),
            Err(Unheard::Died { at, reason }) => Pass::Died(Death { at, reason, is_accident: was_killed }),
        })
    }

    fn start(&self, task: Task, job: &LayerJob) -> Result<Running, Error> {
        let failed = |source| Error::Worker { source };
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear().current_dir("/");
        // The allocator would take address space that it never uses.
        command.env("MIMALLOC_ARENA_EAGER_COMMIT", "0").env("MIMALLOC_PURGE_DELAY", "0");
        if let Some(folder) = std::env::var_os("TMPDIR") {
            command.env("TMPDIR", folder);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let order = serde_json::to_vec(&Order { task, job: job.clone() }).map_err(|error| failed(error.into()))?;
        if let Some(stdin) = &mut child.stdin {
            // A small pipe is only slower.
            let _ = rustix::pipe::fcntl_setpipe_size(&*stdin, PIPE_BYTES);
            frame::write(stdin, FrameKind::Job, &order).map_err(failed)?;
        }
        if let Some(stdout) = &child.stdout {
            let _ = rustix::pipe::fcntl_setpipe_size(stdout, PIPE_BYTES);
        }
        Ok(Running { child })
    }
}

/// A child that does not outlive its parent's interest.
struct Running {
    child: Child,
}

impl Running {
    fn kill(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.wait();
    }
}

/// Kills children that outlive their time while they wait rather than compute.
struct Watchdog(Option<(mpsc::Sender<()>, std::thread::JoinHandle<()>)>);

impl Watchdog {
    fn start(children: &[Option<&Running>], deadline: Duration) -> Self {
        let pids: Vec<_> = children
            .iter()
            .flatten()
            .filter_map(|running| rustix::process::Pid::from_raw(i32::try_from(running.child.id()).ok()?))
            .collect();
        let (alive, gone) = mpsc::channel::<()>();
        let handle = std::thread::spawn(move || {
            if gone.recv_timeout(deadline) == Err(mpsc::RecvTimeoutError::Timeout) {
                for pid in pids {
                    // They are not waited for before this thread has ended, so that the ids are still theirs.
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            }
        });
        Self(Some((alive, handle)))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some((alive, handle)) = self.0.take() {
            drop(alive);
            let _ = handle.join();
        }
    }
}

/// Bytes that went by.
struct Moved {
    digest: Digest,
    bytes: u64,
}

type Joined = (Digest, Moved, Option<String>);

enum Feeding<'scope> {
    Plain(std::thread::ScopedJoinHandle<'scope, io::Result<(Digest, Moved)>>),
    Packed(
        std::thread::ScopedJoinHandle<'scope, io::Result<Moved>>,
        std::thread::ScopedJoinHandle<'scope, (Moved, Option<String>)>,
    ),
}

impl Feeding<'_> {
    fn join(self) -> Result<Joined, Error> {
        let lost = || Error::Read { source: io::Error::other("a thread failed") };
        match self {
            Self::Plain(handle) => {
                let (blob, moved) = handle.join().map_err(|_| lost())?.map_err(|source| Error::Read { source })?;
                Ok((blob, moved, None))
            }
            Self::Packed(packed, unpacked) => {
                let packed = packed.join().map_err(|_| lost())?.map_err(|source| Error::Read { source })?;
                let (unpacked, broken) = unpacked.join().map_err(|_| lost())?;
                Ok((packed.digest, unpacked, broken))
            }
        }
    }
}

/// Moves a layer's bytes into a pipe and hashes all of them, also when nobody reads any more.
fn feed(head: &[u8], input: &mut (dyn Read + Send), mut pipe: ChildStdin) -> io::Result<Moved> {
    let mut hash = Sha256::new();
    hash.update(head);
    let mut is_open = pipe.write_all(head).is_ok();
    let mut bytes = head.len() as u64;
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        let got = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let chunk = buffer.get(..got).unwrap_or_default();
        // The pipe first: the child works while this side hashes.
        is_open = is_open && pipe.write_all(chunk).is_ok();
        hash.update(chunk);
        bytes += got as u64;
    }
    Ok(Moved { digest: hash.finish(), bytes })
}

/// Moves uncompressed bytes from one child to the other; the answer is why the stream broke, if it did.
fn relay(from: std::process::ChildStdout, mut to: ChildStdin) -> (Moved, Option<String>) {
    let mut from = BufReader::with_capacity(CHUNK_BYTES, from);
    let mut hash = Sha256::new();
    let (mut bytes, mut buffer) = (0_u64, Vec::new());
    let mut is_open = true;
    let broken = loop {
        match pieces::read(&mut from, &mut buffer) {
            Ok(0) => break None,
            Ok(got) => {
                let chunk = buffer.get(..got).unwrap_or_default();
                is_open = is_open && to.write_all(chunk).is_ok();
                hash.update(chunk);
                bytes += got as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                break Some("what uncompresses the layer died of it".to_owned());
            }
            Err(error) => break Some(format!("uncompressing the layer: {error}")),
        }
    };
    (Moved { digest: hash.finish(), bytes }, broken)
}

/// How a reader died.
struct Death {
    /// The file that it read, if it was at one.
    at: Option<String>,
    reason: String,
    /// It was killed, and not by what it read.
    is_accident: bool,
}

/// Why a reader gave no record.
enum Unheard {
    /// It said why it cannot work.
    Failed(String),
    /// It died.
    Died { at: Option<String>, reason: String },
}

/// Hears a reader out.
fn listen(mut out: impl Read) -> Result<LayerRecord, Unheard> {
    let mut at = None;
    loop {
        match frame::read(&mut out) {
            Ok(Some((FrameKind::At, path))) => at = Some(String::from_utf8_lossy(&path).into_owned()),
            Ok(Some((FrameKind::Record, json))) => {
                let malformed = |error: serde_json::Error| Unheard::Died { at: None, reason: error.to_string() };
                return serde_json::from_slice(&json).map_err(malformed);
            }
            Ok(Some((FrameKind::Failed, reason))) => {
                return Err(Unheard::Failed(String::from_utf8_lossy(&reason).into_owned()));
            }
            Ok(Some((FrameKind::Sealed | FrameKind::Job, _))) => {}
            Ok(None) => return Err(Unheard::Died { at, reason: "its reader died of it".to_owned() }),
            Err(error) => return Err(Unheard::Died { at, reason: error.to_string() }),
        }
    }
}

/// Makes the record of a layer that no child survives; only its digest as it came is known.
fn lost(mut input: Box<dyn Read + Send + '_>, reason: &str) -> Result<Feed, Error> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        match fill(&mut input, &mut buffer).map_err(|source| Error::Read { source })? {
            0 => break,
            got => hash.update(buffer.get(..got).unwrap_or_default()),
        }
    }
    let blob = hash.finish();
    let mut builder = catalogue::LayerBuilder::new();
    builder.unreadable("/", reason);
    Ok(Feed { record: builder.finish(blob.clone(), 0, 0), blob })
}

/// Reads until a buffer is full or the stream ends.
fn fill(input: &mut (dyn Read + Send), buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match input.read(rest) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
