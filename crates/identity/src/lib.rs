//! Accounts and their credentials: who somebody is, and what accounts, organizations, teams, roles, collections
//! and grants there are.
//!
//! [`Identity`] holds the functions `<resource>_<verb>`, each with the caller's context first: administrators may
//! do everything; a user manages its own password, sessions, access tokens and client bundles; an owner of an
//! organization manages its members and teams; what a caller may not know of is not found.
//! [`Identity::authenticate`] turns what a request presents into a caller.

mod access;
mod account;
mod audit;
mod authenticate;
mod bootstrap;
mod bundle;
mod collection;
mod error;
mod flight;
mod grant;
mod guard;
mod identity;
mod member;
mod organization;
mod password;
mod role;
mod session;
mod setting;
mod team;
mod throttle;
mod token;
mod used;

pub use access::{AccessAnswer, AccessQuestion, WhoCan};
pub use account::{AccountCreate, AccountView};
pub use authenticate::Credential;
pub use bootstrap::{BootstrapError, admin_ensure, admin_password_reset, has_admin};
pub use bundle::{BundleArchive, BundleRequest};
pub use collection::CollectionView;
pub use error::{AuthError, Error};
pub use grant::{GrantFilter, GrantView};
pub use identity::{Endpoint, Identity, Options};
pub use organization::OrganizationView;
pub use password::{PasswordError, Passwords};
pub use session::SessionStarted;
pub use state::control::accounts::{AccountChange, AccountFilter};
pub use state::control::audit::{AuditEntry as AuditLine, AuditFilter, AuditRow};
pub use state::control::certificates::Certificate as Bundle;
pub use state::control::members::Member;
pub use state::control::sessions::Session;
pub use state::control::settings::names as setting_names;
pub use state::control::teams::{Team, TeamMember};
pub use state::control::tokens::AccessToken;
pub use token::TokenCreated;
