//! The child's side.

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use super::frame::{self, FrameKind};
use super::seal::seal;
use crate::compress::uncompressed;
use crate::layer::{LayerJob, read_layer};
use crate::spill::Spill;

/// The hidden command that makes a program a child; it must be looked for before any other argument is read.
pub const WORKER_COMMAND: &str = "__layer-worker";

/// What a child does with its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Task {
    /// Uncompresses them to its standard output.
    Uncompress,
    /// Reads them as a layer's archive.
    Read,
}

/// What a parent sends first.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(super) struct Order {
    pub(super) task: Task,
    pub(super) job: LayerJob,
}

/// Runs a child to its end: orders and bytes come from standard input, the answer goes to standard output.
#[must_use]
pub fn worker_main() -> ExitCode {
    // A parser's panic is caught and told as the file's fault; its text would only disturb.
    std::panic::set_hook(Box::new(|_| {}));
    let (Ok(mut input), Ok(mut out)) = (unbuffered(io::stdin()), unbuffered(io::stdout())) else {
        return ExitCode::FAILURE;
    };
    match work(&mut input, &mut out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            // The parent may be gone; there is nobody else to tell.
            let _ = frame::write(&mut out, FrameKind::Failed, reason.as_bytes());
            ExitCode::FAILURE
        }
    }
}

/// The stream itself: the library's own buffers are small, and look for the ends of lines.
fn unbuffered(stream: impl AsFd) -> io::Result<fs_err::File> {
    let file = std::fs::File::from(stream.as_fd().try_clone_to_owned()?);
    Ok(fs_err::File::from_parts(file, "the pipe"))
}

fn work(input: &mut (impl Read + Send), out: &mut impl Write) -> Result<(), String> {
    let order = frame::read(input).map_err(|error| error.to_string())?;
    let Some((FrameKind::Job, body)) = order else { return Err("there is no order".to_owned()) };
    let Order { task, job } = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
    // The order is the parent's, not the image's; nothing of the image has been read yet.
    let spill = match task {
        Task::Read => Spill::new().ok(),
        Task::Uncompress => None,
    };
    seal(&job.limits).map_err(|error| base::chain(&error))?;
    match task {
        Task::Read => {
            frame::write(out, FrameKind::Sealed, b"").map_err(|error| error.to_string())?;
            let record = read_layer(input, &job, spill, &mut |path| {
                let _ = frame::write(out, FrameKind::At, path.as_bytes());
            });
            let json = serde_json::to_vec(&record).map_err(|error| error.to_string())?;
            frame::write(out, FrameKind::Record, &json).map_err(|error| error.to_string())
        }
        Task::Uncompress => uncompress(input, &job, out),
    }
}

/// Writes the bytes in pieces, each before its length of 32 bits; an empty piece is the end, and a broken stream ends
/// with the length of all ones and the reason.
fn uncompress(input: &mut (impl Read + Send), job: &LayerJob, out: &mut impl Write) -> Result<(), String> {
    let failed = |error: io::Error| error.to_string();
    let mut reader = match uncompressed(input, &job.limits) {
        Ok(reader) => reader,
        Err(error) => return pieces::fail(out, &error.to_string()).map_err(failed),
    };
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return pieces::end(out).map_err(failed),
            Ok(got) => pieces::write(out, buffer.get(..got).unwrap_or_default()).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return pieces::fail(out, &error.to_string()).map_err(failed),
        }
    }
}

/// The stream of uncompressed bytes with its end, so that a child that died is not taken for a short layer.
pub(super) mod pieces {
    use std::io::{self, Read, Write};

    const FAILED: u32 = u32::MAX;

    pub(super) fn write(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
        let len = u32::try_from(bytes.len()).unwrap_or(0);
        out.write_all(&len.to_le_bytes())?;
        out.write_all(bytes)
    }

    pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
        out.write_all(&0_u32.to_le_bytes())?;
        out.flush()
    }

    pub(super) fn fail(out: &mut impl Write, reason: &str) -> io::Result<()> {
        out.write_all(&FAILED.to_le_bytes())?;
        out.write_all(reason.as_bytes())?;
        out.flush()
    }

    /// Reads the next piece into a buffer, and returns its length; 0 at the end.
    pub(in crate::sandbox) fn read(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let mut len = [0; 4];
        input.read_exact(&mut len)?;
        let len = u32::from_le_bytes(len);
        if len == FAILED {
            let mut reason = String::new();
            input.take(4096).read_to_string(&mut reason)?;
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        if len > 1 << 20 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the child's answer is malformed"));
        }
        buffer.resize(len, 0);
        input.read_exact(buffer)?;
        Ok(len)
    }
}
