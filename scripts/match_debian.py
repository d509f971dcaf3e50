"""Debian: a feed made of changelogs, asked about the versions before and after each fix."""
import collections, functools, glob, gzip, io, json, lzma, os, re, subprocess, tarfile
from urllib.parse import quote

HEAD = re.compile(r"^([a-z0-9][a-z0-9+.-]+) \(([^ ()]+)\) ")
CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b")
RELEASE = "bookworm"
MOST = 300


def changelog(text):
    """Returns the entries (version, CVEs) of a changelog, the newest first, and its source."""
    source, entries = None, []
    for line in text.splitlines():
        if head := HEAD.match(line):
            source = source or head[1]
            entries.append((head[2], set()))
        elif entries:
            entries[-1][1].update(CVE.findall(line))
    return source, entries


def changelogs(bench):
    """Finds the changelogs of installed packages, and of the mirror's packages that have several versions there."""
    found = {}
    for path in glob.glob("/usr/share/doc/*/changelog.Debian.gz") + glob.glob("/usr/share/doc/*/changelog.gz"):
        with gzip.open(path, "rt", errors="replace") as file:
            source, entries = changelog(file.read())
        if entries and len(entries) > len(found.get(source, ())):
            found[source] = entries
    for text in from_packages(bench.FOLDER, several_versions()):
        source, entries = changelog(text)
        if entries and len(entries) >= len(found.get(source, ())):
            found[source] = entries
    return found


def several_versions(most=60):
    """Returns binary packages, one a source, that the mirror has in several versions: the smallest, the newest."""
    versions, size, source_of = collections.defaultdict(set), {}, {}
    for path in sorted(glob.glob("/var/lib/apt/lists/*_Packages*")):
        opened = {".lz4": None, ".xz": lzma.open, ".gz": gzip.open}.get(os.path.splitext(path)[1], open)
        if opened is None:
            text = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", path], capture_output=True, text=True).stdout
        else:
            with opened(path, "rt") as file:
                text = file.read()
        for stanza in text.split("\n\n"):
            fields = dict(re.findall(r"^(Package|Version|Source|Size): (.*)$", stanza, re.M))
            if len(fields) >= 3:
                name = fields["Package"]
                versions[name].add(fields["Version"])
                size[name, fields["Version"]] = int(fields["Size"])
                source_of[name] = fields.get("Source", name).split()[0]
    best = {}
    for name, known in versions.items():
        if len(known) > 1:
            newest = max(known, key=functools.cmp_to_key(compare))
            least = size[name, newest]
            if least < best.get(source_of[name], (4 << 20,))[0]:
                best[source_of[name]] = (least, name, newest)
    return [(name, version) for _, name, version in sorted(best.values())[:most]]


def from_packages(folder, packages):
    """Returns the changelogs in packages of the mirror."""
    cache = os.path.join(folder, "debs")
    os.makedirs(cache, exist_ok=True)
    kept = {each: os.path.join(cache, f"{each[0]}_{each[1].replace(':', '%3a')}.changelog") for each in packages}
    missing = [each for each in packages if not os.path.exists(kept[each])]
    if missing:
        wanted = [f"{binary}={version}" for binary, version in missing]
        subprocess.run(["apt-get", "download", "-qq", *wanted], cwd=cache, stderr=subprocess.DEVNULL)
    for each in missing:
        text = ""
        for path in glob.glob(os.path.join(cache, each[0] + "_*.deb")):
            data = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], capture_output=True).stdout
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for entry in archive:
                    if entry.isfile() and re.search(r"/usr/share/doc/[^/]+/changelog(\.Debian)?\.gz$", entry.name):
                        read = gzip.decompress(archive.extractfile(entry).read()).decode(errors="replace")
                        text = read if HEAD.match(read) else text
            os.unlink(path)
        with open(kept[each], "w") as file:
            file.write(text)
    return [open(kept[each]).read() for each in packages]


