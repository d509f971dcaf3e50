//! The Docker Engine API as the gateway judges it: routes, bodies, needs, filters.
//!
//! Pure: text in, decisions out. The order of a request is [`parse`] (a total parser, default deny), [`canonical`] for its
//! body, [`needs`] for what the caller must hold, [`Placement`] for what the gateway adds, and
//! [`Route::path_and_query`] for the fresh request; answers go through [`filter`]. A client's own bytes are never sent on.

mod auth;
mod body;
pub mod dockerfile;
mod error;
pub mod filter;
mod json;
mod needs;
mod place;
mod query;
mod reference;
mod route;
mod schema;
mod version;

pub use auth::{
    AuthConfig, AuthError, RegistryConfig, registry_auth_decode, registry_auth_encode, registry_config_decode,
    registry_config_encode,
};
pub use body::{BodyError, Canonical, Gated, MAX_BODY_BYTES, MAX_DEPTH, canonical, canonical_value};
pub use error::RouteError;
pub use needs::{
    ACCESS_LABEL, COLLECTION_LABEL_PREFIX, Creation, CreationKind, FollowUp, Need, Needs, OWNER_LABEL, Pin, Refusal,
    Request, Rules, Target, needs, needs_from_mounts, needs_of_spec,
};
pub use place::{Placement, image_set, labels_strip, pin};
pub use query::{Filters, Query, QueryReference, ReferenceKind};
pub use reference::{ImageRef, ObjectRef, ReferenceError, looks_like_id};
pub use route::{BodyKind, Call, Flow, Openness, Route, parse};
pub use schema::Schema;
pub use version::ApiVersion;
