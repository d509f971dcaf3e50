//! Programs of clusters and of watching them, most of them in Go: it keeps its texts one behind the other, without an
//! end, and those that the linker sets alone, between zeros.

use vuln::PackageType;

use super::rule::{RULE, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "helm",
        files: &["helm"],
        versions: &[
            r"\x00v(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d)?)\x00{2,}",
            r"(?s)v(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d)?)\x00+.{1,500}?go\d+\.\d+\.\d+\x00",
            r"[\x00@]v(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d)?)\x00",
        ],
        ..RULE
    },
    Rule { name: "kubectl", files: &["kubectl"], versions: &[r"version\.gitVersion=v(\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "argocd", files: &["argocd"], versions: &[r"common\.version=v?(\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "kustomize", files: &["kustomize"], versions: &[r"version=(?:kustomize/)?v(\d+\.\d+\.\d+)"], ..RULE },
    Rule {
        name: "traefik",
        files: &["traefik"],
        versions: &[r"(?:\x00v?|[\x80-\xff][^\x00]?v?)(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\d)?)\x00"],
        ..RULE
    },
    Rule {
        name: "consul",
        files: &["consul"],
        versions: &[
            r"CONSUL_VERSION: (\d+\.\d+\.\d+)",
            "GitDescribe=v?(\\d+\\.\\d+\\.\\d+)\"",
            r"\x00v(\d+\.\d+\.\d+)\x00",
        ],
        ..RULE
    },
    Rule {
        name: "github.com/hashicorp/vault",
        kind: PackageType::Golang,
        files: &["vault"],
        versions: &[
            r"revoke(\d+\.\d+\.\d+)",
            r"state(\d+\.\d+\.\d+-rc\d)",
            r"016x(1\.1[134]\.\d{1,2})",
            r"\x00(1\.\d{1,2}\.\d+)\x00",
        ],
        ..RULE
    },
    Rule { name: "pilot-discovery", files: &["pilot-discovery"], versions: ISTIO, ..RULE },
    Rule { name: "pilot-agent", files: &["pilot-agent"], versions: ISTIO, ..RULE },
    Rule {
        name: "grafana",
        files: &["grafana", "grafana-server"],
        versions: &[
            r"\x00(\d{2}\.\d+\.\d+-\d{6,})\x00",
            r"\x00release-(\d{2}\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00",
            r"\x00go1\.\d+\.\d+\x00+(\d{2}\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00",
            r"(?:^|[^\d.])(\d{2}\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00+\$a",
            r"\x00.(10\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00",
            r"(?s)[^\d.](\d{2}\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00.{1,100}?\x00go1\.\d+\.\d+\x00",
            r"(\d+\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00+v\d+\.\d+\.x\x00",
            r"(?s)HEAD\x00.{0,200}?\x00(\d\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00",
            r"[a-z0-9]\x00+(\d\.\d+\.\d+(?:-beta\d|-test|-preview)?)(?:\+security-\d+)?\x00+/usr/local/go",
            r"(?s)\x00(\d\.\d+\.\d+(?:-beta\d|-test)?)\x00.{1,1200}?\x00/u",
        ],
        ..RULE
    },
    Rule {
        name: "nginx-ingress-controller",
        files: &["nginx-ingress-controller"],
        versions: &[
            r"v(\d+\.\d+\.\d+)\x00+.{0,50}?go\d+\.\d+(?:-(?:alpha|beta)\.\d)?\.\d+\x00",
            r"v(\d+\.\d+\.\d+(?:-(?:alpha|beta)\.\d)?)\x00+.{0,800}?\$a",
            r"\x00v?(\d+\.\d+\.\d+(?:-(?:alpha|beta)\.\d)?)\x00+.{0,100}?S=v<y5",
            r"\x00go\d+\.\d+\.\d+\x00+v(\d+\.\d+\.\d+(?:-(?:alpha|beta)\.\d)?)\x00",
            r"\x00v(\d+\.\d+\.\d+-(?:alpha|beta)\.\d)\x00",
        ],
        ..RULE
    },
    Rule {
        name: "fluent-bit",
        files: &["fluent-bit"],
        versions: &[r"\x00(\d+\.\d+\.\d+)\x00(?:\x1b\[1m\x00|\x00{1,2})?(?:%s)?Fluent"],
        ..RULE
    },
    Rule { name: "elastic-agent", files: &["elastic-agent"], versions: BEATS, ..RULE },
    Rule { name: "auditbeat", files: &["auditbeat"], versions: BEATS, ..RULE },
    Rule { name: "filebeat", files: &["filebeat"], versions: BEATS, ..RULE },
    Rule { name: "heartbeat", files: &["heartbeat"], versions: BEATS, ..RULE },
    Rule { name: "metricbeat", files: &["metricbeat"], versions: BEATS, ..RULE },
    Rule { name: "packetbeat", files: &["packetbeat"], versions: BEATS, ..RULE },
];

/// Beside the version stand the texts that Go's linker puts there: the next in length or in the alphabet.
const BEATS: &[&str] =
    &[r"enroll(?:: true)?(\d+\.\d+\.\d+)-?header", r"PM(\d+\.\d+\.\d+):https", r"\x00(\d+\.\d+\.\d+)\x00+20\d\d-"];

const ISTIO: &[&str] = &[
    r"\d+\.\d+\.\d+\x00+(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+|-dev)?)\x00",
    r"Clean\x00+(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+|-dev)?)\x00",
    r"Modified\x00+(\d+\.\d+-dev)\x00",
    r"(?s)(\d+\.\d+\.\d+(?:-(?:alpha|beta|rc)\.\d+|-dev)?)\x00.{1,100}?S?=v<y5",
];
