//! Until when vendors send fixes (distro-info-data; the vendors' own pages on their lifecycles). A release that is not
//! listed is not called past its end. Compared with distro-info-data (Debian, Ubuntu) and endoflife.date (all others but
//! Amazon Linux 2, whose end was moved since; of SUSE the end of long-term service packs, since its feed speaks of them
//! until then).

use base::Timestamp;

/// Ids of systems, their releases, and the last day of fixes that the vendor's feed carries (long-term support included).
const ENDS: &[(&str, &str, &str)] = &[
    ("debian", "7", "2018-05-31"),
    ("debian", "8", "2020-06-30"),
    ("debian", "9", "2022-06-30"),
    ("debian", "10", "2024-06-30"),
    ("debian", "11", "2026-08-31"),
    ("debian", "12", "2028-06-30"),
    ("debian", "13", "2030-06-30"),
    ("ubuntu", "14.04", "2019-04-25"),
    ("ubuntu", "16.04", "2021-04-30"),
    ("ubuntu", "18.04", "2023-05-31"),
    ("ubuntu", "20.04", "2025-05-29"),
    ("ubuntu", "22.04", "2027-06-01"),
    ("ubuntu", "22.10", "2023-07-20"),
    ("ubuntu", "23.04", "2024-01-25"),
    ("ubuntu", "23.10", "2024-07-11"),
    ("ubuntu", "24.04", "2029-05-31"),
    ("ubuntu", "24.10", "2025-07-10"),
    ("ubuntu", "25.04", "2026-01-15"),
    ("ubuntu", "25.10", "2026-07-09"),
    ("ubuntu", "26.04", "2031-05-29"),
    ("ubuntu", "26.10", "2027-07-15"),
    ("alpine", "3.8", "2020-05-01"),
    ("alpine", "3.9", "2020-11-01"),
    ("alpine", "3.10", "2021-05-01"),
    ("alpine", "3.11", "2021-11-01"),
    ("alpine", "3.12", "2022-05-01"),
    ("alpine", "3.13", "2022-11-01"),
    ("alpine", "3.14", "2023-05-01"),
    ("alpine", "3.15", "2023-11-01"),
    ("alpine", "3.16", "2024-05-23"),
    ("alpine", "3.17", "2024-11-22"),
    ("alpine", "3.18", "2025-05-09"),
    ("alpine", "3.19", "2025-11-01"),
    ("alpine", "3.20", "2026-04-01"),
    ("alpine", "3.21", "2026-11-01"),
    ("alpine", "3.22", "2027-05-01"),
    ("alpine", "3.23", "2027-11-01"),
    ("centos", "5", "2017-03-31"),
    ("centos", "6", "2020-11-30"),
    ("centos", "7", "2024-06-30"),
    ("centos", "8", "2021-12-31"),
    ("rhel", "4", "2012-02-29"),
    ("rhel", "5", "2017-03-31"),
    ("rhel", "6", "2020-11-30"),
    ("rhel", "7", "2024-06-30"),
    ("rhel", "8", "2029-05-31"),
    ("rhel", "9", "2032-05-31"),
    ("almalinux", "8", "2029-03-01"),
    ("almalinux", "9", "2032-05-31"),
    ("almalinux", "10", "2035-05-31"),
    ("rocky", "8", "2029-05-31"),
    ("rocky", "9", "2032-05-31"),
    ("ol", "6", "2021-03-31"),
    ("ol", "7", "2024-12-31"),
    ("ol", "9", "2032-06-30"),
    ("amzn", "2018.03", "2023-12-31"),
    ("amzn", "2", "2026-06-30"),
    ("fedora", "35", "2022-12-13"),
    ("fedora", "36", "2023-05-16"),
    ("fedora", "37", "2023-12-05"),
    ("fedora", "38", "2024-05-21"),
    ("fedora", "39", "2024-11-26"),
    ("fedora", "40", "2025-05-13"),
    ("fedora", "41", "2025-12-15"),
    ("fedora", "42", "2026-05-13"),
    ("fedora", "43", "2026-12-09"),
    ("mariner", "1.0", "2023-08-31"),
    ("mariner", "2.0", "2025-07-31"),
    ("azurelinux", "3.0", "2027-08-31"),
    ("sles", "11.1", "2015-08-30"),
    ("sles", "11.2", "2017-01-30"),
    ("sles", "11.3", "2019-01-30"),
    ("sles", "11.4", "2022-03-31"),
    ("sles", "12.1", "2020-05-31"),
    ("sles", "12.2", "2021-03-31"),
    ("sles", "12.3", "2022-06-30"),
    ("sles", "12.4", "2023-06-30"),
    ("sles", "12.5", "2027-10-31"),
    ("sles", "15.1", "2024-01-31"),
    ("sles", "15.2", "2024-12-31"),
    ("sles", "15.3", "2025-12-31"),
    ("sles", "15.4", "2026-12-31"),
    ("sles", "15.5", "2027-12-31"),
    ("opensuse-leap", "42.1", "2017-05-17"),
    ("opensuse-leap", "42.2", "2018-01-26"),
    ("opensuse-leap", "42.3", "2019-07-01"),
    ("opensuse-leap", "15.0", "2019-12-03"),
    ("opensuse-leap", "15.1", "2021-02-02"),
    ("opensuse-leap", "15.2", "2022-01-04"),
    ("opensuse-leap", "15.3", "2022-12-31"),
    ("opensuse-leap", "15.4", "2023-12-07"),
    ("opensuse-leap", "15.5", "2024-12-31"),
    ("opensuse-leap", "15.6", "2026-04-30"),
    ("opensuse-leap", "16.0", "2027-10-31"),
];

/// Returns when the vendor stops sending fixes, if that is known.
pub(crate) fn end_of_life(id: &str, version: &str) -> Option<Timestamp> {
    let is_release =
        |release: &str| version.strip_prefix(release).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let (_, _, day) = ENDS.iter().find(|(name, release, _)| *name == id && is_release(release))?;
    let midnight: Timestamp = format!("{day}T00:00:00Z").parse().ok()?;
    Some(midnight.plus_secs(24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_end_after_their_last_day() {
        for (id, version, end) in [
            ("debian", "10", Some("2024-07-01T00:00:00Z")),
            ("debian", "10.3", Some("2024-07-01T00:00:00Z")),
            ("alpine", "3.19.1", Some("2025-11-02T00:00:00Z")),
            ("alpine", "3.1", None),
            ("alpine", "3.10.9", Some("2021-05-02T00:00:00Z")),
            ("debian", "", None),
            ("sles", "15.4", Some("2027-01-01T00:00:00Z")),
            ("sles", "15.7", None),
            ("opensuse-leap", "15.6", Some("2026-05-01T00:00:00Z")),
        ] {
            assert_eq!(end_of_life(id, version), end.map(|end| end.parse().unwrap()), "{id} {version}");
        }
        assert!(ENDS.iter().all(|(id, version, _)| end_of_life(id, version).is_some()));
    }
}
