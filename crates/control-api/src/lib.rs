//! The REST API `/api/v1` with its description, UCP's way in, and `/ca`.
//!
//! A handler extracts, makes one call to the domain and shows the answer. [`ControlApi::handle`] authenticates in
//! front of all of them (nothing but the few public routes is reached by an anonymous caller) and renders every
//! refusal behind them, in the dialect of the path.

mod api;
mod app;
mod authenticate;
mod docs;
mod error;
mod events;
mod extract;
mod lookup;
mod openapi;
mod reserved;
mod rights;
mod ucp;
mod view;

pub use app::{Cluster, ControlApi, Deps};
pub use events::EventHub;
pub use openapi::{openapi, openapi_json};
pub use reserved::{RESERVED, Reserved};
