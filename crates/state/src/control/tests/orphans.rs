//! Whatever commands come, no row refers to what is not there, and a copy fed with the log equals the rows.

use access::{GrantSubject, Rights, Role};
use base::{AccountId, CertificateId, ClusterId, CollectionId, Index, NodeId, OperationId, RoleId, TeamId, TokenId};
use proptest::prelude::*;
use rusqlite::Connection;
use store::ApplyContext;

use super::super::accounts::PasswordSet;
use super::super::certificates::CertificateAdd;
use super::super::collections::CollectionCreate;
use super::super::members::MemberSet;
use super::super::nodes::{NodeRegister, NodeRole};
use super::super::pull_credentials::PullCredentialCreate;
use super::super::{Command, TokenHash};
use super::{Bench, deactivate, grant, user};
use crate::feed;

/// Each returns the rows that refer to nothing.
const ORPHANS: &[&str] = &[
    "SELECT 1 FROM organization_members WHERE organization NOT IN (SELECT id FROM accounts WHERE kind = 1)",
    "SELECT 1 FROM organization_members WHERE account NOT IN (SELECT id FROM accounts WHERE kind = 0)",
    "SELECT 1 FROM accounts WHERE kind = 0 AND id NOT IN (SELECT account FROM organization_members)",
    "SELECT 1 FROM teams WHERE organization NOT IN (SELECT id FROM accounts WHERE kind = 1)",
    "SELECT 1 FROM team_members WHERE team NOT IN (SELECT id FROM teams)",
    "SELECT 1 FROM team_members m JOIN teams t ON t.id = m.team WHERE NOT EXISTS
       (SELECT 1 FROM organization_members o WHERE o.organization = t.organization AND o.account = m.account)",
    "SELECT 1 FROM sessions WHERE account NOT IN (SELECT id FROM accounts WHERE is_active)",
    "SELECT 1 FROM access_tokens WHERE account NOT IN (SELECT id FROM accounts)",
    "SELECT 1 FROM certificates WHERE account NOT IN (SELECT id FROM accounts)",
    "SELECT 1 FROM pull_credentials WHERE owner NOT IN (SELECT id FROM accounts)",
    "SELECT 1 FROM grants WHERE collection NOT IN (SELECT id FROM collections)",
    "SELECT 1 FROM grants WHERE length(role) = 32 AND role NOT IN (SELECT id FROM roles)",
    "SELECT 1 FROM grants WHERE kind IN (0, 2) AND subject NOT IN (SELECT id FROM accounts)",
    "SELECT 1 FROM grants WHERE kind = 1 AND subject NOT IN (SELECT id FROM teams)",
    "SELECT 1 FROM collections WHERE parent IS NOT NULL AND parent NOT IN (SELECT id FROM collections)",
    "SELECT 1 FROM collections WHERE parent IS NULL AND id <> 'swarm'",
    "SELECT 1 FROM accounts WHERE default_collection NOT IN (SELECT id FROM collections)",
    "SELECT 1 FROM nodes WHERE collection NOT IN (SELECT id FROM collections)",
];

/// Pools of ids, so that random commands meet each other.
struct Ids {
    users: Vec<AccountId>,
    organizations: Vec<AccountId>,
    teams: Vec<TeamId>,
    tokens: Vec<TokenId>,
    certificates: Vec<CertificateId>,
    collections: Vec<CollectionId>,
    roles: Vec<RoleId>,
    nodes: Vec<NodeId>,
    cluster: ClusterId,
}

impl Ids {
    fn new() -> Self {
        Self {
            users: (0..3).map(|_| AccountId::random()).collect(),
            organizations: (0..2).map(|_| AccountId::random()).collect(),
            teams: (0..2).map(|_| TeamId::random()).collect(),
            tokens: (0..3).map(|_| TokenId::random()).collect(),
            certificates: (0..3).map(|_| CertificateId::random()).collect(),
            collections: (0..4).map(|_| CollectionId::random()).chain(["shared".parse().unwrap()]).collect(),
            roles: (0..2).map(|_| RoleId::random()).chain(["viewonly".parse().unwrap()]).collect(),
            nodes: (0..2).map(|_| NodeId::random()).collect(),
            cluster: ClusterId::random(),
        }
    }
}

fn pick<T: Clone>(all: &[T], number: u8) -> T {
    all[usize::from(number) % all.len()].clone()
}

