//! Client bundles: a certificate with all that docker needs to use it.

mod archive;
mod env;

use base::{AccountName, CertificateId};
use opctx::{ObjectRef, OpContext};
use pki::Validity;
use state::control::certificates::{self, Certificate, CertificateAdd};
use state::control::{Command, TokenHash};

use self::archive::Contents;
use crate::error::Error;
use crate::identity::Identity;

/// Asks for a client bundle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BundleRequest {
    /// What it is for; shown in lists.
    pub label: String,
    /// The `host:port` under which the caller reached the server; taken if it is one of the server's names.
    pub host: Option<String>,
}

/// A client bundle; holds the private key, which is kept nowhere else.
#[derive(Clone)]
pub struct BundleArchive {
    /// The certificate's id, under which it is listed and revoked.
    pub id: CertificateId,
    /// The file's name: `ucp-bundle-<user>.zip`.
    pub file_name: String,
    /// The zip.
    pub zip: Vec<u8>,
}

impl std::fmt::Debug for BundleArchive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BundleArchive").field("id", &self.id).field("bytes", &self.zip.len()).finish_non_exhaustive()
    }
}

impl Identity {
    /// Makes a client bundle; one's own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn bundle_create(
        &self,
        ctx: &OpContext,
        user: &AccountName,
        request: BundleRequest,
    ) -> Result<BundleArchive, Error> {
        let account = self.credential_owner(ctx, user, "bundle_create")?;
        let endpoint = &self.0.options.endpoint;
        let asked = request.host.filter(|host| endpoint.hosts.contains(host));
        let host = asked.or_else(|| endpoint.hosts.first().cloned());
        let host = host.filter(|host| env::is_host(host)).ok_or_else(|| Error::invalid("the server has no name"))?;
        let issue = |source| Error::Issue { operation: "bundle_create", source };
        let issued = self.0.options.client_ca.issue_user(user, Validity::leaf(self.now())).map_err(issue)?;
        let id = CertificateId::random();
        let add = CertificateAdd {
            id,
            account: account.id,
            label: request.label.clone(),
            fingerprint: TokenHash::from_bytes(issued.certificate.fingerprint),
            public_key: issued.public_key_pem.clone(),
            pem: issued.certificate.pem.clone(),
            expires: issued.certificate.not_after,
        };
        let contents = Contents {
            user,
            host: &host,
            cluster: ctx.cluster(),
            is_admin: account.is_admin,
            ca_pem: &endpoint.ca_pem,
            cert_pem: &issued.certificate.pem,
            key_pem: &issued.key_pem,
            public_key_pem: &issued.public_key_pem,
        };
        let zip = contents.zip().map_err(Error::Pack)?;
        let object = ObjectRef::new("bundle", format!("{user}/{}", request.label));
        self.write(ctx, "bundle_create", object, Command::CertificateAdd(add)).await?;
        Ok(BundleArchive { id, file_name: format!("ucp-bundle-{user}.zip"), zip })
    }

    /// Lists a user's client bundles; its own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not.
    pub async fn bundle_list(&self, ctx: &OpContext, user: &AccountName) -> Result<Vec<Certificate>, Error> {
        let id = self.own_user(ctx, user, "bundle_list")?.id;
        self.read("bundle_list", move |conn| certificates::of_account(conn, id)).await
    }

    /// Revokes a client bundle; one's own, or anybody's for administrators.
    ///
    /// # Errors
    /// If the caller may not, or it is not a bundle of that user.
    pub async fn bundle_revoke(&self, ctx: &OpContext, user: &AccountName, bundle: CertificateId) -> Result<(), Error> {
        let id = self.own_user(ctx, user, "bundle_revoke")?.id;
        let found = self.read("bundle_revoke", move |conn| certificates::by_id(conn, bundle)).await?;
        let Some(found) = found.filter(|found| found.account == id) else {
            return Err(Error::not_found("client bundle", bundle));
        };
        let object = ObjectRef::new("bundle", format!("{user}/{}", found.label));
        self.write(ctx, "bundle_revoke", object, Command::CertificateDelete(bundle)).await?;
        Ok(())
    }
}
