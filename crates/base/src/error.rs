//! The classes of failure that every crate's error maps to.

use std::error::Error;
use std::fmt::Write;

/// The class of a failure: decides status code, exit code and whether a retry helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The input is malformed or out of range (400).
    Invalid,
    /// No caller could be established (401).
    Unauthenticated,
    /// The caller is known and may not do this (403).
    Forbidden,
    /// The object does not exist, or may not be known to the caller (404).
    NotFound,
    /// The method does not exist on this object (405).
    MethodNotAllowed,
    /// The object exists already or is in a state that does not allow this (409).
    Conflict,
    /// A condition sent along does not hold (412).
    PreconditionFailed,
    /// The input is larger than its bound (413).
    TooLarge,
    /// A range cannot be served (416).
    RangeNotSatisfiable,
    /// Too many attempts (429).
    TooMany,
    /// Not open yet, or never will be (501).
    NotImplemented,
    /// A part that this depends on does not answer (502).
    BadGateway,
    /// Not ready, no leader, shutting down (503); a retry may help.
    Unavailable,
    /// An upstream took too long (504).
    Timeout,
    /// No space is left (507).
    InsufficientStorage,
    /// Our fault (500); the caller sees the request id alone.
    Internal,
}

impl ErrorKind {
    /// Returns the HTTP status code of this class (RFC 9110, RFC 4918 for 507).
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::PreconditionFailed => 412,
            Self::TooLarge => 413,
            Self::RangeNotSatisfiable => 416,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::NotImplemented => 501,
            Self::BadGateway => 502,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::InsufficientStorage => 507,
        }
    }

    /// Reports whether repeating the same request later may succeed.
    #[must_use]
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::TooMany | Self::BadGateway | Self::Unavailable | Self::Timeout)
    }
}

/// Renders an error with all its sources, outermost first, joined by `: `.
#[must_use]
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {inner}");
        source = inner.source();
    }
    text
}
