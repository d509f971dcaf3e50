//! Advisories: fetched from their sources or taken from a folder, built into a database, put in force, carried.
//!
//! | Step | Part |
//! |---|---|
//! | fetch | [`fetch()`]: each source by itself, conditionally, into the feeds' folder |
//! | build | [`Build`]: files and folders of any known form into one database |
//! | put in force | [`Store`]: one database in a data folder, replaced by a rename, never by something worse |
//! | carry | [`advisory_db::bundle`]: signed, in one file |

mod build;
mod error;
mod fetch;
mod http;
mod plan;
mod sources;
mod store;
mod unpack;

pub use build::{Build, FormReport, Report};
pub use error::Error;
pub use fetch::{FetchOptions, Fetched, fetch};
pub use http::Trust;
pub use sources::{Source, source, sources};
pub use store::{Installed, Status, Store};
pub use unpack::Limits;
