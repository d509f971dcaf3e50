//! Applying commands: conditions, refusals, events.

use std::sync::Arc;

use base::{RepositoryId, TeamId};
use oci::Digest;
use rusqlite::Connection;
use store::{Applied, ApplyContext, ApplyError};

use super::command::{Command, Event, Reject, Reply};
use super::manifests::ManifestPut;
use super::repositories::RepositoryRow;
use super::rights::{Level, RightScope};
use super::{Registry, blobs, keys, manifests, repositories, rights, settings, tags};
use crate::control::audit;
use crate::feed::{self, FeedBatch, FeedContent, FeedEntry, copy};

type Outcome = Result<Applied<Registry>, ApplyError<Reject>>;

fn done(events: Vec<Event>) -> Outcome {
    Ok(Applied::new(Reply::Done, events))
}

/// Applies one command.
pub(super) fn apply(tx: &Connection, cx: &ApplyContext, command: &Command) -> Outcome {
    match command {
        Command::FeedApply(batch) => feed_apply(tx, cx, batch),
        Command::RepositoryCreate(create) => match repositories::create(tx, cx, create)? {
            Some(reject) => Err(ApplyError::Reject(reject)),
            None => done(vec![Event::Repository { id: create.id, name: create.name.clone() }]),
        },
        Command::RepositoryUpdate(update) => {
            let repository = known(tx, update.id)?;
            repositories::update(tx, cx, update)?;
            done(vec![Event::Repository { id: repository.id, name: repository.name }])
        }
        Command::RepositoryDelete { repository } => {
            let repository = known(tx, *repository)?;
            repositories::delete(tx, repository.id)?;
            done(vec![Event::RepositoryRemoved { id: repository.id, name: repository.name }])
        }
        Command::RightSet { scope, team, level } => right_set(tx, *scope, *team, *level),
        Command::BlobRecord(record) => {
            known(tx, record.repository)?;
            let generation = blobs::record(tx, cx, record)?;
            let event = Event::Blob { repository: record.repository, digest: record.digest.clone() };
            Ok(Applied::new(Reply::Blob { generation }, vec![event]))
        }
        Command::BlobMount { repository, from, digest, lease_secs } => {
            blob_mount(tx, cx, *repository, *from, digest, *lease_secs)
        }
        Command::LeasesRenew { leases, lease_secs } => {
            for (repository, digest) in leases {
                if blobs::has(tx, *repository, digest)? {
                    blobs::lease(tx, cx, *repository, &digest.to_bytes(), *lease_secs)?;
                }
            }
            Ok(Applied::quiet(Reply::Done))
        }
        Command::BlobUnlink { repository, digest } => blob_unlink(tx, *repository, digest),
        Command::ManifestPut(put) => manifest_put(tx, cx, put),
        Command::ManifestDelete { repository, digest } => manifest_delete(tx, cx, *repository, digest),
        Command::TagDelete { repository, tag } => {
            let repository = known(tx, *repository)?;
            if !tags::delete(tx, cx, repository.id, tag)? {
                return Err(ApplyError::Reject(Reject::TagUnknown));
            }
            done(vec![Event::Tag { repository: repository.id, name: repository.name, tag: tag.clone(), digest: None }])
        }
        Command::TokenKeyAdd(key) => {
            keys::add(tx, cx, key)?;
            done(vec![Event::TokenKeys])
        }
        Command::SettingsSet(value) => {
            settings::set(tx, value)?;
            done(vec![Event::Settings])
        }
        Command::AuditAppend(rows) => {
            audit::append(tx, rows)?;
            done(vec![Event::Audit])
        }
    }
}

fn known(tx: &Connection, repository: RepositoryId) -> Result<RepositoryRow, ApplyError<Reject>> {
    repositories::by_id(tx, repository)?.ok_or(ApplyError::Reject(Reject::RepositoryUnknown))
}

