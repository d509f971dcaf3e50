//! Finding and reading build information (`debug/buildinfo` of Go's standard library tells both of its forms).

use crate::apps::executable::Executable;

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The header: magic, pointer size, flags, and two pointers (or nothing) up to here.
const HEADER: usize = 32;
const FLAG_BIG_ENDIAN: u8 = 1;
const FLAG_INLINE: u8 = 2;
/// The text of one program's modules; Kubernetes has 60 KB.
const MAX_TEXT: usize = 16 << 20;
/// Marks before and after the module text, 16 bytes each.
const SENTINEL: usize = 16;
/// Places at which the magic is tried: programs that themselves read build information carry it as data.
const MAX_TRIES: usize = 16;

/// A module with its version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Module {
    pub(crate) path: String,
    pub(crate) version: String,
    pub(crate) replaced_by: Option<Box<Module>>,
}

/// What the linker wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct BuildInfo {
    pub(crate) go_version: String,
    /// The import path of the main package.
    pub(crate) path: String,
    pub(crate) main: Option<Module>,
    pub(crate) modules: Vec<Module>,
    /// `build` lines: flags, environment and version control.
    pub(crate) settings: Vec<(String, String)>,
}

impl BuildInfo {
    /// The value of a build setting, empty if there is none.
    pub(crate) fn setting(&self, key: &str) -> &str {
        self.settings.iter().find(|(each, _)| each == key).map_or("", |(_, value)| value)
    }
}

/// Finds the build information of a program.
pub(crate) fn find(program: &Executable<'_>) -> Option<BuildInfo> {
    if let Some(section) = program.section(&[".go.buildinfo", "__go_buildinfo"])
        && let Some(info) = scan(program, section)
    {
        return Some(info);
    }
    // PE programs and stripped ones keep it somewhere in their data.
    scan(program, program.bytes)
}

fn scan(program: &Executable<'_>, data: &[u8]) -> Option<BuildInfo> {
    memchr::memmem::find_iter(data, MAGIC).take(MAX_TRIES).find_map(|at| decode(program, data.get(at..)?))
}

fn decode(program: &Executable<'_>, data: &[u8]) -> Option<BuildInfo> {
    let (pointer_bytes, flags) = (*data.get(14)?, *data.get(15)?);
    let (version, text) = if flags & FLAG_INLINE != 0 {
        let (version, rest) = inline_string(data.get(HEADER..)?)?;
        (version, inline_string(rest).map_or(&[][..], |(text, _)| text))
    } else {
        let big_endian = flags & FLAG_BIG_ENDIAN != 0;
        let size = usize::from(pointer_bytes);
        let read = |at: usize| number(data.get(at..at + size)?, big_endian);
        if size != 4 && size != 8 {
            return None;
        }
        let version = pointed_string(program, read(16)?, size, big_endian)?;
        let text = pointed_string(program, read(16 + size)?, size, big_endian).unwrap_or_default();
        (version, text)
    };
    let go_version = std::str::from_utf8(version).ok()?.trim().to_owned();
    if !(go_version.starts_with("go") || go_version.starts_with("devel")) {
        return None;
    }
    let mut info = BuildInfo { go_version, ..BuildInfo::default() };
    if let Some(text) = module_text(text) {
        parse(&text, &mut info);
    }
    Some(info)
}

/// A length as a varint, then that many bytes.
fn inline_string(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut length, mut at) = (0_usize, 0);
    loop {
        let byte = *data.get(at)?;
        length |= usize::from(byte & 0x7f).checked_shl(u32::try_from(at * 7).ok()?)?;
        at += 1;
        if byte & 0x80 == 0 {
            break;
        }
        if at > 5 {
            return None;
        }
    }
    if length > MAX_TEXT {
        return None;
    }
    Some((data.get(at..at.checked_add(length)?)?, data.get(at + length..)?))
}

/// A pointer to a pointer and a length, as Go lays a string out.
fn pointed_string<'a>(program: &Executable<'a>, address: u64, size: usize, big_endian: bool) -> Option<&'a [u8]> {
    let header = program.at(address)?;
    let data = number(header.get(..size)?, big_endian)?;
    let length = number(header.get(size..size * 2)?, big_endian)?;
    if length > MAX_TEXT as u64 { None } else { program.range(data, length) }
}

fn number(bytes: &[u8], big_endian: bool) -> Option<u64> {
    let fold = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
    let value = if big_endian { bytes.iter().fold(0, fold) } else { bytes.iter().rev().fold(0, fold) };
    (bytes.len() <= 8).then_some(value)
}

/// Cuts the sentinels off.
fn module_text(text: &[u8]) -> Option<String> {
    let inner = text.get(SENTINEL..text.len().checked_sub(SENTINEL)?)?;
    // Without both sentinels a newline stands elsewhere, and this is no module text.
    (inner.last() == Some(&b'\n')).then(|| String::from_utf8_lossy(inner).into_owned())
}

/// Reads the lines that `go version -m` prints.
pub(crate) fn parse(text: &str, info: &mut BuildInfo) {
    // `=>` belongs to the line before it.
    let mut last_is_main = false;
    for line in text.lines() {
        let mut parts = line.split('\t');
        let (key, first, second) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let module = || Module { path: first.to_owned(), version: second.to_owned(), replaced_by: None };
        match key {
            "path" => first.clone_into(&mut info.path),
            "mod" => (info.main, last_is_main) = (Some(module()), true),
            "dep" => {
                info.modules.push(module());
                last_is_main = false;
            }
            "=>" => {
                let target = if last_is_main { info.main.as_mut() } else { info.modules.last_mut() };
                if let Some(target) = target {
                    target.replaced_by = Some(Box::new(module()));
                }
            }
            "build" => {
                let setting = line.split_once('\t').map_or("", |(_, setting)| setting);
                let (key, value) = setting.split_once('=').unwrap_or((setting, ""));
                info.settings.push((key.to_owned(), unquote(value)));
            }
            _ => {}
        }
    }
}

/// Values with blanks or quotes are written as Go strings.
fn unquote(value: &str) -> String {
    match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => value.strip_prefix('`').and_then(|rest| rest.strip_suffix('`')).unwrap_or(value).to_owned(),
    }
}
