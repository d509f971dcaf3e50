//! Every key that is read stands in a file of the corpus, so that no rule goes without a look at what the stock clients make of it.

use std::collections::HashMap;
use std::path::Path;

use holdfast_compose::keys;
use saphyr_parser::{Event, Parser};

use crate::recordings::corpus;

/// A file as its keys only.
#[derive(Debug, Clone)]
enum Tree {
    Leaf,
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl Tree {
    fn has(&self, path: &[&str]) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        match self {
            Self::Leaf => false,
            Self::List(list) => *first == "[]" && list.iter().any(|item| item.has(rest)),
            Self::Map(map) => map.iter().any(|(key, value)| (*first == "*" || key == first) && value.has(rest)),
        }
    }
}

/// Reads a file; `None` for one that is no YAML, which the corpus has too.
fn read(text: &str) -> Option<Tree> {
    let mut open: Vec<(usize, Option<String>, Tree)> = Vec::new();
    let mut anchors: HashMap<usize, Tree> = HashMap::new();
    for event in Parser::new_from_str(text) {
        let (tree, anchor, text) = match event.ok()?.0 {
            Event::MappingStart(anchor, _) => {
                open.push((anchor, None, Tree::Map(Vec::new())));
                continue;
            }
            Event::SequenceStart(anchor, _) => {
                open.push((anchor, None, Tree::List(Vec::new())));
                continue;
            }
            Event::MappingEnd | Event::SequenceEnd => {
                let (anchor, _, tree) = open.pop()?;
                (tree, anchor, String::new())
            }
            Event::Scalar(text, _, anchor, _) => (Tree::Leaf, anchor, text.into_owned()),
            Event::Alias(anchor) => (anchors.get(&anchor).cloned()?, 0, String::new()),
            _ => continue,
        };
        anchors.insert(anchor, tree.clone());
        match open.last_mut() {
            None => return Some(tree),
            Some((_, _, Tree::List(list))) => list.push(tree),
            Some((_, key @ None, _)) => *key = Some(text),
            Some((_, key, Tree::Map(map))) => match (key.take()?.as_str(), tree) {
                ("<<", Tree::Map(merged)) => map.extend(merged),
                (key, tree) => map.push((key.to_owned(), tree)),
            },
            Some(_) => return None,
        }
    }
    None
}

fn files(folder: &Path, found: &mut Vec<Tree>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let Some(tree) = read(&std::fs::read_to_string(&path).unwrap()) else { continue };
            // Version 1 has its services at the top.
            if !tree.has(&["services"]) && path.components().any(|part| part.as_os_str() == "v1") {
                found.push(Tree::Map(vec![("services".to_owned(), tree)]));
            } else {
                found.push(tree);
            }
        }
    }
}

#[test]
fn every_key_stands_in_a_file_of_the_corpus() {
    let mut trees = Vec::new();
    for dialect in ["v1", "v2", "v3", "spec", "odd"] {
        files(&corpus().join(dialect), &mut trees);
    }
    let is_missing = |path: &str| {
        let spread = path.replace("[]", ".[]");
        let parts: Vec<&str> = spread.split('.').collect();
        !trees.iter().any(|tree| tree.has(&parts))
    };
    let missing: Vec<String> = keys().into_iter().map(|row| row.path).filter(|path| is_missing(path)).collect();
    assert!(missing.is_empty(), "{} keys are in no file of the corpus:\n{}", missing.len(), missing.join("\n"));
}
