//! What every HTTP surface shares: listeners with optional client certificates, who called, wire forms
//! of failures, bounded bodies, tunnels after an upgrade.
//!
//! Holds no product rule. A surface is a function from [`Request`] to [`Response`]; [`serve`] runs it on a
//! listener and puts a [`Peer`] and a [`base::RequestId`] into the request's extensions.

mod body;
mod csrf;
mod failure;
mod peer;
mod pipe;
mod presented;
mod serve;
mod tls;
mod upgrade;

pub use body::{BodyError, BodyTimes, empty, json, read, read_json, timed};
pub use csrf::{CsrfError, Origins, check_origin};
pub use failure::{Dialect, Failure, render};
pub use peer::{Peer, PeerCertificate, Transport, Verdict, peer, request_id};
pub use pipe::{PipeEnd, pipe};
pub use presented::{CookiePolicy, Presented, PresentedError, SESSION_COOKIE, presented, session_cookie};
pub use serve::{Limits, Listener, Shutdown, serve, serve_connection};
pub use tls::{ClientTrust, ServerIdentity, TlsError, TlsOptions, TlsSettings, client_config, pinned_client_config};
pub use upgrade::{is_upgrade, refuse_over_h2, strip_hop_by_hop, upgraded};

/// A request as every surface takes it.
pub type Request = http::Request<axum::body::Body>;

/// A response as every surface gives it.
pub type Response = http::Response<axum::body::Body>;

/// The body of both.
pub use axum::body::Body;
