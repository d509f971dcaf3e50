//! No file of a language's tools, however it is made, may bring a parser to a panic or make it run away.

use catalogue::{Limits, analyse, select};
use proptest::prelude::*;

use super::java::archive;
use super::programs::{elf, inline_info};

/// A valid document for each parser of texts, and the path that leads to it.
const TEXTS: &[(&str, &str)] = &[
    ("/a/package.json", r#"{"name":"x","version":"1.0.0","license":{"type":"MIT"},"licenses":[1]}"#),
    ("/a/package-lock.json", r#"{"dependencies":{"a":{"version":"1","dependencies":{"b":{"version":"2"}}}}}"#),
    ("/a/npm-shrinkwrap.json", r#"{"packages":{"node_modules/@s/b":{"version":"2.0.0","link":false}}}"#),
    ("/a/yarn.lock", "\"@s/b@^2.0.0\", x@1:\n  version \"2.1.0\"\n  resolution: \"a@npm:b@patch:1\"\n"),
    (
        "/a/pnpm-lock.yaml",
        "packages:\n  /@s/b@2.0.0(a@1):\n    version: 1\nimporters:\n  .: {dependencies: {a: [1]}}\n",
    ),
    ("/a/bun.lock", "{\"packages\": {\"a\": [\"a@1.2.3\", /* x */ \"\\\"\",],},} // x"),
    (
        "/s/x.dist-info/METADATA",
        "Name: x\nVersion: 1\nLicense: GPL-2+ and (MIT\n or x)\nClassifier: License :: OSI Approved\n",
    ),
    ("/a/requirements.txt", "a[b]==1.0; x --hash=1 \\\n c\n"),
    ("/a/setup.py", "['a==1', \"b==2]\n"),
    ("/a/Pipfile.lock", r#"{"default":{"a":{"version":"==1"}}}"#),
    ("/a/poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n"),
    ("/o/conda-meta/x.json", r#"{"name":"x","version":"1"}"#),
    ("/g/x.gemspec", "s.name = %q{x}\ns.version = \"1\".freeze\ns.licenses = [\"a\", 'b']\n"),
    ("/a/Gemfile.lock", "GEM\n  specs:\n    a (1-x)\n"),
    ("/a/composer.lock", r#"{"packages":[{"name":"a/b","version":"1","license":["MIT"]}]}"#),
    ("/a/composer/installed.json", r#"[{"name":"a/b","version":"1"}]"#),
    ("/p/.registry/x.reg", "a:3:{s:4:\"name\";s:1:\"x\";s:7:\"version\";s:1:\"1\";i:1;a:1:{i:0;N;}}"),
    ("/a/x.deps.json", r#"{"libraries":{"a/1":{"type":"package"}}}"#),
    ("/a/packages.lock.json", r#"{"dependencies":{"x":{"a":{"resolved":"1"}}}}"#),
    ("/a/project.assets.json", r#"{"libraries":{"a/1":{"type":"package"}}}"#),
    ("/a/packages.config", "<packages><package id='a' version='1'/></packages>"),
    ("/a/Directory.Packages.props", "<P><PackageVersion Include='a'><Version>1</Version></PackageVersion></P>"),
    (
        "/a/pom.xml",
        "<project><parent><version>1</version></parent><artifactId>a</artifactId><dependencies><dependency><artifactId>b</artifactId><version>${x}</version></dependency></dependencies></project>",
    ),
    ("/a/gradle.lockfile", "a:b:1=x\n"),
    ("/a/go.mod", "require (\n\ta v1 // x\n)\nreplace a => b v2\n"),
    ("/a/Cargo.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n"),
    ("/a/pubspec.lock", "packages:\n  a:\n    version: \"1\"\n"),
    ("/a/mix.lock", "\"a\": {:hex, :a, \"1\", \"x\"},\n"),
    ("/a/rebar.lock", "{<<\"a\">>,{pkg,<<\"a\">>,<<\"1\">>},0}"),
    ("/e/ebin/a.app", "{application, a, [{vsn, \"1\"}]}."),
    ("/a/Package.resolved", r#"{"pins":[{"location":"git@x:a/b.git","state":{"version":"1"}}]}"#),
    ("/a/Podfile.lock", "PODS:\n  - A (1)\n  - B (2):\n    - A\n"),
    ("/a/conan.lock", r#"{"requires":["a/1@b#c"]}"#),
    ("/a/conanfile.txt", "[requires]\na/1\n"),
    ("/r/DESCRIPTION", "Package: a\nVersion: 1\nTitle: x\n y\n"),
    ("/j/Manifest.toml", "[[deps.A]]\nuuid = \"u\"\nversion = \"1\"\n"),
    ("/l/a.rockspec", "package = 'a'\nversion = \"1\"\n"),
    ("/h/cabal.project.freeze", "constraints: any.a ==1,\n"),
    ("/h/stack.yaml.lock", "packages:\n- completed:\n    hackage: a-1.0.0@x\n"),
    ("/w/wp-includes/version.php", "$wp_version = '1';\n"),
    ("/w/wp-content/plugins/a/a.php", "* Plugin Name: a\n* Version: 1 */\n"),
    ("/jvm/release", "JAVA_VERSION=\"1\"\nIMPLEMENTOR=\"x\"\n"),
    (
        "/x.cdx.json",
        r#"{"bomFormat":"CycloneDX","components":[{"name":"a","version":"1","purl":"pkg:npm/%40a/b@1?x=y#z","components":[]}]}"#,
    ),
    (
        "/x.spdx.json",
        r#"{"spdxVersion":"x","packages":[{"name":"a","versionInfo":"1","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:rpm/a@1?epoch=2"}]}]}"#,
    ),
    ("/x.spdx", "SPDXVersion: x\nPackageName: a\nPackageVersion: 1\n"),
    (
        "/bom.xml",
        "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><components><component><name>a</name><version>1</version></component></components></bom>",
    ),
];

/// A valid file for each parser.
fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let mut all: Vec<_> = TEXTS.iter().map(|(path, text)| (*path, text.as_bytes().to_vec())).collect();
    all.extend([
        ("/s/x.egg", archive(&[("EGG-INFO/PKG-INFO", b"Name: x\nVersion: 1\n")])),
        (
            "/a/a-1.0.jar",
            archive(&[
                ("META-INF/MANIFEST.MF", b"Bundle-SymbolicName: org.a.b\r\nBundle-Version: 1\r\n"),
                ("META-INF/maven/a/b/pom.properties", b"groupId=a\nartifactId=b\nversion=1\n"),
                (
                    "lib/b-2.jar",
                    &archive(&[(
                        "META-INF/maven/a/b/pom.xml",
                        b"<project><artifactId>b</artifactId><version>1</version></project>",
                    )]),
                ),
            ]),
        ),
        (
            "/bin/go",
            elf(&[(
                ".go.buildinfo",
                &inline_info(
                    "go1.2.3",
                    "path\ta\nmod\ta\tv1\ndep\tb\tv2\n=>\tc\tv3\nbuild\t-ldflags=\"-X a.version=1.2\"\n",
                ),
            )]),
        ),
        (
            "/bin/rust",
            elf(&[
                (".rodata", b"registry/src/x-1/a-1.2.3/src"),
                (".dep-v0", b"\x78\x9c\xab\xae\x05\x00\x01\x75\x00\xf9"),
            ]),
        ),
        ("/bin/x.dll", super::forge::pe([1, 2, 3, 4], &[("ProductName", "x")])),
    ]);
    all
}

fn read_as(path: &str, head: &[u8], bytes: &[u8]) {
    let limits = Limits { packages: 1000, unpacked_bytes: 1 << 20, entries: 1000, ..Limits::default() };
    let analyser = select(path, 0o755, 1 << 20, head).unwrap_or_else(|| panic!("nobody reads {path}"));
    if let Ok(findings) = analyse(analyser, path, bytes, &limits) {
        assert!(findings.packages.len() <= limits.packages);
        assert!(findings.packages.iter().all(|package| !package.evidence.is_empty() && !package.name.is_empty()));
    }
}

/// Locks without a form of their own are read by their family's parser; what is only searched has its test elsewhere.
const READ_AS_OTHERS: &[&str] =
    &["Objects", "Named", "ScriptArchive", "PdmLock", "UvLock", "Pylock", "WordpressExtension", "StackLock"];

#[test]
fn every_parser_is_tried() {
    let source = include_str!("../../src/apps/select.rs");
    let list = source.split("pub enum AppAnalyser {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
    let chosen: Vec<String> = seeds()
        .iter()
        .filter_map(|(path, seed)| select(path, 0o755, seed.len() as u64, seed.get(..64).unwrap_or(seed)))
        .map(|analyser| format!("{analyser:?}"))
        .collect();
    let untried: Vec<&str> = list
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty() && !READ_AS_OTHERS.contains(name))
        .filter(|name| !chosen.contains(&format!("App({name})")))
        .collect();
    assert!(untried.is_empty(), "{untried:?}");
}

#[test]
fn every_seed_is_valid() {
    for (path, bytes) in seeds() {
        let findings = super::read(path, &bytes);
        assert!(!findings.packages.is_empty(), "{path}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_survived_by_every_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        for (path, seed) in seeds() {
            read_as(path, &seed, &bytes);
        }
    }

    #[test]
    fn damaged_files_are_survived_by_every_parser(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in proptest::option::of(any::<prop::sample::Index>()),
        twice in any::<bool>(),
    ) {
        for (path, seed) in seeds() {
            let mut bytes = if twice { [seed.clone(), seed.clone()].concat() } else { seed.clone() };
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            if let Some(cut) = &cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            read_as(path, &seed, &bytes);
        }
    }
}

#[test]
fn beginnings_without_an_end_are_looked_for_once() {
    let begun = std::time::Instant::now();
    for (path, piece) in [
        ("/a/rebar.lock", "{pkg,"),
        ("/var/lib/flatpak/app/org.a.B/x/files/share/metainfo/org.a.B.metainfo.xml", "<release "),
    ] {
        let text = piece.repeat((4 << 20) / piece.len());
        read_as(path, b"", text.as_bytes());
    }
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

#[test]
fn documents_made_to_cost_much_are_cheap() {
    let nested = |open: &str| open.repeat(100_000).into_bytes();
    let attributes: String = (0..200_000).map(|number| format!("a{number}='' ")).collect();
    for (path, bytes) in [
        ("/a/package.json", nested("[")),
        ("/a/pnpm-lock.yaml", nested("[")),
        ("/a/pnpm-lock.yaml", nested("- ")),
        ("/a/pnpm-lock.yaml", nested("{a: ")),
        ("/a/poetry.lock", format!("a = {}", "[".repeat(100_000)).into_bytes()),
        ("/a/pom.xml", nested("<a>")),
        ("/a/pom.xml", format!("<a {attributes}/>").into_bytes()),
        ("/p/.registry/x.reg", nested("a:1:{i:0;")),
        ("/x.cdx.json", nested("{\"components\":[")),
        (
            "/a/a-1.jar",
            [
                b"PK\x03\x04".to_vec(),
                b"PK\x05\x06\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00".repeat(5000),
            ]
            .concat(),
        ),
        ("/bin/go", [b"\x7fELF".to_vec(), b"\xff Go buildinf:\x08\x02".repeat(100_000)].concat()),
        ("/bin/rust", [b"\x7fELF".to_vec(), b"registry/src/".repeat(200_000)].concat()),
    ] {
        let analyser = select(path, 0o755, bytes.len() as u64, bytes.get(..64).unwrap()).unwrap();
        let findings = analyse(analyser, path, &bytes, &Limits::default());
        assert!(findings.is_err() || findings.is_ok_and(|findings| findings.packages.len() < 10), "{path}");
    }
}
