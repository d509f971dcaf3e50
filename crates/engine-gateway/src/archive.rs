//! A guard in the stream of a build's context.
//!
//! The archive is read and written anew, entry by entry, so that what was judged is what the engine unpacks. Its end is held
//! back until the decision: without it the engine builds nothing. What is built is not the client's Dockerfile but the one
//! that the decision gives back, added under a name of our own and hidden from `COPY` as docker's client hides a Dockerfile
//! that it takes from standard input.

use std::cell::Cell;
use std::collections::HashSet;
use std::future::Future;
use std::io::{self, Read, Write};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use bytes::Bytes;
use engine_spec::dockerfile::MAX_BYTES;
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use http_kit::Body;
use tar::{Archive, Builder, Entry, EntryType, Header};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::error::Error;

/// What became of the context.
pub(crate) type Verdict = oneshot::Receiver<Result<(), Error>>;

/// The Dockerfile that the engine is told to build.
pub(crate) const DECIDED: &str = ".holdfast.dockerfile";
const IGNORED: &str = ".dockerignore";
const MAX_IGNORED_BYTES: usize = 1024 * 1024;
/// Pieces on their way to the engine.
const PIECES: usize = 8;
const PIECE_BYTES: usize = 64 * 1024;
const MAX_ENTRIES: usize = 2_000_000;
const MAX_PATH_BYTES: usize = 4096;
/// What is kept of a context until its end: Dockerfiles, paths of links.
const MAX_KEPT_BYTES: usize = 16 * 1024 * 1024;
/// What may stand between the contents of two files: heads, long names, extended attributes.
const MAX_HEAD_BYTES: u64 = 2 * 1024 * 1024;

/// Puts the guard in: returns the context to send, and the verdict. `decide` gets the Dockerfile of that name and returns
/// the one to build, which stands at [`DECIDED`].
pub(crate) fn guard<D, F>(body: Body, dockerfile: String, decide: D) -> (Body, Verdict)
where
    D: FnOnce(Vec<u8>) -> F + Send + 'static,
    F: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
{
    let (pieces, mut out) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let (tell, verdict) = oneshot::channel();
    let handle = Handle::current();
    // A build that is given up must not leave a thread waiting for its client.
    let stop = CancellationToken::new();
    let stopper = stop.clone().drop_guard();
    tokio::task::spawn_blocking(move || {
        let source =
            BodyReader { stream: body.into_data_stream().boxed(), handle: handle.clone(), current: Bytes::new(), stop };
        let sink = PieceWriter { pieces: pieces.clone(), buffer: Vec::with_capacity(PIECE_BYTES) };
        let result = run(source, sink, &dockerfile, |file| handle.block_on(decide(file)));
        if result.is_err() {
            // The body ends with an error, so the engine never takes it for whole.
            let _ = pieces.blocking_send(Err(io::Error::other("the build's context was refused")));
        }
        // Nobody may be waiting any more.
        let _ = tell.send(result);
    });
    let stream = futures_util::stream::poll_fn(move |cx| {
        let _ = &stopper;
        out.poll_recv(cx)
    });
    (Body::from_stream(stream), verdict)
}

fn run(
    source: BodyReader,
    sink: PieceWriter,
    dockerfile: &str,
    decide: impl FnOnce(Vec<u8>) -> Result<Vec<u8>, Error>,
) -> Result<(), Error> {
    let budget = Budget::default();
    let mut archive = Archive::new(Metered { source: unpacked(source)?, budget: budget.clone() });
    let mut builder = Builder::new(sink);
    let mut watch = Watch::new(dockerfile)?;
    for (count, entry) in archive.entries().map_err(broken)?.enumerate() {
        if count >= MAX_ENTRIES {
            return Err(refuse("it has too many entries"));
        }
        // Contents stream through; what stands between them is read into memory.
        budget.open();
        watch.entry(entry.map_err(broken)?, &mut builder)?;
        budget.limit();
    }
    builder.get_mut().flush().map_err(broken)?;
    let decided = decide(watch.take_dockerfile()?)?;
    append(&mut builder, Path::new(DECIDED), &decided)?;
    if !watch.ignores {
        append(&mut builder, Path::new(IGNORED), format!("{IGNORED}\n{DECIDED}\n").as_bytes())?;
    }
    let mut sink = builder.into_inner().map_err(broken)?;
    sink.flush().map_err(broken)
}

/// What is watched for over the entries.
struct Watch {
    wanted: Vec<PathBuf>,
    links: HashSet<PathBuf>,
    /// The last file of each wanted name: a later entry takes an earlier one's place.
    files: Vec<Option<Vec<u8>>>,
    /// Whether the context says itself what to leave out.
    ignores: bool,
    kept_bytes: usize,
}

