//! The orders beside those of real programs: dpkg and rpm where they are installed, and a table made by `univers`.

use std::cmp::Ordering;
use std::process::Command;

use holdfast_vuln::Scheme;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Pairs where `univers` 32.0.1 differs from the specification, each with the reason.
const UNIVERS_IS_WRONG: &[(&str, &str, &str)] = &[];

#[test]
fn univers_agrees_on_its_table() {
    let table = include_str!("data/versions-univers.txt");
    let mut faults = Vec::new();
    let mut compared = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split(' ').collect();
        let [name, a, order, b] = fields[..] else { panic!("a line of the table: {line}") };
        if UNIVERS_IS_WRONG.iter().any(|(scheme, x, y)| (*scheme, *x, *y) == (name, a, b)) {
            continue;
        }
        let scheme: Scheme = serde_json::from_value(name.into()).unwrap();
        let expected = match order {
            "<" => Ordering::Less,
            ">" => Ordering::Greater,
            _ => Ordering::Equal,
        };
        compared += 1;
        let found = scheme.compare(a, b);
        if found != Ok(expected) {
            faults.push(format!("{line}: {found:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(compared > 900, "{compared} pairs");
}

/// Makes pairs of near texts, the same ones in every run.
fn pairs(pattern: &str, count: usize) -> Vec<(String, String)> {
    let strategy = proptest::string::string_regex(pattern).unwrap();
    let mut runner = TestRunner::deterministic();
    let mut sample = || strategy.new_tree(&mut runner).unwrap().current();
    (0..count).map(|_| (sample(), sample())).collect()
}

#[test]
fn dpkg_agrees() {
    if let Some(tool) = testkit::missing(&["dpkg"]) {
        testkit::skip("dpkg_agrees", &format!("`{tool}` is not installed"));
        return;
    }
    let pattern = "([01]:)?[0-2](\\.(0|1|2|10|a|rc)){0,2}([~+](rc|b|dfsg|deb)[12]?)?(-[01](\\+deb12u(1|2|10)|~bpo1)?)?";
    for (a, b) in pairs(pattern, 300) {
        let order = if Command::new("dpkg").args(["--compare-versions", &a, "lt", &b]).status().unwrap().success() {
            Ordering::Less
        } else if Command::new("dpkg").args(["--compare-versions", &a, "eq", &b]).status().unwrap().success() {
            Ordering::Equal
        } else {
            Ordering::Greater
        };
        assert_eq!(Scheme::Deb.compare(&a, &b), Ok(order), "{a} against {b}");
    }
}

#[test]
fn rpm_agrees() {
    if let Some(tool) = testkit::missing(&["rpm"]) {
        testkit::skip("rpm_agrees", &format!("`{tool}` is not installed"));
        return;
    }
    let pairs =
        pairs("([01]:)?[0-2]([._]?(0|1|2|10|01|a|rc)){0,3}([~^](rc|git)?[12]?)?-[01](\\.el[89])?(_[1-9])?", 2000);
    let list: Vec<String> = pairs.iter().map(|(a, b)| format!("{a} {b}")).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), list.join("\n") + "\n").unwrap();
    let script = format!(
        "%{{lua: for line in io.lines('{}') do local a, b = line:match('(%S+) (%S+)'); print(rpm.vercmp(a, b) .. ' ') end}}",
        file.path().display()
    );
    let output = Command::new("rpm").args(["--eval", &script]).output().unwrap();
    let answers: Vec<i8> =
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect();
    assert_eq!(answers.len(), pairs.len(), "{}", String::from_utf8_lossy(&output.stderr));
    for ((a, b), answer) in pairs.iter().zip(answers) {
        assert_eq!(Scheme::Rpm.compare(a, b), Ok(answer.cmp(&0)), "{a} against {b}");
    }
}
