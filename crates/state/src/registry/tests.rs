use std::collections::BTreeMap;

use base::{
    AccountId, AccountName, Direction, Index, MemberId, OperationId, Order, RepositoryId, RepositoryName, TeamId,
    Timestamp, UploadId,
};
use oci::{Digest, MediaType, Tag};
use rusqlite::Connection;
use store::{Applied, ApplyContext, ApplyError, Machine};

use super::manifests::ReferenceRole;
use super::*;
use crate::control::AccountKind;
use crate::feed::{CopyAccount, CopyTeam, FeedBatch, FeedContent, FeedEntry};

struct World {
    conn: Connection,
    index: u64,
    anna: AccountId,
    acme: AccountId,
    team: TeamId,
}

impl World {
    fn new() -> Self {
        let conn = Connection::open_in_memory().unwrap();
        for migration in Registry::MIGRATIONS {
            (migration.run)(&conn).unwrap();
        }
        let mut world =
            Self { conn, index: 0, anna: AccountId::random(), acme: AccountId::random(), team: TeamId::random() };
        let account = |id, name: &str, kind| {
            FeedEntry::Account(CopyAccount {
                id,
                name: name.parse::<AccountName>().unwrap(),
                kind,
                is_active: true,
                is_admin: false,
                epoch: 1,
            })
        };
        let team = CopyTeam { id: world.team, organization: world.acme, name: "dev".parse().unwrap() };
        let entries = vec![
            account(world.anna, "anna", AccountKind::User),
            account(world.acme, "acme", AccountKind::Organization),
            FeedEntry::Team(team),
        ];
        world.feed(0, 5, entries).unwrap();
        world
    }

    fn feed(&mut self, from: u64, to: u64, entries: Vec<FeedEntry>) -> Result<Applied<Registry>, Reject> {
        let content = FeedContent::Entries(entries);
        self.apply(&Command::FeedApply(FeedBatch { from: Index(from), to: Index(to), content }))
    }

    fn apply(&mut self, command: &Command) -> Result<Applied<Registry>, Reject> {
        self.index += 1;
        let cx = ApplyContext {
            index: Index(self.index),
            ordinal: 0,
            now: Timestamp::from_millis(1_000_000 + i64::try_from(self.index).unwrap() * 1000),
            operation: OperationId::random(),
            version: 1,
        };
        match Registry::apply(&self.conn, &cx, command) {
            Ok(applied) => Ok(applied),
            Err(ApplyError::Reject(reject)) => Err(reject),
            Err(ApplyError::Sql(error)) => panic!("{error}"),
        }
    }

    fn repository(&mut self, name: &str, owner: AccountId) -> RepositoryId {
        let id = RepositoryId::random();
        let create = RepositoryCreate {
            id,
            name: name.parse().unwrap(),
            owner,
            visibility: Visibility::Private,
            description: String::new(),
            long_description: String::new(),
            actor: None,
        };
        self.apply(&Command::RepositoryCreate(create)).unwrap();
        id
    }

    fn blob(&mut self, repository: RepositoryId, content: &[u8]) -> Digest {
        let digest = Digest::of(content);
        let record = BlobRecord {
            repository,
            digest: digest.clone(),
            size_bytes: content.len() as u64,
            member: MemberId(1),
            generation: UploadId::random(),
            lease_secs: 60,
        };
        self.apply(&Command::BlobRecord(record)).unwrap();
        digest
    }
}

fn manifest(repository: RepositoryId, body: &str, needs: &[&Digest], tag: Option<&str>) -> Command {
    let reference = |digest: &&Digest| StoredReference {
        role: ReferenceRole::Layer,
        digest: (*digest).clone(),
        size_bytes: 1,
        is_foreign: false,
    };
    Command::ManifestPut(Box::new(ManifestPut {
        repository,
        digest: Digest::of(body.as_bytes()),
        media_type: MediaType::OCI_MANIFEST.parse().unwrap(),
        body: body.to_owned(),
        references: needs.iter().map(reference).collect(),
        subject: None,
        artifact_type: None,
        annotations: BTreeMap::new(),
        platforms: Vec::new(),
        content_bytes: 10,
        tag: tag.map(|tag| tag.parse::<Tag>().unwrap()),
        actor_name: Some("anna".to_owned()),
    }))
}

#[test]
fn a_repository_needs_the_account_of_its_namespace() {
    let mut world = World::new();
    let id = world.repository("anna/web", world.anna);
    let create = |name: &str, owner| {
        Command::RepositoryCreate(RepositoryCreate {
            id: RepositoryId::random(),
            name: name.parse().unwrap(),
            owner,
            visibility: Visibility::Public,
            description: String::new(),
            long_description: String::new(),
            actor: None,
        })
    };
    let again = world.apply(&create("anna/web", world.anna)).unwrap_err();
    assert_eq!(again, Reject::RepositoryExists { repository: id });
    assert_eq!(world.apply(&create("acme/web", world.anna)).unwrap_err(), Reject::NamespaceUnknown);
    assert_eq!(world.apply(&create("nobody/web", AccountId::random())).unwrap_err(), Reject::NamespaceUnknown);
}

