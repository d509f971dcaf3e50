//! The views of `/api/v1`: what a request may hold and what an answer looks like.
//!
//! Bodies that come in refuse unknown fields; views that go out may grow fields, so readers ignore what they do not
//! know. Nothing here decides anything.

mod access;
mod account;
mod audit;
mod credential;
mod error;
mod event;
mod list;
mod node;
mod organization;
mod registry;
mod session;
mod workload;

pub use access::{
    CollectionCreate, CollectionView, ExplainRequest, ExplanationView, GrantSubjectKind, GrantSubjectView, GrantView,
    OperationCategoryView, OperationView, RoleCreate, RoleView, WhoCanView,
};
pub use account::{PasswordChange, UserCreate, UserUpdate, UserView};
pub use audit::{AuditActorView, AuditObjectView, AuditOutcome, AuditView};
pub use credential::{BundleCreate, BundleView, SessionView, TokenCreate, TokenCreated, TokenView};
pub use error::{ErrorBody, ErrorView};
pub use event::{EventKind, EventView};
pub use list::{ListView, RepositorySort, ServiceSort, SortOrder};
pub use node::{
    AgentJoin, AgentJoined, NodeResourcesView, NodeState, NodeTokenCreate, NodeTokenCreated, NodeTokenView, NodeView,
};
pub use organization::{
    MemberPut, MemberView, OrganizationCreate, OrganizationUpdate, OrganizationView, TeamCreate, TeamMemberView,
    TeamUpdate, TeamView,
};
pub use registry::{
    PlatformView, RepositoryCreate, RepositoryPermissions, RepositoryUpdate, RepositoryView, RightPut, RightView,
    RightsLevel, TagView, Visibility,
};
pub use session::{
    ClusterView, MeView, MembershipView, Permissions, SessionCreate, StatusView, StoreStatusView, UcpIdentity,
    UcpLogin, UcpLoginAnswer,
};
pub use workload::{
    LogLineView, LogStream, PortView, ReplicasView, ServiceMode, ServicePermissions, ServiceScale, ServiceState,
    ServiceView, TaskView,
};
