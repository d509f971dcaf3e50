//! The built console's files.

use std::borrow::Cow;

use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "../../console/dist"]
#[allow_missing = true]
struct Dist;

/// A file of the built console.
pub(crate) struct Asset {
    /// Its bytes as they are sent.
    pub(crate) data: Cow<'static, [u8]>,
    /// A strong entity tag, with its quotes.
    pub(crate) etag: String,
    /// Whether the bytes are the gzip form.
    pub(crate) is_gzip: bool,
}

/// Finds a file by its path below `console/dist`, in its gzip form if there is one and it is wanted.
pub(crate) fn find(path: &str, accepts_gzip: bool) -> Option<Asset> {
    // `index.html` of a folder, hidden files and the gzip forms themselves are not addresses.
    if path.is_empty()
        || path.ends_with(".gz")
        || path.contains(['%', '\\'])
        || path.split('/').any(|part| part.is_empty() || part.starts_with('.'))
    {
        return None;
    }
    if accepts_gzip && let Some(file) = Dist::get(&format!("{path}.gz")) {
        return Some(asset(file, true));
    }
    Dist::get(path).map(|file| asset(file, false))
}

fn asset(file: EmbeddedFile, is_gzip: bool) -> Asset {
    // The two forms are different representations, so their tags differ.
    let hash = hex::encode(&file.metadata.sha256_hash()[..16]);
    let etag = if is_gzip { format!("\"{hash}-gzip\"") } else { format!("\"{hash}\"") };
    Asset { data: file.data, etag, is_gzip }
}
