//! Layers as they are compressed.

use std::io::{self, BufRead, BufReader, Read};

use crate::limits::LayerLimits;

/// How a layer is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of any number of members (RFC 1952).
    Gzip,
    /// Zstandard, of any number of frames (RFC 8878).
    Zstd,
}

impl Compression {
    /// Tells from the first bytes how a stream is compressed; media types lie.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        if head.starts_with(&[0x1f, 0x8b]) {
            Self::Gzip
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || is_skippable(head) {
            Self::Zstd
        } else {
            Self::None
        }
    }
}

/// A skippable frame, as tools put before Zstandard data; eStargz and zstd:chunked end with such.
fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// The largest window that is accepted, as a power of two: 128 MiB, what `zstd --long` makes and engines read.
const WINDOW_LOG: u32 = 27;

/// Uncompresses a stream, whatever its compression, within the bounds of sizes and ratio.
///
/// # Errors
/// When the decoder cannot be made, or the first bytes cannot be read.
pub fn uncompressed<'a>(input: impl Read + Send + 'a, limits: &LayerLimits) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut input = BufReader::with_capacity(256 * 1024, Counted { input, bytes: std::sync::Arc::default() });
    let packed = input.get_ref().bytes.clone();
    let compression = Compression::of(input.fill_buf()?);
    let limits = *limits;
    let bounded = |inner: Box<dyn Read + Send + 'a>| Box::new(Bounded { inner, packed, unpacked: 0, limits });
    Ok(match compression {
        Compression::None => bounded(Box::new(input)),
        Compression::Gzip => bounded(Box::new(flate2::bufread::MultiGzDecoder::new(input))),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(input)?;
            decoder.window_log_max(WINDOW_LOG)?;
            bounded(Box::new(decoder))
        }
    })
}

struct Counted<R> {
    input: R,
    bytes: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.input.read(buffer)?;
        self.bytes.fetch_add(got as u64, std::sync::atomic::Ordering::Relaxed);
        Ok(got)
    }
}

struct Bounded<R> {
    inner: R,
    packed: std::sync::Arc<std::sync::atomic::AtomicU64>,
    unpacked: u64,
    limits: LayerLimits,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.inner.read(buffer)?;
        self.unpacked = self.unpacked.saturating_add(got as u64);
        let LayerLimits { layer_bytes, ratio, ratio_after_bytes, .. } = self.limits;
        if self.unpacked > layer_bytes {
            return Err(too_large(format!("the layer unfolds to more than {layer_bytes} bytes")));
        }
        let packed = self.packed.load(std::sync::atomic::Ordering::Relaxed);
        if self.unpacked > ratio_after_bytes && self.unpacked / ratio > packed {
            return Err(too_large(format!("the layer unfolds to more than {ratio} times its size")));
        }
        Ok(got)
    }
}

fn too_large(message: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}
