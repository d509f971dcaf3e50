//! Serves the web console under `/console/`.
//!
//! The files are those that `npm run build` leaves in `console/dist`: embedded in a release, read from the folder in
//! a debug build, so that a rebuilt console shows without compiling. Every address that is no file is a page of the
//! application and gets `index.html`. Nothing here knows who asks: what the pages show comes from `/api/v1`.

mod assets;
mod serve;

pub use serve::handle;
