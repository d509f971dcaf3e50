//! Each order is total: any two versions compare, there and back, and what is between stays between.

use std::cmp::Ordering;

use holdfast_vuln::Scheme;
use proptest::prelude::*;

const ALL: &[Scheme] = &[
    Scheme::Deb,
    Scheme::Rpm,
    Scheme::Apk,
    Scheme::Alpm,
    Scheme::Semver,
    Scheme::Go,
    Scheme::Pep440,
    Scheme::Maven,
    Scheme::Gem,
    Scheme::Composer,
    Scheme::Nuget,
    Scheme::Windows,
    Scheme::Openssl,
    Scheme::Generic,
];

/// Versions of any look: from the parts of all schemes, so that neighbours are likely.
fn version() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => (0u32..4).prop_map(|number| number.to_string()),
        1 => Just("10".to_owned()),
        1 => Just("01".to_owned()),
        4 => prop::sample::select(vec![
            ".", "-", "_", "~", "^", "+", ":", "a", "b", "z", "rc", "rc1", "alpha", "beta", "dev", "pre", "post", "p",
            "_p", "_rc", "-r", "x", "sp", "final", "m", "git", "..", "-0.", "v", "go", "dev-", "za",
        ]).prop_map(str::to_owned),
    ];
    ("[0-3]{0,1}", prop::collection::vec(part, 0..6)).prop_map(|(first, rest)| first + &rest.concat())
}

/// Versions as they are usually written.
fn usual() -> impl Strategy<Value = String> {
    "(0|1|2|10)(\\.(0|1|2|10)){0,3}(-?(a|alpha|beta|rc|sp|dev|final|p)\\.?[0-3]?)?(-[0-2])?"
}

fn check(a: &str, b: &str, c: &str) -> Result<(), TestCaseError> {
    for scheme in ALL {
        let (Ok(ab), Ok(bc), Ok(ac)) = (scheme.compare(a, b), scheme.compare(b, c), scheme.compare(a, c)) else {
            continue;
        };
        prop_assert_eq!(scheme.compare(a, a), Ok(Ordering::Equal), "{:?} is reflexive", scheme);
        prop_assert_eq!(scheme.compare(b, a), Ok(ab.reverse()), "{:?} is antisymmetric", scheme);
        if ab == bc || bc.is_eq() {
            prop_assert_eq!(ac, ab, "{:?}: {} {:?} {} {:?} {}", scheme, a, ab, b, bc, c);
        } else if ab.is_eq() {
            prop_assert_eq!(ac, bc, "{:?}: {} = {} {:?} {}", scheme, a, b, bc, c);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) })]

    #[test]
    fn every_order_is_total_on_hostile_texts(a in version(), b in version(), c in version()) {
        check(&a, &b, &c)?;
    }

    #[test]
    fn every_order_is_total_on_usual_versions(a in usual(), b in usual(), c in usual()) {
        check(&a, &b, &c)?;
    }

    #[test]
    fn nothing_that_is_no_version_stops_a_comparison(a in ".{0,40}", b in "\\PC{0,40}") {
        for scheme in ALL {
            let _ = scheme.compare(&a, &b);
            let _ = scheme.satisfies(&a, &b);
            let _ = scheme.compare_installed(&a, &b);
        }
    }
}
