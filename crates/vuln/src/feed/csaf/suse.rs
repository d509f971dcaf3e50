//! Products as SUSE names them: `SUSE Linux Enterprise Server 15 SP5:libcurl4-8.0.1-150400.5.41.1`, where the release is a
//! product with a CPE and the package has no URL.

use super::Component;
use super::tree::Products;
use crate::advisory::Namespace;

const ARCHES: &[&str] = &["x86_64", "aarch64", "aarch64_ilp32", "ppc64le", "s390x", "i586", "i686", "noarch", "src"];

/// Returns what a product id speaks of, if it is a package of SUSE's. One that is mended is named with its version.
pub(super) fn component(products: &Products<'_>, product: &str, with_version: bool) -> Option<Component> {
    let (place, package) = product.rsplit_once(':')?;
    let (namespace, channel) = place_of(products.cpe(place)?)?;
    let (bare, arch) = match package.rsplit_once('.') {
        Some((bare, arch)) if ARCHES.contains(&arch) => (bare, Some(arch.to_owned())),
        _ => (package, None),
    };
    let (name, version) = if with_version {
        // Neither version nor release has a hyphen.
        let mut parts = bare.rsplitn(3, '-');
        let (release, version, name) = (parts.next()?, parts.next()?, parts.next()?);
        (name, Some(format!("{version}-{release}")))
    } else {
        (bare, None)
    };
    Some(Component { namespace, cpe: None, channel, name: name.to_owned(), version, arch, module: None })
}

/// Returns the release of a product, and the channel if its updates come through another one than usual.
pub(crate) fn place_of(cpe: &str) -> Option<(Namespace, Option<String>)> {
    let mut parts = cpe.strip_prefix("cpe:/o:")?.split(':');
    let (vendor, product) = (parts.next()?, parts.next()?);
    let version = parts.next().unwrap_or_default();
    let pack = parts.next().and_then(|update| update.strip_prefix("sp")).unwrap_or_default();
    let release = if pack.is_empty() { version.to_owned() } else { format!("{version}.{pack}") };
    let namespace = match (vendor, product) {
        ("opensuse", "tumbleweed") => "opensuse-tumbleweed".to_owned(),
        ("opensuse", "leap") => format!("opensuse-leap:{version}"),
        // Server, desktop and the modules of a release are one set of packages.
        ("suse", product) if product.starts_with("sle") && !product.starts_with("sle-micro") => {
            format!("sles:{release}")
        }
        _ => return None,
    };
    let is_long_term = product.ends_with("ltss") || product.ends_with("espos");
    (vendor == "opensuse" || !version.is_empty())
        .then(|| (Namespace(namespace), is_long_term.then(|| "ltss".to_owned())))
}

/// Returns whether the products are SUSE's.
pub(super) fn speaks(products: &Products<'_>) -> bool {
    products.cpes().any(|cpe| cpe.starts_with("cpe:/o:suse:") || cpe.starts_with("cpe:/o:opensuse:"))
}
