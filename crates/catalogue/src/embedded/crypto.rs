//! Cryptography, its protocols and directories.

use super::library::{LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "openssl",
        versions: &[(
            "OpenSSL ",
            r"OpenSSL (\d\.\d{1,2}\.\d{1,2}[a-z]{0,2}(?:-(?:alpha|beta|pre)\d+)?)(?:-fips|\+quic)? {1,2}\d{1,2} [A-Z][a-z]{2} (?:19|20)\d\d",
        )],
        markers: &[
            "crypto/evp/evp_enc.c",
            "crypto/evp/digest.c",
            "ssl/ssl_lib.c",
            "ssl/statem/statem.c",
            "crypto/err/err.c",
        ],
        symbols: &["OPENSSL_init_crypto", "SSLeay_version"],
        stems: &["libssl", "libcrypto", "libeay32", "ssleay32"],
        ..LIBRARY
    },
    Library {
        name: "boringssl",
        markers: &["BoringSSL", "third_party/boringssl/src/", "boringssl/crypto/"],
        symbols: &["BORINGSSL_self_test", "BORINGSSL_bcm_power_on_self_test"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "aws-lc",
        versions: &[("AWS-LC ", r"AWS-LC (?:FIPS )?v?(\d{1,2}\.\d{1,3}\.\d{1,2})")],
        markers: &["AWS-LC FIPS", "aws-lc/crypto/"],
        symbols: &["awslc_version_string", "AWSLC_thread_local_clear"],
        ..LIBRARY
    },
    Library {
        name: "libressl",
        versions: &[("LibreSSL ", r"LibreSSL (\d\.\d{1,2}\.\d{1,2})[\x00 ]")],
        markers: &["libressl/crypto/"],
        ..LIBRARY
    },
    Library {
        name: "gnutls",
        loose: Some(r"[^ -~](3\.\d\.\d{1,2})\x00"),
        markers: &["GNUTLS_DEBUG_LEVEL", "GNUTLS_SYSTEM_PRIORITY_FILE", "GNUTLS_FORCE_FIPS_MODE"],
        symbols: &["gnutls_global_init"],
        stems: &["libgnutls"],
        ..LIBRARY
    },
    Library {
        name: "mbedtls",
        versions: &[
            ("mbed TLS ", r"[Mm]bed TLS (\d\.\d{1,2}\.\d{1,2})"),
            ("Mbed TLS ", r"[Mm]bed TLS (\d\.\d{1,2}\.\d{1,2})"),
            ("PolarSSL ", r"PolarSSL (\d\.\d{1,2}\.\d{1,2})"),
        ],
        symbols: &["mbedtls_ssl_init", "mbedtls_version_get_number"],
        stems: &["libmbedtls", "libmbedcrypto", "libmbedx509"],
        ..LIBRARY
    },
    Library {
        name: "wolfssl",
        versions: &[("wolfSSL ", r"wolfSSL v?(\d\.\d{1,2}\.\d{1,2})[\x00 ]")],
        loose: Some(r"[^ -~]([3-9]\.\d{1,2}\.\d)\x00"),
        markers: &["wolfSSL Entering", "wolfcrypt/src/", "wolfSSL Leaving"],
        symbols: &["wolfSSL_Init", "wolfSSL_lib_version"],
        stems: &["libwolfssl"],
        ..LIBRARY
    },
    Library {
        name: "libgcrypt",
        versions: &[("This is Libgcrypt ", r"This is Libgcrypt (\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["gcry_check_version"],
        stems: &["libgcrypt"],
        ..LIBRARY
    },
    Library {
        name: "libgpg-error",
        versions: &[("This is Libgpg-error ", r"This is Libgpg-error (\d\.\d{1,2})")],
        symbols: &["gpgrt_check_version"],
        stems: &["libgpg-error"],
        ..LIBRARY
    },
    Library {
        name: "libsodium",
        loose: Some(r"[^ -~](1\.0\.\d{1,2})\x00"),
        markers: &["Libsodium", "LibsodiumDRG"],
        symbols: &["sodium_init", "crypto_secretbox_easy"],
        stems: &["libsodium"],
        ..LIBRARY
    },
    Library {
        name: "nettle",
        symbols: &["nettle_sha256_init", "nettle_rsa_public_key_init", "nettle_version_major"],
        stems: &["libnettle", "libhogweed"],
        ..LIBRARY
    },
    Library {
        name: "nss",
        versions: &[
            ("$Header: NSS ", r"Header: NSS (\d\.\d{1,3}(?:\.\d{1,2})?) "),
            ("Version: NSS ", r"NSS (\d\.\d{1,3}(?:\.\d{1,2})?)[ \x00]"),
        ],
        symbols: &["NSS_InitContext", "NSS_Initialize"],
        stems: &["libnss3", "libnssutil3", "libsmime3", "libssl3", "libfreebl3", "libsoftokn3"],
        ..LIBRARY
    },
    Library {
        name: "nspr",
        versions: &[("$Header: NSPR ", r"NSPR (\d\.\d{1,2}(?:\.\d{1,2})?) ")],
        symbols: &["PR_GetThreadID", "PR_Initialize"],
        stems: &["libnspr4", "libplc4", "libplds4"],
        ..LIBRARY
    },
    Library {
        name: "libssh2",
        versions: &[("SSH-2.0-libssh2_", r"libssh2_(\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["libssh2_init"],
        stems: &["libssh2"],
        ..LIBRARY
    },
    Library {
        name: "libssh",
        versions: &[("SSH-2.0-libssh_", r"libssh_(\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["ssh_init"],
        stems: &["libssh"],
        ..LIBRARY
    },
    Library {
        name: "openssh",
        versions: &[("OpenSSH_", r"OpenSSH_(\d{1,2}\.\d{1,2}p\d)(?:[ \x00,-])")],
        markers: &["sshd_config", "ssh_config", "PubkeyAuthentication", "authorized_keys"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "dropbear",
        versions: &[("SSH-2.0-dropbear_", r"dropbear_(\d{4}\.\d{1,3})"), ("Dropbear v", r"Dropbear v(\d{4}\.\d{1,3})")],
        ..LIBRARY
    },
    Library {
        name: "krb5",
        versions: &[("KRB5_BRAND: krb5-", r"KRB5_BRAND: krb5-(\d\.\d{1,2}(?:\.\d{1,2})?)")],
        symbols: &[
            "krb5_init_context",
            "gss_init_sec_context",
            "krb5_c_encrypt",
            "krb5int_getspecific",
            "krb5int_pthread_loaded",
        ],
        stems: &["libkrb5", "libgssapi_krb5", "libk5crypto", "libkrb5support", "libgssrpc", "libkadm5clnt_mit"],
        ..LIBRARY
    },
    Library {
        name: "heimdal",
        versions: &[("Heimdal ", r"Heimdal (\d\.\d{1,2}\.\d{1,2})\)?[\x00 ]")],
        symbols: &["heim_abort"],
        stems: &["libheimbase", "libheimntlm"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "cyrus-sasl",
        loose: Some(r"[^ -~](2\.1\.\d{2})\x00"),
        markers: &["Cyrus SASL", "SASL library is not initialized", "no mechanism available"],
        symbols: &["sasl_client_init", "sasl_server_init"],
        stems: &["libsasl2"],
        ..LIBRARY
    },
    Library {
        name: "openldap",
        versions: &[("$OpenLDAP: ", r"OpenLDAP: [a-z ]{1,20}(\d\.\d\.\d{1,2}) ")],
        symbols: &["ldap_initialize", "ber_alloc_t"],
        stems: &["libldap", "libldap_r", "liblber"],
        ..LIBRARY
    },
    Library {
        name: "stunnel",
        versions: &[("stunnel ", r"stunnel (5\.\d{2})[ \x00]")],
        alone: false,
        markers: &["stunnel.conf"],
        ..LIBRARY
    },
    Library { name: "gnupg", versions: &[("(GnuPG) ", r"\(GnuPG\) (\d\.\d{1,2}\.\d{1,2})")], ..LIBRARY },
    Library { name: "p11-kit", symbols: &["p11_kit_modules_load"], stems: &["libp11-kit"], ..LIBRARY },
    Library {
        name: "libtasn1",
        symbols: &["asn1_check_version"],
        stems: &["libtasn1"],
        release: Release::Unknown,
        ..LIBRARY
    },
];
