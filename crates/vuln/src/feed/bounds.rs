//! What every importer's output is held to, whatever the document says.

use std::collections::BTreeSet;

use super::text::{clip, first_line};
use super::{Advisory, Affect, Epss, Kev, Sink};
use crate::advisory::RangeEnd;
use crate::matching::normalize;

const TITLE_BYTES: usize = 300;
const DESCRIPTION_BYTES: usize = 4096;
/// Ids, names, versions, vectors, CPEs.
const WORD_BYTES: usize = 1024;
const REFERENCES: usize = 20;
const ALIASES: usize = 4096;
const SEVERITIES: usize = 32;
const CWES: usize = 32;
const RANGES: usize = 4096;
const VERSIONS: usize = 20_000;
const QUALIFIERS: usize = 4096;
const REPOSITORY_CPES: usize = 256;

/// Clips, sorts and refuses before the real sink sees it.
pub(super) struct Bounded<'a>(pub(super) &'a mut dyn Sink);

impl Sink for Bounded<'_> {
    fn advisory(&mut self, mut advisory: Advisory) {
        if !is_word(&advisory.id) || !is_word(&advisory.source) {
            return self.unread(&advisory.id, "an id that is empty, too long or no text");
        }
        advisory.title = clip(&advisory.title, TITLE_BYTES).replace('\n', " ");
        advisory.description = clip(&advisory.description, DESCRIPTION_BYTES);
        if advisory.title.is_empty() {
            advisory.title = clip(first_line(&advisory.description), TITLE_BYTES);
        }
        advisory.aliases.retain(|alias| is_word(alias) && *alias != advisory.id);
        sorted(&mut advisory.aliases, ALIASES);
        advisory.severities.retain(|severity| is_word(&severity.value) && is_word(&severity.source));
        sorted(&mut advisory.severities, SEVERITIES);
        unique(&mut advisory.references);
        advisory.references.retain(|reference| is_word(reference));
        advisory.references.truncate(REFERENCES);
        advisory.cwes.retain(|cwe| is_word(cwe));
        sorted(&mut advisory.cwes, CWES);
        self.0.advisory(advisory);
    }

    fn affect(&mut self, mut affect: Affect) {
        let id = affect.advisory.1.clone();
        let words = [&affect.advisory.0, &affect.advisory.1, &affect.namespace.0, &affect.name];
        if !words.into_iter().all(|word| is_word(word)) {
            return self.unread(&id, "a package whose name is empty, too long or no text");
        }
        affect.name = normalize(&affect.namespace.0, &affect.name).into_owned();
        if affect.ranges.len() > RANGES || affect.versions.len() > VERSIONS {
            self.unread(&id, "a package with more ranges or versions than are kept");
        }
        affect.ranges.retain(|range| {
            let end = match &range.end {
                RangeEnd::Fixed(version) | RangeEnd::LastAffected(version) | RangeEnd::Limit(version) => {
                    is_word(version)
                }
                RangeEnd::Open => true,
            };
            end && range.introduced.as_deref().is_none_or(is_word)
        });
        affect.versions.retain(|version| is_word(version));
        sorted(&mut affect.ranges, RANGES);
        sorted(&mut affect.versions, VERSIONS);
        let qualifiers = &mut affect.qualifiers;
        for list in [&mut qualifiers.arches, &mut qualifiers.cpes, &mut qualifiers.symbols] {
            list.retain(|item| is_word(item));
            sorted(list, QUALIFIERS);
        }
        for word in [&mut qualifiers.module, &mut qualifiers.channel, &mut affect.severity] {
            word.take_if(|word| !is_word(word));
        }
        self.0.affect(affect);
    }

    fn kev(&mut self, cve: &str, kev: Kev) {
        if is_word(cve) && is_word(&kev.added) && kev.due.as_deref().is_none_or(is_word) {
            self.0.kev(cve, kev);
        } else {
            self.unread(cve, "an exploited vulnerability without an id or a day");
        }
    }

    fn epss(&mut self, cve: &str, epss: Epss) {
        if is_word(cve) {
            self.0.epss(cve, epss);
        }
    }

    /// All or nothing: a part of what a repository is called by would leave statements out.
    fn repository(&mut self, content_set: &str, mut cpes: Vec<String>) {
        cpes.sort_unstable();
        cpes.dedup();
        let are_cpes = cpes.iter().all(|cpe| is_word(cpe) && (cpe.starts_with("cpe:/") || cpe.starts_with("cpe:2.3:")));
        if is_word(content_set) && are_cpes && (1..=REPOSITORY_CPES).contains(&cpes.len()) {
            self.0.repository(content_set, cpes);
        } else {
            self.unread(content_set, "a content set whose name or CPEs are none, or too many");
        }
    }

    fn unread(&mut self, part: &str, reason: &str) {
        self.0.unread(&clip(part, 200), &clip(reason, 300));
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= WORD_BYTES && !text.chars().any(char::is_control)
}

fn sorted<T: Ord>(list: &mut Vec<T>, limit: usize) {
    list.sort_unstable();
    list.dedup();
    list.truncate(limit);
}

fn unique(list: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    list.retain(|item| seen.insert(item.clone()));
}
