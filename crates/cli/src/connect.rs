//! From flags, environment and the remembered sign-in to a client.

use anyhow::{Context as _, Result};
use base::Secret;
use client::{Client, Credential, Options, Trust};

use crate::args::Global;
use crate::context::ContextFile;
use crate::failure::NextStep;

/// Makes the client for a command.
pub(crate) fn connect(global: &Global) -> Result<Client> {
    let context = ContextFile::of_user()?.load()?;
    let token = std::env::var("HOLDFAST_TOKEN").ok().filter(|token| !token.is_empty());
    // A token is never sent to another server than the one it was given by.
    let kept = context.filter(|context| global.url.as_ref().is_none_or(|url| same_server(url, &context.url)));
    let url = global.url.clone().or_else(|| kept.as_ref().map(|context| context.url.clone()));
    let url = url.ok_or_else(|| NextStep::new("no server is known", "sign in with `holdfast login URL`"))?;
    let trust = match (&global.ca, kept.as_ref().and_then(|context| context.ca.as_ref())) {
        (Some(file), _) => Trust::Ca(fs_err::read(file)?),
        (None, Some(pem)) => Trust::Ca(pem.clone().into_bytes()),
        (None, None) if url.starts_with("http://") => Trust::AnyoneForTheCa,
        (None, None) => {
            let step = "sign in with `holdfast login URL`, or name the CA with `--ca FILE`";
            return Err(NextStep::new(format!("no CA is known for `{url}`"), step).into());
        }
    };
    let token = token.or_else(|| kept.map(|context| context.token));
    let credential = token.map_or(Credential::None, |token| Credential::Bearer(Secret::new(token)));
    Client::new(Options { url, trust, credential }).context("making the client")
}

fn same_server(a: &str, b: &str) -> bool {
    a.trim_end_matches('/').eq_ignore_ascii_case(b.trim_end_matches('/'))
}
