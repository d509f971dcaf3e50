//! Images: familiar names, default tags, digests.

use oci::Reference;
use serde_json::{Value, json};

use super::Options;
use crate::Diagnostic;

/// What a registry says of an image.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResolvedImage {
    /// The digest of its manifest or index, `sha256:…`.
    pub digest: String,
    /// Its platforms: operating system and architecture.
    pub platforms: Vec<(String, String)>,
}

/// Returns the familiar form (`nginx`, not `docker.io/library/nginx`) with a tag; what is no reference, an image id say, stays as it is.
pub(super) fn with_tag(image: &str) -> String {
    let Ok(reference) = image.parse::<Reference>() else { return image.to_owned() };
    let name = reference.familiar_name();
    match (reference.tag(), reference.digest()) {
        (Some(tag), Some(digest)) => format!("{name}:{tag}@{digest}"),
        (None, Some(digest)) => format!("{name}@{digest}"),
        (Some(tag), None) => format!("{name}:{tag}"),
        (None, None) => format!("{name}:latest"),
    }
}

/// Puts the tag, and where `resolve` says so the digest and the platforms, into a service's specification.
pub(super) fn pin(
    service: &str,
    spec: &mut Value,
    resolve: bool,
    options: &Options<'_>,
    warnings: &mut Vec<Diagnostic>,
) {
    let image = spec.pointer("/TaskTemplate/ContainerSpec/Image").and_then(Value::as_str).unwrap_or_default();
    let mut image = with_tag(image);
    if resolve && !image.is_empty() {
        match (options.resolver)(&image) {
            Some(resolved) => {
                if image.parse::<Reference>().is_ok_and(|reference| reference.digest().is_none()) {
                    image = format!("{image}@{}", resolved.digest);
                }
                let platforms: Vec<Value> = resolved.platforms.iter().map(|(os, architecture)| platform(os, architecture)).collect();
                spec["TaskTemplate"]["Placement"]["Platforms"] = json!(platforms);
            }
            None => warnings.push(Diagnostic::warning(
                "IMAGE_UNRESOLVED",
                format!("service {service}: image {image} could not be accessed on a registry to record its digest; each node will use what it finds"),
            )),
        }
    }
    spec["TaskTemplate"]["ContainerSpec"]["Image"] = Value::from(image);
}

/// Nodes say their 32-bit ARM architecture in too many ways for a comparison, so clients leave it out.
fn platform(os: &str, architecture: &str) -> Value {
    if architecture.eq_ignore_ascii_case("arm") {
        json!({ "OS": os })
    } else {
        json!({ "Architecture": architecture, "OS": os })
    }
}
