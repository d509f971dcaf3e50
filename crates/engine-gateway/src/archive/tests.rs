//! What the guard lets through.

use super::*;

fn tar(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (path, kind, content) in entries {
        let mut header = Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        match kind {
            EntryType::Symlink | EntryType::Link => {
                header.set_size(0);
                builder.append_link(&mut header, path, content).unwrap();
            }
            _ => {
                header.set_size(content.len() as u64);
                builder.append_data(&mut header, path, content.as_bytes()).unwrap();
            }
        }
    }
    builder.into_inner().unwrap()
}

fn file<'t>(path: &'t str, content: &'t str) -> (&'t str, EntryType, &'t str) {
    (path, EntryType::Regular, content)
}

/// Sends a context through the guard; returns what the engine got (none if it broke off), the verdict, and what was judged.
async fn through(context: Vec<u8>, allow: bool) -> (Option<Vec<u8>>, Result<(), Error>, Vec<u8>) {
    let (seen, mut files) = mpsc::unbounded_channel();
    let decide = move |file: Vec<u8>| {
        seen.send(file).unwrap();
        async move { if allow { Ok(b"FROM decided".to_vec()) } else { Err(Error::Forbidden("no".into())) } }
    };
    let (sent, verdict) = guarded(context, "Dockerfile", decide).await;
    (sent, verdict, files.recv().await.unwrap_or_default())
}

async fn guarded<D, F>(context: Vec<u8>, dockerfile: &str, decide: D) -> (Option<Vec<u8>>, Result<(), Error>)
where
    D: FnOnce(Vec<u8>) -> F + Send + 'static,
    F: Future<Output = Result<Vec<u8>, Error>> + Send + 'static,
{
    let pieces: Vec<Result<Bytes, io::Error>> = context.chunks(100).map(|c| Ok(Bytes::copy_from_slice(c))).collect();
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    let (stream, verdict) = guard(body, dockerfile.into(), decide);
    let sent = axum::body::to_bytes(stream, usize::MAX).await.ok().map(|bytes| bytes.to_vec());
    (sent, verdict.await.unwrap())
}

/// Reads what the engine got.
fn unpack(sent: Option<Vec<u8>>) -> Vec<(PathBuf, String)> {
    let sent = sent.unwrap();
    let mut archive = Archive::new(sent.as_slice());
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        (entry.path().unwrap().into_owned(), text)
    });
    entries.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_in_the_place_of_the_dockerfiles_folder_is_refused() {
    let swapped =
        [file("d/Dockerfile", "FROM a"), file("evil/Dockerfile", "FROM secret"), ("d", EntryType::Symlink, "evil")];
    let (sent, verdict) = guarded(tar(&swapped), "d/Dockerfile", |file| async { Ok(file) }).await;
    assert!(sent.is_none() && matches!(verdict, Err(Error::Invalid(_))), "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_in_memory_is_bounded() {
    let big = "x".repeat(1024 * 1024);
    let many = vec![file("Dockerfile", &big); 17];
    // A name of the GNU form is read whole before anything of it is known.
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(3 * 1024 * 1024);
    header.set_cksum();
    let long = [header.as_bytes().as_slice(), &vec![b'n'; 3 * 1024 * 1024]].concat();
    for context in [tar(&many), long] {
        let (sent, verdict, _) = through(context, true).await;
        assert!(sent.is_none() && matches!(verdict, Err(Error::Invalid(_))), "{verdict:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_context_arrives_whole() {
    let long = "d/".repeat(90) + "file";
    let context = tar(&[file("./Dockerfile", "FROM scratch"), file(&long, "x"), ("l", EntryType::Symlink, "target")]);
    let (sent, verdict, file) = through(context, true).await;
    verdict.unwrap();
    assert_eq!(file, b"FROM scratch");
    let expected = [
        ("Dockerfile", "FROM scratch"),
        (&long, "x"),
        ("l", ""),
        (DECIDED, "FROM decided"),
        (IGNORED, ".dockerignore\n.holdfast.dockerfile\n"),
    ];
    assert_eq!(unpack(sent), expected.map(|(path, text)| (PathBuf::from(path), text.to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_context_leaves_out_stays_left_out() {
    let context = tar(&[file("./.dockerignore", "*.log"), file("Dockerfile", "FROM scratch")]);
    let (sent, verdict, _) = through(context, true).await;
    verdict.unwrap();
    let expected =
        [(IGNORED, "*.log\n.holdfast.dockerfile\n"), ("Dockerfile", "FROM scratch"), (DECIDED, "FROM decided")];
    assert_eq!(unpack(sent), expected.map(|(path, text)| (PathBuf::from(path), text.to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_the_client_takes_the_place_of_what_was_decided() {
    let dockerfile = file("Dockerfile", "FROM a");
    for other in [
        file(DECIDED, "FROM secret"),
        (DECIDED, EntryType::Symlink, "Dockerfile"),
        (DECIDED, EntryType::Directory, ""),
        file(".holdfast.dockerfile/x", "FROM secret"),
    ] {
        let (sent, verdict, _) = through(tar(&[dockerfile, other]), true).await;
        assert!(sent.is_none() && matches!(verdict, Err(Error::Invalid(_))), "{verdict:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_context_never_ends() {
    let (sent, verdict, _) = through(tar(&[file("Dockerfile", "FROM other")]), false).await;
    assert!(sent.is_none());
    assert!(matches!(verdict, Err(Error::Forbidden(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_that_the_engine_would_build_is_judged() {
    let context = tar(&[file("Dockerfile", "FROM a"), file("dockerfile", "FROM b"), file("Dockerfile", "FROM c")]);
    assert_eq!(through(context, true).await.2, b"FROM c");
    assert_eq!(through(tar(&[file("x", ""), file("dockerfile", "FROM b")]), true).await.2, b"FROM b");
    let (sent, verdict, _) = through(tar(&[file("x", "FROM b")]), true).await;
    assert!(sent.is_none() && matches!(verdict, Err(Error::Invalid(_))), "{verdict:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn contexts_that_mean_two_things_are_refused() {
    let link = ("Dockerfile", EntryType::Symlink, "other");
    let behind = [("d", EntryType::Symlink, "."), file("d/Dockerfile", "FROM x")];
    for context in
        [tar(&[link]), tar(&[("Dockerfile", EntryType::Link, "other")]), tar(&behind), b"not a tar".repeat(200)]
    {
        let (sent, verdict, _) = through(context, true).await;
        assert!(sent.is_none());
        assert!(matches!(verdict, Err(Error::Invalid(_))));
    }
}
