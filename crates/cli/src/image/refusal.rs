//! What to do when an image cannot be had.

use base::ErrorKind;
use image::Error;

use crate::failure::NextStep;

/// Adds what to do next to a failure.
pub(super) fn explained(error: Error) -> anyhow::Error {
    let step = match &error {
        // What is wrong with a certificate is no data that TLS can use.
        Error::Connect { source, .. } if source.kind() == std::io::ErrorKind::InvalidData => {
            "if the registry has a CA of its own, name it with `--ca FILE`"
        }
        Error::Connect { .. } => {
            "see that it runs and is reached from here; `archive:`, `layout:`, `dir:`, `engine:` and `registry:` before \
             the source say which kind it is"
        }
        _ => match error.kind() {
            ErrorKind::Unauthenticated => "`docker login` to the registry: its credentials are used",
            ErrorKind::Forbidden => "ask for the right to pull from it, or `docker login` as somebody who has it",
            _ => return error.into(),
        },
    };
    NextStep::new(base::chain(&error), step).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(kind: std::io::ErrorKind) -> Error {
        Error::Connect { address: "r.example:443".to_owned(), source: kind.into() }
    }

    #[test]
    fn an_unknown_ca_and_a_missing_login_have_a_next_step() {
        let said = |error| crate::failure::describe(&explained(error));
        assert!(said(connect(std::io::ErrorKind::InvalidData)).contains("next: if the registry has a CA"));
        assert!(said(connect(std::io::ErrorKind::ConnectionRefused)).contains("next: see that it runs"));
        let refused = Error::Refused {
            address: "r.example:443".to_owned(),
            status: 401,
            what: "GET /v2/".to_owned(),
            message: "authentication required".to_owned(),
        };
        assert!(said(refused).contains("next: `docker login`"));
        assert!(!said(Error::Unusable("x".to_owned())).contains("next:"));
    }
}
