//! Lock files against what is really there.

use std::collections::BTreeSet;

use vuln::{Package, PackageType};

/// Readers of files that say what should be installed.
const LOCKS: &[&str] = &[
    "bun-lock",
    "cargo-lock",
    "composer-lock",
    "conan-lock",
    "conan-text",
    "directory-packages",
    "gemfile-lock",
    "go-mod",
    "gradle-lock",
    "npm-lock",
    "nuget-assets",
    "nuget-lock",
    "packages-config",
    "pdm-lock",
    "pipfile-lock",
    "pnpm-lock",
    "poetry-lock",
    "pom-xml",
    "pylock",
    "requirements",
    "setup-py",
    "uv-lock",
    "yarn-lock",
];

/// A bill of materials may tell of another place than this image.
fn is_installed(found_by: &str) -> bool {
    !is_lock(found_by) && !found_by.starts_with("sbom-")
}

fn is_lock(found_by: &str) -> bool {
    LOCKS.contains(&found_by)
}

/// Drops what only a lock file names where the installed packages of its kind are there to be read.
///
/// A lock file also names what is for development or for another platform. For Node and Composer the installed tree
/// beside the lock file counts, for the others any installed package of the kind. Where nothing of the kind is
/// installed, the lock file is all that is known and stays.
pub fn prefer_installed(packages: &mut Vec<Package>) {
    let (mut kinds, mut trees) = (BTreeSet::new(), BTreeSet::new());
    for package in packages.iter() {
        for evidence in package.evidence.iter().filter(|evidence| is_installed(&evidence.found_by)) {
            kinds.insert(package.kind);
            for folder in ["/node_modules/", "/vendor/composer/"] {
                // Of nested trees the outermost lies beside the lock file.
                if let Some((root, _)) = evidence.path.split_once(folder) {
                    trees.insert((package.kind, root.to_owned()));
                }
            }
        }
    }
    packages.retain_mut(|package| {
        let kind = package.kind;
        package.evidence.retain(|evidence| {
            if !is_lock(&evidence.found_by) {
                return true;
            }
            let folder = evidence.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match kind {
                PackageType::Npm | PackageType::Composer => !trees.contains(&(kind, folder.to_owned())),
                _ => !kinds.contains(&kind),
            }
        });
        !package.evidence.is_empty()
    });
}
