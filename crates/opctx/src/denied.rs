//! A refusal, and the object it is about.

use access::{Operation, Parameter};
use base::{CollectionPath, ErrorKind};

/// The object of an operation, for decisions and the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// Its kind: `service`, `container`, `account`, ….
    pub kind: &'static str,
    /// Its name or id, as the caller gave it.
    pub name: String,
    /// Whether it exists: an object yet to be made cannot be hidden.
    pub exists: bool,
}

impl ObjectRef {
    /// Names an object that exists.
    #[must_use]
    pub fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), exists: true }
    }

    /// Names an object that is to be made.
    #[must_use]
    pub fn to_create(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into(), exists: false }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Denied {
    /// Whether the caller may not even know of the object: not found, in every dialect.
    pub hidden: bool,
    /// The operation that is missing, where it is one of access control's.
    pub operation: Option<Operation>,
    /// The parameters that are missing.
    pub parameters: Vec<Parameter>,
    /// The collection, if the caller may know it.
    pub collection: Option<CollectionPath>,
    /// What to tell the caller; gives nothing away that is hidden.
    pub message: String,
    kind: ErrorKind,
}

impl Denied {
    /// Refuses somebody who is not signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::plain(ErrorKind::Unauthenticated, "sign in first")
    }

    /// Refuses with a reason that is not about a grant.
    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::plain(ErrorKind::Forbidden, message)
    }

    /// Refuses because nothing can be decided now.
    #[must_use]
    pub fn unavailable() -> Self {
        Self::plain(ErrorKind::Unavailable, "no decision can be made: this member is out of touch with its leader")
    }

    /// Hides an object.
    #[must_use]
    pub fn hidden(object: &ObjectRef) -> Self {
        let message = format!("no such {}: {}", object.kind, object.name);
        Self { hidden: true, ..Self::plain(ErrorKind::NotFound, message) }
    }

    fn plain(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { hidden: false, operation: None, parameters: Vec::new(), collection: None, message: message.into(), kind }
    }

    /// Refuses for want of an operation or parameters.
    #[must_use]
    pub fn missing(operation: Operation, parameters: Vec<Parameter>, collection: Option<CollectionPath>) -> Self {
        let place = match &collection {
            Some(path) => format!("on collection `{path}`"),
            None => "there".to_owned(),
        };
        let message = if parameters.is_empty() {
            format!("you need a grant with `{}` {place}", operation.name())
        } else {
            let names: Vec<_> = parameters.iter().map(|parameter| parameter.name()).collect();
            format!("you need a grant with `{}` that allows {} {place}", operation.name(), names.join(", "))
        };
        Self { operation: Some(operation), parameters, collection, ..Self::plain(ErrorKind::Forbidden, message) }
    }

    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns the stable code that users see.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind {
            ErrorKind::NotFound => "NOT_FOUND",
            ErrorKind::Unauthenticated => "UNAUTHENTICATED",
            ErrorKind::Unavailable => "UNAVAILABLE",
            _ => "FORBIDDEN",
        }
    }
}
