//! What a failed command says, and what to do next.

use std::fmt;

use base::ErrorKind;

/// A failure that knows its next step.
#[derive(Debug)]
pub(crate) struct NextStep {
    message: String,
    step: String,
}

impl NextStep {
    /// Makes one.
    pub(crate) fn new(message: impl Into<String>, step: impl Into<String>) -> Self {
        Self { message: message.into(), step: step.into() }
    }
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for NextStep {}

/// Renders a failure: what happened with its causes, then what to do.
pub(crate) fn describe(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error:#}");
    if let Some(refusal) = error.downcast_ref::<client::Error>()
        && let client::Error::Refused { view, .. } = refusal
    {
        if let Some(detail) = view.detail.as_ref().and_then(missing) {
            text.push_str(&format!("\n  missing: {detail}"));
        }
        if !view.request_id.is_empty() {
            text.push_str(&format!("\n  code {}, request {}", view.code, view.request_id));
        }
    }
    if let Some(step) = next_step(error) {
        text.push_str(&format!("\nnext: {step}"));
    }
    text
}

fn next_step(error: &anyhow::Error) -> Option<String> {
    if let Some(known) = error.downcast_ref::<NextStep>() {
        return Some(known.step.clone());
    }
    let refusal = error.downcast_ref::<client::Error>()?;
    let step = match refusal.kind() {
        // What is wrong with a certificate is no data that TLS can use.
        _ if is_untrusted(refusal) => {
            "the server is another one, or its CA has changed: compare `/ca` with whoever runs it, then \
             `holdfast logout` and sign in again"
        }
        ErrorKind::Unavailable if refusal.code().is_some() => {
            "see with `holdfast status` what the server waits for, then try again"
        }
        ErrorKind::Unauthenticated => "sign in with `holdfast login URL`",
        ErrorKind::Forbidden => "see who can do it with `holdfast access who-can`, and ask them or an administrator",
        ErrorKind::NotFound => "check the name with the noun's `ls`; what you have no right to see is not shown",
        ErrorKind::Conflict => "look at it with the noun's `view` or `ls`",
        ErrorKind::TooMany => "wait a little, then try again",
        ErrorKind::Unavailable | ErrorKind::Timeout => {
            "check that the server runs and is reached by that address: `curl -k URL/readyz`"
        }
        ErrorKind::Internal => "give the request id to whoever runs the server; its log has the cause",
        _ => return None,
    };
    Some(step.to_owned())
}

fn is_untrusted(error: &client::Error) -> bool {
    matches!(error, client::Error::Connect { source, .. } if source.kind() == std::io::ErrorKind::InvalidData)
}

/// The right that was missing, in words.
fn missing(detail: &serde_json::Value) -> Option<String> {
    let operation = detail.get("operation")?.as_str()?;
    match detail.get("collection").and_then(serde_json::Value::as_str) {
        Some(collection) => Some(format!("`{operation}` on `{collection}`")),
        None => Some(format!("`{operation}`")),
    }
}

#[cfg(test)]
mod tests {
    use api_model::ErrorView;

    use super::*;

    #[test]
    fn a_refusal_says_what_is_missing_and_what_to_do() {
        let view = ErrorView {
            code: "FORBIDDEN".into(),
            message: "you may not scale `shop_web`".into(),
            request_id: "r1".into(),
            detail: Some(serde_json::json!({"operation": "Service Update", "collection": "/prod"})),
        };
        let error = anyhow::Error::from(client::Error::Refused { status: 403, view: Box::new(view) });
        insta::assert_snapshot!(describe(&error));
    }
}
