//! Names of images replaced by the ids that were decided on.
//!
//! The engine resolves a name when it comes to the instruction, which can be minutes after the decision: until then
//! whoever may move the tag could put another image under it.

use std::collections::BTreeMap;

use super::{Error, Reading, text};

/// An image's name in a Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The first line of the instruction, from 1.
    pub(super) first: usize,
    /// Its last line.
    pub(super) last: usize,
    /// The image, as written after substitution.
    pub(super) image: String,
    /// The instruction up to the name.
    pub(super) before: String,
    /// What follows the name.
    pub(super) after: String,
}

/// Writes a Dockerfile anew with image ids (`ids`, by name as in [`Reading::images`]) in `FROM` and `COPY --from`.
///
/// All other lines stay as they are. Triggers (`ONBUILD`) keep their names, since they run in other builds.
///
/// # Errors
/// If it is not the file that was read, or an image has no id.
pub fn pinned(file: &[u8], reading: &Reading, ids: &BTreeMap<String, String>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(file.len() + reading.places.len() * 80);
    let mut places = reading.places.iter().peekable();
    let mut skip_to = 0;
    for (index, line) in text(file)?.split('\n').enumerate() {
        let number = index + 1;
        if number <= skip_to {
            continue;
        }
        if index > 0 {
            out.push(b'\n');
        }
        let Some(place) = places.next_if(|place| place.first == number) else {
            out.extend_from_slice(line.as_bytes());
            continue;
        };
        let unpinned = || Error::Unpinned { line: number, image: place.image.clone() };
        let id = ids.get(&place.image).filter(|id| !id.is_empty()).ok_or_else(unpinned)?;
        for part in [&place.before, id, &place.after] {
            out.extend_from_slice(part.as_bytes());
        }
        skip_to = place.last;
    }
    match places.next() {
        None => Ok(out),
        Some(place) => Err(Error::Unpinned { line: place.first, image: place.image.clone() }),
    }
}
