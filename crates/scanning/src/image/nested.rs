//! Databases of packages in a folder of the image: roots of their own, whose release nobody has read.

use vuln::matching::{Finding, is_system};

/// Where databases of system packages lie in their root.
const DATABASES: &[&str] = &[
    "/var/lib/dpkg/",
    "/lib/apk/db/",
    "/usr/lib/apk/db/",
    "/var/lib/rpm/",
    "/usr/lib/sysimage/rpm/",
    "/usr/share/rpm/",
    "/var/lib/pacman/local/",
    "/usr/lib/opkg/",
    "/var/lib/opkg/",
];

/// Marks findings of packages that lie in another root than the image's: they were matched with the image's release for
/// want of their own.
pub(super) fn mark(findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| is_system(finding.kind) && finding.doubt.is_none()) {
        let root = finding.evidence.first().and_then(|evidence| root_of(&evidence.path));
        let is_elsewhere = finding.evidence.iter().all(|evidence| root_of(&evidence.path).is_some());
        if let Some(root) = root.filter(|_| is_elsewhere) {
            let doubt = format!("the package is of the root `{root}`, whose release is not known");
            finding.doubt = Some(doubt);
        }
    }
}

/// Returns the folder that is a database's root, if it is not the image's own.
fn root_of(path: &str) -> Option<&str> {
    let at = DATABASES.iter().filter_map(|database| path.find(database)).min()?;
    path.get(..at).filter(|root| !root.is_empty() && *root != "/usr")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_is_what_comes_before_its_database() {
        for (path, root) in [
            ("/var/lib/dpkg/status", None),
            ("/usr/lib/sysimage/rpm/rpmdb.sqlite", None),
            ("/usr/lib/apk/db/installed", None),
            ("/opt/other/var/lib/dpkg/status", Some("/opt/other")),
            ("/chroot/lib/apk/db/installed", Some("/chroot")),
            ("/srv/a/usr/lib/sysimage/rpm/Packages.db", Some("/srv/a")),
            ("/usr/bin/program", None),
        ] {
            assert_eq!(root_of(path), root, "{path}");
        }
    }
}
