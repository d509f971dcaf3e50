//! Which file is read by which module.

use serde::{Deserialize, Serialize};

use super::{
    File, Read, beam, conan, dart, dotnet, executable, go, haskell, java, julia, lua, node, php, program, python, r,
    ruby, rust, swift, wordpress,
};
use crate::findings::Findings;
use crate::limits::Limits;
use crate::named;

/// A script is searched for an archive behind it from this size on.
const MIN_SCRIPT: u64 = 32 << 10;

/// How an archive begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// What reads a file of a language's tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is called as the file that it reads")]
pub enum AppAnalyser {
    Executable,
    Objects,
    Named,
    JavaArchive,
    ScriptArchive,
    JavaRuntime,
    PomXml,
    GradleLock,
    NodePackage,
    NpmLock,
    YarnLock,
    PnpmLock,
    BunLock,
    PythonMetadata,
    PythonEgg,
    PythonRequirements,
    PythonSetup,
    PipfileLock,
    PoetryLock,
    PdmLock,
    UvLock,
    Pylock,
    CondaMeta,
    Gemspec,
    GemfileLock,
    ComposerLock,
    ComposerInstalled,
    PearRegistry,
    DotnetDeps,
    NugetLock,
    NugetAssets,
    NugetConfig,
    DirectoryPackages,
    GoMod,
    CargoLock,
    PubspecLock,
    MixLock,
    RebarLock,
    ErlangApp,
    PackageResolved,
    PodfileLock,
    ConanLock,
    ConanText,
    RDescription,
    JuliaManifest,
    Rockspec,
    CabalFreeze,
    StackLock,
    WordpressCore,
    WordpressExtension,
    Sbom,
}

/// Chooses what reads a file, by its path and its first bytes.
pub(crate) fn select(path: &str, size: u64, head: &[u8]) -> Option<AppAnalyser> {
    if executable::is_executable(head) {
        return Some(AppAnalyser::Executable);
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if executable::is_objects(name, head) {
        return Some(AppAnalyser::Objects);
    }
    by_name(folder, name)
        .or_else(|| by_folder(folder, name))
        .or_else(|| by_extension(folder, name, head))
        .or_else(|| named::is_candidate(path, size, head).then_some(AppAnalyser::Named))
        .or_else(|| (head.starts_with(b"#!") && size >= MIN_SCRIPT).then_some(AppAnalyser::ScriptArchive))
}

/// Chooses what reads files of this name, by the name alone; archives are taken for such.
pub(crate) fn of_name(path: &str) -> Option<AppAnalyser> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    by_name(folder, name).or_else(|| by_folder(folder, name)).or_else(|| by_extension(folder, name, ZIP))
}

/// Folders that hold installed packages: what one of those ships as its own development state says nothing about the
/// image.
const OF_PACKAGES: &[&str] =
    &["/node_modules/", "/gems/", "/site-packages/", "/dist-packages/", "/pkg/mod/", "/registry/src/"];

/// Names of files that say what should be installed, each with its reader.
fn lock(name: &str) -> Option<AppAnalyser> {
    use AppAnalyser as A;
    let found = match name {
        "package-lock.json" | "npm-shrinkwrap.json" => A::NpmLock,
        "yarn.lock" => A::YarnLock,
        "pnpm-lock.yaml" => A::PnpmLock,
        "bun.lock" => A::BunLock,
        "Pipfile.lock" => A::PipfileLock,
        "poetry.lock" => A::PoetryLock,
        "pdm.lock" => A::PdmLock,
        "uv.lock" => A::UvLock,
        "pylock.toml" => A::Pylock,
        "Gemfile.lock" | "Gemfile.next.lock" | "gems.locked" => A::GemfileLock,
        "composer.lock" => A::ComposerLock,
        "packages.lock.json" => A::NugetLock,
        "project.assets.json" => A::NugetAssets,
        "go.mod" => A::GoMod,
        "Cargo.lock" => A::CargoLock,
        "gradle.lockfile" | "buildscript-gradle.lockfile" => A::GradleLock,
        "pubspec.lock" => A::PubspecLock,
        "mix.lock" => A::MixLock,
        "rebar.lock" => A::RebarLock,
        "Package.resolved" | ".package.resolved" => A::PackageResolved,
        "Podfile.lock" => A::PodfileLock,
        "conan.lock" => A::ConanLock,
        "cabal.project.freeze" => A::CabalFreeze,
        "stack.yaml" | "stack.yaml.lock" => A::StackLock,
        _ => return None,
    };
    Some(found)
}

