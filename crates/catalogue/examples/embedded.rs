//! Tells what libraries the files given (or all below a folder given) hold.

#![expect(clippy::print_stdout, reason = "an example tells its figures")]

use std::path::Path;

use holdfast_catalogue::embedded;

fn main() {
    let mut packages = Vec::new();
    let mut files = 0u64;
    let mut size = 0u64;
    let started = std::time::Instant::now();
    for argument in std::env::args().skip(1) {
        let mut rest = vec![std::path::PathBuf::from(argument)];
        while let Some(path) = rest.pop() {
            visit(&path, &mut rest, &mut |path, bytes| {
                let found = embedded::find(path, bytes);
                files += 1;
                size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                packages.extend(found);
            });
        }
    }
    embedded::agree(&mut packages);
    for package in &packages {
        let evidence = package.evidence.first();
        let (path, by) = evidence.map_or(("", ""), |evidence| (evidence.path.as_str(), evidence.found_by.as_str()));
        println!("{}\t{}\t{:?}\t{by}\t{path}", package.name, package.version, package.confidence);
    }
    let known = packages.iter().filter(|package| !package.version.is_empty()).count();
    println!("{} found, {known} with version; {files} files, {size} bytes, {:.2?}", packages.len(), started.elapsed());
}

fn visit(path: &Path, rest: &mut Vec<std::path::PathBuf>, take: &mut dyn FnMut(&str, &[u8])) {
    let Ok(kind) = std::fs::symlink_metadata(path) else { return };
    if kind.is_dir() {
        let entries = std::fs::read_dir(path).into_iter().flatten().filter_map(Result::ok);
        rest.extend(entries.map(|entry| entry.path()));
    } else if kind.is_file()
        && let Ok(bytes) = std::fs::read(path)
    {
        take(&path.to_string_lossy(), &bytes);
    }
}
