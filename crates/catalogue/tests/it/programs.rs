//! Programs, forged here: what compilers leave in them.

use std::io::Write as _;

use super::forge::pe;
use super::read;

const BASE: u64 = 0x40_0000;

/// A 64-bit little-endian ELF file whose bytes all lie at [`BASE`], with these sections.
pub(crate) fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut names = b"\0".to_vec();
    let mut body: Vec<u8> = Vec::new();
    let mut headers = vec![[0_u8; 64]];
    let start = 64 + 56;
    let mut all: Vec<(&str, Vec<u8>)> = sections.iter().map(|(name, bytes)| (*name, bytes.to_vec())).collect();
    let table: Vec<u8> = all.iter().flat_map(|(name, _)| [name.as_bytes(), b"\0"].concat()).collect();
    all.push((".shstrtab", [b"\0".as_slice(), &table, b".shstrtab\0"].concat()));
    for (name, bytes) in &all {
        body.resize(body.len().next_multiple_of(16), 0);
        let offset = (start + 8 + body.len()) as u64;
        let mut header = [0_u8; 64];
        header[0..4].copy_from_slice(&u32::try_from(names.len()).unwrap().to_le_bytes());
        header[4] = if *name == ".shstrtab" { 3 } else { 1 };
        header[16..24].copy_from_slice(&(BASE + offset).to_le_bytes());
        header[24..32].copy_from_slice(&offset.to_le_bytes());
        header[32..40].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        headers.push(header);
        names.extend([name.as_bytes(), b"\0"].concat());
        body.extend(bytes);
    }
    let table_at = start + 8 + body.len();
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(start + 8, 0);
    let total = (table_at + headers.len() * 64) as u64;
    for (at, bytes) in [
        (16, 2_u16.to_le_bytes().to_vec()),
        (18, 62_u16.to_le_bytes().to_vec()),
        (20, 1_u32.to_le_bytes().to_vec()),
        (32, 64_u64.to_le_bytes().to_vec()),
        (40, (table_at as u64).to_le_bytes().to_vec()),
        (
            52,
            [64_u16, 56, 1, 64, u16::try_from(headers.len()).unwrap(), u16::try_from(headers.len() - 1).unwrap()]
                .iter()
                .flat_map(|each| each.to_le_bytes())
                .collect(),
        ),
        (64, [1_u32.to_le_bytes(), 6_u32.to_le_bytes()].concat()),
        (72, [0, BASE, BASE, total, total, 0x1000].iter().flat_map(|each: &u64| each.to_le_bytes()).collect()),
    ] {
        file[at..at + bytes.len()].copy_from_slice(&bytes);
    }
    file.extend(body);
    file.extend(headers.concat());
    file
}

fn found(bytes: &[u8]) -> Vec<String> {
    let findings = read("/usr/bin/program", bytes);
    findings.packages.iter().map(|package| format!("{} {}", package.name, package.version)).collect()
}

/// Go's module text between its sentinels.
pub(crate) fn module_text(lines: &str) -> Vec<u8> {
    [[0x30; 16].as_slice(), lines.as_bytes(), &[0xf9; 16]].concat()
}

fn varint(mut number: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap());
    out
}

/// The form since Go 1.18: both texts follow the header.
pub(crate) fn inline_info(version: &str, lines: &str) -> Vec<u8> {
    let text = module_text(lines);
    let mut out = b"\xff Go buildinf:\x08\x02".to_vec();
    out.resize(32, 0);
    for part in [version.as_bytes(), &text] {
        out.extend(varint(part.len()));
        out.extend(part);
    }
    out
}

/// The form before: pointers to strings, each of which is a pointer and a length.
fn pointer_info(version: &str, lines: &str) -> Vec<u8> {
    let text = module_text(lines);
    // The section is the first of the file, at a place that the forge fixes.
    let at = BASE + 64 + 56 + 8;
    let mut out = b"\xff Go buildinf:\x08\x00".to_vec();
    let strings = at + 64;
    for pointer in [at + 32, at + 48, strings, version.len() as u64, strings + version.len() as u64, text.len() as u64]
    {
        out.extend(pointer.to_le_bytes());
    }
    [out, version.as_bytes().to_vec(), text].concat()
}

