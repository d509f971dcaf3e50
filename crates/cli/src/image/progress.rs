//! What is being read, on one line of a terminal.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use scanning::image::Progress;

/// The line. Without a terminal there is none.
pub(super) struct Line {
    is_shown: bool,
    layers: AtomicUsize,
    done: AtomicUsize,
}

impl Line {
    pub(super) fn new() -> Self {
        Self { is_shown: std::io::stderr().is_terminal(), layers: AtomicUsize::new(0), done: AtomicUsize::new(0) }
    }

    /// Tells a step.
    pub(super) fn step(&self, step: Progress) {
        match step {
            Progress::Layers(count) => self.layers.store(count, Ordering::Relaxed),
            Progress::Begun(_) => {}
            Progress::Done(_) | Progress::Known(_) => {
                self.done.fetch_add(1, Ordering::Relaxed);
            }
        }
        let (done, layers) = (self.done.load(Ordering::Relaxed), self.layers.load(Ordering::Relaxed));
        self.write(&format!("reading layers: {done} of {layers}"));
    }

    fn write(&self, text: &str) {
        if self.is_shown {
            let mut out = std::io::stderr().lock();
            // Nobody listens on a closed standard error.
            let _ = write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush());
        }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.write("");
    }
}
