//! Sizes and durations as the clients write them.

/// Nanoseconds of one hour.
const HOUR: i128 = 3_600_000_000_000;

/// Reads a number of bytes: `64`, `1.5g`, `512MB`, `1GiB`, `10 kb`, `-1`. Units are powers of 1024 for every client.
pub(crate) fn size(text: &str) -> Option<i64> {
    let text = text.trim();
    if text == "-1" {
        return Some(-1);
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let power = match unit.as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 1,
        "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        "p" | "pb" | "pib" => 5,
        _ => return None,
    };
    let factor = 1_i64 << (10 * power);
    if let Ok(whole) = number.parse::<i64>() {
        return whole.checked_mul(factor);
    }
    let value = number.parse::<f64>().ok()? * u64_as_f64(factor.unsigned_abs());
    whole_number(value)
}

/// Turns a number without a fraction worth keeping into an integer, or gives `None` where it does not fit.
pub(crate) fn whole_number(value: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked in the same expression")]
    let whole = (value.is_finite() && value.abs() < 9.2e18).then_some(value as i64);
    whole
}

fn u64_as_f64(value: u64) -> f64 {
    value as f64
}

/// Reads a duration in nanoseconds as Go does: `1h30m`, `1.5s`, `10ms`, `2us`, `5ns`, `0`. docker-compose 1.29 also takes `5d`.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, mut rest) = match text.as_bytes().first()? {
        b'-' => (-1, text.get(1..)?),
        b'+' => (1, text.get(1..)?),
        _ => (1, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() || rest.len() > 64 {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at_checked(end)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(unit_end)?;
        total = total.checked_add(part(number, unit_nanoseconds(unit)?)?)?;
        rest = after;
    }
    i64::try_from(total * sign).ok()
}

fn unit_nanoseconds(unit: &str) -> Option<i128> {
    Some(match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => HOUR,
        "d" => 24 * HOUR,
        "w" => 7 * 24 * HOUR,
        _ => return None,
    })
}

fn part(number: &str, unit: i128) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut total = whole.checked_mul(unit)?;
    let mut scale = unit;
    for digit in fraction.bytes() {
        scale /= 10;
        total += i128::from(digit.checked_sub(b'0')?) * scale;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_the_clients_read_them() {
        let table: &[(&str, Option<i64>)] = &[
            ("0", Some(0)),
            ("64", Some(64)),
            ("64b", Some(64)),
            ("1k", Some(1024)),
            ("1kb", Some(1024)),
            ("1KiB", Some(1024)),
            ("300kb", Some(307_200)),
            ("1.5g", Some(1_610_612_736)),
            ("2GB", Some(2_147_483_648)),
            ("1 g", Some(1_073_741_824)),
            ("-1", Some(-1)),
            ("", None),
            ("g", None),
            ("1x", None),
            ("9999999999999999999g", None),
            ("1..5g", None),
        ];
        for (text, expected) in table {
            assert_eq!(size(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn durations_are_read_as_go_reads_them() {
        let table: &[(&str, Option<i64>)] = &[
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1s", Some(1_000_000_000)),
            ("1m30s", Some(90_000_000_000)),
            ("1.5h", Some(5_400_000_000_000)),
            ("2h45m", Some(9_900_000_000_000)),
            ("10ms", Some(10_000_000)),
            ("5us", Some(5_000)),
            ("7ns", Some(7)),
            (".5s", Some(500_000_000)),
            ("-1s", Some(-1_000_000_000)),
            ("1d", Some(86_400_000_000_000)),
            ("5", None),
            ("s", None),
            ("1 s", None),
            ("", None),
            (".s", None),
            ("1.2.3s", None),
        ];
        for (text, expected) in table {
            assert_eq!(duration(text), *expected, "{text:?}");
        }
    }
}
