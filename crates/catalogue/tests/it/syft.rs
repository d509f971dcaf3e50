//! Against Syft, a program that does the same: what it finds in a folder is found here too.

use std::collections::BTreeSet;
use std::path::Path;

use super::java::archive;
use super::programs::{elf, inline_info};
use super::{have, run};

/// Files of many languages, as an image holds them.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let text = |path, text: &str| (path, text.as_bytes().to_vec());
    let properties = b"groupId=org.a\nartifactId=lib\nversion=1.0\n";
    let boot = archive(&[
        ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\nImplementation-Version: 2.5\n"),
        (
            "BOOT-INF/lib/lib-1.0.jar",
            &archive(&[
                ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"),
                ("META-INF/maven/org.a/lib/pom.properties", properties),
            ]),
        ),
    ]);
    let modules = "path\texample.com/app\nmod\texample.com/app\tv1.0.0\t\ndep\ta.com/x\tv1.0.0\th1:a=\n";
    vec![
        text("app/node_modules/left-pad/package.json", r#"{"name":"left-pad","version":"1.3.0","license":"WTFPL"}"#),
        text("app/node_modules/@s/b/package.json", r#"{"name":"@s/b","version":"2.0.0"}"#),
        text(
            "lock/package-lock.json",
            r#"{"name":"l","version":"1.0.0","lockfileVersion":3,"packages":{"":{"name":"l","version":"1.0.0"},"node_modules/c":{"version":"3.0.0"}}}"#,
        ),
        text(
            "yarn/yarn.lock",
            "# yarn lockfile v1\n\n\"@s/d@^2.0.0\":\n  version \"2.1.0\"\n  resolved \"https://yarn.example/@s/d/-/d-2.1.0.tgz#1\"\n",
        ),
        text(
            "s/site-packages/Flask-2.0.1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\n\n",
        ),
        text("s/site-packages/Flask-2.0.1.dist-info/RECORD", "flask/__init__.py,,\n"),
        text("req/requirements.txt", "jinja2==3.0.1\n"),
        text(
            "poetry/poetry.lock",
            "[[package]]\nname = \"idna\"\nversion = \"3.4\"\ndescription = \"\"\noptional = false\npython-versions = \"*\"\nfiles = []\n",
        ),
        text(
            "g/specifications/rack-2.2.4.gemspec",
            "Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.2.4\"\nend\n",
        ),
        text(
            "ruby/Gemfile.lock",
            "GEM\n  remote: https://gems.example/\n  specs:\n    rake (13.0.6)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rake\n",
        ),
        text("php/vendor/composer/installed.json", r#"{"packages":[{"name":"monolog/monolog","version":"2.8.0"}]}"#),
        text(
            "net/app.deps.json",
            r#"{"runtimeTarget":{"name":".NETCoreApp,Version=v6.0"},"targets":{".NETCoreApp,Version=v6.0":{}},"libraries":{"Serilog/2.10.0":{"type":"package","serviceable":true,"sha512":"x","path":"serilog/2.10.0","hashPath":"x"}}}"#,
        ),
        ("java/boot-2.5.jar", boot),
        ("bin/app", elf(&[(".go.buildinfo", &inline_info("go1.21.3", modules))])),
        text(
            "rust/Cargo.lock",
            "version = 3\n\n[[package]]\nname = \"serde\"\nversion = \"1.0.100\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
        ),
        text(
            "dart/pubspec.lock",
            "packages:\n  http:\n    dependency: \"direct main\"\n    description:\n      name: http\n      url: \"https://pub.dev\"\n    source: hosted\n    version: \"1.1.0\"\nsdks:\n  dart: \">=2.0.0\"\n",
        ),
        text("beam/mix.lock", "%{\n  \"plug\": {:hex, :plug, \"1.14.0\", \"ba\", [:mix], [], \"hexpm\", \"bf\"},\n}\n"),
        text("r/x/DESCRIPTION", "Package: xtable\nVersion: 1.8\nTitle: X\nRepository: CRAN\n"),
        text("lua/x-1.0-1.rockspec", "package = \"x\"\nversion = \"1.0-1\"\ndescription = {\n  license = \"MIT\"\n}\n"),
    ]
}

fn ours(folder: &Path) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for (path, _) in files() {
        let bytes = fs_err::read(folder.join(path)).unwrap();
        let path = format!("/{path}");
        let head = bytes.get(..bytes.len().min(64)).unwrap();
        if catalogue::select(&path, 0o644, bytes.len() as u64, head).is_some() {
            for package in super::read(&path, &bytes).packages {
                // Syft names an artifact without its group.
                let name = package.name.rsplit(':').next().unwrap_or_default().to_lowercase();
                all.insert((name, package.version));
            }
        }
    }
    all
}

#[test]
fn nothing_that_syft_finds_is_missed() {
    if !have("nothing_that_syft_finds_is_missed", &["syft"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files() {
        let path = folder.path().join(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }
    let source = format!("dir:{}", folder.path().display());
    let printed =
        run(folder.path(), "syft", &["scan", &source, "-q", "-o", "json", "--override-default-catalogers", "all"]);
    let report: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let found = ours(folder.path());
    let artifacts = report["artifacts"].as_array().unwrap();
    assert!(artifacts.len() >= 15, "{} packages", artifacts.len());
    let missed: Vec<String> = artifacts
        .iter()
        .map(|artifact| (artifact["name"].as_str().unwrap().to_lowercase(), artifact["version"].as_str().unwrap()))
        .map(|(name, version)| (name, version.strip_prefix("go").unwrap_or(version).to_owned()))
        .filter(|each| !found.contains(each))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}
