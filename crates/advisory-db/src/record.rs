//! What the tables hold: what is said of a package, an advisory, who speaks of an id, and scores.
//!
//! Numbers of enumerations are the file's own: they never change, whatever the model's order is.

use base::Timestamp;
use vuln::{
    Advisory, Affect, AffectState, Epss, Kev, Namespace, Qualifiers, Range, RangeEnd, Scheme, Severity, SeverityKind,
};

use crate::codec::{Reader, Strings, Writer};
use crate::error::Error;

const SCHEMES: &[(u8, Scheme)] = &[
    (1, Scheme::Deb),
    (2, Scheme::Rpm),
    (3, Scheme::Apk),
    (4, Scheme::Alpm),
    (5, Scheme::Semver),
    (6, Scheme::Go),
    (7, Scheme::Pep440),
    (8, Scheme::Maven),
    (9, Scheme::Gem),
    (10, Scheme::Composer),
    (11, Scheme::Nuget),
    (12, Scheme::Windows),
    (13, Scheme::Openssl),
    (14, Scheme::Generic),
];

const STATES: &[(u8, AffectState)] = &[
    (1, AffectState::Affected),
    (2, AffectState::NotAffected),
    (3, AffectState::WontFix),
    (4, AffectState::EndOfLife),
    (5, AffectState::Deferred),
    (6, AffectState::UnderInvestigation),
];

const SEVERITY_KINDS: &[(u8, SeverityKind)] =
    &[(1, SeverityKind::CvssV2), (2, SeverityKind::CvssV3), (3, SeverityKind::CvssV4), (4, SeverityKind::Word)];

fn number_of<T: PartialEq>(table: &[(u8, T)], value: &T) -> u8 {
    table.iter().find(|(_, known)| known == value).map_or(0, |(number, _)| *number)
}

fn value_of<T: Copy>(table: &[(u8, T)], number: u8, what: &str) -> Result<T, Error> {
    let found = table.iter().find(|(known, _)| *known == number);
    found.map(|(_, value)| *value).ok_or_else(|| Error::damaged(format!("`{number}` is no {what}")))
}

/// The key of what is said of a package.
pub(crate) fn pair(first: &str, second: &str) -> Vec<u8> {
    // No text has a zero byte: importers drop control characters, and writing refuses them.
    [first.as_bytes(), &[0], second.as_bytes()].concat()
}

/// Splits a key of two texts.
pub(crate) fn split_pair(key: &[u8]) -> Result<(&str, &str), Error> {
    let text = std::str::from_utf8(key).map_err(|_| Error::damaged("a key is no UTF-8"))?;
    text.split_once('\0').ok_or_else(|| Error::damaged("a key is no pair"))
}

/// Writes everything that is said of one package; the order is the caller's.
pub(crate) fn write_affects(affects: &[Affect]) -> Vec<u8> {
    let mut strings = Strings::default();
    let mut body = Writer::default();
    body.count(affects.len());
    for affect in affects {
        body.number(strings.number(&affect.advisory.0));
        body.number(strings.number(&affect.advisory.1));
        body.byte(number_of(SCHEMES, &affect.scheme));
        body.byte(number_of(STATES, &affect.state));
        body.count(affect.ranges.len());
        for range in &affect.ranges {
            write_optional(&mut body, &mut strings, range.introduced.as_deref());
            match &range.end {
                RangeEnd::Open => body.byte(0),
                RangeEnd::Fixed(version) => {
                    body.byte(1);
                    body.number(strings.number(version));
                }
                RangeEnd::LastAffected(version) => {
                    body.byte(2);
                    body.number(strings.number(version));
                }
                RangeEnd::Limit(version) => {
                    body.byte(3);
                    body.number(strings.number(version));
                }
            }
        }
        write_list(&mut body, &mut strings, &affect.versions);
        write_optional(&mut body, &mut strings, affect.severity.as_deref());
        write_optional(&mut body, &mut strings, affect.qualifiers.module.as_deref());
        write_list(&mut body, &mut strings, &affect.qualifiers.arches);
        write_list(&mut body, &mut strings, &affect.qualifiers.cpes);
        write_list(&mut body, &mut strings, &affect.qualifiers.symbols);
        write_optional(&mut body, &mut strings, affect.qualifiers.channel.as_deref());
    }
    let mut out = Writer::default();
    strings.write(&mut out);
    out.0.extend_from_slice(&body.0);
    out.0
}

