//! Windows builds: numbers between dots, `10.0.20348.2461`.

use std::cmp::Ordering;

use super::{VersionError, digits};
use crate::scheme::Scheme;

pub(super) fn compare(a: &str, b: &str) -> Result<Ordering, VersionError> {
    Ok(digits::compare_lists(&read(a)?, &read(b)?))
}

fn read(text: &str) -> Result<Vec<&str>, VersionError> {
    let numbers: Vec<&str> = text.split('.').collect();
    if numbers.iter().all(|number| digits::is_number(number)) {
        Ok(numbers)
    } else {
        Err(VersionError::new(Scheme::Windows, text))
    }
}
