//! How a source's file is found: at its address, or by what stands there.

use super::error::Error;

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Its name in the source's folder.
    pub(crate) file: String,
    /// The address to begin at.
    pub(crate) url: String,
    /// How to go on from there.
    pub(crate) way: Way,
    /// Whether it may be missing: a release that is not out yet, a year that has not begun.
    pub(crate) is_optional: bool,
}

impl Target {
    /// A file at its address.
    pub(crate) fn file(file: &str, url: &str) -> Self {
        Self { file: file.to_owned(), url: url.to_owned(), way: Way::File, is_optional: false }
    }
}

/// How to get from an address to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// The file is there.
    File,
    /// A text is there that is the file's name, beside it.
    NamedBy,
    /// A list of mirrors is there; the repository's `repomd.xml` names its `updateinfo`.
    RpmRepository,
    /// A JSON object is there with the file's `path` and `checksum` (Grype).
    Listing,
}

/// Where a file is, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    pub(crate) url: String,
    /// The SHA-256 that it must have, hexadecimal.
    pub(crate) sha256: Option<String>,
}

/// Returns an address beside another.
pub(crate) fn beside(url: &str, name: &str) -> String {
    if name.starts_with("https://") || name.starts_with("http://") {
        return name.to_owned();
    }
    let folder = url.rfind('/').map_or(url, |at| url.split_at(at).0);
    format!("{folder}/{}", name.trim_start_matches('/'))
}

fn content(url: &str, reason: &str) -> Error {
    Error::Content { url: url.to_owned(), reason: reason.to_owned() }
}

/// Reads the name of the file that a text names.
pub(crate) fn named_by(url: &str, text: &str) -> Result<Located, Error> {
    let name = text.trim();
    let is_name = !name.is_empty() && name.len() < 200 && !name.contains(['/', '\\', ' ', '\n', '<']);
    if is_name { Ok(Located { url: beside(url, name), sha256: None }) } else { Err(content(url, "it names no file")) }
}

/// Reads the first mirror of a list.
pub(crate) fn first_mirror(url: &str, text: &str) -> Result<String, Error> {
    let first = text.lines().map(str::trim).find(|line| line.starts_with("https://"));
    first.map(|line| line.trim_end_matches('/').to_owned()).ok_or_else(|| content(url, "it names no mirror"))
}

/// Reads where `repomd.xml` says the updates are. It is machine-made and flat: the attributes are found by their names.
pub(crate) fn updateinfo(repository: &str, url: &str, text: &str) -> Result<Located, Error> {
    let missing = || content(url, "the repository has no updateinfo");
    let (_, rest) = text.split_once("type=\"updateinfo\"").ok_or_else(missing)?;
    let data = rest.split("</data>").next().unwrap_or(rest);
    let (_, href) = data.split_once("href=\"").ok_or_else(missing)?;
    let href = href.split('"').next().unwrap_or_default();
    if href.is_empty() || href.contains("..") {
        return Err(missing());
    }
    let sum = data.split_once("<checksum type=\"sha256\">").and_then(|(_, sum)| sum.split('<').next());
    Ok(Located { url: beside(&format!("{repository}/x"), href), sha256: sum.map(|sum| sum.trim().to_lowercase()) })
}

/// Reads a listing of Grype's.
pub(crate) fn listing(url: &str, text: &str) -> Result<Located, Error> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| content(url, "it is no JSON"))?;
    let field = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    let path = field("path").ok_or_else(|| content(url, "it names no file"))?;
    let sum = field("checksum").and_then(|sum| sum.strip_prefix("sha256:"));
    let sum = sum.ok_or_else(|| content(url, "it has no checksum"))?;
    Ok(Located { url: beside(url, path), sha256: Some(sum.to_lowercase()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_by_what_names_them() {
        let url = "https://h/a/latest.txt";
        assert_eq!(named_by(url, "x_2026.tar.zst\n").unwrap().url, "https://h/a/x_2026.tar.zst");
        assert!(named_by(url, "<html>").is_err());
        assert!(named_by(url, "../x").is_err());
        assert_eq!(first_mirror(url, "https://m/2/\nhttps://n").unwrap(), "https://m/2");
        assert!(first_mirror(url, "http://m").is_err());
        let repomd = r#"<data type="primary"><location href="a"/></data><data type="updateinfo">
            <checksum type="sha256">AB</checksum><location href="repodata/u.xml.gz"/></data>"#;
        let found = updateinfo("https://m/2", "https://m/2/repodata/repomd.xml", repomd).unwrap();
        assert_eq!(found, Located { url: "https://m/2/repodata/u.xml.gz".into(), sha256: Some("ab".into()) });
        assert!(updateinfo("https://m", url, "<repomd/>").is_err());
        let listed = listing("https://g/v6/latest.json", r#"{"path":"v.tar.zst","checksum":"sha256:AB"}"#).unwrap();
        assert_eq!(listed, Located { url: "https://g/v6/v.tar.zst".into(), sha256: Some("ab".into()) });
        assert!(listing(url, r#"{"path":"v"}"#).is_err());
    }
}
