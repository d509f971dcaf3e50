//! What Red Hat's builds leave in an image.

use super::{have, read, run, try_read};

#[test]
fn content_sets_and_cpes_are_found() {
    let manifest = br#"{"metadata":{"icm_version":1,"image_layer_index":4},"content_sets":["rhel-8-for-x86_64-baseos-rpms","rhel-8-for-x86_64-appstream-rpms"],"image_contents":[]}"#;
    for path in
        ["/root/buildinfo/content_manifests/ubi8-container-8.9-1.json", "/usr/share/buildinfo/content-sets.json"]
    {
        assert_eq!(read(path, manifest).content_sets.len(), 2, "{path}");
    }
    assert!(try_read("/root/buildinfo/content_manifests/x.json", b"{\"content_sets\": 3}").is_err());
    assert!(read("/root/buildinfo/content_manifests/x.json", b"{\"from_dnf_hint\":true}").content_sets.is_empty());
    let dockerfile = b"FROM x\nLABEL com.redhat.component=\"ubi8-container\" \\\n      cpe=\"cpe:/o:redhat:enterprise_linux:8::baseos\" version=\"8.9\"\n";
    assert_eq!(
        read("/root/buildinfo/Dockerfile-ubi8-8.9-1", dockerfile).cpes,
        ["cpe:/o:redhat:enterprise_linux:8::baseos"]
    );
    let labels = br#"{"cpe":"cpe:/a:redhat:openshift:4.15::el9","com.redhat.component":"x"}"#;
    assert_eq!(read("/usr/share/buildinfo/labels.json", labels).cpes, ["cpe:/a:redhat:openshift:4.15::el9"]);
}

#[test]
fn images_without_a_database_are_read_from_their_lists() {
    let second = "filesystem\t1.1-19.cm2\t1\t2\tMicrosoft Corporation\t(none)\t7596\tx86_64\t0\tfilesystem-1.1-19.cm2.src.rpm\n\
                  openssl-libs\t1.1.1k-28.cm2\t1\t2\tMicrosoft Corporation\t1\t7596\tx86_64\t1\topenssl-1.1.1k-28.cm2.src.rpm\nbad line\n";
    let findings = read("/var/lib/rpmmanifest/container-manifest-2", second.as_bytes());
    let told: Vec<_> = findings.packages.iter().map(|p| (p.name.as_str(), p.version.as_str())).collect();
    assert_eq!(told, [("filesystem", "1.1-19.cm2"), ("openssl-libs", "1:1.1.1k-28.cm2")]);
    let source = findings.packages[1].source.as_ref().unwrap();
    assert_eq!((source.name.as_str(), source.version.as_str()), ("openssl", "1:1.1.1k-28.cm2"));
    assert_eq!(findings.faults.len(), 1);
    let first = read("/var/lib/rpmmanifest/container-manifest-1", b"openssl-libs-1.1.1k-28.cm2.x86_64\n").packages;
    assert_eq!(
        (first[0].name.as_str(), first[0].version.as_str(), first[0].arch.as_deref()),
        ("openssl-libs", "1.1.1k-28.cm2", Some("x86_64"))
    );
    let inventory = br#"{"Content":[{"Name":"glibc","Publisher":"Bottlerocket","InstalledTime":"2024-01-01T00:00:00Z","Version":"2.38","Release":"1.br1","Architecture":"x86_64","Url":"x","Summary":"y"}]}"#;
    let packages =
        read("/x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json", inventory)
            .packages;
    assert_eq!((packages[0].name.as_str(), packages[0].version.as_str()), ("glibc", "2.38-1.br1"));
}

#[test]
fn repositories_that_dnf_used_are_content_sets() {
    if !have("repositories_that_dnf_used_are_content_sets", &["sqlite3"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = "create table config(key text); create table repo (id integer primary key autoincrement, repoid text not null);\
                  insert into repo(repoid) values ('@System'), ('ubi-9-baseos-rpms'), ('rhel-9-for-x86_64-appstream-rpms');";
    run(folder.path(), "sqlite3", &["history.sqlite", script]);
    let history = fs_err::read(folder.path().join("history.sqlite")).unwrap();
    let wanted = ["rhel-9-for-x86_64-appstream-rpms", "ubi-9-baseos-rpms"];
    assert_eq!(read("/var/lib/dnf/history.sqlite", &history).content_sets, wanted);
}

#[test]
fn the_configuration_of_an_image_is_asked_too() {
    let findings =
        catalogue::os::image_config("windows", Some("10.0.17763.5576"), [("cpe", "cpe:/o:x"), ("other", "cpe:/o:y")]);
    assert_eq!(findings.os.unwrap().version, "10.0.17763.5576");
    assert_eq!(findings.cpes, ["cpe:/o:x"]);
    assert!(catalogue::os::image_config("linux", Some("10.0.17763.5576"), []).os.is_none());
}
