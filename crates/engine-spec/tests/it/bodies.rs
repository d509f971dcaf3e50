//! The strict reading of bodies.

use crate::engine_spec::{BodyError, BodyKind, MAX_BODY_BYTES, Schema, canonical};
use crate::json;

fn read(text: &str, schema: Schema) -> crate::engine_spec::Canonical {
    canonical(text.as_bytes(), schema).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn names_are_folded_as_go_folds_them() {
    let clean = json(r#"{"HostConfig":{"Privileged":true,"Binds":["/:/h"],"MaskedPaths":[]},"Image":"x"}"#);
    for spelling in [
        r#"{"hostconfig":{"privileged":true,"binds":["/:/h"],"maskedpaths":[]},"image":"x"}"#,
        r#"{"HOSTCONFIG":{"PRIVILEGED":true,"BINDS":["/:/h"],"MASKEDPATHS":[]},"IMAGE":"x"}"#,
        "{\"Ho\u{17f}tConfig\":{\"Privileged\":true,\"Bind\u{17f}\":[\"/:/h\"],\"Ma\u{17f}\u{212a}edPath\u{17f}\":[]},\"Image\":\"x\"}",
        r#"{"Ho\u017ftConfig":{"Privileged":true,"Bind\u017f":["/:/h"],"Mas\u212aedPaths":[]},"Image":"x"}"#,
    ] {
        let read = read(spelling, Schema::ContainerCreate);
        assert_eq!(read.value, clean, "{spelling}");
        assert!(read.unknown.is_empty());
    }
}

#[test]
fn a_field_is_given_once_in_whatever_spelling() {
    for (text, field) in [
        (r#"{"HostConfig":{},"HostConfig":{}}"#, "HostConfig"),
        (r#"{"HostConfig":{},"hostconfig":{}}"#, "HostConfig"),
        (r#"{"HostConfig":{"Privileged":false,"privileged":true}}"#, "HostConfig.Privileged"),
        ("{\"HostConfig\":{\"Binds\":[],\"Bind\u{17f}\":[]}}", "HostConfig.Binds"),
        (r#"{"Labels":{"a":"1","a":"2"}}"#, "Labels.a"),
        (r#"{"Strange":1,"strange":2}"#, "strange"),
        (r#"{"HostConfig":{"Mounts":[{"Type":"bind","type":"volume"}]}}"#, "HostConfig.Mounts.0.Type"),
        (r#"{"Image":null,"image":"x"}"#, "Image"),
    ] {
        match canonical(text.as_bytes(), Schema::ContainerCreate) {
            Err(BodyError::Duplicate { field: found }) => assert_eq!(found, field, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn keys_of_maps_are_the_clients_own() {
    let text = r#"{"Labels":{"A":"1","a":"2"},"HostConfig":{"Sysctls":{"net.X":"1","net.x":"2"}},"Volumes":{"/A":{},"/a":{}}}"#;
    assert_eq!(read(text, Schema::ContainerCreate).value, json(text));
    let text = r#"{"NetworkingConfig":{"EndpointsConfig":{"Net":{"networkid":"x"}}}}"#;
    let clean = json(r#"{"NetworkingConfig":{"EndpointsConfig":{"Net":{"NetworkID":"x"}}}}"#);
    assert_eq!(read(text, Schema::ContainerCreate).value, clean);
}

#[test]
fn null_empty_and_absent_stay_apart() {
    for text in
        [r#"{"HostConfig":{"MaskedPaths":null}}"#, r#"{"HostConfig":{"MaskedPaths":[]}}"#, r#"{"HostConfig":{}}"#]
    {
        assert_eq!(read(text, Schema::ContainerCreate).value, json(text));
    }
}

#[test]
fn bare_texts_become_lists() {
    let text = r#"{"Cmd":"ls","Entrypoint":"sh","HostConfig":{"CapAdd":"all","CapDrop":null}}"#;
    let clean = json(r#"{"Cmd":["ls"],"Entrypoint":["sh"],"HostConfig":{"CapAdd":["all"],"CapDrop":null}}"#);
    let read = read(text, Schema::ContainerCreate);
    assert_eq!(read.value, clean);
    assert_eq!(read.gated.len(), 1, "the bare text counts as a capability");
}

#[test]
fn anything_but_one_document_is_refused() {
    for text in [
        "{}{}",
        "{} x",
        "{",
        "{\"Image\":}",
        "\u{feff}{}",
        "{'Image':'x'}",
        "{\"Image\":\"x\",}",
        "nul",
        "{\"Image\":\"\\ud800\"}",
        "{\"Image\":\"a\tb\"}",
        "{\"StopTimeout\":01}",
        "{\"StopTimeout\":1e999}",
    ] {
        let error = canonical(text.as_bytes(), Schema::ContainerCreate).expect_err(text);
        assert!(matches!(error, BodyError::Syntax(_)), "{text}: {error:?}");
    }
    for empty in ["", " ", "\n\t"] {
        assert!(matches!(canonical(empty.as_bytes(), Schema::ContainerCreate), Err(BodyError::Empty)));
    }
    assert!(canonical(b"{\"Image\":\"\xff\"}", Schema::ContainerCreate).is_err());
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    assert!(matches!(canonical(&large, Schema::ContainerCreate), Err(BodyError::TooLarge)));
}

#[test]
fn nesting_is_bounded() {
    let deep = |levels: usize| format!("{{\"x\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    assert!(canonical(deep(40).as_bytes(), Schema::ContainerCreate).is_ok());
    assert!(matches!(canonical(deep(64).as_bytes(), Schema::ContainerCreate), Err(BodyError::TooDeep)));
    assert!(canonical(deep(100_000).as_bytes(), Schema::Anything).is_err());
}

#[test]
fn mistyped_fields_are_named() {
    for (text, field) in [
        (r#"{"HostConfig":{"Privileged":"true"}}"#, "HostConfig.Privileged"),
        (r#"{"HostConfig":{"Binds":"/:/h"}}"#, "HostConfig.Binds"),
        (r#"{"HostConfig":[]}"#, "HostConfig"),
        (r#"{"HostConfig":{"Memory":1.5}}"#, "HostConfig.Memory"),
        (r#"{"HostConfig":{"Memory":99999999999999999999}}"#, "HostConfig.Memory"),
        (r#"{"Env":{"A":"b"}}"#, "Env"),
        (r#"{"Env":[1]}"#, "Env.0"),
        ("[]", "(the body)"),
        ("\"x\"", "(the body)"),
    ] {
        match canonical(text.as_bytes(), Schema::ContainerCreate) {
            Err(BodyError::Mistyped { field: found, .. }) => assert_eq!(found, field, "{text}"),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn unknown_fields_are_listed_by_path() {
    let read = read(
        r#"{"New":1,"Gone":null,"HostConfig":{"Odd":{"a":1}},"NetworkingConfig":{"EndpointsConfig":{"n":{"X":true}}}}"#,
        Schema::ContainerCreate,
    );
    assert_eq!(read.unknown, ["New", "HostConfig.Odd", "NetworkingConfig.EndpointsConfig.n.X"]);
    assert!(read.value.get("Gone").is_none(), "a null that nobody knows is as absent");
    assert_eq!(read.value.pointer("/HostConfig/Odd/a"), Some(&json("1")), "what an administrator sends stays");
}

#[test]
fn forms_are_refused_and_json_is_asked() {
    let json = BodyKind::Json(Schema::ContainerCreate);
    assert!(json.content_type(Some("application/json; charset=utf-8"), true).is_ok());
    assert!(json.content_type(None, true).is_err());
    assert!(json.content_type(Some("text/plain"), true).is_err());
    for kind in [json, BodyKind::None, BodyKind::Stream] {
        assert!(kind.content_type(Some("application/x-www-form-urlencoded"), false).is_err());
        assert!(kind.content_type(Some("Multipart/Form-Data; boundary=x"), true).is_err());
    }
    assert!(BodyKind::Stream.content_type(Some("application/x-tar"), true).is_ok());
    assert!(BodyKind::None.content_type(Some("text/plain"), false).is_ok());
}