/// Files that are always called the same.
fn by_name(folder: &str, name: &str) -> Option<AppAnalyser> {
    use AppAnalyser as A;
    if let Some(lock) = lock(name) {
        return (!OF_PACKAGES.iter().any(|part| folder.contains(part))).then_some(lock);
    }
    let found = match name {
        "package.json" => A::NodePackage,
        "setup.py" => A::PythonSetup,
        "packages.config" => A::NugetConfig,
        "Directory.Packages.props" => A::DirectoryPackages,
        "pom.xml" => A::PomXml,
        "release" => A::JavaRuntime,
        "conanfile.txt" | "conaninfo.txt" => A::ConanText,
        "DESCRIPTION" => A::RDescription,
        "Manifest.toml" | "JuliaManifest.toml" => A::JuliaManifest,
        "bom.json" | "bom.xml" | "sbom.json" | "sbom.xml" => A::Sbom,
        _ => return None,
    };
    Some(found)
}

/// Files whose folder tells what they are.
fn by_folder(folder: &str, name: &str) -> Option<AppAnalyser> {
    use AppAnalyser as A;
    let last = folder.rsplit('/').next().unwrap_or_default();
    let lower = last.to_ascii_lowercase();
    match name {
        "METADATA" if lower.ends_with(".dist-info") => return Some(A::PythonMetadata),
        "PKG-INFO" if lower.ends_with(".egg-info") || lower == "egg-info" => return Some(A::PythonMetadata),
        "installed.json" if last == "composer" => return Some(A::ComposerInstalled),
        "version.php" if last == "wp-includes" => return Some(A::WordpressCore),
        _ => {}
    }
    if last == "conda-meta" && name.ends_with(".json") {
        return Some(A::CondaMeta);
    }
    if last == "sboms" && folder.contains(".dist-info/") {
        return Some(A::Sbom);
    }
    if last == "ebin" && name.ends_with(".app") {
        return Some(A::ErlangApp);
    }
    if name.ends_with(".reg") && folder.contains("/.registry") {
        return Some(A::PearRegistry);
    }
    wordpress_extension(folder, name).then_some(A::WordpressExtension)
}

fn wordpress_extension(folder: &str, name: &str) -> bool {
    let below = |part: &str| folder.rsplit_once(part).map(|(_, rest)| rest.matches('/').count());
    let plugin = ["/wp-content/plugins", "/wp-content/mu-plugins"].iter().find_map(|part| below(part));
    (name.ends_with(".php") && plugin.is_some_and(|depth| depth <= 1))
        || (name == "style.css" && below("/wp-content/themes") == Some(1))
}

/// Files that end the same.
fn by_extension(folder: &str, name: &str, head: &[u8]) -> Option<AppAnalyser> {
    use AppAnalyser as A;
    let (_, extension) = name.rsplit_once('.')?;
    let is_zip = head.starts_with(ZIP) || head.starts_with(b"PK\x05\x06");
    let is_java = java::EXTENSIONS.iter().any(|each| extension.eq_ignore_ascii_case(each));
    let found = match extension {
        _ if is_java && (is_zip || head.starts_with(b"#!")) => A::JavaArchive,
        "egg-info" => A::PythonMetadata,
        "egg" if is_zip => A::PythonEgg,
        "txt" if name.contains("requirements") => A::PythonRequirements,
        "gemspec" => A::Gemspec,
        "rockspec" => A::Rockspec,
        "toml" if name.starts_with("pylock.") => A::Pylock,
        "toml" if name.starts_with("Manifest-v") => A::JuliaManifest,
        "json" if name.ends_with(".deps.json") => A::DotnetDeps,
        _ if is_sbom(folder, name, extension) => A::Sbom,
        _ => return None,
    };
    Some(found)
}

