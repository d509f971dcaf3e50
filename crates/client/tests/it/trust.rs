use base::Secret;
use holdfast_client::{Client, Credential, Error, Options, Trust};

fn client(url: &str, trust: Trust) -> Result<Client, Error> {
    Client::new(Options { url: url.to_owned(), trust, credential: Credential::Bearer(Secret::new("t")) })
}

#[tokio::test]
async fn no_credential_leaves_over_a_connection_that_nobody_vouches_for() {
    assert!(matches!(client("http://example.test:80", Trust::AnyoneForTheCa), Err(Error::Plain { .. })));
    // Refused before anything is dialled.
    let refused = client("https://127.0.0.1:1", Trust::AnyoneForTheCa).unwrap().me_view().await.unwrap_err();
    assert!(matches!(refused, Error::Untrusted { .. }), "{refused:?}");
}

#[test]
fn a_ca_file_without_a_certificate_is_refused() {
    assert!(matches!(client("https://h", Trust::Ca(b"nothing".to_vec())), Err(Error::Trust(_))));
    assert!(holdfast_client::fingerprint_of_pem(b"nothing").is_err());
}
