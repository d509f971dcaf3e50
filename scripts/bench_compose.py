#!/usr/bin/env python3
"""`holdfast compose config` against `docker-compose config`, over the corpus of Compose files.

usage: bench_compose.py [CORPUS] [--holdfast PATH | --example PATH] [--verbose]

Runs docker-compose 1.29 on each case of CORPUS, and on those that it accepts holdfast (or `config`, the small release
example of the crate). What both print is read as YAML and compared by its meaning: units are worked out, numbers are
their text, labels and hosts a mapping, and the order of constraints does not count. Printed are how many are equal, each difference,
wall time and processor time (user and system, of the processes themselves) of both, and the ratio.
"""
import json, os, re, shutil, subprocess, sys, time, tomllib

try:
    import yaml
except ImportError:
    # Debian's docker-compose brings PyYAML for the system's interpreter.
    if sys.executable == "/usr/bin/python3":
        sys.exit("PyYAML is missing")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def flag(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


POSITIONAL = [word for place, word in enumerate(sys.argv[1:], 1)
              if not word.startswith("--") and sys.argv[place - 1] not in ("--holdfast", "--example")]
CORPUS = os.path.abspath(POSITIONAL[0] if POSITIONAL else os.path.join(ROOT, "crates/compose/tests/corpus"))
EXAMPLE = flag("--example") and os.path.abspath(flag("--example"))
HOLDFAST = os.path.abspath(flag("--holdfast") or os.path.join(ROOT, "target/release/holdfast"))


class Clock:
    """What a program took, over all its runs."""

    def __init__(self):
        self.wall = self.cpu = 0.0
        self.runs = 0

    def run(self, words, folder, environment):
        begin = time.monotonic()
        child = subprocess.Popen(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.wall += time.monotonic() - begin
        self.cpu += usage.ru_utime + usage.ru_stime
        self.runs += 1
        return child.returncode, output


def cases():
    """Folder, name, files, profiles and variables of each set of files in the corpus."""
    for folder, folders, names in sorted(os.walk(CORPUS)):
        folders[:] = [name for name in folders if name != "recorded"]
        depth = os.path.relpath(folder, CORPUS).count(os.sep)
        if depth != 1:
            continue
        settings = {}
        if "case.toml" in names:
            with open(os.path.join(folder, "case.toml"), "rb") as file:
                settings = tomllib.load(file)
        default = settings.get("files") or ["compose.yaml"]
        sets = []
        for step in settings.get("steps") or ["up"]:
            files = [word for word in step.split()[1:] if not word.startswith("--")] or default
            if files not in sets:
                sets.append(files)
        for files in sets:
            name = os.path.relpath(folder, CORPUS)
            if files != default:
                name += " " + "+".join(files)
            yield folder, name, files, settings


SIZES = {"mem_limit", "mem_reservation", "memswap_limit", "shm_size", "size", "memory"}
TIMES = {"interval", "timeout", "start_period", "stop_grace_period", "delay", "window", "monitor"}
UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
SECONDS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}


def parsed(output):
    """What is printed, with one form for each meaning: `64m` is 67108864, `1m0s` is `60s`, 8 is `8`."""

    def scalar(value, key):
        text = str(value)
        size = re.fullmatch(r"([0-9.]+) *([a-z]{0,2})", text.lower())
        if key in SIZES and size and size[2] in UNITS:
            return f"{float(size[1]) * UNITS[size[2]]:.0f} bytes"
        if key in SIZES and text == "":
            return "0 bytes"
        if key == "cpus":
            return f"{float(value)} CPUs"
        parts = re.findall(r"([0-9.]+)(h|ms|us|µs|ns|m|s)", text)
        if key in TIMES and parts and "".join(map("".join, parts)) == text:
            return f"{sum(float(number) * SECONDS[unit] for number, unit in parts):.9f} seconds"
        return text if isinstance(value, (int, float)) and not isinstance(value, bool) else value

    def plain(value, key=""):
        if isinstance(value, list) and key in ("labels", "extra_hosts"):
            separator = "=" if key == "labels" else ":"
            value = dict((line.split(separator, 1) + [""])[:2] for line in value)
        if isinstance(value, dict) and key == "labels":
            value = {name: "" if inner is None else inner for name, inner in value.items()}
        if isinstance(value, dict):
            return {str(name): plain(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            items = [plain(inner) for inner in value]
            if key not in ("constraints", "ports"):
                return items
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True, default=str))
        return scalar(value, key)

    return plain(yaml.safe_load(output))


def first_difference(left, right, path=""):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(set(left) | set(right)):
            if key not in left or key not in right:
                return f"{path}.{key}: only {'ours' if key in right else 'docker-compose'} has it"
            found = first_difference(left[key], right[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        found = (first_difference(one, other, f"{path}[{place}]") for place, (one, other) in enumerate(zip(left, right)))
        return next((one for one in found if one), None)
    if left == right and type(left) is type(right):
        return None
    return f"{path}: docker-compose {json.dumps(left)}, ours {json.dumps(right)}"


def main():
    stock = shutil.which("docker-compose") or sys.exit("docker-compose 1.29 is not installed")
    version = subprocess.run([stock, "version", "--short"], capture_output=True, text=True).stdout.strip()
    if not version.startswith("1.29"):
        sys.exit(f"docker-compose is {version}, not 1.29")
    ours = EXAMPLE or HOLDFAST
    if not os.path.isfile(ours):
        sys.exit(f"{os.path.basename(ours)} is not built")
    home = "/tmp/holdfast-compose-corpus"
    theirs_clock, ours_clock, refused_clock = Clock(), Clock(), Clock()
    equal, different, refused = [], [], []
    for folder, name, files, settings in cases():
        environment = {"PATH": "/usr/bin:/bin", "HOME": home, "LANG": "C.UTF-8", **settings.get("env", {})}
        project = settings.get("project") or os.path.basename(folder)
        common = ["-p", project]
        for profile in settings.get("profiles", []):
            common += ["--profile", profile]
        named = [word for file in files for word in ("-f", file)]
        trial = Clock()
        code, expected = trial.run([stock, *named, *common, "config"], folder, environment)
        clock = refused_clock if code else theirs_clock
        clock.wall, clock.cpu, clock.runs = clock.wall + trial.wall, clock.cpu + trial.cpu, clock.runs + 1
        if code:
            refused.append(name)
            continue
        first = [ours, "compose-1.29"] if EXAMPLE else [ours, "compose", "config", "--client", "compose-1.29"]
        code, found = ours_clock.run([*first, *named, *common], folder, environment)
        if code:
            different.append((name, "ours refuses it"))
            continue
        difference = first_difference(parsed(expected), parsed(found))
        if difference:
            different.append((name, difference.removeprefix(".")))
        else:
            equal.append(name)
        if "--verbose" in sys.argv:
            print(name, difference or "equal", file=sys.stderr)
    report(version, equal, different, refused, theirs_clock, ours_clock)
    sys.exit(0 if equal else 1)


def report(version, equal, different, refused, theirs, ours):
    print(f"docker-compose {version} accepts {theirs.runs} sets of files and refuses {len(refused)}")
    print(f"equal {len(equal)}, different {len(different)}")
    for name, difference in different:
        print(f"  {name}: {difference}")
    for what, clock in (("docker-compose config", theirs), ("ours", ours)):
        print(f"{what}: {clock.runs} runs, {clock.wall:.2f} s wall, {clock.cpu:.2f} s processor time")
    print(f"ratio: {theirs.wall / ours.wall:.0f} times in wall time, {theirs.cpu / ours.cpu:.0f} times in processor time")


main()