#[test]
fn a_manifest_needs_its_blobs_in_its_own_repository() {
    let mut world = World::new();
    let (web, other) = (world.repository("anna/web", world.anna), world.repository("anna/other", world.anna));
    let layer = world.blob(other, b"layer");
    let refused = world.apply(&manifest(web, "{}", &[&layer], Some("1"))).unwrap_err();
    assert_eq!(refused, Reject::ManifestNeeds { digests: vec![layer.clone()] });
    let mount = Command::BlobMount { repository: web, from: other, digest: layer.clone(), lease_secs: 60 };
    world.apply(&mount).unwrap();
    let reply = world.apply(&manifest(web, "{}", &[&layer], Some("1"))).unwrap().reply;
    assert_eq!(reply, Reply::Manifest { is_new: true });
    let here = blobs::in_repository(&world.conn, web, &layer, MemberId(1)).unwrap().unwrap();
    assert!(here.generation.is_some() && here.lease.is_some());
    assert!(blobs::in_repository(&world.conn, web, &layer, MemberId(2)).unwrap().unwrap().generation.is_none());
}

#[test]
fn the_first_upload_of_a_blob_counts() {
    let mut world = World::new();
    let web = world.repository("anna/web", world.anna);
    let record = |generation| {
        Command::BlobRecord(BlobRecord {
            repository: web,
            digest: Digest::of(b"x"),
            size_bytes: 1,
            member: MemberId(1),
            generation,
            lease_secs: 1,
        })
    };
    let (first, second) = (UploadId::random(), UploadId::random());
    assert_eq!(world.apply(&record(first)).unwrap().reply, Reply::Blob { generation: first });
    assert_eq!(world.apply(&record(second)).unwrap().reply, Reply::Blob { generation: first });
    assert!(blobs::is_recorded(&world.conn, &Digest::of(b"x"), MemberId(1), first).unwrap());
    assert!(!blobs::is_recorded(&world.conn, &Digest::of(b"x"), MemberId(1), second).unwrap());
}

#[test]
fn a_blob_that_a_manifest_needs_stays() {
    let mut world = World::new();
    let web = world.repository("anna/web", world.anna);
    let layer = world.blob(web, b"layer");
    world.apply(&manifest(web, "{}", &[&layer], None)).unwrap();
    let unlink = Command::BlobUnlink { repository: web, digest: layer.clone() };
    let digest = Digest::of(b"{}");
    assert_eq!(world.apply(&unlink).unwrap_err(), Reject::BlobInUse { manifest: digest.clone() });
    world.apply(&Command::ManifestDelete { repository: web, digest }).unwrap();
    world.apply(&unlink).unwrap();
    assert_eq!(world.apply(&unlink).unwrap_err(), Reject::BlobUnknown);
}

#[test]
fn tags_move_are_counted_and_go_with_their_manifest() {
    let mut world = World::new();
    let web = world.repository("anna/web", world.anna);
    world.apply(&manifest(web, "{}", &[], Some("1"))).unwrap();
    world.apply(&manifest(web, "{ }", &[], Some("1"))).unwrap();
    world.apply(&manifest(web, "{ }", &[], Some("2"))).unwrap();
    assert_eq!(tags::names(&world.conn, web, None, 10).unwrap(), ["1", "2"]);
    assert_eq!(tags::names(&world.conn, web, Some("1"), 10).unwrap(), ["2"]);
    let count = |world: &World| repositories::by_id(&world.conn, web).unwrap().unwrap().tag_count;
    assert_eq!(count(&world), 2);
    let view = tags::view(&world.conn, web, &"1".parse().unwrap()).unwrap().unwrap();
    assert_eq!((view.digest, view.size_bytes, view.pushed_by.as_deref()), (Digest::of(b"{ }"), 13, Some("anna")));
    let reply = world.apply(&Command::ManifestDelete { repository: web, digest: Digest::of(b"{ }") }).unwrap().reply;
    assert!(matches!(reply, Reply::ManifestDeleted { tags } if tags.len() == 2));
    assert_eq!(count(&world), 0);
    assert!(manifests::has(&world.conn, web, &Digest::of(b"{}")).unwrap());
}

