//! Databases made for tests.

use base::Timestamp;
use holdfast_advisory_db::{Builder, Database};
use vuln::feed::Sink;
use vuln::{
    Advisory, Affect, AffectState, Epss, Kev, Namespace, Qualifiers, Range, RangeEnd, Scheme, Severity, SeverityKind,
};

/// When everything here is built.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(1_770_000_000_000)
}

/// An advisory with something in every field.
pub(crate) fn advisory(source: &str, id: &str, alias: &str) -> Advisory {
    Advisory {
        id: id.to_owned(),
        source: source.to_owned(),
        aliases: vec![alias.to_owned()],
        title: format!("title of {id}"),
        description: "what it is about".to_owned(),
        published: Some(now()),
        modified: Some(now().plus_secs(-86_400)),
        withdrawn: None,
        severities: vec![Severity { source: source.to_owned(), kind: SeverityKind::Word, value: "high".to_owned() }],
        references: vec!["https://example.com".to_owned()],
        cwes: vec!["CWE-79".to_owned()],
        kev: None,
        epss: None,
    }
}

/// An affect with something in every field.
pub(crate) fn affect(source: &str, id: &str, namespace: &str, name: &str, fixed: &str) -> Affect {
    let open = Range { introduced: Some("9".to_owned()), end: RangeEnd::Open };
    let limit = Range { introduced: Some("0.2".to_owned()), end: RangeEnd::Limit("0.3".to_owned()) };
    let last = Range { introduced: None, end: RangeEnd::LastAffected("0.1".to_owned()) };
    Affect {
        advisory: (source.to_owned(), id.to_owned()),
        namespace: Namespace(namespace.to_owned()),
        name: name.to_owned(),
        scheme: Scheme::Rpm,
        ranges: vec![last, limit, Range { introduced: None, end: RangeEnd::Fixed(fixed.to_owned()) }, open],
        versions: vec!["0.0.1".to_owned()],
        state: AffectState::Affected,
        severity: Some("important".to_owned()),
        qualifiers: Qualifiers {
            module: Some("m:1".to_owned()),
            arches: vec!["x86_64".to_owned()],
            cpes: vec!["cpe:/o:x".to_owned()],
            symbols: vec!["f".to_owned()],
            channel: Some("extras".to_owned()),
        },
    }
}

/// A database of so many packages, each fixed in that version.
pub(crate) fn bytes(packages: usize, fixed: &str, version: u64) -> Vec<u8> {
    let mut builder = Builder::default();
    for number in 0..packages {
        let id = format!("ALSA-2026:{number}");
        builder.advisory(advisory("almalinux", &id, &format!("CVE-2026-{number}")));
        builder.affect(affect("almalinux", &id, "almalinux:9", &format!("package-{number}"), fixed));
    }
    builder.kev("CVE-2026-0", Kev { added: "2026-01-01".to_owned(), due: None, ransomware: true });
    builder.epss("CVE-2026-0", Epss { probability_ppm: 12, percentile_ppm: 500_000 });
    builder.finish(version, now()).unwrap()
}

/// The same, opened.
pub(crate) fn database(packages: usize, fixed: &str, version: u64) -> Database {
    Database::from_bytes(bytes(packages, fixed, version)).unwrap()
}
