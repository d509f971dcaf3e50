//! What packages write as their licence, and what it means.

use catalogue::licence::{expression, normalise, settle};
use proptest::prelude::*;

#[test]
fn words_become_expressions() {
    for (raw, expected) in [
        ("MIT", "MIT"),
        ("mit", "MIT"),
        ("The MIT License", "MIT"),
        ("Expat", "MIT"),
        ("MIT + file LICENSE", "MIT"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("Apache 2.0", "Apache-2.0"),
        ("ASL 2.0", "Apache-2.0"),
        ("https://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0"),
        ("(MIT OR Apache-2.0)", "(MIT OR Apache-2.0)"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
        ("GPL-2.0", "GPL-2.0-only"),
        ("GPL-2.0+", "GPL-2.0-or-later"),
        ("GPL-2+", "GPL-2.0-or-later"),
        ("GPLv2+ and MIT", "GPL-2.0-or-later AND MIT"),
        ("(GPLv2+ or LGPLv3) and BSD-3-clause", "(GPL-2.0-or-later OR LGPL-3.0-only) AND BSD-3-Clause"),
        ("GPL-2.0 or later", "GPL-2.0-or-later"),
        ("GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"),
        ("GNU Lesser General Public License v2.1", "LGPL-2.1-only"),
        ("GNU Affero General Public License v3", "AGPL-3.0-only"),
        ("GPL (>= 2)", "GPL-2.0-or-later"),
        ("GPL", "GPL-1.0-or-later"),
        ("GPL-2+ with Classpath exception", "GPL-2.0-or-later WITH Classpath-exception-2.0"),
        ("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"),
        ("BSD-3-clause", "BSD-3-Clause"),
        ("New BSD License", "BSD-3-Clause"),
        ("ISC License (ISCL)", "ISC"),
        ("Python Software Foundation License", "PSF-2.0"),
        ("GPL2 and BSD-2-Clause, ISC", "GPL-2.0-only AND BSD-2-Clause AND ISC"),
        ("LicenseRef-Mine", "LicenseRef-Mine"),
    ] {
        assert_eq!(expression(raw).as_deref(), Some(expected), "{raw}");
    }
}

#[test]
fn words_without_a_certain_meaning_stay_words() {
    for raw in [
        "",
        "BSD",
        "see LICENSE",
        "SEE LICENSE IN x",
        "UNLICENSED",
        "MIT AND",
        "MIT with x",
        "(MIT",
        "proprietary",
        "GPL-9",
    ] {
        assert_eq!(expression(raw), None, "{raw}");
        assert_eq!(settle(raw), raw.trim());
        assert_eq!(normalise(raw).raw, raw);
    }
}

proptest! {
    #[test]
    fn an_expression_is_its_own_expression(raw in "(MIT|GPL-2\\+|Expat|BSD|Apache 2.0|\\(|\\)| |and|or|/|with|,|v2){0,9}") {
        if let Some(first) = expression(&raw) {
            prop_assert_eq!(expression(&first), Some(first));
        }
    }

    #[test]
    fn no_text_brings_it_to_a_panic(raw in any::<String>()) {
        let _ = expression(&raw);
    }
}
