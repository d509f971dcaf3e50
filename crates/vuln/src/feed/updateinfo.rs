//! `updateinfo.xml` of rpm repositories: Amazon's ALAS, Oracle, Rocky, Fedora, SUSE.

use std::collections::{BTreeMap, BTreeSet};

use super::text::{is_id, time, word};
use super::xml::{Element, each};
use super::{Error, Sink, source_of_id};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

/// Reads one file; updates that mend no vulnerability are passed over.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    each(bytes, &["update"], |update| read(&update, sink))
}

fn read(update: &Element, sink: &mut dyn Sink) {
    let id = update.text_of("id");
    let kind = update.attribute("type").unwrap_or("security");
    let named: Vec<&Element> = update.list("references", "reference").collect();
    let cves: BTreeSet<&str> =
        named.iter().filter_map(|reference| reference.attribute("id")).filter(|id| is_id(id)).collect();
    if kind != "security" && !cves.iter().any(|id| id.starts_with("CVE-")) {
        return;
    }
    if id.is_empty() {
        return sink.unread("an update", "it has no id");
    }
    let collections: Vec<&Element> = update.list("pkglist", "collection").collect();
    let release = update.text_of("release");
    let Some(place) = collections
        .iter()
        .find_map(|collection| place(id, release, collection.attribute("short").unwrap_or_default()))
        .or_else(|| place(id, release, ""))
    else {
        return sink.unread(id, "no release that is known");
    };
    let mut out = Advisory::new(place.source, id);
    out.aliases = cves.iter().map(|id| (*id).to_owned()).collect();
    out.title = update.text_of("title").to_owned();
    out.description = update.text_of("description").to_owned();
    out.published = update.child("issued").and_then(|issued| issued.attribute("date")).and_then(time);
    out.modified = update.child("updated").and_then(|updated| updated.attribute("date")).and_then(time);
    out.references = named.iter().filter_map(|reference| reference.attribute("href")).map(str::to_owned).collect();
    let severity = update.text_of("severity");
    out.severities.extend(word(place.source, severity));
    sink.advisory(out);
    for collection in collections {
        packages(id, &place, severity, collection, sink);
    }
}

fn packages(id: &str, place: &Place, severity: &str, collection: &Element, sink: &mut dyn Sink) {
    let module = collection
        .child("module")
        .and_then(|module| Some(format!("{}:{}", module.attribute("name")?, module.attribute("stream")?)));
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for package in collection.children("package") {
        let part = |name| package.attribute(name).unwrap_or_default();
        let (name, version, arch) = (part("name"), part("version"), part("arch"));
        if arch == "src" {
            continue;
        }
        if name.is_empty() || version.is_empty() {
            sink.unread(id, "a package without a name or a version");
            continue;
        }
        let epoch = if matches!(part("epoch"), "" | "0") { String::new() } else { format!("{}:", part("epoch")) };
        let release = if part("release").is_empty() { String::new() } else { format!("-{}", part("release")) };
        let key = (name.to_owned(), format!("{epoch}{version}{release}"));
        found.entry(key).or_default().insert(arch.to_owned());
    }
    for ((name, fixed), arches) in found {
        // Built for more than one architecture: for all that there are.
        let is_particular = arches.len() == 1 && !arches.contains("noarch") && !arches.contains("");
        sink.affect(Affect {
            advisory: (place.source.to_owned(), id.to_owned()),
            namespace: place.namespace.clone(),
            name,
            scheme: Scheme::Rpm,
            ranges: vec![Range { introduced: None, end: RangeEnd::Fixed(fixed) }],
            versions: Vec::new(),
            state: AffectState::Affected,
            severity: (!severity.is_empty()).then(|| severity.to_owned()),
            qualifiers: Qualifiers {
                module: module.clone(),
                arches: if is_particular { arches.into_iter().collect() } else { Vec::new() },
                channel: place.channel.clone(),
                ..Qualifiers::default()
            },
        });
    }
}

struct Place {
    source: &'static str,
    namespace: Namespace,
    channel: Option<String>,
}

/// Tells the release from the id, the update's release and the collection's short name.
fn place(id: &str, release: &str, short: &str) -> Option<Place> {
    let source = source_of_id(id)?;
    let texts = [short, release];
    let number = |text: &str| {
        let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
        let start = text.find(|c: char| c.is_ascii_digit())?;
        Some(digits(text.get(start..)?)).filter(|digits| !digits.is_empty())
    };
    let (namespace, channel) = match source {
        "amazon" => amazon(id, short),
        "oracle" | "rocky" | "almalinux" | "fedora" => {
            (format!("{source}:{}", texts.into_iter().find_map(number)?), None)
        }
        "redhat" => (format!("rhel:{}", texts.into_iter().find_map(number)?), None),
        "suse" => {
            let name = if release.contains("Leap") { "openSUSE" } else { "SUSE" };
            (
                super::ecosystem(&format!("{name}:{}", if release.is_empty() { short } else { release })).namespace.0,
                None,
            )
        }
        _ => return None,
    };
    Some(Place { source, namespace: Namespace(namespace), channel })
}

/// `ALAS-2018-1` (1), `ALAS2-2023-1` (2), `ALAS2023-2024-1`; `ALASDOCKER-2023-1`, `ALAS2NITRO-ENCLAVES-…` are extras of 2.
fn amazon(id: &str, short: &str) -> (String, Option<String>) {
    let rest = id.strip_prefix("ALAS").unwrap_or(id);
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let topic = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    // The topic ends where the year begins.
    let topic = topic.split("-20").next().unwrap_or_default().trim_matches('-').to_ascii_lowercase();
    let version =
        match digits.as_str() {
            "" if !topic.is_empty() || short.starts_with("amazon-linux-2") => {
                if short.starts_with("amazon-linux-2023") { "2023" } else { "2" }
            }
            "" => "1",
            digits => digits,
        };
    let channel = (!topic.is_empty()).then(|| if version == "2" { "extras".to_owned() } else { topic });
    (format!("amazon:{version}"), channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amazons_releases_are_told_from_ids() {
        for (id, short, namespace, channel) in [
            ("ALAS-2018-1", "amazon-linux-ami", "amazon:1", None),
            ("ALAS2-2023-1", "amazon-linux-2---core", "amazon:2", None),
            ("ALAS-2023-1", "amazon-linux-2---core", "amazon:2", None),
            ("ALASDOCKER-2023-1", "", "amazon:2", Some("extras")),
            ("ALAS2KERNEL-5.10-2022-1", "", "amazon:2", Some("extras")),
            ("ALAS2023-2024-500", "amazon-linux-2023---kernel", "amazon:2023", None),
        ] {
            let (read, extra) = amazon(id, short);
            assert_eq!((read.as_str(), extra.as_deref()), (namespace, channel), "{id}");
        }
    }
}
