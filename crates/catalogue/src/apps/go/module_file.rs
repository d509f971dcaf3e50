//! `go.mod`: what a module asks for. It names every module of the build since Go 1.17.

use vuln::PackageType;

use crate::apps::draft::Drafts;
use crate::apps::{File, Read};

/// Reads `require` lines, changed by `replace` lines.
pub(crate) fn read(file: &File<'_>) -> Read {
    let text = file.text();
    let (mut required, mut replaced) = (Vec::new(), std::collections::BTreeMap::new());
    let mut block = "";
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let (verb, rest) = match (block, line.split_once(char::is_whitespace)) {
            ("", Some((verb, rest))) if rest.trim() == "(" => {
                block = verb;
                continue;
            }
            ("", Some((verb, rest))) => (verb, rest.trim()),
            ("", None) => continue,
            (_, _) if line == ")" => {
                block = "";
                continue;
            }
            (verb, _) => (verb, line),
        };
        let words: Vec<&str> = rest.split_whitespace().map(|word| word.trim_matches(['"', '`'])).collect();
        match (verb, words.as_slice()) {
            ("require", [path, version, ..]) => required.push(((*path).to_owned(), (*version).to_owned())),
            ("replace", [path, "=>", new, version]) | ("replace", [path, _, "=>", new, version]) => {
                replaced.insert((*path).to_owned(), ((*new).to_owned(), (*version).to_owned()));
            }
            _ => {}
        }
    }
    let mut drafts = Drafts::new(file, PackageType::Golang, "go-mod");
    for (path, version) in required {
        let (path, version) = replaced.get(&path).cloned().unwrap_or((path, version));
        drafts.add(&path, &version);
    }
    drafts.finish()
}
