//! Quantities as Kubernetes writes them: the shortest form, with suffixes that are powers of 1000.
//!
//! Rule: `apimachinery/pkg/api/resource`, canonical form of the decimal format.

/// Suffixes from 10^-9 upwards.
const SUFFIXES: &[&str] = &["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/// Reads a plain decimal number (`0.50`, `2`, `1e3`, `500m` as Kubernetes itself takes it) and writes it as a quantity.
///
/// Returns `None` for what is no number, negative, or finer than a billionth.
pub(crate) fn from_decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (number, exponent) = split_exponent(text)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    // Billionths: the fraction's digits are moved nine places, and the exponent moves them further.
    let mut value: u128 = format!("{whole}{fraction}").trim_start_matches('0').parse().unwrap_or(0);
    if whole.len() + fraction.len() > 30 {
        return None;
    }
    let places = 9 + exponent - i32::try_from(fraction.len()).ok()?;
    for _ in 0..places.unsigned_abs() {
        if places > 0 {
            value = value.checked_mul(10)?;
        } else if value.is_multiple_of(10) {
            value /= 10;
        } else {
            return None;
        }
    }
    Some(canonical(value))
}

fn split_exponent(text: &str) -> Option<(&str, i32)> {
    if let Some((number, exponent)) = text.split_once(['e', 'E']) {
        let exponent: i32 = exponent.parse().ok()?;
        return ((-18..=18).contains(&exponent)).then_some((number, exponent));
    }
    for (index, suffix) in SUFFIXES.iter().enumerate() {
        if let Some(number) = text.strip_suffix(suffix)
            && !suffix.is_empty()
        {
            return Some((number, i32::try_from(index).ok()? * 3 - 9));
        }
    }
    Some((text, 0))
}

/// Says whether a text is a quantity as Kubernetes takes it: `1Gi`, `100M`, `0.5`.
pub(crate) fn is_quantity(text: &str) -> bool {
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].iter().find_map(|suffix| text.strip_suffix(suffix));
    from_decimal(binary.unwrap_or(text)).is_some()
}

/// Writes a number of bytes as a quantity.
pub(crate) fn from_bytes(bytes: u64) -> String {
    canonical(u128::from(bytes) * 1_000_000_000)
}

fn canonical(mut value: u128) -> String {
    if value == 0 {
        return "0".to_owned();
    }
    let mut index = 0;
    while value.is_multiple_of(1000) && index + 1 < SUFFIXES.len() {
        value /= 1000;
        index += 1;
    }
    format!("{value}{}", SUFFIXES.get(index).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_become_the_shortest_quantity() {
        for (text, quantity) in [
            ("0.50", "500m"),
            ("2", "2"),
            ("2.0", "2"),
            (".25", "250m"),
            ("0.001", "1m"),
            ("0.0001", "100u"),
            ("1.5", "1500m"),
            ("1000", "1k"),
            ("1e3", "1k"),
            ("500m", "500m"),
            ("0", "0"),
            ("0.0", "0"),
        ] {
            assert_eq!(from_decimal(text).as_deref(), Some(quantity), "{text}");
        }
        for text in ["", ".", "-1", "x", "1.2.3", "0.0000000001", "1e99", "99999999999999999999999999999999999999999"] {
            assert_eq!(from_decimal(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_lose_only_their_thousands() {
        assert_eq!(from_bytes(52_428_800), "52428800");
        assert_eq!(from_bytes(1_000_000_000), "1G");
        assert_eq!(from_bytes(u64::MAX), "18446744073709551615");
    }
}