impl Watch {
    fn new(dockerfile: &str) -> Result<Self, Error> {
        let mut wanted = vec![normal(Path::new(dockerfile))?];
        if dockerfile == "Dockerfile" {
            // The engine falls back to the lower-case name.
            wanted.push(PathBuf::from("dockerfile"));
        }
        let files = vec![None; wanted.len()];
        Ok(Self { wanted, links: HashSet::new(), files, ignores: false, kept_bytes: 0 })
    }

    /// Returns the file that the engine would build.
    fn take_dockerfile(&mut self) -> Result<Vec<u8>, Error> {
        let missing = || Error::Invalid("the build's context holds no Dockerfile under that name".into());
        self.files.iter_mut().find_map(Option::take).ok_or_else(missing)
    }

    fn keep(&mut self, bytes: usize) -> Result<(), Error> {
        self.kept_bytes = self.kept_bytes.saturating_add(bytes);
        if self.kept_bytes > MAX_KEPT_BYTES {
            return Err(refuse("it has too many links or Dockerfiles"));
        }
        Ok(())
    }

    fn entry<R: Read>(&mut self, mut entry: Entry<'_, R>, builder: &mut Builder<PieceWriter>) -> Result<(), Error> {
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            return Ok(());
        }
        if entry.path_bytes().len() > MAX_PATH_BYTES {
            return Err(refuse("a path is too long"));
        }
        let path = normal(&entry.path().map_err(broken)?)?;
        if path.as_os_str().is_empty() {
            return Ok(());
        }
        if path.ancestors().skip(1).any(|above| self.links.contains(above)) {
            return Err(refuse("an entry lies behind a link"));
        }
        if path.starts_with(DECIDED) {
            return Err(refuse("it holds a name that is ours"));
        }
        let wanted = self.wanted.iter().position(|wanted| *wanted == path);
        let is_ignored = path == Path::new(IGNORED);
        self.ignores |= is_ignored;
        let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
        if wanted.is_some() && !is_file {
            return Err(refuse("the Dockerfile is not a plain file"));
        }
        // Whatever takes the place of a folder above it leads elsewhere.
        if kind != EntryType::Directory && self.wanted.iter().any(|wanted| *wanted != path && wanted.starts_with(&path))
        {
            return Err(refuse("the Dockerfile's folder is not a plain folder"));
        }
        let mut header = fresh(&entry, kind)?;
        attributes(&mut entry, builder)?;
        match kind {
            EntryType::Regular | EntryType::Continuous if wanted.is_some() => {
                let too_large = || Error::Dockerfile(engine_spec::dockerfile::Error::TooLarge);
                let file = whole(&mut entry, MAX_BYTES)?.ok_or_else(too_large)?;
                builder.append_data(&mut header, &path, file.as_slice()).map_err(broken)?;
                self.keep(file.len())?;
                if let Some(kept) = wanted.and_then(|index| self.files.get_mut(index)) {
                    *kept = Some(file);
                }
            }
            EntryType::Regular | EntryType::Continuous if is_ignored => {
                let too_large = || refuse("its .dockerignore is too large");
                let mut file = whole(&mut entry, MAX_IGNORED_BYTES)?.ok_or_else(too_large)?;
                file.extend_from_slice(format!("\n{DECIDED}\n").as_bytes());
                header.set_size(file.len() as u64);
                builder.append_data(&mut header, &path, file.as_slice()).map_err(broken)?;
            }
            EntryType::Regular | EntryType::Continuous => {
                builder.append_data(&mut header, &path, &mut entry).map_err(broken)?;
            }
            EntryType::Symlink | EntryType::Link => {
                let target = entry.link_name().map_err(broken)?.ok_or_else(|| refuse("a link has no target"))?;
                builder.append_link(&mut header, &path, target).map_err(broken)?;
                self.keep(path.as_os_str().len() + size_of::<PathBuf>())?;
                self.links.insert(path);
            }
            EntryType::Directory | EntryType::Fifo | EntryType::Char | EntryType::Block => {
                builder.append_data(&mut header, &path, io::empty()).map_err(broken)?;
            }
            _ => return Err(refuse("it holds an entry of an unknown kind")),
        }
        Ok(())
    }
}

/// Reads a file that is kept; none if it is larger than `limit` bytes.
fn whole<R: Read>(entry: &mut Entry<'_, R>, limit: usize) -> Result<Option<Vec<u8>>, Error> {
    let mut file = Vec::new();
    entry.by_ref().take(limit as u64 + 1).read_to_end(&mut file).map_err(broken)?;
    Ok((file.len() <= limit).then_some(file))
}

/// Adds a file of our own.
fn append(builder: &mut Builder<PieceWriter>, path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut header = Header::new_gnu();
    header.set_mode(0o600);
    header.set_size(content.len() as u64);
    builder.append_data(&mut header, path, content).map_err(broken)
}

