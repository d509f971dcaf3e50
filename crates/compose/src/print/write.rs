//! Writes piece by piece, so that neither the tree nor the text of a whole stands in memory.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Form, Printed, yaml};

impl Printed<'_> {
    /// Returns the project as YAML.
    pub fn to_yaml(&self) -> String {
        text(|out| self.write_yaml(out))
    }

    /// Returns the project as JSON.
    pub fn to_json(&self) -> String {
        text(|out| self.write_json(out))
    }

    /// Writes the project as YAML.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_yaml(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.form == Form::Top {
            return self.write_services(0, out);
        }
        for (key, value) in &self.before {
            out.write_all(yaml::entry(key, value, 0).as_bytes())?;
        }
        out.write_all(b"services:")?;
        self.write_services(1, out)?;
        for (key, value) in &self.after {
            out.write_all(yaml::entry(key, value, 0).as_bytes())?;
        }
        Ok(())
    }

    fn write_services(&self, depth: usize, out: &mut dyn Write) -> io::Result<()> {
        let mut is_first = true;
        for (name, value) in self.services() {
            if is_first && depth > 0 {
                out.write_all(b"\n")?;
            }
            is_first = false;
            out.write_all(yaml::entry(&name, &value, depth).as_bytes())?;
        }
        match (is_first, depth) {
            (false, _) => Ok(()),
            (true, 0) => out.write_all(b"{}\n"),
            (true, _) => out.write_all(b" {}\n"),
        }
    }

    /// Writes the project as JSON.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        json(self, out)
    }
}

impl Serialize for Printed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.form == Form::Top {
            return Services(self).serialize(serializer);
        }
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in &self.before {
            map.serialize_entry(key, value)?;
        }
        map.serialize_entry("services", &Services(self))?;
        for (key, value) in &self.after {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

struct Services<'a, 'p>(&'a Printed<'p>);

impl Serialize for Services<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0.services() {
            map.serialize_entry(&name, &value)?;
        }
        map.end()
    }
}

/// Things that are made into trees one after the other while they are written: text that is JSON already is laid out like the rest.
pub(crate) struct Each<'a, T>(pub(crate) &'a [T]);

impl<T: Serialize> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| serde_json::to_value(item).unwrap_or_default()))
    }
}

impl<T: Serialize> Each<'_, T> {
    /// Writes them as a sequence of YAML.
    pub(crate) fn write_yaml(&self, out: &mut dyn Write) -> io::Result<()> {
        for item in self.0 {
            let item = serde_json::to_value(item).unwrap_or_default();
            out.write_all(yaml::write(&Value::Array(vec![item])).as_bytes())?;
        }
        if self.0.is_empty() { out.write_all(b"[]\n") } else { Ok(()) }
    }
}

/// Writes JSON for people.
pub(crate) fn json(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// Returns what is written as one text.
pub(crate) fn text(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    // Memory takes whatever is written, and all that is written is text.
    let _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}
