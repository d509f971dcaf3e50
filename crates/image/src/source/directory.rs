//! A folder as if it were a layer: an archive made on the fly, so that its files are read where layers are.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use catalogue::{escape, select};
use fs_err as fs;
use fs_err::os::unix::fs::OpenOptionsExt;

use super::{Image, LayerSource, Place};
use crate::config::ImageConfig;
use crate::error::Error;
use crate::tar::{BLOCK, UNREADABLE_FLAG};

/// File systems of the kernel, which hold no files of an image.
const KERNEL_FILE_SYSTEMS: &[i64] = &[0x9fa0, 0x6265_6572, 0x0027_e0eb, 0x6367_7270, 0x6462_6720, 0x7472_6163];

pub(super) fn image(path: &Path) -> Result<Image, Error> {
    let failed = |source| Error::Open { path: path.display().to_string(), source };
    let path = fs::canonicalize(path).map_err(failed)?;
    fs::read_dir(&path).map_err(failed)?;
    let layer = LayerSource { blob: None, diff_id: None, size_bytes: None, place: Place::Folder(path.clone()) };
    Ok(Image { name: path.display().to_string(), manifest: None, config: ImageConfig::default(), layers: vec![layer] })
}

pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Error> {
    Ok(Box::new(Walk { root: path.to_owned(), todo: vec![path.to_owned()], ready: VecDeque::new(), file: None }))
}

/// A file whose data is being given out.
struct Open {
    file: fs::File,
    left: u64,
    padding: usize,
}

/// The walk through the folder, as a stream of bytes.
struct Walk {
    root: PathBuf,
    /// What is to be visited, the next one last.
    todo: Vec<PathBuf>,
    /// Bytes that are ready to be given out.
    ready: VecDeque<u8>,
    file: Option<Open>,
}

impl Read for Walk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.ready.is_empty() {
                return self.ready.read(buffer);
            }
            if let Some(open) = &mut self.file {
                if open.left > 0 {
                    return open.give(buffer);
                }
                self.ready.extend(std::iter::repeat_n(0, open.padding));
                self.file = None;
                continue;
            }
            let Some(path) = self.todo.pop() else { return Ok(0) };
            self.visit(&path);
        }
    }
}

impl Open {
    /// Gives data out; a file that has become shorter meanwhile is filled up with zeros.
    fn give(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..want) else { return Ok(0) };
        let got = match self.file.read(buffer) {
            Ok(0) | Err(_) => {
                buffer.fill(0);
                want
            }
            Ok(got) => got,
        };
        self.left -= got as u64;
        Ok(got)
    }
}

impl Walk {
    fn visit(&mut self, path: &Path) {
        let name = path.strip_prefix(&self.root).unwrap_or(path).as_os_str().to_owned();
        if let Err(error) = self.entry(path, &name) {
            let reason = error.kind().to_string();
            self.header(&name, UNREADABLE_FLAG, 0, 0, reason.as_bytes());
        }
    }

    fn entry(&mut self, path: &Path, name: &OsStr) -> io::Result<()> {
        let data = fs::symlink_metadata(path)?;
        let kind = data.file_type();
        if kind.is_symlink() {
            let target = fs::read_link(path)?;
            self.header(name, b'2', 0, 0, target.as_os_str().as_bytes());
        } else if kind.is_dir() {
            if is_kernels(path) {
                return Ok(());
            }
            let mut children = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
            children.sort_unstable_by(|a, b| b.cmp(a));
            if !name.is_empty() {
                self.header(name, b'5', 0, data.mode(), b"");
            }
            self.todo.append(&mut children);
        } else if kind.is_file() {
            self.file(path, name, &data)?;
        } else {
            self.header(name, b'3', 0, 0, b"");
        }
        Ok(())
    }

    /// Gives a file out, with its data only if somebody wants to read it.
    fn file(&mut self, path: &Path, name: &OsStr, data: &std::fs::Metadata) -> io::Result<()> {
        // What was a file a moment ago may be a link now.
        let mut options = fs::OpenOptions::new();
        let mut file = options.read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(path)?;
        let mut head = [0; 64];
        let got = file.read(&mut head)?;
        let head = head.get(..got).unwrap_or_default();
        let shown = format!("/{}", escape(name.as_bytes()));
        let is_wanted = select(&shown, data.mode(), data.size(), head).is_some() || shown.ends_with("-wal");
        let size = if is_wanted { data.size() } else { 0 };
        self.header(name, b'0', size, data.mode(), b"");
        if size > 0 {
            io::Seek::rewind(&mut file)?;
            let padding = usize::try_from(size % BLOCK as u64).map_or(0, |rest| (BLOCK - rest) % BLOCK);
            self.file = Some(Open { file, left: size, padding });
        }
        Ok(())
    }

    /// Writes a header, with GNU's long names before it where they are needed.
    fn header(&mut self, name: &OsStr, flag: u8, size: u64, mode: u32, link: &[u8]) {
        let name = name.as_bytes();
        for (flag, text) in [(b'L', name), (b'K', link)] {
            if text.len() > 100 {
                self.block(b"././@LongLink", flag, text.len() as u64 + 1, 0, b"");
                self.ready.extend(text);
                self.ready.extend(std::iter::repeat_n(0, (text.len() + 1).next_multiple_of(BLOCK) - text.len()));
            }
        }
        self.block(name, flag, size, mode, link);
    }

    fn block(&mut self, name: &[u8], flag: u8, size: u64, mode: u32, link: &[u8]) {
        let mut block = [0_u8; BLOCK];
        let mut put = |at: usize, bytes: &[u8], room: usize| {
            let bytes = bytes.get(..bytes.len().min(room)).unwrap_or_default();
            if let Some(place) = block.get_mut(at..at + bytes.len()) {
                place.copy_from_slice(bytes);
            }
        };
        put(0, name, 100);
        put(100, format!("{:07o}", mode & 0o7777).as_bytes(), 7);
        if size < 1 << 33 {
            put(124, format!("{size:011o}").as_bytes(), 11);
        } else {
            put(124, &[&[0x80, 0, 0, 0][..], &size.to_be_bytes()].concat(), 12);
        }
        put(156, &[flag], 1);
        put(157, link, 100);
        put(257, b"ustar  \0", 8);
        put(148, b"        ", 8);
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        if let Some(place) = block.get_mut(148..155) {
            place.copy_from_slice(format!("{sum:06o}\0").as_bytes());
        }
        self.ready.extend(block);
    }
}

/// Tells whether a folder is the kernel's (`/proc`, `/sys` and the like).
fn is_kernels(path: &Path) -> bool {
    rustix::fs::statfs(path).is_ok_and(|stat| KERNEL_FILE_SYSTEMS.contains(&stat.f_type))
}
