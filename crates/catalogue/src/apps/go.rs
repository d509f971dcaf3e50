//! Go: the build information that the linker leaves in every program since Go 1.13, modules files, and versions that
//! builders set by linker flags.

mod info;
mod module_file;
mod version;

use vuln::{Confidence, PackageType};

use super::draft::Drafts;
use super::executable::Executable;
use super::{File, Read};

use info::{BuildInfo, Module};
pub(crate) use module_file::read as read_module_file;

/// Reads the build information of a Go program; `None`: it is none.
pub(crate) fn read(file: &File<'_>, program: &Executable<'_>) -> Option<Read> {
    let info = info::find(program)?;
    let mut drafts = Drafts::new(file, PackageType::Golang, "go-buildinfo");
    add(&info, program.bytes, &mut drafts);
    Some(drafts.finish())
}

/// Adds what a program's build information says.
fn add(info: &BuildInfo, program: &[u8], drafts: &mut Drafts<'_>) {
    if let Some(version) = version::toolchain(&info.go_version) {
        drafts.add("stdlib", &version);
    }
    if let Some(main) = &info.main {
        let (version, confidence) = version::main_module(main, info, program);
        if let Some(package) = drafts.add(&main.path, &version) {
            package.confidence = confidence;
        }
    }
    match info.path.as_str() {
        _ if info.main.is_some() => {}
        "" => {}
        // Built from files that were named one by one: nothing says of what.
        "command-line-arguments" => {
            if let Some(package) = drafts.add(&info.path, "") {
                package.confidence = Confidence::Likely;
            }
        }
        _ => add_without_module(info, program, drafts),
    }
    for module in &info.modules {
        add_module(module, drafts);
    }
}

/// Distributions build without modules: then only the main package's import path is known. It is told as it is, and
/// as the module that it most likely belongs to, by whose name advisories are found.
fn add_without_module(info: &BuildInfo, program: &[u8], drafts: &mut Drafts<'_>) {
    let module = version::module_of(&info.path);
    let main = Module { path: module.to_owned(), ..Module::default() };
    let (version, confidence) = version::main_module(&main, info, program);
    for name in [info.path.as_str(), module] {
        if let Some(package) = drafts.add(name, &version) {
            package.confidence = confidence;
        }
    }
}

fn add_module(module: &Module, drafts: &mut Drafts<'_>) {
    match &module.replaced_by {
        // A module that was replaced by a folder keeps its name; what is in the folder nobody says.
        Some(other) if other.version.is_empty() => {
            if let Some(package) = drafts.add(&module.path, &module.version) {
                package.confidence = Confidence::Likely;
            }
        }
        Some(other) => drop(drafts.add(&other.path, &other.version)),
        None => drop(drafts.add(&module.path, &module.version)),
    }
}
