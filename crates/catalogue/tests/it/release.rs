//! Which system it is.

use super::read;

fn told(path: &str, text: &str) -> (String, String, bool) {
    let os = read(path, text.as_bytes()).os.unwrap_or_else(|| panic!("{path} tells nothing"));
    (os.id, os.version, os.rolling)
}

#[test]
fn every_release_file_is_told() {
    let debian =
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n";
    let cases: &[(&str, &str, &str, &str, bool)] = &[
        ("/etc/os-release", debian, "debian", "12", false),
        ("/usr/lib/os-release", "ID=debian\nVERSION_CODENAME=forky\n", "debian", "", true),
        ("/etc/os-release", "ID='alpine'\r\nVERSION_ID=3.19.1\r\n", "alpine", "3.19.1", false),
        ("/etc/os-release", "ID=alpine\nVERSION_ID=3.22_alpha20250108\n", "alpine", "3.22_alpha20250108", true),
        ("/etc/os-release", "ID=wolfi\nVERSION_ID=\"20230201\"\n", "wolfi", "20230201", true),
        (
            "/etc/os-release",
            "ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20260101\"\n",
            "opensuse-tumbleweed",
            "20260101",
            true,
        ),
        ("/etc/os-release", "ID=arch\nBUILD_ID=rolling\n", "arch", "", true),
        (
            "/x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release",
            "ID=bottlerocket\nVERSION_ID=1.20.0\n",
            "bottlerocket",
            "1.20.0",
            false,
        ),
        (
            "/etc/os-release",
            "ID=\"openEuler\"\nVERSION=\"22.03 (LTS-SP3)\"\nVERSION_ID=\"22.03\"\n",
            "openeuler",
            "22.03-LTS-SP3",
            false,
        ),
        ("/etc/os-release", "ID=openEuler\nVERSION=\"24.03 LTS\"\nVERSION_ID=24.03\n", "openeuler", "24.03-LTS", false),
        ("/etc/os-release", "ID=openEuler\nVERSION=\"23.09\"\nVERSION_ID=23.09\n", "openeuler", "23.09", false),
        ("/etc/alpine-release", "3.18.4\n", "alpine", "3.18.4", false),
        ("/etc/debian_version", "11.9\n", "debian", "11", false),
        ("/etc/debian_version", "trixie/sid\n", "debian", "", true),
        ("/etc/redhat-release", "Red Hat Enterprise Linux Server release 7.9 (Maipo)\n", "rhel", "7.9", false),
        ("/etc/redhat-release", "Red Hat Enterprise Linux release 8.10 (Ootpa)\n", "rhel", "8.10", false),
        ("/etc/centos-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009", false),
        ("/etc/centos-release", "CentOS Stream release 9\n", "centos", "9", false),
        ("/etc/oracle-release", "Oracle Linux Server release 8.9\n", "ol", "8.9", false),
        ("/etc/rocky-release", "Rocky Linux release 9.3 (Blue Onyx)\n", "rocky", "9.3", false),
        ("/etc/almalinux-release", "AlmaLinux release 9.3 (Shamrock Pampas Cat)\n", "almalinux", "9.3", false),
        ("/etc/fedora-release", "Fedora release 40 (Forty)\n", "fedora", "40", false),
        ("/etc/fedora-release", "Fedora release 43 (Rawhide)\n", "fedora", "43", true),
        ("/etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn", "2018.03", false),
        ("/etc/system-release", "Amazon Linux release 2 (Karoo)\n", "amzn", "2", false),
        (
            "/etc/mariner-release",
            "CBL-Mariner 1.0.20210901\nMARINER_BUILD_NUMBER=c\n",
            "mariner",
            "1.0.20210901",
            false,
        ),
        ("/etc/photon-release", "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=2f5aad892\n", "photon", "4.0", false),
        (
            "/etc/SuSE-release",
            "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
            "sles",
            "11.4",
            false,
        ),
        ("/etc/SuSE-release", "openSUSE 13.1 (x86_64)\nVERSION = 13.1\nCODENAME = Bottle\n", "opensuse", "13.1", false),
        ("/etc/arch-release", "", "arch", "", true),
        (
            "/etc/lsb-release",
            "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=20.04\nDISTRIB_CODENAME=focal\n",
            "ubuntu",
            "20.04",
            false,
        ),
    ];
    for (path, text, id, version, rolling) in cases {
        assert_eq!(told(path, text), ((*id).to_owned(), (*version).to_owned(), *rolling), "{path}: {text}");
    }
}

#[test]
fn os_release_keeps_what_matching_needs() {
    let text = "NAME=\"Red Hat Enterprise Linux\"\nID=\"rhel\"\nID_LIKE=\"fedora centos\"\nVERSION_ID=\"9.4\"\n# a remark\n\
                PRETTY_NAME=\"Red Hat \\\"Enterprise\\\" Linux 9.4\"\nCPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\nVARIANT_ID=container\n";
    let os = read("/etc/os-release", text.as_bytes()).os.unwrap();
    assert_eq!(os.like, ["fedora", "centos"]);
    assert_eq!(os.cpe.as_deref(), Some("cpe:/o:redhat:enterprise_linux:9::baseos"));
    assert_eq!(os.variant.as_deref(), Some("container"));
    assert_eq!(os.name, "Red Hat \"Enterprise\" Linux 9.4");
}

#[test]
fn only_os_release_must_name_a_system() {
    assert!(super::try_read("/etc/os-release", b"VERSION_ID=1\n").is_err());
    let silent = [
        ("/etc/redhat-release", "nonsense"),
        ("/etc/debian_version", ""),
        ("/etc/lsb-release", "LSB_VERSION=base-4.0\n"),
    ];
    for (path, text) in silent {
        assert!(read(path, text.as_bytes()).is_empty(), "{path}");
    }
}

#[test]
fn what_one_system_alone_has_is_believed_before_what_its_relatives_share() {
    let files = [
        ("/etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"),
        ("/etc/oracle-release", "Oracle Linux Server release 6.10\n"),
    ];
    let joined = catalogue::join(files.map(|(path, text)| (path.to_owned(), read(path, text.as_bytes()))));
    assert_eq!(joined.os.unwrap().id, "ol");
}

#[test]
fn busybox_is_the_last_resort() {
    let binary = [&b"\x7fELF..."[..], b"BusyBox v1.36.1 (2023-05-18 22:34:17 UTC)\0", b"rest"].concat();
    let os = read("/bin/busybox", &binary).os.unwrap();
    assert_eq!((os.id.as_str(), os.version.as_str()), ("busybox", "1.36.1"));
    assert!(os.rank > read("/etc/arch-release", b"").os.unwrap().rank);
}

#[test]
fn this_machine_is_told_as_its_shell_reads_it() {
    let (path, text) = ("/etc/os-release", fs_err::read("/etc/os-release").unwrap_or_default());
    if text.is_empty() {
        return;
    }
    let os = read(path, &text).os.unwrap();
    let shell = super::run(
        "/".as_ref(),
        "sh",
        &["-c", ". /etc/os-release; printf '%s|%s|%s' \"$ID\" \"$VERSION_ID\" \"$PRETTY_NAME\""],
    );
    assert_eq!(shell, format!("{}|{}|{}", os.id, os.version, os.name));
}