/// Absent is 0, the text's number comes after it.
fn write_optional<'a>(body: &mut Writer, strings: &mut Strings<'a>, text: Option<&'a str>) {
    body.number(text.map_or(0, |text| strings.number(text) + 1));
}

fn write_list<'a>(body: &mut Writer, strings: &mut Strings<'a>, texts: &'a [String]) {
    body.count(texts.len());
    texts.iter().for_each(|text| body.number(strings.number(text)));
}

/// Reads everything that is said of one package.
pub(crate) fn read_affects(key: &[u8], value: &[u8]) -> Result<Vec<Affect>, Error> {
    let (namespace, name) = split_pair(key)?;
    let mut reader = Reader(value);
    let strings = reader.texts()?;
    let named = Named { strings: &strings };
    let count = reader.count()?;
    let mut affects = Vec::new();
    for _ in 0..count {
        affects.push(Affect {
            advisory: (named.text(&mut reader)?, named.text(&mut reader)?),
            namespace: Namespace(namespace.to_owned()),
            name: name.to_owned(),
            scheme: value_of(SCHEMES, reader.byte()?, "order of versions")?,
            state: value_of(STATES, reader.byte()?, "state")?,
            ranges: named.ranges(&mut reader)?,
            versions: named.list(&mut reader)?,
            severity: named.optional(&mut reader)?,
            qualifiers: Qualifiers {
                module: named.optional(&mut reader)?,
                arches: named.list(&mut reader)?,
                cpes: named.list(&mut reader)?,
                symbols: named.list(&mut reader)?,
                channel: named.optional(&mut reader)?,
            },
        });
    }
    reader.end()?;
    Ok(affects)
}

/// Reads texts by number.
struct Named<'a> {
    strings: &'a [&'a str],
}

impl Named<'_> {
    fn at(&self, number: u64) -> Result<String, Error> {
        let found = usize::try_from(number).ok().and_then(|number| self.strings.get(number));
        found.map(|text| (*text).to_owned()).ok_or_else(|| Error::damaged("a text that is not there"))
    }

    fn text(&self, reader: &mut Reader<'_>) -> Result<String, Error> {
        self.at(reader.number()?)
    }

    fn optional(&self, reader: &mut Reader<'_>) -> Result<Option<String>, Error> {
        match reader.number()? {
            0 => Ok(None),
            number => self.at(number - 1).map(Some),
        }
    }

    fn list(&self, reader: &mut Reader<'_>) -> Result<Vec<String>, Error> {
        (0..reader.count()?).map(|_| self.text(reader)).collect()
    }

    fn ranges(&self, reader: &mut Reader<'_>) -> Result<Vec<Range>, Error> {
        let count = reader.count()?;
        let mut ranges = Vec::new();
        for _ in 0..count {
            let introduced = self.optional(reader)?;
            let end = match reader.byte()? {
                0 => RangeEnd::Open,
                1 => RangeEnd::Fixed(self.text(reader)?),
                2 => RangeEnd::LastAffected(self.text(reader)?),
                3 => RangeEnd::Limit(self.text(reader)?),
                other => return Err(Error::damaged(format!("`{other}` is no end of a range"))),
            };
            ranges.push(Range { introduced, end });
        }
        Ok(ranges)
    }
}

/// Writes an advisory; its scores are in a table of their own.
pub(crate) fn write_advisory(advisory: &Advisory) -> Vec<u8> {
    let mut out = Writer::default();
    out.list(&advisory.aliases);
    out.text(&advisory.title);
    out.text(&advisory.description);
    for time in [advisory.published, advisory.modified, advisory.withdrawn] {
        match time {
            Some(time) => {
                out.byte(1);
                out.signed(time.as_millis());
            }
            None => out.byte(0),
        }
    }
    out.count(advisory.severities.len());
    for severity in &advisory.severities {
        out.text(&severity.source);
        out.byte(number_of(SEVERITY_KINDS, &severity.kind));
        out.text(&severity.value);
    }
    out.list(&advisory.references);
    out.list(&advisory.cwes);
    out.0
}

