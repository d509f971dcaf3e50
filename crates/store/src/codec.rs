//! The one place that turns commands, replies and refusals into bytes.
//!
//! A value begins with a byte that names its codec, so that a later one can be read beside this one.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// JSON: names travel, so that fields and variants can be added.
const JSON: u8 = 1;

/// A value that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the value is empty")]
    Empty,
    #[error("the value has the unknown codec {0}")]
    Codec(u8),
    #[error("the value is not what it should be")]
    Json(#[source] serde_json::Error),
}

/// Encodes a value.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(128);
    bytes.push(JSON);
    serde_json::to_writer(&mut bytes, value).map_err(Error::Json)?;
    Ok(bytes)
}

/// Decodes a value.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    match bytes.split_first() {
        None => Err(Error::Empty),
        Some((&JSON, json)) => serde_json::from_slice(json).map_err(Error::Json),
        Some((&codec, _)) => Err(Error::Codec(codec)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_through_and_strangers_are_refused() {
        let bytes = encode(&("a", 1u32)).unwrap();
        assert_eq!(decode::<(String, u32)>(&bytes).unwrap(), ("a".to_owned(), 1));
        assert!(matches!(decode::<u32>(&[]), Err(Error::Empty)));
        assert!(matches!(decode::<u32>(&[9, 1]), Err(Error::Codec(9))));
        assert!(matches!(decode::<u32>(&[1, b'x']), Err(Error::Json(_))));
    }
}
