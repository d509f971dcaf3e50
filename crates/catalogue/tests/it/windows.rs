//! Windows: hives, updates, version resources.

use super::forge::{KeyForge, hive, key, pe, wide};
use super::{read, try_read};

fn number(value: u32) -> Vec<u8> {
    value.to_le_bytes().to_vec()
}

fn update(name: &str, state: u32, location: &str) -> KeyForge {
    key(name, &[("CurrentState", 4, number(state)), ("InstallLocation", 1, wide(location))], vec![])
}

/// A hive as a server of 2022 has it, cut down.
pub(crate) fn software() -> KeyForge {
    let version = [
        ("CurrentBuildNumber", 1, wide("20348")),
        ("CurrentMajorVersionNumber", 4, number(10)),
        ("CurrentMinorVersionNumber", 4, number(0)),
        ("UBR", 4, number(2461)),
        ("ProductName", 1, wide("Windows Server 2022 Datacenter")),
        ("InstallationType", 1, wide("Server Core")),
    ];
    let packages = vec![
        update("Package_for_KB5034439~31bf3856ad364e35~amd64~~20348.2260.1.0", 112, ""),
        update("Package_1_for_KB5034439~31bf3856ad364e35~amd64~~20348.2260.1.0", 112, ""),
        update("Package_for_KB5012170~31bf3856ad364e35~amd64~~20348.880.1.1", 80, ""),
        update(
            "Package_for_RollupFix~31bf3856ad364e35~amd64~~20348.2461.1.12",
            112,
            "\\\\?\\C:\\Windows\\Temp\\Windows10.0-KB5037782-x64.cab",
        ),
        update("Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.20348.1", 112, ""),
    ];
    let servicing = key("Component Based Servicing", &[], vec![key("Packages", &[], packages)]);
    let windows = key("Windows", &[], vec![key("CurrentVersion", &[], vec![servicing])]);
    let nt = key("Windows NT", &[], vec![key("CurrentVersion", &version, vec![])]);
    key(
        "ROOT",
        &[],
        vec![key("Classes", &[], vec![]), key("Microsoft", &[("Big", 3, vec![7; 40_000])], vec![nt, windows])],
    )
}

#[test]
fn a_hive_tells_release_and_updates() {
    let file = hive(&software());
    for path in
        ["/Files/Windows/System32/config/SOFTWARE", "/Hives/Software_Delta", "/Windows/System32/config/software"]
    {
        let findings = read(path, &file);
        let os = findings.os.unwrap();
        assert_eq!((os.id.as_str(), os.version.as_str()), ("windows", "10.0.20348.2461"));
        assert_eq!((os.name.as_str(), os.variant.as_deref()), ("Windows Server 2022 Datacenter", Some("Server Core")));
        let updates: Vec<_> = findings.packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(updates, ["KB5034439", "KB5037782"]);
        assert_eq!(findings.packages[1].version, "20348.2461.1.12");
    }
    assert!(catalogue::select("/UtilityVM/Files/Windows/System32/config/SOFTWARE", 0o644, 9, b"regf").is_none());
    assert!(try_read("/Hives/Software_Delta", b"not a hive").is_err());
}

#[test]
fn the_revision_comes_from_the_newest_rollup_if_the_hive_names_none() {
    let mut root = software();
    let nt = &mut root.keys[1].keys[0].keys[0];
    nt.values.retain(|(name, ..)| name != "UBR");
    assert_eq!(read("/Hives/Software_Delta", &hive(&root)).os.unwrap().version, "10.0.20348.2461");
}

#[test]
fn a_forged_hive_is_one_for_the_real_reader_too() {
    if !super::have("a_forged_hive_is_one_for_the_real_reader_too", &["hivexsh"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("hive"), hive(&software())).unwrap();
    fs_err::write(
        folder.path().join("script"),
        "cd \\Microsoft\\Windows NT\\CurrentVersion\nlsval CurrentBuildNumber\n",
    )
    .unwrap();
    let told = super::run(folder.path(), "hivexsh", &["-f", "script", "hive"]);
    assert_eq!(told.trim(), "20348");
}

#[test]
fn version_resources_are_read() {
    let file = pe(
        [10, 0, 20348, 2461],
        &[
            ("CompanyName", "Microsoft Corporation"),
            ("OriginalFilename", "ntdll.dll"),
            ("ProductVersion", "10.0.20348.2461"),
            ("ProductName", "Microsoft Windows"),
        ],
    );
    let info = catalogue::os::pe_version_info(&file).unwrap();
    assert_eq!(info.file_version, "10.0.20348.2461");
    assert_eq!(info.company.as_deref(), Some("Microsoft Corporation"));
    assert_eq!(info.product_name.as_deref(), Some("Microsoft Windows"));
    assert_eq!(info.original_filename.as_deref(), Some("ntdll.dll"));
    let os = read("/Files/Windows/System32/ntdll.dll", &file).os.unwrap();
    assert_eq!(os.version, "10.0.20348.2461");
    assert!(catalogue::os::pe_version_info(b"MZ").is_none());
}

#[test]
fn the_image_configuration_is_believed_first() {
    let told = catalogue::os::windows_release("10.0.20348.2461").unwrap();
    assert_eq!((told.id.as_str(), told.version.as_str()), ("windows", "10.0.20348.2461"));
    assert!(told.rank < read("/Hives/Software_Delta", &hive(&software())).os.unwrap().rank);
    for bad in ["", "10", "10.0.x.1", "10..0"] {
        assert!(catalogue::os::windows_release(bad).is_none(), "{bad}");
    }
}