/// Turns three random numbers into a command.
fn command(ids: &Ids, (what, a, b): (u8, u8, u8)) -> Command {
    let (organization, user_id) = (pick(&ids.organizations, a), pick(&ids.users, b));
    // Now and then one where the other is wanted.
    let account = if a.is_multiple_of(5) { organization } else { user_id };
    let (team, token) = (pick(&ids.teams, a), pick(&ids.tokens, a));
    let name = |number: u8| format!("name{}", number % 5);
    match what % 24 {
        0 | 1 => Command::UserCreate(user(user_id, &format!("user{}", b % 3), a.is_multiple_of(2))),
        2 => Command::OrganizationCreate(super::OrganizationCreate {
            id: organization,
            name: super::account(&name(a)),
            full_name: String::new(),
        }),
        3 => Command::AccountDelete(account),
        4 => Command::AccountUpdate(super::AccountUpdate { id: account, change: deactivate() }),
        5 => Command::MemberSet(MemberSet { organization, account: user_id, is_owner: Some(true) }),
        6 => Command::MemberRemove { organization, account: user_id },
        7 => Command::TeamCreate(super::TeamCreate {
            id: team,
            organization: pick(&ids.organizations, b),
            name: name(b).parse().unwrap(),
            description: String::new(),
        }),
        8 => Command::TeamDelete(team),
        9 | 10 => Command::TeamMemberAdd { team, account: user_id },
        11 => Command::TeamMemberRemove { team, account: user_id },
        12 => Command::TokenCreate(super::TokenCreate {
            id: token,
            account: user_id,
            label: String::new(),
            hash: TokenHash::of(&token.to_string()),
            expires: None,
        }),
        13 => Command::TokenDelete(token),
        14 => certificate(ids, a, user_id),
        15 => role_of(ids, a),
        16 => Command::RoleDelete(pick(&ids.roles, a)),
        17 => Command::CollectionCreate(CollectionCreate {
            id: pick(&ids.collections, a),
            parent: pick(&ids.collections, b),
            name: name(a),
        }),
        18 => Command::CollectionDelete(pick(&ids.collections, a)),
        19 => grant_of(ids, a, b),
        20 => Command::NodeRegister(NodeRegister {
            id: pick(&ids.nodes, a),
            cluster: ids.cluster,
            name: name(a).parse().unwrap(),
            fingerprint: None,
            role: NodeRole::Worker,
        }),
        21 => Command::NodeMove { node: pick(&ids.nodes, a), collection: pick(&ids.collections, b) },
        22 => Command::PullCredentialCreate(PullCredentialCreate {
            id: token,
            cluster: ids.cluster,
            service_name: "web".to_owned(),
            service: Some("s".to_owned()),
            owner: user_id,
            repositories: Vec::new(),
            hash: TokenHash::of("pull"),
        }),
        _ => Command::PasswordSet(PasswordSet { account, password: String::new(), keep_session: None, epoch: None }),
    }
}

fn role_of(ids: &Ids, a: u8) -> Command {
    let id = pick(&ids.roles, a);
    Command::RoleCreate(Role { id, name: format!("name{}", a % 5), system: false, rights: Rights::NONE })
}

fn certificate(ids: &Ids, a: u8, account: AccountId) -> Command {
    Command::CertificateAdd(CertificateAdd {
        id: pick(&ids.certificates, a),
        account,
        label: String::new(),
        fingerprint: TokenHash::from_bytes([a; 32]),
        public_key: String::new(),
        pem: String::new(),
        expires: base::Timestamp::default(),
    })
}

fn grant_of(ids: &Ids, a: u8, b: u8) -> Command {
    let subject = match a % 3 {
        0 => GrantSubject::User(pick(&ids.users, b)),
        1 => GrantSubject::Team(pick(&ids.teams, b)),
        _ => GrantSubject::Organization(pick(&ids.organizations, b)),
    };
    Command::GrantAdd(grant(subject, pick(&ids.roles, a).as_str(), &pick(&ids.collections, b)))
}

/// The tables of the copy and the rows that they stand for.
const COPIED: &[(&str, &str)] = &[
    ("copy_accounts", "SELECT id, name, kind, is_active, is_admin, epoch FROM accounts ORDER BY id"),
    ("copy_members", "SELECT organization, account, is_owner FROM organization_members ORDER BY organization, account"),
    ("copy_teams", "SELECT id, organization, name FROM teams ORDER BY id"),
    ("copy_team_members", "SELECT team, account FROM team_members ORDER BY team, account"),
    ("copy_tokens", "SELECT id, account, hash, expires FROM access_tokens ORDER BY id"),
    (
        "copy_pull_credentials",
        "SELECT id, cluster, service, service_name, owner, repositories, hash FROM pull_credentials ORDER BY id",
    ),
];

/// Reads all rows of a query as text.
fn dump(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        Ok((0..columns).map(|column| format!("{:?}|", row.get_ref(column).unwrap())).collect::<String>())
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Feeds a copy as the registry does.
fn feed_copy(control: &Connection, copy: &Connection) {
    loop {
        let position = feed::copy::position(copy).unwrap();
        let batches = feed::collect(control, position).unwrap();
        if batches.is_empty() || (position == Index(0) && feed::head(control).unwrap() == Index(0)) {
            return;
        }
        for batch in batches {
            let cx = ApplyContext {
                index: Index(1),
                ordinal: 0,
                now: base::Timestamp::default(),
                operation: OperationId::random(),
                version: 1,
            };
            feed::apply(copy, &cx, &batch).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_command_leaves_an_orphan_and_the_copy_stays_equal(
        script in proptest::collection::vec(any::<(u8, u8, u8)>(), 1..120),
        fed_every in 1_usize..20,
    ) {
        let mut bench = Bench::new();
        let copy = Connection::open_in_memory().unwrap();
        copy.execute_batch(feed::COPY_TABLES).unwrap();
        let ids = Ids::new();
        bench.admin("root");
        for (number, step) in script.into_iter().enumerate() {
            // Refusals are fine; what matters is what stands afterwards.
            let _ = bench.apply(command(&ids, step));
            if number % fed_every == 0 {
                feed_copy(&bench.conn, &copy);
            }
        }
        for sql in ORPHANS {
            prop_assert!(dump(&bench.conn, sql).is_empty(), "{sql}");
        }
        let admins = dump(&bench.conn, "SELECT 1 FROM accounts WHERE is_admin AND is_active");
        prop_assert!(!admins.is_empty(), "nobody is left to administer");
        feed_copy(&bench.conn, &copy);
        for (table, sql) in COPIED {
            let own = dump(&bench.conn, sql);
            let columns = sql.trim_start_matches("SELECT ").split(" FROM ").next().unwrap();
            let order = sql.split(" ORDER BY ").nth(1).unwrap();
            prop_assert_eq!(own, dump(&copy, &format!("SELECT {columns} FROM {table} ORDER BY {order}")), "{}", table);
        }
    }
}
