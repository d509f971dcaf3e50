//! Files of languages' tools, each in every form that its format has had: what they name, no more and no less.

use super::read;

/// `kind name version`, sorted as findings are.
fn found(path: &str, text: &str) -> Vec<String> {
    let findings = read(path, text.as_bytes());
    assert!(findings.faults.is_empty(), "{path}: {:?}", findings.faults);
    let line = |package: &vuln::Package| {
        let kind = serde_json::to_value(package.kind).unwrap();
        format!("{} {} {}", kind.as_str().unwrap(), package.name, package.version)
    };
    findings.packages.iter().map(line).collect()
}

fn check(cases: &[(&str, &str, &[&str])]) {
    for (path, text, expected) in cases {
        assert_eq!(found(path, text), *expected, "{path}\n{text}");
    }
}

#[test]
fn node_packages_are_found_in_trees_and_locks() {
    check(&[
        ("/a/node_modules/x/package.json", r#"{"name":"x","version":"1.0.0"}"#, &["npm x 1.0.0"]),
        ("/a/node_modules/x/lib/package.json", r#"{"type":"module"}"#, &[]),
        ("/a/node_modules/x/es6/package.json", r#"{"name":"x-es6","main":"a.js"}"#, &["npm x-es6 "]),
        ("/a/package.json", r#"{"name":"bad name","version":"1"}"#, &[]),
        (
            "/a/package-lock.json",
            r#"{"name":"app","version":"0.1.0","lockfileVersion":1,"dependencies":{
                "a":{"version":"1.2.3","dependencies":{"@s/b":{"version":"2.0.0"}}},
                "alias":{"version":"npm:real@4.5.6"},
                "git":{"version":"git+https://example.com/x.git#abc"}}}"#,
            &["npm @s/b 2.0.0", "npm a 1.2.3", "npm app 0.1.0", "npm real 4.5.6"],
        ),
        (
            "/a/npm-shrinkwrap.json",
            r#"{"lockfileVersion":3,"packages":{"":{"name":"app","version":"0.1.0"},
                "node_modules/a":{"version":"1.2.3"},
                "node_modules/a/node_modules/@s/b":{"version":"2.0.0"},
                "node_modules/alias":{"name":"real","version":"4.5.6"},
                "node_modules/w":{"resolved":"w","link":true}, "w":{"name":"w","version":"3.0.0"}}}"#,
            &["npm @s/b 2.0.0", "npm a 1.2.3", "npm app 0.1.0", "npm real 4.5.6", "npm w 3.0.0"],
        ),
        (
            "/a/yarn.lock",
            "# yarn lockfile v1\n\n\"@s/b@^2.0.0\", \"@s/b@^2.1.0\":\n  version \"2.1.0\"\n  resolved \"https://x\"\n  \
             dependencies:\n    version \"^9.9.9\"\n\nalias@npm:real@^4.0.0:\n  version \"4.5.6\"\n",
            &["npm @s/b 2.1.0", "npm real 4.5.6"],
        ),
        (
            "/a/yarn.lock",
            "__metadata:\n  version: 8\n\n\"@s/b@npm:^2.0.0\":\n  version: 2.1.0\n  resolution: \"@s/b@npm:2.1.0\"\n\n\
             \"alias@npm:real@^4\":\n  version: 4.5.6\n  resolution: \"real@npm:4.5.6\"\n\n\"app@workspace:.\":\n  \
             version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n",
            &["npm @s/b 2.1.0", "npm real 4.5.6"],
        ),
        (
            "/a/bun.lock",
            "{\n  // a comment\n  \"lockfileVersion\": 1,\n  \"packages\": {\n    \"a\": [\"a@1.2.3\", \"\", {}, \"sha512-\
             x\"],\n    \"p/b\": [\"@s/b@2.0.0\", \"http://x//y\", {},],\n  },\n}",
            &["npm @s/b 2.0.0", "npm a 1.2.3"],
        ),
    ]);
}

#[test]
fn every_form_of_the_pnpm_lock_is_read() {
    let expected: &[&str] = &["npm @s/b 2.0.0", "npm a 1.2.3", "npm c 3.0.0"];
    check(&[
        (
            "/a/pnpm-lock.yaml",
            "lockfileVersion: 5.4\ndependencies:\n  c: 3.0.0\npackages:\n\n  /@s/b/2.0.0_react@18.0.0:\n    resolution: \
             {integrity: x}\n  /a/1.2.3:\n    resolution: {integrity: x}\n    dev: true\n",
            expected,
        ),
        (
            "/a/pnpm-lock.yaml",
            "lockfileVersion: '6.0'\ndependencies:\n  c:\n    specifier: ^3\n    version: 3.0.0(a@1.2.3)\npackages:\n  \
             /@s/b@2.0.0(a@1.2.3):\n    resolution: {integrity: x}\n  /a@1.2.3:\n    resolution: {integrity: x}\n",
            expected,
        ),
        (
            "/a/pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      c:\n        specifier: ^3\n        version: \
             3.0.0\n      local:\n        specifier: link:x\n        version: link:x\npackages:\n  '@s/b@2.0.0':\n    \
             resolution: {integrity: x}\nsnapshots:\n  a@1.2.3(@s/b@2.0.0): {}\n",
            expected,
        ),
    ]);
}

