//! Debian's security tracker: one JSON object of 60 to 70 MB, source package → CVE → release.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::release::debian_release;
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

#[derive(Debug, Deserialize)]
struct Entry {
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    releases: BTreeMap<String, Release>,
}

#[derive(Debug, Deserialize)]
struct Release {
    #[serde(default)]
    status: String,
    #[serde(default)]
    fixed_version: Option<String>,
    #[serde(default)]
    urgency: Option<String>,
    #[serde(default)]
    nodsa: Option<String>,
    #[serde(default)]
    nodsa_reason: Option<String>,
}

/// Reads the tracker's object, one entry at a time: only the bytes and one entry are in memory.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let sources: BTreeMap<String, &RawValue> =
        serde_json::from_slice(bytes).map_err(|error| Error::shape("Debian tracker", error))?;
    for (source, raw) in sources {
        match serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) {
            Ok(entries) => entries.iter().for_each(|(id, raw)| entry(&source, id, raw, sink)),
            Err(error) => sink.unread(&source, &error.to_string()),
        }
    }
    Ok(())
}

fn entry(source: &str, id: &str, raw: &RawValue, sink: &mut dyn Sink) {
    let read: Entry = match serde_json::from_str(raw.get()) {
        Ok(read) => read,
        Err(error) => return sink.unread(&format!("{source} {id}"), &error.to_string()),
    };
    let mut out = Advisory::new("debian", id);
    out.description = read.description.unwrap_or_default();
    out.references = vec![format!("https://security-tracker.debian.org/tracker/{id}")];
    sink.advisory(out);
    for (codename, release) in &read.releases {
        let Some((state, end)) = verdict(release) else {
            sink.unread(&format!("{source} {id} {codename}"), &format!("an unknown status `{}`", release.status));
            continue;
        };
        let urgency = release.urgency.clone().filter(|word| !word.starts_with("not yet assigned"));
        sink.affect(Affect {
            advisory: ("debian".to_owned(), id.to_owned()),
            namespace: Namespace(format!("debian:{}", debian_release(codename))),
            name: source.to_owned(),
            scheme: Scheme::Deb,
            ranges: vec![Range { introduced: None, end }],
            versions: Vec::new(),
            state,
            severity: urgency,
            qualifiers: Qualifiers::default(),
        });
    }
}

/// Reads a release's status; fixed in version `0` means never affected.
fn verdict(release: &Release) -> Option<(AffectState, RangeEnd)> {
    match (release.status.as_str(), &release.fixed_version) {
        ("resolved", Some(fixed)) if fixed == "0" => Some((AffectState::NotAffected, RangeEnd::Open)),
        ("resolved", Some(fixed)) => Some((AffectState::Affected, RangeEnd::Fixed(fixed.clone()))),
        ("resolved", None) => Some((AffectState::NotAffected, RangeEnd::Open)),
        ("open", _) => Some((open_state(release), RangeEnd::Open)),
        ("undetermined", _) => Some((AffectState::UnderInvestigation, RangeEnd::Open)),
        _ => None,
    }
}

fn open_state(release: &Release) -> AffectState {
    match (release.urgency.as_deref(), release.nodsa_reason.as_deref()) {
        (Some("end-of-life"), _) => AffectState::EndOfLife,
        (_, Some("ignored")) => AffectState::WontFix,
        (_, Some("postponed")) => AffectState::Deferred,
        // Without a reason, "no DSA" only says that the fix comes with a point release.
        _ if release.nodsa.as_deref().is_some_and(|note| note.contains("End of life")) => AffectState::EndOfLife,
        _ => AffectState::Affected,
    }
}
