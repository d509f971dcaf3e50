//! Licences told by the sentences of a text that names none.

/// How much of a text is looked at.
const TEXT_BYTES: usize = 512 << 10;
/// Where Debian keeps the full texts of the usual ones.
const COMMON: &str = "/usr/share/common-licenses/";

/// Sentences that one licence alone holds, in lower case and with single blanks.
const SENTENCES: &[(&str, &str)] = &[
    ("permission is hereby granted, free of charge, to any person obtaining a copy", "MIT"),
    ("licensed under the apache license, version 2.0", "Apache-2.0"),
    ("mozilla public license, v. 2.0", "MPL-2.0"),
    ("mozilla public license version 1.1", "MPL-1.1"),
    ("boost software license - version 1.0", "BSL-1.0"),
    ("altered source versions must be plainly marked as such", "Zlib"),
    ("this is free and unencumbered software released into the public domain", "Unlicense"),
    ("sil open font license, version 1.1", "OFL-1.1"),
    ("creative commons cc0 1.0 universal", "CC0-1.0"),
    ("eclipse public license - v 1.0", "EPL-1.0"),
    ("eclipse public license - v 2.0", "EPL-2.0"),
];

/// Returns the licences that a free text gives, sorted, each once; empty if none was recognised.
pub(crate) fn recognize(text: &str) -> Vec<String> {
    let cut = (0..=TEXT_BYTES.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let flat = flatten(text.get(..cut).unwrap_or_default());
    let mut found: Vec<String> =
        SENTENCES.iter().filter(|(mark, _)| flat.contains(mark)).map(|(_, id)| (*id).to_owned()).collect();
    found.extend(bsd(&flat).map(str::to_owned));
    found.extend(isc(&flat).into_iter().flatten().map(str::to_owned));
    found.extend(is_affero(&flat).then(|| "AGPL-3.0-or-later".to_owned()));
    found.extend(flat.match_indices(COMMON).filter_map(|(at, _)| common(&flat, at)));
    if !found.iter().any(|id| id.contains("GPL")) {
        found.extend(gnu_sentence(&flat));
    }
    found.sort();
    found.dedup();
    found
}

/// Lower case, with every run of blanks, line ends and comment signs made one blank.
fn flatten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|letter: char| letter.is_ascii_whitespace() || letter == '*' || letter == '#') {
        if word.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.make_ascii_lowercase();
    out
}

fn bsd(flat: &str) -> Option<&'static str> {
    if !flat.contains("redistribution and use in source and binary forms") {
        return None;
    }
    if flat.contains("all advertising materials mentioning features") {
        return Some("BSD-4-Clause");
    }
    let no_endorsement = flat.contains("neither the name") || flat.contains("may not be used to endorse");
    Some(if no_endorsement { "BSD-3-Clause" } else { "BSD-2-Clause" })
}

/// The ISC licence, and curl's, which begins with the same sentence.
fn isc(flat: &str) -> [Option<&'static str>; 2] {
    const GRANTS: [&str; 2] = [
        "permission to use, copy, modify, and/or distribute this software for any purpose with or without fee",
        "permission to use, copy, modify, and distribute this software for any purpose with or without fee",
    ];
    if !GRANTS.iter().any(|grant| flat.contains(grant)) {
        return [None, None];
    }
    let is_curl = flat.contains("except as contained in this notice, the name of a copyright holder shall not be used");
    let is_isc = !is_curl || flat.contains("disclaims all warranties with regard to this software");
    [is_isc.then_some("ISC"), is_curl.then_some("curl")]
}

/// Tells whether a text names the GNU Affero GPL otherwise than section 13 of the GPL 3 does.
fn is_affero(flat: &str) -> bool {
    const NAME: &str = "gnu affero general public license";
    flat.match_indices(NAME).any(|(at, _)| {
        let before = flat.get(..at).unwrap_or_default();
        let after = flat.get(at + NAME.len()..).unwrap_or_default();
        let is_section_13 = ["use with the ", "special requirements of the "].iter().any(|end| before.ends_with(end))
            || after.starts_with(" into a single combined work");
        !is_section_13
    })
}

/// Names the licence whose full text is pointed to; "any later version" shortly before makes it open upwards.
fn common(flat: &str, at: usize) -> Option<String> {
    let rest = flat.get(at + COMMON.len()..)?;
    let end =
        rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '.')).unwrap_or(rest.len());
    let name = rest.get(..end)?.trim_end_matches(['.', '-']);
    let start = (0..=at.saturating_sub(2000)).rev().find(|start| flat.is_char_boundary(*start))?;
    let later = flat.get(start..at)?.contains("any later version");
    let plus = if later { "+" } else { "" };
    let spelled = match name {
        "gpl" => "GPL-1+".to_owned(),
        "lgpl" => "LGPL-2+".to_owned(),
        "bsd" => return Some("BSD-3-Clause".to_owned()),
        "artistic" => return Some("Artistic-1.0-Perl".to_owned()),
        "gpl-1" | "gpl-2" | "gpl-3" | "lgpl-2" | "lgpl-2.1" | "lgpl-3" | "gfdl-1.2" | "gfdl-1.3" => {
            format!("{name}{plus}")
        }
        other => other.to_owned(),
    };
    let normal = super::settle(&spelled);
    super::expression(&normal).is_some().then_some(normal)
}

fn gnu_sentence(flat: &str) -> Option<String> {
    let families = [
        ("gnu lesser general public license", "LGPL"),
        ("gnu library general public license", "LGPL"),
        ("gnu general public license", "GPL"),
    ];
    // The one that is named first: the GPL's text ends with advice on the Lesser GPL.
    let named = families.iter().filter_map(|(name, family)| Some((flat.find(name)?, *family)));
    let (at, family) = named.min_by_key(|(at, _)| *at)?;
    let end = (at..flat.len().min(at + 400)).rev().find(|end| flat.is_char_boundary(*end))?;
    let near = flat.get(at..end)?;
    let version =
        ["version 3", "version 2.1", "version 2", "version 1"].iter().find(|version| near.contains(**version))?;
    let plus = if near.contains("any later version") { "+" } else { "" };
    let normal = super::settle(&format!("{family}-{}{plus}", version.trim_start_matches("version ")));
    super::expression(&normal).is_some().then_some(normal)
}
