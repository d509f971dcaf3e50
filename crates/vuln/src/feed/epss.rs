//! FIRST's EPSS scores: `cve,epss,percentile`, after comment lines.

use super::{Error, Sink};
use crate::advisory::Epss;

/// Reads the CSV line by line.
pub(super) fn import(bytes: &[u8], sink: &mut dyn Sink) -> Result<(), Error> {
    let mut has_scores = false;
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line) else {
            sink.unread("a line", "it is no UTF-8");
            continue;
        };
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("cve,") {
            continue;
        }
        match score(line) {
            Some((cve, epss)) => {
                has_scores = true;
                sink.epss(cve, epss);
            }
            None => sink.unread(line, "it is no score"),
        }
    }
    if has_scores { Ok(()) } else { Err(Error::Missing { what: "score" }) }
}

fn score(line: &str) -> Option<(&str, Epss)> {
    let mut columns = line.split(',');
    let (cve, probability, percentile) = (columns.next()?, columns.next()?, columns.next()?);
    let epss = Epss { probability_ppm: millionths(probability)?, percentile_ppm: millionths(percentile)? };
    cve.starts_with("CVE-").then_some((cve, epss))
}

/// Reads a number from 0 to 1 without a float in between; digits past the sixth are cut off. Very small scores are
/// written with an exponent.
fn millionths(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some((number, exponent)) = text.split_once(['e', 'E']) {
        let mantissa = millionths_of_mantissa(number)?;
        let shift: u32 = exponent.strip_prefix('-')?.parse().ok()?;
        return Some(10_u32.checked_pow(shift).map_or(0, |divisor| mantissa / divisor));
    }
    millionths_of_mantissa(text).filter(|number| *number <= 1_000_000)
}

fn millionths_of_mantissa(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 1 || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    Some(whole * 1_000_000 + fraction.parse::<u32>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_millionths() {
        for (text, read) in [
            ("0.97565", Some(975_650)),
            ("0.000430000", Some(430)),
            ("1", Some(1_000_000)),
            ("1.00000", Some(1_000_000)),
            ("0", Some(0)),
            ("4.3e-04", Some(430)),
            ("1e-99", Some(0)),
            ("1.5", None),
            ("-1", None),
            ("", None),
            (".5", None),
            ("0.x", None),
        ] {
            assert_eq!(millionths(text), read, "{text}");
        }
    }
}
