//! Records the corpus: `compose-record CORPUS [CASE-PREFIX] [--check]`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use holdfast_compose_record::{Client, Recording, cases, installed, record};

#[expect(clippy::print_stdout, reason = "a program says what it does")]
fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let corpus = PathBuf::from(words.next().context("usage: compose-record CORPUS [CASE-PREFIX]")?);
    let prefix = words.next().unwrap_or_default();
    let present: Vec<Client> = Client::ALL.into_iter().filter(|client| installed(*client).is_some()).collect();
    let cases = cases(&corpus)?;
    let mut jobs = Vec::new();
    for case in cases.iter().filter(|case| case.id.starts_with(&prefix)) {
        jobs.extend(case.clients().into_iter().filter(|client| present.contains(client)).map(|client| (case, client)));
    }
    if jobs.is_empty() {
        bail!("no case starts with `{prefix}`, or no client is installed");
    }
    let mut changed = 0_usize;
    for (case, client) in &jobs {
        let recording =
            record(case, *client).with_context(|| format!("recording `{}` with `{}`", case.id, client.name()))?;
        let file = case.recording(*client);
        let before = fs_err::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Recording>(&bytes).ok());
        if before.as_ref() != Some(&recording) {
            changed += 1;
            println!("{} {}", case.id, client.name());
            fs_err::create_dir_all(case.folder.join("recorded"))?;
            fs_err::write(&file, format!("{}\n", serde_json::to_string_pretty(&recording)?))?;
        }
    }
    println!("{} recordings, {changed} changed", jobs.len());
    Ok(())
}
