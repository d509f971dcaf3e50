//! Sessions: signing in and out.

use base::{AccountName, Secret, SessionId};
use opctx::{AccountCaller, Caller, ObjectRef, OpContext, Origin, Via};
use state::control::sessions::{self, Session, SessionCreate, SessionPolicy};
use state::control::settings::{self, names};
use state::control::{Command, Reject, TokenHash};

use crate::authenticate::Credential;
use crate::error::{AuthError, Error};
use crate::guard;
use crate::identity::Identity;

/// A session that just began.
#[derive(Debug, Clone)]
pub struct SessionStarted {
    /// The token, for the cookie or the `Authorization` header; known to the caller alone.
    pub token: Secret,
    /// The session.
    pub session: SessionId,
    /// Who signed in.
    pub caller: AccountCaller,
    /// How long the session lasts if it is not used.
    pub lifetime_secs: i64,
}

impl Identity {
    /// Signs in with a name and a password or an access token.
    ///
    /// # Errors
    /// If they are wrong or too many attempts failed.
    pub async fn session_create(
        &self,
        user: String,
        password: Secret,
        origin: &Origin,
    ) -> Result<SessionStarted, Error> {
        let caller = self.authenticate(Credential::Basic { user, password }, origin).await?;
        let Caller::Account(account) = caller else { return Err(AuthError::WrongPassword.into()) };
        self.session_begin(account, origin).await
    }

    /// Begins a session for a user who proved who it is.
    async fn session_begin(&self, mut account: AccountCaller, origin: &Origin) -> Result<SessionStarted, Error> {
        let issue = |source| Error::Issue { operation: "session_create", source };
        let policy: SessionPolicy =
            self.read("session_create", |conn| settings::get_as(conn, names::SESSIONS)).await?.unwrap_or_default();
        let token = pki::random_token().map_err(issue)?;
        let id = SessionId::random();
        let ctx = self.contexts().context(Caller::Account(account.clone()), origin.clone());
        let create = SessionCreate {
            id,
            account: account.id,
            epoch: account.epoch,
            hash: TokenHash::of(token.expose()),
            policy,
            address: origin.address_text(),
            agent: origin.agent.clone(),
        };
        let object = ObjectRef::new("session", id.to_string());
        match self.write(&ctx, "session_create", object, Command::SessionCreate(create)).await {
            Ok(_) => {}
            // Deactivated, or the password changed, between the check and here.
            Err(Error::Rejected(
                Reject::EpochChanged { .. } | Reject::AccountInactive { .. } | Reject::AccountUnknown { .. },
            )) => return Err(AuthError::WrongPassword.into()),
            Err(error) => return Err(error),
        }
        account.via = Via::Session(id);
        Ok(SessionStarted { token, session: id, caller: account, lifetime_secs: policy.lifetime_secs })
    }

    /// Ends the caller's own session; nothing happens if it signed in otherwise.
    ///
    /// # Errors
    /// If the write fails.
    pub async fn session_end(&self, ctx: &OpContext) -> Result<(), Error> {
        let Some(Via::Session(session)) = ctx.caller().account().map(|caller| caller.via) else { return Ok(()) };
        let object = ObjectRef::new("session", session.to_string());
        self.write(ctx, "session_end", object, Command::SessionEnd(session)).await?;
        Ok(())
    }

    /// Lists a user's sessions, the last used first; its own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn session_list(&self, ctx: &OpContext, user: &AccountName) -> Result<Vec<Session>, Error> {
        let id = self.own_user(ctx, user, "session_list")?.id;
        let now = self.now();
        self.read("session_list", move |conn| sessions::of_account(conn, id, now)).await
    }

    /// Ends one of a user's sessions; its own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not, or it is not a session of that user.
    pub async fn session_revoke(&self, ctx: &OpContext, user: &AccountName, session: SessionId) -> Result<(), Error> {
        let id = self.own_user(ctx, user, "session_revoke")?.id;
        let found = self.read("session_revoke", move |conn| sessions::by_id(conn, session)).await?;
        if found.is_none_or(|found| found.account != id) {
            return Err(Error::not_found("session", session));
        }
        let object = ObjectRef::new("session", session.to_string());
        self.write(ctx, "session_revoke", object, Command::SessionEnd(session)).await?;
        Ok(())
    }

    /// Ends all of a user's sessions; its own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn session_revoke_all(&self, ctx: &OpContext, user: &AccountName) -> Result<(), Error> {
        let id = self.own_user(ctx, user, "session_revoke_all")?.id;
        let object = ObjectRef::new("user", user.as_str());
        self.write(ctx, "session_revoke_all", object, Command::SessionsEnd(id)).await?;
        Ok(())
    }

    /// Tells who the caller is now.
    ///
    /// # Errors
    /// If it is not signed in.
    pub fn session_whoami(&self, ctx: &OpContext) -> Result<AccountCaller, Error> {
        guard::signed_in(ctx).cloned()
    }
}
