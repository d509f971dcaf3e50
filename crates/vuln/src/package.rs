//! What is installed.

use serde::{Deserialize, Serialize};

/// The kind of a package: which tool installs it and who names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PackageType {
    /// Debian and Ubuntu, Chisel's slices included.
    Deb,
    /// OpenWrt's.
    Opkg,
    /// Alpine, Wolfi, Chainguard.
    Apk,
    /// Red Hat, SUSE, Amazon and their kin.
    Rpm,
    /// Arch Linux.
    Alpm,
    /// A Go module; the standard library is `stdlib`.
    Golang,
    /// A Rust crate.
    Cargo,
    /// A Java artifact; the name is `group:artifact`, or the artifact alone where the group is unknown.
    Maven,
    /// A Node package.
    Npm,
    /// A Python distribution; the name is normalised by PEP 503.
    Pypi,
    /// A Ruby gem.
    Gem,
    /// A PHP package of Composer.
    Composer,
    /// A PHP package of PEAR or PECL.
    Pear,
    /// A .NET package.
    Nuget,
    /// A Conda package.
    Conda,
    /// A Dart package.
    Pub,
    /// An Erlang or Elixir package.
    Hex,
    /// A Swift package.
    Swift,
    /// A Cocoapods pod.
    Cocoapods,
    /// A C or C++ package of Conan.
    Conan,
    /// An R package.
    Cran,
    /// A Lua rock.
    Luarocks,
    /// A Haskell package.
    Hackage,
    /// A Julia package.
    Julia,
    /// A WordPress core, plug-in or theme.
    Wordpress,
    /// A package of Gentoo's Portage; the name is `category/name`.
    Portage,
    /// A package of the Nix store.
    Nix,
    /// A snap.
    Snap,
    /// A Flatpak application or runtime.
    Flatpak,
    /// A formula of Homebrew.
    Homebrew,
    /// A component of a Bitnami image.
    Bitnami,
    /// A library or program that no package manager installed (`pkg:generic`).
    Generic,
    /// A Windows release; the version is `major.minor.build.revision`.
    Windows,
    /// An installed Windows update; the name is its KB number.
    WindowsUpdate,
}

/// The source package that a binary package was built from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourcePackage {
    /// Its name.
    pub name: String,
    /// Its full version, with epoch and release where there are such.
    pub version: String,
}

/// The modularity label of an rpm package (`name:stream:version:context`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Module {
    /// The module's name.
    pub name: String,
    /// The stream; only packages of one stream are compared.
    pub stream: String,
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One mark only.
    Likely,
    /// Several independent marks, or the word of a package manager.
    Confirmed,
}

/// Where a package was found, and by what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The file, from the root, with a leading `/`; a file inside an archive follows its archive after `!/`.
    /// Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// What read it, such as `dpkg-status`, `go-buildinfo`, `jar-pom-properties`, `version-string`.
    pub found_by: String,
}

/// A package that is installed, or a library or program that is there without one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Package {
    /// Its kind.
    pub kind: PackageType,
    /// Its name, as its kind writes it.
    pub name: String,
    /// Its full version, with epoch and release where there are such; empty if unknown.
    pub version: String,
    /// Its architecture, as its kind writes it.
    pub arch: Option<String>,
    /// The source package, where it is known (the apk origin, the source rpm).
    pub source: Option<SourcePackage>,
    /// The module of an rpm package.
    pub module: Option<Module>,
    /// Who built it: the rpm's Vendor, the deb's Maintainer or Origin.
    pub vendor: Option<String>,
    /// The licences, as written, unless they could be turned into an SPDX expression.
    pub licenses: Vec<String>,
    /// How sure this is.
    pub confidence: Confidence,
    /// Where it was found; never empty.
    pub evidence: Vec<Evidence>,
}
