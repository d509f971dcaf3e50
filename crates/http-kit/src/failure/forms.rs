//! The bodies of the six wire forms.

use base::{ErrorKind, RequestId};
use serde_json::{Value, json};

use super::{Dialect, Failure};

pub(super) fn body(failure: &Failure, dialect: Dialect, request: &RequestId) -> Value {
    match dialect {
        Dialect::Holdfast => json!({"error": {
            "code": failure.code,
            "message": failure.message,
            "detail": failure.detail,
            "request_id": request.to_string(),
        }}),
        Dialect::Docker => json!({"message": failure.message}),
        Dialect::Oci => listed(oci_code(failure), failure),
        Dialect::Ucp => listed(failure.code, failure),
        Dialect::Dtr => listed(dtr_code(failure), failure),
        Dialect::Kubernetes => json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": failure.message,
            "reason": kubernetes_reason(failure.kind),
            "code": failure.kind.status(),
        }),
    }
}

fn listed(code: &str, failure: &Failure) -> Value {
    let mut error = json!({"code": code, "message": failure.message});
    if let (Some(detail), Some(fields)) = (&failure.detail, error.as_object_mut()) {
        fields.insert("detail".to_owned(), detail.clone());
    }
    json!({"errors": [error]})
}

/// The codes of the OCI distribution specification 1.1; clients act on these, so classes that the
/// specification has a word for use it and our own codes pass otherwise.
fn oci_code(failure: &Failure) -> &str {
    const SPECIFIED: [&str; 14] = [
        "BLOB_UNKNOWN",
        "BLOB_UPLOAD_INVALID",
        "BLOB_UPLOAD_UNKNOWN",
        "DIGEST_INVALID",
        "MANIFEST_BLOB_UNKNOWN",
        "MANIFEST_INVALID",
        "MANIFEST_UNKNOWN",
        "NAME_INVALID",
        "NAME_UNKNOWN",
        "SIZE_INVALID",
        "UNAUTHORIZED",
        "DENIED",
        "UNSUPPORTED",
        "TOOMANYREQUESTS",
    ];
    if SPECIFIED.contains(&failure.code) {
        return failure.code;
    }
    match failure.kind {
        ErrorKind::Unauthenticated => "UNAUTHORIZED",
        ErrorKind::Forbidden => "DENIED",
        ErrorKind::MethodNotAllowed | ErrorKind::NotImplemented => "UNSUPPORTED",
        ErrorKind::TooMany => "TOOMANYREQUESTS",
        ErrorKind::Internal => "UNKNOWN",
        ErrorKind::Invalid
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::PreconditionFailed
        | ErrorKind::TooLarge
        | ErrorKind::RangeNotSatisfiable
        | ErrorKind::BadGateway
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::InsufficientStorage => failure.code,
    }
}

fn dtr_code(failure: &Failure) -> &str {
    match failure.kind {
        ErrorKind::Unauthenticated => "NOT_AUTHENTICATED",
        ErrorKind::Forbidden => "NOT_AUTHORIZED",
        ErrorKind::MethodNotAllowed => "NOT_ALLOWED",
        ErrorKind::Internal => "INTERNAL_ERROR",
        ErrorKind::Invalid
        | ErrorKind::NotFound
        | ErrorKind::Conflict
        | ErrorKind::PreconditionFailed
        | ErrorKind::TooLarge
        | ErrorKind::RangeNotSatisfiable
        | ErrorKind::TooMany
        | ErrorKind::NotImplemented
        | ErrorKind::BadGateway
        | ErrorKind::Unavailable
        | ErrorKind::Timeout
        | ErrorKind::InsufficientStorage => failure.code,
    }
}

/// The `StatusReason` values of Kubernetes' `meta/v1`.
fn kubernetes_reason(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Invalid => "BadRequest",
        ErrorKind::Unauthenticated => "Unauthorized",
        ErrorKind::Forbidden => "Forbidden",
        ErrorKind::NotFound => "NotFound",
        ErrorKind::MethodNotAllowed => "MethodNotAllowed",
        ErrorKind::Conflict | ErrorKind::PreconditionFailed => "Conflict",
        ErrorKind::TooLarge => "RequestEntityTooLarge",
        ErrorKind::TooMany => "TooManyRequests",
        ErrorKind::Timeout => "Timeout",
        ErrorKind::BadGateway | ErrorKind::Unavailable | ErrorKind::InsufficientStorage => "ServiceUnavailable",
        ErrorKind::RangeNotSatisfiable | ErrorKind::NotImplemented => "MethodNotAllowed",
        ErrorKind::Internal => "InternalError",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_dialect_has_its_form() {
        let request: RequestId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let failure = Failure::new(ErrorKind::Forbidden, "ACCESS_DENIED", "no").with_detail(json!({"a": 1}));
        let all: Vec<_> =
            [Dialect::Holdfast, Dialect::Oci, Dialect::Docker, Dialect::Kubernetes, Dialect::Ucp, Dialect::Dtr]
                .map(|dialect| format!("{dialect:?} {}", body(&failure, dialect, &request)))
                .to_vec();
        insta::assert_snapshot!(all.join("\n"), @r#"
        Holdfast {"error":{"code":"ACCESS_DENIED","message":"no","detail":{"a":1},"request_id":"01890a5d-ac96-774b-bcce-b302099a8057"}}
        Oci {"errors":[{"code":"DENIED","message":"no","detail":{"a":1}}]}
        Docker {"message":"no"}
        Kubernetes {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"no","reason":"Forbidden","code":403}
        Ucp {"errors":[{"code":"ACCESS_DENIED","message":"no","detail":{"a":1}}]}
        Dtr {"errors":[{"code":"NOT_AUTHORIZED","message":"no","detail":{"a":1}}]}
        "#);
    }

    #[test]
    fn an_internal_failure_shows_the_request_id_alone() {
        let request = RequestId::random();
        for dialect in
            [Dialect::Holdfast, Dialect::Oci, Dialect::Docker, Dialect::Kubernetes, Dialect::Ucp, Dialect::Dtr]
        {
            let failure = Failure::new(ErrorKind::Internal, "X", "secret path /x").with_detail(json!("secret"));
            let response = super::super::render(&failure, dialect, &request);
            assert_eq!(response.status(), 500);
            let body = futures_util::FutureExt::now_or_never(axum::body::to_bytes(response.into_body(), 9999));
            let text = String::from_utf8(body.unwrap().unwrap().to_vec()).unwrap();
            assert!(!text.contains("secret") && text.contains(&request.to_string()), "{text}");
        }
    }
}
