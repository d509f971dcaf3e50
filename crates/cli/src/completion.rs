//! Completion scripts: words of the command tree, written by the program itself.

use std::fmt::Write;

use clap::{CommandFactory, ValueEnum};

use crate::args::Arguments;

/// A shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// Bash
    Bash,
    /// Z shell
    Zsh,
}

/// Returns the completion script of a shell.
pub(crate) fn script(shell: Shell) -> String {
    let mut cases = String::new();
    collect(&Arguments::command(), "", &mut cases);
    let head = match shell {
        Shell::Bash => "",
        Shell::Zsh => "autoload -U +X bashcompinit && bashcompinit\n",
    };
    format!(
        "{head}_holdfast() {{\n\
         \x20 local word=\"${{COMP_WORDS[COMP_CWORD]}}\" path=\"\" words=\"\" i\n\
         \x20 for ((i = 1; i < COMP_CWORD; i++)); do\n\
         \x20   case \"${{COMP_WORDS[i]}}\" in -*) ;; *) path=\"$path ${{COMP_WORDS[i]}}\" ;; esac\n\
         \x20 done\n\
         \x20 case \"$path\" in\n{cases}  esac\n\
         \x20 COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n\
         }}\n\
         complete -o default -F _holdfast holdfast\n"
    )
}

/// Writes a case for a command after all longer ones, since the first match counts.
fn collect(command: &clap::Command, path: &str, cases: &mut String) {
    for child in command.get_subcommands() {
        collect(child, &format!("{path} {}", child.get_name()), cases);
    }
    let nouns = command.get_subcommands().map(|child| child.get_name().to_owned());
    let flags = command.get_arguments().filter_map(|argument| argument.get_long().map(|long| format!("--{long}")));
    let words: Vec<String> = nouns.chain(flags).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(cases, "    \"{path}\"*) words=\"{}\" ;;", words.join(" "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longer_paths_come_first() {
        let script = script(Shell::Bash);
        assert!(script.find("\" user create\"*)").unwrap() < script.find("\" user\"*)").unwrap());
        assert!(script.contains("who-can"));
    }
}
