#!/usr/bin/env python3
"""The matching of packages with advisories against others' answers and against the truth that changelogs hold.

usage: bench_match.py FOLDER ADVISORIES [--only NAME] [--ask PROGRAM]

ADVISORIES is a folder with the archives `almalinux`, `pypa` and `rustsec` (`.tar.xz`). FOLDER keeps what is made. Each
part builds a database of its feed, asks `match_packages` (an example of crates/scanning) about packages by their URLs, and
compares every answer with an oracle that shares no code with it:

  debian   a feed made of changelogs; `dpkg --compare-versions`
  rustsec  `cargo audit` on lock files
  pypa     `packaging`, over the same advisories as they are written
  alma     rpm's order as `univers` has it, within module and stream

Prints Markdown tables, and each difference. Needs apt and PyPI.
"""
import json, os, subprocess, sys, tarfile, time

FOLDER = os.path.abspath(sys.argv[1]) if len(sys.argv) > 2 else sys.exit(__doc__)
ADVISORIES = os.path.abspath(sys.argv[2])
ONLY = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
ASK = os.path.abspath(sys.argv[sys.argv.index("--ask") + 1] if "--ask" in sys.argv
                      else "target/debug/examples/match_packages")
os.makedirs(FOLDER, exist_ok=True)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


def feed(name):
    """Unpacks an archive of advisories once."""
    path = os.path.join(FOLDER, name)
    if not os.path.isdir(path):
        with tarfile.open(os.path.join(ADVISORIES, name + ".tar.xz")) as archive:
            archive.extractall(FOLDER, filter="data")
    return path


def database(name, *feeds):
    """Builds a database of feeds."""
    path = os.path.join(FOLDER, name + ".hvd")
    subprocess.run([ASK, "build", path, *feeds], check=True)
    return path


def ask(path, urls):
    """Asks about packages; returns the answers in order."""
    begun = time.monotonic()
    out = subprocess.run([ASK, "ask", path], input="\n".join(urls), check=True, capture_output=True, text=True).stdout
    answers = [json.loads(line) for line in out.splitlines()]
    assert [answer["url"] for answer in answers] == list(urls)
    print(f"\n{len(urls)} packages were asked about in {time.monotonic() - begun:.1f} s.")
    return answers


def ids(answer):
    """All ids of all findings."""
    return {each for finding in answer["findings"] for each in [finding["id"], *finding["aliases"], *finding["advisories"]]}


class Score:
    """Counts agreements, and keeps differences."""

    def __init__(self, name):
        self.name, self.packages, self.both, self.missed, self.beyond = name, 0, 0, [], []

    def add(self, url, found, expected):
        self.packages += 1
        self.both += len(found & expected)
        self.missed += [(url, each) for each in sorted(expected - found)]
        self.beyond += [(url, each) for each in sorted(found - expected)]

    def row(self):
        recall = self.both / max(1, self.both + len(self.missed))
        precision = self.both / max(1, self.both + len(self.beyond))
        return (f"| {self.name} | {self.packages} | {self.both} | {len(self.missed)} | {len(self.beyond)} "
                f"| {recall:.4f} | {precision:.4f} |")

    def differences(self, most=25):
        for word, found in (("missed", self.missed), ("beyond", self.beyond)):
            for url, each in found[:most]:
                print(f"- {word}: `{each}` of `{url}`")
            if len(found) > most:
                print(f"- {word}: {len(found) - most} more")


def table(*scores):
    print("\n| | packages | both | missed | beyond | recall | precision |\n|---|---|---|---|---|---|---|")
    for score in scores:
        print(score.row())
    print()
    for score in scores:
        score.differences()


if __name__ == "__main__":
    import match_debian, match_languages, match_rpm
    import bench_match as bench

    parts = {"debian": match_debian.run, "rustsec": match_languages.rustsec, "pypa": match_languages.pypa,
             "alma": match_rpm.run}
    for name, part in parts.items():
        if ONLY in (None, name):
            print(f"\n## {name}")
            part(bench)
