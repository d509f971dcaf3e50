//! The typed client of `/api/v1`: a method for each operation, named as in the API.
//!
//! Trusts one CA: a file, or what the server shows if the caller knows its fingerprint. Speaks HTTP/1.1 over one
//! connection that it keeps, and a connection of its own for each stream.

mod call;
mod connection;
mod error;
mod operations;
mod stream;
mod trust;

pub use call::{Client, Credential, Options};
pub use error::Error;
pub use operations::OPERATIONS;
pub use stream::Stream;
pub use trust::{Trust, TrustError, fingerprint_of_pem, server_ca};
