//! Sessions, tokens, certificates, pull credentials, audit.

use base::{CertificateId, ClusterId, PageLimit, RequestId, TokenId};

use super::super::audit::{self, AuditFilter, AuditOutcome, AuditRow};
use super::super::certificates::{self, CertificateAdd};
use super::super::pull_credentials::{self, PullCredentialCreate};
use super::super::sessions::{self, CredentialsUsed};
use super::super::{Command, Reject, TokenHash, tokens};
use super::Bench;

#[test]
fn the_eleventh_session_ends_the_least_recently_used() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let mut all = Vec::new();
    for _ in 0..10 {
        bench.now = bench.now.plus_secs(1);
        all.push(bench.session(anna, 1).unwrap());
    }
    bench.now = bench.now.plus_secs(1);
    bench.apply(Command::CredentialsUsed(CredentialsUsed { sessions: vec![all[0]], ..Default::default() })).unwrap();
    let newest = bench.session(anna, 1).unwrap();
    let left: Vec<_> = sessions::of_account(&bench.conn, anna, bench.now).unwrap().iter().map(|s| s.id).collect();
    assert_eq!(left.len(), 10);
    assert!(left.contains(&all[0]) && left.contains(&newest) && !left.contains(&all[1]));
}

#[test]
fn use_in_the_last_part_renews_a_session_and_never_an_ended_one() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let session = bench.session(anna, 1).unwrap();
    let begin = bench.now;
    let mut used_at = |secs| {
        bench.now = begin.plus_secs(secs);
        let used = CredentialsUsed { sessions: vec![session], ..Default::default() };
        bench.apply(Command::CredentialsUsed(used)).unwrap();
        sessions::by_id(&bench.conn, session).unwrap().unwrap().expires
    };
    assert_eq!(used_at(1000), begin.plus_secs(3600), "too early");
    assert_eq!(used_at(2500), begin.plus_secs(2500 + 3600), "in the last 20 minutes");
    assert_eq!(used_at(2500 + 3600), begin.plus_secs(2500 + 3600), "ended");
}

#[test]
fn tokens_are_found_by_their_hash_until_deleted() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let token = bench.token(anna);
    let hash = TokenHash::of(&token.to_string());
    assert_eq!(tokens::by_hash(&bench.conn, &hash).unwrap().unwrap().account, anna);
    bench.apply(Command::TokenDelete(token)).unwrap();
    assert_eq!(tokens::by_hash(&bench.conn, &hash).unwrap(), None);
    assert_eq!(bench.apply(Command::TokenDelete(token)), Err(Reject::TokenUnknown { token }));
}

fn bench_end() -> base::Timestamp {
    base::Timestamp::from_millis(1_900_000_000_000)
}

#[test]
fn one_certificate_belongs_to_one_account() {
    let mut bench = Bench::new();
    let (anna, bert) = (bench.user("anna"), bench.user("bert"));
    let add = |account| CertificateAdd {
        id: CertificateId::random(),
        account,
        label: "laptop".to_owned(),
        fingerprint: TokenHash::from_bytes([7; 32]),
        public_key: "key".to_owned(),
        pem: "pem".to_owned(),
        expires: bench_end(),
    };
    bench.apply(Command::CertificateAdd(add(anna))).unwrap();
    assert_eq!(bench.apply(Command::CertificateAdd(add(bert))).unwrap_err().code(), "EXISTS");
    let found = certificates::by_fingerprint(&bench.conn, &TokenHash::from_bytes([7; 32])).unwrap().unwrap();
    assert_eq!(found.account, anna);
    bench.apply(Command::CertificateDelete(found.id)).unwrap();
    bench.apply(Command::CertificateAdd(add(bert))).unwrap();
}

#[test]
fn a_pull_credential_is_bound_once_and_dies_with_its_service() {
    let mut bench = Bench::new();
    let anna = bench.user("anna");
    let (id, cluster) = (TokenId::random(), ClusterId::random());
    let create = PullCredentialCreate {
        id,
        cluster,
        service_name: "web".to_owned(),
        service: None,
        owner: anna,
        repositories: vec!["anna/web".parse().unwrap()],
        hash: TokenHash::of("pull"),
    };
    bench.apply(Command::PullCredentialCreate(create)).unwrap();
    assert_eq!(pull_credentials::unbound(&bench.conn, bench.now.plus_secs(1)).unwrap().len(), 1);
    let bind = |service: &str| Command::PullCredentialBind { credential: id, service: service.to_owned() };
    bench.apply(bind("s1")).unwrap();
    bench.apply(bind("s1")).unwrap();
    assert_eq!(bench.apply(bind("s2")).unwrap_err().code(), "EXISTS");
    bench.apply(Command::PullCredentialsEnd { cluster: ClusterId::random(), service: "s1".to_owned() }).unwrap();
    assert!(pull_credentials::by_id(&bench.conn, id).unwrap().is_some(), "another cluster's service");
    bench.apply(Command::PullCredentialsEnd { cluster, service: "s1".to_owned() }).unwrap();
    assert!(pull_credentials::by_id(&bench.conn, id).unwrap().is_none());
}

fn row(bench: &Bench, name: &str, outcome: AuditOutcome) -> AuditRow {
    AuditRow {
        time: bench.now,
        cluster: ClusterId::random(),
        account: None,
        account_name: Some(name.to_owned()),
        via: "password".to_owned(),
        address: "10.0.0.1".to_owned(),
        request: RequestId::random(),
        surface: "api".to_owned(),
        operation: "Service Create".to_owned(),
        object_kind: "service".to_owned(),
        object: "web".to_owned(),
        collection: Some("/prod".to_owned()),
        outcome,
        reason: String::new(),
    }
}

#[test]
fn the_audit_log_is_listed_newest_first_and_filtered() {
    let mut bench = Bench::new();
    let rows = vec![
        row(&bench, "anna", AuditOutcome::Allowed),
        row(&bench, "bert", AuditOutcome::Refused),
        row(&bench, "anna", AuditOutcome::Refused),
    ];
    bench.apply(Command::AuditAppend(rows)).unwrap();
    let list = |filter: AuditFilter, after| {
        let page = audit::list(&bench.conn, &filter, after, PageLimit::clamped(Some(2))).unwrap();
        (page.items.iter().map(|entry| entry.seq).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = list(AuditFilter::default(), None);
    assert_eq!(first, [3, 2]);
    assert_eq!(list(AuditFilter::default(), next.as_ref()).0, [1]);
    let anna = AuditFilter { account: Some("anna".parse().unwrap()), ..AuditFilter::default() };
    assert_eq!(list(anna, None).0, [3, 1]);
    let refused = AuditFilter { outcome: Some(AuditOutcome::Refused), ..AuditFilter::default() };
    assert_eq!(list(refused, None).0, [3, 2]);
    let later = AuditFilter { since: Some(bench.now.plus_secs(1)), ..AuditFilter::default() };
    assert_eq!(list(later, None).0, [0; 0]);
}
