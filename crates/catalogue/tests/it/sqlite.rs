//! The reader of SQLite files against SQLite, over Nix' database, which is one.

use super::{have, read, run};

const NIX: &str = "/nix/var/nix/db/db.sqlite";

#[test]
fn rows_of_every_page_size_are_read() {
    if !have("rows_of_every_page_size_are_read", &["sqlite3"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for page_size in [512, 1024, 4096, 65_536] {
        let file = format!("{page_size}.db");
        // Some rows need overflow pages, some are gone again, and the tree has inner pages.
        let script = format!(
            "pragma page_size={page_size}; create table Other(a); create table ValidPaths (id integer primary key autoincrement not null, path text unique not null, filler text);\n\
             with recursive n(i) as (select 1 union all select i + 1 from n where i < 700)\n\
             insert into ValidPaths(path, filler) select printf('/nix/store/%032d-pkg%d-1.%d', i, i, i), hex(zeroblob((i * 7919) % 3000)) from n;\n\
             delete from ValidPaths where id % 7 = 0;"
        );
        run(folder.path(), "sqlite3", &[&file, &script]);
        let findings = read(NIX, &fs_err::read(folder.path().join(&file)).unwrap());
        assert!(findings.faults.is_empty(), "{page_size}: {:?}", findings.faults);
        let found: Vec<_> =
            findings.packages.iter().map(|package| format!("{}-{}", package.name, package.version)).collect();
        let told = run(folder.path(), "sqlite3", &[&file, "select substr(path, 45) from ValidPaths order by id"]);
        assert_eq!(found, told.lines().collect::<Vec<_>>(), "{page_size}");
    }
}
