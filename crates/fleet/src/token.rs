//! Join tokens.

use base::{Secret, TokenId};
use opctx::{AuditEntry, ObjectRef, OpContext};
use state::control::join_tokens::{self, JoinToken, JoinTokenCreate};
use state::control::nodes::NodeRole;
use state::control::{Command, TokenHash};

use crate::error::Error;
use crate::fleet::Fleet;

/// An hour, unless asked otherwise.
const DEFAULT_TTL_SECS: u64 = 3600;
/// At most a month.
const MAX_TTL_SECS: u64 = 30 * 86_400;

/// A join token that was just made.
#[derive(Debug, Clone)]
pub struct NewJoinToken {
    /// What is recorded.
    pub token: JoinToken,
    /// The whole text for the new machine, shown this once.
    pub text: Secret,
}

impl Fleet {
    /// Makes a token with which one machine may join.
    ///
    /// # Errors
    /// If the caller is no administrator, or the change cannot be recorded.
    pub async fn node_token_create(
        &self,
        ctx: &OpContext,
        label: String,
        role: NodeRole,
        ttl_secs: Option<u64>,
    ) -> Result<NewJoinToken, Error> {
        ctx.require_admin("make a join token")?;
        let text = pki::JoinToken::random(self.0.options.server_pin).map_err(Error::Certificate)?;
        let ttl_secs = ttl_secs.unwrap_or(DEFAULT_TTL_SECS).clamp(60, MAX_TTL_SECS);
        let create = JoinTokenCreate {
            id: TokenId::random(),
            hash: TokenHash::of(text.secret.expose()),
            role,
            label,
            created_by: ctx.account(),
            expires: ctx.now().plus_secs(i64::try_from(ttl_secs).unwrap_or(0)),
        };
        let id = create.id;
        self.write(ctx.operation_id(), Command::JoinTokenCreate(create)).await?;
        ctx.audit(AuditEntry::allowed("node_token_create", ObjectRef::new("join token", id.to_string())));
        // Read back, since the time of its making is the store's stamp, not this machine's clock.
        let found = self.0.options.store.read(move |conn| join_tokens::by_id(conn, id)).await.map_err(Error::Read)?;
        let token = found.ok_or_else(|| Error::TokenNotFound { token: id.to_string() })?;
        Ok(NewJoinToken { token, text: text.text() })
    }

    /// Lists the tokens that can still be used.
    ///
    /// # Errors
    /// If the caller is no administrator.
    pub async fn node_token_list(&self, ctx: &OpContext) -> Result<Vec<JoinToken>, Error> {
        ctx.require_admin("list join tokens")?;
        let now = ctx.now();
        let mut tokens = self.0.options.store.read(join_tokens::every).await.map_err(Error::Read)?;
        tokens.retain(|token| token.is_valid(now));
        Ok(tokens)
    }

    /// Revokes a token.
    ///
    /// # Errors
    /// If it does not exist, or the caller is no administrator.
    pub async fn node_token_delete(&self, ctx: &OpContext, token: &str) -> Result<(), Error> {
        ctx.require_admin("revoke a join token")?;
        let id: TokenId =
            token.parse().map_err(|_| Error::TokenNotFound { token: token.chars().take(80).collect() })?;
        self.write(ctx.operation_id(), Command::JoinTokenDelete(id)).await?;
        ctx.audit(AuditEntry::allowed("node_token_delete", ObjectRef::new("join token", token)));
        Ok(())
    }
}
