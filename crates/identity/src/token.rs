//! Access tokens: what machines sign in with in place of a password.

use base::{AccountName, Secret, Timestamp, TokenId};
use opctx::{ObjectRef, OpContext};
use state::control::tokens::{self, AccessToken, TokenCreate};
use state::control::{Command, TokenHash};

use crate::error::Error;
use crate::identity::Identity;

/// Begins every access token, so that scanners of sources find one that was published.
const PREFIX: &str = "hft_";

/// An access token that was just made.
#[derive(Debug, Clone)]
pub struct TokenCreated {
    /// The token itself; shown once.
    pub secret: Secret,
    /// What is kept of it.
    pub token: AccessToken,
}

impl Identity {
    /// Lists a user's access tokens; its own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn token_list(&self, ctx: &OpContext, user: &AccountName) -> Result<Vec<AccessToken>, Error> {
        let id = self.own_user(ctx, user, "token_list")?.id;
        self.read("token_list", move |conn| tokens::of_account(conn, id)).await
    }

    /// Makes an access token; one's own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not, is an access token of that user, or the end lies in the past.
    pub async fn token_create(
        &self,
        ctx: &OpContext,
        user: &AccountName,
        label: &str,
        expires: Option<Timestamp>,
    ) -> Result<TokenCreated, Error> {
        let account = self.credential_owner(ctx, user, "token_create")?.id;
        if expires.is_some_and(|expires| expires <= self.now()) {
            return Err(Error::invalid("the token would have ended already"));
        }
        let issue = |source| Error::Issue { operation: "token_create", source };
        let secret = Secret::new(format!("{PREFIX}{}", pki::random_token().map_err(issue)?.expose()));
        let id = TokenId::random();
        let hash = TokenHash::of(secret.expose());
        let create = TokenCreate { id, account, label: label.to_owned(), hash, expires };
        let object = ObjectRef::new("token", format!("{user}/{label}"));
        self.write(ctx, "token_create", object, Command::TokenCreate(create)).await?;
        let found = self.read("token_create", move |conn| tokens::by_id(conn, id)).await?;
        let token = found.ok_or_else(|| Error::not_found("access token", id))?;
        Ok(TokenCreated { secret, token })
    }

    /// Deletes an access token; one's own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not, or it is not a token of that user.
    pub async fn token_revoke(&self, ctx: &OpContext, user: &AccountName, token: TokenId) -> Result<(), Error> {
        let id = self.own_user(ctx, user, "token_revoke")?.id;
        let found = self.read("token_revoke", move |conn| tokens::by_id(conn, token)).await?;
        let Some(found) = found.filter(|found| found.account == id) else {
            return Err(Error::not_found("access token", token));
        };
        let object = ObjectRef::new("token", format!("{user}/{}", found.label));
        self.write(ctx, "token_revoke", object, Command::TokenDelete(token)).await?;
        Ok(())
    }
}
