//! Releases by their code names (distro-info-data).

const DEBIAN: &[(&str, &str)] = &[
    ("wheezy", "7"),
    ("jessie", "8"),
    ("stretch", "9"),
    ("buster", "10"),
    ("bullseye", "11"),
    ("bookworm", "12"),
    ("trixie", "13"),
    ("forky", "14"),
    ("duke", "15"),
];

const UBUNTU: &[(&str, &str)] = &[
    ("trusty", "14.04"),
    ("xenial", "16.04"),
    ("bionic", "18.04"),
    ("focal", "20.04"),
    ("groovy", "20.10"),
    ("hirsute", "21.04"),
    ("impish", "21.10"),
    ("jammy", "22.04"),
    ("kinetic", "22.10"),
    ("lunar", "23.04"),
    ("mantic", "23.10"),
    ("noble", "24.04"),
    ("oracular", "24.10"),
    ("plucky", "25.04"),
    ("questing", "25.10"),
    ("resolute", "26.04"),
];

/// Returns a Debian release's number, or the name itself (`sid`).
#[must_use]
pub fn debian_release(codename: &str) -> &str {
    DEBIAN.iter().find(|(name, _)| *name == codename).map_or(codename, |(_, number)| number)
}

/// Returns an Ubuntu release's number; a number stays one.
#[must_use]
pub fn ubuntu_release(name: &str) -> Option<&str> {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(name);
    }
    UBUNTU.iter().find(|(codename, _)| *codename == name).map(|(_, number)| *number)
}
