//! Images, fonts, sound and film.

use super::library::{LIBRARY, Library, Release};

/// FreeType's shared objects by release (its `docs/VERSIONS.TXT`).
const FREETYPE: &[(&str, &str)] = &[
    ("6.20.3", "2.14.0"),
    ("6.20.2", "2.13.3"),
    ("6.20.1", "2.13.2"),
    ("6.20.0", "2.13.1"),
    ("6.19.0", "2.13.0"),
    ("6.18.3", "2.12.1"),
    ("6.18.2", "2.12.0"),
    ("6.18.1", "2.11.1"),
    ("6.18.0", "2.11.0"),
    ("6.17.4", "2.10.4"),
    ("6.17.3", "2.10.3"),
    ("6.17.2", "2.10.2"),
    ("6.17.1", "2.10.1"),
    ("6.17.0", "2.10.0"),
    ("6.16.1", "2.9.1"),
    ("6.16.0", "2.9.0"),
    ("6.15.0", "2.8.1"),
    ("6.14.0", "2.8.0"),
];

/// libwebp's shared objects by release (`-version-info` of its build files).
const LIBWEBP: &[(&str, &str)] = &[
    ("7.1.10", "1.5.0"),
    ("7.1.9", "1.4.0"),
    ("7.1.8", "1.3.2"),
    ("7.1.7", "1.3.1"),
    ("7.1.6", "1.3.0"),
    ("7.1.5", "1.2.4"),
    ("7.1.3", "1.2.2"),
    ("6.0.2", "0.6.1"),
];

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "libpng",
        versions: &[("libpng version ", r"libpng version (1\.\d{1,2}\.\d{1,2})")],
        symbols: &["png_create_read_struct"],
        stems: &["libpng", "libpng16", "libpng15", "libpng12"],
        ..LIBRARY
    },
    Library {
        name: "libjpeg-turbo",
        versions: &[("libjpeg-turbo version ", r"libjpeg-turbo version (\d\.\d{1,2}\.\d{1,2}(?:\.\d)?)")],
        symbols: &["jpeg_CreateDecompress", "tjInitDecompress"],
        stems: &["libjpeg", "libturbojpeg"],
        ..LIBRARY
    },
    Library { name: "mozjpeg", versions: &[("mozjpeg version ", r"mozjpeg version (\d\.\d\.\d)")], ..LIBRARY },
    Library {
        name: "libtiff",
        versions: &[("LIBTIFF, Version ", r"LIBTIFF, Version (\d\.\d{1,2}\.\d{1,2})")],
        symbols: &["TIFFOpen", "TIFFClientOpen"],
        stems: &["libtiff", "libtiffxx"],
        ..LIBRARY
    },
    Library {
        name: "freetype",
        markers: &["FREETYPE_PROPERTIES"],
        symbols: &["FT_Init_FreeType"],
        stems: &["libfreetype"],
        release: Release::Listed(FREETYPE),
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "harfbuzz",
        loose: Some(r"[^ -~](\d{1,2}\.\d{1,2}\.\d)\x00"),
        markers: &["HB_SHAPER_LIST", "HB_FACE_LOADER"],
        symbols: &["hb_version_string", "hb_subset_or_fail"],
        stems: &["libharfbuzz", "libharfbuzz-subset", "libharfbuzz-icu"],
        release: Release::HarfBuzz,
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "libwebp",
        symbols: &[
            "WebPDecode",
            "WebPDemuxInternal",
            "WebPMuxPushFrame",
            "WebPNewInternal",
            "WebPMuxAssemble",
            "SharpYuvConvert",
        ],
        stems: &["libwebp", "libwebpdemux", "libwebpmux", "libsharpyuv", "libwebpdecoder"],
        release: Release::Listed(LIBWEBP),
        ..LIBRARY
    },
    Library {
        name: "openjpeg",
        versions: &[("openjpeg-2.", r"openjpeg-(2\.\d\.\d)/src")],
        loose: Some(r"[^ -~](2\.\d\.\d)\x00"),
        markers: &["Stream too short, expected SOT", "Expected a SOC marker"],
        symbols: &["opj_version"],
        stems: &["libopenjp2"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "lcms2",
        markers: &["Little CMS", "%%LCMS2: "],
        symbols: &["cmsOpenProfileFromMem"],
        stems: &["liblcms2"],
        release: Release::LastAfter("2"),
        alone: false,
        ..LIBRARY
    },
    Library { name: "giflib", symbols: &["DGifOpen"], stems: &["libgif"], ..LIBRARY },
    Library {
        name: "aom",
        versions: &[("AOMedia Project AV1 ", r"AOMedia Project AV1 (?:En|De)coder v?(\d\.\d{1,2}\.\d)")],
        symbols: &["aom_codec_version"],
        stems: &["libaom"],
        release: Release::Same,
        ..LIBRARY
    },
    Library {
        name: "libvpx",
        versions: &[("WebM Project VP", r"WebM Project VP[89] (?:En|De)coder v?(1\.\d{1,2}\.\d)")],
        symbols: &["vpx_codec_version"],
        stems: &["libvpx"],
        ..LIBRARY
    },
    Library {
        name: "dav1d",
        symbols: &["dav1d_open", "dav1d_version"],
        loose: Some(r"[^ -~]([01]\.\d{1,2}\.\d)\x00"),
        stems: &["libdav1d"],
        alone: false,
        ..LIBRARY
    },
    Library { name: "libheif", symbols: &["heif_get_version"], stems: &["libheif"], release: Release::Same, ..LIBRARY },
    Library { name: "libde265", symbols: &["de265_get_version"], stems: &["libde265"], ..LIBRARY },
    Library { name: "libavif", symbols: &["avifVersion"], stems: &["libavif"], ..LIBRARY },
    Library {
        name: "x264",
        versions: &[("x264 - core ", r"x264 - core (\d{3})[ \x00]")],
        stems: &["libx264"],
        ..LIBRARY
    },
    Library {
        name: "x265",
        versions: &[("HEVC encoder version ", r"HEVC encoder version (\d\.\d{1,2})")],
        stems: &["libx265"],
        ..LIBRARY
    },
    Library {
        name: "ffmpeg",
        versions: &[("FFmpeg version ", r"FFmpeg version n?(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)[\x00 -]")],
        symbols: &["av_version_info", "avcodec_configuration", "avformat_configuration", "swscale_configuration"],
        stems: &["libavcodec", "libavformat", "libavutil", "libavfilter", "libavdevice", "libswscale", "libswresample"],
        ..LIBRARY
    },
    Library {
        name: "opus",
        versions: &[("libopus ", r"libopus (\d\.\d(?:\.\d)?)[\x00 -]")],
        symbols: &["opus_get_version_string"],
        stems: &["libopus"],
        ..LIBRARY
    },
    Library {
        name: "libvorbis",
        versions: &[("Xiph.Org libVorbis ", r"Xiph\.Org libVorbis (\d\.\d\.\d)")],
        symbols: &["vorbis_version_string"],
        stems: &["libvorbis", "libvorbisenc", "libvorbisfile"],
        ..LIBRARY
    },
    Library {
        name: "flac",
        versions: &[("reference libFLAC ", r"reference libFLAC (\d\.\d\.\d)")],
        symbols: &["FLAC__stream_decoder_new"],
        stems: &["libFLAC"],
        ..LIBRARY
    },
    Library {
        name: "libtheora",
        versions: &[("Xiph.Org libtheora ", r"Xiph\.Org libtheora (\d\.\d(?:\.\d)?)")],
        stems: &["libtheora", "libtheoradec", "libtheoraenc"],
        ..LIBRARY
    },
    Library {
        name: "libsndfile",
        versions: &[("libsndfile-1.", r"libsndfile-(1\.\d\.\d{1,2})[\x00 ]")],
        symbols: &["sf_version_string"],
        stems: &["libsndfile"],
        ..LIBRARY
    },
    Library {
        name: "imagemagick",
        versions: &[("ImageMagick ", r"ImageMagick (\d\.\d{1,2}\.\d{1,2}-\d{1,2})")],
        stems: &["libMagickCore*", "libMagickWand*"],
        ..LIBRARY
    },
    Library {
        name: "graphicsmagick",
        versions: &[("GraphicsMagick ", r"GraphicsMagick (1\.\d\.\d{1,2})")],
        stems: &["libGraphicsMagick*"],
        ..LIBRARY
    },
    Library {
        name: "cairo",
        versions: &[("cairo 1.", r"cairo (1\.\d{1,2}\.\d{1,2}) \(http")],
        symbols: &["cairo_version_string"],
        stems: &["libcairo"],
        ..LIBRARY
    },
    Library { name: "pixman", symbols: &["pixman_version_string"], stems: &["libpixman"], ..LIBRARY },
    Library { name: "fontconfig", symbols: &["FcInit"], stems: &["libfontconfig"], ..LIBRARY },
    Library { name: "fribidi", symbols: &["fribidi_log2vis"], stems: &["libfribidi"], ..LIBRARY },
    Library { name: "raqm", symbols: &["raqm_create"], stems: &["libraqm"], ..LIBRARY },
    Library { name: "libimagequant", symbols: &["liq_attr_create"], stems: &["libimagequant"], ..LIBRARY },
    Library {
        name: "openexr",
        stems: &["libOpenEXR*", "libIlmImf*"],
        symbols: &["exr_get_library_version"],
        ..LIBRARY
    },
    Library { name: "libraw", symbols: &["libraw_version"], stems: &["libraw", "libraw_r"], ..LIBRARY },
    Library { name: "libxcb", symbols: &["xcb_connect"], stems: &["libxcb"], ..LIBRARY },
    Library { name: "libxau", symbols: &["XauFileName"], stems: &["libXau"], ..LIBRARY },
    Library { name: "libxdmcp", symbols: &["XdmcpWrap"], stems: &["libXdmcp"], ..LIBRARY },
    Library { name: "libx11", symbols: &["XOpenDisplay"], stems: &["libX11"], ..LIBRARY },
];