/// Reads an advisory, without its scores.
pub(crate) fn read_advisory(key: &[u8], value: &[u8]) -> Result<Advisory, Error> {
    let (source, id) = split_pair(key)?;
    let mut reader = Reader(value);
    let advisory = Advisory {
        id: id.to_owned(),
        source: source.to_owned(),
        aliases: reader.list()?,
        title: reader.string()?,
        description: reader.string()?,
        published: time(&mut reader)?,
        modified: time(&mut reader)?,
        withdrawn: time(&mut reader)?,
        severities: (0..reader.count()?).map(|_| severity(&mut reader)).collect::<Result<_, _>>()?,
        references: reader.list()?,
        cwes: reader.list()?,
        kev: None,
        epss: None,
    };
    reader.end()?;
    Ok(advisory)
}

fn time(reader: &mut Reader<'_>) -> Result<Option<Timestamp>, Error> {
    match reader.byte()? {
        0 => Ok(None),
        _ => reader.signed().map(|millis| Some(Timestamp::from_millis(millis))),
    }
}

fn severity(reader: &mut Reader<'_>) -> Result<Severity, Error> {
    Ok(Severity {
        source: reader.string()?,
        kind: value_of(SEVERITY_KINDS, reader.byte()?, "kind of severity")?,
        value: reader.string()?,
    })
}

/// Writes who speaks of an id: source and id of advisories.
pub(crate) fn write_speakers(speakers: &[(String, String)]) -> Vec<u8> {
    let mut out = Writer::default();
    out.count(speakers.len());
    for (source, id) in speakers {
        out.text(source);
        out.text(id);
    }
    out.0
}

/// Reads who speaks of an id.
pub(crate) fn read_speakers(value: &[u8]) -> Result<Vec<(String, String)>, Error> {
    let mut reader = Reader(value);
    let count = reader.count()?;
    let speakers = (0..count).map(|_| Ok((reader.string()?, reader.string()?))).collect::<Result<_, Error>>()?;
    reader.end()?;
    Ok(speakers)
}

/// Writes the CPEs of a repository.
pub(crate) fn write_repository(cpes: &[String]) -> Vec<u8> {
    let mut out = Writer::default();
    out.list(cpes);
    out.0
}

/// Reads the CPEs of a repository.
pub(crate) fn read_repository(value: &[u8]) -> Result<Vec<String>, Error> {
    let mut reader = Reader(value);
    let cpes = reader.list()?;
    reader.end()?;
    Ok(cpes)
}

/// How a CVE is exploited: known to be, or likely to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    /// Known to be exploited.
    pub kev: Option<Kev>,
    /// How likely it is to be exploited.
    pub epss: Option<Epss>,
}

/// Writes scores.
pub(crate) fn write_scores(scores: &Scores) -> Vec<u8> {
    let mut out = Writer::default();
    match &scores.kev {
        Some(kev) => {
            out.byte(1 | u8::from(kev.ransomware) << 1);
            out.text(&kev.added);
            out.optional(kev.due.as_deref());
        }
        None => out.byte(0),
    }
    match scores.epss {
        Some(epss) => {
            out.byte(1);
            out.number(u64::from(epss.probability_ppm));
            out.number(u64::from(epss.percentile_ppm));
        }
        None => out.byte(0),
    }
    out.0
}

/// Reads scores.
pub(crate) fn read_scores(value: &[u8]) -> Result<Scores, Error> {
    let mut reader = Reader(value);
    let kev = match reader.byte()? {
        0 => None,
        flags @ (1 | 3) => Some(Kev { added: reader.string()?, due: reader.optional()?, ransomware: flags == 3 }),
        other => return Err(Error::damaged(format!("`{other}` is no mark of exploitation"))),
    };
    let small =
        |reader: &mut Reader<'_>| u32::try_from(reader.number()?).map_err(|_| Error::damaged("a score is too large"));
    let epss = match reader.byte()? {
        0 => None,
        _ => Some(Epss { probability_ppm: small(&mut reader)?, percentile_ppm: small(&mut reader)? }),
    };
    reader.end()?;
    Ok(Scores { kev, epss })
}
