//! Layers folded into one image, from the lowest up: what is visible, whose it is, and since when.
//!
//! The rules are those of the OCI image specification 1.1, "Image Layer Filesystem Changeset": entries of a layer are
//! never hidden by its own whiteouts, an opaque folder hides all of the lower layers wherever it stands in the archive,
//! a file over a folder hides the tree, and package databases are replaced as whole files.

mod assemble;
mod fold;
mod links;
mod nix;
mod owner;

pub use assemble::{DeletedPackage, ImageCatalogue, ImageLayer, ImagePackage, UnreadableFile, is_of_system};

use crate::findings::Findings;
use crate::layer::{Asked, LayerRecord};

/// Folds layers, the lowest first, into the image's catalogue. `config` is what the image's configuration says by itself
/// (the version of Windows), if it says anything.
///
/// The answer depends on the layers alone and is sorted: two machines make the same bytes of it.
#[must_use]
pub fn squash(layers: &[&LayerRecord], config: Option<&Findings>) -> ImageCatalogue {
    Folded::new(layers.to_vec()).catalogue(config)
}

/// Layers laid upon one another, before what they say is put together.
#[derive(Debug)]
pub struct Folded<'a> {
    layers: Vec<&'a LayerRecord>,
    view: fold::View,
    links: links::Links<'a>,
}

impl<'a> Folded<'a> {
    /// Folds layers, the lowest first.
    #[must_use]
    pub fn new(layers: Vec<&'a LayerRecord>) -> Self {
        let mut view = fold::View::new();
        for (number, layer) in layers.iter().enumerate() {
            view.apply(number, layer);
        }
        let links = links::find(&layers, &mut view);
        Self { layers, view, links }
    }

    /// Returns, by the number of the layer, the files that must be read again since only links call them by names that
    /// tell what they are. Sorted; none of it has been answered in the layers' records.
    #[must_use]
    pub fn asked(&self) -> Vec<(usize, Asked)> {
        self.links.open()
    }

    /// Puts together what the layers say. What was asked and has no answer is listed as unreadable.
    #[must_use]
    pub fn catalogue(self, config: Option<&Findings>) -> ImageCatalogue {
        assemble::assemble(&self.layers, self.view, &self.links, config)
    }
}
