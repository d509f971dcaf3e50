//! Databases, web servers and proxies.

use super::rule::{RULE, Rule};

/// What tells MySQL's relatives from it.
const NOT_MYSQL: &str = r"percona-server-\d|Percona-XtraDB-Cluster-\d|\d-MariaDB|mariadb-\d|cluster-gpl";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "redis",
        files: &["redis-server", "redis-check-rdb"],
        versions: &[
            // Built reproducibly: the version, and nanoseconds.
            r"\D(\d+\.\d+\.\d+?)\d{19}\x00",
            r"\D(\d+\.\d+\.\d+)buildkitsandbox-\d+",
            r"\D(\d+\.\d+\.\d+)\w{12}-\d+",
            r"Redis version (\d+\.\d+\.\d+)",
        ],
        ..RULE
    },
    Rule {
        name: "valkey",
        files: &["valkey-server"],
        versions: &[
            r"\D(\d+\.\d+\.\d+)buildkitsandbox-\d+",
            r"\D(\d+\.\d+\.\d+)\w{12}-\d+",
            r"Valkey version (\d+\.\d+\.\d+)",
        ],
        ..RULE
    },
    Rule { name: "memcached", files: &["memcached"], versions: &[r"memcached (\d+\.\d+\.\d+)"], ..RULE },
    Rule { name: "httpd", files: &["httpd", "apache2"], versions: &[r"Apache/(\d+\.\d+\.\d+)"], ..RULE },
    Rule {
        name: "nginx",
        files: &["nginx", "openresty"],
        versions: &[r"nginx version: [^/\x00]{1,32}/(\d+\.\d+\.\d+(?:\+\d+)?(?:-\d+)?)"],
        ..RULE
    },
    Rule {
        name: "haproxy",
        files: &["haproxy"],
        versions: &[
            r"version (\d+\.\d+(?:\.|-dev|-rc)\d+)(?:-[a-z0-9]+)?, released 20",
            r"HA-?Proxy version (\d+\.\d+(?:\.|-dev|-rc)\d+)",
            r"(?s)(\d+\.\d+(?:\.|-dev|-rc)\d+)-[0-9a-zA-Z]{7}.{1,200}?HAProxy version",
        ],
        ..RULE
    },
    Rule { name: "lighttpd", files: &["lighttpd"], versions: &[r"lighttpd/(\d+\.\d+\.\d+)\x00"], ..RULE },
    Rule { name: "proftpd", files: &["proftpd"], versions: &[r"ProFTPD Version (\d+\.\d+\.\d+[a-z]?)\x00"], ..RULE },
    Rule {
        name: "mysql",
        files: &["mysql"],
        versions: &[
            r"\x00(\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d)?)\x00+mysql",
            r"/mysql-(\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d)?)",
        ],
        unless: Some(NOT_MYSQL),
        ..RULE
    },
    Rule {
        name: "mysql-server",
        files: &["mysqld"],
        versions: &[r"/mysql-(\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d)?)/"],
        unless: Some(NOT_MYSQL),
        ..RULE
    },
    Rule {
        name: "mysql-server",
        files: &["mysqld"],
        versions: &[r"cluster-gpl\x00(\d+\.\d+(?:\.\d+)?)-ndb-\d"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "mysql-cluster",
        files: &["mysqld", "ndbd", "ndbmtd", "ndb_mgmd"],
        versions: &[
            r"cluster-gpl\x00\d+\.\d+(?:\.\d+)?-ndb-(\d+\.\d+(?:\.\d+)?)",
            r"/mysql-cluster-gpl-(\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d)?)/",
        ],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "percona-server",
        files: &["mysql", "mysqld"],
        versions: &[r"/percona-server-(\d+\.\d+(?:\.\d+)?)"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "percona-xtradb-cluster",
        files: &["mysql", "mysqld"],
        versions: &[r"/Percona-XtraDB-Cluster-(\d+\.\d+(?:\.\d+)?)"],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "percona-xtrabackup",
        files: &["xtrabackup"],
        versions: &[r"/percona-xtrabackup-(\d+\.\d+(?:\.\d+)?)"],
        ..RULE
    },
    Rule {
        name: "mariadb",
        files: &["mariadb", "mariadbd", "mysql", "mysqld"],
        versions: &[
            r"(\d+\.\d+(?:\.\d+)?(?:(?:alpha|beta|rc)\d)?)-MariaDB",
            r"(?m)(?:^|/)mariadb-(\d+\.\d+(?:\.\d+)?)-",
        ],
        fragments: false,
        ..RULE
    },
    Rule {
        name: "postgresql",
        files: &["postgres"],
        versions: &[r"[\x00?]PostgreSQL (\d+(?:\.\d+){0,2}(?:(?:alpha|beta|rc)\d)?)"],
        ..RULE
    },
    Rule {
        name: "arangodb",
        files: &["arangosh", "arangod"],
        versions: &[r"(\d+\.\d+\.\d+(?:-\d+)?) (?:enterprise )?\[linux\]"],
        ..RULE
    },
    Rule {
        name: "mongodb",
        files: &["mongod", "mongos"],
        versions: &[r"\D(\d+\.\d+\.\d+)\x00+(?:tcmalloc|heap_size|cppdefines)"],
        ..RULE
    },
    Rule {
        name: "envoy",
        files: &["envoy"],
        versions: &[
            r"(?s)\x00(1\.3\d\.\d+(?:-dev)?)\x00.{0,1000}?envoy[_.]reloadable_features",
            r"(?s)envoy_quic_.{0,1000}?\x00(1\.2\d\.\d+(?:-dev)?)\x00",
            r"(?s)\x00(1\.[12]\d\.\d+(?:-dev)?)\x00.{0,1000}?(?:Unable to|ValidationError)",
            r"(?s)\[source/.{0,200}?\x00(1\.1\d\.\d+(?:-dev)?)\x00",
            r"(?s)\x00(1\.\d\.\d+(?:-dev)?)\x00.{0,20}?RELEASE",
        ],
        ..RULE
    },
];
