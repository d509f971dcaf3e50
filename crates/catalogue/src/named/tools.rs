//! Shells, packers, browsers and the tools of libraries.

use super::rule::{RULE, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "busybox", files: &["busybox*", "["], versions: &[r"BusyBox\s+v(\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "util-linux", files: &["getopt"], versions: &[r"util-linux (\d+\.\d+(?:\.\d+)?)"], ..RULE },
    Rule { name: "bash", files: &["bash"], versions: &[r"Bash version (\d+\.\d+\.\d+)\(\d+\) [a-z0-9]+ GNU"], ..RULE },
    Rule {
        name: "openssl",
        files: &["openssl"],
        versions: &[r"\x00OpenSSL (\d+\.\d+\.\d+(?:[a-z]+|-(?:alpha|beta|rc)\d)?)"],
        unless: Some(r"AWS-LC \d+\.\d+\.\d+\)"),
        ..RULE
    },
    Rule { name: "aws-lc", files: &["openssl"], versions: &[r"AWS-LC (\d+\.\d+\.\d+)\)"], fragments: false, ..RULE },
    Rule {
        name: "gnupg",
        files: &["gpg", "gpg2", "gpgsm", "gpgv"],
        versions: &[r"GNU Privacy Guard's (?:OpenPGP|S/M) server (\d+\.\d+\.\d+)", r"\(GnuPG\) (\d+\.\d+\.\d+)"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "openldap",
        files: &["ldapsearch", "slapd"],
        versions: &[r"\$OpenLDAP: (?:ldapsearch|slapd) (\d+\.\d+\.\d+)"],
        ..RULE
    },
    Rule {
        name: "heimdal",
        files: &["libkrb5.so*", "libheimbase*"],
        versions: &[r"[Hh]eimdal[ -](\d+\.\d+\.\d+)"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "qtbase",
        files: &["libQtCore.so*", "libQt5Core.so*", "libQt6Core.so*"],
        versions: &[r"\x00Qt (\d+\.\d+\.\d+) \(", r"QtCore library version (\d+\.\d+\.\d+)"],
        ..RULE
    },
    Rule { name: "curl", files: &["curl"], versions: &[r"curl/(\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "zstd", files: &["zstd"], versions: &[r"\x00v(\d+\.\d+\.\d+)\x00"], ..RULE },
    Rule { name: "xz", files: &["xz"], versions: &[r"xz \(XZ Utils\) (\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "gzip", files: &["gzip"], versions: &[r"\x00(1\.\d{1,2}(?:\.\d{1,2})?)\x00"], ..RULE },
    Rule { name: "jq", files: &["jq"], versions: &[r"\x00(?:jq-)?(1\.\d{1,2}(?:\.\d{1,2})?(?:rc\d)?)\x00"], ..RULE },
    Rule { name: "sqlcipher", files: &["sqlcipher"], versions: &[r"\D\x00(4\.\d+\.\d+)\x00"], ..RULE },
    Rule {
        name: "wp-cli",
        files: &["wp", "wp-cli.phar"],
        versions: &[r"wp-cli/wp-cli (\d+\.\d+\.\d+)"],
        script: true,
        ..RULE
    },
    Rule {
        name: "chrome",
        files: &["chrome", "chromium"],
        versions: &[r"\x00(\d+\.\d+\.\d+\.\d+)\x00Default"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "electron",
        files: &["electron", "Electron Framework"],
        versions: &[r"Electron[/ ]v?(\d+\.\d+\.\d+)"],
        ..RULE
    },
    Rule {
        name: "firefox",
        files: &["application.ini"],
        versions: &[r"(?s)\nName=Firefox\r?\n(?:.{0,400}?\n)?Version=(\d+\.\d+(?:\.\d+)?)"],
        script: true,
        fragments: false,
        ..RULE
    },
    Rule { name: "ffmpeg", files: &["ffmpeg", "ffprobe"], versions: &[r"%s version n?(\d+\.\d+(?:\.\d+)?)"], ..RULE },
    Rule {
        name: "ffmpeg",
        files: &[
            "libavcodec*",
            "libavformat*",
            "libavutil*",
            "libavfilter*",
            "libavdevice*",
            "libswresample*",
            "libswscale*",
        ],
        versions: &[r"FFmpeg version n?(\d+\.\d+(?:\.\d+)?)"],
        fragments: false,
        ..RULE
    },
];
