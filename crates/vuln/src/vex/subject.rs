//! Whom a statement means: package URLs and platforms, held against a finding in its image.

use crate::feed::suse_place;
use crate::matching::{Finding, System, cpe_matches, is_on, is_system};
use crate::package::{Confidence, Package};
use crate::purl::{Purl, Release, full_version, id_of, maker, purl, system_of};

/// A finding's package, as statements name it.
pub(super) struct Subject<'a> {
    finding: &'a Finding,
    system: Option<&'a System>,
    purl: Purl,
}

impl<'a> Subject<'a> {
    pub(super) fn new(finding: &'a Finding, system: Option<&'a System>) -> Self {
        Self { finding, system, purl: purl_of(finding, system) }
    }

    /// Returns whether a stated purl speaks of the package: what it leaves open is any.
    pub(super) fn is_meant_by(&self, stated: &Purl) -> bool {
        if stated.kind != self.purl.kind {
            return false;
        }
        // A source package stands for all that was built of it.
        let of_source = matches!(stated.qualifier("arch"), Some("src" | "source"));
        let source = self.finding.source.as_ref().filter(|_| of_source);
        let (name, version) = source.map_or((self.purl.name.as_str(), ""), |source| (&source.name, &source.version));
        let version = if version.is_empty() { &self.finding.version } else { version };
        let says_version =
            stated.version.as_ref().is_none_or(|said| same_version(&full_version(stated, said), version));
        stated.name.eq_ignore_ascii_case(name)
            && says_version
            && self.namespace_fits(stated)
            && (of_source || self.arch_fits(stated))
            && self.module_fits(stated)
            && self.release_fits(stated)
    }

    fn namespace_fits(&self, stated: &Purl) -> bool {
        let is_system = is_system(self.finding.kind);
        match (stated.namespace.as_deref(), self.purl.namespace.as_deref()) {
            (Some(stated), Some(own)) if is_system => {
                let id = self.system.map_or("", |system| system.id.as_str());
                let by_name = id_of(&stated.to_ascii_lowercase()).is_some_and(|(named, _)| maker(named) == own);
                // SUSE writes openSUSE's packages under its own name, too.
                let by_name = by_name || (own == "opensuse" && stated.eq_ignore_ascii_case("suse"));
                stated.eq_ignore_ascii_case(own) || stated.eq_ignore_ascii_case(id) || by_name
            }
            (Some(stated), Some(own)) => stated.eq_ignore_ascii_case(own),
            (Some(_), None) => false,
            (None, own) => own.is_none() || is_system,
        }
    }

    fn arch_fits(&self, stated: &Purl) -> bool {
        let arches = &self.finding.arches;
        stated.qualifier("arch").is_none_or(|arch| {
            matches!(arch, "noarch" | "all") || arches.is_empty() || arches.iter().any(|own| own == arch)
        })
    }

    /// `nodejs:18:8090020231019152822:a75119d5`: name and stream are compared.
    fn module_fits(&self, stated: &Purl) -> bool {
        ["rpmmod", "modularitylabel"].iter().find_map(|key| stated.qualifier(key)).is_none_or(|label| {
            let own = self.finding.module.as_ref();
            let mut parts = label.split(':');
            own.is_some_and(|own| parts.next() == Some(&own.name) && parts.next() == Some(&own.stream))
        })
    }

    /// Compares `distro=rhel-9.4`, `jammy`, `esm-infra/focal` with the image's release; one that cannot be read is another.
    fn release_fits(&self, stated: &Purl) -> bool {
        let Some(distro) = stated.qualifier("distro").filter(|_| is_system(self.finding.kind)) else { return true };
        let Some(system) = self.system else { return false };
        let (channel, release) =
            distro.rsplit_once('/').map_or((None, distro), |(channel, name)| (Some(channel), name));
        let mut named = Purl { namespace: Some(self.purl.namespace.clone().unwrap_or_default()), ..stated.clone() };
        named.qualifiers.insert("distro".to_owned(), release.to_owned());
        channel.is_none_or(|channel| is_on(&system.channels, channel))
            && system_of(&named).and_then(|named| named.namespace()) == system.namespace()
    }
}

/// Returns the purl of a finding's package: the one that the image's bill of materials gives it.
pub(super) fn purl_of(finding: &Finding, system: Option<&System>) -> Purl {
    let package = Package {
        kind: finding.kind,
        name: finding.name.clone(),
        version: finding.version.clone(),
        // Several architectures are no one purl's.
        arch: finding.arches.first().filter(|_| finding.arches.len() == 1).cloned(),
        source: finding.source.clone(),
        module: finding.module.clone(),
        vendor: None,
        licenses: Vec::new(),
        confidence: Confidence::Confirmed,
        evidence: Vec::new(),
    };
    purl(&package, system.map(|system| Release { id: &system.id, version: &system.version }))
}

/// An epoch of zero is none.
fn same_version(a: &str, b: &str) -> bool {
    let bare = |version: &str| -> usize { if version.starts_with("0:") { 2 } else { 0 } };
    a.get(bare(a)..) == b.get(bare(b)..)
}

/// Returns whether a purl names an image by one of its ids, a digest or a reference: `pkg:oci/name@sha256:…`, or
/// `pkg:oci/name?repository_url=registry/path/name` for all of a repository, with `tag=` for one of its tags. Without
/// either it names nothing: any image could be called so.
pub(super) fn is_image(stated: &Purl, id: &str) -> bool {
    if !matches!(stated.kind.as_str(), "oci" | "docker") {
        return false;
    }
    if let Some(version) = &stated.version {
        return version == id;
    }
    let (repository, tag) = repository_of(id);
    let is_tag = stated.qualifier("tag").is_none_or(|said| tag.is_some_and(|own| own == said));
    stated.qualifier("repository_url").is_some_and(|said| repository_of(said).0 == repository) && is_tag
}

/// Takes a reference apart into its repository and its tag; Docker Hub's names are made one.
fn repository_of(reference: &str) -> (&str, Option<&str>) {
    let bare = reference.split('@').next().unwrap_or_default();
    let (repository, tag) = match bare.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (bare, None),
    };
    let hub = ["index.docker.io/", "registry-1.docker.io/", "docker.io/"];
    let repository = hub.iter().find_map(|registry| repository.strip_prefix(registry)).unwrap_or(repository);
    (repository.strip_prefix("library/").unwrap_or(repository), tag)
}

/// Returns whether a CPE names the release that an image is built on, or a repository that it has.
///
/// Red Hat's repositories are compared like prefixes; SUSE's modules of a release are one set of packages. Products of
/// other makers are not known by their CPEs, and none of them is the image's.
pub(super) fn is_platform(cpe: &str, system: &System) -> bool {
    if !cpe.starts_with("cpe:") {
        return false;
    }
    let home = system.namespace();
    if let Some((place, channel)) = suse_place(cpe) {
        return Some(place) == home && channel.is_none_or(|channel| is_on(&system.channels, &channel));
    }
    let base = home.and_then(|home| Some(format!("cpe:/o:redhat:enterprise_linux:{}", home.0.strip_prefix("rhel:")?)));
    let mut own = system.cpes.iter().chain(&base);
    own.any(|own| cpe_matches(cpe, own))
}
