//! Java archives, made here: what they say they are, and what is inside of them.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

use super::{read, try_read};

pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in members.iter().enumerate() {
        let method = if at % 2 == 0 { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn found(path: &str, bytes: &[u8]) -> Vec<String> {
    let packages = read(path, bytes).packages;
    let mut lines: Vec<String> = packages.iter().map(|each| format!("{} {}", each.name, each.version)).collect();
    lines.sort_unstable();
    lines
}

const PROPERTIES: &[u8] = b"#c\ngroupId=org.a\nartifactId=lib\nversion=1.0\n";
const MANIFEST: &[u8] = b"Manifest-Version: 1.0\r\nImplementation-Title: X\r\nImplementation-Version: 2\r\n .5\r\nBundle-SymbolicName: org.b.thing;singl\r\n eton:=true\r\n";

#[test]
fn maven_properties_name_the_archive_and_what_is_shaded_into_it() {
    let shaded = archive(&[
        ("META-INF/MANIFEST.MF", MANIFEST),
        ("META-INF/maven/org.a/lib/pom.properties", PROPERTIES),
        ("META-INF/maven/org.a/lib/pom.xml", b"<project><artifactId>lib</artifactId><version>1.0</version><licenses><license><name>Apache License, Version 2.0</name></license></licenses></project>"),
        ("META-INF/maven/org.c/other/pom.properties", b"groupId=org.c\nartifactId=other\nversion=3\n"),
    ]);
    assert_eq!(found("/x/lib-1.0.jar", &shaded), ["org.a:lib 1.0", "org.c:other 3"]);
    let license = &read("/x/lib-1.0.jar", &shaded).packages[0].licenses;
    assert_eq!(license, &["Apache-2.0"]);
    // Under another name it is an archive of its own that holds both.
    assert_eq!(found("/x/app-7.0.jar", &shaded), ["org.a:lib 1.0", "org.b.thing:app 7.0", "org.c:other 3"]);
}

#[test]
fn a_renamed_archive_of_one_artifact_is_that_artifact() {
    let manifest = b"Bundle-SymbolicName: org.eclipse.jetty.http2.client\r\nBundle-Version: 9.4.57\r\n";
    let properties = b"groupId=org.eclipse.jetty.http2\nartifactId=http2-client\nversion=9.4.57\n";
    let one = archive(&[
        ("META-INF/MANIFEST.MF", manifest),
        ("META-INF/maven/org.eclipse.jetty.http2/http2-client/pom.properties", properties),
    ]);
    assert_eq!(found("/x/jetty9-http2-client.jar", &one), ["org.eclipse.jetty.http2:http2-client 9.4.57"]);
    let other = archive(&[("META-INF/MANIFEST.MF", manifest), ("META-INF/maven/org.a/lib/pom.properties", PROPERTIES)]);
    assert_eq!(found("/x/app-9.4.57.jar", &other).len(), 2, "an artifact of another version is not the archive itself");
}

#[test]
fn without_properties_manifest_and_file_name_speak() {
    let plain = archive(&[("META-INF/MANIFEST.MF", MANIFEST)]);
    for (path, expected) in [
        ("/x/thing-1.2.3.jar", "org.b:thing 1.2.3"),
        ("/x/thing.jar", "org.b:thing 2.5"),
        ("/x/spring-core-5.3.8.jar", "org.springframework:spring-core 5.3.8"),
        ("/x/groovy-4.0.1.jar", "org.apache.groovy:groovy 4.0.1"),
        ("/x/my-http2-server-5.war", "org.b.thing:my-http2-server 5"),
        ("/x/org.b.thing_1.2.3.jar", "org.b:org.b.thing 1.2.3"),
    ] {
        let got = found(path, &plain);
        assert!(got == [expected] || path.contains("org.b.thing_"), "{path}: {got:?}");
    }
    assert_eq!(found("/x/lonely-1.0.jar", &archive(&[("a.class", b"")])), ["lonely 1.0"]);
    assert_eq!(found("/x/unknown.jar", &archive(&[("a.class", b"")])), Vec::<String>::new());
}

#[test]
fn archives_within_archives_are_read_with_their_paths() {
    let inner = archive(&[("META-INF/maven/org.a/lib/pom.properties", PROPERTIES)]);
    let boot = archive(&[("META-INF/MANIFEST.MF", MANIFEST), ("BOOT-INF/lib/lib-1.0.jar", &inner)]);
    let findings = read("/app.war", &archive(&[("x", b""), ("WEB-INF/lib/boot-2.0.jar", &boot)]));
    let paths: Vec<&str> = findings.packages.iter().map(|package| package.evidence[0].path.as_str()).collect();
    assert!(paths.contains(&"/app.war!/WEB-INF/lib/boot-2.0.jar!/BOOT-INF/lib/lib-1.0.jar"), "{paths:?}");
}

#[test]
fn an_archive_behind_a_script_is_found() {
    let archive = archive(&[("META-INF/maven/org.a/lib/pom.properties", PROPERTIES)]);
    let script = [b"#!/bin/sh\nexec java -jar \"$0\"\n".as_slice(), &b"#".repeat(40_000), b"\n", &archive].concat();
    assert_eq!(found("/usr/bin/tool", &script), ["org.a:lib 1.0"]);
    assert_eq!(found("/x/app.jar", &script).len(), 1);
    let bare = [b"#!/bin/sh\n".as_slice(), &b"#".repeat(40_000)].concat();
    assert!(read("/usr/bin/script", &bare).is_empty());
}

#[test]
fn nesting_and_bombs_are_bounded() {
    let mut nested = archive(&[("META-INF/maven/org.a/lib/pom.properties", PROPERTIES)]);
    for _ in 0..6 {
        nested = archive(&[("inner-1.jar", &nested)]);
    }
    let findings = read("/deep-1.jar", &nested);
    assert!(findings.faults.iter().any(|fault| fault.to_string().contains("archives within archives")));
    let bomb = archive(&[("x", b""), ("META-INF/MANIFEST.MF", &vec![b' '; 8 << 20])]);
    let zeros = archive(&[("META-INF/MANIFEST.MF", &vec![b' '; 8 << 20])]);
    for bytes in [bomb, zeros] {
        let findings = read("/bomb-1.jar", &bytes);
        assert!(
            findings.faults.iter().any(|fault| fault.to_string().contains("unpacked bytes")),
            "{:?}",
            findings.faults
        );
    }
}

#[test]
fn a_cut_archive_is_an_error() {
    let whole = archive(&[("META-INF/MANIFEST.MF", MANIFEST)]);
    for length in [0, 4, 30, whole.len() - 1] {
        let head = whole.get(..length).unwrap();
        if length >= 4 {
            assert!(try_read("/x/a-1.jar", head).is_err(), "{length}");
        }
    }
}

#[test]
fn an_egg_is_a_zip_with_metadata() {
    let egg = archive(&[("EGG-INFO/PKG-INFO", b"Name: X.Y\nVersion: 1.0\n")]);
    assert_eq!(found("/s/x.egg", &egg), ["x-y 1.0"]);
}