@functools.lru_cache(None)
def compare(a, b):
    """Compares by Debian's own program."""
    if a == b:
        return 0
    is_less = subprocess.run(["dpkg", "--compare-versions", a, "lt", b], stderr=subprocess.DEVNULL).returncode == 0
    return -1 if is_less else (1 if compare_gt(a, b) else 0)


def compare_gt(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "gt", b], stderr=subprocess.DEVNULL).returncode == 0


def ranks(told, wanted):
    """Orders versions: as the changelog tells them, if Debian's program agrees from each to the next, else by it alone."""
    versions = [version for version in dict.fromkeys(told) if version in wanted]
    if not all(compare(*pair) < 0 for pair in zip(versions, versions[1:])):
        versions.sort(key=functools.cmp_to_key(compare))
    rank = {}
    for at, version in enumerate(versions):
        same = at and compare(versions[at - 1], version) == 0
        rank[version] = rank[versions[at - 1]] if same else at
    return rank


def binaries():
    """Returns a binary package of each installed source, so that the way from binary to source is walked."""
    out = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${source:Package}\n"], capture_output=True, text=True)
    return {source: binary for binary, source in (line.split() for line in out.stdout.splitlines())}


def run(bench):
    found = changelogs(bench)
    tracker, cases = {}, []
    for source, entries in sorted(found.items()):
        fixed = {}
        # The oldest entry that names a CVE is the one that mended it.
        for place, (version, cves) in reversed(list(enumerate(entries))):
            for cve in cves:
                if cve not in fixed and place + 1 < len(entries):
                    fixed[cve] = (version, entries[place + 1][0])
        # The newest will do: a browser alone has thousands.
        fixed = dict(list(fixed.items())[-MOST:])
        if fixed:
            tracker[source] = {cve: {"description": "", "releases": {RELEASE: {
                "status": "resolved", "fixed_version": version, "urgency": "not yet assigned",
                "repositories": {RELEASE: version}}}} for cve, (version, _) in fixed.items()}
            cases.append((source, fixed))
    path = os.path.join(bench.FOLDER, "debian-tracker.json")
    with open(path, "w") as file:
        json.dump(tracker, file)
    database = bench.database("debian", path)
    binary_of = binaries()
    urls, expected, pairs = [], [], []
    for source, fixed in cases:
        rank = ranks([version for version, _ in reversed(found[source])], {v for pair in fixed.values() for v in pair})
        versions = list(rank)
        place = {}
        for version in versions:
            binary = binary_of.get(source, source)
            upstream = f"&upstream={quote(source + '@' + version, safe='')}" if binary != source else ""
            place[version] = len(urls)
            urls.append(f"pkg:deb/debian/{quote(binary, safe='')}@{quote(version, safe='')}?distro=debian-12{upstream}")
            expected.append({cve for cve, (end, _) in fixed.items() if rank[version] < rank[end]})
        pairs += [(cve, place[before], place[after]) for cve, (after, before) in fixed.items()]
    answers = bench.ask(database, urls)
    found_ids = [bench.ids(answer) for answer in answers]
    shown = sum(cve in found_ids[before] for cve, before, _ in pairs)
    gone = sum(cve not in found_ids[after] for cve, _, after in pairs)
    print(f"\n{len(cases)} sources, {len(pairs)} pairs of a version that mends a CVE and the one before it: "
          f"{shown} are shown in the older one, {gone} are not shown in the mended one.")
    for cve, before, after in pairs:
        if cve not in found_ids[before]:
            print(f"- not shown: `{cve}` of `{urls[before]}`, mended in `{urls[after]}`")
        if cve in found_ids[after]:
            print(f"- still shown: `{cve}` of `{urls[after]}`")
    score = bench.Score("Debian, every CVE of each version")
    for url, one, truth in zip(urls, found_ids, expected):
        score.add(url, one, truth)
    bench.table(score)
