//! Red Hat's `repository-to-cpe.json`: content sets, and the CPEs that statements call them by.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Error, Sink};

/// No more content sets are read; Red Hat has some ten thousand.
const MOST_SETS: usize = 1 << 20;

#[derive(Debug, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    data: BTreeMap<String, &'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    cpes: Vec<String>,
}

/// Reads the mapping, one content set after the other.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(|error| Error::shape("repository-to-cpe", error))?;
    if file.data.is_empty() {
        return Err(Error::Missing { what: "content set" });
    }
    if file.data.len() > MOST_SETS {
        sink.unread("content sets", "there are more than are kept");
    }
    for (set, entry) in file.data.into_iter().take(MOST_SETS) {
        match serde_json::from_str::<Entry>(entry.get()) {
            // Red Hat lists sets without a product: nothing is known of them.
            Ok(entry) if entry.cpes.is_empty() => {}
            Ok(entry) => sink.repository(&set, entry.cpes),
            Err(error) => sink.unread(&set, &error.to_string()),
        }
    }
    Ok(())
}
