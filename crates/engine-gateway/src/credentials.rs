//! Services: credentials of their own for images of our registry, so that no user's password enters the Swarm's log.

use base::{RepositoryName, TokenId};
use engine_spec::{AuthConfig, ImageRef, Route};
use http_kit::{Body, Response};
use serde_json::Value;
use workloads::PullLogin;

use crate::decide::Decided;
use crate::error::Error;
use crate::forward::Incoming;
use crate::gateway::{Asked, Gateway};
use crate::relay::passed;

impl Gateway {
    /// Creates or updates a service.
    pub(crate) async fn service_write(
        &self,
        asked: &Asked,
        mut incoming: Incoming,
        decided: &Decided,
    ) -> Result<Response, Error> {
        self.place(asked, &mut incoming, decided).await?;
        let login = self.service_login(asked, &mut incoming, decided).await?;
        let sent = self.send(&asked.call, incoming, decided).await;
        let service = decided.object.as_ref().map(|object| object.id.as_str());
        match (sent, login) {
            (Ok(response), Some(login)) if response.status().is_success() => {
                self.service_bound(asked, response, &login, service).await
            }
            (sent, Some(login)) => {
                self.forget(asked, login.id).await;
                sent.map(passed)
            }
            (sent, None) => sent.map(passed),
        }
    }

    /// Makes the credential where the service's image is of our registry and none of its own is there already.
    async fn service_login(
        &self,
        asked: &Asked,
        incoming: &mut Incoming,
        decided: &Decided,
    ) -> Result<Option<PullLogin>, Error> {
        if asked.call.query.text("rollback") == Some("previous") {
            // The engine brings back the previous spec with what is stored there.
            incoming.registry_auth = None;
            return Ok(None);
        }
        let Some(spec) = incoming.canonical.as_ref().map(|canonical| &canonical.value) else { return Ok(None) };
        let image = spec.pointer("/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str).unwrap_or_default();
        let image = ImageRef::new(image).ok();
        let Some((host, repository)) = image.as_ref().and_then(|image| Some((image.host()?, self.ours(image)?))) else {
            self.foreign_login(incoming);
            return Ok(None);
        };
        if let Route::ServiceUpdate(_) = asked.call.route
            && asked.call.query.text("registryAuthFrom") != Some("previous-spec")
            && self.has_login(decided, &repository).await?
        {
            // What is stored with the service goes on working.
            incoming.registry_auth = None;
            return Ok(None);
        }
        let name = spec.get("Name").and_then(Value::as_str).unwrap_or_default();
        let service = decided.object.as_ref().map(|object| object.id.as_str());
        let login = self.workloads.credential_create(&asked.ctx, name, service, vec![repository]).await?;
        incoming.registry_auth = Some(AuthConfig {
            username: Some(login.username.clone()),
            password: Some(login.password.clone()),
            server_address: Some(host.to_owned()),
            ..AuthConfig::default()
        });
        Ok(Some(login))
    }

    /// Credentials for other registries pass as the user gave them; none for ours does.
    fn foreign_login(&self, incoming: &mut Incoming) {
        let ours = |auth: &AuthConfig| {
            let address = auth.server_address.as_deref().unwrap_or_default();
            let bare = address.split_once("://").map_or(address, |(_, rest)| rest);
            self.is_our_registry(bare.split('/').next().unwrap_or_default())
        };
        if incoming.drop_stored_credentials || incoming.registry_auth.as_ref().is_some_and(ours) {
            incoming.registry_auth = Some(AuthConfig::default());
        }
    }

    /// Reports whether the service's current spec runs an image of this repository with a credential of its own.
    async fn has_login(&self, decided: &Decided, repository: &RepositoryName) -> Result<bool, Error> {
        let Some(service) = &decided.object else { return Ok(false) };
        let current = service.view.pointer("/Spec/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str);
        let current = current.and_then(|image| ImageRef::new(image).ok()).and_then(|image| self.ours(&image));
        if current.as_ref() != Some(repository) {
            return Ok(false);
        }
        Ok(self.workloads.credential_covers(&service.id, repository).await?)
    }

    /// Binds the credential to the service that was created with it, or ends those that it replaces.
    async fn service_bound(
        &self,
        asked: &Asked,
        response: Response,
        login: &PullLogin,
        service: Option<&str>,
    ) -> Result<Response, Error> {
        if service.is_some() {
            // The ones before stay until the reconciler sees no task that could need them: an update may be rolled back.
            return Ok(passed(response));
        }
        let (parts, body) = response.into_parts();
        let bytes = http_kit::read(body, 64 * 1024).await.map_err(Error::Read)?;
        let answer: Option<Value> = serde_json::from_slice(&bytes).ok();
        let created = answer.as_ref().and_then(|answer| answer.get("ID")?.as_str());
        if let Some(created) = created {
            self.workloads.credential_bind(&asked.ctx, login.id, created).await?;
        }
        Ok(passed(Response::from_parts(parts, Body::from(bytes))))
    }

    async fn forget(&self, asked: &Asked, credential: TokenId) {
        if let Err(error) = self.workloads.credential_delete(&asked.ctx, credential).await {
            // Unbound, so the reconciler deletes it within the hour.
            tracing::warn!(credential.id = %credential, "an unused pull credential stays for now: {}", base::chain(&error));
        }
    }
}
