//! Repositories, tags, rights.

use api_model::{PlatformView, RepositoryPermissions, RepositoryView, RightView, RightsLevel, TagView, Visibility};
use registry::{Level, Repository, Right, TagRow};

/// Shows a repository; `registry` is the name that images are pulled from.
pub(crate) fn repository_view(repository: Repository, registry: &str) -> RepositoryView {
    let Repository { row, permissions } = repository;
    RepositoryView {
        id: row.id,
        namespace: row.name.namespace().to_string(),
        reference: format!("{registry}/{}", row.name),
        name: row.name,
        visibility: match row.visibility {
            registry::Visibility::Public => Visibility::Public,
            registry::Visibility::Private => Visibility::Private,
        },
        description: row.description,
        tag_count: row.tag_count,
        created_at: row.created,
        updated_at: row.updated,
        permissions: RepositoryPermissions {
            pull: permissions.pull,
            push: permissions.push,
            delete: permissions.delete,
            administer: permissions.administer,
        },
    }
}

/// Returns the domain's word for a visibility.
pub(crate) fn visibility(visibility: Visibility) -> registry::Visibility {
    match visibility {
        Visibility::Public => registry::Visibility::Public,
        Visibility::Private => registry::Visibility::Private,
    }
}

/// Returns the domain's word for a level.
pub(crate) fn level(level: RightsLevel) -> Level {
    match level {
        RightsLevel::Read => Level::Read,
        RightsLevel::Write => Level::Write,
        RightsLevel::Admin => Level::Admin,
    }
}

/// Shows a tag.
pub(crate) fn tag_view(tag: TagRow) -> TagView {
    TagView {
        name: tag.name.to_string(),
        digest: tag.digest.to_string(),
        media_type: tag.media_type.to_string(),
        size_bytes: tag.size_bytes,
        platforms: tag
            .platforms
            .into_iter()
            .map(|platform| PlatformView {
                os: platform.os,
                architecture: platform.architecture,
                variant: platform.variant,
            })
            .collect(),
        pushed_at: tag.pushed,
        pushed_by: tag.pushed_by,
    }
}

/// Shows a right.
pub(crate) fn right_view(right: Right) -> RightView {
    RightView {
        organization: right.organization,
        team: right.team,
        level: match right.level {
            Level::Read => RightsLevel::Read,
            Level::Write => RightsLevel::Write,
            Level::Admin => RightsLevel::Admin,
        },
        is_namespace: right.is_namespace,
    }
}
