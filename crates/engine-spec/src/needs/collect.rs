//! Gathering needs: one main operation with its parameters, and others beside it.

use access::{Operation, Parameter};
use base::ErrorKind;
use serde_json::Value;

use super::{Need, Needs, Pin, Refusal, Rules, Target};
use crate::body::Canonical;
use crate::reference::{ImageRef, ObjectRef};

/// Gathers what a request takes.
pub(super) struct Collector<'a> {
    pub(super) rules: &'a Rules,
    pub(super) needs: Needs,
    main: Option<(Operation, Target)>,
    parameters: Vec<Parameter>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(rules: &'a Rules) -> Self {
        Self { rules, needs: Needs::default(), main: None, parameters: Vec::new() }
    }

    /// Names the request's own operation; parameters gathered later belong to it.
    pub(super) fn main(&mut self, operation: Operation, target: Target) {
        self.main = Some((operation, target));
    }

    /// Adds a parameter to the main operation.
    pub(super) fn parameter(&mut self, parameter: Parameter) {
        if !self.parameters.contains(&parameter) {
            self.parameters.push(parameter);
        }
    }

    /// Adds another right.
    pub(super) fn need(&mut self, operation: Operation, target: Target) {
        self.need_at(operation, target, None);
    }

    /// Adds another right on an object whose reference stands in the body.
    pub(super) fn need_at(&mut self, operation: Operation, target: Target, pin: Option<Pin>) {
        let need = Need { operation, parameters: Vec::new(), target, pin };
        if !self.needs.needs.contains(&need) {
            self.needs.needs.push(need);
        }
    }

    /// Says that only an administrator may.
    pub(super) fn admin(&mut self, reason: impl Into<String>) {
        let reason = reason.into();
        if !self.needs.admin_only.contains(&reason) {
            self.needs.admin_only.push(reason);
        }
    }

    /// Says that nobody may.
    pub(super) fn refuse(&mut self, field: &str, reason: impl Into<String>) {
        self.refusal(field, reason.into(), ErrorKind::Forbidden);
    }

    /// Says that a value means nothing.
    pub(super) fn malformed(&mut self, field: &str, reason: impl Into<String>) {
        self.refusal(field, reason.into(), ErrorKind::Invalid);
    }

    fn refusal(&mut self, field: &str, reason: String, kind: ErrorKind) {
        self.needs.refusals.push(Refusal { field: field.to_owned(), reason, kind });
    }

    /// Adds an engine's conversation with a registry.
    pub(super) fn registry(&mut self, host: &str) {
        if !self.needs.registries.iter().any(|known| known == host) {
            self.needs.registries.push(host.to_owned());
        }
    }

    /// Takes over what the schema's tables found.
    pub(super) fn tables(&mut self, body: &Canonical) {
        for gated in &body.gated {
            match gated.parameter {
                Some(parameter) => self.parameter(parameter),
                None => self.admin(format!("the field `{}` is for administrators", gated.field)),
            }
        }
        for field in &body.unknown {
            self.admin(format!("the field `{field}` is not known"));
        }
    }

    /// Reads a reference to an object, or refuses the field.
    pub(super) fn object(&mut self, field: &str, text: &str) -> Option<ObjectRef> {
        match ObjectRef::new(text) {
            Ok(object) => Some(object),
            Err(error) => {
                self.malformed(field, error.to_string());
                None
            }
        }
    }

    /// Reads a reference to an image, or refuses the field.
    pub(super) fn image(&mut self, field: &str, text: &str) -> Option<ImageRef> {
        match ImageRef::new(text) {
            Ok(image) => Some(image),
            Err(error) => {
                self.malformed(field, error.to_string());
                None
            }
        }
    }

    pub(super) fn finish(mut self) -> Needs {
        if let Some((operation, target)) = self.main {
            self.parameters.sort();
            self.needs.needs.insert(0, Need { operation, parameters: self.parameters, target, pin: None });
        } else if !self.parameters.is_empty() {
            // A parameter that belongs to no operation can be granted by no role.
            let names: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name()).collect();
            let reason = format!("parameters without an operation: {}", names.join(", "));
            self.needs.admin_only.push(reason);
        }
        self.needs
    }
}

/// Returns a member of an object that is a text and not empty.
pub(super) fn text<'v>(object: &'v Value, name: &str) -> Option<&'v str> {
    object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Returns the items of a list member.
pub(super) fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    object.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Returns the texts of a list member with their positions.
pub(super) fn texts<'v>(object: &'v Value, name: &str) -> impl Iterator<Item = (usize, &'v str)> {
    list(object, name).iter().enumerate().filter_map(|(index, item)| Some((index, item.as_str()?)))
}
