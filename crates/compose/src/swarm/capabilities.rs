//! Capabilities as the client normalises them.

use std::collections::BTreeSet;

/// Every capability.
const ALL: &str = "ALL";

fn normalised(names: &[String]) -> BTreeSet<String> {
    let names = names.iter().map(|name| {
        let name = name.trim().to_uppercase();
        if name == ALL || name == "RESET" || name.starts_with("CAP_") { name } else { format!("CAP_{name}") }
    });
    let names: BTreeSet<String> = names.collect();
    if names.contains(ALL) { BTreeSet::from([ALL.to_owned()]) } else { names }
}

/// Returns what is added and what is dropped, sorted: full names, `ALL` swallows the others, what is added is not dropped.
pub(super) fn effective(add: &[String], drop: &[String]) -> (Vec<String>, Vec<String>) {
    let (add, drop) = (normalised(add), normalised(drop));
    let dropped = drop.into_iter().filter(|name| !add.contains(name)).collect();
    (add.into_iter().collect(), dropped)
}
