//! The error body of `/api/v1`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The body of every refusal and failure under `/api/v1`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What happened.
    pub error: ErrorView,
}

/// One failure: a stable code for programs, a message for people, the request id for whoever is asked for help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorView {
    /// The stable code, such as `NAME_UNKNOWN`.
    #[schema(example = "NAME_UNKNOWN")]
    pub code: String,
    /// What happened, to what and why, in one sentence.
    pub message: String,
    /// The request's id; it stands in the server's log and in the audit trail.
    #[serde(default)]
    pub request_id: String,
    /// What programs can use: the field, the missing operation and collection, the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<serde_json::Value>,
}
