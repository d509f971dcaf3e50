//! `holdfast`.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

/// The system's allocator keeps what password hashing and large bodies once needed; this one can give it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Gives memory back at once instead of keeping it for later: halves what an idle server holds.
const GIVE_BACK: &str = "MIMALLOC_PURGE_DELAY";

fn main() -> ExitCode {
    give_back_memory();
    holdfast_cli::main()
}

/// The allocator reads its options before `main`: a server that was started without them becomes itself once more,
/// with them, under the same process id.
fn give_back_memory() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new("server")) || std::env::var_os(GIVE_BACK).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    // It returns only if it fails; the server then runs with the allocator as it is.
    let _ = Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(GIVE_BACK, "0")
        .env("MIMALLOC_ARENA_EAGER_COMMIT", "0")
        .exec();
}
