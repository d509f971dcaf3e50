//! The file of exceptions (TOML), each with its reason.

use base::Timestamp;
use serde::Deserialize;
use vuln::verdict::{IgnoreRule, RuleError};
use vuln::vex::Justification;

/// Exceptions that one file may hold.
const MAX_RULES: usize = 100_000;

/// Why a file of exceptions is refused.
#[derive(Debug, thiserror::Error)]
pub enum IgnoreFileError {
    /// It is no TOML of that form.
    #[error("the file of exceptions is malformed")]
    Malformed(#[source] Box<toml::de::Error>),
    /// An exception is unusable.
    #[error("exception {number} of the file")]
    Rule {
        /// Which one, counted from 1.
        number: usize,
        /// Why.
        #[source]
        source: RuleError,
    },
    /// A date is none.
    #[error("exception {number} of the file: `{text}` is no date (YYYY-MM-DD, or a time as in RFC 3339)")]
    Date {
        /// Which one, counted from 1.
        number: usize,
        /// What stands there.
        text: String,
    },
    /// There are too many.
    #[error("the file holds more than {MAX_RULES} exceptions")]
    TooMany,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    ignore: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    vulnerability: String,
    package: Option<String>,
    version: Option<String>,
    path: Option<String>,
    #[serde(default)]
    reason: String,
    justification: Option<Justification>,
    author: Option<String>,
    expires: Option<toml::Value>,
}

/// Reads a file of exceptions:
///
/// ```toml
/// [[ignore]]
/// vulnerability = "CVE-2023-4911"
/// package = "libc6"               # optional, as are version and path
/// reason = "no setuid program in the image"
/// expires = 2027-01-31
/// ```
///
/// # Errors
/// If it is malformed, or an exception says not what it hides or why.
pub fn read_ignore_file(text: &str) -> Result<Vec<IgnoreRule>, IgnoreFileError> {
    let file: File = toml::from_str(text).map_err(|error| IgnoreFileError::Malformed(Box::new(error)))?;
    if file.ignore.len() > MAX_RULES {
        return Err(IgnoreFileError::TooMany);
    }
    file.ignore
        .into_iter()
        .enumerate()
        .map(|(at, rule)| {
            let number = at + 1;
            let expires = rule.expires.as_ref().map(|value| date(value, number)).transpose()?;
            let rule = IgnoreRule {
                vulnerability: rule.vulnerability,
                package: rule.package,
                version: rule.version,
                path: rule.path,
                reason: rule.reason,
                justification: rule.justification,
                author: rule.author,
                expires,
            };
            rule.check().map_err(|source| IgnoreFileError::Rule { number, source })?;
            Ok(rule)
        })
        .collect()
}

/// Reads a day, which ends with its midnight (UTC), or a time.
fn date(value: &toml::Value, number: usize) -> Result<Timestamp, IgnoreFileError> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_day = text.len() == 10;
    let full = if is_day { format!("{text}T00:00:00Z") } else { text.clone() };
    let time: Timestamp = full.parse().map_err(|_| IgnoreFileError::Date { number, text })?;
    Ok(if is_day { time.plus_secs(24 * 60 * 60) } else { time })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_need_a_reason_and_may_run_out() {
        let rules = read_ignore_file(
            "[[ignore]]\nvulnerability = \"CVE-1\"\nreason = \"why\"\nexpires = 2027-01-31\n\
             [[ignore]]\nvulnerability = \"CVE-2\"\npackage = \"a\"\nreason = \"x\"\nexpires = \"2027-01-31T10:00:00Z\"\n",
        )
        .unwrap();
        assert_eq!(rules[0].expires, Some("2027-02-01T00:00:00Z".parse().unwrap()));
        assert_eq!(rules[1].package.as_deref(), Some("a"));
        for bad in [
            "[[ignore]]\nvulnerability = \"CVE-1\"\n",
            "[[ignore]]\nvulnerability = \"\"\nreason = \"x\"\n",
            "[[ignore]]\nvulnerability = \"CVE-1\"\nreason = \"x\"\nexpires = \"soon\"\n",
            "[[ignore]]\nvulnerability = \"CVE-1\"\nreason = \"x\"\nuntil = 1\n",
            "ignore",
        ] {
            assert!(read_ignore_file(bad).is_err(), "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_file_is_read_or_refused(text in r#"(\[\[ignore\]\]\n|reason = |expires = |vulnerability = |["0-9TZ:-]{1,12}|\n|.){0,30}"#) {
            for rule in read_ignore_file(&text).into_iter().flatten() {
                proptest::prop_assert!(!rule.reason.trim().is_empty());
            }
        }
    }
}
