//! Dockerfiles of classic builds, read for the images that they name.
//!
//! The reader decides less than the engine and never more: whatever it cannot resolve as the engine surely does is listed as
//! unresolved, which only an administrator may build.

mod lines;
mod pin;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use base::ErrorKind;

use lines::{Instruction, Lines};
use pin::Place;
use words::expand;

pub use pin::pinned;

/// The largest Dockerfile that is read.
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most instructions that are read.
const MAX_INSTRUCTIONS: usize = 10_000;

/// A Dockerfile that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Larger than [`MAX_BYTES`] or of too many instructions.
    #[error("the Dockerfile is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("the Dockerfile is not UTF-8")]
    NotUtf8,
    /// An instruction that the engine would refuse too.
    #[error("line {line} of the Dockerfile: {reason}")]
    Malformed {
        /// The line.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// An image that [`pinned`] was given no id for.
    #[error("line {line} of the Dockerfile: no id is known for the image `{image}`")]
    Unpinned {
        /// The line.
        line: usize,
        /// The image, as written after substitution.
        image: String,
    },
}

impl Error {
    /// Returns the class that decides the status code.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::TooLarge => ErrorKind::TooLarge,
            Self::NotUtf8 | Self::Malformed { .. } | Self::Unpinned { .. } => ErrorKind::Invalid,
        }
    }
}

/// What a Dockerfile reaches outside its context.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// Images named by `FROM` and `COPY --from`, as written after substitution, without stages and `scratch`.
    pub images: BTreeSet<String>,
    /// Whether an `ADD` fetches a URL.
    pub fetches: bool,
    /// Instructions whose meaning depends on more than the file and its arguments: for administrators only.
    pub unresolved: Vec<String>,
    /// The `# syntax=` directive; classic builds ignore it.
    pub syntax: Option<String>,
    /// Where the images stand that this build itself opens; those of triggers are left to the build that they run in.
    places: Vec<Place>,
}

/// Arguments of a build; one without a value is not set.
pub type Arguments = BTreeMap<String, Option<String>>;

/// Reads a Dockerfile with its build arguments.
///
/// # Errors
/// If it is too large or not a Dockerfile.
pub fn read(file: &[u8], arguments: &Arguments) -> Result<Reading, Error> {
    let text = text(file)?;
    let (lines, directives) = Lines::new(text);
    let mut reader = Reader::new(arguments);
    reader.reading.syntax = directives.syntax;
    if directives.unclear {
        reader.unresolved("an escape directive stands where only some engines read it");
    }
    for (count, instruction) in lines.enumerate() {
        if count >= MAX_INSTRUCTIONS {
            return Err(Error::TooLarge);
        }
        if instruction.ambiguous {
            reader.unresolved("a line ends with an escaped escape character");
        }
        reader.lines(&instruction)?;
    }
    Ok(reader.reading)
}

/// Reads the triggers (`OnBuild`) that a base image brings into a build.
///
/// # Errors
/// As for [`read`].
pub fn read_triggers<'a>(triggers: impl IntoIterator<Item = &'a str>) -> Result<Reading, Error> {
    let arguments = Arguments::new();
    let mut reader = Reader::new(&arguments);
    // Stages of the build that triggers this are unknown here: a number or name may be one of them, an image all the same.
    reader.in_stage = true;
    for (index, trigger) in triggers.into_iter().enumerate() {
        if index >= MAX_INSTRUCTIONS {
            return Err(Error::TooLarge);
        }
        reader.instruction(index + 1, trigger)?;
    }
    Ok(reader.reading)
}

fn text(file: &[u8]) -> Result<&str, Error> {
    if file.len() > MAX_BYTES {
        return Err(Error::TooLarge);
    }
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    std::str::from_utf8(file).map_err(|_| Error::NotUtf8)
}

struct Reader<'a> {
    arguments: &'a Arguments,
    /// Arguments declared before the first stage; one without a value is declared and not resolvable.
    globals: BTreeMap<String, Option<String>>,
    stages: Vec<Option<String>>,
    in_stage: bool,
    /// The lines of the instruction that is being read, unless it is a trigger.
    at: Option<(usize, usize)>,
    reading: Reading,
}

