//! Dockerfiles.

use crate::engine_spec::dockerfile::{Arguments, Error, MAX_BYTES, Reading, pinned, read, read_triggers};

fn file(text: &str) -> Reading {
    read(text.as_bytes(), &Arguments::new()).unwrap()
}

fn images(text: &str) -> Vec<String> {
    file(text).images.into_iter().collect()
}

#[test]
fn every_image_is_found() {
    let text = "# syntax=docker/dockerfile:1\nFROM host:5000/base:1 AS Build\nRUN make\nFROM scratch\nCOPY --from=build /a /a\n\
                COPY --from=0 /b /b\ncopy --chown=1 --from=other/tool:2 /c /c\nCOPY --from=7 /d /d\nFROM build\n";
    assert_eq!(images(text), ["7", "host:5000/base:1", "other/tool:2"]);
    assert_eq!(file(text).syntax.as_deref(), Some("docker/dockerfile:1"));
    assert!(file(text).unresolved.is_empty() && !file(text).fetches);
}

#[test]
fn lines_are_joined_as_the_engine_joins_them() {
    assert_eq!(images("FR\\\nOM \\\n  # a comment\n\n  secret\n"), ["secret"]);
    assert_eq!(images("# escape=`\nFROM `\r\n  secret\r\n"), ["secret"]);
    assert_eq!(images("\u{feff}from --platform=linux/amd64 secret\n"), ["secret"]);
    assert_eq!(images("FROM a\nONBUILD COPY --from=secret /x /x\n"), ["a", "secret"]);
    assert!(!file("FROM a\nRUN x \\\\\nCOPY --from=b / /\n").unresolved.is_empty());
}

#[test]
fn arguments_are_replaced_or_refused() {
    let with = |text: &str, arguments: &[(&str, Option<&str>)]| {
        let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), value.map(str::to_owned))).collect();
        read(text.as_bytes(), &arguments).unwrap()
    };
    let text = "ARG TAG=1\nARG NAME=\"web\"\nFROM acme/${NAME}:$TAG\n";
    assert_eq!(with(text, &[]).images.into_iter().collect::<Vec<_>>(), ["acme/web:1"]);
    assert_eq!(with(text, &[("TAG", Some("2"))]).images.into_iter().collect::<Vec<_>>(), ["acme/web:2"]);
    assert_eq!(with(text, &[("TAG", None)]).images.into_iter().collect::<Vec<_>>(), ["acme/web:1"]);
    for unclear in [
        "FROM $UNDECLARED\n",
        "ARG A\nFROM $A\n",
        "FROM ${A:+x}\n",
        "FROM \"a\"\n",
        "FROM a\\b\n",
        "FROM ${TARGETARCH:-x}\n",
        "ARG A='x y'z\nFROM $A\n",
        "FROM a\nCOPY --from=$X / /\n",
        "FROM a\nRUN --mount=from=b ls\n",
        "FROM a\nRUN <<EOF\nx\nEOF\n",
        "ARG A=x\nARG B=\"$A\"\nFROM $B\n",
        "FROM a\nADD $X /\n",
        "FROM a\nCOPY --from=\"b\" / /\n",
    ] {
        assert!(!file(unclear).unresolved.is_empty(), "{unclear}");
    }
    assert!(file("FROM a\nRUN echo $((1<<2)) $HOME \"x\"\nENV A=$B\n").unresolved.is_empty());
}

#[test]
fn a_stage_that_is_not_whole_is_an_image_of_that_name() {
    // The engine knows a stage once it is built: before that, its name may be the beginning of an image's id.
    assert_eq!(images("FROM a AS abc123\nCOPY --from=abc123 / /\n"), ["a", "abc123"]);
    assert_eq!(images("FROM a AS x\nFROM b AS y\nCOPY --from=X / /\nCOPY --from=y / /\n"), ["a", "b", "y"]);
    assert_eq!(images("FROM a AS x\nFROM x\n"), ["a"]);
}

#[test]
fn what_splitters_read_differently_is_not_resolved() {
    for unclear in [
        "FROM a\nCOPY \u{a0}--from=secret / /\n",
        "FROM a\nCOPY --chown=0:0\u{2003}--from=secret / /\n",
        "FROM a\nCOPY --chown=0\u{85}--from=secret / /\n",
        "# foo=bar\n# escape=`\nFROM a\nRUN x \\\nCOPY --from=secret / /\n",
        "FROM a\nRUN ${x}<<'EOF\\'\nEOF\\\nCOPY --from=secret / /\n",
    ] {
        assert!(!file(unclear).unresolved.is_empty(), "{unclear:?}");
    }
    assert!(file("FROM a\nRUN echo '\u{a0}' <<< x\n").unresolved.is_empty());
}

