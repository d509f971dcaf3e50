//! The server: control plane and trusted registry in one process, wired together.
//!
//! Holds no rule of the product: it opens the data directory and the stores, makes the domain's parts, hands them to the
//! surfaces, and listens.

mod admin;
mod data_dir;
mod dispatch;
mod events;
mod health;
mod keys;
mod names;
mod nodes;
mod parts;
mod run;
mod surfaces;
mod tls;
mod upkeep;

pub use admin::admin_password_reset;
pub use run::run;
