//! The report and the table as text.

use std::fmt::{self, Write as _};

use super::explain::{Note, Report};
use super::table::{Outcome, Row, Target, Verdict, rows};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for report in &self.targets {
            let runs = if report.runs { "" } else { ": refused" };
            writeln!(f, "{}{runs}", report.target.name())?;
            section(f, "is refused for", &report.refused)?;
            if !report.becomes.is_empty() {
                writeln!(f, "  becomes")?;
            }
            for line in &report.becomes {
                writeln!(f, "    {line}")?;
            }
            section(f, "is lost", &report.lost)?;
            writeln!(f)?;
        }
        if self.targets.iter().all(|target| target.refused.is_empty() && target.lost.is_empty()) {
            return writeln!(f, "One file serves all three as it is.");
        }
        if !self.advice.is_empty() {
            writeln!(f, "So that one file serves all:")?;
        }
        for advice in &self.advice {
            let targets: Vec<_> = advice.targets.iter().map(|target| target.name()).collect();
            writeln!(f, "  {} [{}]", advice.text, targets.join(", "))?;
            for path in &advice.paths {
                writeln!(f, "    {path}")?;
            }
        }
        Ok(())
    }
}

fn section(f: &mut fmt::Formatter<'_>, title: &str, notes: &[Note]) -> fmt::Result {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(f, "  {title}")?;
    for note in notes {
        let place = match (&note.file, note.line) {
            (Some(file), line) if line > 0 => format!(" ({file}:{line})"),
            _ => String::new(),
        };
        let text = if note.text.is_empty() { "ignored" } else { &note.text };
        writeln!(f, "    {}{place}: {text}", note.path)?;
    }
    Ok(())
}

/// Writes `docs/compose-mapping.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    let sections = [
        ("The file", ""),
        ("Services", "services.*."),
        ("Networks", "networks.*"),
        ("Volumes", "volumes.*"),
        ("Secrets", "secrets.*"),
        ("Configs", "configs.*"),
        ("Models", "models.*"),
    ];
    for (title, prefix) in sections {
        let of_section = |row: &&Row| match prefix {
            "" => !row.key.contains('.'),
            prefix => row.key.starts_with(prefix),
        };
        let _ = write!(text, "\n## {title}\n\n| Key | Swarm | Classic engine | Kubernetes |\n|---|---|---|---|\n");
        for row in rows().iter().filter(of_section) {
            let key = row.key.strip_prefix("services.*.").unwrap_or(row.key);
            let cells = Target::ALL.map(|target| cell(row.verdict(target)));
            let _ = writeln!(text, "| `{key}` | {} |", cells.join(" | "));
        }
    }
    text
}

fn cell(verdict: &Verdict) -> String {
    let word = match verdict.outcome {
        Outcome::Held => "yes",
        Outcome::Becomes => "→",
        Outcome::Ignored => "**ignored**:",
        Outcome::Refused => "**refused**:",
        Outcome::Change => "**needs a change**:",
    };
    let note = if verdict.note.is_empty() { String::new() } else { format!(" {}", verdict.note) };
    let word = if note.is_empty() { word.trim_end_matches(':') } else { word };
    let instead = if verdict.instead.is_empty() { String::new() } else { format!(" *Instead: {}.*", verdict.instead) };
    let dot = if note.is_empty() { "" } else { "." };
    format!("{word}{note}{dot}{instead}").replace('<', "&lt;")
}

const HEAD: &str = "\
# What becomes of a Compose file

This page is made from the table that the converter itself works by (`crates/compose/src/report/table.txt`); a test keeps the two alike.
`holdfast compose explain` says the same about one file.

A key may be followed by `=value` or `!=value`: then the row is about that value. `*` is any name, `[]` each entry of a list.

## Kubernetes, in short

The objects are those of Docker's compose-on-kubernetes, which Docker Enterprise shipped:

- A service becomes a Deployment; with `deploy.mode: global` a DaemonSet; with any mount of type `volume` a StatefulSet, whose pods each claim
  100Mi (ReadWriteOnce, the default storage class).
- A headless Service of the service's name makes it found within the cluster; `expose`, or `x-kubernetes.internal_service_type: ClusterIP`,
  gives it one address.
- Published ports make a Service `<name>-published`, of type LoadBalancer or NodePort; ports without a published number make
  `<name>-random-ports`, of type NodePort.
- Secrets and configs become Secrets and ConfigMaps of their key in the file; the key within is the file's own name, or `file`.
- `x-kubernetes` under a service takes `pull_secret`, `pull_policy` (`Always`, `IfNotPresent`, `Never`) and `internal_service_type`
  (`ClusterIP`, `Headless`).

Where its result could not work on today's clusters, or would not mean what the file means, another is made:

| Of | compose-on-kubernetes | here |
|---|---|---|
| placement | `beta.kubernetes.io/os` and `arch`, `arch=amd64` added | `kubernetes.io/os` and `arch`, no architecture added; several constraints of a kind all hold |
| `node.platform.arch` | taken as it is | `x86_64`, `aarch64` and `armv7l` become `amd64`, `arm64` and `arm`, as Kubernetes names them |
| update of a StatefulSet | `partition` = `parallelism`, which keeps the first pods old for ever | `maxUnavailable`, as for Deployments; clusters before 1.35 replace one by one |
| `internal_service_type: ClusterIP` without `expose` | a Service without ports, which the cluster refuses | an error |
| `parallelism: 0` | no pod may be missing | all pods at once, as Compose has it |
| `restart_policy` of a DaemonSet | passed on, which the cluster refuses | `Always` |
| `$(NAME)` and `$$` in commands and values | expanded by Kubernetes | escaped, and so kept as they are |
| `healthcheck.start_period` | dropped | `initialDelaySeconds` |
| `user: \"1000:1000\"` | dropped, so that the image's user runs | `runAsUser` and `runAsGroup` |
| `tmpfs` with options, mounts of type `tmpfs` | a path that cannot be mounted; an error | emptyDir in memory, with the size as its limit |
| capabilities | passed on | without `CAP_`, as Kubernetes names them |
| secrets with an absolute target | below `/run/secrets` all the same | at the target, as on Swarm |
| `protocol: sctp` | TCP | SCTP |
| labels that no Kubernetes label can say | the cluster refuses the objects | kept as annotations, with a warning |
| one volume mounted twice | two claims of one name, which the cluster refuses | one claim |
| an existing Secret or ConfigMap with a `name` | asked for under its key | asked for under its name |
| `serviceName` of a StatefulSet | empty | the headless Service, so that pods have names of their own |
| `mem_limit`, `cpus`, `scale`, `pull_policy` | not seen | taken where `deploy` and `x-kubernetes` say nothing |
";
