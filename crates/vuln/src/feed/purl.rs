//! Package URLs, as far as feeds use them (`pkg:type/namespace/name@version?qualifiers#subpath`).

/// A package URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Purl {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) version: Option<String>,
    qualifiers: Vec<(String, String)>,
}

impl Purl {
    /// Reads one; nothing if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:")?.trim_start_matches('/');
        let rest = rest.split('#').next().unwrap_or(rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (path, version) = match path.rsplit_once('@') {
            Some((path, version)) => (path, Some(decoded(version))),
            None => (path, None),
        };
        let (kind, path) = path.split_once('/')?;
        let (namespace, name) = path.rsplit_once('/').unwrap_or(("", path));
        let qualifiers = query.split('&').filter_map(|pair| pair.split_once('='));
        (!kind.is_empty() && !name.is_empty()).then(|| Self {
            kind: kind.to_ascii_lowercase(),
            namespace: decoded(namespace),
            name: decoded(name),
            version,
            qualifiers: qualifiers.map(|(key, value)| (key.to_ascii_lowercase(), decoded(value))).collect(),
        })
    }

    /// Returns a qualifier's value.
    pub(super) fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let ahead = bytes.clone();
        let digits: Option<Vec<u8>> = match byte {
            b'%' => ahead.take(2).map(|b| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())).collect(),
            _ => None,
        };
        match digits.as_deref() {
            Some([high, low]) => {
                out.push(high << 4 | low);
                bytes.nth(1);
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_are_told_apart() {
        let purl = Purl::parse("pkg:rpm/redhat/openssl@3.0.7-18.el9_2?arch=x86_64&epoch=1&rpmmod=a%3Ab").unwrap();
        assert_eq!((purl.kind.as_str(), purl.namespace.as_str(), purl.name.as_str()), ("rpm", "redhat", "openssl"));
        assert_eq!(purl.version.as_deref(), Some("3.0.7-18.el9_2"));
        assert_eq!((purl.qualifier("epoch"), purl.qualifier("rpmmod")), (Some("1"), Some("a:b")));
        let purl = Purl::parse("pkg:npm/%40scope/x%2").unwrap();
        assert_eq!((purl.namespace.as_str(), purl.name.as_str(), purl.version), ("@scope", "x%2", None));
        for bad in ["", "pkg:", "pkg:rpm", "pkg:rpm/", "http://x"] {
            assert!(Purl::parse(bad).is_none(), "{bad}");
        }
    }
}
