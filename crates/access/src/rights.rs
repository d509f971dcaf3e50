//! A set of operations with the parameters allowed beside each: what a role holds, what a subject has.

use std::collections::BTreeMap;
use std::ops::BitOrAssign;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::operation::{Category, Operation};
use crate::parameter::{Parameter, ParameterSet};

/// A role's operations that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// No operation of that name in that category.
    #[error("`{operation}` is not an operation of category `{category}`")]
    UnknownOperation {
        /// The category as given.
        category: String,
        /// The operation as given.
        operation: String,
    },
    /// The operation does not know that parameter.
    #[error("`{parameter}` is not a parameter of `{operation}`")]
    UnknownParameter {
        /// The operation.
        operation: Operation,
        /// The parameter as given.
        parameter: String,
    },
}

impl WireError {
    /// Returns the class that decides status code and retry.
    #[must_use]
    pub fn kind(&self) -> base::ErrorKind {
        match self {
            Self::UnknownOperation { .. } | Self::UnknownParameter { .. } => base::ErrorKind::Invalid,
        }
    }
}

/// Operations, each with its parameters. Serialized in the form of UCP's roles,
/// `{"Container": {"Container Create": ["Privileged"]}}`; the bits inside are never stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights {
    operations: u128,
    parameters: u128,
}

/// For each operation the position of its first parameter's bit.
const OFFSETS: [u8; Operation::ALL.len()] = offsets();

const fn offsets() -> [u8; Operation::ALL.len()] {
    let mut offsets = [0_u8; Operation::ALL.len()];
    let mut next = 0;
    let mut i = 0;
    while i < Operation::ALL.len() {
        offsets[i] = next;
        let mut count = Operation::ALL[i].parameters().len();
        while count > 0 {
            next += 1;
            count -= 1;
        }
        i += 1;
    }
    assert!(next <= 128, "more parameters than bits");
    offsets
}

const fn operation_bit(operation: Operation) -> u128 {
    1 << operation as u32
}

fn parameter_bit(operation: Operation, parameter: Parameter) -> Option<u128> {
    let position = operation.parameters().iter().position(|known| *known == parameter)?;
    Some(1 << (usize::from(OFFSETS[operation as usize]) + position))
}

impl Rights {
    /// No right at all.
    pub const NONE: Self = Self { operations: 0, parameters: 0 };

    /// Returns every operation with every parameter.
    #[must_use]
    pub fn all() -> Self {
        let mut rights = Self::NONE;
        for operation in Operation::ALL {
            rights.allow_fully(*operation);
        }
        rights
    }

    /// Makes rights from operations, none of them with parameters.
    #[must_use]
    pub fn of(operations: &[Operation]) -> Self {
        let mut rights = Self::NONE;
        for operation in operations {
            rights.allow(*operation);
        }
        rights
    }

    /// Adds an operation without its parameters.
    pub const fn allow(&mut self, operation: Operation) {
        self.operations |= operation_bit(operation);
    }

    /// Adds an operation with all its parameters.
    pub fn allow_fully(&mut self, operation: Operation) {
        self.allow(operation);
        for parameter in operation.parameters() {
            self.allow_parameter(operation, *parameter);
        }
    }

    /// Adds a parameter of an operation, and the operation; false if the operation does not know it.
    pub fn allow_parameter(&mut self, operation: Operation, parameter: Parameter) -> bool {
        let Some(bit) = parameter_bit(operation, parameter) else { return false };
        self.allow(operation);
        self.parameters |= bit;
        true
    }

    /// Takes an operation away, with its parameters.
    pub fn withdraw(&mut self, operation: Operation) {
        self.operations &= !operation_bit(operation);
        for parameter in operation.parameters() {
            self.parameters &= !parameter_bit(operation, *parameter).unwrap_or_default();
        }
    }

    /// Reports whether the operation is allowed, its parameters apart.
    #[must_use]
    pub const fn has(&self, operation: Operation) -> bool {
        self.operations & operation_bit(operation) != 0
    }

    /// Reports whether objects of the category may be known.
    #[must_use]
    pub const fn sees(&self, category: Category) -> bool {
        self.has(category.view())
    }

    /// Reports whether the operation is allowed with this parameter. One that the operation does not know
    /// is in no role and therefore never allowed.
    #[must_use]
    pub fn has_parameter(&self, operation: Operation, parameter: Parameter) -> bool {
        self.has(operation) && parameter_bit(operation, parameter).is_some_and(|bit| self.parameters & bit != 0)
    }

    /// Reports whether the operation is allowed with all of these parameters.
    #[must_use]
    pub fn allows(&self, operation: Operation, parameters: &[Parameter]) -> bool {
        self.has(operation) && parameters.iter().all(|parameter| self.has_parameter(operation, *parameter))
    }

    /// Returns those of the parameters that are not allowed.
    #[must_use]
    pub fn missing(&self, operation: Operation, parameters: &[Parameter]) -> ParameterSet {
        parameters.iter().copied().filter(|parameter| !self.has_parameter(operation, *parameter)).collect()
    }

    /// Reports whether nothing is allowed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations == 0
    }

    /// Reports whether all that `other` allows is allowed here too.
    #[must_use]
    pub const fn covers(&self, other: &Self) -> bool {
        other.operations & !self.operations == 0 && other.parameters & !self.parameters == 0
    }

    /// Goes through the operations in wire order.
    pub fn operations(&self) -> impl Iterator<Item = Operation> {
        let rights = *self;
        Operation::ALL.iter().copied().filter(move |operation| rights.has(*operation))
    }

    /// Returns the parameters allowed beside an operation.
    #[must_use]
    pub fn parameters(&self, operation: Operation) -> ParameterSet {
        operation.parameters().iter().copied().filter(|known| self.has_parameter(operation, *known)).collect()
    }

    /// Returns the wire form: category → operation → parameters.
    #[must_use]
    pub fn to_wire(&self) -> BTreeMap<&'static str, BTreeMap<&'static str, Vec<&'static str>>> {
        let mut wire: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for operation in self.operations() {
            let parameters = self.parameters(operation).iter().map(Parameter::name).collect();
            wire.entry(operation.category().name()).or_default().insert(operation.name(), parameters);
        }
        wire
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// If an operation or a parameter is not known: dropping it silently would hide a typing error.
    pub fn from_wire(wire: &BTreeMap<String, BTreeMap<String, Vec<String>>>) -> Result<Self, WireError> {
        let mut rights = Self::NONE;
        for (category, operations) in wire {
            for (name, parameters) in operations {
                let operation = Operation::from_wire(category, name).ok_or_else(|| WireError::UnknownOperation {
                    category: shorten(category),
                    operation: shorten(name),
                })?;
                rights.allow(operation);
                for parameter in parameters {
                    let known = Parameter::from_name(parameter);
                    if !known.is_some_and(|known| rights.allow_parameter(operation, known)) {
                        return Err(WireError::UnknownParameter { operation, parameter: shorten(parameter) });
                    }
                }
            }
        }
        Ok(rights)
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

impl BitOrAssign for Rights {
    fn bitor_assign(&mut self, other: Self) {
        self.operations |= other.operations;
        self.parameters |= other.parameters;
    }
}

impl Serialize for Rights {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_wire().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = BTreeMap::deserialize(deserializer)?;
        Self::from_wire(&wire).map_err(serde::de::Error::custom)
    }
}