/// Makes a header of our own from what the entry's says.
fn fresh<R: Read>(entry: &Entry<'_, R>, kind: EntryType) -> Result<Header, Error> {
    let given = entry.header();
    let mut header = Header::new_gnu();
    let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
    header.set_entry_type(if is_file { EntryType::Regular } else { kind });
    header.set_mode(given.mode().map_err(broken)?);
    header.set_uid(given.uid().unwrap_or_default());
    header.set_gid(given.gid().unwrap_or_default());
    header.set_mtime(given.mtime().unwrap_or_default());
    header.set_size(if is_file { entry.size() } else { 0 });
    if matches!(kind, EntryType::Char | EntryType::Block) {
        header.set_device_major(given.device_major().map_err(broken)?.unwrap_or_default()).map_err(broken)?;
        header.set_device_minor(given.device_minor().map_err(broken)?.unwrap_or_default()).map_err(broken)?;
    }
    Ok(header)
}

/// Takes over extended attributes, which carry capabilities of files.
fn attributes<R: Read>(entry: &mut Entry<'_, R>, builder: &mut Builder<PieceWriter>) -> Result<(), Error> {
    let Some(extensions) = entry.pax_extensions().map_err(broken)? else { return Ok(()) };
    let mut kept = Vec::new();
    for extension in extensions {
        let extension = extension.map_err(broken)?;
        if let Ok(key) = extension.key()
            && key.starts_with("SCHILY.xattr.")
        {
            kept.push((key.to_owned(), extension.value_bytes().to_vec()));
        }
    }
    if kept.is_empty() {
        return Ok(());
    }
    builder.append_pax_extensions(kept.iter().map(|(key, value)| (key.as_str(), value.as_slice()))).map_err(broken)
}

/// Resolves `.` and leading slashes; `..` is refused.
fn normal(path: &Path) -> Result<PathBuf, Error> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => normal.push(part),
            Component::CurDir | Component::RootDir => {}
            Component::ParentDir | Component::Prefix(_) => return Err(refuse("a path leaves the context")),
        }
    }
    Ok(normal)
}

fn unpacked(mut source: BodyReader) -> Result<Box<dyn Read>, Error> {
    let mut magic = [0_u8; 6];
    let mut filled = 0;
    while filled < magic.len() {
        match source.read(&mut magic[filled..]).map_err(broken)? {
            0 => break,
            read => filled += read,
        }
    }
    let head = magic[..filled].to_vec();
    let whole = io::Cursor::new(head.clone()).chain(source);
    match head.as_slice() {
        [0x1f, 0x8b, ..] => Ok(Box::new(MultiGzDecoder::new(whole))),
        [b'B', b'Z', b'h', ..] | [0xfd, b'7', b'z', b'X', b'Z', ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            Err(refuse("send it as plain tar or gzip"))
        }
        _ => Ok(Box::new(whole)),
    }
}

fn refuse(why: &str) -> Error {
    Error::Invalid(format!("the build's context cannot be read in one way only: {why}"))
}

fn broken(error: io::Error) -> Error {
    Error::Invalid(format!("reading the build's context: {error}"))
}

/// How much may be read before the next content begins.
#[derive(Clone)]
struct Budget(Rc<Cell<Option<u64>>>);

impl Default for Budget {
    fn default() -> Self {
        Self(Rc::new(Cell::new(Some(MAX_HEAD_BYTES))))
    }
}

impl Budget {
    fn open(&self) {
        self.0.set(None);
    }

    fn limit(&self) {
        self.0.set(Some(MAX_HEAD_BYTES));
    }
}

/// A source of which little is read between contents: a name or a link's own content can be as long as its sender likes.
struct Metered<R> {
    source: R,
    budget: Budget,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(out)?;
        if let Some(left) = self.budget.0.get() {
            let left = left.checked_sub(read as u64);
            self.budget.0.set(Some(left.ok_or_else(|| io::Error::other("an entry's head is too long"))?));
        }
        Ok(read)
    }
}

/// A body as blocking code reads it.
struct BodyReader {
    stream: BoxStream<'static, Result<Bytes, axum::Error>>,
    handle: Handle,
    current: Bytes,
    stop: CancellationToken,
}

impl Read for BodyReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            let next = self.stop.run_until_cancelled(self.stream.next());
            match self.handle.block_on(next) {
                Some(Some(bytes)) => self.current = bytes.map_err(io::Error::other)?,
                Some(None) => return Ok(0),
                None => return Err(io::Error::other("the engine takes no more")),
            }
        }
        let count = self.current.len().min(out.len());
        out[..count].copy_from_slice(&self.current.split_to(count));
        Ok(count)
    }
}

/// Pieces of the new archive, sent as they fill.
struct PieceWriter {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    buffer: Vec<u8>,
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE_BYTES)));
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::Error::other("the engine takes no more"))
    }
}

#[cfg(test)]
mod tests;
