//! The cluster's keys: the member's own key in a file, everything else sealed in the control store.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use base::{Clock, ClusterId, MemberId, OperationId, Secret};
use pki::{ClientCa, ClusterCa, MemberKey, SealKey, Validity};
use state::control::settings::{SecretSet, SettingSet};
use state::control::{Command, ControlStore, settings};

use crate::data_dir::write_durable;

/// What a server signs and seals with.
#[derive(Clone)]
pub(crate) struct Keys {
    /// Seals what the stores hold.
    pub(crate) seal: Arc<SealKey>,
    /// Signs members and agents.
    pub(crate) cluster_ca: Arc<ClusterCa>,
    /// Signs users and the server.
    pub(crate) client_ca: Arc<ClientCa>,
}

impl Keys {
    /// Loads the keys, or makes them at the first start.
    ///
    /// # Errors
    /// If the member's key is missing although the store was sealed with it, or a key does not open.
    pub(crate) async fn open(
        member_key: &Path,
        store: &ControlStore,
        member: MemberId,
        cluster: ClusterId,
        clock: &dyn Clock,
    ) -> Result<Self> {
        let seal = seal_key(member_key, store, member).await?;
        let validity = Validity::authority(clock.now());
        let cluster_ca = match read_authority(store, &seal, "cluster_ca").await? {
            Some((pem, key)) => ClusterCa::load(&pem, &key).context("loading the cluster CA")?,
            None => {
                let ca = ClusterCa::create(cluster, validity).context("making the cluster CA")?;
                keep_authority(store, &seal, "cluster_ca", ca.ca_pem(), &ca.key_pem()).await?;
                ca
            }
        };
        let client_ca = match read_authority(store, &seal, "client_ca").await? {
            Some((pem, key)) => ClientCa::load(&pem, &key).context("loading the client CA")?,
            None => {
                let ca = ClientCa::create(cluster, validity).context("making the client CA")?;
                keep_authority(store, &seal, "client_ca", ca.ca_pem(), &ca.key_pem()).await?;
                ca
            }
        };
        Ok(Self { seal: Arc::new(seal), cluster_ca: Arc::new(cluster_ca), client_ca: Arc::new(client_ca) })
    }
}

async fn seal_key(path: &Path, store: &ControlStore, member: MemberId) -> Result<SealKey> {
    let name = format!("seal_key.{member}");
    let asked = name.clone();
    let wrapped = store.read(move |conn| settings::secret(conn, &asked)).await.context("reading the data key")?;
    match wrapped {
        Some(wrapped) => {
            let bytes = fs_err::read(path).context(
                "the store is sealed and this member's key is missing: put the file back, or restore a backup",
            )?;
            let member_key = MemberKey::from_bytes(&bytes).context("reading the member's key")?;
            SealKey::unwrap(&wrapped, &member_key).context("opening the data key with this member's key")
        }
        None => {
            let (seal, member_key) = (SealKey::random()?, MemberKey::random()?);
            // The member's key is on disk before anything is sealed under it.
            write_durable(path, &member_key.to_bytes())?;
            set_secret(store, name, seal.wrap(&member_key)?).await?;
            Ok(seal)
        }
    }
}

async fn read_authority(store: &ControlStore, seal: &SealKey, name: &'static str) -> Result<Option<(String, Secret)>> {
    let key_name = format!("{name}_key");
    let asked = key_name.clone();
    let found = store
        .read(move |conn| {
            Ok::<_, store::rusqlite::Error>((settings::get_as::<String>(conn, name)?, settings::secret(conn, &asked)?))
        })
        .await
        .with_context(|| format!("reading `{name}`"))?;
    match found {
        (Some(pem), Some(sealed)) => {
            let key = seal.open_text(&sealed, key_name.as_bytes()).with_context(|| format!("opening `{key_name}`"))?;
            Ok(Some((pem, key)))
        }
        _ => Ok(None),
    }
}

async fn keep_authority(store: &ControlStore, seal: &SealKey, name: &str, pem: &str, key: &Secret) -> Result<()> {
    let key_name = format!("{name}_key");
    let sealed = seal.seal(key.expose().as_bytes(), key_name.as_bytes())?;
    // The key first: a certificate without its key would be found and could not be used.
    set_secret(store, key_name, sealed).await?;
    let set = SettingSet { name: name.to_owned(), value: Some(pem.into()), only_if_absent: false };
    store
        .write(OperationId::random(), Command::SettingSet(set))
        .await
        .with_context(|| format!("recording `{name}`"))?;
    Ok(())
}

async fn set_secret(store: &ControlStore, name: String, sealed: Vec<u8>) -> Result<()> {
    let set = SecretSet { name: name.clone(), sealed: Some(sealed), only_if_absent: false };
    store
        .write(OperationId::random(), Command::SecretSet(set))
        .await
        .with_context(|| format!("recording the secret `{name}`"))?;
    Ok(())
}
