//! Types that every other crate speaks: ids, names, time, error kinds, secrets, pages.
//!
//! Pure: nothing here reads a file, a socket or (outside [`SystemClock`]) a clock.

mod error;
mod id;
mod name;
mod page;
mod secret;
mod time;

pub use error::{ErrorKind, chain};
pub use id::{
    AccountId, CertificateId, ClusterId, CollectionId, IdError, Index, MemberId, NodeId, OperationId, RepositoryId,
    RequestId, RoleId, SessionId, TeamId, TokenId, UploadId,
};
pub use name::{AccountName, CollectionPath, NameError, NodeName, RepositoryName, RepositoryNamespace, TeamName};
pub use page::{Direction, Order, Page, PageLimit, PageToken};
pub use secret::Secret;
pub use time::{Clock, ManualClock, SystemClock, Timestamp, TimestampError};
