//! A program that is its own worker: the tests start it where the product starts itself.

fn main() -> std::process::ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some(holdfast_image::WORKER_COMMAND) => holdfast_image::worker_main(),
        _ => std::process::ExitCode::FAILURE,
    }
}
