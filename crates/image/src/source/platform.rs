//! Which of several platforms.

use std::fmt;
use std::str::FromStr;

use oci::Platform;

/// A platform to choose: `os/architecture[/variant]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformChoice {
    os: String,
    architecture: String,
    variant: Option<String>,
    is_asked: bool,
}

impl Default for PlatformChoice {
    /// Linux on this machine's architecture.
    fn default() -> Self {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            "x86" => "386",
            other => other,
        };
        Self { os: "linux".to_owned(), architecture: architecture.to_owned(), variant: None, is_asked: false }
    }
}

impl fmt::Display for PlatformChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(f, "/{variant}"))
    }
}

impl FromStr for PlatformChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = text.split('/').map(str::to_owned);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(os), Some(architecture), variant, None) if !os.is_empty() && !architecture.is_empty() => {
                Ok(Self { os, architecture, variant, is_asked: true })
            }
            _ => Err(format!("`{text}` is no platform; write it like linux/arm64 or linux/arm/v7")),
        }
    }
}

impl PlatformChoice {
    /// Chooses one of several images. Without a wish, an only image is taken whatever its platform, and an image
    /// without a platform if nothing fits.
    pub(super) fn choose<'a, T>(&self, of: &'a [T], platform: impl Fn(&T) -> Option<&Platform>) -> Option<&'a T> {
        let fits = |one: &&T| platform(one).is_some_and(|platform| self.fits(platform));
        let any = || match of {
            [one] => Some(one),
            several => several.iter().find(|one| platform(one).is_none()),
        };
        of.iter().find(fits).or_else(|| if self.is_asked { None } else { any() })
    }

    fn fits(&self, platform: &Platform) -> bool {
        platform.os == self.os
            && platform.architecture == self.architecture
            && self.variant.as_ref().is_none_or(|variant| platform.variant.as_ref() == Some(variant))
    }
}
