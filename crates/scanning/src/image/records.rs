//! Records of layers, kept for ever.

use std::path::PathBuf;

use catalogue::{INDEXER_VERSION, LayerRecord};
use fs_err as fs;
use oci::Digest;

/// Where records of layers are kept.
pub trait RecordStore: Sync {
    /// Returns the record of a layer, if this version of the indexer has made one.
    fn get(&self, diff_id: &Digest) -> Option<LayerRecord>;

    /// Keeps a record. What cannot be kept is made again.
    fn put(&self, record: &LayerRecord);
}

/// Keeps nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRecords;

impl RecordStore for NoRecords {
    fn get(&self, _: &Digest) -> Option<LayerRecord> {
        None
    }

    fn put(&self, _: &LayerRecord) {}
}

/// A folder of the user's own, a file for each layer.
#[derive(Debug, Clone)]
pub struct RecordFolder(PathBuf);

impl RecordFolder {
    /// Names a folder; it is made when the first record is kept.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder.join(format!("v{INDEXER_VERSION}")))
    }

    fn path_of(&self, diff_id: &Digest) -> PathBuf {
        self.0.join(format!("{}-{}.json.zst", diff_id.algorithm().as_str(), diff_id.hex()))
    }
}

impl RecordStore for RecordFolder {
    fn get(&self, diff_id: &Digest) -> Option<LayerRecord> {
        let file = fs::File::open(self.path_of(diff_id)).ok()?;
        let reader = zstd::stream::read::Decoder::new(file).ok()?;
        let record: LayerRecord = serde_json::from_reader(std::io::BufReader::new(reader)).ok()?;
        (record.indexer == INDEXER_VERSION && record.diff_id == *diff_id).then_some(record)
    }

    fn put(&self, record: &LayerRecord) {
        // A record that is not kept costs time, and nothing else.
        let _ = self.write(record);
    }
}

impl RecordFolder {
    fn write(&self, record: &LayerRecord) -> std::io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let file = tempfile::NamedTempFile::new_in(&self.0)?;
        let mut writer = zstd::stream::write::Encoder::new(file, 3)?;
        serde_json::to_writer(&mut writer, record)?;
        let file = writer.finish()?;
        // Another scan may have written the same; either is right.
        file.persist(self.path_of(&record.diff_id)).map(drop).map_err(|error| error.error)
    }
}
