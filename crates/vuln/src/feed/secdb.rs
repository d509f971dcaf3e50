//! Alpine's, Wolfi's and Chainguard's secdb: package (origin) → fixed version → ids.

use serde::Deserialize;
use serde_json::Value;

use super::text::is_id;
use super::{Error, Sink, yaml};
use crate::advisory::{Advisory, Affect, AffectState, Namespace, Qualifiers, Range, RangeEnd};
use crate::scheme::Scheme;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct File {
    distroversion: Option<String>,
    urlprefix: Option<String>,
    reponame: Option<String>,
    packages: Value,
}

/// Reads the JSON form.
pub(super) fn json(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    read(serde_json::from_slice(bytes).map_err(|error| Error::shape("secdb", error))?, sink)
}

/// Reads the old YAML form.
pub(super) fn yaml(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let value = yaml::value(bytes)?;
    read(serde_json::from_value(value).map_err(|error| Error::shape("secdb", error))?, sink)
}

fn read(file: File, sink: &mut dyn Sink) -> Result<(), Error> {
    let (source, namespace) = place(&file).ok_or(Error::Missing { what: "distroversion" })?;
    let packages = match &file.packages {
        // A repository without fixes.
        Value::Null => return Ok(()),
        Value::Array(packages) => packages,
        _ => return Err(Error::Missing { what: "list of packages" }),
    };
    for package in packages {
        let package = package.get("pkg").unwrap_or(package);
        let Some(name) = package.get("name").and_then(Value::as_str) else {
            sink.unread("a package", "it has no name");
            continue;
        };
        match package.get("secfixes") {
            None | Some(Value::Null) => {}
            Some(Value::Object(fixes)) => {
                for (version, ids) in fixes {
                    fix(source, &namespace, name, version, ids, sink);
                }
            }
            Some(_) => sink.unread(name, "its secfixes are no object"),
        }
    }
    Ok(())
}

fn place(file: &File) -> Option<(&'static str, Namespace)> {
    let prefix = file.urlprefix.as_deref().unwrap_or_default();
    if prefix.contains("wolfi") {
        return Some(("wolfi", Namespace("wolfi".to_owned())));
    }
    if prefix.contains("cgr.dev") || prefix.contains("chainguard") || file.reponame.as_deref() == Some("chainguard") {
        return Some(("chainguard", Namespace("chainguard".to_owned())));
    }
    let release = file.distroversion.as_deref()?.trim().trim_start_matches('v');
    (!release.is_empty()).then(|| ("alpine", Namespace(format!("alpine:{release}"))))
}

fn fix(source: &str, namespace: &Namespace, name: &str, version: &str, ids: &Value, sink: &mut dyn Sink) {
    let lines = match ids {
        Value::Null => return,
        Value::Array(lines) => lines.as_slice(),
        _ => return sink.unread(name, &format!("the fixes of `{version}` are no list")),
    };
    for line in lines {
        // One line may name several ids of one flaw: `CVE-2019-1 GHSA-… (+)`.
        let line = line.as_str().unwrap_or_default();
        let mut named = line.split([' ', ',', '\t']).filter(|word| is_id(word)).peekable();
        if named.peek().is_none() && !line.trim().is_empty() {
            sink.unread(name, &format!("no id in `{line}`"));
        }
        for id in named {
            sink.advisory(Advisory::new(source, id));
            let version = version.trim();
            let (state, end) = if version == "0" {
                (AffectState::NotAffected, RangeEnd::Open)
            } else {
                (AffectState::Affected, RangeEnd::Fixed(version.to_owned()))
            };
            sink.affect(Affect {
                advisory: (source.to_owned(), id.to_owned()),
                namespace: namespace.clone(),
                name: name.to_owned(),
                scheme: Scheme::Apk,
                ranges: vec![Range { introduced: None, end }],
                versions: Vec::new(),
                state,
                severity: None,
                qualifiers: Qualifiers::default(),
            });
        }
    }
}
