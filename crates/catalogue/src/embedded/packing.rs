//! Compression and archives.

use super::library::{LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "zlib",
        versions: &[
            (" deflate 1.", r"deflate (1\.\d{1,2}(?:\.\d{1,2}){0,2})(?:[-.][a-z-]+)? Copyright"),
            (" inflate 1.", r"inflate (1\.\d{1,2}(?:\.\d{1,2}){0,2})(?:[-.][a-z-]+)? Copyright"),
        ],
        markers: &["invalid distance too far back", "invalid literal/lengths set"],
        symbols: &["inflateInit2_", "deflateInit2_"],
        stems: &["libz", "zlib1", "zlib"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "zlib-ng",
        versions: &[(".zlib-ng", r"(\d\.\d{1,2}\.\d{1,2})\.zlib-ng"), ("zlib-ng ", r"zlib-ng (\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["zng_inflateInit2", "zlibng_version"],
        stems: &["libz-ng"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "bzip2",
        versions: &[
            (", 13-Jul-2019", r"(1\.0\.\d), 13-Jul-2019"),
            (", 27-Jun-2019", r"(1\.0\.\d), 27-Jun-2019"),
            (", 6-Sept-2010", r"(1\.0\.\d), 6-Sept-2010"),
            (", 10-Dec-2007", r"(1\.0\.\d), 10-Dec-2007"),
        ],
        markers: &["bzip2/libbzip2: internal error number"],
        symbols: &["BZ2_bzDecompressInit"],
        stems: &["libbz2"],
        ..LIBRARY
    },
    Library {
        name: "xz",
        loose: Some(r"[^ -~](5\.\d\.\d{1,2}(?:alpha|beta)?)\x00"),
        symbols: &["lzma_code", "lzma_stream_decoder"],
        stems: &["liblzma"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "zstd",
        loose: Some(r"[^ -~](1\.[3-6]\.\d{1,2})\x00"),
        markers: &[
            "Unsupported frame parameter",
            "Frame requires too much memory for decoding",
            "Dictionary is corrupted",
        ],
        symbols: &["ZSTD_compress", "ZSTD_decompress"],
        stems: &["libzstd"],
        release: Release::Same,
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "lz4",
        loose: Some(r"[^ -~](1\.(?:8|9|10)\.\d)\x00"),
        markers: &["ERROR_maxBlockSize_invalid", "ERROR_frameHeader_incomplete"],
        symbols: &["LZ4_compress_default", "LZ4_decompress_safe"],
        stems: &["liblz4"],
        release: Release::Same,
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "brotli",
        markers: &["SIMPLE_HUFFMAN_ALPHABET", "EXUBERANT_NIBBLE"],
        symbols: &["BrotliDecoderDecompress", "BrotliEncoderCompress", "BrotliGetDictionary", "BrotliDefaultAllocFunc"],
        stems: &["libbrotlicommon", "libbrotlidec", "libbrotlienc"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "snappy",
        symbols: &["snappy_uncompress", "snappy_compress"],
        stems: &["libsnappy"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "libarchive",
        versions: &[("libarchive ", r"libarchive (\d\.\d{1,2}\.\d{1,2})[\x00 ]")],
        symbols: &["archive_read_new"],
        stems: &["libarchive"],
        ..LIBRARY
    },
    Library {
        name: "minizip",
        versions: &[
            (" unzip 1.", r"unzip (1\.\d{1,2}(?:\.\d)?) Copyright"),
            (" zip 1.", r" zip (1\.\d{1,2}(?:\.\d)?) Copyright"),
        ],
        symbols: &["unzOpen64", "zipOpen64"],
        stems: &["libminizip"],
        ..LIBRARY
    },
    Library {
        name: "lzo",
        versions: &[
            ("LZO version", r"LZO version[ :]*v?(\d\.\d\d)"),
            ("LZO real-time data compression", r"LZO v(\d\.\d\d)"),
        ],
        symbols: &["__lzo_init_v2"],
        stems: &["liblzo2"],
        ..LIBRARY
    },
    Library { name: "libzip", symbols: &["zip_libzip_version"], stems: &["libzip"], ..LIBRARY },
    Library { name: "7-zip", versions: &[("7-Zip ", r"7-Zip (?:\[\d+\]|\(.\))? ?(\d{1,2}\.\d{2}) ")], ..LIBRARY },
    Library {
        name: "libdeflate",
        symbols: &["libdeflate_alloc_compressor", "libdeflate_deflate_decompress"],
        stems: &["libdeflate"],
        ..LIBRARY
    },
    Library {
        name: "blosc",
        versions: &[("Blosc version: ", r"Blosc version: (\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["blosc_compress"],
        stems: &["libblosc"],
        release: Release::Same,
        ..LIBRARY
    },
];
