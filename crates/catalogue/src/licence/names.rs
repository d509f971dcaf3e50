//! Names of single licences.

use spdx::identifiers::{EXCEPTIONS, LICENSES};

/// Words that are no part of a licence's name.
const FILLERS: &[&str] = &["the", "license", "licence", "licensed", "under", "version", "v", "v.", "terms", "of"];

/// What packages write, without fillers and in lower case, and the licence that is meant.
const ALIASES: &[(&str, &str)] = &[
    ("0bsd", "0BSD"),
    ("academic free 3.0", "AFL-3.0"),
    ("afl 2.1", "AFL-2.1"),
    ("al2", "Apache-2.0"),
    ("apache", "Apache-2.0"),
    ("apache 1.1", "Apache-1.1"),
    ("apache 2", "Apache-2.0"),
    ("apache 2.0", "Apache-2.0"),
    ("apache software", "Apache-2.0"),
    ("apache software 2", "Apache-2.0"),
    ("apache software 2.0", "Apache-2.0"),
    ("apache2", "Apache-2.0"),
    ("apache2.0", "Apache-2.0"),
    ("artistic", "Artistic-1.0-Perl"),
    ("artistic 1", "Artistic-1.0"),
    ("artistic 2", "Artistic-2.0"),
    ("artistic 2.0", "Artistic-2.0"),
    ("asl 1.1", "Apache-1.1"),
    ("asl 2", "Apache-2.0"),
    ("asl 2.0", "Apache-2.0"),
    ("2 clause bsd", "BSD-2-Clause"),
    ("3 clause bsd", "BSD-3-Clause"),
    ("bsd 2", "BSD-2-Clause"),
    ("bsd 2 clause", "BSD-2-Clause"),
    ("bsd 3", "BSD-3-Clause"),
    ("bsd 3 clause", "BSD-3-Clause"),
    ("bsd 4 clause", "BSD-4-Clause"),
    ("bsd new", "BSD-3-Clause"),
    ("bsd simplified", "BSD-2-Clause"),
    ("bsd2", "BSD-2-Clause"),
    ("bsd3", "BSD-3-Clause"),
    ("boost", "BSL-1.0"),
    ("boost software", "BSL-1.0"),
    ("boost software 1.0", "BSL-1.0"),
    ("boost 1.0", "BSL-1.0"),
    ("bsl 1.0", "BSL-1.0"),
    ("cc0", "CC0-1.0"),
    ("cc0 1.0", "CC0-1.0"),
    ("cc0 1.0 universal", "CC0-1.0"),
    ("cc by 3.0", "CC-BY-3.0"),
    ("cc by 4.0", "CC-BY-4.0"),
    ("cc by sa 3.0", "CC-BY-SA-3.0"),
    ("cc by sa 4.0", "CC-BY-SA-4.0"),
    ("cddl 1.0", "CDDL-1.0"),
    ("cddl 1.1", "CDDL-1.1"),
    ("common development and distribution 1.0", "CDDL-1.0"),
    ("cpl", "CPL-1.0"),
    ("common public 1.0", "CPL-1.0"),
    ("curl", "curl"),
    ("eclipse distribution 1.0", "BSD-3-Clause"),
    ("edl 1.0", "BSD-3-Clause"),
    ("eclipse public 1.0", "EPL-1.0"),
    ("eclipse public 2.0", "EPL-2.0"),
    ("eclipse public - 1.0", "EPL-1.0"),
    ("eclipse public - 2.0", "EPL-2.0"),
    ("epl 1.0", "EPL-1.0"),
    ("epl 2.0", "EPL-2.0"),
    ("european union public 1.2", "EUPL-1.2"),
    ("expat", "MIT"),
    ("expat/mit", "MIT"),
    ("free bsd", "BSD-2-Clause"),
    ("freetype", "FTL"),
    ("ftl", "FTL"),
    ("historical permission notice and disclaimer (hpnd)", "HPND"),
    ("ijg", "IJG"),
    ("isc", "ISC"),
    ("isc (iscl)", "ISC"),
    ("iscl", "ISC"),
    ("lucent public 1.02", "LPL-1.02"),
    ("mit", "MIT"),
    ("mit (expat)", "MIT"),
    ("mit expat", "MIT"),
    ("mit no attribution (mit-0)", "MIT-0"),
    ("mit/x11", "MIT"),
    ("modified bsd", "BSD-3-Clause"),
    ("mozilla public 1.1", "MPL-1.1"),
    ("mozilla public 1.1 (mpl 1.1)", "MPL-1.1"),
    ("mozilla public 2.0", "MPL-2.0"),
    ("mozilla public 2.0 (mpl 2.0)", "MPL-2.0"),
    ("mpl 1.1", "MPL-1.1"),
    ("mpl 2", "MPL-2.0"),
    ("mpl 2.0", "MPL-2.0"),
    ("mpl1.1", "MPL-1.1"),
    ("mpl2", "MPL-2.0"),
    ("mpl2.0", "MPL-2.0"),
    ("new bsd", "BSD-3-Clause"),
    ("ofl", "OFL-1.1"),
    ("ofl 1.1", "OFL-1.1"),
    ("openldap", "OLDAP-2.8"),
    ("openssl", "OpenSSL"),
    ("perl 5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("php 3.0", "PHP-3.0"),
    ("php 3.01", "PHP-3.01"),
    ("psf", "PSF-2.0"),
    ("psf 2", "PSF-2.0"),
    ("psfl", "PSF-2.0"),
    ("python", "Python-2.0"),
    ("python software foundation", "PSF-2.0"),
    ("qpl 1.0", "QPL-1.0"),
    ("revised bsd", "BSD-3-Clause"),
    ("ruby", "Ruby"),
    ("ruby's", "Ruby"),
    ("simplified bsd", "BSD-2-Clause"),
    ("sleepycat", "Sleepycat"),
    ("tcl", "TCL"),
    ("ucd", "Unicode-DFS-2016"),
    ("unlicense", "Unlicense"),
    ("unlicense (unlicense)", "Unlicense"),
    ("universal permissive 1.0", "UPL-1.0"),
    ("vim", "Vim"),
    ("w3c", "W3C"),
    ("wtfpl", "WTFPL"),
    ("x11", "X11"),
    ("zlib", "Zlib"),
    ("zlib/libpng", "Zlib"),
    ("zlib/libpng (zlib)", "Zlib"),
    ("zope public", "ZPL-2.1"),
    ("zpl 2.1", "ZPL-2.1"),
    ("zpl 2.0", "ZPL-2.0"),
];

/// Exceptions under the names that distributions give them.
const EXCEPTIONS_BY_WORDS: &[(&str, &str)] = &[
    ("autoconf", "Autoconf-exception-3.0"),
    ("bison", "Bison-exception-2.2"),
    ("classpath", "Classpath-exception-2.0"),
    ("font", "Font-exception-2.0"),
    ("gcc", "GCC-exception-3.1"),
    ("libtool", "Libtool-exception"),
    ("linking", "GPL-3.0-linking-exception"),
    ("llvm", "LLVM-exception"),
    ("openssl", "openvpn-openssl-exception"),
    ("universal foss", "Universal-FOSS-exception-1.0"),
];

/// The words in lower case without fillers, hyphens as blanks.
fn key(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let spaced = lower.replace(['-', '_', ','], " ");
    let words = spaced.split_whitespace().filter(|word| !FILLERS.contains(word));
    let plain = |word: &str| match word.strip_prefix('v') {
        Some(rest) if rest.starts_with(|each: char| each.is_ascii_digit()) => rest.to_owned(),
        _ => word.to_owned(),
    };
    words.map(plain).collect::<Vec<_>>().join(" ")
}

/// Finds the licence of a name; the answer is an expression without deprecated names.
pub(super) fn find(name: &str) -> Option<String> {
    let name = name.trim();
    if name.starts_with("LicenseRef-") || name.starts_with("DocumentRef-") {
        return spdx::Expression::parse(name).is_ok().then(|| name.to_owned());
    }
    if let Some(gnu) = gnu(name) {
        return Some(gnu);
    }
    if let Some(address) = address(name) {
        return Some(address);
    }
    let (bare, plus) = name.strip_suffix('+').map_or((name, ""), |bare| (bare, "+"));
    if let Some(license) = LICENSES.iter().find(|license| license.name.eq_ignore_ascii_case(bare)) {
        let known = spdx::license_id(license.name).is_some_and(|id| !id.is_deprecated());
        return known.then(|| format!("{}{plus}", license.name));
    }
    let key = key(bare);
    // A bracket that nothing closes belongs to a damaged expression.
    if key.matches('(').count() != key.matches(')').count() {
        return None;
    }
    let keys = [key.clone(), key.replace(['(', ')'], ""), before_bracket(&key).to_owned()];
    let found = keys.iter().find_map(|key| ALIASES.iter().find(|(alias, _)| *alias == key.trim()));
    found.map(|(_, id)| (*id).to_owned())
}

/// `mozilla public 2.0 (mpl 2.0)` says it twice.
fn before_bracket(key: &str) -> &str {
    key.split(" (").next().unwrap_or(key)
}

/// Finds an exception by its SPDX name or by its usual words.
pub(super) fn find_exception(name: &str) -> Option<String> {
    let name = name.trim();
    if let Some(exact) = EXCEPTIONS.iter().find(|exception| exception.name.eq_ignore_ascii_case(name)) {
        return Some(exact.name.to_owned());
    }
    let key = key(name);
    let words = key.trim_end_matches("exceptions").trim_end_matches("exception").trim();
    EXCEPTIONS_BY_WORDS.iter().find(|(alias, _)| *alias == words).map(|(_, id)| (*id).to_owned())
}

/// GNU's licences, whose versions are written in every way: `GPLv2+`, `GPL-2`, `GNU Lesser General Public License v3`.
fn gnu(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let text = lower.replace("gnu", " ").replace(['-', '_', ',', '(', ')', '='], " ").replace('>', " >");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let families: &[(&str, &[&str])] = &[
        ("AGPL", &["affero general public", "affero gpl", "agpl"]),
        (
            "LGPL",
            &[
                "lesser general public",
                "library or lesser general public",
                "library general public",
                "lesser gpl",
                "lgpl",
            ],
        ),
        ("GFDL", &["free documentation", "gfdl", "fdl"]),
        ("GPL", &["general public", "gpl"]),
    ];
    let (family, rest) = families.iter().find_map(|(family, starts)| {
        starts.iter().find_map(|start| text.strip_prefix(start)).map(|rest| (*family, rest))
    })?;
    let (mut version, mut later) = ("", false);
    for word in rest.split_whitespace() {
        let plain = word.trim_start_matches(['v', '.', '>']);
        let number = plain.trim_end_matches('+');
        match word {
            _ if number.starts_with(|each: char| each.is_ascii_digit()) => {
                // The name may be followed by its own abbreviation, and the version be told again.
                if !version.is_empty() && number != version {
                    return None;
                }
                version = number;
                later |= plain.ends_with('+') || word.starts_with('>');
            }
            "or" | "later" | "+" | ">" | "newer" => later = true,
            "license" | "licence" | "version" | "v" | "only" | "lgpl" | "gpl" | "agpl" | "fdl" | "the" => {}
            _ if families
                .iter()
                .any(|(name, _)| word.trim_end_matches('+').starts_with(&name.to_ascii_lowercase())) =>
            {
                // `(lgplv3+)`
                later |= word.ends_with('+');
            }
            _ => return None,
        }
    }
    let minor = match (family, version) {
        // Without a version, any that was ever published may be chosen; these are the first.
        ("GPL", "") => return Some("GPL-1.0-or-later".to_owned()),
        ("LGPL", "") => return Some("LGPL-2.0-or-later".to_owned()),
        (_, "1" | "2" | "3") => format!("{version}.0"),
        _ => version.to_owned(),
    };
    let id = format!("{family}-{minor}-{}", if later { "or-later" } else { "only" });
    spdx::license_id(&id).map(|id| id.name.to_owned())
}

/// Addresses that Maven and NuGet write instead of names.
fn address(name: &str) -> Option<String> {
    let (_, rest) = name.split_once("://")?;
    let rest = rest.trim_start_matches("www.").to_ascii_lowercase();
    let rest = rest.trim_end_matches('/').trim_end_matches(".txt").trim_end_matches(".html").trim_end_matches(".php");
    let id = match rest {
        "apache.org/licenses/license-2.0" => "Apache-2.0",
        "opensource.org/licenses/mit" | "opensource.org/licenses/mit-license" | "opensource.org/license/mit" => "MIT",
        "opensource.org/licenses/bsd-3-clause" => "BSD-3-Clause",
        "opensource.org/licenses/bsd-2-clause" => "BSD-2-Clause",
        "eclipse.org/legal/epl-v10" | "eclipse.org/org/documents/epl-v10" => "EPL-1.0",
        "eclipse.org/legal/epl-2.0" | "eclipse.org/org/documents/epl-2.0/epl-2.0" | "eclipse.org/legal/epl-v20" => {
            "EPL-2.0"
        }
        "eclipse.org/org/documents/edl-v10" => "BSD-3-Clause",
        "gnu.org/licenses/lgpl-2.1" | "gnu.org/licenses/old-licenses/lgpl-2.1" => "LGPL-2.1-only",
        "mozilla.org/mpl/2.0" | "mozilla.org/en-us/mpl/2.0" => "MPL-2.0",
        "mozilla.org/mpl/mpl-1.1" => "MPL-1.1",
        _ => {
            return rest
                .strip_prefix("spdx.org/licenses/")
                .or_else(|| rest.strip_prefix("licenses.nuget.org/"))
                .and_then(find);
        }
    };
    Some(id.to_owned())
}
