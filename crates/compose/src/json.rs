//! JSON that is kept as text.

use std::fmt;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// JSON that is kept as text: it takes a fraction of the memory that a tree of it does, and is written as it stands. The default is null.
#[derive(Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Json(Option<Box<RawValue>>);

impl Json {
    /// Writes a value down. What cannot be JSON, such as a map whose keys are no text, is null.
    #[must_use]
    pub fn of(value: &impl Serialize) -> Self {
        Self(to_raw_value(value).ok().filter(|text| text.get() != "null"))
    }

    /// Tells whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.0.is_none()
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.as_deref().map_or("null", RawValue::get)
    }

    /// Reads the text, for those who look inside.
    #[must_use]
    pub fn value(&self) -> Value {
        serde_json::from_str(self.text()).unwrap_or_default()
    }
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        Self::of(&value)
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Json {}

impl fmt::Debug for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A body may hold what is secret: it is printed where it is asked for, never where something is debugged.
        formatter.debug_tuple("Json").field(&self.text().len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_is_read_back_and_written_as_it_was() {
        for value in [Value::Null, json!([1, 0.1, "a\"b"]), json!({ "b": 1, "a": { "c": null, "d": 1.5e300 } })] {
            let json = Json::of(&value);
            assert_eq!(json.value(), value);
            assert_eq!(serde_json::to_value(&json).unwrap(), value);
            assert_eq!(serde_json::to_string(&json).unwrap(), value.to_string());
            assert_eq!(json.is_null(), value.is_null());
        }
    }
}
