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

/// Reads the catalogue's CSV: fields by the names in its first line.
pub(super) fn csv(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| Error::shape("KEV", error))?;
    let mut rows = records(text.trim_start_matches('\u{feff}')).into_iter();
    let head = rows.next().unwrap_or_default();
    let place = |name: &str| head.iter().position(|field| field == name);
    let cve = place("cveID").ok_or(Error::Missing { what: "column `cveID`" })?;
    let added = place("dateAdded").ok_or(Error::Missing { what: "column `dateAdded`" })?;
    let (due, ransomware) = (place("dueDate"), place("knownRansomwareCampaignUse"));
    for row in rows.filter(|row| row.iter().any(|field| !field.is_empty())) {
        let field = |at: usize| row.get(at).map(|text| text.trim()).filter(|text| !text.is_empty());
        let (Some(cve), Some(added)) = (field(cve), field(added)) else {
            sink.unread("an entry", "it has no id or no day");
            continue;
        };
        let ransomware = ransomware.and_then(field) == Some("Known");
        sink.kev(cve, Kev { added: added.to_owned(), due: due.and_then(field).map(str::to_owned), ransomware });
    }
    Ok(())
}

/// Splits CSV (RFC 4180) into records of fields.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    let mut row = vec![String::new()];
    let mut is_quoted = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                add(&mut row, '"');
            }
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => row.push(String::new()),
            '\r' if !is_quoted => {}
            '\n' if !is_quoted => all.push(std::mem::replace(&mut row, vec![String::new()])),
            other => add(&mut row, other),
        }
    }
    all.push(row);
    all
}

fn add(row: &mut [String], character: char) {
    if let Some(field) = row.last_mut() {
        field.push(character);
    }
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
