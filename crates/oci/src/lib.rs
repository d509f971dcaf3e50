//! Names and documents of the OCI distribution and image specifications (1.1) and of Docker's
//! registry v2: digests, tags, references, descriptors, manifests and indexes.
//!
//! Every parser is total, bounded and strict: what two readers could read as two different images
//! is refused.

mod descriptor;
mod digest;
mod manifest;
mod media_type;
mod reference;
mod strict;
mod tag;

pub use descriptor::{Descriptor, Platform};
pub use digest::{Algorithm, Digest, DigestError, Hasher};
pub use manifest::{MAX_MANIFEST_BYTES, Manifest, ManifestError, ManifestKind, Referenced, Role};
pub use media_type::{MediaType, MediaTypeError};
pub use reference::{Reference, ReferenceError};
pub use strict::StrictError;
pub use tag::{Tag, TagError};
