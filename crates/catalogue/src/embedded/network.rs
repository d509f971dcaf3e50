//! Clients, servers and protocols.

use super::library::{LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "curl",
        versions: &[
            ("libcurl/", r"libcurl/(\d\.\d{1,3}\.\d{1,2})"),
            ("CLIENT libcurl ", r"CLIENT libcurl (\d\.\d{1,3}\.\d{1,2})"),
        ],
        markers: &["Curl_", "Failed sending HTTP request", "CURLSHcode unknown"],
        symbols: &["curl_easy_init"],
        stems: &["libcurl", "libcurl-gnutls", "libcurl-nss"],
        ..LIBRARY
    },
    Library {
        name: "nghttp2",
        versions: &[("nghttp2/1.", r"nghttp2/(1\.\d{1,3}\.\d{1,2})")],
        loose: Some(r"[^ -~](1\.\d{2}\.\d)\x00"),
        symbols: &["nghttp2_session_client_new"],
        stems: &["libnghttp2"],
        ..LIBRARY
    },
    Library {
        name: "c-ares",
        loose: Some(r"[^ -~](1\.\d{2}\.\d)\x00"),
        markers: &["DNS server returned answer with no data", "DNS server claims query was misformatted"],
        symbols: &["ares_library_init"],
        stems: &["libcares"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libuv",
        loose: Some(r"[^ -~](1\.\d{2}\.\d)\x00"),
        markers: &["UV_THREADPOOL_SIZE"],
        symbols: &["uv_loop_init"],
        stems: &["libuv"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libevent",
        versions: &[("-stable", r"\x00(2\.\d\.\d{1,2})-stable")],
        symbols: &["event_base_new"],
        stems: &["libevent*"],
        ..LIBRARY
    },
    Library {
        name: "grpc",
        versions: &[("grpc-c/", r"grpc-c/(\d{1,2}\.\d\.\d)"), ("grpc-c++/", r"grpc-c\+\+/(\d\.\d{1,2}\.\d)")],
        symbols: &["grpc_init"],
        stems: &["libgrpc", "libgrpc++"],
        ..LIBRARY
    },
    Library {
        name: "protobuf",
        stems: &["libprotobuf", "libprotobuf-lite"],
        symbols: &["_ZN6google8protobuf8internal13VerifyVersionEiiPKc"],
        ..LIBRARY
    },
    Library {
        name: "librdkafka",
        loose: Some(r"[^ -~]v?([12]\.\d{1,2}\.\d)\x00"),
        markers: &["librdkafka", "rdkafka#"],
        symbols: &["rd_kafka_version_str"],
        stems: &["librdkafka"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "zeromq", symbols: &["zmq_ctx_new"], stems: &["libzmq"], ..LIBRARY },
    Library {
        name: "postgresql",
        versions: &[
            ("(PostgreSQL) ", r"\(PostgreSQL\) (\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)"),
            ("PostgreSQL ", r"PostgreSQL (\d{1,2}\.\d{1,2}(?:\.\d{1,2})?) on "),
        ],
        ..LIBRARY
    },
    // Its soname tells the major release alone, and what is wrong with the server need not be wrong with it.
    Library { name: "libpq", symbols: &["PQconnectdb", "PQlibVersion"], stems: &["libpq"], ..LIBRARY },
    Library {
        name: "mariadb",
        versions: &[("-MariaDB", r"(\d{1,2}\.\d{1,2}\.\d{1,2})-MariaDB")],
        symbols: &["mariadb_connect"],
        stems: &["libmariadb", "libmariadbclient"],
        ..LIBRARY
    },
    Library {
        name: "mysql",
        symbols: &["mysql_get_client_info"],
        loose: Some(r"[^ -~]([58]\.\d\.\d{2})\x00"),
        stems: &["libmysqlclient"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "redis",
        loose: Some(r"[^ -~]([2-8]\.\d\.\d{1,2})\x00"),
        markers: &["redis_version:%s", "redis_git_sha1"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "valkey",
        loose: Some(r"[^ -~]([789]\.\d\.\d{1,2})\x00"),
        markers: &["valkey_version:%s", "valkey-server"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "memcached", versions: &[("memcached 1.", r"memcached (1\.\d\.\d{1,2})")], ..LIBRARY },
    Library {
        name: "nginx",
        versions: &[
            ("nginx/1.", r"nginx/(1\.\d{1,2}\.\d{1,2})"),
            ("nginx version: nginx/", r"nginx/(1\.\d{1,2}\.\d{1,2})"),
        ],
        markers: &["ngx_http_core_module", "ngx_event_core_module", "nginx.conf"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "httpd",
        versions: &[("Apache/2.", r"Apache/(2\.\d\.\d{1,2})")],
        markers: &["AH00558: ", "AH00072: ", "httpd.conf", "apache2.conf"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "lighttpd", versions: &[("lighttpd/1.", r"lighttpd/(1\.\d\.\d{1,2})")], ..LIBRARY },
    Library {
        name: "haproxy",
        versions: &[
            ("HAProxy version ", r"HAProxy version (\d\.\d{1,2}(?:\.\d{1,2})?)"),
            ("HA-Proxy version ", r"HA-Proxy version (\d\.\d{1,2}(?:\.\d{1,2})?)"),
        ],
        loose: Some(r"[^ -~](\d\.\d{1,2}\.\d{1,2})-[0-9a-f]{7,12}\x00"),
        markers: &["HAProxy version is too old", "haproxy.pid", "HAPROXY_STARTUP_VERSION"],
        ..LIBRARY
    },
    Library {
        name: "squid",
        versions: &[("squid/", r"squid/(\d\.\d{1,2})")],
        markers: &["squid.conf"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "dnsmasq", versions: &[("dnsmasq-2.", r"dnsmasq-(2\.\d{2})")], ..LIBRARY },
    Library {
        name: "bind",
        versions: &[("BIND 9.", r"BIND (9\.\d{1,2}\.\d{1,2})"), ("named-9.", r"named-(9\.\d{1,2}\.\d{1,2})")],
        ..LIBRARY
    },
    Library { name: "unbound", versions: &[("unbound 1.", r"unbound (1\.\d{1,2}\.\d)")], ..LIBRARY },
    Library { name: "wpa_supplicant", versions: &[("wpa_supplicant v2.", r"wpa_supplicant v(2\.\d{1,2})")], ..LIBRARY },
    Library { name: "hostapd", versions: &[("hostapd v2.", r"hostapd v(2\.\d{1,2})")], ..LIBRARY },
    Library { name: "openvpn", versions: &[("OpenVPN 2.", r"OpenVPN (2\.\d\.\d{1,2})[ \x00_]")], ..LIBRARY },
    Library {
        name: "strongswan",
        versions: &[("strongSwan ", r"strongSwan (?:U|v)?(\d\.\d{1,2}\.\d{1,2})")],
        stems: &["libstrongswan", "libcharon"],
        ..LIBRARY
    },
    Library {
        name: "mosquitto",
        versions: &[("mosquitto version ", r"mosquitto version (\d\.\d\.\d{1,2})")],
        ..LIBRARY
    },
    Library { name: "exim", versions: &[("Exim version 4.", r"Exim version (4\.\d{2}(?:\.\d)?)")], ..LIBRARY },
    Library { name: "vsftpd", versions: &[("(vsFTPd ", r"\(vsFTPd (\d\.\d\.\d)\)")], ..LIBRARY },
    Library { name: "proftpd", versions: &[("ProFTPD 1.", r"ProFTPD (1\.\d\.\d[a-z]?)")], ..LIBRARY },
    Library { name: "samba", versions: &[("Samba 4.", r"Samba (4\.\d{1,2}\.\d{1,2})")], ..LIBRARY },
    Library { name: "ntp", versions: &[("ntpd 4.", r"ntpd (4\.\d\.\dp\d{1,2})")], ..LIBRARY },
    Library { name: "tor", versions: &[("Tor 0.4.", r"Tor (0\.4\.\d{1,2}\.\d{1,2})")], ..LIBRARY },
    Library {
        name: "git",
        versions: &[("git/2.", r"git/(2\.\d{1,2}\.\d{1,2}(?:\.\d)?)")],
        markers: &["GIT_CEILING_DIRECTORIES", "GIT_INDEX_FILE"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libgit2",
        versions: &[
            ("(libgit2 ", r"\(libgit2 (\d\.\d{1,2}\.\d{1,2})\)"),
            ("libgit2 ", r"libgit2 (\d\.\d{1,2}\.\d{1,2})[\x00)]"),
        ],
        symbols: &["git_libgit2_init"],
        stems: &["libgit2"],
        release: Release::Same,
        ..LIBRARY
    },
    Library { name: "wget", versions: &[("Wget/1.", r"Wget/(1\.\d{1,2}(?:\.\d)?)")], ..LIBRARY },
    Library {
        name: "libpcap",
        versions: &[("libpcap version ", r"libpcap version (1\.\d{1,2}\.\d)")],
        symbols: &["pcap_open_live"],
        stems: &["libpcap"],
        release: Release::Same,
        ..LIBRARY
    },
    Library { name: "nmap", versions: &[("Nmap 7.", r"Nmap (7\.\d\d)[ \x00(]")], ..LIBRARY },
    Library { name: "socat", versions: &[("socat version 1.", r"socat version (1\.\d\.\d\.\d)")], ..LIBRARY },
    Library {
        name: "freetds",
        versions: &[("freetds v", r"freetds v(\d\.\d{1,2}(?:\.\d{1,3})?)")],
        stems: &["libsybdb", "libct", "libtdsodbc"],
        ..LIBRARY
    },
    Library { name: "libidn2", symbols: &["idn2_check_version"], stems: &["libidn2"], ..LIBRARY },
    Library { name: "libpsl", symbols: &["psl_builtin"], stems: &["libpsl"], ..LIBRARY },
    Library { name: "librtmp", symbols: &["RTMP_LibVersion"], stems: &["librtmp"], ..LIBRARY },
];