impl<'a> Reader<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        Self {
            arguments,
            globals: BTreeMap::new(),
            stages: Vec::new(),
            in_stage: false,
            at: None,
            reading: Reading::default(),
        }
    }

    fn unresolved(&mut self, what: impl Into<String>) {
        let what = what.into();
        if self.reading.unresolved.len() < 32 && !self.reading.unresolved.contains(&what) {
            self.reading.unresolved.push(what);
        }
    }

    fn lines(&mut self, instruction: &Instruction) -> Result<(), Error> {
        self.at = Some((instruction.line, instruction.last));
        let read = self.instruction(instruction.line, &instruction.text);
        self.at = None;
        read
    }

    /// Notes an image of this build, and what stands before and after its name in the instruction.
    fn image(&mut self, image: &str, before: String, after: String) {
        self.reading.images.insert(image.to_owned());
        if let Some((first, last)) = self.at {
            self.reading.places.push(Place { first, last, image: image.to_owned(), before, after });
        }
    }

    fn instruction(&mut self, line: usize, text: &str) -> Result<(), Error> {
        let text = text.trim();
        let (name, rest) = text.split_once(is_space).unwrap_or((text, ""));
        let rest = rest.trim_start_matches(is_space);
        let name = name.to_ascii_uppercase();
        if matches!(name.as_str(), "RUN" | "COPY" | "ADD") && rest.split(is_space).any(is_heredoc) {
            self.unresolved(format!("line {line}: here-documents"));
        }
        if name != "RUN" && text.chars().any(|c| c.is_whitespace() && !is_space(c)) {
            // Some of the engine's splitters take every white space of Unicode, others those of ASCII alone.
            self.unresolved(format!("line {line}: white space beyond ASCII"));
        }
        match name.as_str() {
            "FROM" => self.from(line, rest)?,
            "ARG" if !self.in_stage => self.argument(line, rest),
            "COPY" => self.copy(line, &name, rest),
            "ADD" => {
                self.copy(line, &name, rest);
                self.add(line, rest);
            }
            "RUN" if rest.starts_with("--") => self.unresolved(format!("line {line}: flags of RUN")),
            "ONBUILD" => self.trigger(line, rest)?,
            _ => {}
        }
        Ok(())
    }

    /// `ONBUILD instruction`, of which none is a stage or a trigger again.
    fn trigger(&mut self, line: usize, rest: &str) -> Result<(), Error> {
        let name = words(rest).next().unwrap_or_default();
        if ["ONBUILD", "FROM", "MAINTAINER"].iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
            return Err(Error::Malformed { line, reason: "ONBUILD takes neither ONBUILD, FROM nor MAINTAINER" });
        }
        self.at = None;
        self.instruction(line, rest)
    }

    /// `FROM [--platform=…] image [AS name]`
    fn from(&mut self, line: usize, rest: &str) -> Result<(), Error> {
        let malformed = Error::Malformed { line, reason: "FROM takes an image, or an image AS a name" };
        let (flags, words): (Vec<&str>, Vec<&str>) = {
            let flags = words(rest).take_while(|word| word.starts_with("--")).count();
            (words(rest).take(flags).collect(), words(rest).skip(flags).collect())
        };
        let (image, stage) = match words.as_slice() {
            [image] => (*image, None),
            [image, keyword, stage] if keyword.eq_ignore_ascii_case("as") => (*image, Some(*stage)),
            _ => return Err(malformed),
        };
        self.in_stage = true;
        match expand(image, &self.globals) {
            Some(image) if image.is_empty() => self.unresolved(format!("line {line}: FROM of nothing")),
            Some(image) if image == "scratch" || is_name_of(&self.stages, &image) => {}
            Some(image) => {
                let before = flags.iter().fold("FROM ".to_owned(), |text, flag| text + flag + " ");
                let after = stage.map_or_else(String::new, |stage| format!(" AS {stage}"));
                self.image(&image, before, after);
            }
            None => self.unresolved(format!("line {line}: FROM {image}")),
        }
        self.stages.push(stage.map(str::to_ascii_lowercase));
        Ok(())
    }

    /// `ARG NAME[=value]…` before the first stage.
    fn argument(&mut self, line: usize, rest: &str) {
        if rest.contains(['"', '\'', '\\', '`']) {
            match quoted(rest) {
                Some((name, value)) => return self.declare(name, Some(value)),
                None => {
                    // What is declared here cannot be told: nothing declared so far or here is trusted any more.
                    self.unresolved(format!("line {line}: ARG with quotes or escapes"));
                    return;
                }
            }
        }
        for word in words(rest) {
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            self.declare(name, value);
        }
    }

    fn declare(&mut self, name: &str, default: Option<&str>) {
        let value = match self.arguments.get(name) {
            Some(Some(given)) => Some(given.clone()),
            _ => default.and_then(|default| expand(default, &self.globals)),
        };
        self.globals.insert(name.to_owned(), value);
    }

    /// `COPY [--from=image|stage] …`
    fn copy(&mut self, line: usize, name: &str, rest: &str) {
        // A stage has no name and no number for the engine until it is whole: its own name is an image's.
        let done = self.stages.len().saturating_sub(1);
        let (flags, operands) = flags(rest);
        let mut sources = 0;
        for (index, flag) in flags.iter().enumerate() {
            if flag.contains(['"', '\'', '\\', '`', '$']) {
                self.unresolved(format!("line {line}: {flag}"));
                continue;
            }
            let Some(source) = flag.strip_prefix("--from=") else { continue };
            sources += 1;
            let is_number = source.parse::<usize>().is_ok_and(|index| index < done);
            if source.is_empty() || sources > 1 {
                self.unresolved(format!("line {line}: --from of nothing, or of two things"));
            } else if !is_number && !is_name_of(&self.stages[..done], source) {
                let (earlier, later) = (joined(&flags[..index]), joined(&flags[index + 1..]));
                self.image(source, format!("{name}{earlier} --from="), format!("{later} {operands}"));
            }
        }
    }

    /// `ADD` of a URL, or of what may become one.
    fn add(&mut self, line: usize, rest: &str) {
        if rest.contains("://") || rest.contains("git@") {
            self.reading.fetches = true;
        } else if rest.contains('$') {
            self.unresolved(format!("line {line}: ADD of a variable"));
        }
    }
}

