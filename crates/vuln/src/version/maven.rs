//! Maven's order (POM reference, "Version Order Specification"; `ComparableVersion`).
//!
//! Items are split at dots, hyphens and between digits and letters; a hyphen or such a change opens a nested list.
//! In the end each list loses the items that say nothing.

use std::cmp::Ordering;

use super::digits;

/// Known qualifiers in their order; the empty one is the release itself.
const QUALIFIERS: &[&str] = &["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const RELEASE_RANK: usize = 5;

#[derive(Debug)]
enum Item {
    Number(String),
    Word(String),
    List(Vec<Item>),
}

pub(super) fn compare(a: &str, b: &str) -> Ordering {
    compare_lists(&parse(a), &parse(b))
}

/// Reads a version into lists, each the last item of the one around it.
fn parse(version: &str) -> Vec<Item> {
    let text = version.to_ascii_lowercase();
    let mut lists: Vec<Vec<Item>> = vec![Vec::new()];
    let mut run = String::new();
    for character in text.chars() {
        let is_digit = character.is_ascii_digit();
        match character {
            '.' | '-' => {
                let item = if run.is_empty() { Item::Number("0".to_owned()) } else { item(&run, false) };
                push(&mut lists, item);
                run.clear();
                if character == '-' {
                    nest(&mut lists);
                }
                continue;
            }
            _ if !run.is_empty() && is_digit != ends_in_digit(&run) => {
                if is_digit {
                    // `.x1` is read as `-x1`.
                    nest(&mut lists);
                }
                push(&mut lists, item(&run, is_digit));
                run.clear();
                nest(&mut lists);
            }
            _ => {}
        }
        run.push(character);
    }
    if !run.is_empty() {
        if !ends_in_digit(&run) {
            nest(&mut lists);
        }
        push(&mut lists, item(&run, false));
    }
    fold(lists)
}

/// Opens a list inside the last one, unless that one is still empty.
fn nest(lists: &mut Vec<Vec<Item>>) {
    if lists.last().is_some_and(|list| !list.is_empty()) {
        lists.push(Vec::new());
    }
}

fn push(lists: &mut [Vec<Item>], item: Item) {
    if let Some(list) = lists.last_mut() {
        list.push(item);
    }
}

/// Puts each list into the one around it, from the innermost, and drops what says nothing.
fn fold(mut lists: Vec<Vec<Item>>) -> Vec<Item> {
    let mut inner: Option<Vec<Item>> = None;
    while let Some(mut list) = lists.pop() {
        list.extend(inner.take().map(Item::List));
        inner = Some(normalize(list));
    }
    inner.unwrap_or_default()
}

/// Drops items that say nothing from the end, and those right before a list at the end.
fn normalize(mut list: Vec<Item>) -> Vec<Item> {
    let mut kept = list.pop_if(|last| matches!(last, Item::List(inner) if !inner.is_empty()));
    while list.last().is_some_and(is_null) {
        list.pop();
    }
    match kept.take() {
        // `0-rc` is `rc`; otherwise words would lie on both sides of the release.
        Some(Item::List(inner)) if list.is_empty() && matches!(inner.first(), Some(Item::Word(_))) => inner,
        kept => {
            list.extend(kept);
            list
        }
    }
}

fn ends_in_digit(run: &str) -> bool {
    run.ends_with(|last: char| last.is_ascii_digit())
}

fn item(run: &str, digit_follows: bool) -> Item {
    if ends_in_digit(run) {
        return Item::Number(run.to_owned());
    }
    let word = match run {
        "a" if digit_follows => "alpha",
        "b" if digit_follows => "beta",
        "m" if digit_follows => "milestone",
        "cr" => "rc",
        "ga" | "final" | "release" => "",
        other => other,
    };
    Item::Word(word.to_owned())
}

fn is_null(item: &Item) -> bool {
    match item {
        Item::Number(number) => digits::is_zero(number),
        Item::Word(word) => word.is_empty(),
        Item::List(list) => list.is_empty(),
    }
}

/// The place of a word among the known ones; unknown words follow them.
fn rank(word: &str) -> usize {
    QUALIFIERS.iter().position(|known| *known == word).unwrap_or(QUALIFIERS.len())
}

fn compare_lists(a: &[Item], b: &[Item]) -> Ordering {
    for index in 0..a.len().max(b.len()) {
        let order = match (a.get(index), b.get(index)) {
            (Some(x), Some(y)) => compare_items(x, y),
            (Some(x), None) => compare_with_nothing(x),
            (None, Some(y)) => compare_with_nothing(y).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// Words come before lists, lists before numbers.
fn compare_items(x: &Item, y: &Item) -> Ordering {
    match (x, y) {
        (Item::Number(x), Item::Number(y)) => digits::compare(x, y),
        (Item::Word(x), Item::Word(y)) => rank(x).cmp(&rank(y)).then_with(|| x.cmp(y)),
        (Item::List(x), Item::List(y)) => compare_lists(x, y),
        (Item::Number(_), _) | (Item::List(_), Item::Word(_)) => Ordering::Greater,
        (_, Item::Number(_)) | (Item::Word(_), Item::List(_)) => Ordering::Less,
    }
}

fn compare_with_nothing(item: &Item) -> Ordering {
    match item {
        Item::Number(number) if digits::is_zero(number) => Ordering::Equal,
        Item::Number(_) => Ordering::Greater,
        Item::Word(word) => rank(word).cmp(&RELEASE_RANK),
        Item::List(list) => {
            list.iter().map(compare_with_nothing).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
    }
}
