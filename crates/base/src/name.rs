//! Names that people type: each a newtype with one total parser.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A name that does not have its form; the message says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a valid {what}: {rule}")]
pub struct NameError {
    text: String,
    what: &'static str,
    rule: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $check:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                if $check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NameError { text: text.chars().take(80).collect(), what: $what, rule: $rule })
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

name!(
    /// The name of a user or organization; also a namespace of the registry, so it obeys the
    /// path-component rule of the OCI distribution specification.
    AccountName, "account name", is_account, "2 to 64 of a-z, 0-9, and single . _ - between them");
name!(
    /// The name of a team within its organization.
    TeamName, "team name", is_label, "1 to 64 of a-z, A-Z, 0-9, . _ -, beginning with a letter or digit");
name!(
    /// The name of a node (its host name).
    NodeName, "node name", is_label, "1 to 64 of a-z, A-Z, 0-9, . _ -, beginning with a letter or digit");
name!(
    /// The first path component of a repository: the account that owns it.
    RepositoryNamespace, "namespace", is_account, "2 to 64 of a-z, 0-9, and single . _ - between them");
name!(
    /// A whole repository name with its namespace, `acme/web/front` (OCI distribution specification
    /// 1.1, "Pulling manifests": at most 255 characters, components of a-z and 0-9 with separators).
    RepositoryName, "repository name", is_repository,
    "at least two path components of a-z, 0-9 with . _ __ or - between them, at most 255 characters");
name!(
    /// The path of a collection: `/`, `/Shared`, `/prod/web`.
    CollectionPath, "collection path", is_collection_path,
    "an absolute path of at most 8 parts, each 1 to 64 of a-z, A-Z, 0-9, space . _ - @");

fn is_component(text: &str) -> bool {
    let bytes = text.as_bytes();
    let alnum = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if !alnum(first) || !alnum(last) {
        return false;
    }
    // Separators: one `.`, one or two `_`, any number of `-`.
    bytes
        .split(|b| alnum(b))
        .all(|separator| matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|b| *b == b'-'))
}

fn is_account(text: &str) -> bool {
    (2..=64).contains(&text.len()) && is_component(text)
}

fn is_label(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}

fn is_repository(text: &str) -> bool {
    text.len() <= 255
        && text.contains('/')
        && text.split('/').all(is_component)
        && text.split('/').next().is_some_and(is_account)
}

fn is_collection_path(text: &str) -> bool {
    if text == "/" {
        return true;
    }
    let Some(rest) = text.strip_prefix('/') else { return false };
    rest.split('/').count() <= 8
        && rest.split('/').all(|part| {
            (1..=64).contains(&part.len())
                && part != "."
                && part != ".."
                && !part.starts_with(' ')
                && !part.ends_with(' ')
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b' ' | b'@'))
        })
}

impl RepositoryName {
    /// Returns the namespace: the first path component.
    #[must_use]
    pub fn namespace(&self) -> RepositoryNamespace {
        // The parser has checked the first component with the same rule.
        RepositoryNamespace(self.0.split('/').next().unwrap_or_default().to_owned())
    }

    /// Returns what follows the namespace.
    #[must_use]
    pub fn within(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, rest)| rest)
    }
}

impl CollectionPath {
    /// Returns the root collection's path.
    #[must_use]
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Returns the path of a child.
    ///
    /// # Errors
    /// If the part is not a valid name or the path becomes too deep.
    pub fn child(&self, part: &str) -> Result<Self, NameError> {
        // An empty part would give the parent itself, and a slash a grandchild.
        let part = if part.is_empty() || part.contains('/') { "/" } else { part };
        if self.0 == "/" { format!("/{part}").parse() } else { format!("{}/{part}", self.0).parse() }
    }

    /// Returns the parent's path, or `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.0 == "/" {
            return None;
        }
        match self.0.rsplit_once('/') {
            Some(("", _)) | None => Some(Self::root()),
            Some((parent, _)) => Some(Self(parent.to_owned())),
        }
    }

    /// Returns the last part; `Swarm` for the root, as UCP shows it.
    #[must_use]
    pub fn leaf(&self) -> &str {
        match self.0.rsplit_once('/') {
            Some((_, "")) | None => "Swarm",
            Some((_, leaf)) => leaf,
        }
    }
}

impl From<AccountName> for RepositoryNamespace {
    fn from(name: AccountName) -> Self {
        // The same rule holds for both.
        Self(name.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_rules() {
        for good in ["acme/web", "acme/web/front", "a1/b--c", "ab/c__d", "ab/c.d"] {
            assert!(good.parse::<RepositoryName>().is_ok(), "{good}");
        }
        for bad in
            ["web", "/web", "acme//web", "acme/Web", "acme/web/", "acme/..", "a/b", "acme/a._b", "acme/a___b", ""]
        {
            assert!(bad.parse::<RepositoryName>().is_err(), "{bad}");
        }
        for good in ["/", "/Shared", "/Shared/Private/anna", "/prod/web front"] {
            assert!(good.parse::<CollectionPath>().is_ok(), "{good}");
        }
        for bad in ["", "prod", "//", "/prod/", "/prod/../x", "/ a", "/a\n", "/1/2/3/4/5/6/7/8/9"] {
            assert!(bad.parse::<CollectionPath>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn collection_path_knows_its_relatives() {
        let path: CollectionPath = "/prod/web".parse().unwrap();
        assert_eq!(path.leaf(), "web");
        assert_eq!(path.parent().unwrap().as_str(), "/prod");
        assert_eq!(path.parent().unwrap().parent().unwrap(), CollectionPath::root());
        assert_eq!(CollectionPath::root().parent(), None);
        assert_eq!(CollectionPath::root().child("x").unwrap().as_str(), "/x");
        assert!(CollectionPath::root().child("").is_err());
        assert!(path.child("a/b").is_err());
    }
}
