//! From an image to its catalogue.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalogue::{Asked, Findings, Folded, ImageCatalogue, LayerBuilder, LayerRecord, answers};
use image::{Image, LayerJob, LayerLimits, LayerSource, Spill, Worker, read_layer, uncompressed};
use oci::{Algorithm, Digest, Hasher};

use super::error::Error;
use super::records::RecordStore;

/// What happens while layers are read. Layers are counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many layers are there.
    Layers(usize),
    /// A layer is being read.
    Begun(usize),
    /// A layer has been read.
    Done(usize),
    /// A layer was known.
    Known(usize),
}

/// Reads images.
pub struct Indexer<'a> {
    /// The program that reads layers in a child; without one they are read in this process.
    pub worker: Option<Worker>,
    /// Bounds on each layer.
    pub limits: LayerLimits,
    /// Where records are kept.
    pub records: &'a dyn RecordStore,
    /// How many layers are read at once.
    pub threads: usize,
}

/// An image and what is in it.
#[derive(Debug, Clone)]
pub struct Catalogued {
    /// The image.
    pub image: Image,
    /// What is in it.
    pub catalogue: ImageCatalogue,
}

impl Indexer<'_> {
    /// Reads an image's layers, those that are not known, and folds them.
    ///
    /// # Errors
    /// When a layer cannot be fetched, or is not what the image names. What cannot be understood is in the catalogue's
    /// `unreadable` instead.
    pub fn catalogue(&self, image: Image, progress: &(dyn Fn(Progress) + Sync)) -> Result<Catalogued, Error> {
        progress(Progress::Layers(image.layers.len()));
        let known = self.each(&image, |number, layer| self.layer(&image, number, layer, progress))?;
        let config = of_config(&image);
        let folded = Folded::new(known.iter().collect());
        let asked = folded.asked();
        if asked.is_empty() {
            let catalogue = folded.catalogue(config.as_ref());
            return Ok(Catalogued { image, catalogue });
        }
        drop(folded);
        let mut questions: BTreeMap<usize, Vec<Asked>> = BTreeMap::new();
        for (number, asked) in asked {
            questions.entry(number).or_default().push(asked);
        }
        let answered = self.each(&image, |number, layer| match (known.get(number), questions.get(&number)) {
            (Some(record), Some(asked)) => self.ask(&image, number, layer, record, asked, progress).map(Some),
            _ => Ok(None),
        })?;
        let records: Vec<LayerRecord> =
            known.into_iter().zip(answered).map(|(known, answered)| answered.unwrap_or(known)).collect();
        let catalogue = Folded::new(records.iter().collect()).catalogue(config.as_ref());
        Ok(Catalogued { image, catalogue })
    }

    /// Does something for each layer, several at once.
    fn each<T: Send>(
        &self,
        image: &Image,
        work: impl Fn(usize, &LayerSource) -> Result<T, Error> + Sync,
    ) -> Result<Vec<T>, Error> {
        let next = AtomicUsize::new(0);
        let found: Mutex<Vec<Option<Result<T, Error>>>> = Mutex::new(image.layers.iter().map(|_| None).collect());
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(layer) = image.layers.get(number) else { return };
                let done = work(number, layer);
                let is_bad = done.is_err();
                if let Ok(mut found) = found.lock()
                    && let Some(place) = found.get_mut(number)
                {
                    *place = Some(done);
                }
                if is_bad {
                    // The others need not begin.
                    next.store(image.layers.len(), Ordering::Relaxed);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..self.threads.clamp(1, image.layers.len().max(1)) {
                scope.spawn(work);
            }
            work();
        });
        let failed = || Error::Thread { image: image.name.clone() };
        let found = found.into_inner().map_err(|_| failed())?;
        let mut all = Vec::with_capacity(found.len());
        let mut missing = false;
        for done in found {
            match done {
                Some(done) => all.push(done?),
                None => missing = true,
            }
        }
        if missing { Err(failed()) } else { Ok(all) }
    }

    fn layer(
        &self,
        image: &Image,
        number: usize,
        layer: &LayerSource,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<LayerRecord, Error> {
        if let Some(record) = layer.diff_id.as_ref().and_then(|diff_id| self.records.get(diff_id)) {
            progress(Progress::Known(number));
            return Ok(record);
        }
        if layer.is_foreign() {
            return Ok(foreign(layer));
        }
        progress(Progress::Begun(number));
        let record = self.read(image, number, layer, Vec::new())?;
        self.keep(layer, &record);
        progress(Progress::Done(number));
        Ok(record)
    }

    /// Reads some of a layer's data once more, under the names that links give it, and adds what it says to the record.
    fn ask(
        &self,
        image: &Image,
        number: usize,
        layer: &LayerSource,
        known: &LayerRecord,
        asked: &[Asked],
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<LayerRecord, Error> {
        let mut record = known.clone();
        if layer.is_foreign() {
            // It was read for an image that has it; here what is asked stays open, and is listed.
            return Ok(record);
        }
        progress(Progress::Begun(number));
        let read = self.read(image, number, layer, asked.to_vec())?;
        record.had_accident |= read.had_accident;
        record.unreadable.extend(read.unreadable.iter().filter(|file| file.path == "/").cloned());
        record.answers.extend(answers(asked.to_vec(), read));
        self.keep(layer, &record);
        Ok(record)
    }

    /// Keeps the record of a layer that was read to its end: what was cut short by an accident must not be believed for
    /// ever.
    fn keep(&self, layer: &LayerSource, record: &LayerRecord) {
        if layer.diff_id.is_some() && record.may_be_kept() {
            self.records.put(record);
        }
    }

    /// Reads a layer, or what is asked of it.
    fn read(&self, image: &Image, number: usize, layer: &LayerSource, asked: Vec<Asked>) -> Result<LayerRecord, Error> {
        let failed = |source| Error::Layer { image: image.name.clone(), number: number + 1, source };
        let job = LayerJob { limits: self.limits, skip: Vec::new(), asked };
        let (mut record, blob) = match &self.worker {
            Some(worker) => {
                let feed = worker.read(|| layer.open(), &job).map_err(failed)?;
                (feed.record, Some(feed.blob))
            }
            None => (in_process(layer, &job).map_err(failed)?, None),
        };
        let altered = |expected: &Digest, found: &Digest| Error::Altered {
            image: image.name.clone(),
            number: number + 1,
            expected: expected.clone(),
            found: found.clone(),
        };
        if let (Some(expected), Some(found)) = (&layer.blob, &blob)
            && expected.algorithm() == Algorithm::Sha256
            && expected != found
        {
            return Err(altered(expected, found));
        }
        if let Some(expected) = layer.diff_id.as_ref().filter(|id| id.algorithm() == Algorithm::Sha256) {
            if record.is_whole() && *expected != record.diff_id {
                return Err(altered(expected, &record.diff_id));
            }
            record.diff_id = expected.clone();
        }
        Ok(record)
    }
}

fn in_process(layer: &LayerSource, job: &LayerJob) -> Result<LayerRecord, image::Error> {
    let read = |source| image::Error::Read { source };
    let mut input = Hashing {
        input: uncompressed(layer.open()?, &job.limits).map_err(read)?,
        hasher: Some(Algorithm::Sha256.hasher()),
    };
    let mut record = read_layer(&mut input, job, Spill::new().ok(), &mut |_| {});
    if let Some(hasher) = input.hasher.take() {
        record.diff_id = hasher.finish();
    }
    Ok(record)
}

/// Hashes what is read.
struct Hashing<R> {
    input: R,
    hasher: Option<Hasher>,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let got = self.input.read(buffer)?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(buffer.get(..got).unwrap_or_default());
        }
        Ok(got)
    }
}

/// The record of a layer that is kept elsewhere.
fn foreign(layer: &LayerSource) -> LayerRecord {
    let mut builder = LayerBuilder::new();
    builder.unreadable("/", "the layer is kept elsewhere, as Windows' base layers are, and was not read");
    let diff_id = layer.diff_id.clone().unwrap_or_else(|| Digest::of(b""));
    builder.finish(diff_id, 0, 0)
}

/// What the configuration says by itself: the version of Windows, the CPE of Red Hat's label.
fn of_config(image: &Image) -> Option<Findings> {
    let config = &image.config;
    let labels = config.labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let says = catalogue::os::image_config(&config.os, config.os_version.as_deref(), labels);
    (!says.is_empty()).then_some(says)
}
