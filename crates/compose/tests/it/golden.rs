//! Results that were looked at once and must not change unseen; `INSTA_UPDATE=always` writes them anew.

use std::fmt::Write as _;

use holdfast_compose::kubernetes::Objects;
use holdfast_compose::{Diagnostic, Severity};

/// Writes what a conversion gave: what was said, then the objects.
pub(crate) fn text(result: &Result<Objects, Vec<Diagnostic>>) -> String {
    let mut text = String::new();
    match result {
        Ok(objects) => {
            said(&mut text, &objects.warnings);
            text.push_str(&objects.to_yaml());
        }
        Err(found) => said(&mut text, found),
    }
    text
}

fn said(text: &mut String, found: &[Diagnostic]) {
    for one in found {
        let word = if one.severity == Severity::Error { "ERROR" } else { "WARNING" };
        let line = if one.line > 0 { format!(" line {}", one.line) } else { String::new() };
        write!(text, "# {word} {} at {}{line}: {}", one.code, one.path, one.message).unwrap();
        if let Some(suggestion) = &one.suggestion {
            write!(text, " -- {suggestion}").unwrap();
        }
        text.push('\n');
    }
}

/// Compares a text with what is known.
pub(crate) fn check(group: &str, name: &str, text: &str) {
    insta::with_settings!({
        snapshot_path => format!("../kube/golden/{group}"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, text);
    });
}