#[test]
fn fetches_are_seen() {
    assert!(file("FROM a\nADD https://x/y /\n").fetches);
    assert!(file("FROM a\nADD [\"http://x/y\", \"/\"]\n").fetches);
    assert!(!file("FROM a\nADD x.tar /\n").fetches);
}

#[test]
fn hostile_files_are_bounded() {
    assert_eq!(read(&vec![b'x'; MAX_BYTES + 1], &Arguments::new()), Err(Error::TooLarge));
    assert_eq!(read(b"\xff", &Arguments::new()), Err(Error::NotUtf8));
    assert!(read("RUN x\n".repeat(20_000).as_bytes(), &Arguments::new()).is_err());
    assert!(read("ONBUILD ".repeat(100_000).as_bytes(), &Arguments::new()).is_err());
    assert!(read(b"FROM a b\n", &Arguments::new()).is_err());
    assert!(read("\\\n".repeat(100_000).as_bytes(), &Arguments::new()).unwrap().images.is_empty());
}

#[test]
fn triggers_of_a_base_are_read() {
    let reading = read_triggers(["COPY --from=secret /x /x", "RUN make"]).unwrap();
    assert_eq!(reading.images.into_iter().collect::<Vec<_>>(), ["secret"]);
}

/// Pins every image of a file to `sha256:` and its name.
fn pin(text: &str) -> String {
    let reading = file(text);
    let ids = reading.images.iter().map(|image| (image.clone(), format!("sha256:{image}"))).collect();
    String::from_utf8(pinned(text.as_bytes(), &reading, &ids).unwrap()).unwrap()
}

#[test]
fn images_are_pinned_where_they_stand_and_nothing_else_changes() {
    let text = "# escape=`\n# a comment\nARG TAG=1\nFROM --platform=linux/amd64 `\n  # between\n\n  base:$TAG as Build\nRUN a `\n  b\n\
                COPY --chown=1 --from=tool `\n --chmod=2 /c  /d\nFROM build\nCOPY --from=build /a /a\nONBUILD COPY --from=tool / /\n\
                FROM scratch\nCOPY --from=tool [\"a b\", \"c\"]";
    let expected = "# escape=`\n# a comment\nARG TAG=1\nFROM --platform=linux/amd64 sha256:base:1 AS Build\nRUN a `\n  b\n\
                    COPY --chown=1 --from=sha256:tool --chmod=2 /c  /d\nFROM build\nCOPY --from=build /a /a\n\
                    ONBUILD COPY --from=tool / /\nFROM scratch\nCOPY --from=sha256:tool [\"a b\", \"c\"]";
    assert_eq!(pin(text), expected);
    for unchanged in ["FROM scratch\r\nCOPY . /\r\n", "FROM scratch\nRUN echo 'FROM x'\n"] {
        assert_eq!(pin(unchanged), unchanged);
    }
}

#[test]
fn a_pinned_file_reads_as_the_decision_was() {
    for text in ["FROM a\n", "\u{feff}FR\\\nOM a AS x\nCOPY --from=b / /\n", "from a\r\nADD --from=b x /\r\n"] {
        let images: Vec<String> = images(text).into_iter().map(|image| format!("sha256:{image}")).collect();
        assert_eq!(self::images(&pin(text)), images);
    }
}

#[test]
fn an_image_without_an_id_is_not_left_as_it_was() {
    let reading = file("FROM a\nCOPY --from=b / /\n");
    let ids = std::collections::BTreeMap::new();
    let refused = pinned(b"FROM a\nCOPY --from=b / /\n", &reading, &ids);
    assert_eq!(refused, Err(Error::Unpinned { line: 1, image: "a".into() }));
    assert!(pinned(b"", &reading, &[("a".into(), "i".into()), ("b".into(), "i".into())].into()).is_err());
}

#[test]
fn a_source_given_twice_is_not_resolved() {
    assert!(!file("FROM a\nCOPY --from=b --from=c / /\n").unresolved.is_empty());
}