#[test]
fn python_distributions_are_found_in_trees_and_locks() {
    check(&[
        (
            "/s/Zope.Interface-5.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Zope.Interface\nVersion: 5.0\n\nName: not-this\n",
            &["pypi zope-interface 5.0"],
        ),
        ("/s/x.egg-info/PKG-INFO", "Name: x\nVersion: 1\n", &["pypi x 1"]),
        ("/s/x-1.egg-info", "Name: x_y\nVersion: 1\n", &["pypi x-y 1"]),
        (
            "/a/requirements-dev.txt",
            "flask==2.0.1 \\\n  --hash=sha256:0\n# django==1.0\nJinja2[async] == 3.0 ; python_version > '3'\nx>=1\ny==1.*\n-r \
             other==1.txt\nz===1.0 # why\n",
            &["pypi flask 2.0.1", "pypi jinja2 3.0", "pypi z 1.0"],
        ),
        ("/a/setup.py", "setup(install_requires=['a==1.0', \"b>=2\"])\n# 'c==3'\n", &["pypi a 1.0"]),
        (
            "/a/Pipfile.lock",
            r#"{"default":{"A":{"version":"==1.0"}},"develop":{"b":{"version":"==2.0"},"c":{"git":"x"}}}"#,
            &["pypi a 1.0", "pypi b 2.0"],
        ),
        ("/a/poetry.lock", "[[package]]\nname = \"A\"\nversion = \"1.0\"\n", &["pypi a 1.0"]),
        ("/a/pdm.lock", "[[package]]\nname = \"a\"\nversion = \"1.0\"\n", &["pypi a 1.0"]),
        ("/a/uv.lock", "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\n", &["pypi a 1.0"]),
        ("/a/pylock.toml", "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1.0\"\n", &["pypi a 1.0"]),
        ("/o/conda-meta/x-1-0.json", r#"{"name":"x","version":"1","license":"MIT"}"#, &["conda x 1"]),
    ]);
}

#[test]
fn gems_and_php_packages_are_found() {
    check(&[
        (
            "/g/specifications/rack-2.0.gemspec",
            "Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.0\"\n  s.licenses = \
             [\"MIT\".freeze]\nend\n",
            &["gem rack 2.0"],
        ),
        ("/g/x.gemspec", "  spec.name = 'x'\n  spec.version = X::VERSION\n", &[]),
        (
            "/a/Gemfile.lock",
            "GEM\n  remote: https://gems.example/\n  specs:\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    racc \
             (1.7.1)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  nokogiri (~> 1.15)\n",
            &["gem nokogiri 1.15.4", "gem racc 1.7.1"],
        ),
        (
            "/a/composer.lock",
            r#"{"packages":[{"name":"a/b","version":"v1.0"}],"packages-dev":[{"name":"c/d","version":"2"}]}"#,
            &["composer a/b v1.0", "composer c/d 2"],
        ),
        ("/a/vendor/composer/installed.json", r#"[{"name":"a/b","version":"1"}]"#, &["composer a/b 1"]),
        ("/a/vendor/composer/installed.json", r#"{"packages":[{"name":"a/b","version":"1"}]}"#, &["composer a/b 1"]),
        (
            "/usr/share/php/.registry/.channel.pecl.php.net/redis.reg",
            "a:3:{s:4:\"name\";s:5:\"redis\";s:7:\"version\";a:2:{s:7:\"release\";s:5:\"5.3.7\";s:3:\"api\";s:5:\"5.3.0\";}s:5:\
             \"dirty\";b:1;}",
            &["pear redis 5.3.7"],
        ),
    ]);
}

#[test]
fn dotnet_packages_are_found() {
    check(&[
        (
            "/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json",
            r#"{"libraries":{"Microsoft.NETCore.App.Runtime.linux-x64/8.0.1":{"type":"package"}}}"#,
            &["nuget Microsoft.NETCore.App 8.0.1", "nuget Microsoft.NETCore.App.Runtime.linux-x64 8.0.1"],
        ),
        (
            "/app/app.deps.json",
            r#"{"libraries":{"app/1.0.0":{"type":"project"},"Serilog/2.10.0":{"type":"package"},
                "runtimepack.X.Runtime/8.0.1":{"type":"runtimepack"},"R/1":{"type":"reference"}}}"#,
            &["nuget Serilog 2.10.0", "nuget X.Runtime 8.0.1", "nuget app 1.0.0"],
        ),
        (
            "/a/packages.lock.json",
            r#"{"dependencies":{"net8.0":{"A":{"type":"Direct","resolved":"1.0.0"},"P":{"type":"Project"}}}}"#,
            &["nuget A 1.0.0"],
        ),
        (
            "/a/packages.config",
            "\u{feff}<?xml version=\"1.0\"?><packages><package id=\"A\" version=\"1.0\"/></packages>",
            &["nuget A 1.0"],
        ),
        (
            "/a/Directory.Packages.props",
            "<Project><ItemGroup><PackageVersion Include=\"A\" Version=\"[1.0]\"/><PackageVersion Include=\"B\" \
             Version=\"$(X)\"/></ItemGroup></Project>",
            &["nuget A 1.0"],
        ),
        (
            "/a/obj/project.assets.json",
            r#"{"libraries":{"A/1.0":{"type":"package"},"P/1.0":{"type":"project"}}}"#,
            &["nuget A 1.0"],
        ),
    ]);
}

/// Path, text, what is found.
type Case = (&'static str, &'static str, &'static [&'static str]);