const MODULES: &str = "path\texample.com/app/cmd/app\nmod\texample.com/app\t(devel)\t\ndep\ta.com/x\tv1.0.0\th1:a=\ndep\tb.com/y\tv2.0.0\n=>\td.com/y\tv2.0.1\th1:b=\ndep\tc.com/z\tv0.1.0\n=>\t./z\t\t\nbuild\t-ldflags=\"-s -w -X main.goVersion=1.9.9 -X 'example.com/app/version.Version=1.4.2'\"\nbuild\tvcs.revision=0123456789abcdef\n";

#[test]
fn both_forms_of_go_build_information_are_read() {
    let expected = ["a.com/x v1.0.0", "c.com/z v0.1.0", "d.com/y v2.0.1", "example.com/app v1.4.2", "stdlib 1.21.3"];
    assert_eq!(found(&elf(&[(".go.buildinfo", &inline_info("go1.21.3", MODULES))])), expected);
    assert_eq!(found(&elf(&[(".go.buildinfo", &pointer_info("go1.21.3", MODULES))])), expected);
    // Without sections, and in a file whose headers are damaged, the mark is still found.
    assert_eq!(found(&elf(&[(".data", &inline_info("go1.21.3", MODULES))])), expected);
    let damaged = [b"\x7fELF\xff\xff\xff\xff".repeat(16), inline_info("go1.21.3", MODULES)].concat();
    assert_eq!(found(&damaged), expected);
}

#[test]
fn the_version_of_a_go_program_comes_from_the_best_source() {
    let program = |lines: &str, more: &[u8]| {
        let all =
            found(&elf(&[(".go.buildinfo", &inline_info("go1.22rc1 X:nocoverageredesign", lines)), (".data", more)]));
        all.join(", ")
    };
    let vcs = "mod\tm.com/a\t(devel)\nbuild\tvcs.revision=0123456789abcdef\nbuild\tvcs.time=2024-01-02T03:04:05Z\n";
    assert_eq!(program(vcs, b""), "m.com/a v0.0.0-20240102030405-0123456789ab, stdlib 1.22.0-rc.1");
    assert_eq!(program(vcs, b"x\x001.2.3+ds1\x00y"), "m.com/a v1.2.3+ds1, stdlib 1.22.0-rc.1");
    assert!(program(vcs, b"\x001.2.3+a\x00\x001.2.3+a-1\x00").starts_with("m.com/a v1.2.3+a,"));
    assert!(program(vcs, b"\x001.2.3\x00\x002.0.0\x00").starts_with("m.com/a v0.0.0-"));
    assert_eq!(
        program("path\tgithub.com/cli/cli/v2/cmd/gh\n", b"\x002.23.0\x00"),
        "github.com/cli/cli/v2 v2.23.0, github.com/cli/cli/v2/cmd/gh v2.23.0, stdlib 1.22.0-rc.1"
    );
}

