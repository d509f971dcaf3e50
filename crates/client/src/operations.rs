//! A method for each operation of the API; the table beside them is what a test compares with the description.

use api_model::{
    AgentJoin, AgentJoined, AuditView, BundleCreate, BundleView, CollectionCreate, CollectionView, EventView,
    ExplainRequest, ExplanationView, GrantView, ListView, LogLineView, MeView, MemberPut, MemberView, NodeTokenCreate,
    NodeTokenCreated, NodeTokenView, NodeView, OperationCategoryView, OrganizationCreate, OrganizationUpdate,
    OrganizationView, PasswordChange, RepositoryCreate, RepositoryUpdate, RepositoryView, RightPut, RightView,
    RoleCreate, RoleView, ServiceScale, ServiceView, SessionCreate, SessionView, StatusView, TagView, TaskView,
    TeamCreate, TeamMemberView, TeamUpdate, TeamView, TokenCreate, TokenCreated, TokenView, UserCreate, UserUpdate,
    UserView, WhoCanView,
};
use http::Method;

use crate::call::{Call, Client};
use crate::error::Error;
use crate::stream::Stream;

/// Query parameters: names and values.
type Query<'a> = &'a [(&'a str, String)];

macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident: $method:ident $path:literal [$($argument:ident),*]
            $(query $query:ident)? $(body $body:ident)? => $answer:ty;
    )+) => {
        /// Every operation with its method and path.
        pub const OPERATIONS: &[(&str, &str, &str)] = &[
            $((stringify!($name), stringify!($method), concat!("/api/v1", $path)),)+
            ("event_stream", "GET", "/api/v1/events"),
            ("service_logs", "GET", "/api/v1/services/{service}/logs"),
            ("bundle_create", "POST", "/api/v1/users/{user}/bundles"),
        ];

        impl Client {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// If the server cannot be reached or refuses.
                pub async fn $name(
                    &self,
                    $($argument: &str,)*
                    $($query: Query<'_>,)?
                    $(body: &$body,)?
                ) -> Result<$answer, Error> {
                    let call = Call::new(
                        stringify!($name), Method::$method, concat!("/api/v1", $path), &[$($argument),*],
                    );
                    $(let call = call.query($query);)?
                    $(let call = call.body::<$body>(body)?;)?
                    self.answer(call).await
                }
            )+
        }
    };
}

