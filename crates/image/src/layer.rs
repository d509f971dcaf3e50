//! One layer, read in one pass: nothing is unpacked, what nobody asks for is only counted. A second pass may be asked for
//! data that only links call by its name.

mod asked;
mod read;
mod scan;

use std::io::Read;
use std::time::Instant;

use catalogue::{Asked, LayerRecord};
use oci::Digest;

use crate::limits::LayerLimits;
use crate::spill::Spill;

/// What reading one layer needs beside its bytes.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct LayerJob {
    /// The bounds.
    pub limits: LayerLimits,
    /// Files that killed their reader before, and are not tried again.
    pub skip: Vec<String>,
    /// Files to be read under names that links give them. If there are any, nothing else is read.
    #[serde(default)]
    pub asked: Vec<Asked>,
}

/// Reads the uncompressed archive of a layer to its end. A broken one gives what stands before the break.
///
/// `watch` is told of each file before it is read, so that whoever started this process knows what killed it.
/// The record's digest is the one of the empty text: whoever fed the bytes knows the true one.
pub fn read_layer(input: impl Read, job: &LayerJob, spill: Option<Spill>, watch: &mut dyn FnMut(&str)) -> LayerRecord {
    let mut scan = scan::Scan::new(input, job, spill, Instant::now() + job.limits.deadline);
    scan.run(watch);
    scan.finish(Digest::of(b""))
}
