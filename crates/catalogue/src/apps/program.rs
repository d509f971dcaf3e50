//! Executables: one reading for everything that compilers leave in them.

use super::executable::{self, Executable};
use super::{File, Read, dotnet, go, java, rust};
use crate::findings::{Findings, ParseError};

/// Reads a program or shared library.
pub(crate) fn read(file: &File<'_>) -> Read {
    let mut all = Findings::default();
    if executable::is_packed(file.bytes) {
        all.faults.push(ParseError::unsupported("executable", "UPX packing, which hides what the program is made of"));
    }
    for program in executable::slices(file.bytes) {
        // Other files too begin with `MZ`, but none with ELF's four bytes.
        if !program.is_whole() && program.bytes.starts_with(b"\x7fELF") {
            all.faults.push(ParseError::malformed("ELF", 0, "the headers are damaged"));
        }
        for read in read_one(file, &program) {
            match read {
                Ok(mut findings) => {
                    all.packages.append(&mut findings.packages);
                    all.faults.append(&mut findings.faults);
                }
                Err(fault) => all.faults.push(fault),
            }
        }
    }
    all.packages.sort();
    all.packages.dedup();
    Ok(all)
}

fn read_one(file: &File<'_>, program: &Executable<'_>) -> Vec<Read> {
    if let Some(read) = go::read(file, program) {
        return vec![read];
    }
    let auditable = rust::auditable(file, program);
    // A list that is empty or damaged hides nothing: the traces are read instead.
    let is_listed = auditable.as_ref().is_some_and(|read| read.as_ref().is_ok_and(|found| !found.packages.is_empty()));
    let traces = if is_listed { None } else { rust::traces(file, program) };
    let native = java::native_image(file, program);
    let assembly = program.is_pe().then(|| dotnet::read_assembly(file, program));
    [auditable, traces, native, assembly].into_iter().flatten().collect()
}