operations! {
    /// Signs in with a password and sets the session cookie.
    session_create: POST "/session" [] body SessionCreate => MeView;
    /// Signs out: ends the session that asks.
    session_delete: DELETE "/session" [] => ();
    /// Shows who the caller is.
    me_view: GET "/me" [] => MeView;
    /// Shows how the server, its stores and its nodes do.
    status_view: GET "/status" [] => StatusView;

    /// Lists the users that the caller may know.
    user_list: GET "/users" [] query parameters => ListView<UserView>;
    /// Creates a user.
    user_create: POST "/users" [] body UserCreate => UserView;
    /// Shows a user.
    user_view: GET "/users/{user}" [user] => UserView;
    /// Changes a user.
    user_update: PATCH "/users/{user}" [user] body UserUpdate => UserView;
    /// Deletes a user.
    user_delete: DELETE "/users/{user}" [user] => ();
    /// Changes a password.
    password_change: PUT "/users/{user}/password" [user] body PasswordChange => ();
    /// Lists a user's access tokens.
    token_list: GET "/users/{user}/tokens" [user] => ListView<TokenView>;
    /// Makes an access token; its text is shown this once.
    token_create: POST "/users/{user}/tokens" [user] body TokenCreate => TokenCreated;
    /// Revokes an access token.
    token_delete: DELETE "/users/{user}/tokens/{token}" [user, token] => ();
    /// Lists a user's sessions.
    session_list: GET "/users/{user}/sessions" [user] => ListView<SessionView>;
    /// Ends a session.
    session_revoke: DELETE "/users/{user}/sessions/{session}" [user, session] => ();
    /// Lists a user's client bundles.
    bundle_list: GET "/users/{user}/bundles" [user] => ListView<BundleView>;
    /// Revokes a client bundle.
    bundle_delete: DELETE "/users/{user}/bundles/{bundle}" [user, bundle] => ();

    /// Lists the organizations that the caller may know.
    organization_list: GET "/organizations" [] query parameters => ListView<OrganizationView>;
    /// Creates an organization.
    organization_create: POST "/organizations" [] body OrganizationCreate => OrganizationView;
    /// Shows an organization.
    organization_view: GET "/organizations/{organization}" [organization] => OrganizationView;
    /// Changes an organization.
    organization_update: PATCH "/organizations/{organization}" [organization] body OrganizationUpdate
        => OrganizationView;
    /// Deletes an organization with its teams.
    organization_delete: DELETE "/organizations/{organization}" [organization] => ();
    /// Lists the members of an organization.
    member_list: GET "/organizations/{organization}/members" [organization] query parameters => ListView<MemberView>;
    /// Makes a user a member, or changes how they are one.
    member_put: PUT "/organizations/{organization}/members/{user}" [organization, user] body MemberPut => ();
    /// Ends a membership.
    member_delete: DELETE "/organizations/{organization}/members/{user}" [organization, user] => ();
    /// Lists the teams of an organization.
    team_list: GET "/organizations/{organization}/teams" [organization] query parameters => ListView<TeamView>;
    /// Creates a team.
    team_create: POST "/organizations/{organization}/teams" [organization] body TeamCreate => TeamView;
    /// Shows a team.
    team_view: GET "/organizations/{organization}/teams/{team}" [organization, team] => TeamView;
    /// Changes a team.
    team_update: PATCH "/organizations/{organization}/teams/{team}" [organization, team] body TeamUpdate => TeamView;
    /// Deletes a team.
    team_delete: DELETE "/organizations/{organization}/teams/{team}" [organization, team] => ();
    /// Lists the members of a team.
    team_member_list: GET "/organizations/{organization}/teams/{team}/members" [organization, team] query parameters
        => ListView<TeamMemberView>;
    /// Makes a user a member of a team.
    team_member_put: PUT "/organizations/{organization}/teams/{team}/members/{user}" [organization, team, user] => ();
    /// Takes a user out of a team.
    team_member_delete: DELETE "/organizations/{organization}/teams/{team}/members/{user}" [organization, team, user]
        => ();

    /// Lists the roles.
    role_list: GET "/roles" [] => ListView<RoleView>;
    /// Creates a role.
    role_create: POST "/roles" [] body RoleCreate => RoleView;
    /// Shows a role.
    role_view: GET "/roles/{role}" [role] => RoleView;
    /// Deletes a role that no grant uses.
    role_delete: DELETE "/roles/{role}" [role] => ();
    /// Lists every operation that a role can hold.
    operation_list: GET "/operations" [] => ListView<OperationCategoryView>;
    /// Lists the collections that the caller may know.
    collection_list: GET "/collections" [] => ListView<CollectionView>;
    /// Creates a collection.
    collection_create: POST "/collections" [] body CollectionCreate => CollectionView;
    /// Shows a collection.
    collection_view: GET "/collections/{collection}" [collection] => CollectionView;
    /// Deletes a collection that is empty.
    collection_delete: DELETE "/collections/{collection}" [collection] => ();
    /// Lists the grants that the caller may know.
    grant_list: GET "/grants" [] query parameters => ListView<GrantView>;
    /// Grants a role to a subject on a collection.
    grant_put: PUT "/grants/{subject_kind}/{subject}/{role}/{collection}" [subject_kind, subject, role, collection]
        => GrantView;
    /// Takes a grant back.
    grant_delete: DELETE "/grants/{subject_kind}/{subject}/{role}/{collection}"
        [subject_kind, subject, role, collection] => ();
    /// Explains whether and why a user may do something.
    access_explain: POST "/access/explain" [] body ExplainRequest => ExplanationView;
    /// Lists the grants by which someone can do something.
    access_who_can: GET "/access/who-can" [] query parameters => WhoCanView;

    /// Lists the nodes that the caller may know.
    node_list: GET "/nodes" [] query parameters => ListView<NodeView>;
    /// Shows a node.
    node_view: GET "/nodes/{node}" [node] => NodeView;
    /// Removes a node.
    node_delete: DELETE "/nodes/{node}" [node] => ();
    /// Lists the join tokens that can still be used.
    node_token_list: GET "/node-tokens" [] => ListView<NodeTokenView>;
    /// Makes a join token; its text is shown this once.
    node_token_create: POST "/node-tokens" [] body NodeTokenCreate => NodeTokenCreated;
    /// Revokes a join token.
    node_token_delete: DELETE "/node-tokens/{token}" [token] => ();
    /// Gives an agent its certificate for a join token.
    agent_join: POST "/agents/join" [] body AgentJoin => AgentJoined;

    /// Lists the services that the caller may see.
    service_list: GET "/services" [] query parameters => ListView<ServiceView>;
    /// Shows a service.
    service_view: GET "/services/{service}" [service] => ServiceView;
    /// Lists the tasks of a service.
    task_list: GET "/services/{service}/tasks" [service] => ListView<TaskView>;
    /// Scales a service.
    service_scale: POST "/services/{service}/scale" [service] body ServiceScale => ServiceView;

    /// Lists the repositories that the caller may pull.
    repository_list: GET "/repositories" [] query parameters => ListView<RepositoryView>;
    /// Creates a repository.
    repository_create: POST "/repositories" [] body RepositoryCreate => RepositoryView;
    /// Shows a repository.
    repository_view: GET "/repositories/{repository}" [repository] => RepositoryView;
    /// Changes a repository.
    repository_update: PATCH "/repositories/{repository}" [repository] body RepositoryUpdate => RepositoryView;
    /// Deletes a repository with its tags.
    repository_delete: DELETE "/repositories/{repository}" [repository] => ();
    /// Lists the tags of a repository.
    tag_list: GET "/repositories/{repository}/tags" [repository] query parameters => ListView<TagView>;
    /// Deletes a tag.
    tag_delete: DELETE "/repositories/{repository}/tags/{tag}" [repository, tag] => ();
    /// Lists the rights of teams in a repository.
    right_list: GET "/repositories/{repository}/rights" [repository] => ListView<RightView>;
    /// Gives a team a right in a repository.
    right_put: PUT "/repositories/{repository}/rights/{team}" [repository, team] body RightPut => RightView;
    /// Takes a team's right back.
    right_delete: DELETE "/repositories/{repository}/rights/{team}" [repository, team] => ();

    /// Lists the audit trail, newest first.
    audit_list: GET "/audit" [] query parameters => ListView<AuditView>;
}

impl Client {
    /// Says which kinds of things change, while they do.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn event_stream(&self) -> Result<Stream<EventView>, Error> {
        let call = Call::new("event_stream", Method::GET, "/api/v1/events", &[]).accept("text/event-stream");
        Ok(Stream::new("event_stream", self.stream(call).await?))
    }

    /// Streams the logs of a service.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn service_logs(&self, service: &str, query: Query<'_>) -> Result<Stream<LogLineView>, Error> {
        let call = Call::new("service_logs", Method::GET, "/api/v1/services/{service}/logs", &[service]);
        let call = call.query(query).accept("text/event-stream");
        Ok(Stream::new("service_logs", self.stream(call).await?))
    }

    /// Makes a client bundle and returns the zip, this once.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses.
    pub async fn bundle_create(&self, user: &str, body: &BundleCreate) -> Result<Vec<u8>, Error> {
        let call = Call::new("bundle_create", Method::POST, "/api/v1/users/{user}/bundles", &[user]);
        Ok(self.bytes(call.body(body)?.accept("application/zip")).await?.to_vec())
    }
}
