//! Images of the engine on this machine, by its API (`GET /images/{name}/get`).

use std::io::Read;
use std::path::PathBuf;

use fs_err as fs;

use super::{Image, OpenOptions, archive};
use crate::error::Error;
use crate::http::{Http, Target};

const USUAL_SOCKET: &str = "/var/run/docker.sock";

fn socket(options: &OpenOptions) -> Result<PathBuf, Error> {
    if let Some(path) = &options.engine_socket {
        return Ok(path.clone());
    }
    match std::env::var("DOCKER_HOST") {
        Err(_) => Ok(USUAL_SOCKET.into()),
        Ok(host) => match host.strip_prefix("unix://") {
            Some(path) => Ok(path.into()),
            None => Err(Error::Unusable(format!(
                "DOCKER_HOST is `{host}`; images are read from an engine's unix socket only: `docker save` one first"
            ))),
        },
    }
}

/// Opens an image of the engine.
pub(super) fn open(name: &str, options: &OpenOptions) -> Result<Image, Error> {
    let socket = socket(options)?;
    let http = Http::new(None)?;
    export(&http, socket, name, options)
}

/// Opens an image if there is an engine that has it.
pub(super) fn open_if_present(name: &str, options: &OpenOptions) -> Result<Option<Image>, Error> {
    let Ok(socket) = socket(options) else { return Ok(None) };
    if !socket.exists() {
        return Ok(None);
    }
    let http = Http::new(None)?;
    let path = format!("/images/{}/json", encoded(name));
    let answer = http.get(&Target::Unix(socket.clone()), &path, &[]);
    match answer {
        Ok(response) if response.status == 200 => export(&http, socket, name, options).map(Some),
        // No engine, no right to it, no such image: the registry is asked next.
        _ => Ok(None),
    }
}

/// Writes the engine's export to a file without a name: its parts come in an order that only its end explains.
fn export(http: &Http, socket: PathBuf, name: &str, options: &OpenOptions) -> Result<Image, Error> {
    let target = Target::Unix(socket);
    let path = format!("/images/{}/get", encoded(name));
    let mut response = http.get(&target, &path, &[])?;
    if response.status != 200 {
        return Err(response.refused(&target, "the image"));
    }
    let folder = std::env::temp_dir();
    let failed = |source| Error::Open { path: folder.display().to_string(), source };
    let file = tempfile::tempfile_in(&folder).map_err(failed)?;
    let mut file = fs::File::from_parts(file, folder.clone());
    std::io::copy(&mut (&mut response.body as &mut dyn Read), &mut file).map_err(|source| Error::Read { source })?;
    let mut image = archive::open_stream(name, file, options)?;
    image.name = name.to_owned();
    Ok(image)
}

/// Keeps what a reference may hold; the engine takes slashes in the path.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/' | b':' | b'@' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
