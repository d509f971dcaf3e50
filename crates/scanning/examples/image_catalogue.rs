//! The indexer alone, without the rest of the product, for figures: `image_catalogue image catalogue SOURCE …` prints the
//! catalogue as JSON, as `holdfast image catalogue SOURCE --no-cache --output json` does.

use std::io::Write;
use std::process::ExitCode;

use image::{LayerLimits, OpenOptions, Source, Worker};
use scanning::image::{Indexer, NoRecords};

use holdfast_scanning as scanning;

fn main() -> ExitCode {
    if std::env::args_os().nth(1).is_some_and(|word| word == image::WORKER_COMMAND) {
        return image::worker_main();
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", base::chain(&*error));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(3).collect();
    let source = words.first().ok_or("a source is expected")?;
    let image = image::open(&Source::of(source), &OpenOptions::default())?;
    let is_in_process = words.iter().any(|word| word == "--in-process");
    let worker = if is_in_process { None } else { Some(Worker::this_program()?) };
    let indexer = Indexer { worker, limits: LayerLimits::default(), records: &NoRecords, threads: 2 };
    let catalogued = indexer.catalogue(image, &|_| {})?;
    serde_json::to_writer(std::io::stdout().lock(), &catalogued.catalogue)?;
    Ok(())
}