/// Names that tools give to bills of materials.
fn is_sbom(folder: &str, name: &str, extension: &str) -> bool {
    let middles = [".spdx.", ".cdx.", ".syft.", ".sbom.", ".bom."];
    let is_document = matches!(extension, "json" | "xml" | "spdx") && middles.iter().any(|part| name.contains(part));
    is_document || matches!(extension, "spdx" | "cdx" | "sbom" | "bom") || folder == "/var/lib/db/sbom"
}

/// Reads a whole file.
pub(crate) fn analyse(analyser: AppAnalyser, path: &str, bytes: &[u8], limits: &Limits) -> Read {
    use AppAnalyser as A;
    let file = &File { path, bytes, limits };
    match analyser {
        A::Executable => program::read(file),
        // What libraries and programs they are is asked of `embedded`.
        A::Objects | A::Named => Ok(Findings::default()),
        A::JavaArchive => java::read(file),
        A::ScriptArchive => java::read_appended(file),
        A::JavaRuntime => java::read_runtime(file),
        A::PomXml => java::read_pom(file),
        A::GradleLock => java::read_gradle_lock(file),
        A::NodePackage => node::read(file),
        A::NpmLock => node::read_npm(file),
        A::YarnLock => node::read_yarn(file),
        A::PnpmLock => node::read_pnpm(file),
        A::BunLock => node::read_bun(file),
        A::PythonMetadata => python::read(file),
        A::PythonEgg => python::read_egg(file),
        A::PythonRequirements => python::read_requirements(file),
        A::PythonSetup => python::read_setup(file),
        A::PipfileLock => python::read_pipfile(file),
        A::PoetryLock => python::read_toml(file, "poetry-lock"),
        A::PdmLock => python::read_toml(file, "pdm-lock"),
        A::UvLock => python::read_toml(file, "uv-lock"),
        A::Pylock => python::read_toml(file, "pylock"),
        A::CondaMeta => python::read_conda(file),
        A::Gemspec => ruby::read(file),
        A::GemfileLock => ruby::read_lock(file),
        A::ComposerLock => php::read_lock(file),
        A::ComposerInstalled => php::read_installed(file),
        A::PearRegistry => php::read_pear(file),
        A::DotnetDeps => dotnet::read_deps(file),
        A::NugetLock => dotnet::read_lock(file),
        A::NugetAssets => dotnet::read_assets(file),
        A::NugetConfig => dotnet::read_config(file),
        A::DirectoryPackages => dotnet::read_central(file),
        A::GoMod => go::read_module_file(file),
        A::CargoLock => rust::read_lock(file),
        A::PubspecLock => dart::read_lock(file),
        A::MixLock => beam::read_mix_lock(file),
        A::RebarLock => beam::read_rebar_lock(file),
        A::ErlangApp => beam::read_app(file),
        A::PackageResolved => swift::read_resolved(file),
        A::PodfileLock => swift::read_podfile(file),
        A::ConanLock => conan::read_lock(file),
        A::ConanText => conan::read_text(file),
        A::RDescription => r::read(file),
        A::JuliaManifest => julia::read_manifest(file),
        A::Rockspec => lua::read(file),
        A::CabalFreeze => haskell::read_freeze(file),
        A::StackLock => haskell::read_stack(file),
        A::WordpressCore => wordpress::read_core(file),
        A::WordpressExtension => wordpress::read_extension(file),
        A::Sbom => crate::sbom::read(path, bytes, limits),
    }
}
