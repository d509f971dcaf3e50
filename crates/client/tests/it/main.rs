//! The client against the API's description.

mod coverage;
mod trust;