#[test]
fn a_deleted_repository_leaves_what_others_share() {
    let mut world = World::new();
    let (web, other) = (world.repository("anna/web", world.anna), world.repository("anna/other", world.anna));
    for repository in [web, other] {
        let layer = world.blob(repository, b"layer");
        world.apply(&manifest(repository, "{}", &[&layer], Some("1"))).unwrap();
    }
    world.apply(&Command::RepositoryDelete { repository: web }).unwrap();
    assert!(manifests::in_repository(&world.conn, other, &Digest::of(b"{}")).unwrap().is_some());
    assert!(blobs::needed_by(&world.conn, other, &Digest::of(b"layer")).unwrap().is_some());
    world.apply(&Command::RepositoryDelete { repository: other }).unwrap();
    let left: i64 = world.conn.query_row("SELECT COUNT(*) FROM manifests", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn rights_are_of_teams_of_the_owner_and_go_with_the_team() {
    let mut world = World::new();
    let (web, anna) = (world.repository("acme/web", world.acme), world.repository("anna/web", world.anna));
    let set = |scope, team| Command::RightSet { scope, team, level: Some(Level::Write) };
    let team = world.team;
    world.apply(&set(RightScope::Repository(web), team)).unwrap();
    world.apply(&set(RightScope::Namespace(world.acme), team)).unwrap();
    assert_eq!(world.apply(&set(RightScope::Repository(anna), team)).unwrap_err(), Reject::TeamUnknown);
    assert_eq!(rights::of_repository(&world.conn, web, world.acme).unwrap().len(), 2);
    let applied = world.feed(5, 6, vec![FeedEntry::TeamRemoved(team)]).unwrap();
    assert!(applied.events.iter().any(|event| matches!(event, Event::Rights)));
    assert!(rights::of_repository(&world.conn, web, world.acme).unwrap().is_empty());
}

#[test]
fn a_list_shows_what_the_viewer_may_pull() {
    let mut world = World::new();
    let web = world.repository("acme/web", world.acme);
    world.repository("acme/api", world.acme);
    world.repository("anna/tool", world.anna);
    let team = world.team;
    let right = Command::RightSet { scope: RightScope::Repository(web), team, level: Some(Level::Read) };
    world.apply(&right).unwrap();
    let names = |viewer: &Viewer, namespace: Option<&str>| -> Vec<String> {
        let listed = Listed { namespace, ..Listed::default() };
        let rows = repositories::page(&world.conn, viewer, &listed, 10).unwrap();
        rows.into_iter().map(|row| RepositoryName::to_string(&row.name)).collect()
    };
    assert!(names(&Viewer::default(), None).is_empty());
    let anna = Viewer { is_admin: false, owners: vec![world.anna], teams: vec![team] };
    assert_eq!(names(&anna, None), ["acme/web", "anna/tool"]);
    assert_eq!(names(&anna, Some("acme")), ["acme/web"]);
    let admin = Viewer { is_admin: true, ..Viewer::default() };
    assert_eq!(names(&admin, None), ["acme/api", "acme/web", "anna/tool"]);
}

#[test]
fn a_list_can_be_ordered_and_its_pages_meet() {
    let mut world = World::new();
    for name in ["acme/b", "acme/a", "acme/d", "acme/c"] {
        world.repository(name, world.acme);
    }
    // Two were changed at the same time, so that their names decide.
    for (name, updated, tags) in [("acme/a", 30, 0), ("acme/b", 10, 7), ("acme/c", 30, 11), ("acme/d", 20, 7)] {
        let sql = "UPDATE repositories SET updated = ?2, tag_count = ?3 WHERE name = ?1";
        world.conn.execute(sql, rusqlite::params![name, updated, tags]).unwrap();
    }
    let admin = Viewer { is_admin: true, ..Viewer::default() };
    for (by, direction, expected) in [
        (RepositoryKey::Name, Direction::Descending, "d c b a"),
        (RepositoryKey::Updated, Direction::Ascending, "b d a c"),
        (RepositoryKey::Updated, Direction::Descending, "c a d b"),
        (RepositoryKey::Tags, Direction::Descending, "c d b a"),
    ] {
        let order = Order { by, direction };
        let mut seen = Vec::new();
        let mut after: Option<(String, String)> = None;
        loop {
            let place = after.as_ref().map(|(key, name)| (key.as_str(), name.as_str()));
            let listed = Listed { order, after: place, ..Listed::default() };
            let rows = repositories::page(&world.conn, &admin, &listed, 1).unwrap();
            let Some(row) = rows.first() else { break };
            after = Some((by.of(row), row.name.to_string()));
            seen.push(row.name.to_string().replace("acme/", ""));
        }
        assert_eq!(seen.join(" "), expected, "{order:?}");
    }
}

#[test]
fn a_gap_in_the_feed_is_refused() {
    let mut world = World::new();
    assert_eq!(world.feed(9, 10, Vec::new()).unwrap_err(), Reject::FeedGap { position: Index(5) });
}

#[test]
fn few_signing_keys_are_kept_and_the_newest_signs() {
    let mut world = World::new();
    for id in ["a", "b", "c", "d"] {
        let key = TokenKey {
            id: id.to_owned(),
            sealed: String::new(),
            public: String::new(),
            created: Timestamp::from_millis(0),
        };
        world.apply(&Command::TokenKeyAdd(key)).unwrap();
    }
    let ids: Vec<String> = keys::list(&world.conn).unwrap().into_iter().map(|key| key.id).collect();
    assert_eq!(ids, ["d", "c", "b"]);
}
