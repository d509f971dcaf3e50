//! Pull credentials: with which the nodes of one service pull its images of our registry.
//!
//! Random, bound to one service and its repositories, authorised live by the registry; the service's specification
//! holds one instead of a user's password, and it dies with the service.

use std::collections::HashSet;

use base::{RepositoryName, Secret, Timestamp, TokenId};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use opctx::OpContext;
use rand::TryRngCore;
use rand::rngs::OsRng;
use serde_json::Value;
use state::control::pull_credentials::{self, PullCredentialCreate};
use state::control::{Command, TokenHash};

use crate::error::Error;
use crate::workloads::Workloads;

/// What a node presents to the registry.
#[derive(Debug, Clone)]
pub struct PullLogin {
    /// The credential's id.
    pub id: TokenId,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

impl Workloads {
    /// Makes a credential for a service that is about to be created or, with its id, changed. It rests on the
    /// caller's rights.
    ///
    /// # Errors
    /// If the caller is not signed in or the store does not take it.
    pub async fn credential_create(
        &self,
        ctx: &OpContext,
        service_name: &str,
        service: Option<&str>,
        repositories: Vec<RepositoryName>,
    ) -> Result<PullLogin, Error> {
        let owner = ctx.require_signed_in().map_err(Error::Denied)?.id;
        let mut bytes = [0_u8; 32];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| Error::Random)?;
        let password = Secret::new(URL_SAFE_NO_PAD.encode(bytes));
        let id = TokenId::random();
        let create = PullCredentialCreate {
            id,
            cluster: self.cluster,
            service_name: service_name.to_owned(),
            service: service.map(str::to_owned),
            owner,
            repositories,
            hash: TokenHash::of(password.expose()),
        };
        self.credential_write(ctx, service_name, Command::PullCredentialCreate(create)).await?;
        Ok(PullLogin { id, username: id.to_string(), password })
    }

    /// Binds a credential to the service that was created with it.
    ///
    /// # Errors
    /// If the store does not take it.
    pub async fn credential_bind(&self, ctx: &OpContext, credential: TokenId, service: &str) -> Result<(), Error> {
        let command = Command::PullCredentialBind { credential, service: service.to_owned() };
        self.credential_write(ctx, service, command).await
    }

    /// Deletes a credential whose service was not created after all.
    ///
    /// # Errors
    /// If the store does not take it.
    pub async fn credential_delete(&self, ctx: &OpContext, credential: TokenId) -> Result<(), Error> {
        self.credential_write(ctx, "", Command::PullCredentialDelete(credential)).await
    }

    /// Deletes the credentials of a service that is gone; with `keep`, those that an update replaced.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn credentials_end(&self, ctx: &OpContext, service: &str, keep: Option<TokenId>) -> Result<(), Error> {
        let Some(keep) = keep else {
            let command = Command::PullCredentialsEnd { cluster: self.cluster, service: service.to_owned() };
            return self.credential_write(ctx, service, command).await;
        };
        let (cluster, id) = (self.cluster, service.to_owned());
        let read = self.control.read(move |conn| pull_credentials::of_service(conn, cluster, &id)).await;
        for found in read.map_err(|source| Error::CredentialRead { source })? {
            if found.credential.id != keep {
                self.credential_delete(ctx, found.credential.id).await?;
            }
        }
        Ok(())
    }

    /// Reports whether a service has a credential for a repository.
    ///
    /// # Errors
    /// If the store does not answer.
    pub async fn credential_covers(&self, service: &str, repository: &RepositoryName) -> Result<bool, Error> {
        let (cluster, id) = (self.cluster, service.to_owned());
        let read = self.control.read(move |conn| pull_credentials::of_service(conn, cluster, &id)).await;
        let found = read.map_err(|source| Error::CredentialRead { source })?;
        Ok(found.iter().any(|row| row.credential.repositories.contains(repository)))
    }

    /// Reconciles: deletes credentials whose service is gone, and those made before `unbound_before` that no service
    /// was created with. Run on a timer; what the engine does not list is gone only if it answered.
    ///
    /// # Errors
    /// If engine or store do not answer.
    pub async fn credentials_reconcile(&self, ctx: &OpContext, unbound_before: Timestamp) -> Result<usize, Error> {
        let read = self.control.read(pull_credentials::every).await;
        let all = read.map_err(|source| Error::CredentialRead { source })?;
        if all.is_empty() {
            return Ok(0);
        }
        // Asked after the credentials were read, so that a service made in between is not missed.
        let answer = self.ask("/services").await?;
        let Some(services) = answer.as_array() else { return Ok(0) };
        let alive: HashSet<&str> = services.iter().filter_map(|view| view.get("ID").and_then(Value::as_str)).collect();
        let is_over = |row: &&pull_credentials::PullCredential| match &row.credential.service {
            Some(service) => row.credential.cluster == self.cluster && !alive.contains(service.as_str()),
            None => row.created < unbound_before,
        };
        let over: Vec<TokenId> = all.iter().filter(is_over).map(|row| row.credential.id).collect();
        for credential in &over {
            self.credential_delete(ctx, *credential).await?;
        }
        Ok(over.len())
    }

    async fn credential_write(&self, ctx: &OpContext, service: &str, command: Command) -> Result<(), Error> {
        let written = self.control.write(ctx.operation_id(), command).await;
        written.map(|_| ()).map_err(|source| Error::Credential { service: service.to_owned(), source })
    }
}
