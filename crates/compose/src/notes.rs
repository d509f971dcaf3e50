//! What a conversion finds wrong or doubtful in a project.

use crate::Diagnostic;
use crate::model::{Position, Project, Service};

/// Errors and warnings of one conversion.
pub(crate) struct Notes<'a> {
    project: &'a Project,
    pub(crate) errors: Vec<Diagnostic>,
    pub(crate) warnings: Vec<Diagnostic>,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(project: &'a Project) -> Self {
        Self { project, errors: Vec::new(), warnings: Vec::new() }
    }

    /// Says what is wrong with a key of a service.
    pub(crate) fn service_error(
        &mut self,
        service: &Service,
        key: &str,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let root = key.split(['.', '[']).next().unwrap_or(key);
        self.error(code, message, &format!("services.{}.{key}", service.name), service.key_at(root));
    }

    /// Says what is doubtful about a key of a service.
    pub(crate) fn service_warning(
        &mut self,
        service: &Service,
        key: &str,
        code: &'static str,
        message: impl Into<String>,
    ) {
        let root = key.split(['.', '[']).next().unwrap_or(key);
        let diagnostic = Diagnostic::warning(code, message).path(format!("services.{}.{key}", service.name));
        self.warnings.push(diagnostic.at(service.key_at(root), &self.project.files));
    }

    pub(crate) fn error(&mut self, code: &'static str, message: impl Into<String>, path: &str, at: Position) {
        self.errors.push(Diagnostic::error(code, message).path(path).at(at, &self.project.files));
    }
}
