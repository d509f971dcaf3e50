//! The store against its promises: one member, three members, versions, crashes.

#![expect(clippy::unwrap_used, reason = "tests end at the first surprise")]

mod cluster;
mod crash;
mod faults;
mod machine;
mod membership;
mod single;
mod versions;
