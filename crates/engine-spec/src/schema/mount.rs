//! Mounts and volumes.

use access::Parameter::MountOptions;

use super::Shape::{Bool, Int, List, Object, Text};
use super::{EMPTY, Shape, TEXT_MAP, TEXTS, admin, code, free, set};

const DRIVER: Shape = Object(&[&[code("Name", Text), code("Options", TEXT_MAP)]]);

pub(super) const MOUNT: Shape = Object(&[&[
    code("Type", Text),
    code("Source", Text),
    free("Target", Text),
    free("ReadOnly", Bool),
    free("Consistency", Text),
    code(
        "BindOptions",
        Object(&[&[
            code("Propagation", Text),
            free("NonRecursive", Bool),
            free("CreateMountpoint", Bool),
            free("ReadOnlyNonRecursive", Bool),
            free("ReadOnlyForceRecursive", Bool),
        ]]),
    ),
    code(
        "VolumeOptions",
        Object(&[&[
            free("NoCopy", Bool),
            code("Labels", TEXT_MAP),
            set(MountOptions, "Subpath", Text),
            code("DriverConfig", DRIVER),
        ]]),
    ),
    code("ImageOptions", Object(&[&[set(MountOptions, "Subpath", Text)]])),
    free(
        "TmpfsOptions",
        Object(&[&[free("SizeBytes", Int), free("Mode", Int), set(MountOptions, "Options", List(&TEXTS))]]),
    ),
    code("ClusterOptions", EMPTY),
]]);

pub(super) const VOLUME_CREATE: Shape = Object(&[&[
    code("Name", Text),
    code("Driver", Text),
    code("DriverOpts", TEXT_MAP),
    code("Labels", TEXT_MAP),
    admin("ClusterVolumeSpec", Shape::Any),
]]);
