//! The trusted registry's domain: repositories and their rights, uploads, manifests, tags, tokens.
//!
//! [`Registry`] is the one handle. Every function takes an [`opctx::OpContext`] first and decides with the
//! rights of now; what a caller may not know of is not-found. Metadata is in the replicated store, bytes are
//! in blob storage, and a blob counts only once its record is in the store.

mod cache;
mod content;
mod error;
mod feed;
mod follow;
mod leases;
mod manifests;
mod registry;
mod repositories;
mod rights;
mod sealer;
mod tags;
mod tokens;
mod uploads;

pub use content::{Blob, Manifest, ManifestReference, ManifestReferenceError, Referrers};
pub use error::Error;
pub use feed::{Feed, FeedError};
pub use manifests::ManifestStored;
pub use registry::{Options, Registry};
pub use repositories::{DELETION_NOTE, NewRepository, Repository, RepositoryFilter, RepositoryPatch, Right};
pub use rights::{Action, Explanation, Permissions, Reason};
pub use sealer::{Sealer, SealerError};
pub use state::registry::{Level, Referrer, RepositoryKey, RepositoryRow, Settings, TagRow, Visibility};
pub use tokens::{IssuedToken, TokenError};
pub use uploads::{ContentRange, Received, UploadStatus};
