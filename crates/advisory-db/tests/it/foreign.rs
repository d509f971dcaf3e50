//! Other scanners' databases: a bbolt file and an SQLite file, made here page by page and table by table.

use holdfast_advisory_db::{Builder, Database, import_grype, import_trivy, is_bolt, is_sqlite};
use proptest::prelude::*;
use rusqlite::Connection;
use vuln::RangeEnd;

use crate::made::now;

const PAGE: usize = 4096;

enum Item {
    Value(String),
    Bucket(Vec<(String, Item)>),
}

fn value(key: &str, json: &str) -> (String, Item) {
    (key.to_owned(), Item::Value(json.to_owned()))
}

fn bucket(key: &str, items: Vec<(String, Item)>) -> (String, Item) {
    (key.to_owned(), Item::Bucket(items))
}

/// A page: head, elements, then keys and values.
fn page(number: u64, flags: u16, elements: &[(u32, Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut heads = Vec::new();
    for (place, (kind, key, value)) in elements.iter().enumerate() {
        let position = (elements.len() - place) * 16 + data.len();
        heads.extend_from_slice(&kind.to_le_bytes());
        for number in [position, key.len(), value.len()] {
            heads.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        }
        data.extend_from_slice(key);
        data.extend_from_slice(value);
    }
    let overflow = (16 + heads.len() + data.len()).div_ceil(PAGE) - 1;
    let mut out = number.to_le_bytes().to_vec();
    out.extend_from_slice(&flags.to_le_bytes());
    out.extend_from_slice(&u16::try_from(elements.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&u32::try_from(overflow).unwrap().to_le_bytes());
    out.extend_from_slice(&heads);
    out.extend_from_slice(&data);
    out
}

fn elements(items: &[(String, Item)]) -> Vec<(u32, Vec<u8>, Vec<u8>)> {
    let element = |(key, item): &(String, Item)| match item {
        Item::Value(text) => (0, key.clone().into_bytes(), text.clone().into_bytes()),
        // Root 0: the bucket's page stands in the value.
        Item::Bucket(items) => (1, key.clone().into_bytes(), [vec![0; 16], page(0, 2, &elements(items))].concat()),
    };
    items.iter().map(element).collect()
}

fn meta(number: u64, root: u64, transaction: u64) -> Vec<u8> {
    let mut meta = Vec::new();
    for small in [0xED0C_DAED_u32, 2, 4096, 0] {
        meta.extend_from_slice(&small.to_le_bytes());
    }
    for large in [root, 0, 2, 9, transaction] {
        meta.extend_from_slice(&large.to_le_bytes());
    }
    let sum =
        meta.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, b| (sum ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    let mut out = page(number, 4, &[]);
    out.extend_from_slice(&meta);
    out.extend_from_slice(&sum.to_le_bytes());
    out
}

/// A file whose root is a branch over two leaves; the older meta page points to nowhere.
fn bolt(items: &[(String, Item)]) -> Vec<u8> {
    let all = elements(items);
    let (left, right) = all.split_at(all.len() / 2);
    let left = page(4, 2, left);
    let right_at = 4 + u64::try_from(left.len().div_ceil(PAGE)).unwrap();
    let right = page(right_at, 2, right);
    let mut branch = page(3, 1, &[]);
    branch[10] = 2;
    for child in [4, right_at] {
        branch.extend_from_slice(&[0; 8]);
        branch.extend_from_slice(&child.to_le_bytes());
    }
    let mut out = Vec::new();
    for one in [meta(0, 99, 1), meta(1, 3, 2), page(2, 16, &[]), branch, left, right] {
        out.extend_from_slice(&one);
        out.resize(out.len().next_multiple_of(PAGE), 0);
    }
    out
}

fn trivy() -> Vec<u8> {
    bolt(&[
        bucket(
            "Red Hat",
            vec![bucket(
                "nodejs:18::npm",
                vec![value(
                    "RHSA-2024:1",
                    r#"{"Entries":[{"FixedVersion":"1:10-1.el9","Affected":[0,1],"Arches":["x86_64"],"Status":3,"Cves":[{"ID":"CVE-2024-1","Severity":3}]}]}"#,
                )],
            )],
        ),
        bucket(
            "Red Hat CPE",
            vec![bucket(
                "cpe",
                vec![
                    value("0", r#""cpe:/a:redhat:enterprise_linux:9::appstream""#),
                    value("1", r#""cpe:/a:redhat:openshift:4""#),
                ],
            )],
        ),
        bucket(
            "alma 8",
            vec![bucket("nodejs:18::nodejs", vec![value("ALSA-2024:1", r#"{"FixedVersion":"1:18-1.el8"}"#)])],
        ),
        bucket("alpine 3.19", vec![bucket("openssl", vec![value("CVE-2024-2", r#"{"FixedVersion":"3.1.4-r1"}"#)])]),
        bucket("amazon linux 2023", vec![bucket("curl", vec![value("CVE-2024-2", r#"{"FixedVersion":"8"}"#)])]),
        bucket("Azure Linux 3.0", vec![bucket("curl", vec![value("CVE-2024-2", r#"{"FixedVersion":"8.8-1.azl3"}"#)])]),
        bucket(
            "SUSE Linux Enterprise Micro 5.5",
            vec![bucket("curl", vec![value("SUSE-SU-2024:1-1", r#"{"FixedVersion":"8.0-1.1"}"#)])],
        ),
        bucket(
            "openEuler-22.03-LTS-SP3",
            vec![bucket("curl", vec![value("openEuler-SA-2024-1", r#"{"FixedVersion":"7.79-29.oe2203sp3"}"#)])],
        ),
        bucket("data-source", vec![value("debian 12", "{}")]),
        bucket(
            "debian 12",
            vec![bucket(
                "curl",
                vec![
                    value("CVE-2024-3", r#"{"FixedVersion":"7.88-1","Severity":2,"VendorIDs":["DSA-1-1"]}"#),
                    value("CVE-2024-4", r#"{"Status":5,"Severity":1}"#),
                    value("CVE-2024-5", "nonsense"),
                ],
            )],
        ),
        bucket(
            "pip::GitHub Security Advisory Pip",
            vec![bucket(
                "django",
                vec![value(
                    "CVE-2024-6",
                    r#"{"VulnerableVersions":["<3.2.1, >=3.0","=4.0"],"PatchedVersions":["3.2.1"]}"#,
                )],
            )],
        ),
        bucket(
            "rubygems::Ruby Advisory Database",
            vec![bucket("rack", vec![value("CVE-2024-7", r#"{"PatchedVersions":["~> 2.0.1",">= 2.1"]}"#)])],
        ),
        bucket("something else", vec![bucket("x", vec![value("CVE-1-1", "{}")])]),
        bucket(
            "vulnerability",
            vec![value(
                "CVE-2024-3",
                r#"{"Title":"t","Description":"d","VendorSeverity":{"nvd":4,"debian":1},"CVSS":{"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","V3Score":9.8}},"References":["https://e.com"],"PublishedDate":"2024-01-01T00:00:00Z"}"#,
            )],
        ),
    ])
}

/// Namespace, name, fixed version or state, and qualifiers of everything in a database.
fn shown(database: &Database, namespace: &str, name: &str) -> Vec<String> {
    let affects = database.affects(namespace, name).unwrap();
    let one = |affect: &vuln::Affect| {
        let ranges: Vec<String> = affect
            .ranges
            .iter()
            .map(|range| match &range.end {
                RangeEnd::Fixed(version) => format!("{}<{version}", range.introduced.as_deref().unwrap_or("")),
                RangeEnd::LastAffected(version) => format!("<={version}"),
                RangeEnd::Limit(version) => format!("|{version}"),
                RangeEnd::Open => "open".to_owned(),
            })
            .collect();
        let (source, id) = &affect.advisory;
        let module = affect.qualifiers.module.as_deref().unwrap_or("");
        format!("{source} {id} {} {} {:?} {module}", ranges.join(","), affect.versions.join(","), affect.state)
    };
    affects.iter().map(one).collect()
}

#[test]
fn trivys_buckets_become_packages() {
    let file = trivy();
    assert!(is_bolt(&file) && !is_sqlite(&file));
    let mut builder = Builder::default();
    import_trivy(&file, &mut builder).unwrap();
    let unread = builder.take_unread();
    assert_eq!(unread.count, 3, "{unread:?}");
    let database = Database::from_bytes(builder.finish(1, now()).unwrap()).unwrap();
    assert_eq!(shown(&database, "alpine:3.19", "openssl"), ["alpine CVE-2024-2 <3.1.4-r1  Affected "]);
    assert_eq!(shown(&database, "amazon:2023", "curl"), ["amazon CVE-2024-2 <8  Affected "]);
    for (namespace, expected) in [
        ("azurelinux:3", "azurelinux CVE-2024-2 <8.8-1.azl3  Affected "),
        ("sle-micro:5.5", "sle-micro SUSE-SU-2024:1-1 <8.0-1.1  Affected "),
        ("openeuler:22.03-lts-sp3", "openeuler openEuler-SA-2024-1 <7.79-29.oe2203sp3  Affected "),
    ] {
        assert_eq!(shown(&database, namespace, "curl"), [expected]);
    }
    assert_eq!(
        shown(&database, "debian:12", "curl"),
        ["debian CVE-2024-3 <7.88-1  Affected ", "debian CVE-2024-4 open  WontFix "]
    );
    assert_eq!(shown(&database, "pypi", "django"), ["ghsa CVE-2024-6 3.0<3.2.1 4.0 Affected "]);
    assert_eq!(shown(&database, "rhel:9", "npm"), ["redhat CVE-2024-1 <1:10-1.el9  Affected nodejs:18"]);
    assert_eq!(
        shown(&database, "almalinux:8", "nodejs"),
        ["almalinux ALSA-2024:1 <1:18-1.el8  Affected nodejs:18"],
        "modules outside Red Hat"
    );
    let records = database.records("CVE-2024-3").unwrap();
    assert_eq!(records.iter().map(|one| one.source.as_str()).collect::<Vec<_>>(), ["debian", "trivy"]);
    assert_eq!((records[1].severities.len(), records[1].title.as_str()), (3, "t"));
}

fn grype(path: &std::path::Path, model: i64) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            r#"CREATE TABLE db_metadata(build_timestamp TEXT, model INTEGER, revision INTEGER, addition INTEGER);
            INSERT INTO db_metadata VALUES('2026-01-01', {model}, 1, 0);
            CREATE TABLE blobs(id INTEGER PRIMARY KEY, value TEXT NOT NULL);
            CREATE TABLE vulnerability_handles(id INTEGER PRIMARY KEY, name TEXT, status TEXT, published_date TEXT, modified_date TEXT, withdrawn_date TEXT, provider_id TEXT, blob_id INTEGER);
            CREATE TABLE packages(id INTEGER PRIMARY KEY, ecosystem TEXT, name TEXT);
            CREATE TABLE operating_systems(id INTEGER PRIMARY KEY, name TEXT, major_version TEXT, minor_version TEXT, label_version TEXT, codename TEXT, channel TEXT);
            CREATE TABLE affected_package_handles(id INTEGER PRIMARY KEY, vulnerability_id INTEGER, operating_system_id INTEGER, package_id INTEGER, blob_id INTEGER);
            CREATE TABLE cpes(id INTEGER PRIMARY KEY, part TEXT, vendor TEXT, product TEXT, target_software TEXT);
            CREATE TABLE affected_cpe_handles(id INTEGER PRIMARY KEY, vulnerability_id INTEGER, cpe_id INTEGER, blob_id INTEGER);
            CREATE TABLE known_exploited_vulnerability_handles(id INTEGER PRIMARY KEY, cve TEXT, blob_id INTEGER);
            CREATE TABLE epss_handles(id INTEGER PRIMARY KEY, cve TEXT, epss REAL, percentile REAL, date TEXT);
            INSERT INTO blobs VALUES
              (1, '{{"id":"CVE-2024-1","description":"d","refs":[{{"url":"https://e.com"}}],"aliases":["GHSA-a"],"severities":[{{"scheme":"CVSS","value":{{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","version":"3.1"}},"source":"nvd@nist.gov","rank":1}},{{"scheme":"CHMLN","value":"high","rank":1}}]}}'),
              (2, '{{"ranges":[{{"version":{{"type":"deb","constraint":"< 7.88-1"}},"fix":{{"version":"7.88-1","state":"fixed"}}}}]}}'),
              (3, '{{"cves":["CVE-2024-1"],"ranges":[{{"version":{{"type":"python","constraint":">=1,<2||=3"}}}}]}}'),
              (4, '{{"qualifiers":{{"rpm_modularity":"nodejs:18"}},"ranges":[{{"version":{{"type":"rpm","constraint":""}},"fix":{{"state":"wont-fix"}}}},{{"version":{{"type":"rpm","constraint":"?? 1"}}}}]}}'),
              (5, '{{"date_added":"2024-02-01T00:00:00Z","known_ransomware_campaign_use":"known"}}'),
              (6, '{{"ranges":[{{"version":{{"type":"","constraint":"< 8.1"}}}}]}}');
            INSERT INTO vulnerability_handles VALUES
              (1,'CVE-2024-1','active','2024-01-01 00:00:00+00:00',NULL,NULL,'debian',1),
              (2,'GHSA-b','active',NULL,NULL,NULL,'github',NULL),
              (3,'CVE-2024-2','active',NULL,NULL,NULL,'rhel',NULL),
              (4,'CVE-2024-3','active',NULL,NULL,NULL,'nvd',NULL),
              (5,'CVE-2024-4','rejected',NULL,NULL,'2024-01-01 00:00:00+00:00','nvd',NULL);
            INSERT INTO packages VALUES (1,NULL,'curl'),(2,'python','Django'),(3,'rpm','nodejs'),(4,'odd','x');
            INSERT INTO operating_systems VALUES (1,'debian','12','','','bookworm',NULL),(2,'rhel','9','','','',''),(3,'rhel','9','4','','','eus');
            INSERT INTO affected_package_handles VALUES (1,1,1,1,2),(2,2,NULL,2,3),(3,3,2,3,4),(4,3,NULL,4,4),(5,5,NULL,2,3),(6,3,3,1,2);
            INSERT INTO cpes VALUES (1,'a','haxx','curl',''),(2,'h','acme','box','');
            INSERT INTO affected_cpe_handles VALUES (1,4,1,6),(2,4,2,6);
            INSERT INTO known_exploited_vulnerability_handles VALUES (1,'CVE-2024-1',5);
            INSERT INTO epss_handles VALUES (1,'CVE-2024-1',0.5,0.75,'2026-01-01'),(2,'CVE-2024-2',7,0,'2026-01-01');"#
        ))
        .unwrap();
}

#[test]
fn grypes_tables_become_packages() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vulnerability.db");
    grype(&path, 6);
    let mut builder = Builder::default();
    import_grype(&path, &mut builder).unwrap();
    let unread = builder.take_unread();
    assert_eq!(unread.count, 3, "{unread:?}");
    let database = Database::from_bytes(builder.finish(1, now()).unwrap()).unwrap();
    assert_eq!(shown(&database, "debian:12", "curl"), ["debian CVE-2024-1 <7.88-1  Affected "]);
    assert_eq!(shown(&database, "pypi", "django"), ["ghsa GHSA-b 1<2 3 Affected "]);
    assert_eq!(shown(&database, "rhel:9", "nodejs"), ["redhat CVE-2024-2 open  WontFix nodejs:18"]);
    let extended = database.affects("rhel:9", "curl").unwrap();
    assert_eq!(extended[0].qualifiers.channel.as_deref(), Some("eus"), "its fix comes through a channel of its own");
    assert_eq!(shown(&database, "cpe", "haxx:curl"), ["nvd CVE-2024-3 <8.1  Affected "]);
    let record = database.advisory("debian", "CVE-2024-1").unwrap().unwrap();
    assert_eq!((record.severities.len(), record.aliases.as_slice()), (2, &["GHSA-a".to_owned()][..]));
    assert!(record.kev.unwrap().ransomware);
    assert_eq!(record.epss.unwrap().probability_ppm, 500_000);
    assert!(database.advisory("nvd", "CVE-2024-4").unwrap().unwrap().withdrawn.is_some());
}

#[test]
fn other_schemas_and_other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vulnerability.db");
    grype(&path, 5);
    assert!(import_grype(&path, &mut Builder::default()).is_err());
    fs_err::write(&path, b"SQLite format 3\0 and then nothing").unwrap();
    assert!(import_grype(&path, &mut Builder::default()).is_err());
    assert!(import_trivy(b"", &mut Builder::default()).is_err());
}

#[test]
fn buckets_that_all_point_at_the_same_page_are_not_walked_through_again_and_again() {
    const COUNT: usize = 4_000;
    let pointing = |number: u64, key: &str, to: u64| {
        let value = [to.to_le_bytes(), [0; 8]].concat();
        page(number, 2, &vec![(1, key.as_bytes().to_vec(), value); COUNT])
    };
    let length = |page: &[u8]| u64::try_from(page.len().div_ceil(PAGE)).unwrap();
    let second = 3 + length(&pointing(3, "debian 12", 0));
    let third = second + length(&pointing(second, "curl", 0));
    let last = page(third, 2, &vec![(0, b"CVE-2024-3".to_vec(), b"{}".to_vec()); COUNT]);
    let mut file = Vec::new();
    let pages = [pointing(3, "debian 12", second), pointing(second, "curl", third), last];
    for one in [meta(0, 3, 1), meta(1, 3, 2), page(2, 16, &[])].iter().chain(&pages) {
        file.extend_from_slice(one);
        file.resize(file.len().next_multiple_of(PAGE), 0);
    }
    let error = import_trivy(&file, &mut Builder::default()).unwrap_err();
    assert!(error.to_string().contains("again and again"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_broken_bbolt_file_never_panics_or_runs_on(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut in any::<prop::sample::Index>()) {
        let mut file = trivy();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = import_trivy(&file, &mut Builder::default());
        let _ = import_trivy(&file[..cut.index(file.len())], &mut Builder::default());
    }
}
