//! What is promised of versions, matching and re-matching.

#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

mod bench_of_advisories;
mod feeds;
mod feeds_hostile;
mod feeds_osv;
mod feeds_vendors;
mod matching_ecosystems;
mod matching_redhat;
mod matching_systems;
mod rematching;
mod verdicts;
mod version_oracles;
mod version_properties;
mod version_tables;
mod vex;
