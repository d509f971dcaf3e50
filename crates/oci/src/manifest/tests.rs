use proptest::prelude::*;
use serde_json::json;

use super::*;

fn image() -> Value {
    let blob = |bytes: &[u8], media_type: &str| json!({"mediaType": media_type, "digest": Digest::of(bytes).as_str(), "size": bytes.len()});
    json!({
        "schemaVersion": 2,
        "mediaType": MediaType::OCI_MANIFEST,
        "config": blob(b"{}", MediaType::OCI_CONFIG),
        "layers": [blob(b"layer", "application/vnd.oci.image.layer.v1.tar+gzip")],
        "annotations": {"a": "1", "A": "2"},
    })
}

fn parse(value: &Value) -> Result<Manifest, ManifestError> {
    Manifest::parse(&serde_json::to_vec(value).unwrap(), None)
}

#[test]
fn an_image_lists_its_config_and_layers() {
    let manifest = parse(&image()).unwrap();
    assert_eq!(manifest.kind(), ManifestKind::OciManifest);
    assert_eq!(manifest.references().len(), 2);
    assert_eq!(manifest.required_blobs().len(), 2);
    assert_eq!(manifest.content_bytes(), 7);
    assert_eq!(manifest.artifact_type().unwrap().as_str(), MediaType::OCI_CONFIG);
}

#[test]
fn a_layer_with_addresses_need_not_be_present() {
    let mut value = image();
    value["layers"][0]["urls"] = json!(["https://example.com/layer"]);
    assert_eq!(parse(&value).unwrap().required_blobs().len(), 1);
}

#[test]
fn an_index_lists_its_children() {
    let child = json!({"mediaType": MediaType::OCI_MANIFEST, "digest": Digest::of(b"x").as_str(), "size": 1,
        "platform": {"architecture": "amd64", "os": "linux"}});
    let value = json!({"schemaVersion": 2, "manifests": [child], "annotations": null});
    let manifest = parse(&value).unwrap();
    assert_eq!(manifest.kind(), ManifestKind::OciIndex);
    assert_eq!(manifest.references()[0].role, Role::Child);
    assert!(manifest.required_blobs().is_empty());
}

#[test]
fn a_type_in_the_header_must_be_the_one_in_the_body() {
    let bytes = serde_json::to_vec(&image()).unwrap();
    let other: MediaType = MediaType::DOCKER_MANIFEST.parse().unwrap();
    assert!(matches!(Manifest::parse(&bytes, Some(&other)), Err(ManifestError::MediaTypeMismatch { .. })));
    let general: MediaType = "application/json".parse().unwrap();
    assert!(Manifest::parse(&bytes, Some(&general)).is_ok());
}

#[test]
fn ambiguous_and_malformed_manifests_are_refused() {
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut value = image();
        edit(&mut value);
        parse(&value)
    };
    assert!(with(&|v| v["manifests"] = json!([])).is_err(), "both kinds");
    assert!(with(&|v| v["Subject"] = json!({})).is_err(), "a field in other case");
    assert!(with(&|v| v["layers"][0]["Digest"] = json!("x")).is_err(), "a field twice, case apart");
    assert!(with(&|v| v["schemaVersion"] = json!(1)).is_err(), "schema 1");
    assert!(with(&|v| v["config"] = json!(null)).is_err(), "no config");
    assert!(with(&|v| v["layers"] = json!({})).is_err(), "layers of the wrong type");
    assert!(with(&|v| v["layers"][0]["size"] = json!(-1)).is_err(), "negative size");
    assert!(with(&|v| v["layers"][0]["size"] = json!(1.5)).is_err(), "broken size");
    assert!(with(&|v| v["layers"][0]["size"] = json!(u64::MAX)).is_err(), "size beyond what files have");
    assert!(with(&|v| v["layers"][0]["digest"] = json!("sha256:1")).is_err(), "short digest");
    assert!(with(&|v| v["mediaType"] = json!("text/plain")).is_err(), "unknown type");
    assert!(Manifest::parse(&vec![b' '; MAX_MANIFEST_BYTES + 1], None).is_err(), "too large");
    assert!(Manifest::parse(b"[]", None).is_err(), "a list");
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let _ = Manifest::parse(&bytes, None);
    }

    #[test]
    fn any_text_is_answered(text in "\\PC*") {
        let _ = text.parse::<crate::Reference>();
        let _ = text.parse::<Digest>();
        let _ = text.parse::<MediaType>();
    }
}
