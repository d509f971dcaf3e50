//! Layers folded into one image, from the lowest up: what is visible, whose it is, and since when.
//!
//! The rules are those of the OCI image specification 1.1, "Image Layer Filesystem Changeset": entries of a layer are
//! never hidden by its own whiteouts, an opaque folder hides all of the lower layers wherever it stands in the archive,
//! a file over a folder hides the tree, and package databases are replaced as whole files.

mod assemble;
mod fold;
mod nix;
mod owner;

pub use assemble::{DeletedPackage, ImageCatalogue, ImageLayer, ImagePackage, UnreadableFile, is_of_system};

use crate::findings::Findings;
use crate::layer::LayerRecord;

/// Folds layers, the lowest first, into the image's catalogue. `config` is what the image's configuration says by itself
/// (the version of Windows), if it says anything.
///
/// The answer depends on the layers alone and is sorted: two machines make the same bytes of it.
#[must_use]
pub fn squash(layers: &[&LayerRecord], config: Option<&Findings>) -> ImageCatalogue {
    let mut view = fold::View::new();
    for (number, layer) in layers.iter().enumerate() {
        view.apply(number, layer);
    }
    assemble::assemble(layers, view, config)
}
