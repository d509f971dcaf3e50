//! Images: catalogued layer by layer, matched with a database, told.
//!
//! | Step | Part |
//! |---|---|
//! | catalogue | [`Indexer`]: each layer in a sealed child, once for ever; the layers folded into one image |
//! | match | [`scan`]: the catalogue against a database, statements and exceptions |
//! | tell | [`Report`], [`sarif()`], [`bill()`] |

mod bill;
mod error;
mod ignore;
mod index;
mod lifetime;
mod nested;
mod records;
mod report;
mod sarif;

pub use bill::{BillForm, bill};
pub use error::Error;
pub use ignore::{IgnoreFileError, read_ignore_file};
pub use index::{Catalogued, Indexer, Progress};
pub(crate) use lifetime::end_of_life;
pub use records::{NoRecords, RecordFolder, RecordStore};
pub use report::{DatabaseFacts, ImageFacts, LayerFacts, Report, ScanOptions, scan, target};
pub use sarif::sarif;
