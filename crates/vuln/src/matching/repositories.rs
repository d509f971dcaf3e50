//! Which of Red Hat's repositories an image has: its content sets, as CPEs.

use std::collections::BTreeSet;

use super::System;
use super::source::AdvisorySource;

/// So many content sets are looked up; what has more is taken for one whose repositories are not known.
const MOST_SETS: usize = 4096;
const RED_HAT: &str = "redhat";

/// Adds the CPEs of the image's content sets, and notes whether they name every repository that it has: each set must
/// be known, and both that the system itself comes from be among them. Else none of the release is left out: where an
/// image has no manifest, its sets are what dnf remembers to have installed from.
///
/// # Errors
/// When the database cannot be read.
pub fn resolve<S: AdvisorySource>(system: &System, source: &S) -> Result<System, S::Error> {
    let mut system = system.clone();
    let sets = std::mem::take(&mut system.content_sets);
    let is_red_hat = system.namespace().is_some_and(|namespace| namespace.0.starts_with("rhel:"));
    if !is_red_hat || sets.is_empty() || sets.len() > MOST_SETS {
        return Ok(system);
    }
    let mut mapped = BTreeSet::new();
    let mut all_known = true;
    for set in &sets {
        let mut cpes = source.repository_cpes(set)?;
        if cpes.is_empty() {
            cpes.extend(derived(set));
        }
        all_known &= !cpes.is_empty();
        mapped.extend(cpes);
    }
    let major = system.version.split('.').next().unwrap_or_default();
    let has = |name| mapped.iter().any(|cpe| repository(cpe) == Some(name) && is_of_release(cpe, major));
    system.all_repositories_told = all_known && has("baseos") && has("appstream");
    system.cpes.extend(mapped);
    Ok(system)
}

/// Returns whether a statement that the release's name covers counts: it names no repository, or one that is enabled,
/// be it in an extended form of the release (`rhel_eus`).
pub(super) fn counts(stated: &str, system: Option<&System>) -> bool {
    let Some(system) = system.filter(|system| system.all_repositories_told) else { return true };
    let Some(name) = repository(stated) else { return true };
    system.cpes.iter().any(|cpe| repository(cpe) == Some(name))
}

/// The name of a repository in a CPE: what comes after version and update.
fn repository(cpe: &str) -> Option<&str> {
    fields(cpe).nth(5).filter(|name| !matches!(*name, "" | "*" | "-"))
}

/// Part, vendor, product, version, update, edition, …
fn fields(cpe: &str) -> impl Iterator<Item = &str> {
    cpe.strip_prefix("cpe:2.3:").or_else(|| cpe.strip_prefix("cpe:/")).unwrap_or(cpe).split(':')
}

fn is_of_release(cpe: &str, major: &str) -> bool {
    let mut fields = fields(cpe).skip(1);
    let vendor = fields.next();
    let is_release = fields.next().is_some_and(|product| product == "enterprise_linux" || product.starts_with("rhel"));
    let version = fields.next().and_then(|version| version.split('.').next());
    vendor == Some(RED_HAT) && is_release && version == Some(major)
}

/// The usual repositories of RHEL 8 and 9, where the database does not know a content set.
fn derived(set: &str) -> Option<String> {
    let name = set.strip_suffix("-rpms")?;
    let (release, repository) = if let Some(rest) = name.strip_prefix("codeready-builder-for-rhel-") {
        let (release, arch) = rest.split_once('-')?;
        is_arch(arch).then_some((release, "codeready-builder"))?
    } else {
        let (rest, is_ubi) = match name.strip_prefix("rhel-") {
            Some(rest) => (rest, false),
            None => (name.strip_prefix("ubi-")?, true),
        };
        let (release, rest) = rest.split_once('-')?;
        match rest.strip_prefix("for-").and_then(|rest| rest.split_once('-')) {
            Some((arch, repository)) if is_arch(arch) => (release, repository),
            None if is_ubi => (release, rest),
            _ => return None,
        }
    };
    let (part, repository) = match repository {
        "baseos" => ("o", "baseos"),
        "appstream" => ("a", "appstream"),
        "codeready-builder" => ("a", "crb"),
        _ => return None,
    };
    matches!(release, "8" | "9").then(|| format!("cpe:/{part}:{RED_HAT}:enterprise_linux:{release}::{repository}"))
}

fn is_arch(arch: &str) -> bool {
    matches!(arch, "x86_64" | "aarch64" | "ppc64le" | "s390x")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_content_sets_have_a_cpe_and_others_none() {
        for (set, cpe) in [
            ("rhel-8-for-x86_64-baseos-rpms", Some("cpe:/o:redhat:enterprise_linux:8::baseos")),
            ("rhel-9-for-s390x-appstream-rpms", Some("cpe:/a:redhat:enterprise_linux:9::appstream")),
            ("codeready-builder-for-rhel-9-aarch64-rpms", Some("cpe:/a:redhat:enterprise_linux:9::crb")),
            ("ubi-9-for-x86_64-baseos-rpms", Some("cpe:/o:redhat:enterprise_linux:9::baseos")),
            ("ubi-9-appstream-rpms", Some("cpe:/a:redhat:enterprise_linux:9::appstream")),
            ("ubi-8-codeready-builder-rpms", Some("cpe:/a:redhat:enterprise_linux:8::crb")),
            ("rhel-8-for-x86_64-baseos-eus-rpms", None),
            ("rhel-8-for-x86_64-baseos-source-rpms", None),
            ("rhel-7-server-rpms", None),
            ("rhel-10-for-x86_64-baseos-rpms", None),
            ("rhel-9-baseos-rpms", None),
            ("rhocp-4.14-for-rhel-9-x86_64-rpms", None),
            ("epel", None),
            ("", None),
        ] {
            assert_eq!(derived(set).as_deref(), cpe, "{set}");
        }
    }
}