const OTHERS: &[Case] = &[
    (
        "/a/go.mod",
        "module example.com/m\n\ngo 1.21\n\nrequire (\n\ta.com/x v1.0.0 // indirect\n\tb.com/y v2.0.0\n)\nrequire c.com/z \
             v0.1.0\nreplace b.com/y => d.com/y v2.0.1\n",
        &["golang a.com/x v1.0.0", "golang c.com/z v0.1.0", "golang d.com/y v2.0.1"],
    ),
    ("/a/Cargo.lock", "version = 3\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n", &["cargo a 1.0.0"]),
    ("/a/gradle.lockfile", "# x\na.b:c:1.0=runtimeClasspath\nempty=\n", &["maven a.b:c 1.0"]),
    (
        "/a/pubspec.lock",
        "packages:\n  http:\n    dependency: \"direct main\"\n    source: hosted\n    version: \"1.1.0\"\n",
        &["pub http 1.1.0"],
    ),
    (
        "/a/mix.lock",
        "%{\n  \"plug\": {:hex, :plug, \"1.14.0\", \"ba\", [:mix], [{:mime, \"~> 1.0\"}], \"hexpm\", \"bf\"},\n  \"g\": \
             {:git, \"https://x\", \"abc\", []},\n}\n",
        &["hex plug 1.14.0"],
    ),
    (
        "/a/rebar.lock",
        "{\"1.2.0\",\n[{<<\"cowboy\">>,{pkg,<<\"cowboy\">>,<<\"2.9.0\">>},0}]}.\n",
        &["hex cowboy 2.9.0"],
    ),
    (
        "/e/ebin/crypto.app",
        "{application, crypto,\n [{description, \"CRYPTO\"},\n  {vsn, \"5.1.2\"},\n  {modules, []}]}.\n",
        &["hex crypto 5.1.2"],
    ),
    (
        "/a/Package.resolved",
        r#"{"pins":[{"identity":"nio","location":"https://github.com/apple/nio.git","state":{"version":"2.0.0"}}],"version":2}"#,
        &["swift github.com/apple/nio 2.0.0"],
    ),
    (
        "/a/Package.resolved",
        r#"{"object":{"pins":[{"package":"n","repositoryURL":"git@github.com:apple/n.git","state":{"version":"2.0.0"}}]}}"#,
        &["swift github.com/apple/n 2.0.0"],
    ),
    (
        "/a/Podfile.lock",
        "PODS:\n  - A (1.0)\n  - B/C (2.0):\n    - A\nDEPENDENCIES:\n  - A\n",
        &["cocoapods A 1.0", "cocoapods B/C 2.0"],
    ),
    ("/a/conan.lock", r#"{"version":"0.5","requires":["zlib/1.2.13#abc%1","r/[>1]"]}"#, &["conan zlib 1.2.13"]),
    ("/a/conan.lock", r#"{"graph_lock":{"nodes":{"1":{"ref":"zlib/1.2.13@u/c#0"}}}}"#, &["conan zlib 1.2.13"]),
    ("/a/conanfile.txt", "[requires]\nzlib/1.2.13\n[options]\nx/1=2\n", &["conan zlib 1.2.13"]),
    ("/r/x/DESCRIPTION", "Package: x\nVersion: 1.0\nTitle: X\nLicense: GPL (>= 2)\n", &["cran x 1.0"]),
    ("/r/DESCRIPTION", "Some text: about\n", &[]),
    (
        "/j/Manifest.toml",
        "manifest_format = \"2.0\"\n[[deps.A]]\nuuid = \"u\"\nversion = \"1.0.0\"\n[[deps.Base64]]\nuuid = \"v\"\n",
        &["julia A 1.0.0"],
    ),
    ("/j/Manifest.toml", "[[A]]\nuuid = \"u\"\nversion = \"1.0.0\"\n", &["julia A 1.0.0"]),
    ("/l/x-1.0-1.rockspec", "package = \"x\"\nversion = '1.0-1'\n", &["luarocks x 1.0-1"]),
    (
        "/h/cabal.project.freeze",
        "constraints: any.aeson ==2.0.3.0,\n             any.text ==2.0 +x\n",
        &["hackage aeson 2.0.3.0", "hackage text 2.0 +x"],
    ),
    (
        "/h/stack.yaml.lock",
        "packages:\n- completed:\n    hackage: aeson-2.0.3@sha256:0,1\n  original:\n    hackage: aeson-2.0.3\n",
        &["hackage aeson 2.0.3"],
    ),
    ("/w/wp-includes/version.php", "<?php\n$wp_version = '6.4.1';\n", &["wordpress wordpress 6.4.1"]),
    (
        "/w/wp-content/plugins/akismet/akismet.php",
        "<?php\n/*\nPlugin Name: Akismet Anti-spam\nVersion: 5.0.2\n*/\n",
        &["wordpress akismet 5.0.2"],
    ),
    ("/w/wp-content/themes/t/style.css", "/*\nTheme Name: T\nVersion: 1.1\n*/\n", &["wordpress t 1.1"]),
    (
        "/jvm/release",
        "IMPLEMENTOR=\"Debian\"\nJAVA_VERSION=\"17.0.9\"\nJAVA_RUNTIME_VERSION=\"17.0.9+9-Debian\"\n",
        &["generic openjdk 17.0.9"],
    ),
];

#[test]
fn packages_of_many_other_languages_are_found() {
    check(OTHERS);
}

#[test]
fn locks_inside_of_installed_packages_are_left_alone() {
    for path in [
        "/a/node_modules/x/yarn.lock",
        "/usr/lib/ruby/gems/3.1.0/gems/typeprof-0.21.2/vscode/package-lock.json",
        "/usr/lib/python3/dist-packages/x/poetry.lock",
        "/root/go/pkg/mod/a.com/x@v1.0.0/go.mod",
        "/root/.cargo/registry/src/index/x-1.0.0/Cargo.lock",
    ] {
        assert_eq!(catalogue::select(path, 0o644, 10, b"# text"), None, "{path}");
    }
    assert!(catalogue::select("/app/yarn.lock", 0o644, 10, b"# yarn").is_some());
}

#[test]
fn an_installed_tree_beats_the_lock_beside_it() {
    let lock = r#"{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"},"node_modules/dev":{"version":"2.0.0"}}}"#;
    let mut packages = read("/app/package-lock.json", lock.as_bytes()).packages;
    packages.extend(read("/other/package-lock.json", lock.as_bytes()).packages);
    packages.extend(read("/app/node_modules/a/package.json", br#"{"name":"a","version":"1.0.0"}"#).packages);
    catalogue::apps::prefer_installed(&mut packages);
    let mut left: Vec<_> = packages.iter().map(|each| (each.name.as_str(), each.evidence[0].path.as_str())).collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [
            ("a", "/app/node_modules/a/package.json"),
            ("a", "/other/package-lock.json"),
            ("dev", "/other/package-lock.json"),
        ]
    );
}

#[test]
fn a_document_that_cannot_be_read_is_an_error_not_an_empty_answer() {
    for (path, text) in [
        ("/a/package-lock.json", "{"),
        ("/a/pnpm-lock.yaml", "a: [1"),
        ("/a/pnpm-lock.yaml", "a: &x 1\nb: *x"),
        ("/a/poetry.lock", "[[package]\n"),
        ("/a/packages.config", "<packages>"),
        ("/a/packages.config", "<!DOCTYPE x [<!ENTITY y 'z'>]><packages>&y;</packages>"),
        ("/usr/share/php/.registry/x.reg", "a:1000000000:{"),
        ("/a/x.cdx.json", "{\"bomFormat\""),
    ] {
        assert!(super::try_read(path, text.as_bytes()).is_err(), "{path}: {text}");
    }
}

#[test]
fn a_file_with_more_packages_than_the_bound_is_cut_and_says_so() {
    let lines: String = (0..20).map(|number| format!("p{number}==1\n")).collect();
    let limits = catalogue::Limits { packages: 5, ..catalogue::Limits::default() };
    let analyser = catalogue::select("/requirements.txt", 0o644, 100, b"p").unwrap();
    let findings = catalogue::analyse(analyser, "/requirements.txt", lines.as_bytes(), &limits).unwrap();
    assert_eq!(findings.packages.len(), 5);
    assert!(matches!(findings.faults.as_slice(), [catalogue::ParseError::TooLarge { .. }]));
}
