//! Numbers, maps and science: what wheels bring along.

use super::library::{LIBRARY, Library, Release};

pub(super) const LIBRARIES: &[Library] = &[
    Library {
        name: "openblas",
        versions: &[("OpenBLAS 0.", r"OpenBLAS (0\.\d\.\d{1,2})")],
        symbols: &["openblas_get_config", "openblas_get_config64_", "scipy_openblas_get_config64_"],
        stems: &["libopenblas*", "libscipy_openblas*"],
        ..LIBRARY
    },
    Library { name: "libgfortran", stems: &["libgfortran"], symbols: &["_gfortran_set_args"], ..LIBRARY },
    Library { name: "libquadmath", stems: &["libquadmath"], symbols: &["quadmath_snprintf"], ..LIBRARY },
    Library { name: "libgomp", stems: &["libgomp"], symbols: &["GOMP_parallel"], ..LIBRARY },
    Library {
        name: "hdf5",
        versions: &[("HDF5 library version ", r"HDF5 library version (1\.\d{1,2}\.\d{1,2})")],
        loose: Some(r"[^ -~]HDF5 library version (1\.\d{1,2}\.\d{1,2})\x00"),
        symbols: &["H5get_libversion"],
        stems: &["libhdf5", "libhdf5_hl"],
        ..LIBRARY
    },
    Library {
        name: "netcdf",
        versions: &[("netcdf library version ", r"netcdf library version .?(4\.\d{1,2}\.\d)")],
        symbols: &["nc_inq_libvers"],
        stems: &["libnetcdf"],
        ..LIBRARY
    },
    Library {
        name: "gdal",
        versions: &[("GDAL ", r"GDAL (\d\.\d{1,2}\.\d{1,2})[, \x00]")],
        symbols: &["GDALVersionInfo"],
        stems: &["libgdal"],
        ..LIBRARY
    },
    Library {
        name: "geos",
        versions: &[("-CAPI-1.", r"(3\.\d{1,2}\.\d{1,2})(?:dev|beta\d|rc\d)?-CAPI-1\.")],
        symbols: &["GEOSversion"],
        stems: &["libgeos", "libgeos_c"],
        release: Release::Unknown,
        ..LIBRARY
    },
    Library {
        name: "proj",
        versions: &[("Rel. ", r"Rel\. (\d\.\d{1,2}\.\d), [A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th), 20\d\d")],
        symbols: &["proj_info"],
        stems: &["libproj"],
        ..LIBRARY
    },
    Library { name: "gmp", symbols: &["__gmpz_init"], stems: &["libgmp", "libgmpxx"], ..LIBRARY },
    Library {
        name: "mpfr",
        symbols: &["mpfr_get_version"],
        loose: Some(r"[^ -~]([34]\.\d\.\d)(?:-p\d{1,2})?\x00"),
        stems: &["libmpfr"],
        alone: false,
        ..LIBRARY
    },
    Library {
        name: "fftw",
        versions: &[("fftw-3.", r"fftw-(3\.\d\.\d{1,2})")],
        symbols: &["fftw_execute", "fftwf_execute"],
        stems: &["libfftw3", "libfftw3f", "libfftw3_threads"],
        ..LIBRARY
    },
    Library { name: "eccodes", symbols: &["codes_get_api_version"], stems: &["libeccodes"], ..LIBRARY },
    Library { name: "arrow", stems: &["libarrow", "libparquet"], ..LIBRARY },
    Library { name: "tbb", symbols: &["TBB_runtime_version"], stems: &["libtbb", "libtbbmalloc"], ..LIBRARY },
    Library {
        name: "onetbb",
        versions: &[("oneTBB: VERSION", r"oneTBB: VERSION\s{1,16}(20\d\d\.\d{1,2}(?:\.\d)?)")],
        ..LIBRARY
    },
    Library {
        name: "opencv",
        versions: &[("General configuration for OpenCV ", r"OpenCV (\d\.\d{1,2}\.\d{1,2})")],
        stems: &["libopencv_*"],
        release: Release::Same,
        ..LIBRARY
    },
    Library { name: "tesseract", symbols: &["TessVersion"], stems: &["libtesseract"], ..LIBRARY },
    Library {
        name: "leptonica",
        versions: &[("leptonica-1.", r"leptonica-(1\.\d{2}\.\d)")],
        symbols: &["getLeptonicaVersion"],
        stems: &["liblept", "libleptonica"],
        ..LIBRARY
    },
];
