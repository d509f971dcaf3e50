//! Interpreters, compilers and runtimes.

use super::rule::{RULE, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "python", files: &["python*"], numbered: Some("python"), ..RULE },
    Rule { name: "python", files: &["libpython*"], numbered: Some("libpython"), ..RULE },
    Rule { name: "pypy", files: &["libpypy*", "pypy*"], versions: &[r"\[PyPy (\d+\.\d+\.\d+)"], ..RULE },
    Rule {
        name: "go",
        files: &["go", "go.exe"],
        versions: &[r"go(\d+\.\d+(?:\.\d+|(?:alpha|beta|rc)\d+)?)\x00"],
        ..RULE
    },
    Rule {
        name: "go",
        files: &["VERSION", "VERSION.cache"],
        versions: &[r"(?m)^(?:devel )?go(\d+\.\d+(?:\.\d+|(?:alpha|beta|rc)\d+|-[_0-9a-z]+)?)"],
        script: true,
        fragments: false,
        ..RULE
    },
    Rule {
        name: "rust",
        files: &["libstd-*"],
        versions: &[
            r"rustc version (\d+\.\d+\.\d+) \([0-9a-f]+ \d{4}-\d\d-\d\d\)",
            r"c (\d+\.\d+\.\d+) \([0-9a-f]+ \d{4}-\d\d-\d\d\)",
        ],
        ..RULE
    },
    Rule {
        name: "ruby",
        files: &["ruby", "ruby2*", "ruby3*", "libruby*"],
        versions: &[r"ruby (\d+\.\d+\.\d+(?:(?:p|preview|rc|dev)\d*)?) "],
        ..RULE
    },
    Rule {
        name: "node",
        files: &["node", "nodejs"],
        versions: &[r"\x00(?:node )?v([0456]\.\d+\.\d+)\x00", r"node\.js/v(\d+\.\d+\.\d+)"],
        ..RULE
    },
    Rule {
        name: "bun",
        files: &["bun"],
        versions: &[r"bun-v(\d+\.\d+\.\d+)", r"Bun[ /]v?(\d+\.\d+\.\d+)", r"bun/(\d+\.\d+\.\d+)"],
        ..RULE
    },
    Rule {
        name: "deno",
        files: &["deno"],
        versions: &[
            r"Deno/(\d+\.\d+\.\d+)",
            r"deno-[0-9a-z]{40}(?:release/v)?(\d+\.\d+\.\d+)",
            r"(\d+\.\d+\.\d+)[0-9a-z]{40}DENO",
        ],
        ..RULE
    },
    Rule {
        name: "perl",
        files: &["perl", "perl5*"],
        versions: &[r"/lib/(?:[a-z0-9_-]{1,40}/)?perl\d?/(5\.\d+\.\d+)"],
        ..RULE
    },
    Rule {
        name: "php",
        files: &["php", "php5*", "php7*", "php8*", "php-fpm*", "php-cgi*", "phpdbg", "libphp*"],
        versions: &[r"X-Powered-By: PHP/(\d+\.\d+\.\d+(?:(?:alpha|beta|RC)\d+)?)"],
        ..RULE
    },
    Rule {
        name: "composer",
        files: &["composer", "composer.phar"],
        versions: &[r"'pretty_version'\s*=>\s*'(\d+\.\d+\.\d+(?:-?(?:alpha|beta|RC)\d+)?)'"],
        script: true,
        fragments: false,
        ..RULE
    },
    Rule {
        name: "elixir",
        files: &["elixir"],
        versions: &[r"ELIXIR_VERSION=(\d+\.\d+\.\d+(?:-[a-z0-9]+(?:\.\d+)?)?)"],
        script: true,
        fragments: false,
        ..RULE
    },
    Rule {
        name: "erlang",
        files: &["erlexec", "beam.smp", "beam.debug.smp", "liberts*"],
        versions: &[
            r"/otp(?:_src_|-)(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)/erts/",
            r"\x00(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)\x00+Erlang/OTP",
            r"(?s)Erlang/OTP.{1,150}?\x00(\d+\.\d+(?:\.\d+){0,2}(?:-rc\d)?)\x00",
        ],
        ..RULE
    },
    Rule { name: "swipl", files: &["swipl"], versions: &[r"swipl-(\d+\.\d+\.\d+)/"], ..RULE },
    Rule {
        name: "dart",
        files: &["dart"],
        versions: &[r"\x00(\d+\.\d+\.\d+(?:-\d+(?:\.\d+)?\.(?:beta|dev))?) \((?:stable|beta|dev|main)"],
        ..RULE
    },
    Rule {
        name: "haskell/ghc",
        files: &["ghc", "ghc-*"],
        versions: &[r"\x00GHC (\d+\.\d+\.\d+)\x00", r"\x00libHSghc-(\d+\.\d+\.\d+)-(?:[a-zA-Z0-9]+-)?ghc\d"],
        ..RULE
    },
    Rule {
        name: "haskell/cabal",
        files: &["cabal"],
        versions: &[
            r"\x00Cabal-(\d+\.\d+\.\d+(?:\.\d+)?)-",
            r"cabal-install-(\d+\.\d+\.\d+(?:\.\d+)?)-[a-zA-Z0-9]+\x00",
        ],
        ..RULE
    },
    Rule { name: "haskell/stack", files: &["stack"], versions: &[r"Version\s*(\d+\.\d+\.\d+),\s*Git"], ..RULE },
    Rule {
        name: "julia",
        files: &["libjulia*", "julia"],
        versions: &[
            r"\x00__init__\x00(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00(?:branch|verify)",
            r"\x00(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00(?:branch\x00|julia version)",
            r"\x00verify_methods\x00(?:[^\x00]{0,40}\x00)?(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00BigInt",
            r"\x00(?:#kw#|ObjectIdDict|require)\x00(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00",
        ],
        ..RULE
    },
    Rule { name: "rakudo", files: &["rakudo"], versions: &[r"[\x00v](20\d\d\.\d\d(?:\.\d{1,2})?)[\x00 ]"], ..RULE },
    Rule { name: "gcc", files: &["gcc"], versions: &[r"GCC: \(GNU\) (\d+\.\d+\.\d+)"], ..RULE },
];
