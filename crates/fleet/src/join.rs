//! How a new machine becomes a node.

use base::{NodeId, NodeName, OperationId};
use engine_client::{JoinRequest, JoinResponse};
use pki::{JoinToken, Validity};
use state::control::nodes::{NodeRegister, NodeRole};
use state::control::{Command, TokenHash};

use crate::error::Error;
use crate::fleet::Fleet;

impl Fleet {
    /// Gives an agent its certificate for a join token, which is used up. The token is what authorizes: it is
    /// checked and used in the same change that records the node.
    ///
    /// # Errors
    /// If the token is not valid, the name is taken, or the certificate request is not usable.
    pub async fn agent_join(&self, request: JoinRequest) -> Result<JoinResponse, Error> {
        let options = &self.0.options;
        // The secret alone is taken as well as the whole text.
        let hash = match request.token.parse::<JoinToken>() {
            Ok(token) => TokenHash::of(token.secret.expose()),
            Err(_) if request.token.len() <= 128 => TokenHash::of(&request.token),
            Err(_) => return Err(Error::Token),
        };
        let name: NodeName = request.hostname.parse().map_err(Error::Name)?;
        let node = NodeId::random();
        let certificate = options
            .ca
            .sign_agent(&request.csr, options.cluster, node, Validity::leaf(options.clock.now()))
            .map_err(Error::Certificate)?;
        let register = NodeRegister {
            id: node,
            cluster: options.cluster,
            name,
            fingerprint: Some(TokenHash::from_bytes(certificate.fingerprint)),
            role: NodeRole::Worker,
        };
        self.write(OperationId::random(), Command::NodeJoin { token: hash, node: register }).await?;
        tracing::info!(node.id = %node, node.name = request.hostname, "node `{}` joined", request.hostname);
        Ok(JoinResponse {
            node,
            cluster: options.cluster,
            certificate: certificate.pem,
            ca: options.ca.ca_pem().to_owned(),
            tunnel_addresses: options.tunnel_addresses.clone(),
        })
    }
}