fn is_name_of(stages: &[Option<String>], name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    stages.iter().flatten().any(|stage| *stage == name)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\u{b}' | '\u{c}' | '\r')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// Takes the flags off what an instruction says.
fn flags(rest: &str) -> (Vec<&str>, &str) {
    let (mut flags, mut rest) = (Vec::new(), rest.trim_start_matches(is_space));
    loop {
        let (word, after) = rest.split_once(is_space).unwrap_or((rest, ""));
        if !word.starts_with("--") || word == "--" {
            return (flags, rest);
        }
        flags.push(word);
        rest = after.trim_start_matches(is_space);
    }
}

fn joined(flags: &[&str]) -> String {
    flags.iter().fold(String::new(), |text, flag| text + " " + flag)
}

/// Recognises `<<EOF`, `3<<-EOF`, and whatever a substitution may turn into one.
fn is_heredoc(word: &str) -> bool {
    let Some((before, after)) = word.split_once("<<") else { return false };
    let vanishes = before.contains('$') && !before.contains("$(");
    !after.is_empty() && !after.contains('<') && (vanishes || before.bytes().all(|b| b.is_ascii_digit()))
}

/// Reads `NAME="value"` with nothing inside that a shell would touch.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.trim().split_once('=')?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = value.strip_prefix(quote)?.strip_suffix(quote)?;
    let plain = !value.contains(['"', '\'', '\\', '`', '$']) && !name.contains(['"', '\'', '\\', ' ']);
    plain.then_some((name, value))
}
