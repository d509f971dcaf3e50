//! `OpenVEX` as Ubuntu writes it: statements on source and binary packages by package URL.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::release::ubuntu_release;
use super::text::time;
use super::{Error, Sink};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::purl::Purl;
use crate::scheme::Scheme;

#[derive(Debug, Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    statements: Vec<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
struct Statement {
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<Product>,
    status: String,
    #[serde(default)]
    timestamp: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    name: String,
    description: String,
    aliases: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Product {
    #[serde(rename = "@id")]
    id: String,
}

/// Reads one file.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(|error| Error::shape("OpenVEX", error))?;
    for raw in file.statements {
        match serde_json::from_str::<Statement>(raw.get()) {
            Ok(read) => statement(&read, sink),
            Err(error) => sink.unread("a statement", &error.to_string()),
        }
    }
    Ok(())
}

fn statement(read: &Statement, sink: &mut dyn Sink) {
    let id = read.vulnerability.name.as_str();
    let state = match read.status.as_str() {
        "fixed" | "affected" => AffectState::Affected,
        "not_affected" => AffectState::NotAffected,
        "under_investigation" => AffectState::UnderInvestigation,
        other => return sink.unread(id, &format!("an unknown status `{other}`")),
    };
    let mut packages = read.products.iter().filter_map(|product| package(&product.id)).peekable();
    let Some((source, ..)) = packages.peek() else { return };
    let mut out = Advisory::new(source, id);
    out.description.clone_from(&read.vulnerability.description);
    out.aliases.clone_from(&read.vulnerability.aliases);
    out.modified = time(&read.timestamp);
    sink.advisory(out);
    for (source, namespace, scheme, channel, purl) in packages {
        // A statement on a version holds for that version; "fixed" is true of it and of what follows.
        let end = match (&purl.version, read.status.as_str()) {
            (Some(version), "fixed") => RangeEnd::Fixed(version.clone()),
            (None, "fixed") => continue,
            (Some(version), "affected" | "under_investigation") => RangeEnd::LastAffected(version.clone()),
            _ => RangeEnd::Open,
        };
        sink.affect(Affect {
            advisory: (source.to_owned(), id.to_owned()),
            name: purl.name,
            namespace,
            scheme,
            ranges: vec![Range { introduced: None, end }],
            versions: Vec::new(),
            state,
            severity: None,
            qualifiers: Qualifiers { channel, ..Qualifiers::default() },
        });
    }
}

/// Whose package a product is, and the channel that it comes through.
type Place = (&'static str, Namespace, Scheme, Option<String>, Purl);

fn package(id: &str) -> Option<Place> {
    let purl = id.parse::<Purl>().ok()?;
    match (purl.kind.as_str(), purl.namespace.as_deref().unwrap_or_default()) {
        // Matching goes by source packages.
        ("deb", "ubuntu") if purl.qualifier("arch").is_none_or(|arch| arch == "source" || arch == "src") => {
            // `focal`, `esm-infra/focal`.
            let distro = purl.qualifier("distro")?;
            let (channel, name) =
                distro.rsplit_once('/').map_or((None, distro), |(channel, name)| (Some(channel), name));
            let namespace = Namespace(format!("ubuntu:{}", ubuntu_release(name)?));
            let channel = channel.map(str::to_owned);
            Some(("ubuntu", namespace, Scheme::Deb, channel, purl))
        }
        _ => None,
    }
}
