//! Each error code that users can see has a page in `docs/errors/`, and each page a code.

mod extract;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use extract::Found;

/// The crates whose failures reach users.
const CRATES: &[&str] = &[
    "control-api",
    "engine-gateway",
    "fleet",
    "http-kit",
    "identity",
    "opctx",
    "registry",
    "registry-api",
    "state",
    "workloads",
];
const PAGES: &str = "docs/errors";
const TABLE: &str = "README.md";

pub(crate) fn check() -> Result<()> {
    let mut made: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut announced: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut faults = Vec::new();
    for path in sources()? {
        let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        let Found { made: here, announced: said, unplaced } = extract::codes(&text);
        made.extend(here.into_iter().map(|code| (code, path.clone())));
        announced.extend(said.into_iter().map(|code| (code, path.clone())));
        faults.extend(unplaced.into_iter().map(|text| {
            format!("{}: is `{text}` a code? make it in a function `code` or name it in NOT_CODES", path.display())
        }));
    }
    let (pages, table) = pages(&mut faults)?;
    for (code, path) in made.iter().filter(|(code, _)| !pages.contains(*code)) {
        faults.push(format!("{PAGES}/{code}.md is missing; {} makes the code", path.display()));
    }
    for page in pages.iter().filter(|page| !made.contains_key(*page)) {
        faults.push(format!("{PAGES}/{page}.md: nothing makes this code"));
    }
    for page in pages.iter().filter(|page| !table.contains(&format!("| [{page}]({page}.md) |"))) {
        faults.push(format!("{PAGES}/{TABLE}: no row `| [{page}]({page}.md) |`"));
    }
    announced.retain(|code, _| !made.contains_key(code));
    for (code, path) in announced {
        println!("{}: the API's description names `{code}`, which nothing makes", path.display());
    }
    if faults.is_empty() { Ok(()) } else { bail!("error codes:\n  {}", faults.join("\n  ")) }
}

/// Returns the codes that have a page, and the text of the table.
fn pages(faults: &mut Vec<String>) -> Result<(BTreeSet<String>, String)> {
    let mut pages = BTreeSet::new();
    for entry in std::fs::read_dir(PAGES).with_context(|| format!("reading {PAGES}"))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == TABLE {
            continue;
        }
        let code = name.strip_suffix(".md").unwrap_or(name).to_owned();
        if !std::fs::read_to_string(&path)?.starts_with(&format!("# {code}\n")) {
            faults.push(format!("{}: the title must be the code", path.display()));
        }
        pages.insert(code);
    }
    Ok((pages, std::fs::read_to_string(Path::new(PAGES).join(TABLE))?))
}

/// Returns the source files to search, without those of tests.
fn sources() -> Result<Vec<PathBuf>> {
    let mut folders: Vec<PathBuf> = CRATES.iter().map(|name| Path::new("crates").join(name).join("src")).collect();
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if path.is_dir() && stem != "tests" {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && stem != "tests" {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
