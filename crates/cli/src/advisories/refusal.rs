//! What to do when a database or a bundle is refused.

use advisory_db::Error as Refusal;
use scanning::advisories::Error;

use crate::failure::NextStep;

/// Adds what to do next to a refusal.
pub(super) fn explained(error: scanning::advisories::Error) -> anyhow::Error {
    let step = match &error {
        Error::NoDatabase { .. } => {
            "`holdfast advisories fetch` and `holdfast advisories build`, or `holdfast advisories import BUNDLE`"
        }
        Error::Empty => "give files or folders of feeds, or fetch some with `holdfast advisories fetch`",
        Error::Database { source, .. } => match source {
            Refusal::Stranger { .. } => {
                "get the signer's public key by another way, then `holdfast advisories trust KEY.pub`"
            }
            Refusal::Altered { .. } | Refusal::Damaged { .. } => "copy it once more from where it was made",
            Refusal::Expired { .. } => "make a new one with `holdfast advisories bundle`",
            Refusal::NotYetValid { .. } => "check this machine's clock, or wait",
            Refusal::Older { .. } => "if an older database is really wanted: --force",
            Refusal::NewerFormat { .. } => "update Holdfast on this machine",
            Refusal::DeltaBase { .. } => "import a whole database, or the deltas between in their order",
            Refusal::Foreign { .. } => {
                "a bundle comes from `holdfast advisories bundle`; feeds and other scanners' databases go through \
                 `holdfast advisories build`, a bare database through `import --unsigned`"
            }
            _ => return error.into(),
        },
        _ => return error.into(),
    };
    NextStep::new(base::chain(&error), step).into()
}
