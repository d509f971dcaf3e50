//! CISA's known exploited vulnerabilities.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Error, Sink};
use crate::advisory::Kev;

#[derive(Debug, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    #[serde(default)]
    due_date: Option<String>,
    #[serde(default)]
    known_ransomware_campaign_use: Option<String>,
}

/// Reads the catalogue's JSON.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(|error| Error::shape("KEV", error))?;
    for raw in file.vulnerabilities {
        match serde_json::from_str::<Entry>(raw.get()) {
            Ok(entry) => {
                let ransomware = entry.known_ransomware_campaign_use.as_deref() == Some("Known");
                let due = entry.due_date.filter(|day| !day.is_empty());
                sink.kev(&entry.cve_id, Kev { added: entry.date_added, due, ransomware });
            }
            Err(error) => sink.unread("an entry", &error.to_string()),
        }
    }
    Ok(())
}
