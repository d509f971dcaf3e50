"""AlmaLinux: errata within module and stream, against rpm's order as `univers` has it."""
import functools, glob, hashlib, itertools, json, os, re, subprocess, sys
from urllib.parse import quote

MODULAR = "AlmaLinux, packages of modules"
STRANGE = "AlmaLinux, the same in a stream that no erratum names"
PLAIN = "AlmaLinux, other packages"


def errata(folder):
    """Returns what the security errata say: (release, name) -> (CVEs, stream or none, the version that mends)."""
    said = {}
    for path in glob.glob(folder + "/**/*.json", recursive=True):
        record = json.load(open(path))
        names = record.get("aliases", []) + record.get("related", []) + record.get("upstream", [])
        cves = {each for each in names if each.startswith("CVE-")}
        if record.get("withdrawn") or not cves:
            continue
        streams = re.findall(r"\b([\w.+-]+:[\w.+-]+)(?=[\s/])", record.get("summary", ""))
        for affected in record["affected"]:
            release = affected["package"]["ecosystem"].split(":")[1]
            for event in (event for each in affected["ranges"] for event in each["events"] if "fixed" in event):
                is_modular = ".module_" in event["fixed"] or ".module+" in event["fixed"]
                said.setdefault((release, affected["package"]["name"]), []).append(
                    (cves, streams if is_modular else None, event["fixed"]))
    return said


def below(version):
    """Makes a version that is just below another: the same with a tilde at its end."""
    return version + "~"


def run(bench):
    import venv

    place = os.path.join(bench.FOLDER, "venv")
    if not os.path.isdir(place):
        venv.create(place, with_pip=True)
        subprocess.run([place + "/bin/pip", "install", "-q", "packaging", "pyyaml", "univers"], check=True)
    sys.path += glob.glob(place + "/lib/python*/site-packages")
    from univers.versions import RpmVersion

    advisories = bench.feed("almalinux")
    database = bench.database("alma", advisories)
    said = errata(advisories)
    cases = {MODULAR: [], STRANGE: [], PLAIN: []}
    of = functools.lru_cache(None)(RpmVersion)
    names = sorted(said, key=lambda key: hashlib.sha256(repr(key).encode()).digest())
    modular = [key for key in names if any(streams is not None for _, streams, _ in said[key])]
    plain = [key for key in names if any(streams is None for _, streams, _ in said[key])]
    # A sample that is the same in every run: the order of digests.
    for title, keys, is_modular in ((PLAIN, plain[:400], False), (MODULAR, modular[:400], True)):
        for key in keys:
            statements = [each for each in said[key] if (each[1] is not None) == is_modular]
            named = [each for each in statements if each[1] != []]
            for _, streams, fixed in named[-8:]:
                for version, stream in itertools.product((fixed, below(fixed)), streams or [None]):
                    fitting = [(cves, end) for cves, others, end in statements if stream is None or stream in others]
                    expected = {cve for cves, end in fitting if of(version) < of(end) for cve in cves}
                    cases[title].append((url(*key, version, stream), expected))
                    if stream:
                        strange = stream.split(":")[0] + ":no-such-stream"
                        cases[STRANGE].append((url(*key, version, strange), set()))
    scores = []
    for title, found in cases.items():
        found = dict(found)
        urls = sorted(found)
        score = bench.Score(title)
        for each, answer in zip(urls, bench.ask(database, urls)):
            score.add(each, {one for one in bench.ids(answer) if one.startswith("CVE-")}, found[each])
        scores.append(score)
    bench.table(*scores)


def url(release, name, version, stream):
    epoch, bare = version.split(":", 1) if ":" in version else (None, version)
    text = f"pkg:rpm/almalinux/{quote(name, safe='')}@{quote(bare, safe='')}?distro=almalinux-{release}"
    text += f"&epoch={epoch}" if epoch and epoch != "0" else ""
    return text + (f"&rpmmod={quote(stream, safe=':')}" if stream else "")
