//! What a system is made of.

use super::library::{LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library { name: "busybox", versions: &[("BusyBox v1.", r"BusyBox v(1\.\d{1,2}\.\d)")], ..LIBRARY },
    Library { name: "toybox", versions: &[("toybox 0.", r"toybox (0\.\d\.\d{1,2})")], ..LIBRARY },
    Library {
        name: "glibc",
        versions: &[(
            "GNU C Library ",
            r"GNU C Library \([^)\x00]{1,60}\) (?:stable|development) release version (2\.\d{1,2}(?:\.\d{1,3})?)",
        )],
        stems: &["libc"],
        ..LIBRARY
    },
    Library {
        name: "musl",
        loose: Some(r"[^ -~](1\.[12]\.\d{1,2})\x00"),
        // What its loader says of itself; programs that look for musl know only the first line.
        markers: &[")\nVersion %s\nDynamic Program Loader"],
        stems: &["libc.musl-x86_64", "ld-musl-x86_64", "libc.musl-aarch64", "ld-musl-aarch64"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "uclibc",
        versions: &[("uClibc-ng ", r"uClibc-ng (1\.\d\.\d{1,2})"), ("uClibc-0.", r"uClibc-(0\.\d\.\d{1,2})")],
        ..LIBRARY
    },
    Library {
        name: "linux",
        versions: &[("Linux version ", r"Linux version (\d\.\d{1,2}\.\d{1,3})[^ ]{0,40} \(")],
        ..LIBRARY
    },
    Library { name: "u-boot", versions: &[("U-Boot 20", r"U-Boot (20\d\d\.\d\d)")], ..LIBRARY },
    Library {
        name: "keyutils",
        versions: &[("keyutils-1.", r"keyutils-(1\.\d(?:\.\d{1,2})?)[\x00 ]")],
        symbols: &["keyctl_read"],
        stems: &["libkeyutils"],
        ..LIBRARY
    },
    Library { name: "libselinux", symbols: &["selinux_init_load_policy"], stems: &["libselinux"], ..LIBRARY },
    Library { name: "libsepol", symbols: &["sepol_policydb_create"], stems: &["libsepol"], ..LIBRARY },
    Library { name: "libcom_err", symbols: &["com_err"], stems: &["libcom_err"], ..LIBRARY },
    Library { name: "libcap", symbols: &["cap_get_proc"], stems: &["libcap"], release: Release::Same, ..LIBRARY },
    Library {
        name: "util-linux",
        symbols: &["blkid_get_library_version", "mnt_get_library_version", "uuid_generate_time_safe"],
        stems: &["libblkid", "libmount", "libuuid", "libsmartcols"],
        ..LIBRARY
    },
    Library { name: "e2fsprogs", symbols: &["ext2fs_open"], stems: &["libext2fs", "libe2p"], ..LIBRARY },
    Library {
        name: "ncurses",
        versions: &[("ncurses ", r"ncurses (\d\.\d\.20\d{6})")],
        symbols: &["curses_version", "tigetstr"],
        stems: &["libncurses", "libncursesw", "libtinfo", "libtinfow"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "readline",
        symbols: &["rl_initialize"],
        stems: &["libreadline", "libhistory"],
        release: Release::Same,
        ..LIBRARY
    },
    Library { name: "bash", versions: &[("@(#)Bash version ", r"Bash version (\d\.\d{1,2}\.\d{1,3})")], ..LIBRARY },
    Library {
        name: "jemalloc",
        versions: &[("<jemalloc>", r"(5\.\d\.\d)-\d{1,4}-g[0-9a-f]{40}")],
        loose: Some(r"[^ -~](5\.\d\.\d)-\d{1,4}-g[0-9a-f]{40}\x00"),
        proof: Some(r"[^ -~]5\.\d\.\d-\d{1,4}-g[0-9a-f]{40}\x00"),
        markers: &["Malformed conf string", "jemalloc statistics"],
        symbols: &["malloc_stats_print", "je_malloc_stats_print"],
        stems: &["libjemalloc"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "gperftools",
        versions: &[("gperftools ", r"gperftools (2\.\d{1,2}(?:\.\d)?)")],
        symbols: &["tc_version"],
        stems: &["libtcmalloc", "libtcmalloc_minimal"],
        ..LIBRARY
    },
    Library { name: "libunwind", symbols: &["_Ux86_64_step"], stems: &["libunwind"], ..LIBRARY },
    Library { name: "elfutils", symbols: &["elf_version"], stems: &["libelf", "libdw"], ..LIBRARY },
    Library { name: "libstdc++", stems: &["libstdc++"], symbols: &["__cxa_throw"], ..LIBRARY },
    Library { name: "dbus", symbols: &["dbus_get_version"], stems: &["libdbus"], ..LIBRARY },
    Library { name: "systemd", symbols: &["sd_bus_open", "udev_new"], stems: &["libsystemd", "libudev"], ..LIBRARY },
    Library { name: "alsa-lib", symbols: &["snd_asoundlib_version"], stems: &["libasound"], ..LIBRARY },
    Library { name: "libusb", symbols: &["libusb_get_version"], stems: &["libusb-1.0", "libusb"], ..LIBRARY },
    Library {
        name: "qemu",
        versions: &[("QEMU emulator version ", r"QEMU emulator version (\d{1,2}\.\d{1,2}\.\d{1,2})")],
        loose: Some(r"[^ -~](\d\.\d{1,2}\.\d{1,2}) \([^\x00)]{1,60}\)\x00"),
        markers: &["QEMU_AUDIO_DRV", "qemu-%s"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "gdb", versions: &[("GNU gdb ", r"GNU gdb (?:\([^)]{1,40}\) )?(\d{1,2}\.\d{1,2})")], ..LIBRARY },
];
