//! The program `holdfast`: server, agent and the operator's commands.
//!
//! Data goes to standard output, everything else to standard error; 0 is done, 1 is failed or refused, 2 is a
//! command that is not understood. Functions are `<resource>_<verb>`, as in the API.

mod advisories;
mod args;
mod ask;
mod completion;
mod compose;
mod connect;
mod context;
mod failure;
mod image;
mod noun;
mod output;
mod run;
mod serve;
mod table;

pub use args::{Arguments, Command, Global};
pub use run::main;