fn feed_apply(tx: &Connection, cx: &ApplyContext, batch: &FeedBatch) -> Outcome {
    feed::apply(tx, cx, batch).map_err(|error| match error {
        feed::Error::Gap { position, .. } => ApplyError::Reject(Reject::FeedGap { position }),
        feed::Error::Sql(source) => ApplyError::Sql(source),
    })?;
    let mut events = vec![Event::Fed(Arc::new(batch.clone()))];
    let teams_may_be_gone = match &batch.content {
        FeedContent::Snapshot { last, .. } => *last,
        FeedContent::Entries(entries) => {
            entries.iter().any(|one| matches!(one, FeedEntry::TeamRemoved(_) | FeedEntry::AccountRemoved(_)))
        }
    };
    if teams_may_be_gone && rights::sweep(tx)? {
        events.push(Event::Rights);
    }
    done(events)
}

fn right_set(tx: &Connection, scope: RightScope, team: TeamId, level: Option<Level>) -> Outcome {
    let owner = match scope {
        RightScope::Repository(repository) => known(tx, repository)?.owner,
        RightScope::Namespace(owner) => owner,
    };
    if level.is_some() && copy::team_by_id(tx, team)?.is_none_or(|team| team.organization != owner) {
        return Err(ApplyError::Reject(Reject::TeamUnknown));
    }
    rights::set(tx, scope, team, level)?;
    done(vec![Event::Rights])
}

fn blob_mount(
    tx: &Connection,
    cx: &ApplyContext,
    repository: RepositoryId,
    from: RepositoryId,
    digest: &Digest,
    lease_secs: i64,
) -> Outcome {
    known(tx, repository)?;
    if !blobs::has(tx, from, digest)? {
        return Err(ApplyError::Reject(Reject::BlobUnknown));
    }
    let bytes = digest.to_bytes();
    blobs::link(tx, cx, repository, &bytes)?;
    blobs::lease(tx, cx, repository, &bytes, lease_secs)?;
    done(vec![Event::Blob { repository, digest: digest.clone() }])
}

fn blob_unlink(tx: &Connection, repository: RepositoryId, digest: &Digest) -> Outcome {
    if !blobs::has(tx, repository, digest)? {
        return Err(ApplyError::Reject(Reject::BlobUnknown));
    }
    if let Some(manifest) = blobs::needed_by(tx, repository, digest)? {
        return Err(ApplyError::Reject(Reject::BlobInUse { manifest }));
    }
    blobs::unlink(tx, repository, digest)?;
    done(vec![Event::Blob { repository, digest: digest.clone() }])
}

fn manifest_put(tx: &Connection, cx: &ApplyContext, put: &ManifestPut) -> Outcome {
    let repository = known(tx, put.repository)?;
    let digests = manifests::absent(tx, put)?;
    if !digests.is_empty() {
        return Err(ApplyError::Reject(Reject::ManifestNeeds { digests }));
    }
    let is_new = manifests::put(tx, cx, put)?;
    let mut events = vec![Event::Manifest {
        repository: repository.id,
        name: repository.name.clone(),
        digest: put.digest.clone(),
        is_present: true,
    }];
    if let Some(tag) = &put.tag {
        events.push(Event::Tag {
            repository: repository.id,
            name: repository.name,
            tag: tag.clone(),
            digest: Some(put.digest.clone()),
        });
    }
    Ok(Applied::new(Reply::Manifest { is_new }, events))
}

fn manifest_delete(tx: &Connection, cx: &ApplyContext, repository: RepositoryId, digest: &Digest) -> Outcome {
    let repository = known(tx, repository)?;
    if !manifests::has(tx, repository.id, digest)? {
        return Err(ApplyError::Reject(Reject::ManifestUnknown));
    }
    let tags = manifests::delete(tx, cx, repository.id, digest)?;
    let mut events = vec![Event::Manifest {
        repository: repository.id,
        name: repository.name.clone(),
        digest: digest.clone(),
        is_present: false,
    }];
    events.extend(tags.iter().map(|tag| Event::Tag {
        repository: repository.id,
        name: repository.name.clone(),
        tag: tag.clone(),
        digest: None,
    }));
    Ok(Applied::new(Reply::ManifestDeleted { tags }, events))
}