#[test]
fn crates_are_found_in_the_auditable_section_or_in_panic_paths() {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(br#"{"packages":[{"name":"a","version":"1.0.0","source":"crates.io"},{"name":"cc","version":"1.0.1","kind":"build"},{"name":"app","version":"0.1.0","root":true}]}"#)
        .unwrap();
    assert_eq!(found(&elf(&[(".dep-v0", &packed.finish().unwrap())])), ["a 1.0.0", "app 0.1.0"]);
    let traces = b"/root/.cargo/registry/src/index.example-6f17d22bba15001f/serde_json-1.0.96/src/de.rsoops\
                   C:\\cargo\\registry\\src\\github.com-1ecc6299db9ec823\\base64-url-2.0.0-rc.1\\src\\lib.rs\
                   /usr/share/cargo/registry/regex-1.7.1/src/x.rs/registry/src/index/no-version/src";
    assert_eq!(found(&elf(&[(".rodata", traces)])), ["base64-url 2.0.0-rc.1", "regex 1.7.1", "serde_json 1.0.96"]);
}

#[test]
fn a_packed_program_says_that_it_hides_something() {
    let findings = read("/usr/bin/x", &elf(&[("x", b"....UPX!....")]));
    assert!(findings.faults.iter().any(|fault| fault.to_string().contains("UPX")));
}

#[test]
fn a_windows_program_is_named_by_its_version_resource() {
    let third =
        pe([1, 2, 3, 4], &[("CompanyName", "Acme"), ("ProductName", "Acme  Tool"), ("ProductVersion", "1, 2, 3 beta")]);
    let findings = read("/app/tool.dll", &third);
    let package = &findings.packages[0];
    assert_eq!((package.name.as_str(), package.version.as_str()), ("Acme Tool", "1.2.3"));
    assert_eq!(package.vendor.as_deref(), Some("Acme"));
    let fixed = pe([1, 2, 3, 4], &[("ProductName", "X")]);
    assert_eq!(found(&fixed), ["X 1.2.3.4"]);
}

/// A PE file with CLR metadata that names an assembly of two types and one method.
fn assembly(name: &str, version: [u16; 4]) -> Vec<u8> {
    let mut tables: Vec<u8> = vec![0, 0, 0, 0, 2, 0, 0, 1];
    tables.extend((1_u64 | 1 << 2 | 1 << 6 | 1 << 0x20).to_le_bytes());
    tables.extend(0_u64.to_le_bytes());
    for rows in [1_u32, 2, 1, 1] {
        tables.extend(rows.to_le_bytes());
    }
    // Module 10, TypeDef 14 each, MethodDef 14 bytes; then the assembly.
    tables.extend(vec![0; 10 + 2 * 14 + 14]);
    tables.extend(0_u32.to_le_bytes());
    tables.extend(version.iter().flat_map(|part| part.to_le_bytes()));
    tables.extend([0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    let strings = [b"\0".as_slice(), name.as_bytes(), b"\0"].concat();
    let mut metadata = b"BSJB\x01\0\x01\0\0\0\0\0\x0c\0\0\0v4.0.30319\0\0\0\0\x02\0".to_vec();
    let first = metadata.len() + 8 + 4 + 8 + 12;
    for (stream, offset, size) in
        [("#~\0\0", first, tables.len()), ("#Strings\0\0\0\0", first + tables.len(), strings.len())]
    {
        metadata.extend(u32::try_from(offset).unwrap().to_le_bytes());
        metadata.extend(u32::try_from(size).unwrap().to_le_bytes());
        metadata.extend(stream.as_bytes());
    }
    metadata.extend(tables);
    metadata.extend(strings);
    let mut file = pe([0, 0, 0, 0], &[]);
    let place = u32::try_from(file.len() - 0x400).unwrap() + 0x1000;
    let mut header = vec![0_u8; 72];
    header[8..12].copy_from_slice(&(place + 72).to_le_bytes());
    header[12..16].copy_from_slice(&u32::try_from(metadata.len()).unwrap().to_le_bytes());
    file.extend(header);
    file.extend(metadata);
    let size = u32::try_from(file.len() - 0x400).unwrap();
    let mut put = |at: usize, number: u32| file[at..at + 4].copy_from_slice(&number.to_le_bytes());
    // Sixteen data directories, of which the fifteenth is the CLR's; one section that holds all.
    put(0x98 + 108, 16);
    put(0x98 + 112 + 14 * 8, place);
    put(0x98 + 112 + 14 * 8 + 4, 72);
    put(0x98 + 240 + 8, size);
    put(0x98 + 240 + 16, size);
    file
}

#[test]
fn an_assembly_is_named_by_its_metadata() {
    let findings = read("/app/Newtonsoft.Json.dll", &assembly("Newtonsoft.Json", [13, 0, 0, 0]));
    let package = &findings.packages[0];
    assert_eq!((package.name.as_str(), package.version.as_str()), ("Newtonsoft.Json", "13.0.0.0"));
    assert_eq!(package.kind, vuln::PackageType::Nuget);
    assert!(read("/app/de/App.resources.dll", &assembly("App.resources", [1, 0, 0, 0])).packages.is_empty());
}
