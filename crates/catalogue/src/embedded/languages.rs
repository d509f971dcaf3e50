//! Interpreters, runtimes, and libraries of text and data.

use super::library::{Form, LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "sqlite",
        loose: Some(r"[^ -~](3\.\d{1,2}\.\d{1,2}(?:\.\d)?)\x00"),
        proof: Some(r"[^ -~]20\d\d-\d\d-\d\d \d\d:\d\d:\d\d [0-9a-f]{40,64}(?:alt\d)?\x00"),
        markers: &["SQLite format 3", "unable to delete/modify collation sequence due to active statements"],
        symbols: &["sqlite3_open_v2"],
        stems: &["libsqlite3", "sqlite3"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libxml2",
        versions: &[("-GITv2.", r"GITv(2\.\d{1,2}\.\d{1,2})")],
        loose: Some(r"[^ -~](2(?:0|1)\d\d\d)(?:-GIT[^\x00]{0,40})?\x00"),
        markers: &["Extra content at the end of the document", "xmlParseStartTag: "],
        symbols: &["xmlReadMemory"],
        stems: &["libxml2"],
        release: Release::Same,
        form: Form::Packed,
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libxslt",
        loose: Some(r"[^ -~](101\d\d)(?:-GIT[^\x00]{0,40})?\x00"),
        markers: &["xsltApplyStylesheet: ", "xsltParseStylesheetProcess : "],
        symbols: &["xsltParseStylesheetDoc"],
        stems: &["libxslt", "libexslt"],
        form: Form::Packed,
        release: Release::Same,
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "expat",
        versions: &[("expat_2.", r"expat_(2\.\d{1,2}\.\d{1,2})")],
        markers: &["unexpected parser state - please send a bug report"],
        symbols: &["XML_ParserCreate"],
        stems: &["libexpat"],
        ..LIBRARY
    },
    Library {
        name: "pcre2",
        loose: Some(r"[^ -~](10\.\d{2}) 20\d\d-\d\d-\d\d\x00"),
        proof: Some(r"[^ -~]10\.\d{2} 20\d\d-\d\d-\d\d\x00"),
        markers: &["unknown compile-time option bit(s)"],
        symbols: &["pcre2_compile_8", "pcre2_compile_16"],
        stems: &["libpcre2-8", "libpcre2-16", "libpcre2-32", "libpcre2-posix", "libpcre2"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "pcre",
        loose: Some(r"[^ -~](8\.\d{2}) 20\d\d-\d\d-\d\d\x00"),
        proof: Some(r"[^ -~]8\.\d{2} 20\d\d-\d\d-\d\d\x00"),
        markers: &["erroffset passed as NULL", "internal error: code overflow"],
        symbols: &["pcre_compile"],
        stems: &["libpcre", "libpcre16", "libpcreposix", "libpcrecpp"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "oniguruma", symbols: &["onig_version"], stems: &["libonig"], ..LIBRARY },
    Library { name: "re2", stems: &["libre2"], symbols: &["_ZN3re23RE24InitE"], ..LIBRARY },
    Library {
        name: "icu",
        versions: &[("icudt", r"icudt(\d{2})[lbe](?:\.dat|_|-|\x00|/)")],
        stems: &["libicuuc", "libicudata", "libicui18n", "libicuio", "icuuc*", "icuin*", "icudt*"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "lua",
        versions: &[
            ("$LuaVersion: Lua 5.", r"Lua (5\.\d\.\d{1,2})  ?Copyright"),
            ("Lua 5.", r"Lua (5\.\d\.\d{1,2})  Copyright"),
        ],
        stems: &["liblua*"],
        ..LIBRARY
    },
    Library {
        name: "luajit",
        versions: &[("LuaJIT 2.", r"LuaJIT (2\.\d\.[0-9a-z.-]{1,16})[\x00 ]")],
        stems: &["libluajit-5.1", "libluajit"],
        ..LIBRARY
    },
    Library {
        name: "python",
        loose: Some(r"[^ -~]([23]\.\d{1,2}\.\d{1,2}(?:rc\d|[ab]\d)?\+?)\x00"),
        markers: &["PYTHONNODEBUGRANGES", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE"],
        symbols: &["Py_InitializeEx"],
        stems: &["libpython*", "python3*"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "node",
        versions: &[
            ("nodejs.org/download/release/v", r"release/v(\d{1,2}\.\d{1,2}\.\d{1,2})/"),
            ("node.js/v", r"node\.js/v(\d{1,2}\.\d{1,2}\.\d{1,2})"),
        ],
        stems: &["libnode"],
        ..LIBRARY
    },
    Library {
        name: "ruby",
        versions: &[("ruby ", r"ruby (\d\.\d\.\d{1,2})(?:p\d{1,3}|rc\d|preview\d)? \(20\d\d-")],
        stems: &["libruby*"],
        ..LIBRARY
    },
    Library {
        name: "php",
        versions: &[("X-Powered-By: PHP/", r"PHP/(\d\.\d\.\d{1,2})")],
        stems: &["libphp*"],
        ..LIBRARY
    },
    Library { name: "perl", stems: &["libperl"], symbols: &["perl_construct"], release: Release::Same, ..LIBRARY },
    Library { name: "quickjs", versions: &[("QuickJS version ", r"QuickJS version (20\d\d-\d\d-\d\d)")], ..LIBRARY },
    Library {
        name: "duktape",
        versions: &[("Duktape ", r"Duktape (\d\.\d\.\d)")],
        markers: &["duk_api_stack.c"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "boost",
        versions: &[("boost_1_", r"boost_(1_\d{2})(?:_\d)?[/\x00]")],
        stems: &["libboost_*"],
        release: Release::Same,
        form: Form::Underscores,
        ..LIBRARY
    },
    Library {
        name: "qt",
        versions: &[("Qt 5.", r"Qt (5\.\d{1,2}\.\d{1,2}) \("), ("Qt 6.", r"Qt (6\.\d{1,2}\.\d{1,2}) \(")],
        stems: &["libQt5*", "libQt6*", "Qt5*", "Qt6*"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "glib",
        symbols: &["glib_check_version", "g_object_new", "g_module_open", "g_application_new"],
        stems: &["libglib", "libgobject", "libgio", "libgmodule", "libgthread"],
        release: Release::Glib,
        ..LIBRARY
    },
    Library {
        name: "libyaml",
        loose: Some(r"[^ -~](0\.[12]\.\d{1,2})\x00"),
        markers: &["did not find expected <document start>", "mapping values are not allowed in this context"],
        symbols: &["yaml_parser_initialize"],
        stems: &["libyaml"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "json-c", symbols: &["json_c_version"], stems: &["libjson-c"], ..LIBRARY },
    Library {
        name: "jansson",
        symbols: &["jansson_version_str"],
        loose: Some(r"[^ -~](2\.\d{1,2}(?:\.\d)?)\x00"),
        stems: &["libjansson"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "libffi", symbols: &["ffi_prep_cif"], stems: &["libffi"], ..LIBRARY },
    Library {
        name: "leveldb",
        symbols: &["leveldb_major_version"],
        stems: &["libleveldb"],
        release: Release::Same,
        ..LIBRARY
    },
    Library { name: "rocksdb", symbols: &["rocksdb_open"], stems: &["librocksdb"], release: Release::Same, ..LIBRARY },
    Library {
        name: "berkeley-db",
        versions: &[(
            "Berkeley DB ",
            r"Berkeley DB (?:11g Release 2, library version 11\.2\.)?(\d\.\d{1,2}\.\d{1,2})[:\x00 ]",
        )],
        symbols: &["db_version"],
        stems: &["libdb", "libdb-5.3"],
        ..LIBRARY
    },
    Library {
        name: "lmdb",
        versions: &[("LMDB 0.9.", r"LMDB (0\.9\.\d{1,2})")],
        symbols: &["mdb_env_create"],
        stems: &["liblmdb"],
        ..LIBRARY
    },
    Library {
        name: "unixodbc",
        symbols: &["SQLAllocHandle"],
        loose: Some(r"[^ -~](2\.3\.\d{1,2})\x00"),
        stems: &["libodbc", "libodbcinst"],
        alone: false,
        ..LIBRARY
    },
];
